"""What the worker does after the last day of an agreement, and what waits for the vault (settled; design 2.7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from audit.models import AuditEntry, AuditSubject
from crypto.errors import UnsealError
from crypto.sealing import unseal
from crypto.source import SeededSource
from database.base import Base
from keys.due_work import due_work
from keys.models import DueWork
from organisation.models import Batch, Employee, ServiceAgreement
from organisation.service_agreements import end_agreement
from tests.vault.test_share_requests import REFUSED, ask, later, state_of
from tests.world import OPERATOR, World, card, details
from vault import ending_agreements, renewing
from vault.dossiers import Sight, read_employee
from vault.ending_agreements import end_requests, end_shares
from vault.errors import RequestDecided
from vault.importing.batches import destroy_batch
from vault.indexing import leave_indexing
from vault.intake import take_in_shares
from vault.models import (
    RecordIndex,
    RecordKey,
    RecordPart,
    Share,
    ShareRequestState,
    StagedRecordKey,
    StaleRecordKey,
    Vault,
)
from vault.places import place_of_part
from vault.recent_shares import recent_shares
from vault.record_keys import key_of
from vault.records import update_record
from vault.renewing import RENEW, renew_batch
from vault.search import SearchWords, search
from vault.share_request_answers import refuse_request
from vault.share_request_reading import (
    open_requests_of_service,
    read_request,
    requests_of_service,
    requests_to_answer,
)
from vault.sharing import begin_dossier_content, share_history
from vault.tree import names

LAST_DAY = date(2027, 1, 31)
MIDNIGHT = datetime(2027, 1, 31, 23, 0, tzinfo=UTC)


def move_to(world: World, moment: datetime) -> None:
    assert isinstance(world.session.source, SeededSource)
    world.session.source.advance(moment - world.session.source.now())


def end_it(world: World, at: datetime = MIDNIGHT) -> None:
    """Let the agreement between Bakkerij Mulder and Noord end, and the clock pass that midnight."""
    end_agreement(world.session, world.employer.id, world.service.id, LAST_DAY, OPERATOR)
    move_to(world, at)


def vault_of(world: World) -> UUID:
    return world.session.get_one(Vault, world.employer.id).holder_id


def count(world: World, table: type[Base], *conditions: object) -> int:
    return world.session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0  # type: ignore[arg-type]


def test_a_second_before_midnight_nothing_ends(world: World) -> None:
    employee_id = world.employ("MS001", "Yılmaz")
    world.share(employee_id)
    request = ask(world, world.employ("MS002", "Bos"))
    later(world, days=60)
    end_it(world, MIDNIGHT - timedelta(seconds=1))
    request.expires_at = MIDNIGHT + timedelta(days=1)
    world.session.flush()
    assert (end_shares(world.session), end_requests(world.session)) == (0, 0)
    assert read_employee(world.session, employee_id, world.actor("Carla")).sight is Sight.OPEN
    move_to(world, MIDNIGHT)
    assert (end_shares(world.session), end_requests(world.session)) == (1, 1)


def test_the_names_are_gone_at_midnight_before_the_worker_comes_by(world: World) -> None:
    """Start page, recent shares, lists, search, requests: by scope, at once."""
    employee_id = world.employ("MS001", "Yılmaz")
    asked = ask(world, world.employ("MS002", "Bos"))
    move_to(world, MIDNIGHT - timedelta(days=1))
    asked.expires_at = MIDNIGHT + timedelta(days=1)
    world.share(employee_id)
    carla = world.actor("Carla")
    take_in_shares(world.session, carla)
    assert len(recent_shares(world.session, carla)) == 1
    assert open_requests_of_service(world.session, carla)
    end_it(world)
    carla = world.actor("Carla")
    assert recent_shares(world.session, carla) == []
    assert open_requests_of_service(world.session, carla) == []
    assert requests_of_service(world.session, carla) == []
    assert names(world.session, carla, [employee_id]) == {employee_id: None}
    assert search(world.session, carla, SearchWords(last_name="Yılmaz")).hits == ()
    assert requests_to_answer(world.session, world.actor("Anna")) == []
    with pytest.raises(RequestDecided) as decided:
        refuse_request(world.session, asked.id, REFUSED, world.actor("Anna"))
    assert decided.value.state is ShareRequestState.ENDED


def test_all_that_the_service_held_is_destroyed_without_a_key(world: World) -> None:
    """Keys, index rows, due work, copies of reasons; the vault's own stay, and its history says what happened."""
    employee_id, kept = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bos")
    share = world.share(employee_id)
    begin_dossier_content(world.session, share.id, visible_to_employer=True)
    take_in_shares(world.session, world.actor("Carla"))
    leave_indexing(world.session, [employee_id])
    for table in (RecordKey, RecordIndex, DueWork):
        assert count(world, table, table.holder_id == world.service.holder_id) == 1
    end_it(world)

    assert end_shares(world.session) == 1

    world.session.refresh(share)
    assert (share.ended_at, share.ended_by, share.service_reason_sealed) == (MIDNIGHT, None, None)
    holder_id = world.service.holder_id
    assert count(world, RecordKey, RecordKey.holder_id == holder_id) == 0
    assert count(world, RecordIndex, RecordIndex.holder_id == holder_id) == 0
    assert count(world, DueWork, DueWork.holder_id == holder_id) == 0
    assert count(world, RecordKey, RecordKey.holder_id == vault_of(world)) == 2
    assert count(world, RecordIndex, RecordIndex.holder_id == vault_of(world)) == 2
    assert list(world.session.scalars(select(StaleRecordKey.employee_id))) == [employee_id]
    assert [piece.object_id for piece in due_work(world.session, vault_of(world), RENEW, 10)] == [employee_id]
    (view,) = share_history(world.session, employee_id, world.actor("Anna"))
    assert (view.ended_at, view.ended_by, view.can_end) == (MIDNIGHT, None, False)
    assert read_employee(world.session, kept, world.actor("Anna")).sight is Sight.OPEN
    assert end_shares(world.session) == 0


def test_both_sides_read_whom_it_concerned(world: World) -> None:
    """One entry a side, one subject row an employee, with the share as its ground."""
    people = {world.employ(f"MS00{number}", "Bos") for number in range(3)}
    shares = {employee_id: str(world.share(employee_id).id) for employee_id in people}
    end_it(world)
    end_shares(world.session)
    entries = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "share:lapse")).all()
    assert {entry.organisation_id for entry in entries} == {world.employer.id, world.service.id}
    for entry in entries:
        assert entry.details == {"count": 3}
        assert entry.actor_id is None
        rows = select(AuditSubject.subject_id, AuditSubject.ground).where(AuditSubject.entry_id == entry.id)
        assert dict(world.session.execute(rows).all()) == shares


def test_it_goes_in_batches_that_can_be_resumed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending_agreements, "BATCH_SIZE", 2)
    for number in range(5):
        world.share(world.employ(f"MS00{number}", "Bos"))
    end_it(world)
    assert [end_shares(world.session) for _ in range(4)] == [2, 2, 1, 0]
    assert count(world, Share, Share.ended_at.is_(None)) == 0


@pytest.mark.parametrize("starts_on", [LAST_DAY + timedelta(days=1), date(2026, 1, 1)])
def test_with_another_agreement_of_the_two_nothing_ends(world: World, starts_on: date) -> None:
    """Renewed, or a second one beside it."""
    employee_id = world.employ("MS001", "Yılmaz")
    world.share(employee_id)
    request = ask(world, world.employ("MS002", "Bos"))
    end_it(world)
    world.session.add(
        ServiceAgreement(
            id=world.session.source.new_id(),
            service_id=world.service.id,
            employer_id=world.employer.id,
            starts_on=starts_on,
            ends_on=None,
        )
    )
    world.session.flush()
    assert (end_shares(world.session), end_requests(world.session)) == (0, 0)
    assert state_of(world, request) == "waiting"
    assert read_employee(world.session, employee_id, world.actor("Carla")).sight is Sight.OPEN


def test_shares_with_another_service_or_of_another_employer_go_on(world: World) -> None:
    elsewhere = world.share(world.employ("PE001", "Persman", "Pers", by="Bram"), by="Bram")
    world.share(world.employ("MS001", "Yılmaz"))
    end_it(world)
    assert [end_shares(world.session) for _ in range(2)] == [1, 0]
    world.session.refresh(elsewhere)
    assert elsewhere.ended_at is None
    assert count(world, RecordKey, RecordKey.holder_id == world.other_service.holder_id) == 1


def test_requests_end_and_the_copies_of_the_service_go(world: World) -> None:
    """Also those of a request that was refused long before; the employer still reads its own."""
    waiting = ask(world, world.employ("MS001", "Yılmaz"))
    refused = ask(world, world.employ("MS002", "Bos"))
    refuse_request(world.session, refused.id, REFUSED, world.actor("Anna"))
    end_it(world)
    assert [end_requests(world.session) for _ in range(2)] == [2, 0]
    assert (state_of(world, waiting), state_of(world, refused)) == ("ended", "refused")
    for request in (waiting, refused):
        assert request.service_reason_sealed is None
        assert request.service_refusal_sealed is None
    assert read_request(world.session, refused.id, world.actor("Anna")).refusal == REFUSED
    seen = read_request(world.session, waiting.id, world.actor("Anna"))
    assert (seen.line.state, seen.reason is not None) == (ShareRequestState.ENDED, True)
    entries = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "share_request:lapse")).all()
    assert {entry.organisation_id for entry in entries} == {world.employer.id, world.service.id}
    subjects = select(AuditSubject.subject_id).where(AuditSubject.entry_id.in_([entry.id for entry in entries]))
    assert list(world.session.scalars(subjects)) == [waiting.employee_id] * 2


def test_a_remembered_key_opens_nothing_after_the_next_login(world: World) -> None:
    """Design 2.1: the service knew the record key; whoever opens the vault next has the parts sealed anew."""
    employee_id = world.employ("MS001", "Yılmaz")
    world.share(employee_id)
    employee = world.session.get_one(Employee, employee_id)
    assert world.service.holder_id is not None
    remembered = key_of(world.session, employee, 1, world.service.holder_id, world.actor("Carla")).secret

    def opened_by_remembered() -> int:
        opened = 0
        for part in world.session.scalars(select(RecordPart).where(RecordPart.employee_id == employee_id)):
            for number in (1, part.key_number):
                try:
                    unseal(remembered, part.sealed, place_of_part(part.employee_id, part.part, part.version, number))
                    opened += 1
                    break
                except UnsealError:
                    continue
        return opened

    end_it(world)
    end_shares(world.session)
    assert opened_by_remembered() == 2
    # Whoever can open the vault does it, whatever the scope.
    world.hire_vault_user("Frits", "datakluisgebruiker", scope=world.scope("Oven"))
    assert [renew_batch(world.session, world.actor("Frits")) for _ in range(2)] == [1, 0]
    assert opened_by_remembered() == 0
    assert set(world.session.scalars(select(RecordKey.key_number))) == {2}
    assert count(world, StaleRecordKey) == 0
    page = read_employee(world.session, employee_id, world.actor("Anna"))
    assert page.card is not None
    assert page.card.last_name == "Yılmaz"
    (entry,) = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "key:renew"))
    assert entry.details == {"count": 1}


def test_what_waits_for_an_import_is_not_the_services_either(world: World) -> None:
    """The staged key is destroyed and marked, so that the import is refused; what is due waits until it is over."""
    session, employee_id = world.session, world.employ("MS001", "Yılmaz")
    world.share(employee_id)
    batch_id = session.source.new_id()
    session.add(Batch(id=batch_id, organisation_id=world.employer.id, visible_at=None))
    session.flush()
    for part in session.scalars(select(RecordPart).where(RecordPart.employee_id == employee_id)).all():
        columns = {column.name: getattr(part, column.name) for column in RecordPart.__table__.columns}
        session.add(RecordPart(**{**columns, "version": 2, "key_number": 2, "batch_id": batch_id}))
    for key in session.scalars(select(RecordKey).where(RecordKey.employee_id == employee_id)).all():
        columns = {column.name: getattr(key, column.name) for column in RecordKey.__table__.columns}
        session.add(StagedRecordKey(**{**columns, "key_number": 2, "batch_id": batch_id}))
    session.flush()
    end_it(world)
    assert end_shares(session) == 1
    assert list(session.scalars(select(StagedRecordKey.holder_id))) == [vault_of(world)]
    assert set(session.scalars(select(StaleRecordKey.key_number))) == {1, 2}
    assert renew_batch(session, world.actor("Anna")) == 0
    destroy_batch(session, batch_id)
    assert renew_batch(session, world.actor("Anna")) == 1
    assert count(world, StaleRecordKey) == 0
    assert read_employee(session, employee_id, world.actor("Anna")).sight is Sight.OPEN


def test_a_record_that_was_edited_since_is_left_as_it_is(world: World) -> None:
    employee_id = world.employ("MS001", "Yılmaz")
    world.share(employee_id)
    end_it(world)
    end_shares(world.session)
    update_record(
        world.session,
        employee_id,
        card=card("Bos"),
        details=details(),
        expected_version=1,
        actor=world.actor("Anna"),
    )
    sealed = world.session.scalars(select(RecordPart.sealed).order_by(RecordPart.part)).all()
    assert renew_batch(world.session, world.actor("Anna")) == 1
    assert world.session.scalars(select(RecordPart.sealed).order_by(RecordPart.part)).all() == sealed


def test_renewing_goes_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewing, "BATCH_SIZE", 2)
    for number in range(3):
        world.share(world.employ(f"MS00{number}", "Bos"))
    end_it(world)
    end_shares(world.session)
    assert [renew_batch(world.session, world.actor("Anna")) for _ in range(3)] == [2, 1, 0]
    assert set(world.session.scalars(select(RecordPart.key_number))) == {2}


def test_who_is_shared_again_before_it_was_renewed_gets_the_new_key_too(world: World) -> None:
    """The agreement was renewed and the employer shared once more: the service reads on, also after the renewal."""
    employee_id = world.employ("MS001", "Yılmaz")
    world.share(employee_id)
    end_it(world)
    end_shares(world.session)
    world.session.execute(update(ServiceAgreement).values(ends_on=None))
    world.share(employee_id)
    assert renew_batch(world.session, world.actor("Anna")) == 1
    page = read_employee(world.session, employee_id, world.actor("Carla"))
    assert page.card is not None
    assert page.card.last_name == "Yılmaz"
    assert set(world.session.scalars(select(RecordKey.key_number))) == {2}


def test_a_service_renews_nothing(world: World) -> None:
    world.share(world.employ("MS001", "Yılmaz"))
    end_it(world)
    end_shares(world.session)
    assert renew_batch(world.session, world.actor("Carla")) == 0
    assert count(world, DueWork) == 1
