"""The form of an announcement on the start page (T-06)."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length

from organisation.announcements import LONGEST_TEXT, LONGEST_TITLE, AnnouncementData, Audience
from organisation.models import Announcement
from portal.forms.base import PortalForm, filled_in, typed
from portal.forms.days import DayField

AUDIENCES = {
    Audience.OWN: _("Onze eigen gebruikers"),
    Audience.EMPLOYERS: _("De gebruikers van onze werkgevers"),
    Audience.BOTH: _("Allebei"),
}

_FIELDS = ("title", "text", "audience", "starts_on", "ends_on")


class AnnouncementForm(PortalForm):
    """One announcement."""

    title = StringField(
        _("Titel"),
        [
            filled_in(_("Vul een titel in.")),
            Length(max=LONGEST_TITLE, message=_("Houd de titel op ten hoogste 120 tekens.")),
        ],
    )
    text = TextAreaField(
        _("Tekst"),
        [
            filled_in(_("Vul de tekst in.")),
            Length(max=LONGEST_TEXT, message=_("Houd de tekst op ten hoogste 2.000 tekens.")),
        ],
    )
    audience = RadioField(_("Voor wie?"), [filled_in(_("Kies voor wie de mededeling is."))])
    starts_on = DayField(_("Vanaf"), [filled_in(_("Vul de eerste dag in, zoals 01-12-2026."))])
    ends_on = DayField(_("Tot en met"))

    @classmethod
    def over(cls, today: date, announcement: Announcement | None = None) -> AnnouncementForm:
        """The form of an announcement, of a new one that begins today, or what was typed in it."""
        values: dict[str, Any] = {"starts_on": today, "audience": Audience.BOTH.value}
        if announcement is not None:
            values = {name: getattr(announcement, name) for name in _FIELDS}
        form = cls(data=values)
        form.audience.choices = [SelectChoice(each.value, gettext(str(label))) for each, label in AUDIENCES.items()]
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Check that the last day is not before the first."""
        valid = super().validate(extra_validators)
        first, last = self.starts_on.day, self.ends_on.day
        if first and last and last < first:
            self.ends_on.errors = [gettext("Kies een laatste dag die niet voor de eerste ligt.")]
            return False
        return valid and first is not None

    def announcement(self) -> AnnouncementData:
        """What was typed, after `validate`."""
        return AnnouncementData(
            title=typed(self.title),
            text=typed(self.text),
            audience=Audience(typed(self.audience)),
            starts_on=self.starts_on.day or date.max,
            ends_on=self.ends_on.day,
        )
