"""What a browser calls itself, in words a person recognises."""

import re

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def named(user_agent: str) -> str:
    """For example "Chrome on Windows"; "A device" when nothing is known."""
    browser = next((word for mark, word in BROWSERS if re.search(rf"\b{mark}/", user_agent)), None)
    system = next((word for mark, word in SYSTEMS if mark in user_agent), None)
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "A device"
