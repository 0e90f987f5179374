"""What roles are called: those that come along in the language of the page, an environment's own as it named them."""

from __future__ import annotations

from flask_babel import gettext

from organisation.authorisations import OWN_ROLE
from organisation.presets import PRESETS

_LABELS = {preset.key: preset.label for preset in PRESETS}


def role_label(key: str, own: str | None = None) -> str:
    """The name of a role by its key; for a role that does not come along its `own` name, else the key."""
    if key == "operator":
        return str(gettext("Technisch beheer"))
    if key.startswith(OWN_ROLE) and own is None:
        return str(gettext("Rol van een gebruikersgroep"))
    label = _LABELS.get(key)
    return str(gettext(label)) if label else own or key
