"""The log of one's own organisation (security.md LOG2, LOG11; design 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from audit import PLATFORM_ID
from audit.models import AuditEntry
from audit.reading import LogLine
from organisation.errors import NotFound
from organisation.log_subjects import subjects_with_number
from organisation.models import EMPLOYEES_ID
from portal.authorisation import requires
from portal.formats import long_date, short_date
from portal.forms.base import typed
from portal.forms.log import LogFilterForm, NumberForm
from portal.log_sentences import OUTCOMES, choices, role_labels, sentence
from portal.transactions import database
from vault.log_reading import LogReading, first_subjects, people_in_log, read_log

blueprint = Blueprint("log", __name__, url_prefix="/logboek")

LAST_PAGE = 1_000_000
FILTERS = ("persoon", "handeling", "van", "tot", "werknemer")


@dataclass(frozen=True)
class ShownLine:
    """A line of the log in words; `outcome` is the kind of its badge and the word in it.

    `about` are the people it tells of, each with the ground that is theirs alone where the line has more than one.
    """

    moment: datetime
    who: str
    role: str
    what: str
    about: tuple[tuple[str, str], ...]
    others: int
    ground: str
    outcome: tuple[str, str]
    address: str


@blueprint.get("")
@requires(Permission.LOG_READ)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show a page of the log, filtered as the address says; the look itself is logged."""
    form = LogFilterForm.from_address(people_in_log(database(), actor), choices())
    employee_id = _employee_in_address()
    if not form.validate():
        return _page(form, NumberForm(), None, employee_id), 422
    reading = read_log(database(), form.log_filter(employee_id), _page_number(), actor)
    return _page(form, NumberForm(), reading, employee_id)


@blueprint.post("/werknemer")
@requires(Permission.LOG_READ)
def find_employee(*, actor: Actor) -> ResponseReturnValue:
    """Go on with the log of the employee who has that number: by a random id, the number stays out of the address."""
    form = NumberForm()
    if form.validate_on_submit():
        found = subjects_with_number(database(), actor, typed(form.persnr).strip())
        if len(found) == 1:
            return redirect(url_for("log.show", werknemer=found[0].employee_id), 303)
        if found:
            return render_template("log/which.html", subjects=found)
        form.persnr.errors = [_("Er is geen werknemer met dit personeelsnummer.")]
    empty = LogFilterForm.from_address(people_in_log(database(), actor), choices())
    return _page(empty, form, None, None), 422


def _page(form: LogFilterForm, number_form: NumberForm, reading: LogReading | None, employee_id: UUID | None) -> str:
    return render_template(
        "log/list.html",
        form=form,
        number_form=number_form,
        reading=reading,
        lines=[_line(line, reading, employee_id) for line in reading.page.lines] if reading else [],
        employee=_employee(employee_id, reading) if reading and employee_id else None,
        employee_id=employee_id,
        is_filtered=any(form.data.values()) or employee_id is not None,
        url_of=_url_of,
    )


def _line(line: LogLine, reading: LogReading, employee_id: UUID | None) -> ShownLine:
    entry = line.entry
    shown = first_subjects(line.subjects, employee_id)
    is_own = entry.actor_organisation_id == entry.organisation_id
    return ShownLine(
        moment=entry.moment,
        who=_who(entry, reading),
        role=role_labels(entry) if entry.actor_organisation_id != PLATFORM_ID else "",
        what=sentence(entry),
        about=tuple((_employee(subject, reading), _own_ground(line, subject, reading)) for subject in shown)
        or _person(entry, reading),
        others=len(line.subjects) - len(shown),
        ground=_ground(line, reading, employee_id),
        outcome=OUTCOMES.get(entry.outcome, ("neutral", entry.outcome)),
        address=entry.access_point if is_own else "",
    )


def _who(entry: AuditEntry, reading: LogReading) -> str:
    """The name or, for somebody of another organisation, whose name may not be known, that organisation."""
    own = _name(entry.actor_id, reading)
    if own:
        responsible = _name(entry.responsible_id, reading)
        return str(_("%(name)s namens %(responsible)s", name=own, responsible=responsible)) if responsible else own
    if entry.actor_organisation_id in {None, PLATFORM_ID}:
        return str(_("Technisch beheer") if entry.actor_roles else _("Onbekend"))
    if entry.actor_organisation_id == entry.organisation_id:
        return str(_("Onbekend"))
    if entry.actor_organisation_id == EMPLOYEES_ID:
        return str(_("Iemand met een eigen account"))
    return str(_("Iemand van %(name)s", name=reading.organisations[entry.actor_organisation_id]))


def _name(person_id: UUID | None, reading: LogReading) -> str | None:
    return reading.people.get(person_id) if person_id else None


def _person(entry: AuditEntry, reading: LogReading) -> tuple[tuple[str, str], ...]:
    """To whom it was done, where that is somebody with an account."""
    name = _name(entry.object_id, reading) if entry.object_type == "person" else None
    return ((name, ""),) if name else ()


def _employee(employee_id: UUID, reading: LogReading) -> str:
    name, number = reading.names.get(employee_id), reading.numbers.get(employee_id)
    if name and number:
        return str(_("%(name)s (Persnr: %(number)s)", name=name, number=number))
    return str(_("Persnr: %(number)s", number=number) if number else _("Onbekende werknemer"))


def _ground(line: LogLine, reading: LogReading, employee_id: UUID | None) -> str:
    """The ground of the whole line or of whom was asked about; of several people each has one beside the name."""
    wanted = employee_id or (line.subjects[0] if len(line.subjects) == 1 else None)
    ground = line.entry.ground or (line.grounds.get(wanted) if wanted else None)
    if ground is None:
        return str(_("Deling per persoon")) if line.grounds and not wanted else ""
    shared_on = reading.shared_on.get(ground)
    return str(_("Deling van %(date)s", date=long_date(shared_on))) if shared_on else ground


def _own_ground(line: LogLine, subject: UUID, reading: LogReading) -> str:
    shared_on = reading.shared_on.get(line.grounds.get(subject, "")) if len(line.subjects) > 1 else None
    return str(_("deling van %(date)s", date=short_date(shared_on))) if shared_on else ""


def _employee_in_address() -> UUID | None:
    given = request.args.get("werknemer")
    if not given:
        return None
    try:
        return UUID(given)
    except ValueError:
        raise NotFound from None


def _page_number() -> int:
    return min(max(request.args.get("pagina", 1, type=int), 1), LAST_PAGE)


def _url_of(page: int) -> str:
    kept: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return url_for("log.show", **kept, pagina=page)
