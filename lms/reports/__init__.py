"""What managers ask: who has done what, who is late, and one person's dates. Status and dates only: never a score, an
answer, a choice or a note. Announces nothing.
"""
