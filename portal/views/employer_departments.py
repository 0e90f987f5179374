"""Beheer > Werkgevers > Afdelingen: the tree of departments, with who leads each (O-26, O-30)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.departments import (
    DepartmentLine,
    add_department,
    change_department,
    department_tree,
    find_department_of,
    possible_managers,
    removal_consequences,
    remove_department,
)
from organisation.errors import BelowItself, InUse, NameMissing, NameTaken, NotFound
from portal.authorisation import requires
from portal.employer_pages import employer_page
from portal.forms.base import PortalForm, typed
from portal.forms.employer_parts import DepartmentForm
from portal.forms.employers import paths
from portal.transactions import database

blueprint = Blueprint("employer_departments", __name__, url_prefix="/beheer/werkgevers/<uuid:employer_id>/afdelingen")


@blueprint.get("")
@requires(Permission.EMPLOYER_ADMINISTER)
def show_all(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the tree, and the form for one more."""
    lines = department_tree(database(), employer_id, actor)
    return _list_page(DepartmentForm.to_add(lines), lines, employer_id, actor)


@blueprint.post("")
@requires(Permission.EMPLOYER_ADMINISTER)
def add(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Add a department."""
    lines = department_tree(database(), employer_id, actor)
    form = DepartmentForm.to_add(lines)
    if form.validate_on_submit():
        try:
            add_department(database(), employer_id, typed(form.name), form.parent_id.chosen, actor)
        except (NameMissing, NameTaken) as refusal:
            form.name.errors = [_name_fault(refusal)]
        else:
            flash(_("De afdeling is toegevoegd."), "success")
            return redirect(url_for(".show_all", employer_id=employer_id), 303)
    return _list_page(form, lines, employer_id, actor), 422


@blueprint.get("/<uuid:department_id>")
@requires(Permission.EMPLOYER_ADMINISTER)
def show(employer_id: UUID, department_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show one department to rename, move, or give a manager."""
    form, line = _form_of(employer_id, department_id, actor)
    return _department_page(form, line, employer_id, actor)


@blueprint.post("/<uuid:department_id>")
@requires(Permission.EMPLOYER_ADMINISTER)
def change(employer_id: UUID, department_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Store what was chosen."""
    form, line = _form_of(employer_id, department_id, actor)
    if form.validate_on_submit():
        try:
            change_department(
                database(),
                employer_id,
                department_id,
                name=typed(form.name),
                parent_id=form.parent_id.chosen,
                manager_id=form.manager_id.chosen,
                actor=actor,
            )
        except (NameMissing, NameTaken) as refusal:
            form.name.errors = [_name_fault(refusal)]
        except BelowItself:
            # Somebody moved the other one meanwhile: it was a choice when the page was made.
            form.parent_id.errors = [_("Een afdeling kan niet onder zichzelf staan. Kies een andere.")]
        else:
            flash(_("De afdeling is opgeslagen."), "success")
            return redirect(url_for(".show_all", employer_id=employer_id), 303)
    return _department_page(form, line, employer_id, actor), 422


@blueprint.get("/<uuid:department_id>/verwijderen")
@requires(Permission.EMPLOYER_ADMINISTER)
def ask_removal(employer_id: UUID, department_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what goes with a department, or why it can't go."""
    return _removal_page(employer_id, department_id, actor)


@blueprint.post("/<uuid:department_id>/verwijderen")
@requires(Permission.EMPLOYER_ADMINISTER)
def remove(employer_id: UUID, department_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Remove a department in which nobody works."""
    try:
        remove_department(database(), employer_id, department_id, actor)
    except InUse:
        return _removal_page(employer_id, department_id, actor), 422
    flash(_("De afdeling is verwijderd."), "success")
    return redirect(url_for(".show_all", employer_id=employer_id), 303)


def _form_of(employer_id: UUID, department_id: UUID, actor: Actor) -> tuple[DepartmentForm, DepartmentLine]:
    lines = department_tree(database(), employer_id, actor)
    line = next((line for line in lines if line.id == department_id), None)
    if line is None:
        raise NotFound
    people = possible_managers(database(), employer_id, actor)
    return DepartmentForm.to_change(line, lines, people), line


def _name_fault(refusal: NameMissing | NameTaken) -> str:
    if isinstance(refusal, NameTaken):
        return str(_("Deze werkgever heeft al een afdeling met deze naam."))
    return str(_("Vul een naam in van ten hoogste 120 tekens."))


def _list_page(form: DepartmentForm, lines: list[DepartmentLine], employer_id: UUID, actor: Actor) -> str:
    return employer_page(
        "employer_departments/list.html", employer_id, actor, form=form, lines=lines, paths=paths(lines)
    )


def _department_page(form: DepartmentForm, line: DepartmentLine, employer_id: UUID, actor: Actor) -> str:
    return employer_page("employer_departments/show.html", employer_id, actor, form=form, line=line)


def _removal_page(employer_id: UUID, department_id: UUID, actor: Actor) -> str:
    department = find_department_of(database(), employer_id, department_id, actor)
    met = removal_consequences(database(), employer_id, department_id, actor)
    return employer_page(
        "employer_departments/remove.html", employer_id, actor, form=PortalForm(), department=department, met=met
    )
