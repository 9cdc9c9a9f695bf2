"""Pages of building a cohort: one module for each task."""
