"""Who exists and where they work: agencies with a sector, their teams, people, and dated memberships with roles.

Offers who a person is today (`queries.actor`), and the words for sectors. Announces nothing.
"""
