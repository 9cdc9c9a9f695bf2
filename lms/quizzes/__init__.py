"""Quizzes: knowledge checks and branching scenarios, read from `quizzes/`, played, marked and checked for faults.

The rules are pure: `knowledge` draws and marks questions, `scenario` plays a story, `paths` walks every way through
one.
"""
