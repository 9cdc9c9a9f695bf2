"""Pages by which requirements are kept as data."""
