"""What people of the demo did in the past weeks: acts in the order of time, each logged at its own moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from accounts.actor import Actor
from accounts.invitations import send_invitation
from accounts.people import person_by_id
from audit.reading import LogFilter
from audit.recording import Who
from database.session import Session
from delivery.sending import send_due
from delivery.transports import FolderTransport
from organisation.calendar import day_of
from organisation.tree import EmploymentLine, employees_in_department
from portal.demo.clock import Agenda, PastSource
from portal.demo.employers import LINDERVOORT, RIETMARE, TORNVELD
from portal.demo.people import DemoPerson, log_in, mistype, sign_up
from portal.demo.shares import ASKED, PLANNED, PlannedShare
from portal.services import Services
from vault.dossiers import read_bsn, read_employee
from vault.intake import take_in_shares
from vault.log_reading import read_log
from vault.models import CareQuestionKind, Share
from vault.records import update_record
from vault.search import SearchWords, search
from vault.share_requests import request_share
from vault.sharing import end_share, share_history, share_record
from vault.tree import names

Result = TypeVar("Result")

CASE_MANAGERS = {LINDERVOORT.name: "p.vandermeer", TORNVELD.name: "p.vandermeer", RIETMARE.name: "j.scholten"}
OPERATOR = Who.system("demo")
_MINUTE = timedelta(minutes=1)
_LOOKS = (
    (20, "k.visser", LINDERVOORT.name, "Burgerzaken"), (9, "k.visser", LINDERVOORT.name, "Burgerzaken"),
    (6, "s.elmas", TORNVELD.name, "Constructies"), (3, "k.visser", LINDERVOORT.name, "Burgerzaken"),
    (3, "w.degroot", RIETMARE.name, "Poliklinieken"), (2, "s.elmas", RIETMARE.name, "Intensive Care"),
    (2, "m.dejong", LINDERVOORT.name, "Personeel en Organisatie"), (1, "e.hoekstra", RIETMARE.name, "Apotheek"),
    (1, "i.smit", TORNVELD.name, "Tekenkamer"),
)  # fmt: skip


@dataclass(frozen=True)
class Places:
    """The organisations by name, and the departments by employer and name."""

    organisations: Mapping[str, UUID]
    departments: Mapping[tuple[str, str], UUID]

    def units(self, organisation: str) -> dict[str, UUID]:
        """What the scope of somebody of that organisation can name."""
        own = {name: unit for (employer, name), unit in self.departments.items() if employer == organisation}
        return {**self.organisations, **own}


@dataclass
class History:
    """The people and places of the demo, and what happens when."""

    services: Services
    clock: PastSource
    agenda: Agenda
    transport: FolderTransport
    people: Mapping[str, DemoPerson]
    places: Places
    _events: list[tuple[datetime, Callable[[], object]]] = field(default_factory=list)
    _seen_on: dict[str, date] = field(default_factory=dict)
    _shared: dict[PlannedShare, Share] = field(default_factory=dict)

    def at(self, moment: datetime, event: Callable[[], object]) -> None:
        """Let something happen at a moment, in whatever order it is told."""
        self._events.append((moment, event))

    def run(self) -> None:
        """Let everything happen in the order of time; mails leave at once."""
        for moment, event in sorted(self._events, key=lambda each: each[0]):
            self.clock.move_to(max(moment, self.clock.now()))
            event()
            send_due(self.services.factory, self.transport, limit=100)
        self._events.clear()

    def act(self, login: str, verb: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
        """Let somebody do something, after logging in when that was not yet done on this day."""
        person = self.people[login]
        with self.services.factory() as session, session.begin():
            if self._seen_on.get(login) != day_of(self.clock.now()):
                log_in(session, person, self.services)
                self._note_visit(login)
            return verb(session, *arguments, actor=person.actor(session), **named)

    def sign_up(self, login: str, *, invited_again: bool = False) -> None:
        """Let somebody answer the invitation, a new one where the first has run out."""
        person = self.people[login]
        if invited_again:
            with self.services.factory() as session, session.begin():
                invited = person_by_id(session, person.person_id)
                send_invitation(session, invited, base_url=self.services.settings.base_url, by=OPERATOR)
            send_due(self.services.factory, self.transport, limit=100)
            self.clock.pass_time(7 * _MINUTE)
        with self.services.factory() as session, session.begin():
            sign_up(session, person, self.services, self.transport.folder)
        self._note_visit(login)

    def mistype(self, login: str) -> None:
        """Let somebody type a wrong password."""
        with self.services.factory() as session, session.begin():
            mistype(session, self.people[login], self.services)

    def share(self, planned: PlannedShare) -> None:
        """Let somebody look for an employee and share the dossier."""
        department = self.places.departments[self.people[planned.by].plan.organisation, planned.department]
        lines = self.act(planned.by, look_at_department, department)
        taken = {share.employee_id for share in self._shared.values()}
        free = [line for line in lines if line.employee_id not in taken and line.ends_on is None]
        chosen = free[planned.ago % len(free)].employee_id
        self.act(planned.by, read_employee, chosen)
        self.clock.pass_time(2 * _MINUTE)
        self._shared[planned] = self.act(planned.by, share_record, chosen, planned.kind, planned.explanation)

    def ask(self, login: str, employer: str, department: str) -> None:
        """Let somebody of the arbo service ask the employer to share one of a department."""
        place = self.places.departments[employer, department]
        lines = self.act(login, look_at_department, place)
        taken = {share.employee_id for share in self._shared.values()}
        chosen = next(line.employee_id for line in lines if line.employee_id not in taken and line.ends_on is None)
        self.act(login, read_employee, chosen)
        self.clock.pass_time(2 * _MINUTE)
        kind, lifetime = CareQuestionKind.CONSULTATION, timedelta(days=14)
        self.act(login, request_share, chosen, kind, ASKED, lifetime=lifetime)

    def fetch(self, planned: PlannedShare) -> None:
        """Let the case manager open the dossier that was shared."""
        share, case_manager = self._shared[planned], CASE_MANAGERS[self.people[planned.by].plan.organisation]
        self.act(case_manager, take_in_shares)
        self.act(case_manager, read_employee, share.employee_id)

    def withdraw(self, planned: PlannedShare) -> None:
        """Let the employer withdraw a share, after a look at its history."""
        share = self._shared[planned]
        self.act(planned.by, share_history, share.employee_id)
        self.act(planned.by, end_share, share.id)

    def read_bsn(self, login: str, planned: PlannedShare) -> None:
        """Let somebody see the BSN of whom was shared."""
        self.act(login, read_bsn, self._shared[planned].employee_id)

    def change_phone(self, login: str, planned: PlannedShare, number: str) -> None:
        """Let somebody change a record that the arbo service sees."""
        self.act(login, change_phone, self._shared[planned].employee_id, number)

    def shared_employee(self, planned: PlannedShare) -> UUID:
        """Who was shared."""
        return self._shared[planned].employee_id

    def _note_visit(self, login: str) -> None:
        self.clock.pass_time(_MINUTE)
        self._seen_on[login] = day_of(self.clock.now())


def tell_shares(history: History) -> None:
    """Put every planned share on the agenda: made, fetched a few hours or a day later, some withdrawn."""
    for planned in PLANNED:
        made = history.agenda.moment(planned.ago, planned.clock)
        history.at(made, lambda planned=planned: history.share(planned))  # type: ignore[misc]
        fetched = history.agenda.moment(max(planned.ago - 1, 1), "09:02") if planned.ago % 3 else made + 95 * _MINUTE
        history.at(max(fetched, made + 40 * _MINUTE), lambda planned=planned: history.fetch(planned))  # type: ignore[misc]
        if planned.ended is not None:
            ended = history.agenda.moment(planned.ended, "16:35")
            history.at(ended, lambda planned=planned: history.withdraw(planned))  # type: ignore[misc]


def tell_looks(history: History) -> None:
    """Put on the agenda what people look at without sharing anything."""
    moment, act, shared = history.agenda.moment, history.act, dict(enumerate(PLANNED))
    bakker, searched = shared[8], SearchWords(last_name="Vis")
    history.at(moment(22, "10:12"), lambda: act("f.bakker", search, words=searched))
    history.at(moment(19, "15:01"), lambda: history.read_bsn("f.bakker", bakker))
    history.at(moment(18, "11:33"), lambda: history.change_phone("f.bakker", bakker, "0601234567"))
    history.at(moment(16, "08:31"), lambda: history.mistype("r.yilmaz"))
    history.at(moment(14, "16:44"), lambda: act("a.prins", read_log, LogFilter(), 1))
    history.at(moment(12, "10:25"), lambda: act("p.vandermeer", search, words=searched))
    history.at(moment(10, "09:17"), lambda: history.change_phone("c.meijer", shared[12], "0607654321"))
    history.at(moment(7, "15:48"), lambda: history.read_bsn("p.vandermeer", shared[23]))
    history.at(moment(6, "08:29"), lambda: history.mistype("j.scholten"))
    history.at(moment(4, "13:05"), lambda: act("h.brouwer", read_log, LogFilter(), 1))
    history.at(moment(2, "15:22"), lambda: act("a.prins", read_log, LogFilter(), 1))
    for ago, login, employer, department in _LOOKS:
        place = history.places.departments[employer, department]
        looked = lambda login=login, place=place: act(login, look_at_department, place)  # noqa: E731
        history.at(moment(ago, "09:44"), looked)


def look_at_department(session: Session, department_id: UUID, *, actor: Actor) -> list[EmploymentLine]:
    """Open a department in the tree; return its first page."""
    lines = employees_in_department(session, actor, department_id)
    names(session, actor, [line.employee_id for line in lines])
    return lines


def change_phone(session: Session, employee_id: UUID, number: str, *, actor: Actor) -> None:
    """Correct a phone number, the rest as it is."""
    page = read_employee(session, employee_id, actor)
    if page.card is None or page.details is None:
        return
    details = replace(page.details, phone_mobile=number)
    update_record(session, employee_id, card=page.card, details=details, expected_version=page.version, actor=actor)
