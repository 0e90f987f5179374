"""Every route that the running portal has is in the catalogue: it is logged, or it is said why not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from flask import Flask

from crypto.source import SystemSource
from portal.app import create_app
from portal.commands.initialising import make_files
from tests.portal.company import Company
from tests.portal.world import make_settings
from tests.refusals.catalogue import ACTS, SILENCES, Silence
from tests.refusals.faults import insert_refused
from tests.refusals.state import LOG, differences, digests, entries, new_actions
from tests.refusals.test_no_log_no_service import MODULES, OF_EMPLOYEES, seen

ADVICE = (
    "Prove that the route is of no service without the log: write in tests/refusals/acts_of_*.py a function under "
    "@act('<endpoint>', '<the entries that it writes>') that prepares the request. Only a route that shows nothing "
    "of an employee and changes nothing gets @silent('<endpoint>', '<why>') instead."
)
# The same for everybody, and without a database; and what exists only in the demo, with invented people.
OUTSIDE = {"static", "health.show", "demo_accounts.show", "demo_mailbox.show_all", "demo_mailbox.show_one"}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The portal with all its routes, those of the demo among them."""
    settings = make_settings(
        tmp_path, f"sqlite:///{tmp_path / 'empty.sqlite3'}", BASE_URL="http://localhost", DEMO="yes"
    )
    make_files(settings, SystemSource())
    return create_app(settings)


def in_no_list(endpoints: Iterable[str]) -> set[str]:
    known = {case.endpoint for case in ACTS} | {case.endpoint for case in SILENCES} | OUTSIDE
    return set(endpoints) - known


def test_every_route_is_logged_or_says_why_not(app: Flask) -> None:
    assert MODULES
    assert in_no_list(rule.endpoint for rule in app.url_map.iter_rules()) == set(), ADVICE


def test_the_catalogue_names_no_route_that_is_gone(app: Flask) -> None:
    present = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {case.endpoint for case in ACTS} | {case.endpoint for case in SILENCES} <= present


def test_a_new_route_in_neither_list_is_found() -> None:
    assert in_no_list(["employees.show", "employees.print_all"]) == {"employees.print_all"}


def test_each_route_has_one_method_so_that_one_act_covers_it(app: Flask) -> None:
    """HEAD is GET without the body, and OPTIONS shows and does nothing."""
    methods = {rule.endpoint: (rule.methods or set()) - {"HEAD", "OPTIONS"} for rule in app.url_map.iter_rules()}
    assert {endpoint for endpoint, of_route in methods.items() if len(of_route) != 1} == set()
    assert len({rule.endpoint for rule in app.url_map.iter_rules()}) == len(list(app.url_map.iter_rules()))


@pytest.mark.parametrize("silence", [pytest.param(case, id=case.endpoint) for case in SILENCES])
def test_what_is_silent_shows_nobody_and_changes_nothing(sqlite_company: Company, silence: Silence) -> None:
    """The other half of the census: a route on the list without an entry is harmless, with a log and without one."""
    ask = silence.prepare(sqlite_company)
    engine = sqlite_company.portal.services.factory.engine
    log, before = entries(engine), digests(engine)

    response = ask.send()

    assert response.status_code == silence.status
    assert seen(response, OF_EMPLOYEES) == []
    assert differences(before, digests(engine)) - LOG <= silence.changes
    assert new_actions(engine, log) == []
    with insert_refused(sqlite_company):
        assert ask.send().status_code in {silence.status, 303, 503}
