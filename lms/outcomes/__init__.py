"""What joint days change: the same short measures before, after and eight weeks later, and one example from practice
that a manager co-signs.
"""
