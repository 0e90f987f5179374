"""Forms of finding employees (E-05, E-09, H-04..H-07): what is typed is sent, and stands in no address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import ValidationError

from organisation.finding import EmploymentFilter
from organisation.models import Department, Organisation
from portal.forms.base import PortalForm
from portal.forms.days import DayField
from portal.forms.employment_fields import department_choices
from vault.blind_index import AREA_CHARACTERS, normalise_postcode
from vault.name_matching import normalise_name
from vault.search import SearchWords
from vault.value_checks import ValueFault, check_bsn

# What is under the key, and so can't be looked for without it.
KEYED_FIELDS = ("last_name", "birth_date", "postcode", "bsn")


class SearchForm(PortalForm):
    """Looking for an employee: all that is filled in must fit."""

    last_name = StringField(_("Achternaam"))
    birth_date = DayField(_("Geboortedatum"))
    postcode = StringField(_("Postcode"))
    bsn = StringField(_("BSN"))
    personnel_number = StringField(_("Personeelsnummer"))
    department_id = SelectField(_("Afdeling"), default="")
    former = BooleanField(_("Ook op uit dienst getreden werknemers zoeken"))

    @classmethod
    def of_employer(cls, departments: Iterable[Department], *, by_name: bool, with_bsn: bool) -> SearchForm:
        """The form over `departments`; without the key only what is open can be compared."""
        form = cls()
        form.department_id.choices = department_choices(departments, str(gettext("Alle afdelingen")))
        form.leave_out(by_name=by_name, with_bsn=with_bsn)
        return form

    @classmethod
    def of_service(cls, *, with_bsn: bool) -> SearchForm:
        """The form of the arbo side, whose departments are those of many employers."""
        form = cls()
        del form.department_id
        form.leave_out(by_name=True, with_bsn=with_bsn)
        return form

    def leave_out(self, *, by_name: bool, with_bsn: bool) -> None:
        """Take away the fields that this person can't or may not search by (D-rule 37)."""
        for name in KEYED_FIELDS:
            if not by_name or (name == "bsn" and not with_bsn):
                del self[name]

    def validate_last_name(self, field: StringField) -> None:
        """Raises `ValidationError` for what has no letter in it."""
        if (field.data or "").strip() and not normalise_name(field.data or ""):
            raise ValidationError(gettext("Vul ten minste een letter in."))

    def validate_postcode(self, field: StringField) -> None:
        """Raises `ValidationError` for less than the digits of a postcode."""
        if (field.data or "").strip() and len(normalise_postcode(field.data or "")) < AREA_CHARACTERS:
            raise ValidationError(gettext("Vul ten minste de vier cijfers in, zoals 1234 of 1234 AB."))

    def validate_bsn(self, field: StringField) -> None:
        """Raises `ValidationError` for what is no BSN."""
        if not (field.data or "").strip():
            return
        try:
            check_bsn(field.data or "")
        except ValueFault as fault:
            raise ValidationError(gettext(fault.advice)) from None

    def words(self) -> SearchWords:
        """What is looked for."""
        return SearchWords(
            personnel_number=self.personnel_number.data,
            last_name=self.text("last_name"),
            birth_date=self.birth_date.day if "birth_date" in self else None,
            postcode=self.text("postcode"),
            bsn=self.text("bsn"),
            employment=self.employment(),
        )

    def employment(self) -> EmploymentFilter:
        """What must be true of an employment."""
        department = self.text("department_id")
        chosen = frozenset([UUID(department)]) if department else frozenset()
        return EmploymentFilter(department_ids=chosen, former=self.former.data)

    def text(self, name: str) -> str | None:
        """What was typed in a field, None where nothing was or there is no such field."""
        return (self[name].data or "").strip() or None if name in self else None


class AdvancedSearchForm(SearchForm):
    """*Uitgebreid zoeken*: with nothing filled in it finds everybody (H-07)."""

    departments = SelectMultipleField(_("Afdelingen"))
    employer_id = SelectField(_("Werkgever"), default="")
    site = StringField(_("Vestiging"))
    function_group = StringField(_("Functiegroep"))
    function = StringField(_("Functie"))
    kind = StringField(_("Type dienstverband"), render_kw={"list": "kinds"})
    in_service_from = DayField(_("In dienst vanaf"))
    in_service_until = DayField(_("In dienst tot en met"))
    order = SelectField(_("Volgorde"), default="number")

    @classmethod
    def of_employer(cls, departments: Iterable[Department], *, by_name: bool, with_bsn: bool) -> AdvancedSearchForm:
        """The form over `departments`."""
        form = cls._with_orders(by_name=by_name, with_bsn=with_bsn)
        form.departments.choices = [SelectChoice(str(unit.id), unit.name) for unit in departments]
        del form.employer_id
        return form

    @classmethod
    def of_employers(cls, employers: Iterable[Organisation], *, with_bsn: bool) -> AdvancedSearchForm:
        """The form of the arbo side, over the employers that it serves."""
        form = cls._with_orders(by_name=True, with_bsn=with_bsn)
        choices = [SelectChoice(str(employer.id), employer.name) for employer in employers]
        form.employer_id.choices = [SelectChoice("", gettext("Alle werkgevers")), *choices]
        del form.departments
        return form

    @classmethod
    def _with_orders(cls, *, by_name: bool, with_bsn: bool) -> AdvancedSearchForm:
        form = cls()
        del form.department_id
        form.leave_out(by_name=by_name, with_bsn=with_bsn)
        form.order.choices = [SelectChoice("number", gettext("Personeelsnummer"))]
        if by_name:
            form.order.choices.append(SelectChoice("name", gettext("Achternaam")))
        return form

    def validate_in_service_until(self, field: DayField) -> None:
        """Raises `ValidationError` for a time that ends before it begins."""
        if field.day and self.in_service_from.day and field.day < self.in_service_from.day:
            raise ValidationError(gettext("Vul een dag in die niet voor de eerste dag ligt."))

    def words(self) -> SearchWords:
        """What is looked for, and in which order."""
        return replace(super().words(), by_name=self.order.data == "name")

    def employment(self) -> EmploymentFilter:
        """What must be true of an employment."""
        employer = self.text("employer_id")
        texts: dict[str, Any] = {name: self.text(name) for name in ("site", "function_group", "function", "kind")}
        chosen = (self.departments.data or []) if "departments" in self else []
        return EmploymentFilter(
            department_ids=frozenset(UUID(unit) for unit in chosen),
            employer_id=UUID(employer) if employer else None,
            in_service_from=self.in_service_from.day,
            in_service_until=self.in_service_until.day,
            former=self.former.data,
            **texts,
        )
