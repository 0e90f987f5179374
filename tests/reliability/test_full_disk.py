"""A running server that can write nothing to any file any more, its own output included; as any user (goal D)."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from audit.models import AuditEntry
from tests.refusals.state import LOG, differences, digests
from tests.reliability.clerks import Answer, Clerk
from tests.reliability.site import Site, make_site

pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits of another process need Linux")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A running server with its worker; its people are at home."""
    made = make_site(tmp_path)
    made.portal.start()
    yield made
    made.end()


@contextmanager
def nothing_can_be_written(site: Site) -> Iterator[None]:
    """The system refuses every process of the server to write to any file."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    numbers = site.portal.process_ids()
    for number in numbers:
        resource.prlimit(number, resource.RLIMIT_FSIZE, (0, hard))
    yield
    assert site.portal.process_ids() == numbers, "a process of the server was started anew"
    for number in numbers:
        resource.prlimit(number, resource.RLIMIT_FSIZE, (hard, hard))


def test_a_server_that_cannot_write_shows_and_does_nothing_and_comes_back_by_itself(site: Site) -> None:
    clerk, engine = site.clerks[1], site.services.factory.engine
    employee = clerk.employees[0]
    clerk.log_in()
    before = digests(engine)
    with nothing_can_be_written(site):
        for answer in (clerk.browser.get(f"/werknemers/{employee}"), share(clerk), clerk.browser.get("/logboek")):
            assert answer.status == 503
            assert "Begin" not in answer.body
        assert clerk.browser.get("/health").status == 200
    assert differences(before, digests(engine)) - LOG == set()

    assert "Begin" in clerk.browser.get(f"/werknemers/{employee}").body
    assert share(clerk).status == 303
    assert actions(engine)[-3:] == ["employee:read", "share:make", "share:make"]


def share(clerk: Clerk) -> Answer:
    values = {"kind": "sick_report", "explanation": "Belt morgen zelf", "csrf_token": clerk.token}
    return clerk.browser.post(f"/werknemers/{clerk.employees[0]}/delen", values)


def actions(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(AuditEntry.action).order_by(AuditEntry.moment, AuditEntry.id)))
