"""What waits goes on at the visit of whoever has a key of it, and not again at once after a failure (design 2.7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crypto.source import SeededSource
from database.session import Session
from signing.due_work import continue_waiting, is_waiting, waiting_requests
from signing.events import EventKind, events_of
from signing.models import RequestState
from signing.working_files import Workshop
from tests.documents.cabinet import make_cabinet
from tests.signing.office import Office, make_office
from tests.signing.signed_documents import authority, plain_document, timestamper
from tests.signing.sitting import BASE_URL, Sitting, sit_down
from tests.signing.stamping import stamping
from tests.signing.test_completing import agreed_by_both
from tests.world import World


@pytest.fixture
def sitting(world: World, tmp_path: Path) -> Sitting:
    """Hans of Bakkerij Mulder, with somebody beside him who signs as well."""
    made = sit_down(make_cabinet(world, tmp_path))
    made.session.commit()
    return made


def visit(sitting: Sitting, by: str = "Hans", workshop: Workshop | None = None) -> int:
    """Let somebody come by."""
    session: Session = sitting.session
    used = workshop or sitting.workshop
    actor = sitting.world.actor(by)
    done = continue_waiting(session, actor, lambda: used, release=session.commit, base_url=BASE_URL)
    session.commit()
    return done


def test_only_who_has_a_key_of_it_goes_on(sitting: Sitting) -> None:
    _document, request = agreed_by_both(sitting)
    for stranger in ("Anna", "Carla", "Bram"):
        assert waiting_requests(sitting.session, sitting.world.actor(stranger)) == []
        assert visit(sitting, stranger) == 0
    assert waiting_requests(sitting.session, sitting.world.actor("Hans")) == [request.id]
    assert visit(sitting) == 1
    assert sitting.now(request).state == RequestState.DONE
    assert visit(sitting) == 0


def test_a_request_of_which_nothing_waits_is_left_alone(sitting: Sitting) -> None:
    request = sitting.request(sitting.document())
    assert is_waiting(sitting.session, sitting.now(request))
    assert visit(sitting) == 1
    assert not is_waiting(sitting.session, sitting.now(request))
    assert waiting_requests(sitting.session, sitting.world.actor("Hans")) == []


def test_what_failed_is_tried_again_later_and_later(sitting: Sitting, source: SeededSource) -> None:
    _document, request = agreed_by_both(sitting)
    with stamping("refusing") as stamper:
        poor = replace(sitting.workshop, timestamper=stamper)
        for pause in (1, 2, 4, 8, 16, 32, 60, 60):
            assert visit(sitting, workshop=poor) == 1
            source.advance(timedelta(minutes=pause, seconds=-1))
            assert visit(sitting, workshop=poor) == 0
            source.advance(timedelta(seconds=1))
    assert visit(sitting) == 1
    assert sitting.now(request).state == RequestState.DONE
    waited = [event for event in events_of(sitting.session, request.id) if event.kind == EventKind.WAITING]
    assert len(waited) == 8


@pytest.fixture
def office(world: World, tmp_path: Path) -> Office:
    """Anna, who has documents signed by SMS."""
    made = make_office(world, tmp_path)
    made.session.commit()
    return made


def test_the_last_visit_may_be_of_the_employee(office: Office) -> None:
    """By SMS: Eva, who opens neither vault nor service, finishes what waited; all who should can open the result."""
    workshop = Workshop(office.cabinet.intake, authority(), timestamper())
    session = office.session
    document = office.cabinet.add("Anna", office.eva_id, name="Plan.pdf", data=plain_document())
    request = office.ask(office.user("Anna"), office.eva(), in_order=False, document=document)
    session.commit()
    finish(office, "Anna", workshop)
    office.join()
    session.commit()
    sitting = Sitting(office.cabinet, workshop)
    for position in (1, 2):
        signer = sitting.agree(request, position, "Anna")
        signer.person_id = office.actor(("Anna", "Eva")[position - 1]).person_id
    session.commit()
    finish(office, "Eva", workshop)
    assert sitting.now(request).state == RequestState.DONE
    people = {office.actor(name).person_id for name in ("Anna", "Eva")}
    assert office.cabinet.holders(document) == {office.cabinet.vault_id, office.cabinet.service_id, *people}
    assert office.cabinet.read("Carla", document) == office.cabinet.read("Hans", document)
    assert office.cabinet.read("Carla", sitting.evidence(request)).startswith(b"%PDF")


def finish(office: Office, by: str, workshop: Workshop) -> None:
    """Let somebody come by, as often as something waits."""
    session = office.session
    while continue_waiting(session, office.actor(by), lambda: workshop, release=session.commit, base_url=BASE_URL):
        session.commit()
