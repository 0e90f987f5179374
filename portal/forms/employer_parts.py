"""Forms of the parts of an employer: departments, sites, contact persons and agreements (O-22, O-26, O-30, O-34)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from organisation.contact_persons import Contact, ContactLine
from organisation.departments import DepartmentLine
from organisation.employer_fields import Address
from organisation.employer_models import Site
from organisation.memberships import Member
from organisation.models import ServiceAgreement
from portal.formats import phone, spaced_postcode
from portal.forms.base import PortalForm, filled_in, typed
from portal.forms.days import DayField
from portal.forms.employers import ADDRESS_PARTS, ChoiceField, path_choices

_NAME = _("Vul een naam in van ten hoogste 120 tekens.")


class DepartmentForm(PortalForm):
    """A department: its name, where it stands, and who leads it."""

    name = StringField(_("Naam van de afdeling"), [filled_in(_NAME)])
    parent_id = ChoiceField(_("Onder"))
    manager_id = ChoiceField(_("Leidinggevende voor de afdeling"))

    @classmethod
    def to_add(cls, departments: Iterable[DepartmentLine]) -> DepartmentForm:
        """The empty form, or what was typed in it."""
        form = cls()
        form._offer_departments(departments)
        del form.manager_id
        return form

    @classmethod
    def to_change(
        cls, line: DepartmentLine, departments: Iterable[DepartmentLine], people: Iterable[Member]
    ) -> DepartmentForm:
        """The form of one department, or what was typed in it; what lies below it is no place for it."""
        values = {
            "name": line.name,
            "parent_id": str(line.parent_id or ""),
            "manager_id": str(line.manager_id or "") if line.manager else "",
        }
        form = cls(data=values)
        form._offer_departments(_without_branch(departments, line.id))
        managers = (SelectChoice(str(member.person_id), member.name) for member in people)
        form.manager_id.choices = [SelectChoice("", gettext("Niemand")), *managers]
        return form

    def _offer_departments(self, departments: Iterable[DepartmentLine]) -> None:
        self.parent_id.choices = [SelectChoice("", gettext("Bovenaan")), *path_choices(departments)]


class SiteForm(PortalForm):
    """A further site."""

    name = StringField(_("Naam van de vestiging"), [filled_in(_NAME)])
    street = StringField(_("Straat"))
    house_number = StringField(_("Huisnummer"))
    postcode = StringField(_("Postcode"))
    city = StringField(_("Plaats"))
    phone = StringField(_("Telefoonnummer"))

    @classmethod
    def over(cls, site: Site | None = None) -> SiteForm:
        """The form of a site, of a new one without, or what was typed in it."""
        if site is None:
            return cls()
        values = {name: getattr(site, name) for name in ("name", *ADDRESS_PARTS)}
        return cls(data={**values, "postcode": spaced_postcode(site.postcode), "phone": phone(site.phone)})

    def address(self) -> Address:
        """The address that was typed."""
        return Address(**{part: typed(self[part]) for part in ADDRESS_PARTS})


class ContactForm(PortalForm):
    """A contact person, and of which site."""

    name = StringField(_("Naam"), [filled_in(_("Vul de naam van de contactpersoon in."))])
    function = StringField(_("Functie"))
    phone = StringField(_("Telefoonnummer"))
    email = StringField(_("E-mailadres"))
    site_id = ChoiceField(_("Vestiging"))

    @classmethod
    def over(cls, sites: Iterable[Site], line: ContactLine | None = None) -> ContactForm:
        """The form of a contact person, of a new one without, or what was typed in it."""
        form = cls() if line is None else cls(data=_contact_values(line))
        choices = (SelectChoice(str(site.id), site.name) for site in sites)
        form.site_id.choices = [SelectChoice("", gettext("Hoofdvestiging")), *choices]
        return form

    def contact(self) -> Contact:
        """The contact person that was typed."""
        return Contact(**{name: typed(self[name]) for name in ("name", "function", "phone", "email")})


class AgreementForm(PortalForm):
    """An agreement of the own service with an employer."""

    first_day = DayField(_("Ingangsdatum"), [filled_in(_("Vul een datum in, zoals 01-03-2026."))])
    last_day = DayField(_("Einddatum"))
    employer_identification = StringField(_("Identificatie werkgever"))
    exchange_number = StringField(_("Aansluitnummer gegevensuitwisseling"))

    @classmethod
    def of_identification(cls, agreement: ServiceAgreement) -> AgreementForm:
        """What the two know each other by, without the days."""
        columns = ("employer_identification", "exchange_number")
        form = cls(data={column: getattr(agreement, column) for column in columns})
        del form.first_day
        del form.last_day
        return form


class LastDayForm(PortalForm):
    """The last day of an agreement."""

    last_day = DayField(_("Einddatum"), [filled_in(_("Vul een datum in, zoals 31-12-2026."))])


def _contact_values(line: ContactLine) -> dict[str, str | None]:
    contact = line.contact
    return {
        "name": contact.name,
        "function": contact.function,
        "phone": phone(contact.phone),
        "email": contact.email,
        "site_id": str(line.site_id or ""),
    }


def _without_branch(departments: Iterable[DepartmentLine], department_id: UUID) -> list[DepartmentLine]:
    kept: list[DepartmentLine] = []
    branch: int | None = None
    for line in departments:
        if branch is not None and line.depth > branch:
            continue
        branch = line.depth if line.id == department_id else None
        if branch is None:
            kept.append(line)
    return kept
