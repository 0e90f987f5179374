"""Tab *Trajectendossier* of an employee, a dossier and an employer (DOC-01..DOC-04, DOC-23)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.actor import Actor
from accounts.permissions import Permission
from documents.dossiers import DossierPlace
from documents.handing_over import hand_over_to_serving
from documents.listing import DocumentPage, list_documents
from organisation.calendar import today
from organisation.employer_reading import find_employer
from portal.authorisation import requires
from portal.document_addresses import making_url, upload_url
from portal.document_words import KINDS, state_words
from portal.due_work import do_due_work
from portal.forms.base import typed
from portal.forms.documents import DocumentFilterForm, TitleSearchForm
from portal.transactions import database
from portal.vault_access import vault_access
from portal.views.dossiers import waiting_page
from portal.views.employees import menu_of
from portal.views.employer_administration import page_asked
from vault.dossiers import Sight, read_employee
from vault.sides import is_employer

blueprint = Blueprint("documents", __name__)

LAST_PAGE = 1_000


@blueprint.get("/werknemers/<uuid:employee_id>/documenten")
@requires(Permission.DOCUMENT_READ)
def show_of_employee(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the documents of an employee, at the employer."""
    return _of_employee(employee_id, actor, TitleSearchForm(formdata=None), page_asked())


@blueprint.post("/werknemers/<uuid:employee_id>/documenten")
@requires(Permission.DOCUMENT_READ)
def search_of_employee(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show those of them whose titles have the words that were typed."""
    form = TitleSearchForm()
    return _answer(form, lambda: _of_employee(employee_id, actor, form, _page_pressed()))


@blueprint.get("/dossiers/<uuid:employee_id>/documenten")
@requires(Permission.DOCUMENT_READ)
def show_of_dossier(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the documents of an employee, at the arbo service; of somebody not shared there are none (D-rule 23)."""
    return _of_dossier(employee_id, actor, TitleSearchForm(formdata=None), page_asked())


@blueprint.post("/dossiers/<uuid:employee_id>/documenten")
@requires(Permission.DOCUMENT_READ)
def search_of_dossier(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show those of them whose titles have the words that were typed."""
    form = TitleSearchForm()
    return _answer(form, lambda: _of_dossier(employee_id, actor, form, _page_pressed()))


@blueprint.get("/werkgevers/<uuid:employer_id>/documenten")
@requires(Permission.DOCUMENT_READ)
def show_of_employer(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the documents of an employer itself (DOC-23)."""
    return _of_employer(employer_id, actor, TitleSearchForm(formdata=None), page_asked())


@blueprint.post("/werkgevers/<uuid:employer_id>/documenten")
@requires(Permission.DOCUMENT_READ)
def search_of_employer(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show those of them whose titles have the words that were typed."""
    form = TitleSearchForm()
    return _answer(form, lambda: _of_employer(employer_id, actor, form, _page_pressed()))


def _of_employee(employee_id: UUID, actor: Actor, search: TitleSearchForm, number: int) -> ResponseReturnValue:
    actor.require(Permission.EMPLOYEE_LIST)
    page = read_employee(database(), employee_id, actor)
    is_open = page.sight is Sight.OPEN
    place = DossierPlace(employee_id, page.employer_id)
    return render_template(
        "employees/documents.html",
        tab="documents",
        page=page,
        name=page.card.full_name if page.card else None,
        actions=menu_of(page),
        today=today(database()),
        Sight=Sight,
        access=vault_access(actor),
        **(_listed(place, actor, search, number) if is_open else {}),
    )


def _of_dossier(employee_id: UUID, actor: Actor, search: TitleSearchForm, number: int) -> ResponseReturnValue:
    actor.require(Permission.DOSSIER_READ)
    if (waiting := waiting_page(actor)) is not None:
        return waiting
    do_due_work(actor)
    page = read_employee(database(), employee_id, actor)
    if page.sight is not Sight.OPEN:
        return redirect(url_for("dossiers.show", employee_id=employee_id), 303)
    return render_template(
        "dossiers/documents.html",
        tab="documents",
        page=page,
        today=today(database()),
        Sight=Sight,
        **_listed(DossierPlace(employee_id, page.employer_id), actor, search, number),
    )


def _of_employer(employer_id: UUID, actor: Actor, search: TitleSearchForm, number: int) -> ResponseReturnValue:
    employer = find_employer(database(), employer_id, actor)
    is_own = is_employer(actor)
    if not is_own and (waiting := waiting_page(actor)) is not None:
        return waiting
    access = vault_access(actor) if is_own else None
    place = DossierPlace(None, employer_id)
    values: dict[str, Any] = {}
    if access is None or access.is_open:
        hand_over_to_serving(database(), place, actor)
        values = _listed(place, actor, search, number)
    return render_template(
        "employers/documents.html",
        tab="documents",
        employer=employer,
        employer_id=employer_id,
        is_own=is_own,
        access=access,
        **values,
    )


def _listed(place: DossierPlace, actor: Actor, search: TitleSearchForm, number: int) -> dict[str, Any]:
    """What the list of a dossier shows."""
    form = DocumentFilterForm.from_address()
    words = typed(search.words).strip() if not search.errors else ""
    listed: DocumentPage = list_documents(database(), place, actor, form.wanted(words), min(number, LAST_PAGE))
    form.offer(listed.labels)
    ids: dict[str, Any] = dict(request.view_args or {})
    asked: dict[str, Any] = {**ids, **form.in_address()}
    return {
        "documents": listed,
        "filter": form,
        "search": search,
        "kinds": KINDS,
        "state_words": state_words,
        "upload_url": upload_url(place) if Permission.DOCUMENT_UPLOAD in actor.permissions else None,
        "making_url": making_url(place) if Permission.DOCUMENT_EDIT in actor.permissions else None,
        "place": place,
        "here": url_for(_showing(), **ids),
        "searching": url_for(_showing(), **asked),
        "page_url": lambda page: url_for(_showing(), pagina=page, **asked),
    }


def _showing() -> str:
    """The view that shows the list of which this request is, also where it searches."""
    return (request.endpoint or "").replace(".search_", ".show_")


def _page_pressed() -> int:
    """The page of what was found that a button asks for."""
    asked = request.form.get("pagina", "1")
    return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) <= 6 else 1


def _answer(form: TitleSearchForm, page: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    form.validate_on_submit()
    response = make_response(page())
    if form.errors and response.status_code == 200:
        response.status_code = 422
    return response
