"""SCIM 2.0 (RFC 7643, RFC 7644): an agency's own directory says who joins and leaves, and this follows at once.

One connection is one agency's and sees nobody else. Announces nothing.
"""
