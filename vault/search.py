"""Finding employees in one's own view (K-15, K-23, E-05, E-09, H-04..H-07; design 2.5).

Up to 1,000 people in view the cards are opened and compared. Above that the blind indexes tell who may fit, and only
those are opened: in chunks, by personnel number, until there are more than a page shows.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, select, true, union

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.models import AuditEntry
from audit.recording import record
from database.session import Session
from organisation.calendar import today
from organisation.finding import EmploymentFilter, employees_of_employments, is_found, require_in_view
from organisation.models import Employee, Organisation
from organisation.tree import EmploymentLine, employers_in_scope, employments_of
from vault.blind_index import AREA_CHARACTERS, make_indexer, normalise_postcode
from vault.errors import SearchTooShort
from vault.fields import Card
from vault.models import RecordIndex, RecordKey
from vault.name_matching import is_short, name_fits, normalise_name, word_begins
from vault.records import employees_with_bsn, fitting_cards, open_cards
from vault.sides import is_employer, require_side, side_of
from vault.tree import grounds_of
from vault.value_checks import check_bsn

MOST_SHOWN = 100
MOST_IN_VIEW = 1000
MOST_OPENED = 4000
CHUNK_SIZE = 150


@dataclass(frozen=True)
class SearchWords:
    """What is looked for: all that is given must fit. Its repr shows nothing; it goes into no log.

    `by_name` asks for the order of last names, which is kept where at most 1,000 people fit.
    """

    personnel_number: str | None = None
    last_name: str | None = None
    birth_date: date | None = None
    postcode: str | None = None
    bsn: str | None = None
    employment: EmploymentFilter = field(default_factory=EmploymentFilter)
    by_name: bool = False

    def __repr__(self) -> str:
        return "SearchWords()"

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what is given, which the log may hold."""
        given = {
            "birth_date": self.birth_date,
            "bsn": self.bsn,
            "last_name": self.last_name,
            "personnel_number": self.number,
            "postcode": self.postcode,
        }
        return tuple(sorted([*(name for name, value in given.items() if value), *self.employment.fields]))

    @property
    def number(self) -> str:
        """The personnel number without spaces round it, empty when none was given."""
        return (self.personnel_number or "").strip()

    @property
    def opens(self) -> bool:
        """Tell whether cards must be opened to know who fits."""
        return bool(self.last_name or self.birth_date or self.postcode or self.bsn)


@dataclass(frozen=True)
class SearchHit:
    """Someone who was found; `card` is None where the actor sees *Anoniem*.

    `has_left` is someone all of whose employments in view have ended (E-09).
    """

    employee_id: uuid.UUID
    employer_id: uuid.UUID
    personnel_number: str
    employment: EmploymentLine | None
    has_left: bool
    card: Card | None


@dataclass(frozen=True)
class SearchResult:
    """Who was found: at most the first 100, after all that the actor may not see was left out (D-rule 46).

    `more` tells that there are others; `stopped` that too many could fit to compare them all; `exact` that so few
    letters were typed that only names of exactly those were looked for; `by_name` in which order they stand.
    """

    hits: tuple[SearchHit, ...]
    more: bool = False
    stopped: bool = False
    exact: bool = False
    by_name: bool = False


@dataclass(frozen=True)
class _Found:
    """Who fits, in the order of the answer, also more than are shown; with the cards that were opened to know it."""

    employee_ids: list[uuid.UUID]
    cards: dict[uuid.UUID, Card] = field(default_factory=dict)
    stopped: bool = False
    exact: bool = False
    by_name: bool = False


def search(session: Session, actor: Actor, words: SearchWords, *, everybody: bool = False) -> SearchResult:
    """The employees in view that fit; one log entry, with each person shown as a subject.

    A vault user finds everybody in scope, arbo staff whom is shared; without a key only what is open is compared, and
    with `everybody` nothing need be given (H-07). The last name fits with and without tussenvoegsel, accents and case,
    by its first letters. What was due on the indexes has been done (`vault.indexing`). Raises `PermissionDenied`, for a
    BSN also of whoever may not read it, `VaultClosed`, `NoVaultAccess`, `organisation.errors.NotFound` for a department
    out of view, `SearchTooShort`, `vault.value_checks.ValueFault` for what is no BSN.
    """
    require_in_view(session, actor, words.employment)
    if words.bsn:
        actor.require(Permission.BSN_READ)
        words = replace(words, bsn=check_bsn(words.bsn))
    _refuse_too_short(words, everybody=everybody)
    found = _by_cards(session, actor, words) if words.opens else _by_columns(session, actor, words)
    shown = found.employee_ids[:MOST_SHOWN]
    entry = _record(session, actor, words, shown)
    return SearchResult(
        hits=_hits(session, actor, shown, _with_cards(session, actor, shown, found.cards, entry)),
        more=len(found.employee_ids) > MOST_SHOWN,
        stopped=found.stopped,
        exact=found.exact,
        by_name=found.by_name,
    )


def find_employers(session: Session, actor: Actor, typed: str) -> list[Organisation]:
    """The employers in scope of whose name a word begins with what was typed, by name (H-05).

    Raises `PermissionDenied`.
    """
    wanted = normalise_name(typed)
    employers = employers_in_scope(session, actor) if wanted else []
    return [employer for employer in employers if word_begins(employer.name, wanted)]


def _refuse_too_short(words: SearchWords, *, everybody: bool) -> None:
    if not everybody and not set(words.fields) - {"department", "former"}:
        raise SearchTooShort
    if words.last_name and not normalise_name(words.last_name):
        raise SearchTooShort
    if words.postcode and len(normalise_postcode(words.postcode)) < AREA_CHARACTERS:
        raise SearchTooShort


def _by_columns(session: Session, actor: Actor, words: SearchWords) -> _Found:
    most = MOST_IN_VIEW if words.by_name and side_of(session, actor) is not None else MOST_SHOWN
    statement = _in_order(select(Employee.id).where(*_conditions(session, actor, words)))
    employee_ids = list(session.scalars(statement.limit(most + 1)))
    if most == MOST_SHOWN or len(employee_ids) > most:
        return _Found(employee_ids[: MOST_SHOWN + 1])
    cards = fitting_cards(session, actor, employee_ids, lambda card: True)
    return _Found(_sorted_by_name(employee_ids, cards), cards, by_name=True)


def _by_cards(session: Session, actor: Actor, words: SearchWords) -> _Found:
    holder_id = require_side(session, actor)
    few = _few_in_view(session, actor, words, holder_id)
    candidates, exact = (few, False) if few is not None else _by_indexes(session, actor, words, holder_id)
    most = MOST_SHOWN if few is None else MOST_IN_VIEW
    employee_ids: list[uuid.UUID] = []
    cards: dict[uuid.UUID, Card] = {}
    for start in range(0, min(len(candidates), MOST_OPENED), CHUNK_SIZE):
        chunk = candidates[start : min(start + CHUNK_SIZE, MOST_OPENED)]
        fitting = _fitting(session, actor, words, chunk)
        employee_ids += [employee_id for employee_id in chunk if employee_id in fitting]
        cards |= fitting
        if len(employee_ids) > most:
            break
    stopped = len(candidates) > MOST_OPENED and len(employee_ids) <= most
    by_name = words.by_name and not stopped and len(employee_ids) <= most
    in_order = _sorted_by_name(employee_ids, cards) if by_name else employee_ids
    return _Found(in_order, cards, stopped=stopped, exact=exact, by_name=by_name)


def _few_in_view(session: Session, actor: Actor, words: SearchWords, holder_id: uuid.UUID) -> list[uuid.UUID] | None:
    """Those of whom the side has a key, when they are so few that every card can be opened; None when they are not."""
    day = today(session)
    if is_employer(actor):
        statement = employees_of_employments(actor, day, words.employment)
    else:
        # Most of whom a service sees are not shared with it.
        with_key = RecordKey.employee_id == Employee.id
        statement = select(Employee.id).join(RecordKey, with_key).where(RecordKey.holder_id == holder_id)
        statement = statement.where(is_found(actor, day, words.employment, among=True))
    if words.number:
        statement = statement.where(Employee.personnel_number == words.number)
    # Somebody with two employments, or two keys, counts twice here and once below.
    rows = list(session.scalars(statement.limit(2 * MOST_IN_VIEW + 1)))
    people = set(rows)
    if len(rows) > 2 * MOST_IN_VIEW or len(people) > MOST_IN_VIEW:
        return None
    return list(session.scalars(_in_order(select(Employee.id).where(Employee.id.in_(people)))))


def _by_indexes(
    session: Session, actor: Actor, words: SearchWords, holder_id: uuid.UUID
) -> tuple[list[uuid.UUID], bool]:
    """Who may fit by the blind indexes, one more than may be opened where there are more.

    And whether, since so few letters were typed, only names of exactly those letters are among them.
    """
    indexer = make_indexer(session, actor, holder_id)
    finding: list[ColumnElement[bool]] = []
    if words.bsn:
        finding.append(indexer.finds_bsn(words.bsn))
    if words.birth_date:
        finding.append(indexer.finds_birth_date(words.birth_date))
    if words.postcode:
        finding.append(indexer.finds_postcode(words.postcode))
    short = bool(words.last_name) and is_short(words.last_name or "")
    exact = short and not finding
    names = indexer.finds_last_name(words.last_name) if words.last_name and (exact or not short) else [true()]
    rows = select(RecordIndex.employee_id, RecordIndex.version).where(RecordIndex.holder_id == holder_id, *finding)
    may_fit = union(*(rows.where(name) for name in names)).subquery()
    statement = (
        select(Employee.id)
        .join(may_fit, (may_fit.c.employee_id == Employee.id) & (may_fit.c.version == Employee.version))
        .where(*_conditions(session, actor, words, among=True))
    )
    return list(session.scalars(_in_order(statement).limit(MOST_OPENED + 1))), exact


def _conditions(
    session: Session, actor: Actor, words: SearchWords, *, among: bool = False
) -> list[ColumnElement[bool]]:
    conditions = [is_found(actor, today(session), words.employment, among=among)]
    if words.number:
        conditions.append(Employee.personnel_number == words.number)
    return conditions


def _in_order(statement: Select[uuid.UUID]) -> Select[uuid.UUID]:
    return statement.order_by(Employee.organisation_id, Employee.personnel_number)


def _fitting(
    session: Session, actor: Actor, words: SearchWords, employee_ids: list[uuid.UUID]
) -> dict[uuid.UUID, Card]:
    cards = fitting_cards(session, actor, employee_ids, lambda card: _fits(card, words))
    if not words.bsn or not cards:
        return cards
    with_this = employees_with_bsn(session, actor, cards, words.bsn)
    return {employee_id: card for employee_id, card in cards.items() if employee_id in with_this}


def _fits(card: Card, words: SearchWords) -> bool:
    if words.birth_date is not None and card.birth_date != words.birth_date:
        return False
    if words.postcode and not _lives_there(card, normalise_postcode(words.postcode)):
        return False
    return not words.last_name or name_fits(card, normalise_name(words.last_name))


def _lives_there(card: Card, wanted: str) -> bool:
    postcode = normalise_postcode(card.postcode or "")
    return postcode == wanted or (len(wanted) == AREA_CHARACTERS and postcode.startswith(wanted))


def _sorted_by_name(employee_ids: list[uuid.UUID], cards: dict[uuid.UUID, Card]) -> list[uuid.UUID]:
    """Those with a name by last name and the rest of it; who is *Anoniem* behind them, by number."""
    named = [employee_id for employee_id in employee_ids if employee_id in cards]
    named.sort(key=lambda employee_id: (normalise_name(cards[employee_id].last_name), cards[employee_id].list_name))
    return named + [employee_id for employee_id in employee_ids if employee_id not in cards]


def _with_cards(
    session: Session, actor: Actor, shown: list[uuid.UUID], opened: dict[uuid.UUID, Card], entry: AuditEntry
) -> dict[uuid.UUID, Card]:
    missing = [employee_id for employee_id in shown if employee_id not in opened]
    if not missing or side_of(session, actor) is None:
        return opened
    return opened | open_cards(session, actor, missing, entry=entry)


def _record(session: Session, actor: Actor, words: SearchWords, shown: list[uuid.UUID]) -> AuditEntry:
    return record(
        session,
        Action.EMPLOYEE_SEARCH,
        by=actor.who,
        subjects=grounds_of(session, actor, shown),
        details={"fields": " ".join(words.fields), "count": len(shown)},
    )


def _hits(
    session: Session, actor: Actor, shown: list[uuid.UUID], cards: dict[uuid.UUID, Card]
) -> tuple[SearchHit, ...]:
    day = today(session)
    employees = {row.id: row for row in session.scalars(select(Employee).where(Employee.id.in_(shown)))}
    employments = employments_of(session, actor, shown)
    return tuple(
        SearchHit(
            employee_id=employee_id,
            employer_id=employees[employee_id].organisation_id,
            personnel_number=employees[employee_id].personnel_number,
            employment=next(iter(employments.get(employee_id, [])), None),
            has_left=all(line.ends_on is not None and line.ends_on < day for line in employments.get(employee_id, [])),
            card=cards.get(employee_id),
        )
        for employee_id in shown
    )
