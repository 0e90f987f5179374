"""The form of how long sessions last (L-30, L-31)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField
from wtforms.validators import Optional
from wtforms.widgets import TextInput

from organisation.errors import NotStricter
from organisation.session_limits import SessionChoice
from portal.forms.base import PortalForm


class MinutesField(IntegerField):
    """A whole number of minutes.

    A text field and not the browser's number field: that sends nothing for what is no number, and nothing means the
    default here.
    """

    widget = TextInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number. Raises `ValueError` with a sentence that says what would be right."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(gettext("Vul een heel aantal minuten in, zoals 30, of laat dit leeg.")) from None


class SessionSettingForm(PortalForm):
    """Minutes; an empty field is what holds without a setting."""

    inactivity_minutes = MinutesField(_("Afmelden na zoveel minuten niets doen"), [Optional()])
    lifetime_minutes = MinutesField(_("Afmelden na zoveel minuten ingelogd zijn"), [Optional()])
    single_session = BooleanField(_("Een nieuwe login beëindigt alle andere sessies"))

    @classmethod
    def over(cls, choice: SessionChoice) -> SessionSettingForm:
        """The form with what is set now, or what was typed in it."""
        return cls(
            data={
                "inactivity_minutes": choice.inactivity_minutes,
                "lifetime_minutes": choice.lifetime_minutes,
                "single_session": choice.single_session,
            }
        )

    def choice(self) -> SessionChoice:
        """What was typed, after `validate`."""
        return SessionChoice(self.inactivity_minutes.data, self.lifetime_minutes.data, bool(self.single_session.data))

    def explain(self, refusal: NotStricter) -> None:
        """Say beside the field what would be right."""
        field = self[refusal.name]
        field.errors = [
            gettext(
                "Kies een aantal minuten van %(least)s tot en met %(most)s: ruimer dan de standaard kan niet.",
                least=refusal.least,
                most=refusal.most,
            )
        ]
