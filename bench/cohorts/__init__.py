"""Cohorts and tables of the engine beside what others do with the same people, in the same run."""
