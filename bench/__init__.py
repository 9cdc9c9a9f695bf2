"""Requests per second of Common Ground beside a bare Flask application, on the same server in the same run."""
