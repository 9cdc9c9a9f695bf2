"""Who trains with whom: places on dates (`allocation`) and breakout tables over rounds (`tables`), with proof. Pure.

Nothing here knows the web or the database. A `problem` goes in, a `plan` comes out; `reading` and `judge` hold the file
format and its law. The solver (HiGHS) is loaded by the modules that need it, in the worker and the command line only.
"""
