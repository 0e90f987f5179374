"""The arbo side's dossiers: the tree of employers, and one employee (K-02, K-19, S-05, S-13, S-15; D-rules 16, 23)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.admission import Admittance, admittance, service_holder
from organisation.calendar import today
from organisation.errors import NotFound
from organisation.tree import DepartmentCount, departments_in_scope, employers_in_scope
from portal.authorisation import requires
from portal.due_work import do_due_work
from portal.forms.employment_fields import KINDS
from portal.forms.searching import AdvancedSearchForm, SearchForm
from portal.forms.sharing import KIND_LABELS
from portal.key_entries import key_entries, key_givers
from portal.people_lists import choose_department, employer_names, people_of, search_people
from portal.people_tree import Node, People, department_nodes
from portal.share_request_words import BADGES, for_service
from portal.transactions import database
from vault.dossiers import DossierAction, EmployeePage, Sight, read_bsn, read_employee
from vault.errors import BsnUnknown, NotShared
from vault.share_request_reading import RequestView, latest_request
from vault.who_can_open import who_can_open

blueprint = Blueprint("dossiers", __name__)


@blueprint.get("/dossiers")
@requires(Permission.DOSSIER_READ)
def show_tree(*, actor: Actor) -> ResponseReturnValue:
    """Show the employers in scope, their departments, and the people of the chosen one (H-13, K-19)."""
    if (page := waiting_page(actor)) is not None:
        return page
    do_due_work(actor)
    departments = departments_in_scope(database(), actor)
    chosen = choose_department(departments)
    people = people_of(actor, chosen, dossier_url) if chosen else None
    return render_template(
        "dossiers/tree.html",
        departments=departments,
        nodes=_nodes(departments, people, with_dossier=Permission.EMPLOYER_READ in actor.permissions),
        people=people,
        form=_search_form(actor),
        page_url=lambda number: _department_url(people.department.id, number) if people else "",
    )


@blueprint.get("/dossiers/zoeken")
@requires(Permission.DOSSIER_READ)
def show_search(*, actor: Actor) -> ResponseReturnValue:
    """Show the search form by itself."""
    if (page := waiting_page(actor)) is not None:
        return page
    form = _search_form(actor)
    return render_template("dossiers/search.html", form=form, found=None)


@blueprint.post("/dossiers/zoeken")
@requires(Permission.DOSSIER_READ)
def search(*, actor: Actor) -> ResponseReturnValue:
    """Show who, of those shared with this service, fits what was typed (design 2.5)."""
    if (page := waiting_page(actor)) is not None:
        return page
    do_due_work(actor)
    form = _search_form(actor)
    found = search_people(actor, form)
    employers = employer_names(actor)
    status = 200 if found else 422
    return render_template("dossiers/search.html", form=form, found=found, employers=employers), status


@blueprint.get("/dossiers/uitgebreid-zoeken")
@requires(Permission.DOSSIER_READ)
def show_advanced_search(*, actor: Actor) -> ResponseReturnValue:
    """Show the form with all there is to search by (H-07)."""
    if (page := waiting_page(actor)) is not None:
        return page
    return render_template("dossiers/search_advanced.html", form=_advanced_form(actor), kinds=KINDS, found=None)


@blueprint.post("/dossiers/uitgebreid-zoeken")
@requires(Permission.DOSSIER_READ)
def search_advanced(*, actor: Actor) -> ResponseReturnValue:
    """Show who fits; with nothing filled in everybody in view, the first 100 (H-07, D-rule 46)."""
    if (page := waiting_page(actor)) is not None:
        return page
    do_due_work(actor)
    form = _advanced_form(actor)
    found = search_people(actor, form, everybody=True)
    employers = employer_names(actor)
    status = 200 if found else 422
    return render_template(
        "dossiers/search_advanced.html", form=form, kinds=KINDS, found=found, employers=employers
    ), status


@blueprint.get("/dossiers/<uuid:employee_id>")
@requires(Permission.DOSSIER_READ)
def show(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show one employee: who is not shared is an employment and nothing else (K-02, D-rule 23)."""
    return dossier_page(employee_id, actor)


@blueprint.post("/dossiers/<uuid:employee_id>/bsn")
@requires(Permission.BSN_READ)
def show_bsn(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the same page with the BSN in full, which the log tells (B.7, D-rule 37)."""
    actor.require(Permission.DOSSIER_READ)
    if (page := waiting_page(actor)) is not None:
        return page
    try:
        bsn = read_bsn(database(), employee_id, actor)
    except (BsnUnknown, NotShared):
        bsn = None
    return dossier_page(employee_id, actor, bsn=bsn)


def dossier_page(employee_id: UUID, actor: Actor, *, bsn: str | None = None) -> str:
    """Read and render one dossier. Raises as `read_employee`."""
    if (waiting := waiting_page(actor)) is not None:
        return waiting
    do_due_work(actor)
    page = read_employee(database(), employee_id, actor)
    return render_template(
        "dossiers/show.html",
        tab="overview",
        page=page,
        bsn=bsn,
        kinds=KIND_LABELS,
        asked=_asked(page, actor),
        badges=BADGES,
        sentence=for_service,
        may_ask=Permission.SHARE_REQUEST in actor.permissions,
        keys=key_entries(who_can_open(database(), employee_id, actor)) if page.sight is Sight.OPEN else [],
        today=today(database()),
        Sight=Sight,
        DossierAction=DossierAction,
    )


def dossier_url(employee_id: UUID) -> str:
    """Return the address of a dossier."""
    return url_for("dossiers.show", employee_id=employee_id)


def _asked(page: EmployeePage, actor: Actor) -> RequestView | None:
    """The newest request to share somebody who is not shared, and what became of it (design 2.6)."""
    return latest_request(database(), page.employee_id, actor) if page.sight is Sight.NOT_SHARED else None


def waiting_page(actor: Actor) -> str | None:
    """Who has no key of the service yet is told what waits, and for whom; nothing else is shown (design 2.1)."""
    state = admittance(database(), actor)
    if state is Admittance.OPEN:
        return None
    givers = key_givers(actor, service_holder(database(), actor), Permission.ADMISSION_DECIDE)
    return render_template("dossiers/waiting.html", state=state, givers=givers, Admittance=Admittance)


def _search_form(actor: Actor) -> SearchForm:
    return SearchForm.of_service(with_bsn=Permission.BSN_READ in actor.permissions)


def _advanced_form(actor: Actor) -> AdvancedSearchForm:
    employers = employers_in_scope(database(), actor)
    return AdvancedSearchForm.of_employers(employers, with_bsn=Permission.BSN_READ in actor.permissions)


def _nodes(departments: list[DepartmentCount], people: People | None, *, with_dossier: bool) -> list[Node]:
    groups = [list(group) for _employer, group in groupby(departments, key=lambda department: department.employer_id)]
    opened = _opened_employer(groups, people)
    return [_employer_node(group, people, opened, with_dossier=with_dossier) for group in groups]


def _opened_employer(groups: list[list[DepartmentCount]], people: People | None) -> UUID | None:
    """The employer whose departments are shown: that of the chosen department, the one asked for, or the only one."""
    if people:
        return people.department.employer_id
    employers = [group[0].employer_id for group in groups]
    wanted = request.args.get("werkgever")
    if wanted is None:
        return employers[0] if len(employers) == 1 else None
    for employer_id in employers:
        if str(employer_id) == wanted:
            return employer_id
    raise NotFound


def _employer_node(
    group: Iterable[DepartmentCount], people: People | None, opened: UUID | None, *, with_dossier: bool
) -> Node:
    """An employer; opened, with its own dossier next to its departments (O-32)."""
    departments = list(group)
    first, is_open = departments[0], departments[0].employer_id == opened
    own = (_dossier_node(first),) if with_dossier else ()
    return Node(
        id=first.employer_id,
        label=first.employer,
        kind="organisation",
        count=sum(department.count for department in departments),
        url=url_for("dossiers.show_tree", werkgever=first.employer_id),
        open=is_open,
        children=(*own, *department_nodes(departments, people, _department_url)) if is_open else (),
    )


def _dossier_node(department: DepartmentCount) -> Node:
    return Node(
        id=department.employer_id,
        label=_("Dossier %(employer)s", employer=department.employer),
        kind="dossier",
        url=url_for("employers.show", employer_id=department.employer_id),
    )


def _department_url(department_id: UUID, page: int | None = None) -> str:
    values: dict[str, Any] = {"afdeling": department_id, "pagina": page if page != 1 else None}
    if page and "uit-dienst" in request.args:
        values["uit-dienst"] = 1
    return url_for("dossiers.show_tree", **values)
