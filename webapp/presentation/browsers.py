"""What a browser calls itself (User-Agent), in two words that a person recognises; what is not recognised stays as it is."""

from __future__ import annotations

from flask_babel import gettext as _

BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)
LONGEST = 60


def browser_in_words(text: str) -> str:
    """Return such words as 'Firefox on Linux'."""
    browser = next((word for mark, word in BROWSERS if mark in text), None)
    system = next((word for mark, word in SYSTEMS if mark in text), None)
    if browser is None:
        return text[:LONGEST] or _("a browser without a name")
    return _("%(browser)s on %(system)s", browser=browser, system=system) if system else browser
