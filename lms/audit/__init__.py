"""Who did what, when: an append-only record written in the transaction of the act it speaks of.

Offers `record` for acts, and `viewed` for the log of who looked at whose record.
"""
