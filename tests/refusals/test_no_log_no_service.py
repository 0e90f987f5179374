"""No log, no service: every route, and every way in which the log can fail (design 3; security.md, goal D).

Each act is asked for while the log cannot be written, then once more when it can. So nothing passes that was refused
for another reason, and nothing that needs a restart to come back.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from audit import recording
from audit.errors import LogUnavailable
from database.session import Session
from tests.portal.company import Company
from tests.refusals import (
    acts_of_administration,
    acts_of_dialogue_files,
    acts_of_dialogues,
    acts_of_documents,
    acts_of_employer_administration,
    acts_of_employers,
    acts_of_forgotten,
    acts_of_joining,
    acts_of_logging_in,
    acts_of_making_documents,
    acts_of_own_data,
    acts_of_own_security,
    acts_of_recovery,
    acts_of_requests,
    acts_of_rights,
    acts_of_services,
    acts_of_signing,
    acts_of_signing_check,
    acts_of_substitution,
    acts_of_users,
    acts_of_visitors,
    acts_with_employments,
)
from tests.refusals.catalogue import ACTS, Act, Ask
from tests.refusals.faults import Fault, full_disk, insert_refused, no_file_may_grow, no_page_left
from tests.refusals.state import LOG, differences, digests, entries, new_actions

MODULES = (
    acts_of_administration,
    acts_of_dialogue_files,
    acts_of_dialogues,
    acts_of_documents,
    acts_of_employer_administration,
    acts_of_employers,
    acts_of_forgotten,
    acts_of_joining,
    acts_of_logging_in,
    acts_of_making_documents,
    acts_of_own_data,
    acts_of_own_security,
    acts_of_recovery,
    acts_of_requests,
    acts_of_rights,
    acts_of_services,
    acts_of_signing,
    acts_of_substitution,
    acts_of_users,
    acts_of_signing_check,
    acts_of_visitors,
    acts_with_employments,
)

# Words that are on no page of *no service*: of employees, of people with an account, of organisations.
CANARIES = (
    "Yılmaz", "Janssen", "Bakker", "Persman", "Nachtegaal", "Eva", "99999", "Tulpenlaan", "3511", "WK00", "OV00",
    "Belt morgen", "Anna", "Carla", "Frits", "Ilse", "Mulder", "Winkel", "Noord", "Signatuur", "sietske", "Keuken",
    "maandag",
)  # fmt: skip
OF_EMPLOYEES = ("Yılmaz", "Janssen", "Persman", "Nachtegaal", "99999", "Tulpenlaan", "Belt morgen", "maandag")
WAYS = {"no file may grow": no_file_may_grow, "insert refused": insert_refused, "no page left": no_page_left}

ONE_IN = 5
WRITE = recording._write


def named(cases: list[Act]) -> list[object]:
    return [pytest.param(case, id=case.name) for case in cases]


@pytest.mark.parametrize("act", named(ACTS))
def test_what_cannot_be_logged_is_neither_shown_nor_done(
    sqlite_company: Company, small_disk: Path | None, act: Act
) -> None:
    """On SQLite: no file may grow, the disk is full, the insert is refused, the database has no page left."""
    ask = act.prepare(sqlite_company)

    for way, fault in [*WAYS.items(), *([("full disk", full_disk)] if small_disk else [])]:
        assert_no_service(sqlite_company, act, ask, fault, way)

    assert_service(sqlite_company, act, ask)


@pytest.mark.parametrize("act", named(ACTS[::ONE_IN]))
def test_what_cannot_be_logged_is_neither_shown_nor_done_on_postgresql(postgresql_company: Company, act: Act) -> None:
    """On PostgreSQL, which tells of its failures in one way for all; `make drills` asks for every act."""
    ask = act.prepare(postgresql_company)

    assert_no_service(postgresql_company, act, ask, insert_refused, "insert refused")

    assert_service(postgresql_company, act, ask)


def test_a_disk_that_is_really_full_is_among_the_faults(small_disk: Path | None) -> None:
    if small_disk is None:
        pytest.skip("a small disk to fill takes root; the system refusing that files grow is a real fault for any user")
    assert small_disk.is_mount()


def test_a_portal_that_goes_on_without_its_log_is_caught(
    sqlite_company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log whose errors are only a warning, or are written later, is what this file exists for."""

    def write_or_not(*arguments: Any) -> None:
        with suppress(LogUnavailable):
            WRITE(*arguments)

    act = act_named("an employee")
    ask = act.prepare(sqlite_company)
    monkeypatch.setattr(recording, "_write", write_or_not)

    with pytest.raises(AssertionError, match="an employee, insert refused: 200"):
        assert_no_service(sqlite_company, act, ask, insert_refused, "insert refused")


def test_a_portal_that_keeps_a_change_before_its_entry_is_caught(
    sqlite_company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep_and_write(session: Session, *arguments: Any) -> None:
        session.commit()
        WRITE(session, *arguments)

    act = act_named("removing an import")
    ask = act.prepare(sqlite_company)
    monkeypatch.setattr(recording, "_write", keep_and_write)

    with pytest.raises(AssertionError, match="employee_import"):
        assert_no_service(sqlite_company, act, ask, insert_refused, "insert refused")


def test_a_fault_that_is_none_is_caught(sqlite_company: Company) -> None:
    act = act_named("an employee")

    with pytest.raises(AssertionError, match="an employee, nothing: 200"):
        assert_no_service(sqlite_company, act, act.prepare(sqlite_company), no_fault, "nothing")


def no_fault(_company: Company) -> AbstractContextManager[None]:
    return nullcontext()


def act_named(name: str) -> Act:
    return next(act for act in ACTS if act.name == name)


def assert_no_service(company: Company, act: Act, ask: Ask, fault: Fault, way: str) -> None:
    """While the log cannot be written the answer is 503, shows nothing, and has changed nothing."""
    engine = company.portal.services.factory.engine
    with fault(company):
        log, before = entries(engine), digests(engine)
        response = ask.send()
    after = digests(engine)

    assert response.status_code == 503, f"{act.name}, {way}: {response.status_code}"
    assert int(response.headers["Retry-After"]) > 0, way
    assert "Set-Cookie" not in response.headers, way
    assert seen(response, CANARIES) == [], way
    assert differences(before, after) - LOG <= act.keeps, way
    assert new_actions(engine, log) == [], way


def assert_service(company: Company, act: Act, ask: Ask) -> None:
    """The same request is answered as soon as the log can be written, and is in it."""
    engine = company.portal.services.factory.engine
    log = entries(engine)
    response = ask.send()

    assert response.status_code == act.status, f"{act.name}: {response.status_code}"
    assert act.shows in response.get_data().decode(errors="replace")
    assert act.entries <= set(new_actions(engine, log)), f"{act.name}: the log got {new_actions(engine, log)}"


def seen(response: TestResponse, words: tuple[str, ...]) -> list[str]:
    """The words that are in an answer, which may be a file."""
    text = response.get_data().decode(errors="replace") + str(response.headers)
    return [word for word in words if word in text]
