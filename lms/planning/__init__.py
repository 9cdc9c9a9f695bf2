"""Building a cohort: a programme of dates, who is nominated for it, who goes where and why, and publishing that.

`rules`, `figures` and `nomination_file` are pure; `building` turns rows into the engine's problem. The engine itself is
loaded by the worker alone. Nobody is told anything before a plan is published. Announces nothing.
"""
