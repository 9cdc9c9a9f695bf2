"""The mail outbox: a mail is a row in the transaction of the act it speaks of, and leaves later, once.

Offers `actions.queue` and `actions.withdraw`; people choose by topic (`kinds.py`) when mails come. The worker
(`lms worker`) gathers and delivers. See docs/mail.md.
"""
