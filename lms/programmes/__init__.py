"""Programmes as people walk through them: which there are, how far somebody is, what is next. Nothing is stored here:
what a programme is stands in the catalogue, and its certificate among the certificates.
"""
