"""The record of acts as pages: what I did, and, for administrators, what was done by and about whom they look after.

The record itself, and what keeps it honest, is `lms.audit`.
"""
