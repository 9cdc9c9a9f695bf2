"""Common Ground: training for everyone who works around the same child."""
