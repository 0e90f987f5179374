"""The form of a substitution (M-05)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, Form, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation

from organisation.errors import SubstitutionFault
from organisation.memberships import Member
from portal.forms.base import PortalForm, filled_in
from portal.forms.days import DayField

# The field beside which each sentence stands.
SENTENCES: dict[SubstitutionFault, tuple[str, Any]] = {
    SubstitutionFault.SAME_PERSON: ("substitute_id", _("Kies twee verschillende mensen.")),
    SubstitutionFault.OWN_SUBSTITUTE: (
        "substitute_id",
        _("U kunt niet uzelf aanwijzen. Laat de collega die afwezig is, of een beheerder, dit registreren."),
    ),
    SubstitutionFault.PAST: ("starts_on", _("De eerste dag is al voorbij. Kies vandaag of een latere dag.")),
    SubstitutionFault.BACKWARDS: ("ends_on", _("De laatste dag ligt voor de eerste dag.")),
    SubstitutionFault.TOO_LONG: ("ends_on", _("Een plaatsvervanging duurt ten hoogste een jaar.")),
    SubstitutionFault.ABSENT_TAKEN: (
        "absent_id",
        _("Deze collega heeft in deze periode al een plaatsvervanger. Beëindig die eerst of kies andere dagen."),
    ),
    SubstitutionFault.SUBSTITUTE_TAKEN: (
        "substitute_id",
        _("Deze collega vervangt in deze periode al iemand anders."),
    ),
    SubstitutionFault.SUBSTITUTE_ABSENT: (
        "substitute_id",
        _("Deze collega is in deze periode zelf afwezig en heeft een plaatsvervanger."),
    ),
}


class _IsPerson:
    """Checks that an id was sent; whose it may be is another question, of which the answer is 404."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __init__(self, message: Any) -> None:
        self._message = message

    def __call__(self, _form: Form, field: Field) -> None:
        try:
            UUID(field.data or "")
        except ValueError:
            raise StopValidation(str(self._message)) from None


class SubstitutionForm(PortalForm):
    """Who is replaced by whom, from when to when."""

    absent_id = SelectField(_("Plaatsvervangen voor"), [_IsPerson(_("Kies wie er afwezig is."))], validate_choice=False)
    substitute_id = SelectField(
        _("Plaatsvervangen door"), [_IsPerson(_("Kies wie het werk overneemt."))], validate_choice=False
    )
    starts_on = DayField(_("Van"), [filled_in(_("Vul de eerste dag in."))])
    ends_on = DayField(_("Tot en met"), [filled_in(_("Vul de laatste dag in."))])

    @classmethod
    def over(cls, people: Iterable[Member], own_id: UUID) -> SubstitutionForm:
        """A form with those people to choose from; the one who fills it in is absent unless told otherwise."""
        form = cls()
        everybody = [SelectChoice(str(member.person_id), member.name) for member in people]
        form.absent_id.choices = everybody
        if not form.is_submitted():
            form.absent_id.data = str(own_id)
        others = [choice for choice in everybody if choice.value != str(own_id)]
        form.substitute_id.choices = [SelectChoice("", gettext("Kies een collega")), *others]
        return form

    def chosen(self) -> tuple[UUID, UUID]:
        """The absent person and the substitute, once the form was found in order."""
        return UUID(self.absent_id.data), UUID(self.substitute_id.data)

    def period(self) -> tuple[date, date]:
        """The first and the last day, once the form was found in order."""
        first, last = self.starts_on.day, self.ends_on.day
        assert first is not None and last is not None  # noqa: S101, PT018 - both are demanded
        return first, last

    def blame(self, fault: SubstitutionFault) -> None:
        """Put the sentence of a refusal beside its field."""
        name, sentence = SENTENCES[fault]
        field = self[name]
        field.errors = [*field.errors, str(sentence)]
