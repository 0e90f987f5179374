"""Adding an employee, and editing one (E-02, E-03, E-05, E-06, E-11)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.calendar import today
from organisation.errors import EmploymentConflict, EmploymentExists, NotFound, PersonnelNumberTaken
from organisation.tree import departments_in_scope, departments_to_choose, employments_of, find_employee
from portal.authorisation import requires
from portal.differences import Difference, differences
from portal.forms.employees import EmployeeForm, values_of
from portal.forms.employment_fields import version_typed
from portal.forms.employments import PersonForm, step
from portal.people_lists import find_person
from portal.transactions import database
from portal.vault_access import refuse_without_key, vault_access
from portal.word_lists import word_lists
from vault.dossiers import EmployeePage, Sight, read_employee
from vault.errors import EditConflict, NoVaultAccess, VaultClosed
from vault.records import create_record, update_record

blueprint = Blueprint("employee_editing", __name__)

NEW = "nieuw"
# What a form holds besides what people typed.
UNSHOWN = frozenset({"bsn", "remove_bsn", "version", "employment_id", "employment_version", "csrf_token"})


@blueprint.get("/werknemers/toevoegen")
@requires(Permission.EMPLOYEE_WRITE)
def show_look_up(*, actor: Actor) -> ResponseReturnValue:
    """Ask first who it is, so that nobody is added twice (E-02)."""
    if not vault_access(actor).is_open:
        return refuse_without_key(actor, _("Werknemer toevoegen"))
    return render_template("employees/look_up.html", form=PersonForm(), hits=None)


@blueprint.post("/werknemers/toevoegen")
@requires(Permission.EMPLOYEE_WRITE)
def look_up(*, actor: Actor) -> ResponseReturnValue:
    """Show who fits, for a further employment; the form for a new employee when nobody does (E-02, E-14)."""
    if not vault_access(actor).is_open:
        return refuse_without_key(actor, _("Werknemer toevoegen"))
    form = PersonForm()
    if step() == NEW:
        return _new_page(_new_form(actor), actor)
    if not form.validate_on_submit() or (hits := find_person(form, actor)) is None:
        return render_template("employees/look_up.html", form=form, hits=None), 422
    if not hits:
        # What was typed has the names of the fields of the next form, and so stands in it.
        return _new_page(_new_form(actor), actor)
    return render_template("employees/look_up.html", form=form, hits=hits)


@blueprint.get("/werknemers/nieuw")
@requires(Permission.EMPLOYEE_WRITE)
def show_new(*, actor: Actor) -> ResponseReturnValue:
    """Show the form for a new employee."""
    if not vault_access(actor).is_open:
        return refuse_without_key(actor, _("Werknemer toevoegen"))
    return _new_page(_new_form(actor), actor)


@blueprint.post("/werknemers/nieuw")
@requires(Permission.EMPLOYEE_WRITE)
def add(*, actor: Actor) -> ResponseReturnValue:
    """Add the employee to the vault (E-02)."""
    form = _new_form(actor)
    if not vault_access(actor).is_open:
        return refuse_without_key(actor, _("Werknemer toevoegen"))
    try:
        if not form.validate_on_submit() or (employee_id := _added(form, actor)) is None:
            return _new_page(form, actor), 422
    except (NoVaultAccess, VaultClosed):
        return refuse_without_key(actor, _("Werknemer toevoegen"))
    flash(_("De werknemer is toegevoegd aan de datakluis."), "success")
    return redirect(url_for("employees.show", employee_id=employee_id), 303)


@blueprint.get("/werknemers/<uuid:employee_id>/bewerken")
@requires(Permission.EMPLOYEE_WRITE)
def show_edit(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the form with what is stored; the BSN is never in it."""
    page = read_employee(database(), employee_id, actor)
    if page.sight is not Sight.OPEN:
        return refuse_without_key(actor, _("Werknemer bewerken"))
    return _edit_page(_edit_form(actor, _stored(page, actor)), employee_id, actor)


@blueprint.post("/werknemers/<uuid:employee_id>/bewerken")
@requires(Permission.EMPLOYEE_WRITE)
def edit(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Store what was typed, unless somebody else was earlier (E-05, E-11)."""
    find_employee(database(), actor, employee_id)
    form = _edit_form(actor, {})
    if not vault_access(actor).is_open:
        return refuse_without_key(actor, _("Werknemer bewerken"))
    if not form.validate_on_submit():
        return _edit_page(form, employee_id, actor), 422
    try:
        if not _updated(form, employee_id, actor):
            return _edit_page(form, employee_id, actor), 422
    except (EditConflict, EmploymentConflict):
        return _conflict_page(form, employee_id, actor)
    except (NoVaultAccess, VaultClosed):
        return refuse_without_key(actor, _("Werknemer bewerken"))
    flash(_("De wijzigingen zijn opgeslagen."), "success")
    return redirect(url_for("employees.show", employee_id=employee_id), 303)


def _added(form: EmployeeForm, actor: Actor) -> UUID | None:
    """Raises `NoVaultAccess` or `VaultClosed` when the key was lost since the page was asked for."""
    try:
        with database().begin_nested():
            return create_record(
                database(),
                personnel_number=form.personnel_number.data or "",
                card=form.card(),
                details=form.details(),
                employment=form.employment(),
                actor=actor,
            ).id
    except PersonnelNumberTaken:
        form.personnel_number.errors = [_number_taken()]
    return None


def _updated(form: EmployeeForm, employee_id: UUID, actor: Actor) -> bool:
    """Whether it was stored; if not the form says why, and nothing is half done.

    Raises `EditConflict` or `EmploymentConflict`, and `NoVaultAccess` or `VaultClosed` when the key was lost since the
    page was asked for.
    """
    try:
        with database().begin_nested():
            update_record(
                database(),
                employee_id,
                card=form.card(),
                details=form.details(),
                expected_version=version_typed(form.version.data),
                actor=actor,
                remove_bsn=bool(form.remove_bsn.data) if "remove_bsn" in form else False,
                personnel_number=form.personnel_number.data,
                employment_id=_employment_in_scope(form, employee_id, actor),
                employment=form.employment(),
                employment_version=version_typed(form.employment_version.data),
            )
    except PersonnelNumberTaken:
        form.personnel_number.errors = [_number_taken()]
    except EmploymentExists:
        form.starts_on.errors = [_("Deze werknemer heeft al een dienstverband met deze startdatum.")]
    else:
        return True
    return False


def _employment_in_scope(form: EmployeeForm, employee_id: UUID, actor: Actor) -> UUID:
    """The employment that the form was made for. Raises `NotFound` when it is not this employee's, or out of scope."""
    for line in employments_of(database(), actor, [employee_id]).get(employee_id, []):
        if str(line.employment_id) == form.employment_id.data:
            return line.employment_id
    raise NotFound


def _stored(page: EmployeePage, actor: Actor) -> dict[str, object]:
    assert page.card is not None  # noqa: S101 - the page is open
    assert page.details is not None  # noqa: S101 - the page is open
    employment = page.employments[0]
    values = values_of(page.personnel_number, page.card, page.details, employment)
    return {**values, "version": page.version}


def _new_form(actor: Actor) -> EmployeeForm:
    return EmployeeForm.to_add(departments_to_choose(database(), actor), today(database()))


def _edit_form(actor: Actor, values: dict[str, object]) -> EmployeeForm:
    departments = departments_in_scope(database(), actor)
    with_bsn = Permission.BSN_READ in actor.permissions
    return EmployeeForm.to_edit(departments, today(database()), values, with_bsn=with_bsn)


def _new_page(form: EmployeeForm, actor: Actor) -> str:
    return render_template("employees/new.html", form=form, words=word_lists(actor))


def _edit_page(form: EmployeeForm, employee_id: UUID, actor: Actor, differing: list[Difference] | None = None) -> str:
    return render_template(
        "employees/edit.html", form=form, words=word_lists(actor), employee_id=employee_id, differing=differing
    )


def _conflict_page(form: EmployeeForm, employee_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Show what was typed beside what somebody else stored meanwhile; saving once more is then a choice."""
    # What was begun before the conflict has been undone in the database, not yet in what was read of it.
    database().expire_all()
    page = read_employee(database(), employee_id, actor)
    if page.sight is not Sight.OPEN:
        return refuse_without_key(actor, _("Werknemer bewerken"))
    stored = EmployeeForm(formdata=None, data=_stored(page, actor))
    stored.department_id.choices = form.department_id.choices
    form.version.data = str(page.version)
    form.employment_id.data = stored.employment_id.data
    form.employment_version.data = stored.employment_version.data
    return _edit_page(form, employee_id, actor, differences(form, stored, UNSHOWN)), 422


def _number_taken() -> str:
    return str(_("Dit personeelsnummer is al van een andere werknemer."))
