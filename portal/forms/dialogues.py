"""Forms of Berichten (D-01..D-12)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, MultipleFileField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import ValidationError

from dialogs.candidates import Candidate, Candidates
from dialogs.choosing import NewParticipant
from dialogs.errors import FieldFault
from dialogs.searching import SearchWords
from portal.forms.base import PortalForm, filled_in, typed
from portal.forms.days import DayField


class MessageForm(PortalForm):
    """A message; what is sent twice, for want of an answer, has the same `request_id`."""

    text = TextAreaField(_("Uw bericht"))
    files = MultipleFileField(_("Bestanden"))
    request_id = HiddenField()


def chosen_files() -> list[UUID]:
    """The files that are ready for a message, as its form names them; what is no id is left out."""
    found = []
    for text in request.form.getlist("file"):
        with suppress(ValueError):
            found.append(UUID(text))
    return found


class ReasonForm(PortalForm):
    """Why a dialogue is closed."""

    reason = TextAreaField(_("Reden"), [filled_in(_("Schrijf in een zin waarom u de dialoog sluit."))])


class DialogueSearchForm(PortalForm):
    """Looking for a dialogue: all that is filled in must fit."""

    participant = StringField(_("Deelnemer"))
    employee = StringField(_("Werknemer"))
    subject = StringField(_("Onderwerp"))
    since = DayField(_("Laatste bericht vanaf"))
    until = DayField(_("Laatste bericht tot en met"))

    def validate_until(self, field: DayField) -> None:
        """Raises `ValidationError` for a time that ends before it begins."""
        if field.day and self.since.day and field.day < self.since.day:
            raise ValidationError(gettext("Vul een dag in die niet voor de eerste dag ligt."))

    def words(self) -> SearchWords:
        """What is looked for."""
        return SearchWords(
            typed(self.participant).strip(),
            typed(self.employee).strip(),
            typed(self.subject).strip(),
            self.since.day,
            self.until.day,
        )


class ParticipantsForm(PortalForm):
    """Choosing people among those whom one may invite; what the record has not is asked for."""

    participants = SelectMultipleField(_("Deelnemers"), validate_choice=False)

    def chosen(self, found: Candidates, *, with_history: bool = True) -> tuple[NewParticipant, ...]:
        """Those who were ticked, of whom are offered, each with the address and number that were typed."""
        ticked = set(self.participants.data or [])
        return tuple(_chosen(each, with_history) for each in found.all if choice_of(each) in ticked)

    def typed_contact(self, what: str, candidate: Candidate) -> str:
        """What was typed as the mail address or the number of somebody."""
        return request.form.get(f"{what} {candidate.id}", "")

    def has_compared(self, candidate: Candidate) -> bool:
        """Whether somebody said to have compared the check words of the key that is shown now."""
        generation = request.form.get(f"compared {candidate.id}", type=int)
        return candidate.renewed is not None and generation == candidate.renewed.generation

    def place(self, faults: Iterable[FieldFault]) -> dict[str, str]:
        """Put each fault beside its field; return those about an address or a number, by the name of that field."""
        beside: dict[str, str] = {}
        for fault in faults:
            message = gettext(fault.message)
            if fault.field in self:
                self[fault.field].errors = [*self[fault.field].errors, message]
                continue
            beside[fault.field] = message
            self.participants.errors = [*self.participants.errors, message]
        return beside


class NewDialogueForm(ParticipantsForm):
    """*Nieuwe dialoog*: what about, with whom, and the first message."""

    subject = StringField(_("Onderwerp"))
    text = TextAreaField(_("Eerste bericht"))
    files = MultipleFileField(_("Bestanden"))
    request_id = HiddenField()


class NewParticipantForm(ParticipantsForm):
    """One person to add, and whether that person may read what was said before."""

    history = RadioField(
        _("Wat mag deze deelnemer lezen?"),
        [filled_in(_("Kies wat deze deelnemer mag lezen."))],
        choices=[
            SelectChoice("from_now", _("Alleen wat er vanaf nu wordt gezegd")),
            SelectChoice("all", _("Ook alles wat ervoor is gezegd, zover u het zelf kunt lezen")),
        ],
    )


def choice_of(candidate: Candidate) -> str:
    """The value of somebody's box."""
    return f"{candidate.kind.value}:{candidate.id}"


def request_id_of(field: Any, fallback: UUID) -> UUID:
    """The id that a form was made with; another where what was sent is none."""
    try:
        return UUID(typed(field))
    except ValueError:
        return fallback


def _chosen(candidate: Candidate, with_history: bool) -> NewParticipant:
    return NewParticipant(
        candidate.kind,
        candidate.id,
        email=request.form.get(f"email {candidate.id}") or None,
        phone=request.form.get(f"phone {candidate.id}") or None,
        with_history=with_history,
        compared=request.form.get(f"compared {candidate.id}", type=int),
    )
