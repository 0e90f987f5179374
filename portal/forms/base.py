"""The form that every form of the portal builds on."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import InputRequired

from portal.csrf import SessionCsrf


class PortalForm(FlaskForm):  # type: ignore[misc]
    """A form with the token of the session (portal.csrf) and without the browser's own messages."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        csrf_class = SessionCsrf


def filled_in(message: str) -> InputRequired:
    """Return the check that a field was filled in; `message` says what to fill in, such as *Vul uw wachtwoord in*."""
    return InputRequired(message)


def typed(field: Field) -> str:
    """Return what was typed in a text field, nothing when it was not sent."""
    return str(field.data or "")
