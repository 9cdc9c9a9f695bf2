"""What is mine: my record with hours and history, what I need and why, and the passport that goes along to a new
employer as page, PDF and signed file. Nothing is stored here.
"""
