"""Chasing it kindly: reminders that a manager sends after looking at who gets one, and those that go by the clock.

`stages` holds the rules as pure dates, `by_clock` the job of each morning. Announces nothing.
"""
