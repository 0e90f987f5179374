"""The form that every form of the portal builds on."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import InputRequired

from portal.csrf import SessionCsrf


class PortalForm(FlaskForm):  # type: ignore[misc]
    """A form with the token of the session (portal.csrf) and without the browser's own messages."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        csrf_class = SessionCsrf

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Make the field, with what nobody can type left out of what is sent."""
            filters = [*unbound_field.kwargs.get("filters", ()), without_nul]
            bound: Field = unbound_field.bind(form=form, filters=filters, **options)
            return bound


def without_nul(value: object) -> object:
    """Return a text without NUL, which PostgreSQL takes in no text and HTML has no way to show."""
    return value.replace("\0", "") if isinstance(value, str) else value


def filled_in(message: str) -> InputRequired:
    """Return the check that a field was filled in; `message` says what to fill in, such as *Vul uw wachtwoord in*."""
    return InputRequired(message)


def typed(field: Field) -> str:
    """Return what was typed in a text field, nothing when it was not sent."""
    return str(field.data or "")
