"""Two acts on one document at the same moment lock what they need in one order, so that neither fails (goal O)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from crypto.source import SeededSource
from database.session import SessionFactory
from documents.adding import add_version
from documents.finding import find_document
from documents.made_files import store_made
from signing.finding import find_request
from signing.models import RequestState, SignerState
from signing.reminding import remind_signers
from tests.dialogs.talk import BASE_URL
from tests.documents.cabinet import make_cabinet
from tests.portal.test_session import wait_until_waiting
from tests.signing.office import make_office
from tests.signing.signed_documents import plain_document
from tests.signing.sitting import NAME, sit_down
from tests.world import World


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    """SQLite has one writer at a time, so that only here two can wait for each other."""
    return postgresql_url


def test_the_result_and_another_version_come_into_the_dossier_at_once(
    world: World, session_factory: SessionFactory, tmp_path: Path
) -> None:
    sitting = sit_down(make_cabinet(world, tmp_path))
    document = sitting.document()
    request = sitting.request(document)
    sitting.go_on(request)
    for position in (1, 2):
        sitting.agree(request, position)
    sitting.take_steps(request, 3)
    assert sitting.now(request).state == RequestState.CLOSING
    sitting.session.commit()

    def finish() -> None:
        with session_factory() as session:
            sitting.go_on(request, session=session)

    with ThreadPoolExecutor(1) as pool, session_factory() as session:
        anna = world.actor("Anna", session)
        found = find_document(session, document.id, anna, lock=True)
        finished = pool.submit(finish)
        wait_until_waiting(session_factory.engine, 1)
        stored, key = store_made(
            session,
            sitting.cabinet.intake,
            plain_document(1),
            NAME,
            organisation_id=anna.organisation_id,
            by=anna.person_id,
        )
        add_version(session, found, stored, key, by=anna.who, keys=anna.keys)
        session.commit()
        finished.result(60)

    now = sitting.now(request)
    assert (now.state, now.signed_version) == (RequestState.DONE, 3)


def test_a_reminder_waits_for_nobody_who_is_signing(
    world: World, session_factory: SessionFactory, source: SeededSource, tmp_path: Path
) -> None:
    office = make_office(world, tmp_path)
    request = office.running(office.user("Hans"))
    office.session.commit()
    source.advance(timedelta(days=3))

    def remind() -> int:
        with session_factory() as session:
            reminded = remind_signers(session, base_url=BASE_URL)
            session.commit()
            return reminded

    with ThreadPoolExecutor(1) as pool, session_factory() as session:
        place = find_request(session, request.id, world.actor("Hans", session), lock=True)
        assert pool.submit(remind).result(20) == 0
        assert place.signer is not None
        place.signer.state = SignerState.READ.value
        session.commit()
        assert pool.submit(remind).result(20) == 1
