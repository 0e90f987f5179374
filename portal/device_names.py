"""What a browser calls itself, as its owner knows it: *Chrome op Windows*.

Of what was sent only names from these lists are kept, so that nothing that somebody made up gets on a page.
"""

from __future__ import annotations

from flask_babel import gettext as _

# Each browser claims to be those below it as well.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """Return browser and system as they are kept with a session: ``Chrome/Windows``, either one empty if unknown."""
    return f"{_first(BROWSERS, user_agent)}/{_first(SYSTEMS, user_agent)}"


def device_in_words(kept: str | None) -> str:
    """What a page calls a device of which `device_name` was kept."""
    browser, _slash, system = (kept or "").partition("/")
    if browser and system:
        return str(_("%(browser)s op %(system)s", browser=browser, system=system))
    return browser or system or str(_("Onbekend apparaat"))


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for sign, name in names if sign in user_agent), "")
