"""One employment of an employee: correcting, changing from a day, adding, its history (E-06..E-14)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.calendar import today
from organisation.employments import overlapping
from organisation.errors import EmploymentConflict, EmploymentExists, NotFound, OutsideEmployment
from organisation.tree import EmploymentLine, departments_in_scope, employments_of, find_employee
from portal.authorisation import requires
from portal.differences import Difference, differences
from portal.formats import long_date
from portal.forms.employment_fields import employment_values
from portal.forms.employments import CHANGE, CONFIRM, CORRECT, EDIT, ChangeQuestionForm, EmploymentForm, step
from portal.transactions import database
from portal.vault_access import refuse_without_key, vault_access
from portal.views.employees import employee_url
from portal.word_lists import word_lists
from vault.dossiers import EmployeePage, Sight, read_employee
from vault.employments import add_employment, change_employment, correct_employment, employment_history
from vault.errors import NoVaultAccess, VaultClosed

blueprint = Blueprint("employments", __name__, url_prefix="/werknemers/<uuid:employee_id>/dienstverbanden")

# The names of the fields as the log keeps them, in the words of the screens.
FIELD_LABELS = {
    "department": lazy_gettext("Afdeling"),
    "site": lazy_gettext("Vestiging"),
    "function_group": lazy_gettext("Functiegroep"),
    "function": lazy_gettext("Functie"),
    "kind": lazy_gettext("Type dienstverband"),
    "hours": lazy_gettext("Aantal uren"),
    "starts_on": lazy_gettext("Startdatum"),
    "ends_on": lazy_gettext("Einddatum"),
}


@blueprint.get("/nieuw")
@requires(Permission.EMPLOYEE_WRITE)
def show_new(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the form for a further employment, with what already runs beside it."""
    page = read_employee(database(), employee_id, actor)
    if page.sight is not Sight.OPEN:
        return refuse_without_key(actor, _("Dienstverband toevoegen"))
    return _new_page(_form(actor), page, actor)


@blueprint.post("/nieuw")
@requires(Permission.EMPLOYEE_WRITE)
def add(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Add a further employment (E-14); one that overlaps another only when that was meant."""
    find_employee(database(), actor, employee_id)
    form = _form(actor)
    if not vault_access(actor).is_open:
        return refuse_without_key(actor, _("Dienstverband toevoegen"))
    if form.validate_on_submit() and step() != EDIT:
        if step() != CONFIRM and (others := _overlapped(form, employee_id, actor)):
            return _overlap_page(form, read_employee(database(), employee_id, actor), others)
        if _done(form, lambda: add_employment(database(), employee_id, form.employment(), actor)):
            flash(_("Het dienstverband is toegevoegd."), "success")
            return redirect(employee_url(employee_id), 303)
    return _new_page(form, read_employee(database(), employee_id, actor), actor), _status(form)


@blueprint.get("/<uuid:employment_id>/wijzigen")
@requires(Permission.EMPLOYEE_WRITE)
def ask_change(employee_id: UUID, employment_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask whether what is stored is wrong, or the employment changes (E-11)."""
    page = read_employee(database(), employee_id, actor)
    line = _line(page.employments, employment_id)
    if page.sight is not Sight.OPEN:
        return refuse_without_key(actor, _("Wijzigen dienstverband"))
    return _question_page(ChangeQuestionForm(), page, line)


@blueprint.post("/<uuid:employment_id>/wijzigen")
@requires(Permission.EMPLOYEE_WRITE)
def go_on(employee_id: UUID, employment_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Go on to the form that was chosen (*Verder*)."""
    line = _asked(employee_id, employment_id, actor)
    form = ChangeQuestionForm()
    if form.validate_on_submit():
        endpoint = {CORRECT: ".show_correction", CHANGE: ".show_change"}[form.kind.data]
        return redirect(url_for(endpoint, employee_id=employee_id, employment_id=employment_id), 303)
    return _question_page(form, read_employee(database(), employee_id, actor), line), 422


@blueprint.get("/<uuid:employment_id>/corrigeren")
@requires(Permission.EMPLOYEE_WRITE)
def show_correction(employee_id: UUID, employment_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the form with what is stored of the employment."""
    page = read_employee(database(), employee_id, actor)
    line = _line(page.employments, employment_id)
    if page.sight is not Sight.OPEN:
        return refuse_without_key(actor, _("Dienstverbandgegevens corrigeren"))
    return _edit_page("employments/correct.html", _form(actor, line), page, line, actor)


@blueprint.post("/<uuid:employment_id>/corrigeren")
@requires(Permission.EMPLOYEE_WRITE)
def correct(employee_id: UUID, employment_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Store the corrected employment, unless somebody else was earlier (E-11, E-12)."""
    line = _asked(employee_id, employment_id, actor)
    form = _form(actor)
    if not vault_access(actor).is_open:
        return refuse_without_key(actor, _("Dienstverbandgegevens corrigeren"))
    try:
        if form.validate_on_submit() and _done(
            form,
            lambda: correct_employment(
                database(),
                employee_id,
                employment_id,
                form.employment(),
                expected_version=form.expected_version,
                actor=actor,
            ),
        ):
            flash(_("Het dienstverband is gecorrigeerd."), "success")
            return redirect(employee_url(employee_id), 303)
    except EmploymentConflict:
        return _conflict_page("employments/correct.html", form, employee_id, employment_id, actor)
    page = read_employee(database(), employee_id, actor)
    return _edit_page("employments/correct.html", form, page, line, actor), 422


@blueprint.get("/<uuid:employment_id>/veranderen")
@requires(Permission.EMPLOYEE_WRITE)
def show_change(employee_id: UUID, employment_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the form with what is stored, and an empty day from which it changes."""
    page = read_employee(database(), employee_id, actor)
    line = _line(page.employments, employment_id)
    if page.sight is not Sight.OPEN:
        return refuse_without_key(actor, _("Het dienstverband gaat veranderen"))
    form = _change_form(actor, line)
    form.starts_on.data = ""
    return _edit_page("employments/change.html", form, page, line, actor)


@blueprint.post("/<uuid:employment_id>/veranderen")
@requires(Permission.EMPLOYEE_WRITE)
def change(employee_id: UUID, employment_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what will happen; once that is confirmed, let the employment change from that day (E-11)."""
    line = _asked(employee_id, employment_id, actor)
    form = _change_form(actor)
    if not vault_access(actor).is_open:
        return refuse_without_key(actor, _("Het dienstverband gaat veranderen"))
    if form.validate_on_submit() and step() != EDIT and _fits(form, line, employee_id, actor):
        if step() != CONFIRM:
            return _consequences_page(form, read_employee(database(), employee_id, actor), line)
        try:
            if _done(
                form,
                lambda: change_employment(
                    database(),
                    employee_id,
                    employment_id,
                    form.employment(),
                    expected_version=form.expected_version,
                    actor=actor,
                ),
            ):
                flash(_("Het dienstverband verandert vanaf %(day)s.", day=long_date(form.starts_on.day)), "success")
                return redirect(employee_url(employee_id), 303)
        except EmploymentConflict:
            return _conflict_page("employments/change.html", form, employee_id, employment_id, actor)
    page = read_employee(database(), employee_id, actor)
    return _edit_page("employments/change.html", form, page, line, actor), _status(form)


@blueprint.get("/<uuid:employment_id>/historie")
@requires(Permission.EMPLOYEE_WRITE)
def show_history(employee_id: UUID, employment_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show who changed the employment when, and the employments in their order (*Historie weergave*)."""
    try:
        changes = employment_history(database(), employee_id, employment_id, actor)
    except (NoVaultAccess, VaultClosed):
        return refuse_without_key(actor, _("Historie weergave"))
    page = read_employee(database(), employee_id, actor)
    return render_template(
        "employments/history.html",
        page=page,
        line=_line(page.employments, employment_id),
        changes=changes,
        labels=FIELD_LABELS,
        today=today(database()),
    )


def _form(actor: Actor, line: EmploymentLine | None = None) -> EmploymentForm:
    values = {**employment_values(line), "version": line.version} if line else None
    return EmploymentForm.over(departments_in_scope(database(), actor), today(database()), values)


def _line(lines: list[EmploymentLine] | tuple[EmploymentLine, ...], employment_id: UUID) -> EmploymentLine:
    """The employment in the address. Raises `NotFound` when it is not this employee's, or out of scope."""
    for line in lines:
        if line.employment_id == employment_id:
            return line
    raise NotFound


def _asked(employee_id: UUID, employment_id: UUID, actor: Actor) -> EmploymentLine:
    find_employee(database(), actor, employee_id)
    return _line(employments_of(database(), actor, [employee_id]).get(employee_id, []), employment_id)


def _change_form(actor: Actor, line: EmploymentLine | None = None) -> EmploymentForm:
    form = _form(actor, line)
    form.starts_on.label.text = _("Ingangsdatum")
    return form


def _done(form: EmploymentForm, act: Callable[[], object]) -> bool:
    """Whether it was stored; if not the form says why, and nothing is half done. Raises `EmploymentConflict`."""
    try:
        with database().begin_nested():
            act()
    except EmploymentExists:
        form.starts_on.errors = [_("Deze werknemer heeft al een dienstverband met deze startdatum.")]
        return False
    except OutsideEmployment:
        form.starts_on.errors = [_("Kies een dag binnen het dienstverband dat u wijzigt.")]
        return False
    return True


def _fits(form: EmploymentForm, line: EmploymentLine, employee_id: UUID, actor: Actor) -> bool:
    """Whether the employment can change on that day; if not the form says which days can."""
    day = form.starts_on.day
    if day is None or day <= line.starts_on:
        first = long_date(line.starts_on + timedelta(days=1))
        message = _("Kies een dag na de startdatum van dit dienstverband, vanaf %(day)s.", day=first)
    elif line.ends_on is not None and day > line.ends_on:
        message = _(
            "Dit dienstverband loopt tot en met %(day)s. Kies een eerdere dag, of voeg een dienstverband toe.",
            day=long_date(line.ends_on),
        )
    elif any(other.starts_on == day for other in employments_of(database(), actor, [employee_id])[employee_id]):
        message = _("Deze werknemer heeft al een dienstverband met deze startdatum.")
    else:
        return True
    form.starts_on.errors = [message]
    return False


def _status(form: EmploymentForm) -> int:
    return 422 if form.errors else 200


def _overlapped(form: EmploymentForm, employee_id: UUID, actor: Actor) -> list[EmploymentLine]:
    wanted = form.employment()
    lines = employments_of(database(), actor, [employee_id]).get(employee_id, [])
    if any(line.starts_on == wanted.starts_on for line in lines):
        # That is refused anyway, and so says more than a warning.
        return []
    return overlapping(lines, wanted.starts_on, wanted.ends_on)


def _new_page(form: EmploymentForm, page: EmployeePage, actor: Actor) -> str:
    return render_template("employments/new.html", form=form, page=page, words=word_lists(actor), today=form.today)


def _overlap_page(form: EmploymentForm, page: EmployeePage, others: list[EmploymentLine]) -> str:
    return render_template("employments/overlap.html", form=form, page=page, others=others, today=form.today)


def _question_page(form: ChangeQuestionForm, page: EmployeePage, line: EmploymentLine) -> str:
    return render_template("employments/question.html", form=form, page=page, line=line)


def _consequences_page(form: EmploymentForm, page: EmployeePage, line: EmploymentLine) -> str:
    wanted = form.employment()
    departments = {value: label for value, label, *_rest in form.department_id.iter_choices()}
    return render_template(
        "employments/consequences.html",
        form=form,
        page=page,
        line=line,
        wanted=wanted,
        department=departments[str(wanted.department_id)],
        last_day=wanted.starts_on - timedelta(days=1),
    )


def _edit_page(
    template: str,
    form: EmploymentForm,
    page: EmployeePage,
    line: EmploymentLine,
    actor: Actor,
    differing: list[Difference] | None = None,
) -> str:
    return render_template(template, form=form, page=page, line=line, words=word_lists(actor), differing=differing)


def _conflict_page(
    template: str, form: EmploymentForm, employee_id: UUID, employment_id: UUID, actor: Actor
) -> ResponseReturnValue:
    """Show what was typed beside what somebody else stored meanwhile; saving once more is then a choice."""
    page = read_employee(database(), employee_id, actor)
    line = _line(page.employments, employment_id)
    stored = EmploymentForm(formdata=None, data=employment_values(line))
    stored.department_id.choices = form.department_id.choices
    form.version.data = str(line.version)
    skipped = {"version", "csrf_token", *({"starts_on"} if template == "employments/change.html" else ())}
    return _edit_page(template, form, page, line, actor, differences(form, stored, skipped)), 422
