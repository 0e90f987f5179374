"""Record keys move to the newest generation in batches (design 2.1)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from audit.models import AuditEntry
from tests.world import World, card, details
from vault import rewrapping
from vault.access import withdraw_access
from vault.dossiers import Sight, read_employee
from vault.errors import NoVaultAccess
from vault.models import RecordKey
from vault.records import update_record
from vault.rewrapping import rewrap_batch


def test_keys_move_in_batches_and_still_open(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Design 2.1: old rows are re-wrapped in batches."""
    monkeypatch.setattr(rewrapping, "BATCH_SIZE", 2)
    frits = world.hire_vault_user("Frits", "datakluisgebruiker")
    people = [world.employ(f"MS{number}", "Bos") for number in range(3)]
    assert rewrap_batch(world.session, world.actor("Anna")) == 0
    withdraw_access(world.session, frits.id, world.actor("Anna"))
    assert [rewrap_batch(world.session, world.actor("Anna")) for _ in range(3)] == [2, 1, 0]
    assert set(world.session.scalars(select(RecordKey.generation))) == {2}
    for employee_id in people:
        assert read_employee(world.session, employee_id, world.actor("Anna")).sight is Sight.OPEN
    entries = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "key:rewrap")).all()
    assert sorted(entry.details["count"] for entry in entries) == [1, 2]


def test_a_key_that_lived_through_a_withdrawal_is_replaced_all_the_same(world: World) -> None:
    """Design 2.1: re-wrapping does not make a key unknown to who knew it."""
    frits = world.hire_vault_user("Frits", "datakluisgebruiker")
    employee_id = world.employ("MS001", "Bos")
    withdraw_access(world.session, frits.id, world.actor("Anna"))
    rewrap_batch(world.session, world.actor("Anna"))
    update_record(
        world.session,
        employee_id,
        card=card("Nieuw"),
        details=details(),
        expected_version=1,
        actor=world.actor("Anna"),
    )
    assert set(world.session.scalars(select(RecordKey.key_number))) == {1, 2}


def test_without_the_key_nothing_moves(world: World) -> None:
    """D-rule 17."""
    world.hire("Hans", world.employer, "datakluisgebruiker")
    with pytest.raises(NoVaultAccess):
        rewrap_batch(world.session, world.actor("Hans"))
