"""An organisation's log is shown whole, newest first, filtered in the query; another's never (LOG12)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event

from audit.actions import Action
from audit.reading import LogFilter, find_entries
from audit.recording import Who, record
from crypto.source import SeededSource
from database.session import Session, SessionFactory
from tests.audit.people import ANNA, BRAM, EMPLOYER, EVA, FINN, OTHER_EMPLOYER

CARLA = Who(UUID("c0000000-0000-4000-8000-00000000000c"), EMPLOYER, ("leidinggevende",), "192.0.2.30")


@pytest.fixture
def written(factory: SessionFactory, source: SeededSource) -> list[UUID]:
    """Six entries a minute apart, the fourth of another organisation about the same person."""
    acts: list[tuple[Who, Action, list[UUID]]] = [
        (ANNA, Action.EMPLOYEE_READ, [EVA]),
        (ANNA, Action.EMPLOYEE_LIST, [EVA, FINN]),
        (CARLA, Action.EMPLOYEE_READ, [FINN]),
        (BRAM, Action.EMPLOYEE_READ, [EVA]),
        (CARLA, Action.LOGOUT_DO, []),
        (ANNA, Action.SHARE_MAKE, [EVA]),
    ]
    ids = []
    with factory() as session:
        for who, action, subjects in acts:
            ids.append(record(session, action, by=who, subjects=subjects).id)
            source.advance(timedelta(minutes=1))
        session.commit()
    return ids


def test_the_newest_comes_first_with_its_subjects_and_others_do_not_come(session: Session, written: list[UUID]) -> None:
    page = find_entries(session, EMPLOYER, LogFilter())

    assert [line.entry.id for line in page.lines] == [written[index] for index in (5, 4, 2, 1, 0)]
    assert [line.subjects for line in page.lines] == [(EVA,), (), (FINN,), (EVA, FINN), (EVA,)]
    assert (page.total, page.number, page.pages) == (5, 1, 1)


def test_a_line_has_the_ground_of_each_employee_who_has_one(session: Session) -> None:
    """LOG6."""
    record(session, Action.EMPLOYEE_LIST, by=ANNA, subjects={EVA: "share of Eva", FINN: None})

    (line,) = find_entries(session, EMPLOYER, LogFilter()).lines
    assert (line.subjects, line.grounds) == ((EVA, FINN), {EVA: "share of Eva"})


def test_another_organisation_sees_its_own_only(session: Session, written: list[UUID]) -> None:
    assert shown(session, LogFilter(), OTHER_EMPLOYER) == [written[3]]
    assert shown(session, LogFilter(subject_id=EVA), OTHER_EMPLOYER) == [written[3]]
    assert shown(session, LogFilter(actor_id=ANNA.person_id), OTHER_EMPLOYER) == []


def test_each_field_of_the_filter_leaves_out_what_does_not_fit(
    session: Session, source: SeededSource, written: list[UUID]
) -> None:
    start = source.now() - timedelta(minutes=6)

    assert shown(session, LogFilter(actor_id=CARLA.person_id)) == [written[4], written[2]]
    assert shown(session, LogFilter(subject_id=FINN)) == [written[2], written[1]]
    assert shown(session, LogFilter(actions=frozenset({Action.SHARE_MAKE, Action.LOGOUT_DO}))) == [
        written[5],
        written[4],
    ]
    assert shown(session, LogFilter(since=start + timedelta(minutes=4))) == [written[5], written[4]]
    assert shown(session, LogFilter(until=start + timedelta(minutes=1))) == [written[0]]


def test_fields_of_the_filter_count_together(session: Session, written: list[UUID]) -> None:
    both = LogFilter(actor_id=ANNA.person_id, subject_id=EVA, actions=frozenset({Action.EMPLOYEE_READ}))

    assert shown(session, both) == [written[0]]


def test_pages_follow_each_other_and_know_the_total(session: Session, written: list[UUID]) -> None:
    pages = [find_entries(session, EMPLOYER, LogFilter(), page=number, size=2) for number in (1, 2, 3)]

    together = [line.entry.id for page in pages for line in page.lines]
    assert together == shown(session, LogFilter())
    assert [(page.total, page.pages) for page in pages] == [(5, 3)] * 3


@pytest.mark.parametrize(("number", "lines"), [(4, 0), (10**9, 0), (0, 2), (-5, 2)])
def test_a_page_that_is_not_there_is_empty_or_the_first(
    session: Session, written: list[UUID], number: int, lines: int
) -> None:
    page = find_entries(session, EMPLOYER, LogFilter(), page=number, size=2)

    assert (len(page.lines), page.total, page.pages) == (lines, 5, 3)


def test_a_page_takes_two_queries_however_many_lines_it_has(
    engine: Engine, session: Session, written: list[UUID]
) -> None:
    session.connection()
    with counted(engine) as statements:
        find_entries(session, EMPLOYER, LogFilter(subject_id=EVA))

    assert len(statements) == 2


def test_an_empty_log_has_one_empty_page(session: Session) -> None:
    page = find_entries(session, EMPLOYER, LogFilter())

    assert (page.lines, page.total, page.pages) == ((), 0, 1)


def shown(session: Session, log_filter: LogFilter, organisation_id: UUID = EMPLOYER) -> list[UUID]:
    page = find_entries(session, organisation_id, log_filter)
    assert page.total == len(page.lines)
    return [line.entry.id for line in page.lines]


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
