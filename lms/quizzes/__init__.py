"""Quizzes: knowledge checks and branching scenarios, read from `quizzes/`, played, marked and checked for faults.

The rules are pure: `knowledge` draws and marks questions, `scenario` plays a story, `paths` walks every way through
one. Announces `QuizPassed` (events.py) once for each go that passes. Offers `shelf.quizzes()` and, for acting in a
person's name, `actions` with `queries.sitting_of`. Answers and scores are read by nobody but the person (policy.py).
"""
