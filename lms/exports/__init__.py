"""Taking figures along: what a page shows as CSV, Excel or print, at once or by the worker, and views kept by name.

A feature offers a `Sheet` under a name (`registry.Offered`, listed in `lms/wiring.py`); this feature asks whether the
reader may have it, writes it down, notes that it was taken, and keeps long ones for seven days. Announces nothing.
"""
