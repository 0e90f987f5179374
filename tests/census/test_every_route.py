"""Every route × everybody × own and foreign ids, from a census of the running app (issue 2, shown 3; goal A)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

import organisation.scope
import organisation.tree
import portal.views.log
import vault.importing.opening
from accounts.actor import Actor
from accounts.models import Person
from crypto.source import SystemSource
from database.session import Session
from organisation.errors import NotFound
from organisation.models import Department
from portal.app import create_app
from portal.authorisation import public
from portal.commands.initialising import make_files
from tests.census.canaries import Flock, Kind
from tests.census.oracle import ROUTES
from tests.census.route import ADVICE
from tests.census.town import make_town
from tests.census.walking import EVERYDAY, Report, Walker, routes_of
from tests.portal.world import make_settings
from tests.threats.searching import forms
from vault.models import EmployeeImport

# A superbeheerder and who registers substitutions do not live in the town; tests/matrix and tests/portal let them in.
OF_NOBODY_HERE = {
    "admissions.ask_for_circle POST", "authorisations.ask_take_medical GET", "authorisations.give_medical_rights POST",
    "authorisations.take_medical_rights POST", "own_data.correct POST", "own_data.download_json GET",
    "own_data.download_pdf GET", "own_data.show GET", "own_data.show_bsn POST", "own_data.show_correction GET",
    "own_documents.download GET", "own_documents.show GET", "own_log.download GET", "own_log.show GET",
    "session_settings.change_group POST",
    "session_settings.change_user POST", "session_settings.show_group GET", "session_settings.show_user GET",
    "signing_results.download_evidence GET", "signing_results.download_signed GET", "signing_together.agree POST",
    "signing_together.finish POST", "signing_together.send_code POST", "signing_together.show GET",
    "signing_together.sign POST",
    "substitution.ask_end GET", "substitution.end POST", "substitution.register POST", "substitution.show GET",
}  # fmt: skip
OF_THE_DEMO = {"demo_accounts.show", "demo_mailbox.show_all", "demo_mailbox.show_one"}


@pytest.fixture(scope="module")
def walker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walker]:
    """The town with everybody logged in; each request finds it as it was."""
    made = Walker(make_town(tmp_path_factory.mktemp("town")))
    yield made
    made.town.portal.services.factory.engine.dispose()


@pytest.fixture(scope="module")
def report(walker: Walker) -> Report:
    """What one walk past everything finds; `make drills` has those walk too whom somebody else mirrors."""
    return walker.walk(names=EVERYDAY)


def faults_about(report: Report, *words: str) -> list[str]:
    return [fault for fault in report.faults if any(word in fault for word in words)]


def unwritten(app: Flask) -> list[str]:
    """Return for each route that the table lacks what to write."""
    return [ADVICE.format(f"{name} {method}") for name, method, _ in routes_of(app) if (name, method) not in ROUTES]


def test_every_route_of_the_running_app_is_in_the_table(walker: Walker) -> None:
    """No route escapes by being new, and none that is gone is thought to be tested."""
    app = walker.town.portal.app
    assert unwritten(app) == []
    assert {(endpoint, method) for endpoint, method, _ in routes_of(app)} == set(ROUTES)


def test_nobody_reads_what_belongs_to_others(report: Report) -> None:
    """Bodies, headers, redirects and downloads, in every shape: no value that this role may not know."""
    assert faults_about(report, " shows ") == []
    assert report.requests > 1_500


def test_nobody_does_what_the_role_may_not(report: Report) -> None:
    assert faults_about(report, "for who may not use it") == []


def test_what_is_not_yours_answers_like_what_does_not_exist(report: Report) -> None:
    """Same status, same page; own ids with foreign ones in query and form too."""
    assert faults_about(report, "what does not exist", "than for what") == []


def test_everybody_gets_what_the_role_may_use(report: Report) -> None:
    """The positive control: nothing bounced at the login or at a form."""
    assert faults_about(report, "no page for who may use it") == []
    assert {f"{endpoint} {method}" for endpoint, method in ROUTES} - report.allowed.keys() == OF_NOBODY_HERE


def test_every_page_with_data_shows_its_own_canary(report: Report) -> None:
    """The other positive control: the search for canaries finds those that belong there."""
    missing = {
        f"{endpoint} {method}": route.shows
        for (endpoint, method), route in ROUTES.items()
        if route.shows and route.shows not in report.shown.get(f"{endpoint} {method}", set())
    }
    assert missing == {}


def test_nothing_else_went_wrong(report: Report) -> None:
    assert report.faults == []


def demo_app(folder: Path) -> Flask:
    database = f"sqlite:///{folder / 'empty.sqlite3'}"
    settings = make_settings(folder, database, BASE_URL="http://localhost", DEMO="yes")
    make_files(settings, SystemSource())
    return create_app(settings)


def test_the_only_routes_beyond_the_table_are_those_of_the_demo(tmp_path: Path) -> None:
    """They show the invented mails and accounts of one machine to whoever sits at it."""
    routes = {endpoint for endpoint, _, _ in routes_of(demo_app(tmp_path))}
    assert routes - {endpoint for endpoint, _ in ROUTES} == OF_THE_DEMO


def test_a_new_route_fails_with_what_to_write(tmp_path: Path) -> None:
    """The negative control of the census."""
    app = demo_app(tmp_path)
    app.add_url_rule("/nieuw", "new.route", public(lambda: "everyone's data"))
    (fault,) = [fault for fault in unwritten(app) if "new.route" in fault]
    assert "new.route GET is not in tests/census/oracle.py: write there which preset roles may use it" in fault


def test_a_department_filter_that_forgets_the_organisation_is_caught(
    walker: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mutant: whoever sees a whole organisation sees the departments of all."""

    def everywhere(*_arguments: Any) -> Any:
        return select(Department.id)

    monkeypatch.setattr(organisation.scope, "departments_in_view", everywhere)
    monkeypatch.setattr(organisation.tree, "departments_in_view", everywhere)
    found = walker.walk(("employees.show_tree", "employees.show", "dossiers.show"), ("hr", "manager", "case manager"))
    # The keys still keep employers apart; within one, and among those of a service, the filter is all there is.
    assert faults_about(found, "hr: GET employees.show (foreign path): 403, but 404")
    assert faults_about(found, "manager: GET employees.show (foreign): shows who an employee is")
    assert faults_about(found, "case manager: GET dossiers.show (foreign): shows")


def test_a_list_of_people_that_forgets_the_organisation_is_caught(
    walker: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mutant: the log offers the people of all organisations to filter by."""

    def of_all(session: Session, _actor: Actor) -> dict[UUID, str]:
        return {person.id: person.display_name for person in session.scalars(select(Person))}

    monkeypatch.setattr(portal.views.log, "people_in_log", of_all)
    assert faults_about(walker.walk(("log.show",), ("privacy officer", "printer")), "shows the name of somebody")


def test_an_answer_that_tells_foreign_from_unknown_is_caught(walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mutant: an import is looked up among those of all employers; its key keeps it closed, its answer tells."""

    def of_all(session: Session, import_id: UUID, _actor: Actor) -> EmployeeImport:
        found = session.get(EmployeeImport, import_id)
        if found is None:
            raise NotFound
        return found

    monkeypatch.setattr(vault.importing.opening, "find_import", of_all)
    found = walker.walk(("imports.preview",), ("administrator",))
    assert faults_about(found, "but 404 for what does not exist")
    assert faults_about(found, " shows ") == []


@pytest.mark.parametrize("kind", [Kind.PERSON, Kind.STAFF])
def test_the_search_finds_a_canary_in_every_shape(kind: Kind) -> None:
    flock = Flock()
    value = flock.text(kind, "B", "1s")
    for shape in forms(value):
        assert {canary.value for canary in flock.found_in(b"<p>" + shape + b"</p>")} == {value}
    assert flock.found_in(b"<p>Zqvxbakker</p>") == set()


def test_the_search_finds_numbers_and_days_as_pages_write_them() -> None:
    flock = Flock()
    day = flock.birth_date("B", "1s")
    bsn, code = flock.bsn("B", "1s"), flock.postcode("B", "1s")
    phone = flock.number("06123", 10, Kind.PERSON, "B", "1s")
    written = f"{day:%d-%m-%Y} {bsn[:4]} {bsn[4:6]} {bsn[6:]} {code[:4]} {code[4:]} {phone}"
    assert {canary.value for canary in flock.found_in(written.encode())} == {day.isoformat(), bsn, code, phone}
