"""What managers ask before they let somebody go: who is due or overdue, on which date they can be released, and who of
a team is out when. Status, dates and places only: never a score, an answer, a choice or a note. Announces nothing.
"""
