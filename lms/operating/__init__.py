"""How the service itself is doing, for the administrator: what runs by the clock, and mails that could not leave.

Shows no mail's text, address or reader: mails are personal.
"""
