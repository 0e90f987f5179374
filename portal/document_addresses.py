"""Where the documents of a dossier are found, for each side and each dossier."""

from __future__ import annotations

from flask import url_for

from accounts.actor import Actor
from documents.dossiers import DossierPlace
from documents.models import Document
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


def upload_url(place: DossierPlace) -> str:
    """Where files are uploaded to a dossier (DOC-20)."""
    if place.employee_id is None:
        return url_for("document_uploads.show_for_employer", employer_id=place.employer_id)
    return url_for("document_uploads.show_for_employee", employee_id=place.employee_id)


def making_url(place: DossierPlace) -> str | None:
    """Where a document is made from a form; the forms that there are, are about an employee (DOC-10)."""
    return url_for("document_forms.choose", employee_id=place.employee_id) if place.employee_id else None
