"""What there is to learn: the modules in `modules/`, read, checked and rendered once at start.

`library.load()` gives the `Library`; `markdown.py` renders authors' text safely; `check.py` finds what a machine can
find across files; `search.py` looks words up, and `index.py` does so through the database. `works.py`, `glossary.py`
and `evidence_map.py` say what spans all modules, and `views.py` shows it. Announces nothing and stores nothing but the
search index.
"""
