"""No log, no service: what can't be logged is neither shown nor done (design 3; security.md, goal D)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from accounts.actor import Actor
from accounts.models import Person
from accounts.permissions import Permission
from audit.actions import Action
from audit.models import AuditEntry
from audit.recording import record
from organisation.errors import NotFound
from organisation.models import Department
from portal import transactions
from portal.authorisation import requires
from portal.transactions import database
from tests.portal.world import World

REFUSE_ON_SQLITE = """
    CREATE TRIGGER deny_the_log BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'denied'); END
"""
REFUSE_ON_POSTGRESQL = """
    CREATE FUNCTION deny_the_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'denied'; END $$;
    CREATE TRIGGER deny_the_log BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION deny_the_log()
"""
PLANTED = "Afdeling Geheim"


def deny_the_log(engine: Engine) -> None:
    """Let the database itself refuse every entry."""
    statement = REFUSE_ON_SQLITE if engine.dialect.name == "sqlite" else REFUSE_ON_POSTGRESQL
    with engine.begin() as connection:
        connection.execute(text(statement))


def allow_the_log(engine: Engine) -> None:
    on_table = "" if engine.dialect.name == "sqlite" else " ON audit_entry"
    with engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER deny_the_log{on_table}"))


def change_and_log(*, actor: Actor) -> str:
    session = database()
    session.add(Department(id=session.source.new_id(), organisation_id=actor.organisation_id, name=PLANTED))
    session.flush()
    record(session, Action.DEPARTMENT_CREATE, by=actor.who, details={"count": 1})
    return f"made {PLANTED}"


def change_and_fail(error: Exception) -> Callable[..., str]:
    def view(*, actor: Actor) -> str:
        change_and_log(actor=actor)
        raise error

    return view


@pytest.fixture
def anna(world_on_each_database: World) -> World:
    world = world_on_each_database
    may = requires(Permission.START_SEE)
    world.app.add_url_rule("/wijzigen", "change", may(change_and_log))
    for path, error in (
        ("verdwenen", NotFound()),
        ("database", OperationalError("SELECT 1", {}, Exception("the disk is gone"))),
        ("botsing", IntegrityError("INSERT", {}, Exception(PLANTED))),
        ("onvoorzien", RuntimeError(PLANTED)),
        ("samen", HandledError()),
    ):
        world.app.add_url_rule(f"/{path}", path, may(change_and_fail(error)))
    world.app.register_error_handler(HandledError, tell_conflict)
    world.add("Anna", "werkgever")
    return world


class HandledError(Exception):
    """An error that a view's module answers itself."""


def tell_conflict(_error: HandledError) -> tuple[str, int]:
    title = "Dat gaat niet samen"
    return f"<!doctype html><html lang=nl><head><title>{title}</title></head><body><h1>{title}</h1></body></html>", 409


def planted_departments(world: World) -> list[Department]:
    with world.session() as session:
        return list(session.scalars(select(Department).where(Department.name == PLANTED)))


def entries(world: World, action: str) -> list[AuditEntry]:
    with world.session() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_a_change_and_its_entry_are_there_when_the_answer_leaves(anna: World) -> None:
    visitor = anna.log_in("Anna")

    response = visitor.client.get("/wijzigen", base_url=visitor.base_url)

    assert response.status_code == 200
    assert len(planted_departments(anna)) == 1
    assert [entry.actor_id for entry in entries(anna, "department:create")][-1] == anna.people["Anna"].id


def test_an_entry_that_is_refused_undoes_the_change_and_shows_nothing(anna: World) -> None:
    """Design 3; the database itself refuses, nothing is mocked."""
    visitor = anna.log_in("Anna")
    deny_the_log(anna.services.factory.engine)

    page = visitor.get("/wijzigen", status=503)

    assert PLANTED not in page.text
    assert page.heading == "Datakluis is even dicht"
    assert page.response.headers["Retry-After"] == "60"
    assert "Set-Cookie" not in page.response.headers
    assert planted_departments(anna) == []
    allow_the_log(anna.services.factory.engine)
    assert visitor.client.get("/wijzigen", base_url=visitor.base_url).status_code == 200


def test_no_log_no_login(anna: World) -> None:
    visitor = anna.visitor()
    visitor.get("/inloggen")
    deny_the_log(anna.services.factory.engine)

    visitor.submit({"login_name": "Anna", "password": "een ander wachtwoord"}, status=503)

    with anna.session() as session:
        person = session.get_one(Person, anna.people["Anna"].id)
        assert person.login_at is None


def test_a_refusal_that_cannot_be_logged_answers_503(anna: World) -> None:
    visitor = anna.log_in("Anna")
    deny_the_log(anna.services.factory.engine)

    visitor.get("/verdwenen", status=503)


def test_a_refusal_undoes_the_change_and_stays_in_the_log(anna: World) -> None:
    """Design 3: refusals outlive the rollback."""
    visitor = anna.log_in("Anna")

    page = visitor.get("/verdwenen", status=404)

    assert page.heading == "Deze pagina is er niet"
    assert planted_departments(anna) == []
    (entry,) = entries(anna, "request:refuse")
    assert entry.actor_id == anna.people["Anna"].id
    assert entry.details["status"] == 404


def test_a_page_about_an_error_keeps_nothing_of_what_went_before_it(anna: World) -> None:
    """Whoever handles an error, the request's transaction is gone by then."""
    visitor = anna.log_in("Anna")

    visitor.get("/samen", status=409)

    assert planted_departments(anna) == []


@pytest.mark.parametrize("path", ["/database", "/botsing"])
def test_an_error_of_the_database_answers_503_and_undoes_the_change(anna: World, path: str) -> None:
    visitor = anna.log_in("Anna")

    page = visitor.get(path, status=503)

    assert PLANTED not in page.text
    assert planted_departments(anna) == []


def test_an_unforeseen_error_answers_500_undoes_the_change_and_logs_no_text(
    anna: World, capsys: pytest.CaptureFixture[str]
) -> None:
    visitor = anna.log_in("Anna")

    page = visitor.get("/onvoorzien", status=500)

    assert PLANTED not in page.text
    assert planted_departments(anna) == []
    written = "".join(capsys.readouterr())
    assert "RuntimeError" in written
    assert PLANTED not in written


def test_a_commit_that_fails_answers_503(anna: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last moment at which a full disk can show itself; the rest of goal D has real full disks (tests/drills)."""
    visitor = anna.log_in("Anna")

    def fail() -> None:
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    monkeypatch.setattr(transactions, "commit", fail)

    page = visitor.get("/wijzigen", status=503)

    assert PLANTED not in page.text
    assert planted_departments(anna) == []


def test_health_and_static_files_do_without_the_database(anna: World) -> None:
    anna.services.factory.engine.dispose()
    deny_the_log(anna.services.factory.engine)

    for path in ("/health", "/static/datakluis.css"):
        with anna.visitor().client.get(path, base_url="https://datakluis.example") as response:
            assert response.status_code == 200
