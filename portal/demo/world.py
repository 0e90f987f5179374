"""The demo from nothing: organisations, people, employees, and weeks in which they worked with it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event, select

from accounts.actor import Actor
from audit.chaining import seal_pending
from crypto.source import SystemSource
from database.session import Session
from delivery.sending import send_due
from delivery.transports import FolderTransport
from organisation.admission import admit, waiting_members
from organisation.circles import name_first_member
from organisation.employments import EmploymentData
from organisation.memberships import give_role
from organisation.models import Department, Organisation
from organisation.presets import VAULT_USER
from organisation.registering import create_employer, create_service
from portal.commands.initialising import make_files, prepare_database
from portal.demo.accounts import INVITED, PLANS, Kept, Plan
from portal.demo.clock import Agenda, PastSource
from portal.demo.dialogues import tell_dialogues
from portal.demo.documents import tell_documents
from portal.demo.employers import EMPLOYERS, LINDERVOORT, RIETMARE, SERVICE, TORNVELD
from portal.demo.files import as_separated, as_workbook, next_month
from portal.demo.groups import SUPER_ADMINISTRATOR, arrange
from portal.demo.history import OPERATOR, History, Places, tell_looks, tell_shares
from portal.demo.master_data import tell_master_data
from portal.demo.people import Stretching, send_plan
from portal.demo.staff import InventedEmployee, invent_staff
from portal.services import Services, open_services
from portal.settings import Settings
from portal.worker import DEMO_SENDER
from vault.access import approve, waiting_requests, withdraw_access
from vault.agreements import register_signatory
from vault.importing.jobs import upload
from vault.importing.writing import write_rows
from vault.opening import open_vault
from vault.records import create_record

Say = Callable[[str], None]

BEGAN = 40
"""Working days between the first day of the demo's history and today."""

_ADMINISTRATORS = {LINDERVOORT.name: "m.dejong", RIETMARE.name: "e.hoekstra", TORNVELD.name: "i.smit"}
_SIGNATORIES = {
    LINDERVOORT.name: ("Gerben Hofstede", "Gemeentesecretaris"),
    RIETMARE.name: ("Marieke Vos", "Lid Raad van Bestuur"),
    TORNVELD.name: ("Onno Tornveld", "Directeur"),
}
_SIGN_UPS = (
    (BEGAN, "09:31", "s.elmas"), (BEGAN, "09:36", "d.vermeulen"), (BEGAN, "10:02", "m.dejong"),
    (BEGAN, "10:47", "e.hoekstra"),
    (BEGAN, "13:20", "i.smit"), (39, "08:52", "p.vandermeer"), (39, "09:14", "j.scholten"),
    (38, "09:05", "w.degroot"), (37, "09:10", "f.bakker"), (37, "09:41", "c.meijer"), (37, "10:15", "r.yilmaz"),
    (37, "11:08", "n.haddad"), (37, "11:50", "k.visser"), (37, "13:30", "h.brouwer"), (37, "14:12", "a.prins"),
    (3, "08:47", "t.vandijk"), (2, "09:33", "b.kaya"), (1, "08:55", "l.aydin"),
)  # fmt: skip
_APPROVALS = (
    (39, "10:30", "s.elmas"),
    (38, "10:20", "e.hoekstra"),
    (36, "09:20", "m.dejong"),
    (36, "10:40", "w.degroot"),
)
_ADDRESSES = {
    SERVICE: "192.0.2.{}", LINDERVOORT.name: "198.51.100.{}", RIETMARE.name: "203.0.113.{}",
    TORNVELD.name: "203.0.113.1{}",
}  # fmt: skip


def make_world(settings: Settings, mailbox: Path, made_by: str, say: Say) -> Kept:
    """Make the demo in a folder that holds nothing of it yet; return what it is to remember."""
    make_files(settings, SystemSource())
    clock = PastSource(SystemSource())
    agenda, services = Agenda(clock.now()), open_services(settings, clock)
    event.listen(services.factory.engine, "connect", _hurry)
    clock.move_to(agenda.moment(BEGAN, "08:45"))
    say("Tabellen en sleutels maken")
    prepare_database(services, command="demo")
    stretching = Stretching(services)
    try:
        history = _invite_everybody(services, clock, agenda, FolderTransport(mailbox, DEMO_SENDER), stretching)
        _tell_beginning(history, say)
        tell_master_data(history)
        tell_shares(history)
        tell_looks(history)
        tell_dialogues(history)
        tell_documents(history)
        _tell_today(history)
        history.run()
        return _finish(history, made_by)
    finally:
        stretching.close()
        services.factory.engine.dispose()


def _hurry(connection: Any, _record: Any) -> None:
    # A demo that a power cut interrupts is made anew, so nothing has to be on the disk before the end.
    connection.execute("PRAGMA synchronous=OFF")


def _invite_everybody(
    services: Services, clock: PastSource, agenda: Agenda, transport: FolderTransport, stretching: Stretching
) -> History:
    """Make the organisations and invite everybody but the visitor, all on the first day."""
    with services.factory() as session, session.begin():
        places = _found(session)
        people = {
            plan.login: stretching.person(plan, _invite(session, plan, places, services), _address(plan, rank))
            for rank, plan in enumerate(PLANS, start=10)
        }
        # Karin Visser used the vault for some weeks.
        give_role(session, people["k.visser"].person_id, VAULT_USER, OPERATOR)
        service = session.get_one(Organisation, places.organisations[SERVICE])
        name_first_member(session, service, people[SUPER_ADMINISTRATOR].person_id, OPERATOR)
    send_due(services.factory, transport, limit=len(people))
    return History(services, clock, agenda, transport, people, places)


def _found(session: Session) -> Places:
    service = create_service(session, SERVICE, OPERATOR)
    organisations = {SERVICE: service.id}
    for employer in EMPLOYERS:
        teams = [team.name for team in employer.teams]
        organisations[employer.name] = create_employer(session, employer.name, service.id, teams, OPERATOR).id
    names = {organisation_id: name for name, organisation_id in organisations.items()}
    departments = session.execute(select(Department.organisation_id, Department.name, Department.id))
    return Places(organisations, {(names[owner], name): unit for owner, name, unit in departments})


def _invite(session: Session, plan: Plan, places: Places, services: Services) -> UUID:
    return send_plan(
        session,
        plan,
        places.organisations[plan.organisation],
        places.units(plan.organisation),
        base_url=services.settings.base_url,
        by=OPERATOR,
    )


def _address(plan: Plan, rank: int) -> str:
    return _ADDRESSES[plan.organisation].format(rank)


def _tell_beginning(history: History, say: Say) -> None:
    """Put on the agenda how people signed up, how the vaults were opened, and how the employees got in."""
    at, moment = history.at, history.agenda.moment
    at(moment(BEGAN, "09:30"), lambda: say(f"{len(PLANS)} mensen melden zich aan, elk met een eigen sleutel"))
    for ago, clock, login in _SIGN_UPS:
        at(moment(ago, clock), lambda login=login, ago=ago: history.sign_up(login, invited_again=ago != BEGAN))  # type: ignore[misc]
    for ago, clock, login in _APPROVALS:
        at(moment(ago, clock), lambda login=login: _approve_all(history, login))  # type: ignore[misc]
    at(moment(BEGAN, "09:50"), lambda: _arrange(history))
    for minute, (organisation, login) in enumerate(_ADMINISTRATORS.items(), start=10):
        at(moment(39, f"11:{minute}"), lambda login=login, name=organisation: _open(history, login, name))  # type: ignore[misc]
    staff = {employer.name: invent_staff(employer, history.agenda.today) for employer in EMPLOYERS}
    at(moment(38, "13:15"), lambda: _import(history, "e.hoekstra", as_workbook(staff[RIETMARE.name]), say))
    at(moment(38, "15:40"), lambda: _import(history, "m.dejong", as_separated(staff[LINDERVOORT.name]), say))
    at(moment(37, "15:05"), lambda: _type_in(history, "i.smit", staff[TORNVELD.name], say))
    at(moment(33, "09:00"), lambda: say("Een paar weken laten verstrijken: delen, opvragen, intrekken"))


def _arrange(history: History) -> None:
    people = {login: person.person_id for login, person in history.people.items()}
    history.act(SUPER_ADMINISTRATOR, arrange, history.places.organisations, people)


def _approve_all(history: History, login: str) -> None:
    """Let everybody in who waits: to the service, or to the vault of the administrator's employer."""
    history.act(login, _let_in)


def _let_in(session: Session, *, actor: Actor) -> None:
    if actor.audience == "service":
        for line in waiting_members(session, actor):
            admit(session, line.admission_id, actor)
    else:
        for request in waiting_requests(session, actor):
            approve(session, request.admission_id, actor)


def _open(history: History, login: str, organisation: str) -> None:
    name, function = _SIGNATORIES[organisation]
    domain = history.people[login].plan.email.partition("@")[2]
    address = f"{name.lower().replace(' ', '.')}@{domain}"
    history.act(login, register_signatory, name=name, email=address, function=function)
    history.act(login, open_vault)


def _import(history: History, login: str, content: bytes, say: Say) -> None:
    kept = history.act(login, lambda session, *, actor: upload(session, io.BytesIO(content), actor))
    actor = history.act(login, lambda _session, *, actor: actor)
    for progress in write_rows(history.services.factory, kept.id, actor):
        if progress.finished:
            say(f"{actor.organisation_name}: {progress.written} werknemers uit een bestand")


def _type_in(history: History, login: str, staff: list[InventedEmployee], say: Say) -> None:
    history.act(login, _type_in_all, history.places.departments, staff)
    say(f"{TORNVELD.name}: {len(staff)} werknemers met de hand ingevoerd")


def _type_in_all(
    session: Session, departments: Mapping[tuple[str, str], UUID], staff: list[InventedEmployee], *, actor: Actor
) -> None:
    for employee in staff:
        department_id = departments[actor.organisation_name, employee.department]
        _type_in_one(session, department_id, employee, actor)


def _type_in_one(session: Session, department_id: UUID, employee: InventedEmployee, actor: Actor) -> None:
    employment = EmploymentData(
        department_id=department_id,
        starts_on=employee.starts_on,
        function_group=employee.function_group,
        function=employee.function,
        kind=employee.kind,
        site=employee.site,
        hours=Decimal(employee.hours.replace(",", ".")),
        ends_on=employee.ends_on,
    )
    create_record(
        session,
        personnel_number=employee.personnel_number,
        card=employee.card,
        details=employee.details,
        employment=employment,
        actor=actor,
    )


def _tell_today(history: History) -> None:
    """Put on the agenda that access was withdrawn from someone, and what waits for the visitor today."""
    withdrawn = history.people["k.visser"].person_id
    history.at(history.agenda.moment(12, "16:10"), lambda: history.act("m.dejong", withdraw_access, withdrawn))
    content = next_month(history.agenda.today)
    waiting = lambda: history.act("m.dejong", lambda session, *, actor: upload(session, io.BytesIO(content), actor))  # noqa: E731
    asked = lambda: history.ask("j.scholten", RIETMARE.name, "Facilitair Bedrijf")  # noqa: E731
    history.at(history.agenda.moment(1, "14:05"), asked)
    history.at(history.agenda.minutes_ago(45), waiting)
    history.at(history.agenda.minutes_ago(25), lambda: _invite_visitor(history))


def _invite_visitor(history: History) -> None:
    with history.services.factory() as session, session.begin():
        _invite(session, INVITED, history.places, history.services)


def _finish(history: History, made_by: str) -> Kept:
    """Seal the log as the worker does, and gather what the visitor is told."""
    with history.services.factory() as session, session.begin():
        while seal_pending(session):
            pass
    return Kept(
        made_by=made_by,
        base_url=history.services.settings.base_url,
        invitation_sent_at=history.clock.now().isoformat(),
        accounts=tuple(person.account() for person in history.people.values()),
    )
