"""Forms of Beheer > Werkgevers: an employer, its master data, and where it stands (O-01..O-11, O-21..O-25)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import ValidationError

from organisation.departments import DepartmentLine
from organisation.employer_fields import (
    MANDATORY,
    PERSONNEL_SYSTEM,
    SECTORS,
    UNKNOWN_CASE_MANAGER,
    UNKNOWN_SECTOR,
    UWV_OFFICES,
    Profile,
    profile_of,
    values_of,
)
from organisation.employer_folders import FolderLine
from organisation.employer_profiles import StoredProfile
from organisation.memberships import Member
from portal.formats import phone, spaced_postcode
from portal.forms.base import PortalForm, filled_in
from portal.forms.days import DayField
from portal.forms.employment_fields import version_typed

TreeLine: TypeAlias = DepartmentLine | FolderLine

ADDRESS_PARTS = ("street", "house_number", "postcode", "city")
CHOOSE = _("Kies een van de mogelijkheden.")


class ChoiceField(SelectField):
    """A list of ids to choose from; `chosen` is the id, None for the first choice, which names none of them."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not in the list, whether it exists elsewhere or not. Raises `ValidationError`."""
        if str(self.data or "") not in {str(value) for value, *_rest in self.iter_choices()}:
            raise ValidationError(gettext(str(CHOOSE)))

    @property
    def chosen(self) -> UUID | None:
        """The id that was chosen, once the form has been validated."""
        return UUID(str(self.data)) if self.data else None


class NewEmployerForm(PortalForm):
    """A new employer: its name, and from when the service serves it."""

    name = StringField(_("Werkgevernaam"), [filled_in(_("Vul de naam van de werkgever in."))])
    first_day = DayField(_("Ingangsdatum overeenkomst"), [filled_in(_("Vul een datum in, zoals 01-03-2026."))])


class EmployerForm(PortalForm):
    """The master data; the names of the fields are those of the columns."""

    name = StringField(_("Werkgevernaam"), [filled_in(_("Vul de naam van de werkgever in."))])
    code = StringField(_("Werkgevercode"))
    phone = StringField(_("Telefoonnummer"))
    visiting_street = StringField(_("Straat"))
    visiting_house_number = StringField(_("Huisnummer"))
    visiting_postcode = StringField(_("Postcode"))
    visiting_city = StringField(_("Plaats"))
    same_address = BooleanField(_("Zelfde als bezoekadres"))
    postal_street = StringField(_("Straat of postbus"))
    postal_house_number = StringField(_("Huisnummer of postbusnummer"))
    postal_postcode = StringField(_("Postcode"))
    postal_city = StringField(_("Plaats"))
    wage_tax_number = StringField(_("Loonheffingnummer"))
    uwv_office = SelectField(_("UWV-vestiging"), validate_choice=False)
    uwv_connection_number = StringField(_("UWV-aansluitnummer"))
    sector = SelectField(_("Sector"), validate_choice=False)
    offer = TextAreaField(_("Aanbod werkgever"))
    personnel_system = SelectField(_("Medewerkersbeheersysteem"), validate_choice=False)
    version = HiddenField()

    @classmethod
    def over(cls, stored: StoredProfile | None = None) -> EmployerForm:
        """The form with what is stored, or what was typed in it."""
        form = cls(data=_shown(stored) if stored else None)
        form._offer()
        return form

    @classmethod
    def untyped(cls, stored: StoredProfile) -> EmployerForm:
        """The form with what is stored, whatever was typed."""
        form = cls(formdata=None, data=_shown(stored))
        form._offer()
        return form

    def profile(self) -> Profile:
        """What was typed; the postal address is the visiting one where that box is ticked."""
        values = {name: self[name].data or None for name in values_of(Profile())}
        if self.same_address.data:
            values |= {f"postal_{part}": values[f"visiting_{part}"] for part in ADDRESS_PARTS}
        return profile_of(values)

    @property
    def expected_version(self) -> int:
        """The version of the master data that the form was made from."""
        return version_typed(self.version.data)

    def _offer(self) -> None:
        none = SelectChoice("", gettext("Nog niet bekend"))
        self.uwv_office.choices = [none, *(SelectChoice(office, office) for office in UWV_OFFICES)]
        self.sector.choices = [none, *(SelectChoice(code, sector_label(code)) for code in SECTORS)]
        self.personnel_system.choices = [SelectChoice(PERSONNEL_SYSTEM, PERSONNEL_SYSTEM)]
        for name in MANDATORY:
            self[name].flags.required = True


class FolderChoiceForm(PortalForm):
    """Under which folder an employer stands."""

    folder_id = ChoiceField(_("Plaatsen onder"), [filled_in(_("Kies een map."))])

    @classmethod
    def over(cls, folders: Iterable[FolderLine], folder_id: UUID | None = None) -> FolderChoiceForm:
        """The form with the folders to choose from."""
        form = cls(data={"folder_id": str(folder_id or "")})
        form.folder_id.choices = [SelectChoice("", gettext("Kies een map")), *path_choices(folders)]
        return form


class CaseManagerForm(PortalForm):
    """Who supervises the cases of an employer."""

    person_id = ChoiceField(_("Vaste begeleider"))

    @classmethod
    def over(cls, people: Iterable[Member], person_id: UUID | None) -> CaseManagerForm:
        """The form with the colleagues to choose from."""
        form = cls(data={"person_id": str(person_id or "")})
        colleagues = (SelectChoice(str(member.person_id), member.name) for member in people)
        form.person_id.choices = [SelectChoice("", UNKNOWN_CASE_MANAGER), *colleagues]
        return form


class FolderForm(PortalForm):
    """A folder for employers; one that is there already only gets another name."""

    name = StringField(_("Naam van de map"), [filled_in(_("Vul een naam in."))])
    parent_id = ChoiceField(_("Onder"))

    @classmethod
    def to_add(cls, folders: Iterable[FolderLine]) -> FolderForm:
        """The empty form, or what was typed in it."""
        form = cls()
        form.parent_id.choices = [SelectChoice("", gettext("Bovenaan")), *path_choices(folders)]
        return form

    @classmethod
    def to_rename(cls, name: str) -> FolderForm:
        """The form with the present name, or what was typed in it."""
        form = cls(data={"name": name})
        del form.parent_id
        return form


def paths(lines: Iterable[TreeLine]) -> dict[UUID, str]:
    """The lines of a tree, in its order, each with the names above it: *1. Klanten › Oost*."""
    above: list[str] = []
    found: dict[UUID, str] = {}
    for line in lines:
        above[line.depth :] = [line.name]
        found[line.id] = " › ".join(above)
    return found


def path_choices(lines: Iterable[TreeLine]) -> list[SelectChoice]:
    """The lines of a tree as choices."""
    return [SelectChoice(str(line_id), path) for line_id, path in paths(lines).items()]


def sector_label(code: str | None) -> str:
    """*33. Horeca algemeen*; nothing for None."""
    if code == UNKNOWN_SECTOR:
        return str(gettext("99. Sector onbekend"))
    return f"{code}. {SECTORS[code]}" if code else ""


def _shown(stored: StoredProfile) -> dict[str, Any]:
    values: dict[str, Any] = dict(values_of(stored.profile))
    for kind in ("visiting", "postal"):
        values[f"{kind}_postcode"] = spaced_postcode(values[f"{kind}_postcode"])
    same = stored.profile.visiting == stored.profile.postal
    return {**values, "phone": phone(stored.profile.phone), "name": stored.name, "same_address": same,
            "version": stored.version}  # fmt: skip
