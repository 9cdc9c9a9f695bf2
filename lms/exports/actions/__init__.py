"""What people and the worker do with files and views: order, make, open and close them; keep views."""
