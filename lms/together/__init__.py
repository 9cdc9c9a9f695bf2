"""What only joint training can show: how full the days were, how mixed the rooms, and who has trained with whom.

Counts, never names. Announces nothing.
"""
