"""Lists of people that both sides' pages show: the people of a department, and who was found (H-13, E-05, E-09)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import request
from flask_babel import gettext as _

from accounts.actor import Actor
from organisation.calendar import today
from organisation.errors import NotFound
from organisation.tree import PAGE_SIZE, DepartmentCount, EmploymentLine, employees_in_department
from portal.forms.employees import SearchForm
from portal.forms.employments import PersonForm
from portal.people_tree import People, pages_of, person_nodes
from portal.transactions import database
from vault.errors import NoVaultAccess, SearchTooShort, TooManyInView, VaultClosed
from vault.search import SearchHit
from vault.search import search as find_people
from vault.tree import names

MOST_SHOWN = 50
LAST_PAGE_OF_FORMER = 1000


@dataclass(frozen=True)
class Found:
    """The people that a search shows, and how many it leaves out: too many, or out of service (E-09)."""

    hits: tuple[SearchHit, ...]
    more: int
    former: int


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


def search_people(actor: Actor, form: SearchForm) -> Found | None:
    """Return who fits the form, None when the form says what to change."""
    if not form.validate_on_submit():
        return None
    try:
        hits = find_people(database(), actor, form.words())
    except SearchTooShort:
        form.form_errors.append(
            _("Vul een personeelsnummer, een geboortedatum of de eerste twee letters van de achternaam in.")
        )
    except TooManyInView:
        form.form_errors.append(_too_many(form))
    except (NoVaultAccess, VaultClosed):
        form.form_errors.append(_("U kunt nu alleen op personeelsnummer zoeken."))
    else:
        return _found(hits, with_former=form.former.data)
    return None


def find_person(form: PersonForm, actor: Actor) -> list[SearchHit] | None:
    """Return who fits the number or the name and birth date, former employees too; None when the form says why not."""
    found: dict[UUID, SearchHit] = {}
    try:
        for words in form.searches():
            found |= {hit.employee_id: hit for hit in find_people(database(), actor, words)}
    except SearchTooShort:
        form.form_errors.append(_("Vul ten minste de eerste twee letters van de achternaam in."))
        return None
    except TooManyInView:
        form.form_errors.append(
            _("Er zijn te veel werknemers om op naam te doorzoeken. Vul alleen het personeelsnummer in.")
        )
        return None
    return list(found.values())


def _too_many(form: SearchForm) -> str:
    if "department_id" in form:
        return str(_("Er zijn te veel werknemers om op naam of geboortedatum te doorzoeken. Kies ook een afdeling."))
    return str(
        _(
            "Er zijn te veel werknemers om op naam of geboortedatum te doorzoeken. Vul ook het personeelsnummer in, of"
            " open bij Dossiers de afdeling van de werknemer."
        )
    )


def _found(hits: list[SearchHit], *, with_former: bool) -> Found:
    present = [hit for hit in hits if with_former or not _has_left(hit.employment)]
    return Found(tuple(present[:MOST_SHOWN]), max(0, len(present) - MOST_SHOWN), len(hits) - len(present))


def _has_left(employment: EmploymentLine | None) -> bool:
    return employment is not None and employment.ends_on is not None and employment.ends_on < today(database())
