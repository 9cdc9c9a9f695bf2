"""Rights of the person: everything that is held about somebody, in one file; and taking somebody out."""
