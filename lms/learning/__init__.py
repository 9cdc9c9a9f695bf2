"""Who has learned what: the catalogue page, the reader, progress, completion, and private reflections.

Announces `ModuleCompleted` (events.py) once for each completed study; hears `QuizPassed` from quizzes. Offers
`queries.completed` and `queries.studies` to the features above.
"""
