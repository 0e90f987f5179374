"""kill -9 of PostgreSQL, with fsync as it comes, under a server that goes on (security.md, goal B1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres_server import PostgresServer, prepared_postgres
from tests.reliability.kills import kill_again_and_again, working_site

KILLS = 3
DURABLE = ("listen_addresses=", "fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=60")


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    with prepared_postgres(DURABLE) as server:
        server.start()
        yield server


def test_a_database_that_is_killed_loses_nothing_and_the_server_goes_on(
    postgres: PostgresServer, tmp_path: Path, tell: Callable[[object], None]
) -> None:
    def strike() -> None:
        postgres.kill()
        postgres.start()

    with working_site(tmp_path, DATABASE_URL=postgres.url) as site:
        server = site.portal.process_ids()[0]
        outcome = kill_again_and_again(site, KILLS, strike, recover=lambda: None)
        assert site.portal.process_ids()[0] == server

    tell(outcome)
    assert outcome.findings.are_none, outcome.findings
    assert outcome.faults_of_log == []
    assert outcome.kills == KILLS
    assert outcome.acknowledged > KILLS
    assert outcome.open > 0, "no kill struck anybody at work"
