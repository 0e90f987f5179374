"""Lists of people that both sides' pages show: the people of a department, and who was found (H-13, E-05, E-09)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import request
from flask_babel import gettext as _

from accounts.actor import Actor
from organisation.errors import NotFound
from organisation.models import Organisation
from organisation.tree import PAGE_SIZE, DepartmentCount, employees_in_department, employers_in_scope
from portal.due_work import do_due_work
from portal.forms.employments import PersonForm
from portal.forms.searching import SearchForm
from portal.people_tree import People, pages_of, person_nodes
from portal.transactions import database
from vault.errors import NoVaultAccess, SearchTooShort, VaultClosed
from vault.search import SearchHit, SearchResult, find_employers
from vault.search import search as find_people
from vault.tree import names

# What is typed before the name of an organisation, to find no people (H-05).
ORGANISATIONS_ONLY = "dossier"
LAST_PAGE_OF_FORMER = 1000


@dataclass(frozen=True)
class Found:
    """What a search shows: the people, unless organisations only were looked for, and the employers called so."""

    result: SearchResult | None
    employers: tuple[Organisation, ...]


def choose_department(departments: list[DepartmentCount]) -> DepartmentCount | None:
    """Return the department in the address, None when there is none. Raises `NotFound` for one out of view."""
    wanted = request.args.get("afdeling")
    if wanted is None:
        return None
    for department in departments:
        if str(department.id) == wanted:
            return department
    raise NotFound


def people_of(actor: Actor, department: DepartmentCount, url_of: Callable[[UUID], str]) -> People:
    """Return one page of the people of a department in view, or of those who left it; the log tells who is named."""
    former = "uit-dienst" in request.args
    last = LAST_PAGE_OF_FORMER if former else pages_of(department.count)
    page = min(max(request.args.get("pagina", 1, type=int), 1), last)
    lines = employees_in_department(database(), actor, department.id, page, former=former)
    shown = names(database(), actor, [line.employee_id for line in lines])
    pages = page + (len(lines) == PAGE_SIZE) if former else last
    return People(department, person_nodes(lines, shown, url_of), page, pages, former)


def search_people(actor: Actor, form: SearchForm, *, everybody: bool = False) -> Found | None:
    """Return who fits the form, and which employers are called so (H-05); None when the form says what to change.

    Who begins with *Dossier* looks for organisations only.
    """
    if not form.validate_on_submit():
        return None
    words = form.words()
    typed = words.last_name or ""
    if typed.casefold().startswith(ORGANISATIONS_ONLY):
        return Found(None, _employers_called(actor, typed[len(ORGANISATIONS_ONLY) :]))
    try:
        result = find_people(database(), actor, words, everybody=everybody)
    except SearchTooShort:
        form.form_errors.append(_("Vul in waarop u wilt zoeken, bijvoorbeeld de eerste letters van de achternaam."))
    except (NoVaultAccess, VaultClosed):
        form.form_errors.append(_("U kunt nu alleen op personeelsnummer zoeken."))
    else:
        if "bsn" in form:
            # It was typed to find somebody by, and is not shown, here no more than anywhere.
            form.bsn.data = ""
        return Found(result, _employers_called(actor, typed) if typed else ())
    return None


def find_person(form: PersonForm, actor: Actor) -> list[SearchHit] | None:
    """Return who fits the number or the name and birth date, former employees too; None when the form says why not."""
    do_due_work(actor)
    found: dict[UUID, SearchHit] = {}
    try:
        for words in form.searches():
            found |= {hit.employee_id: hit for hit in find_people(database(), actor, words).hits}
    except SearchTooShort:
        form.form_errors.append(_("Vul ten minste een letter van de achternaam in."))
        return None
    return list(found.values())


def employer_names(actor: Actor) -> dict[UUID, str]:
    """The employers in scope by id, for lists that have people of several."""
    return {employer.id: employer.name for employer in employers_in_scope(database(), actor)}


def _employers_called(actor: Actor, typed: str) -> tuple[Organisation, ...]:
    employers = find_employers(database(), actor, typed) if typed.strip() else employers_in_scope(database(), actor)
    return tuple(employers)
