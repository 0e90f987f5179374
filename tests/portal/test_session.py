"""Requests and sessions that end under them: nobody waits for ever, nothing is half done (L-28; K-16)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from flask import flash
from sqlalchemy import Engine, delete, func, select, text

from accounts.actor import Actor
from accounts.models import LoginSession
from accounts.permissions import Permission
from audit.models import AuditEntry
from keys.errors import NoKey
from keys.models import Holder
from organisation.models import Department
from portal.authorisation import requires
from portal.transactions import database, release, separately
from tests.portal.company import Company, make_company
from tests.portal.test_vault_management import hire_administrator, keys_of, person_url, send
from tests.portal.world import World
from vault.errors import NoVaultAccess
from vault.models import Vault

LOGIN = "/inloggen"


@pytest.fixture
def postgresql_company(tmp_path: Path, postgresql_url: str) -> Iterator[Company]:
    """SQLite has one writer at a time, so that only here two requests can wait for each other."""
    made = make_company(tmp_path, postgresql_url)
    yield made
    made.portal.services.factory.engine.dispose()


def wait_until_waiting(engine: Engine, count: int) -> None:
    """Wait until so many statements wait for what others have locked."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    deadline = monotonic() + 20
    while monotonic() < deadline:
        with engine.connect() as connection:
            if connection.scalar(waiting) == count:
                return
        sleep(0.02)
    pytest.fail(f"no {count} statements wait")


def test_withdrawing_access_and_a_request_of_that_user_do_not_lock_each_other_out(postgresql_company: Company) -> None:
    """K-16: whoever is withdrawn cannot keep the key by being busy."""
    company = postgresql_company
    hire_administrator(company, "Hans")
    visitors = {name: company.visitor(name, "/datakluis-beheer/autorisaties") for name in ("Anna", "Hans")}
    # By now both requests also note that their own session is in use.
    company.portal.source.advance(timedelta(minutes=1))
    engine = company.portal.services.factory.engine

    with ThreadPoolExecutor(2) as pool, company.portal.session() as session:
        vault = session.get_one(Vault, company.world.employer.id)
        session.execute(select(Holder).where(Holder.id == vault.holder_id).with_for_update())
        asked: list[Future[tuple[int, str]]] = []
        for name, other, act in (("Anna", "Hans", "toegang-intrekken"), ("Hans", "Ilse", "beheer-geven")):
            asked.append(pool.submit(send, visitors[name], person_url(company, other, act)))
            wait_until_waiting(engine, len(asked))
        session.rollback()
        withdrawn, given = (each.result(30)[0] for each in asked)

    assert withdrawn == 303
    assert given in {303, 403, 409}
    assert keys_of(company, "Hans") == 0


def test_whoever_logs_out_while_a_request_of_that_session_begins_is_led_to_the_login_page(
    postgresql_company: Company,
) -> None:
    company = postgresql_company
    anna = company.visitor("Anna", "/")
    company.portal.source.advance(timedelta(minutes=1))

    with ThreadPoolExecutor(1) as pool, company.portal.session() as session:
        session.execute(delete(LoginSession))
        asked = pool.submit(anna.client.get, "/", base_url=anna.base_url)
        wait_until_waiting(company.portal.services.factory.engine, 1)
        session.commit()
        response = asked.result(30)

    assert (response.status_code, response.location) == (303, LOGIN)


def test_a_session_that_ends_before_the_request_is_saved_leads_to_the_login_page_with_nothing_half_done(
    world_on_each_database: World,
) -> None:
    world = world_on_each_database
    planted = "Afdeling Half"

    def change(*, actor: Actor) -> str:
        flash("gewijzigd")
        release()
        with separately() as other:
            other.execute(delete(LoginSession))
        session = database()
        session.add(Department(id=session.source.new_id(), organisation_id=actor.organisation_id, name=planted))
        return "gewijzigd"

    world.app.add_url_rule("/wijzigen", "change", requires(Permission.START_SEE)(change))
    world.add("Anna", "werkgever")
    anna = world.log_in("Anna")

    response = anna.client.get("/wijzigen", base_url=anna.base_url)

    assert (response.status_code, response.location) == (303, LOGIN)
    assert "gewijzigd" not in response.get_data(as_text=True)
    with world.session() as session:
        assert session.scalar(select(func.count()).where(Department.name == planted)) == 0


@pytest.mark.parametrize("lost", [NoKey, NoVaultAccess])
def test_a_withdrawal_that_overtakes_a_request_is_a_refusal_and_no_accident(
    world: World, lost: type[Exception]
) -> None:
    def read(*, actor: Actor) -> str:
        raise lost

    world.app.add_url_rule("/lezen", "read", requires(Permission.START_SEE)(read))
    anna_id = world.add("Anna", "werkgever").id
    anna = world.log_in("Anna")

    anna.get("/lezen", status=403)

    with world.session() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "request:refuse"))
        assert (entry.actor_id, entry.details["reason"]) == (anna_id, "no key")
