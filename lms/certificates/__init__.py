"""Certificates: what proves that a person completed a module, until when, and how anyone can check it."""
