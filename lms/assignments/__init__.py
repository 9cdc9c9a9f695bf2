"""Who must do what by when: what is asked of a person, and the one function that decides where they stand.

`due` holds the rules as pure dates; `queries.own` and `queries.standings` answer for one person and for many. Announces
nothing.
"""
