"""How Common Ground talks with other systems: one folder for each standard."""
