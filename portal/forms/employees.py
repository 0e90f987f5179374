"""Forms of the employer's employees: finding one (E-05, E-09), adding and editing one (E-03, E-06)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import ValidationError

from organisation.employments import EmploymentData
from organisation.tree import DepartmentCount, EmploymentLine
from portal.formats import spaced_postcode
from portal.forms.base import PortalForm, filled_in
from portal.forms.days import DayField
from vault.errors import InvalidFields
from vault.field_checks import check_employment, check_record, clean_personnel_number
from vault.fields import Card, Details, Gender
from vault.search import SearchWords
from vault.value_checks import ValueFault, check_hours

CARD_TEXTS = ("prefix", "first_name", "initials", "postcode")
DETAILS_TEXTS = tuple(item.name for item in fields(Details) if item.name not in {"gender", "bsn"})
EMPLOYMENT_TEXTS = ("site", "function_group", "function", "kind")

GENDERS = (
    SelectChoice("", _("Niet ingevuld")),
    SelectChoice(Gender.MALE.value, _("Man")),
    SelectChoice(Gender.FEMALE.value, _("Vrouw")),
    SelectChoice(Gender.OTHER.value, _("Anders")),
)
KINDS = ("Vast", "Tijdelijk", "Oproep", "Uitzend", "Stage")


def department_choices(departments: Iterable[DepartmentCount], none_chosen: str) -> list[SelectChoice]:
    """The departments in scope as choices, after the words for none chosen."""
    return [SelectChoice("", none_chosen), *(SelectChoice(str(unit.id), unit.name) for unit in departments)]


class SearchForm(PortalForm):
    """Looking for an employee: all that is filled in must fit."""

    last_name = StringField(_("Achternaam"))
    birth_date = DayField(_("Geboortedatum"))
    personnel_number = StringField(_("Personeelsnummer"))
    department_id = SelectField(_("Afdeling"))
    former = BooleanField(_("Ook op uit dienst getreden werknemers zoeken"))

    @classmethod
    def with_departments(cls, departments: Iterable[DepartmentCount], *, by_name: bool) -> SearchForm:
        """The form over `departments`; without a key nothing but the personnel number can be compared."""
        form = cls()
        form.department_id.choices = department_choices(departments, str(gettext("Alle afdelingen")))
        if not by_name:
            del form.last_name
            del form.birth_date
        return form

    @classmethod
    def of_service(cls) -> SearchForm:
        """The form of the arbo side, whose departments are those of many employers."""
        form = cls()
        del form.department_id
        return form

    def words(self) -> SearchWords:
        """What is looked for."""
        by_name = "last_name" in self
        department = self.department_id.data if "department_id" in self else None
        return SearchWords(
            personnel_number=self.personnel_number.data,
            last_name=self.last_name.data if by_name else None,
            birth_date=self.birth_date.day if by_name else None,
            department_id=UUID(department) if department else None,
        )


class EmployeeForm(PortalForm):
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
    site = StringField(_("Vestiging"))
    department_id = SelectField(_("Afdeling"), [filled_in(_("Kies een afdeling."))])
    starts_on = DayField(_("Startdatum"), [filled_in(_("Vul de startdatum in, zoals 01-03-2020."))])
    ends_on = DayField(_("Einddatum"))
    function_group = StringField(_("Functiegroep"), [filled_in(_("Vul een functiegroep in."))])
    function = StringField(_("Functie"), [filled_in(_("Vul een functie in."))])
    kind = StringField(
        _("Type dienstverband"), [filled_in(_("Vul het type dienstverband in."))], render_kw={"list": "kinds"}
    )
    hours = StringField(_("Aantal uren"))
    version = HiddenField()
    employment_id = HiddenField()

    hours_a_week: Decimal | None = None
    today: date

    @classmethod
    def to_add(cls, departments: Iterable[DepartmentCount], today: date) -> EmployeeForm:
        """The empty form, or what was typed in it."""
        form = cls()
        form.today = today
        form.department_id.choices = department_choices(departments, gettext("Kies een afdeling"))
        del form.remove_bsn
        del form.version
        del form.employment_id
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

    def validate_hours(self, field: StringField) -> None:
        """Read the hours a week. Raises `ValidationError`."""
        self.hours_a_week = None
        if not (field.data or "").strip():
            return
        try:
            self.hours_a_week = check_hours(field.data or "")
        except ValueFault as fault:
            raise ValidationError(gettext(fault.advice)) from None

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

    def employment(self) -> EmploymentData:
        """What was typed, as an employment; `validate` has read days and hours, and refuses the form without them."""
        return EmploymentData(
            department_id=self._department(),
            starts_on=self.starts_on.day or self.today,
            ends_on=self.ends_on.day,
            hours=self.hours_a_week,
            **{name: self[name].data or "" for name in EMPLOYMENT_TEXTS},
        )

    def _department(self) -> UUID:
        try:
            return UUID(self.department_id.data or "")
        except ValueError:
            return UUID(int=0)

    def _collect(self, check: Callable[[], object]) -> None:
        try:
            check()
        except InvalidFields as error:
            for fault in error.faults:
                if not self[fault.field].errors:
                    self[fault.field].errors = [gettext(fault.message)]


def values_of(personnel_number: str, card: Card, details: Details, employment: EmploymentLine) -> dict[str, Any]:
    """What is stored of an employee, by the names of the form's fields; never the BSN."""
    values: dict[str, Any] = {name: getattr(card, name) for name in (*CARD_TEXTS, "last_name", "birth_date")}
    values |= {name: getattr(details, name) for name in DETAILS_TEXTS}
    values |= {"personnel_number": personnel_number, "gender": details.gender.value if details.gender else ""}
    values |= {name: getattr(employment, name) for name in (*EMPLOYMENT_TEXTS, "starts_on", "ends_on")}
    hours = "" if employment.hours is None else f"{employment.hours:.2f}".replace(".", ",")
    values |= {"hours": hours, "department_id": str(employment.department_id)}
    return {**values, "postcode": spaced_postcode(card.postcode), "employment_id": str(employment.employment_id)}
