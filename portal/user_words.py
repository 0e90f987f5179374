"""Where an account stands, in words (U-19)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from accounts.standing import Standing

STANDINGS: Mapping[Standing, tuple[str, Any]] = {
    Standing.INVITED: ("waiting", _("Uitgenodigd")),
    Standing.ACTIVE: ("active", _("Actief")),
    Standing.LOCKED: ("refused", _("Geblokkeerd")),
    Standing.BLOCKED: ("refused", _("Geblokkeerd")),
    Standing.INACTIVE: ("withdrawn", _("Niet actief")),
}
"""For each the kind of badge and the word."""


def standing_words(standing: Standing) -> str:
    """What a list says behind a name: nothing of an account that is simply active."""
    return "" if standing is Standing.ACTIVE else gettext(str(STANDINGS[standing][1]))
