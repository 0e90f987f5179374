"""Where the documents of a dossier are found, for each side and each dossier, and the way that leads there."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from documents.dossiers import DossierPlace
from documents.models import Document
from organisation.models import Employee, Organisation
from portal.transactions import database
from vault.sides import is_employer


def place_of(document: Document) -> DossierPlace:
    """The dossier that a document lies in."""
    return DossierPlace(document.employee_id, document.employer_id)


def dossier_url(place: DossierPlace, actor: Actor) -> str:
    """The tab *Trajectendossier* of a dossier, as the actor's side has it."""
    if place.employee_id is None:
        return url_for("documents.show_of_employer", employer_id=place.employer_id)
    endpoint = "documents.show_of_employee" if is_employer(actor) else "documents.show_of_dossier"
    return url_for(endpoint, employee_id=place.employee_id)


def dossier_ways(place: DossierPlace, actor: Actor) -> list[tuple[str, str]]:
    """The crumbs to the tab *Trajectendossier* of a dossier that the actor was found to see: labels with addresses.

    An employee is called by personnel number there: a name would be one more look at the record.
    """
    dossier = (_("Trajectendossier"), dossier_url(place, actor))
    if place.employee_id is None:
        return [*_ways_to_employer(place, actor), dossier]
    needed = Permission.EMPLOYEE_LIST if is_employer(actor) else Permission.DOSSIER_READ
    if needed not in actor.permissions:
        return [dossier]
    number = database().get_one(Employee, place.employee_id).personnel_number
    employee = _("Werknemer %(number)s", number=number)
    if is_employer(actor):
        ways = [(_("Werknemers"), url_for("employees.show_tree"))]
        return [*ways, (employee, url_for("employees.show", employee_id=place.employee_id)), dossier]
    employer = database().get_one(Organisation, place.employer_id).name
    return [
        (_("Dossiers"), url_for("dossiers.show_tree")),
        (employer, url_for("dossiers.show_tree", werkgever=place.employer_id)),
        (employee, url_for("dossiers.show", employee_id=place.employee_id)),
        dossier,
    ]


def _ways_to_employer(place: DossierPlace, actor: Actor) -> list[tuple[str, str]]:
    if Permission.EMPLOYER_READ not in actor.permissions:
        return []
    employer = database().get_one(Organisation, place.employer_id).name
    way = (employer, url_for("employers.show", employer_id=place.employer_id))
    return [way] if is_employer(actor) else [(_("Werkgevers"), url_for("employers.show_all")), way]


def upload_url(place: DossierPlace) -> str:
    """Where files are uploaded to a dossier (DOC-20)."""
    if place.employee_id is None:
        return url_for("document_uploads.show_for_employer", employer_id=place.employer_id)
    return url_for("document_uploads.show_for_employee", employee_id=place.employee_id)


def making_url(place: DossierPlace) -> str | None:
    """Where a document is made from a form; the forms that there are, are about an employee (DOC-10)."""
    return url_for("document_forms.choose", employee_id=place.employee_id) if place.employee_id else None
