"""What somebody wants in an export (D-rule 37)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from organisation.models import Organisation
from organisation.tree import DepartmentCount
from portal.forms.base import PortalForm, filled_in
from portal.forms.employment_fields import department_choices
from vault.exporting.people import ExportChoice

WORKBOOK, SEPARATED = "xlsx", "csv"


class ExportForm(PortalForm):
    """The form of an export; what the page was about is chosen already."""

    department_id = SelectField(_("Afdeling"))
    employer_id = SelectField(_("Werkgever"))
    former = BooleanField(_("Ook wie uit dienst is, en dienstverbanden die voorbij zijn"))
    with_bsn = BooleanField(_("Ook het BSN"))
    file_format = RadioField(
        _("Soort bestand"),
        [filled_in(_("Kies een soort bestand."))],
        choices=[
            SelectChoice(WORKBOOK, _("Excel (.xlsx)")),
            SelectChoice(SEPARATED, _("Tekst met puntkomma's (.csv)")),
        ],
        default=WORKBOOK,
    )

    @classmethod
    def of_employer(cls, departments: Iterable[DepartmentCount], *, with_bsn: bool) -> ExportForm:
        """The form over the departments in scope."""
        form = cls._made("afdeling", "department_id", with_bsn=with_bsn)
        form.department_id.choices = department_choices(departments, gettext("Alle afdelingen die u ziet"))
        del form.employer_id
        return form

    @classmethod
    def of_service(cls, employers: Iterable[Organisation], *, with_bsn: bool) -> ExportForm:
        """The form over the employers in scope."""
        form = cls._made("werkgever", "employer_id", with_bsn=with_bsn)
        form.employer_id.choices = [
            SelectChoice("", gettext("Alle werkgevers die u ziet")),
            *(SelectChoice(str(employer.id), employer.name) for employer in employers),
        ]
        del form.department_id
        return form

    @classmethod
    def _made(cls, name: str, field: str, *, with_bsn: bool) -> ExportForm:
        form = cls(data={field: request.args.get(name, ""), "former": "uit-dienst" in request.args})
        if not with_bsn:
            del form.with_bsn
        return form

    def choice(self) -> ExportChoice:
        """What was chosen; `validate` has compared it with what is in scope."""
        return ExportChoice(
            file_format=self.file_format.data,
            former=self.former.data,
            with_bsn=bool(self.with_bsn.data) if "with_bsn" in self else False,
            department_id=self._unit("department_id"),
            employer_id=self._unit("employer_id"),
        )

    def _unit(self, field: str) -> UUID | None:
        return UUID(self[field].data) if field in self and self[field].data else None
