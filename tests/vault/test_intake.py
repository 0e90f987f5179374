"""The service takes in what was shared (S-13, design 2.2)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from audit.models import AuditEntry
from keys.models import SealedForm
from tests.world import World
from vault import intake
from vault.errors import NoVaultAccess
from vault.intake import take_in_shares
from vault.models import RecordKey
from vault.tree import names


def test_whoever_comes_first_takes_in_all_of_it_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Design 2.2: each batch with its entry; the second time there is nothing to do, and nothing in the log."""
    monkeypatch.setattr(intake, "BATCH_SIZE", 2)
    people = [world.employ(f"MS{number}", "Bos") for number in range(3)]
    for employee_id in people:
        world.share(employee_id)
    assert take_in_shares(world.session, world.actor("Carla")) == 3
    assert take_in_shares(world.session, world.actor("Carla")) == 0
    entries = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "share:intake")).all()
    assert sorted(entry.details["count"] for entry in entries) == [1, 2]
    forms = world.session.scalars(select(RecordKey.form).where(RecordKey.holder_id == world.service.holder_id))
    assert set(forms) == {SealedForm.WRAPPED}
    assert names(world.session, world.actor("Carla"), people) == dict.fromkeys(people, "E. Bos")


def test_a_record_opens_before_it_was_taken_in(world: World) -> None:
    """Design 2.2: intake makes it fast, not possible."""
    employee_id = world.employ("MS001", "Bos")
    world.share(employee_id)
    assert names(world.session, world.actor("Carla"), [employee_id]) == {employee_id: "E. Bos"}


def test_who_waits_to_be_admitted_takes_in_nothing(world: World) -> None:
    """Design 2.1: *wacht op toelating*."""
    world.hire("Cor", world.service, "casemanager_arbo")
    world.hire("Piet", world.service, "privacyfunctionaris")
    with pytest.raises(NoVaultAccess):
        take_in_shares(world.session, world.actor("Cor"))
    with pytest.raises(PermissionDenied):
        take_in_shares(world.session, world.actor("Piet"))
