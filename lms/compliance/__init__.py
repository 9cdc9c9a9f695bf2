"""How far what is asked is done, counted by group and month by month: numbers, never names.

From the counts that the ledger keeps; for teams from the ledger itself. Outside the agencies only a monthly release is
read, with small numbers hidden. Announces nothing.
"""
