"""Joiners, movers and leavers of an agency, taken from a file: looked at first, then taken whole or not at all.

`table` reads the file and `plan` decides what it would change; both are pure. Announces nothing: the ledger is told of
everybody whose posts changed.
"""
