"""A crowd: invented agencies and people in any number, with their pasts and their ledger, for measuring."""
