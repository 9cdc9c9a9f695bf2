"""Pages of certificates, one file for each task."""
