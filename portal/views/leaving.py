"""Reporting an employee out of service: from the employee, or from the start page by finding one first (E-15)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.calendar import today
from organisation.errors import EmploymentConflict, OutsideEmployment
from organisation.tree import EmploymentLine
from portal.authorisation import requires
from portal.formats import long_date
from portal.forms.employments import CONFIRM, EDIT, OutOfServiceForm, PersonForm, step
from portal.people_lists import find_person
from portal.transactions import database
from portal.vault_access import refuse_without_key, vault_access
from portal.views.employees import employee_url, service_name
from vault.dossiers import EmployeePage, Sight, read_employee
from vault.employments import end_employments
from vault.search import SearchHit

blueprint = Blueprint("leaving", __name__)


@blueprint.get("/werknemers/uit-dienst-melden")
@requires(Permission.EMPLOYEE_WRITE)
def show_search(*, actor: Actor) -> ResponseReturnValue:
    """Ask who leaves."""
    if not vault_access(actor).is_open:
        return refuse_without_key(actor, _("Uit dienst melden"))
    return _search_page(PersonForm(), None)


@blueprint.post("/werknemers/uit-dienst-melden")
@requires(Permission.EMPLOYEE_WRITE)
def search(*, actor: Actor) -> ResponseReturnValue:
    """Show who fits and is in service."""
    if not vault_access(actor).is_open:
        return refuse_without_key(actor, _("Uit dienst melden"))
    form = PersonForm()
    if not form.validate_on_submit() or (hits := find_person(form, actor)) is None:
        return _search_page(form, None), 422
    return _search_page(form, [hit for hit in hits if hit.employment and _runs(hit.employment)])


@blueprint.get("/werknemers/<uuid:employee_id>/uit-dienst")
@requires(Permission.EMPLOYEE_WRITE)
def show(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask for the last day, and for which employment where several run."""
    page = read_employee(database(), employee_id, actor)
    if page.sight is not Sight.OPEN:
        return refuse_without_key(actor, _("Uit dienst melden"))
    running = _running(page)
    if not running:
        return _already_left(employee_id)
    return _form_page(OutOfServiceForm.over(running, _chosen(running)), page)


@blueprint.post("/werknemers/<uuid:employee_id>/uit-dienst")
@requires(Permission.EMPLOYEE_WRITE)
def report(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what changes; once that is confirmed, end what was chosen on that day."""
    page = read_employee(database(), employee_id, actor)
    if page.sight is not Sight.OPEN:
        return refuse_without_key(actor, _("Uit dienst melden"))
    running = _running(page)
    if not running:
        return _already_left(employee_id)
    form = OutOfServiceForm.over(running, None)
    lines = [line for line, _words in running]
    if form.validate_on_submit() and step() != EDIT and _fits(form, form.ended(lines)):
        ended = form.ended(lines)
        if step() != CONFIRM:
            return _consequences_page(form, page, ended)
        return _end(form, page, ended, actor)
    return _form_page(form, page), 422 if form.errors else 200


def _end(form: OutOfServiceForm, page: EmployeePage, ended: list[EmploymentLine], actor: Actor) -> ResponseReturnValue:
    last_day = form.last_day.day or today(database())
    try:
        with database().begin_nested():
            end_employments(database(), page.employee_id, form.expected_versions(ended), last_day, actor)
    except (EmploymentConflict, OutsideEmployment):
        form.renew(_running(page))
        return _form_page(form, page, conflict=True), 422
    leaves = _("De werknemer gaat uit dienst op %(day)s.", day=long_date(last_day))
    left = _("De werknemer is uit dienst sinds %(day)s.", day=long_date(last_day))
    flash(left if last_day < today(database()) else leaves, "success")
    return redirect(employee_url(page.employee_id), 303)


def _runs(line: EmploymentLine) -> bool:
    return line.ends_on is None or line.ends_on >= today(database())


def _running(page: EmployeePage) -> list[tuple[EmploymentLine, str]]:
    """The employments that have not ended, in words that tell them apart."""
    count = len(page.employments)
    return [
        (
            line,
            _(
                "Dienstverband %(number)s: %(function)s, %(department)s, sinds %(start)s",
                number=count - index,
                function=line.function,
                department=line.department,
                start=long_date(line.starts_on),
            ),
        )
        for index, line in enumerate(page.employments)
        if _runs(line)
    ]


def _chosen(running: list[tuple[EmploymentLine, str]]) -> UUID | None:
    """The employment in the address, None when there is none that runs."""
    wanted = request.args.get("dienstverband")
    return next((line.employment_id for line, _words in running if str(line.employment_id) == wanted), None)


def _fits(form: OutOfServiceForm, ended: list[EmploymentLine]) -> bool:
    begins = max(line.starts_on for line in ended)
    if form.last_day.day is not None and form.last_day.day < begins:
        form.last_day.errors = [
            _("Het dienstverband begint op %(day)s; de laatste dag kan niet eerder zijn.", day=long_date(begins))
        ]
        return False
    return True


def _already_left(employee_id: UUID) -> ResponseReturnValue:
    flash(_("Deze werknemer is al uit dienst."), "info")
    return redirect(employee_url(employee_id), 303)


def _search_page(form: PersonForm, hits: list[SearchHit] | None) -> str:
    return render_template("leaving/search.html", form=form, hits=hits)


def _form_page(form: OutOfServiceForm, page: EmployeePage, *, conflict: bool = False) -> str:
    return render_template("leaving/form.html", form=form, page=page, conflict=conflict, running=_running(page))


def _consequences_page(form: OutOfServiceForm, page: EmployeePage, ended: list[EmploymentLine]) -> str:
    return render_template(
        "leaving/consequences.html",
        form=form,
        page=page,
        ended=ended,
        last_day=form.last_day.day,
        stays=[line for line, _words in _running(page) if line not in ended],
        service=service_name(page.employer_id),
        today=today(database()),
    )
