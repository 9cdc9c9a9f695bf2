"""The mail outbox: a mail is a row in the transaction of the act it speaks of, and leaves later, once.

Offers `actions.queue`. The worker (`lms worker`) delivers.
"""
