"""What is decided about training: exempting, and assigning."""
