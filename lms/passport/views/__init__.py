"""Pages of what is mine, one file for each task."""
