"""Linking an employee's own account to the record: an act on keys (design 2.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from accounts.errors import PermissionDenied
from accounts.models import AccountState
from accounts.permissions import Permission
from audit.models import AuditEntry, AuditSubject
from crypto.source import SeededSource
from keys.check_words import renewed_key
from keys.errors import CheckWordsNotCompared
from organisation.errors import NotFound
from organisation.models import Employee
from tests.vault.employees import hire_employee, link
from tests.vault.test_records import change, newest_keys
from tests.world import World, details
from vault.access import withdraw_access
from vault.errors import AlreadyLinked, LinkEnded, NoVaultAccess
from vault.models import OwnDataLink, RecordKey, StaleRecordKey
from vault.own_data import link_own_data, own_data_link, unlink_own_data
from vault.unlinking import end_lapsed_links
from vault.who_can_open import who_can_open


@pytest.fixture
def eva(world: World) -> UUID:
    """Eva, who is in the vault of Anna's employer and has an account of her own; the id is that in the vault."""
    hire_employee(world)
    return world.employ("MS001", "Yılmaz")


def keys_of_account(world: World, name: str = "Eva") -> int:
    """How many record keys an account holds."""
    statement = select(func.count()).select_from(RecordKey).where(RecordKey.holder_id == world.people[name].id)
    return world.session.scalar(statement) or 0


def is_linked(world: World, employee_id: UUID) -> bool:
    return own_data_link(world.session, employee_id, world.actor("Anna")) is not None


def holders_of_newest(world: World, employee_id: UUID) -> set[UUID]:
    return {row.holder_id for row in newest_keys(world, employee_id)}


def entries(world: World, action: str) -> list[AuditEntry]:
    return list(world.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_linking_hands_over_this_one_record_and_is_in_the_log(world: World, eva: UUID) -> None:
    other = world.employ("MS002", "Bakker")
    link(world, eva)
    assert is_linked(world, eva)
    assert keys_of_account(world) == 1
    assert not is_linked(world, other)
    (entry,) = entries(world, "own_data:link")
    assert (entry.organisation_id, entry.object_id) == (world.employer.id, world.people["Eva"].id)
    assert world.session.scalars(select(AuditSubject.subject_id).where(AuditSubject.entry_id == entry.id)).all() == [
        eva
    ]
    with pytest.raises(AlreadyLinked):
        link(world, eva)


def test_linking_takes_the_right_the_key_and_the_scope(world: World, eva: UUID) -> None:
    world.hire_vault_user("Gerda", "datakluisgebruiker", scope=world.scope("Oven"))
    world.hire("Hans", world.employer, "datakluisgebruiker")
    world.hire("Frits", world.employer, "werkgever")
    for name, refusal in (
        ("Gerda", NotFound),
        ("Hans", NoVaultAccess),
        ("Frits", PermissionDenied),
        ("Bram", NotFound),
        ("Carla", PermissionDenied),
        ("Eva", PermissionDenied),
    ):
        for act in (
            lambda name=name: link(world, eva, by=name),
            lambda name=name: unlink_own_data(world.session, eva, world.actor(name)),
            lambda name=name: own_data_link(world.session, eva, world.actor(name)),
        ):
            with pytest.raises(refusal):
                act()
    assert keys_of_account(world) == 0


def test_only_the_account_of_an_employee_is_linked(world: World, eva: UUID) -> None:
    """Not that of a colleague, of an arbo service, of nobody, nor one that has ended."""
    ended = hire_employee(world, "Ed")
    ended.person.state = AccountState.INACTIVE.value
    world.session.flush()
    for person_id in (world.people["Bram"].id, world.people["Carla"].id, uuid4(), ended.id):
        with pytest.raises(NotFound):
            link_own_data(world.session, eva, person_id, world.actor("Anna"))


def test_unlinking_destroys_the_key_at_once_and_replaces_it_at_the_next_change(world: World, eva: UUID) -> None:
    link(world, eva)
    unlink_own_data(world.session, eva, world.actor("Anna"))
    assert keys_of_account(world) == 0
    assert not is_linked(world, eva)
    assert world.session.get(StaleRecordKey, (eva, 1)) is not None
    assert [entry.details for entry in entries(world, "own_data:unlink")] == [{}]
    change(world, eva)
    assert [row.key_number for row in newest_keys(world, eva)] == [2]
    with pytest.raises(LinkEnded):
        unlink_own_data(world.session, eva, world.actor("Anna"))
    link(world, eva)
    assert is_linked(world, eva)


def test_a_change_keeps_the_account_along_also_under_a_fresh_key(world: World, eva: UUID) -> None:
    world.hire_vault_user("Gerda", "datakluisgebruiker")
    link(world, eva)
    change(world, eva)
    account = world.people["Eva"].id
    assert account in holders_of_newest(world, eva)
    withdraw_access(world.session, world.people["Gerda"].id, world.actor("Anna"))
    change(world, eva)
    assert [row.key_number for row in newest_keys(world, eva)] == [2, 2]
    assert account in holders_of_newest(world, eva)


def test_other_contact_data_end_it_until_it_is_linked_again(world: World, eva: UUID, source: SeededSource) -> None:
    """D-08: whoever reads the former address need not be who reads the new one."""
    link(world, eva)
    source.advance(timedelta(minutes=1))
    change(world, eva, details=details(bsn=None, phone_mobile="0600000001"))
    assert not is_linked(world, eva)
    assert keys_of_account(world) == 0
    assert [row.key_number for row in newest_keys(world, eva)] == [2]
    assert [entry.details for entry in entries(world, "own_data:unlink")] == [{"reason": "contact changed"}]
    link(world, eva)
    change(world, eva, details=details(bsn=None, phone_mobile="0600000001", city="Delft"))
    assert is_linked(world, eva)


def test_a_renewed_key_gets_nothing_until_it_is_linked_with_compared_words(world: World, eva: UUID) -> None:
    """Design 2.3: a renewed key is never granted by itself."""
    link(world, eva)
    world.renew_key("Eva")
    assert not is_linked(world, eva)
    change(world, eva)
    assert world.people["Eva"].id not in holders_of_newest(world, eva)
    with pytest.raises(CheckWordsNotCompared):
        link(world, eva)
    renewed = renewed_key(world.session, world.people["Eva"].id)
    assert renewed is not None
    link_own_data(world.session, eva, world.people["Eva"].id, world.actor("Anna"), compared=renewed.generation)
    assert is_linked(world, eva)
    assert keys_of_account(world) == 1


@pytest.mark.parametrize(
    ("lapse", "reason"),
    [
        (lambda world: world.renew_key("Eva"), "key renewed"),
        (lambda world: setattr(world.people["Eva"].person, "state", AccountState.INACTIVE.value), "account ended"),
    ],
)
def test_what_is_left_of_a_lapsed_link_is_destroyed_without_a_key(
    world: World, eva: UUID, lapse: Callable[[World], object], reason: str
) -> None:
    link(world, eva)
    assert end_lapsed_links(world.session) == 0
    lapse(world)
    world.session.flush()
    assert not is_linked(world, eva)
    assert end_lapsed_links(world.session) == 1
    assert keys_of_account(world) == 0
    assert world.session.get(StaleRecordKey, (eva, 1)) is not None
    (entry,) = entries(world, "own_data:unlink")
    assert (entry.details, entry.organisation_id) == ({"reason": reason}, world.employer.id)
    assert end_lapsed_links(world.session) == 0


def test_a_blocked_account_keeps_its_link(world: World, eva: UUID) -> None:
    """As a blocked user keeps the key: after *Deblokkeren* everything is as before."""
    link(world, eva)
    world.people["Eva"].person.state = AccountState.BLOCKED.value
    world.session.flush()
    assert end_lapsed_links(world.session) == 0
    assert is_linked(world, eva)


def test_of_two_employers_each_links_and_ends_its_own(world: World, eva: UUID) -> None:
    """Design 2.6: nothing of another employer shows."""
    theirs = world.employ("DV001", "Yılmaz", "Pers", by="Bram")
    link(world, eva)
    link(world, theirs, by="Bram")
    unlink_own_data(world.session, theirs, world.actor("Bram"))
    assert is_linked(world, eva)
    assert keys_of_account(world) == 1
    logs = {entry.organisation_id for entry in entries(world, "own_data:unlink")}
    assert logs == {world.other_employer.id}


def test_that_the_employee_can_open_it_shows_to_whoever_may_link_only(world: World, eva: UUID) -> None:
    world.hire_vault_user("Gerda", "datakluisgebruiker")
    world.hire("Hans", world.employer, "datakluisbeheerder")
    world.hire("Frits", world.employer, "leidinggevende")
    world.share(eva)
    assert who_can_open(world.session, eva, world.actor("Anna")).own_account is None
    made = link(world, eva)
    for name in ("Anna", "Gerda"):
        shown = who_can_open(world.session, eva, world.actor(name)).own_account
        assert shown is not None
        assert (shown.since, shown.linked_by) == (made.linked_at, "Anna")
    for name in ("Hans", "Frits", "Carla"):
        assert who_can_open(world.session, eva, world.actor(name)).own_account is None
    assert Permission.OWN_DATA_LINK not in world.actor("Carla").permissions
    unlink_own_data(world.session, eva, world.actor("Anna"))
    assert who_can_open(world.session, eva, world.actor("Anna")).own_account is None


def test_a_link_names_the_employee_of_this_employer(world: World, eva: UUID) -> None:
    made = link(world, eva)
    employee = world.session.get_one(Employee, eva)
    assert (made.organisation_id, made.employee_id) == (employee.organisation_id, eva)
    assert world.session.scalar(select(func.count()).select_from(OwnDataLink)) == 1
