"""Forms over the log: what to show (in the address, ids and words of the program only), and whom by number (LOG11)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.validators import Length

from audit.actions import Action
from audit.reading import LogFilter
from organisation.calendar import DUTCH_TIME
from organisation.errors import NotFound
from portal.forms.base import PortalForm, filled_in
from portal.forms.days import DayField

LONGEST_NUMBER = 35


class LogFilterForm(PortalForm):
    """Who, what and when."""

    class Meta(PortalForm.Meta):
        # It changes nothing and stands in the address.
        csrf = False

    persoon = SelectField(_("Wie"))
    handeling = SelectField(_("Wat"))
    van = DayField(_("Van"))
    tot = DayField(_("Tot en met"))

    @classmethod
    def from_address(cls, people: dict[UUID, str], sentences: dict[Action, str]) -> LogFilterForm:
        """The form as the address has filled it in. Raises `NotFound` for a person or action that is not offered."""
        form = cls(formdata=request.args)
        _offer(form.persoon, gettext("Iedereen"), {str(key): name for key, name in people.items()})
        _offer(form.handeling, gettext("Alles"), {action.value: words for action, words in sentences.items()})
        return form

    def log_filter(self, employee_id: UUID | None) -> LogFilter:
        """What to show; the form must have been validated."""
        action = self.handeling.data
        return LogFilter(
            actor_id=UUID(self.persoon.data) if self.persoon.data else None,
            subject_id=employee_id,
            actions=frozenset({Action(action)}) if action else frozenset(),
            since=midnight(self.van.day) if self.van.day else None,
            until=midnight(self.tot.day + timedelta(days=1)) if self.tot.day else None,
        )


class NumberForm(PortalForm):
    """An employee by personnel number."""

    persnr = StringField(
        _("Persnr"),
        [
            filled_in(_("Vul een personeelsnummer in")),
            Length(max=LONGEST_NUMBER, message=_("Een personeelsnummer heeft ten hoogste 35 tekens")),
        ],
    )


def _offer(field: SelectField, all_of_them: str, offered: dict[str, str]) -> None:
    """Let the field choose from `offered`. Raises `NotFound` when the address holds something else."""
    field.choices = [("", all_of_them), *offered.items()]
    # An address without the field leaves it at no choice at all.
    field.data = request.args.get(field.name, "")
    if field.data and field.data not in offered:
        raise NotFound


def midnight(day: date) -> datetime:
    """The moment at which a day begins in the Netherlands: no clock is changed between midnight there and in UTC."""
    midnight = datetime.combine(day, time.min, UTC)
    return midnight - (midnight.astimezone(DUTCH_TIME).utcoffset() or timedelta())
