"""Forms of an employment: correcting, changing, adding, and reporting out of service (E-06..E-15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from organisation.finding import EmploymentFilter
from organisation.tree import DepartmentCount, EmploymentLine
from portal.forms.base import PortalForm, filled_in
from portal.forms.days import DayField
from portal.forms.employment_fields import EmploymentTyping, department_choices, version_typed
from vault.field_checks import check_employment
from vault.search import SearchWords

CORRECT, CHANGE = "corrigeren", "veranderen"
ALL = "alle"
EVERYBODY = EmploymentFilter(former=True)
CONFIRM, EDIT = "bevestigen", "aanpassen"


def step() -> str:
    """Which button was pressed where a page asks once more: `CONFIRM`, `EDIT` to go back to the form, else another."""
    return request.form.get("stap", "")


class ChangeQuestionForm(PortalForm):
    """Whether what is stored is wrong, or the employment itself changes (E-11)."""

    kind = RadioField(
        _("Wat wilt u doen?"),
        [filled_in(_("Kies wat u wilt doen."))],
        choices=[
            SelectChoice(CORRECT, _("Dienstverbandgegevens corrigeren")),
            SelectChoice(CHANGE, _("Het dienstverband gaat veranderen")),
        ],
    )


class EmploymentForm(EmploymentTyping, PortalForm):
    """One employment; the names of the fields are those of `EmploymentData`."""

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

    @classmethod
    def over(
        cls, departments: Iterable[DepartmentCount], today: date, values: dict[str, Any] | None = None
    ) -> EmploymentForm:
        """The form with `values`, or what was typed in it."""
        form = cls(data=values or {})
        form.today = today
        form.department_id.choices = department_choices(departments, gettext("Kies een afdeling"))
        return form

    @property
    def expected_version(self) -> int:
        """The version of the employment that the form was made from."""
        return version_typed(self.version.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all fields as the verbs do, so that every fault is shown at once, beside its field."""
        super().validate(extra_validators)
        self._collect(lambda: check_employment(self.employment(), self.today))
        return not self.errors


class OutOfServiceForm(PortalForm):
    """The last day of one employment, or of all that run; `versions` are those that the page was made from."""

    employment_id = RadioField(_("Welk dienstverband eindigt?"), [filled_in(_("Kies een dienstverband."))])
    last_day = DayField(
        _("Laatste dag in dienst"), [filled_in(_("Vul de laatste dag in dienst in, zoals 31-12-2026."))]
    )
    versions = HiddenField()

    @classmethod
    def over(cls, running: Sequence[tuple[EmploymentLine, str]], chosen: UUID | None) -> OutOfServiceForm:
        """The form for the employments that run, each with its words; with only one there is nothing to choose."""
        choices = [SelectChoice(str(line.employment_id), words) for line, words in running]
        form = cls(data={"employment_id": str(chosen) if chosen else None, "versions": _written(running)})
        if len(choices) == 1:
            del form.employment_id
        else:
            form.employment_id.choices = [*choices, SelectChoice(ALL, gettext("Alle dienstverbanden"))]
        return form

    def ended(self, running: Iterable[EmploymentLine]) -> list[EmploymentLine]:
        """The employments that were chosen, of those that run."""
        wanted = self.employment_id.data if "employment_id" in self else ALL
        return [line for line in running if wanted in {ALL, str(line.employment_id)}]

    def expected_versions(self, ended: Iterable[EmploymentLine]) -> dict[UUID, int]:
        """The version in which each of those employments was on the page, 0 for one that was not."""
        read = dict(part.split("=", 1) for part in (self.versions.data or "").split() if "=" in part)
        return {line.employment_id: version_typed(read.get(str(line.employment_id))) for line in ended}

    def renew(self, running: Sequence[tuple[EmploymentLine, str]]) -> None:
        """Take the versions of now, after somebody else changed an employment."""
        self.versions.data = _written(running)


class PersonForm(PortalForm):
    """Looking whether somebody is known already: a personnel number, or a last name with a birth date (E-02)."""

    personnel_number = StringField(_("Personeelsnummer"))
    last_name = StringField(_("Achternaam"))
    birth_date = DayField(_("Geboortedatum"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Demand a number, or both name and birth date."""
        super().validate(extra_validators)
        if not self.errors and not self.searches():
            self.form_errors.append(
                gettext("Vul een personeelsnummer in, of een achternaam met een geboortedatum, zoals 31-12-1990.")
            )
        return not self.errors

    def searches(self) -> list[SearchWords]:
        """What to look for: each by itself, since a returning employee may have got another number."""
        found = []
        if (self.personnel_number.data or "").strip():
            found.append(SearchWords(personnel_number=self.personnel_number.data, employment=EVERYBODY))
        if (self.last_name.data or "").strip() and self.birth_date.day:
            found.append(
                SearchWords(last_name=self.last_name.data, birth_date=self.birth_date.day, employment=EVERYBODY)
            )
        return found


def _written(running: Sequence[tuple[EmploymentLine, str]]) -> str:
    return " ".join(f"{line.employment_id}={line.version}" for line, _words in running)
