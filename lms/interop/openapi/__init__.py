"""A description of all that the server answers, in OpenAPI 3, made from the running application: for whoever tests it
from outside.
"""
