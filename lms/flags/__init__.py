"""“Something wrong here?”: learners flag a passage of a module, its authors answer and close it.

Offers nothing to other features and announces nothing. A flag is read by its writer and by authors; authors are not
told who wrote it.
"""
