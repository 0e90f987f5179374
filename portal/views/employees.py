"""The employer's employees: the tree, finding one, and one's page (E-03, E-05, E-09, H-13, K-18..K-24, S-05)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.calendar import today
from organisation.errors import NoServiceAgreement
from organisation.service_agreements import running_service
from organisation.tree import DepartmentCount, EmploymentLine, departments_in_scope, departments_to_choose
from portal.authorisation import requires
from portal.due_work import do_due_work
from portal.forms.employment_fields import KINDS
from portal.forms.searching import AdvancedSearchForm, SearchForm
from portal.key_entries import key_entries
from portal.own_data_access import own_data_action
from portal.people_lists import choose_department, people_of, search_people
from portal.people_tree import Node, People, department_nodes
from portal.transactions import database
from portal.vault_access import VaultAccess, vault_access
from vault.dossiers import DossierAction, EmployeePage, Sight, read_bsn, read_employee
from vault.errors import BsnUnknown, NoVaultAccess, VaultClosed
from vault.share_request_reading import waiting_request
from vault.who_can_open import who_can_open

blueprint = Blueprint("employees", __name__)


@blueprint.get("/werknemers")
@requires(Permission.EMPLOYEE_LIST)
def show_tree(*, actor: Actor) -> ResponseReturnValue:
    """Show the departments in scope and the people of the chosen one (H-13, K-19, K-20)."""
    departments = departments_in_scope(database(), actor)
    chosen = choose_department(departments)
    people = people_of(actor, chosen, employee_url) if chosen else None
    access = vault_access(actor)
    return render_template(
        "employees/tree.html",
        departments=departments,
        nodes=_nodes(actor, departments, people),
        people=people,
        form=_search_form(actor, access),
        access=access,
        service=service_name(actor.organisation_id),
        may_write=_may_write(actor, access),
        page_url=lambda number: _department_url(people.department.id, number) if people else "",
    )


@blueprint.get("/werknemers/zoeken")
@requires(Permission.EMPLOYEE_LIST)
def show_search(*, actor: Actor) -> ResponseReturnValue:
    """Show the search form by itself."""
    access = vault_access(actor)
    form = _search_form(actor, access)
    return render_template("employees/search.html", form=form, access=access, found=None)


@blueprint.post("/werknemers/zoeken")
@requires(Permission.EMPLOYEE_LIST)
def search(*, actor: Actor) -> ResponseReturnValue:
    """Show who fits what was typed, which stands in no address (E-05, E-09, K-23)."""
    do_due_work(actor)
    access = vault_access(actor)
    form = _search_form(actor, access)
    found = search_people(actor, form)
    status = 200 if found else 422
    return render_template("employees/search.html", form=form, access=access, found=found), status


@blueprint.get("/werknemers/uitgebreid-zoeken")
@requires(Permission.EMPLOYEE_LIST)
def show_advanced_search(*, actor: Actor) -> ResponseReturnValue:
    """Show the form with all there is to search by (H-07)."""
    access = vault_access(actor)
    form = _advanced_form(actor, access)
    return render_template("employees/search_advanced.html", form=form, kinds=KINDS, access=access, found=None)


@blueprint.post("/werknemers/uitgebreid-zoeken")
@requires(Permission.EMPLOYEE_LIST)
def search_advanced(*, actor: Actor) -> ResponseReturnValue:
    """Show who fits; with nothing filled in everybody in view, the first 100 (H-07, D-rule 46)."""
    do_due_work(actor)
    access = vault_access(actor)
    form = _advanced_form(actor, access)
    found = search_people(actor, form, everybody=True)
    status = 200 if found else 422
    return render_template("employees/search_advanced.html", form=form, kinds=KINDS, access=access, found=found), status


@blueprint.get("/werknemers/<uuid:employee_id>")
@requires(Permission.EMPLOYEE_LIST)
def show(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show one employee: the quick view of who is not shared, else the overview (K-21, K-24, S-05)."""
    return employee_page(employee_id, actor)


@blueprint.post("/werknemers/<uuid:employee_id>/bsn")
@requires(Permission.BSN_READ)
def show_bsn(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the same page with the BSN in full, which the log tells (B.7, D-rule 37)."""
    actor.require(Permission.EMPLOYEE_LIST)
    try:
        bsn = read_bsn(database(), employee_id, actor)
    except (BsnUnknown, NoVaultAccess, VaultClosed):
        bsn = None
    return employee_page(employee_id, actor, bsn=bsn)


def employee_page(employee_id: UUID, actor: Actor, *, bsn: str | None = None) -> str:
    """Read and render one employee's page. Raises as `read_employee`."""
    page = read_employee(database(), employee_id, actor)
    return render_template(
        "employees/show.html",
        tab="overview",
        page=page,
        bsn=bsn,
        name=page.card.full_name if page.card else None,
        access=vault_access(actor),
        service=service_name(page.employer_id),
        keys=key_entries(who_can_open(database(), employee_id, actor)),
        actions=menu_of(page) + own_data_action(page, actor),
        menus=_employment_menus(page),
        asked=waiting_request(database(), employee_id, actor) if page.sight is Sight.OPEN else None,
        today=today(database()),
        Sight=Sight,
        DossierAction=DossierAction,
    )


def service_name(employer_id: UUID) -> str | None:
    """Return what the employer's arbo service is called today, None without one."""
    try:
        return running_service(database(), employer_id).name
    except NoServiceAgreement:
        return None


def employee_url(employee_id: UUID) -> str:
    """Return the address of an employee's page."""
    return url_for("employees.show", employee_id=employee_id)


def _search_form(actor: Actor, access: VaultAccess) -> SearchForm:
    departments = departments_to_choose(database(), actor)
    with_bsn = Permission.BSN_READ in actor.permissions
    return SearchForm.of_employer(departments, by_name=access.is_open, with_bsn=with_bsn)


def _advanced_form(actor: Actor, access: VaultAccess) -> AdvancedSearchForm:
    departments = departments_to_choose(database(), actor)
    with_bsn = Permission.BSN_READ in actor.permissions
    return AdvancedSearchForm.of_employer(departments, by_name=access.is_open, with_bsn=with_bsn)


def menu_of(page: EmployeePage) -> list[dict[str, object]]:
    """The *Acties* of an employee's page, as the verbs allow them now (S-01, E-14, E-15)."""
    entries = (
        (DossierAction.SHARE, _("Dossier delen"), "sharing.show_form", "key", True),
        (DossierAction.EDIT, _("Bewerken"), "employee_editing.show_edit", "pencil", False),
        (DossierAction.ADD_EMPLOYMENT, _("Dienstverband toevoegen"), "employments.show_new", "plus-lg", False),
        (DossierAction.REPORT_LEAVING, _("Uit dienst melden"), "leaving.show", "archive", False),
        (DossierAction.SHARE_HISTORY, _("Deelgeschiedenis"), "sharing.show_history", "clock-history", False),
    )
    return [
        {"label": label, "url": url_for(endpoint, employee_id=page.employee_id), "icon": icon, "dialog": dialog}
        for action, label, endpoint, icon, dialog in entries
        if action in page.actions
    ]


def _employment_menus(page: EmployeePage) -> dict[UUID, list[dict[str, str]]]:
    """The three dots of each employment (E-10); without the right or the key there are none."""
    if DossierAction.EDIT not in page.actions:
        return {}
    return {line.employment_id: _employment_menu(page.employee_id, line) for line in page.employments}


def _employment_menu(employee_id: UUID, line: EmploymentLine) -> list[dict[str, str]]:
    def address(endpoint: str) -> str:
        return url_for(endpoint, employee_id=employee_id, employment_id=line.employment_id)

    leaving = url_for("leaving.show", employee_id=employee_id, dienstverband=line.employment_id)
    ended = line.ends_on is not None and line.ends_on < today(database())
    entries = (
        (True, _("Wijzigen dienstverband"), address("employments.ask_change"), "pencil"),
        (not ended, _("Uit dienst melden"), leaving, "archive"),
        (True, _("Historie weergave"), address("employments.show_history"), "clock-history"),
    )
    return [{"label": label, "url": url, "icon": icon} for offered, label, url, icon in entries if offered]


def _nodes(actor: Actor, departments: list[DepartmentCount], people: People | None) -> list[Node]:
    return [
        Node(
            id=actor.organisation_id,
            label=actor.organisation_name,
            kind="organisation",
            count=sum(department.count for department in departments),
            open=True,
            children=department_nodes(departments, people, _department_url),
        )
    ]


def _department_url(department_id: UUID, page: int | None = None) -> str:
    values: dict[str, Any] = {"afdeling": department_id, "pagina": page if page != 1 else None}
    if page and "uit-dienst" in request.args:
        values["uit-dienst"] = 1
    return url_for("employees.show_tree", **values)


def _may_write(actor: Actor, access: VaultAccess) -> bool:
    return access.is_open and Permission.EMPLOYEE_WRITE in actor.permissions
