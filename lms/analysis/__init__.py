"""What answers say of the questions: for authors, how hard each question is, whether it tells apart, and what trapped
people. Of people it says nothing: figures move in whole groups of ten, and no name, score or single answer is in them.

Announces nothing.
"""
