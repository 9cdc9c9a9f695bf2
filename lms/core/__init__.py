"""The floor: database, clock, permissions, actor, facts and refusals. Knows no feature and no page."""
