"""What an employee sees of the own records, and of nobody else's (AVG art. 15; design 2.2)."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select

from accounts.errors import PermissionDenied
from audit.models import AuditEntry, AuditSubject
from organisation.errors import NotFound
from organisation.models import EMPLOYEES_ID
from tests.vault.employees import hire_employee, link
from tests.vault.test_records import change
from tests.world import TEST_BSN, World, card, details
from vault.errors import BsnUnknown, NoVaultAccess
from vault.models import RecordKey
from vault.own_data import unlink_own_data
from vault.own_records import read_own_bsn, read_own_data


@pytest.fixture
def eva(world: World) -> UUID:
    """Eva, linked to her record at Anna's employer."""
    hire_employee(world)
    employee_id = world.employ("MS001", "Yılmaz")
    link(world, employee_id)
    return employee_id


def logs_with(world: World, action: str) -> dict[UUID, list[UUID]]:
    """In which logs an action stands, each with its subjects."""
    statement = select(AuditEntry.organisation_id, AuditSubject.subject_id).join(
        AuditSubject, AuditSubject.entry_id == AuditEntry.id
    )
    found: dict[UUID, list[UUID]] = {}
    for organisation_id, subject_id in world.session.execute(statement.where(AuditEntry.action == action)):
        found.setdefault(organisation_id, []).append(subject_id)
    return found


def test_the_own_record_opens_as_the_employer_has_it_without_the_bsn(world: World, eva: UUID) -> None:
    world.employ("MS002", "Bakker")
    (found,) = read_own_data(world.session, world.actor("Eva"))
    assert (found.employer, found.personnel_number, found.card) == ("Bakkerij Mulder", "MS001", card("Yılmaz"))
    assert found.details == details().without_bsn()
    assert found.bsn_masked == "•••• •• •19"
    assert [line.department for line in found.employments] == ["Winkel"]
    assert found.shared_with == ()
    assert logs_with(world, "own_data:read") == {EMPLOYEES_ID: [eva], world.employer.id: [eva]}


def test_a_later_change_and_share_are_seen(world: World, eva: UUID) -> None:
    share = world.share(eva)
    change(world, eva)
    (found,) = read_own_data(world.session, world.actor("Eva"))
    assert found.card.last_name == "Yılmaz-Bos"
    assert [(shared.service, shared.since) for shared in found.shared_with] == [("Noord", share.shared_at)]


def test_of_two_employers_both_are_seen_and_each_is_told_of_its_own(world: World, eva: UUID) -> None:
    """Design 2.6: neither learns of the other."""
    theirs = world.employ("DV001", "Yılmaz", "Pers", by="Bram")
    link(world, theirs, by="Bram")
    found = read_own_data(world.session, world.actor("Eva"))
    assert [record.employer for record in found] == ["Bakkerij Mulder", "Drukkerij Visser"]
    logs = logs_with(world, "own_data:read")
    assert (logs[world.employer.id], logs[world.other_employer.id]) == ([eva], [theirs])


def test_the_bsn_is_read_by_an_act_of_its_own(world: World, eva: UUID) -> None:
    assert read_own_bsn(world.session, eva, world.actor("Eva")) == TEST_BSN
    assert logs_with(world, "bsn:read") == {EMPLOYEES_ID: [eva], world.employer.id: [eva]}
    change(world, eva, remove_bsn=True)
    with pytest.raises(BsnUnknown):
        read_own_bsn(world.session, eva, world.actor("Eva"))


def test_nothing_of_another_is_found(world: World, eva: UUID) -> None:
    other = world.employ("MS002", "Bakker")
    hire_employee(world, "Ed")
    assert read_own_data(world.session, world.actor("Ed")) == []
    for name, employee_id in (("Eva", other), ("Ed", eva), ("Eva", uuid4())):
        with pytest.raises(NotFound):
            read_own_bsn(world.session, employee_id, world.actor(name))
    for name in ("Anna", "Carla"):
        with pytest.raises(PermissionDenied):
            read_own_data(world.session, world.actor(name))


def test_who_is_unlinked_sees_nothing(world: World, eva: UUID) -> None:
    unlink_own_data(world.session, eva, world.actor("Anna"))
    assert read_own_data(world.session, world.actor("Eva")) == []


def test_without_the_key_nothing_opens(world: World, eva: UUID) -> None:
    """The row of the link alone is no key."""
    former = world.session.scalars(select(RecordKey).where(RecordKey.holder_id == world.people["Eva"].id)).one()
    kept = {column.name: getattr(former, column.name) for column in RecordKey.__table__.columns}
    world.session.execute(delete(RecordKey).where(RecordKey.holder_id == world.people["Eva"].id))
    world.session.add(RecordKey(**{**kept, "key_number": 9}))
    world.session.flush()
    with pytest.raises(NoVaultAccess):
        read_own_data(world.session, world.actor("Eva"))
