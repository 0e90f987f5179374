"""What is said of second factors under Instellingen."""

from __future__ import annotations

from flask_babel import gettext as _


def last_factor() -> str:
    """Say why the last way in that is enough is not taken away (L-35)."""
    return str(
        _(
            "Dit is de laatste manier waarmee u de tweede stap van het inloggen kunt doen. Voeg eerst een andere toe. "
            "Er is niets gewijzigd."
        )
    )
