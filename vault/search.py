"""Finding an employee in one's own view (K-15, K-23, E-05; design 2.5): the cards are opened and compared."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select

from accounts.actor import Actor
from audit.actions import Action
from audit.models import AuditEntry
from audit.recording import record
from database.session import Session
from organisation.calendar import today
from organisation.models import Employee, Employment
from organisation.scope import is_in_view, is_placing, require_listing
from organisation.tree import EmploymentLine, employments_of, find_department
from vault.errors import SearchTooShort, TooManyInView
from vault.fields import Card
from vault.models import RecordKey
from vault.name_matching import name_fits, normalise_name
from vault.records import fitting_cards, open_cards
from vault.sides import require_side, side_of
from vault.tree import grounds_of

MOST_IN_VIEW = 1000
SHORTEST_NAME = 2


@dataclass(frozen=True)
class SearchWords:
    """What is looked for: all that is given must fit. Its repr shows nothing; it goes into no log."""

    personnel_number: str | None = None
    last_name: str | None = None
    birth_date: date | None = None
    department_id: uuid.UUID | None = None

    def __repr__(self) -> str:
        return "SearchWords()"

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what is given, which the log may hold."""
        given = {
            "birth_date": self.birth_date,
            "department": self.department_id,
            "last_name": normalise_name(self.last_name or ""),
            "personnel_number": (self.personnel_number or "").strip(),
        }
        return tuple(name for name, value in given.items() if value)


@dataclass(frozen=True)
class SearchHit:
    """Someone who was found; `card` is None where the actor sees *Anoniem*."""

    employee_id: uuid.UUID
    personnel_number: str
    employment: EmploymentLine | None
    card: Card | None


def search(session: Session, actor: Actor, words: SearchWords) -> list[SearchHit]:
    """The employees in view that fit, by personnel number; one log entry, with each person shown as a subject.

    A vault user finds everybody in scope, arbo staff whom is shared; without a key only a personnel number is compared.
    The last name fits with and without tussenvoegsel, accents and case, from its first two letters on. Raises
    `PermissionDenied`, `VaultClosed`, `NoVaultAccess`, `organisation.errors.NotFound` for a department out of view,
    `SearchTooShort`, and `TooManyInView` when a name or date would have more than 1,000 cards opened.
    """
    require_listing(actor)
    _refuse_too_short(words)
    if words.department_id is not None:
        find_department(session, actor, words.department_id)
    if words.last_name or words.birth_date:
        return _by_cards(session, actor, words)
    return _by_number(session, actor, words)


def _refuse_too_short(words: SearchWords) -> None:
    if not set(words.fields) - {"department"}:
        raise SearchTooShort
    if words.last_name and len(normalise_name(words.last_name)) < SHORTEST_NAME:
        raise SearchTooShort


def _by_number(session: Session, actor: Actor, words: SearchWords) -> list[SearchHit]:
    employees = list(session.scalars(_candidates(session, actor, words)))
    entry = _record(session, actor, words, employees)
    found = [employee.id for employee in employees]
    cards = open_cards(session, actor, found, entry=entry) if side_of(session, actor) is not None else {}
    return _hits(session, actor, employees, cards)


def _by_cards(session: Session, actor: Actor, words: SearchWords) -> list[SearchHit]:
    holder_id = require_side(session, actor)
    openable = select(RecordKey.employee_id).where(RecordKey.holder_id == holder_id)
    in_view = _candidates(session, actor, words).where(Employee.id.in_(openable)).limit(MOST_IN_VIEW + 1)
    employees = list(session.scalars(in_view))
    if len(employees) > MOST_IN_VIEW:
        raise TooManyInView(MOST_IN_VIEW)
    cards = fitting_cards(session, actor, [employee.id for employee in employees], lambda card: _fits(card, words))
    found = [employee for employee in employees if employee.id in cards]
    _record(session, actor, words, found)
    return _hits(session, actor, found, cards)


def _candidates(session: Session, actor: Actor, words: SearchWords) -> Select[Employee]:
    day = today(session)
    statement = (
        select(Employee)
        .where(is_in_view(actor, day))
        .order_by(Employee.personnel_number, Employee.organisation_id, Employee.id)
    )
    if words.personnel_number:
        statement = statement.where(Employee.personnel_number == words.personnel_number.strip())
    if words.department_id is not None:
        placed = select(Employment.employee_id).where(Employment.department_id == words.department_id, is_placing(day))
        statement = statement.where(Employee.id.in_(placed))
    return statement


def _fits(card: Card, words: SearchWords) -> bool:
    if words.birth_date is not None and card.birth_date != words.birth_date:
        return False
    return not words.last_name or name_fits(card, normalise_name(words.last_name))


def _record(session: Session, actor: Actor, words: SearchWords, shown: list[Employee]) -> AuditEntry:
    return record(
        session,
        Action.EMPLOYEE_SEARCH,
        by=actor.who,
        subjects=grounds_of(session, actor, [employee.id for employee in shown]),
        details={"fields": " ".join(words.fields), "count": len(shown)},
    )


def _hits(session: Session, actor: Actor, employees: list[Employee], cards: dict[uuid.UUID, Card]) -> list[SearchHit]:
    employments = employments_of(session, actor, [employee.id for employee in employees])
    return [
        SearchHit(
            employee_id=employee.id,
            personnel_number=employee.personnel_number,
            employment=next(iter(employments.get(employee.id, [])), None),
            card=cards.get(employee.id),
        )
        for employee in employees
    ]
