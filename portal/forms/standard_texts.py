"""Forms of Instellingen > Berichten and of the standard texts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, StringField, TextAreaField

from dialogs.standard_texts import TextContent
from portal.forms.base import PortalForm, filled_in, typed


class SignatureForm(PortalForm):
    """What one's messages end with."""

    signature = TextAreaField(_("Uw afsluiting"))


class OverviewForm(PortalForm):
    """Whether one wants a mail once a week that says how many messages are unread (N-01)."""

    weekly = BooleanField(_("Stuur mij elke week een e-mail met het aantal ongelezen berichten"))


class StandardTextForm(PortalForm):
    """A text to begin a message with."""

    title = StringField(_("Titel"), [filled_in(_("Vul een titel in van ten hoogste 120 tekens."))])
    text = TextAreaField(_("Tekst"), [filled_in(_("Vul een tekst in van ten hoogste 2.000 tekens."))])

    def content(self) -> TextContent:
        """What was typed."""
        return TextContent(typed(self.title), typed(self.text))
