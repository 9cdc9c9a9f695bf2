"""Pages of signing in, by task: coming and going, the second step."""
