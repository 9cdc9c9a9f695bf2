"""The first page of each person ("My training"), the authors' page of all content, and the pages that explain the
service itself. Nothing is stored here.
"""
