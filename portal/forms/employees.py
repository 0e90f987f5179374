"""The form of one of the employer's employees, to add or edit one (E-03, E-06)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from organisation.models import Department
from organisation.tree import DepartmentCount, EmploymentLine
from portal.formats import spaced_postcode
from portal.forms.base import PortalForm, filled_in
from portal.forms.days import DayField
from portal.forms.employment_fields import EmploymentTyping, department_choices, employment_values
from vault.field_checks import check_employment, check_record, clean_personnel_number
from vault.fields import Card, Details, Gender

CARD_TEXTS = ("prefix", "first_name", "initials", "postcode")
DETAILS_TEXTS = tuple(item.name for item in fields(Details) if item.name not in {"gender", "bsn"})

GENDERS = (
    SelectChoice("", _("Niet ingevuld")),
    SelectChoice(Gender.MALE.value, _("Man")),
    SelectChoice(Gender.FEMALE.value, _("Vrouw")),
    SelectChoice(Gender.OTHER.value, _("Anders")),
)


class EmployeeForm(EmploymentTyping, PortalForm):
    """Everything of one employee; the names of the fields are those of `Card`, `Details` and `EmploymentData`."""

    last_name = StringField(_("Achternaam"), [filled_in(_("Vul een achternaam in."))])
    prefix = StringField(_("Voorvoegsel"))
    first_name = StringField(_("Voornaam"))
    initials = StringField(_("Voorletters"))
    birth_date = DayField(_("Geboortedatum"), [filled_in(_("Vul een geboortedatum in, zoals 31-12-1990."))])
    gender = SelectField(_("Geslacht"), choices=list(GENDERS))
    bsn = StringField(_("BSN"))
    remove_bsn = BooleanField(_("Verwijder het BSN"))
    personnel_number = StringField(_("Personeelsnr"), [filled_in(_("Vul een personeelsnummer in."))])
    email = StringField(_("E-mail"))
    email_private = StringField(_("E-mail privé"))
    phone_work = StringField(_("Tel. werk"))
    phone_home = StringField(_("Tel. thuis"))
    phone_mobile = StringField(_("Tel. mobiel"))
    street = StringField(_("Straat"))
    house_number = StringField(_("Huisnummer"))
    house_number_addition = StringField(_("Toevoeging"))
    postcode = StringField(_("Postcode"))
    city = StringField(_("Woonplaats"))
    country = StringField(_("Land"))
    site = StringField(_("Vestiging"), render_kw={"list": "sites"})
    department_id = SelectField(_("Afdeling"), [filled_in(_("Kies een afdeling."))])
    starts_on = DayField(_("Startdatum"), [filled_in(_("Vul de startdatum in, zoals 01-03-2020."))])
    ends_on = DayField(_("Einddatum"))
    function_group = StringField(
        _("Functiegroep"), [filled_in(_("Vul een functiegroep in."))], render_kw={"list": "function_groups"}
    )
    function = StringField(_("Functie"), [filled_in(_("Vul een functie in."))], render_kw={"list": "functions"})
    kind = StringField(
        _("Type dienstverband"), [filled_in(_("Vul het type dienstverband in."))], render_kw={"list": "kinds"}
    )
    hours = StringField(_("Aantal uren"))
    version = HiddenField()
    employment_id = HiddenField()
    employment_version = HiddenField()

    @classmethod
    def to_add(cls, departments: Iterable[Department], today: date) -> EmployeeForm:
        """The empty form, or what was typed in it."""
        form = cls()
        form.today = today
        form.department_id.choices = department_choices(departments, gettext("Kies een afdeling"))
        del form.remove_bsn
        del form.version
        del form.employment_id
        del form.employment_version
        return form

    @classmethod
    def to_edit(
        cls, departments: Iterable[DepartmentCount], today: date, values: dict[str, Any], *, with_bsn: bool
    ) -> EmployeeForm:
        """The form with `values`, or what was typed in it. Without `with_bsn` the BSN is neither seen nor changed."""
        form = cls(data=values)
        form.today = today
        form.department_id.choices = department_choices(departments, gettext("Kies een afdeling"))
        if not with_bsn:
            del form.bsn
            del form.remove_bsn
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all fields as the verbs do, so that every fault is shown at once, beside its field."""
        super().validate(extra_validators)
        self._collect(lambda: clean_personnel_number(self.personnel_number.data))
        self._collect(lambda: check_record(self.card(), self.details(), self.today))
        self._collect(lambda: check_employment(self.employment(), self.today))
        return not self.errors

    def card(self) -> Card:
        """What was typed, as a card; the days have been read by `validate`, and without one the form is refused."""
        texts = {name: self[name].data or None for name in CARD_TEXTS}
        return Card(last_name=self.last_name.data or "", birth_date=self.birth_date.day or self.today, **texts)

    def details(self) -> Details:
        """What was typed, as details; without a BSN where the form has none or it was left empty."""
        texts = {name: self[name].data or None for name in DETAILS_TEXTS}
        gender = Gender(self.gender.data) if self.gender.data in set(Gender) else None
        return Details(gender=gender, bsn=(self.bsn.data or None) if "bsn" in self else None, **texts)


def values_of(personnel_number: str, card: Card, details: Details, employment: EmploymentLine) -> dict[str, Any]:
    """What is stored of an employee, by the names of the form's fields; never the BSN."""
    values: dict[str, Any] = {name: getattr(card, name) for name in (*CARD_TEXTS, "last_name", "birth_date")}
    values |= {name: getattr(details, name) for name in DETAILS_TEXTS}
    values |= {"personnel_number": personnel_number, "gender": details.gender.value if details.gender else ""}
    values |= {"postcode": spaced_postcode(card.postcode), "employment_id": str(employment.employment_id)}
    return {**values, **employment_values(employment), "employment_version": employment.version}
