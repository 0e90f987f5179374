"""Opening the vault (K-07, K-09, D-rule 19)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from keys.grants import recipients
from organisation.errors import NotFound
from tests.world import World, card, details
from vault.agreements import register_signatory
from vault.errors import SignatoryMissing, VaultAlreadyOpen, VaultClosed
from vault.opening import VaultState, open_vault, vault_state
from vault.records import create_record


def test_a_vault_opens_only_after_a_signatory_is_registered(closed_world: World) -> None:
    """K-09."""
    session, anna = closed_world.session, closed_world.actor("Anna")
    assert vault_state(session, anna) is VaultState.NO_SIGNATORY
    with pytest.raises(SignatoryMissing):
        open_vault(session, anna)
    register_signatory(session, name="Dirk Directeur", email="directeur@example.org", actor=anna)
    assert vault_state(session, anna) is VaultState.CLOSED
    vault = open_vault(session, anna)
    assert vault_state(session, anna) is VaultState.OPEN
    assert [grant.recipient_id for grant in recipients(session, vault.holder_id)] == [anna.person_id]
    assert closed_world.actor("Anna").keys.secret(session, vault.holder_id)


def test_nothing_can_be_written_before_that(closed_world: World) -> None:
    """D-rule 19: imports before activation would leak."""
    with pytest.raises(VaultClosed):
        create_record(
            closed_world.session,
            personnel_number="MS001",
            card=card(),
            details=details(),
            employment=closed_world.employment(),
            actor=closed_world.actor("Anna"),
        )


def test_a_vault_opens_once(world: World) -> None:
    """A second key would hide what the first one sealed."""
    with pytest.raises(VaultAlreadyOpen):
        open_vault(world.session, world.actor("Anna"))


def test_only_an_administrator_of_the_employer_opens_it(closed_world: World) -> None:
    """K-07, D-rule 18: not a user, not the arbo side, whatever its roles say."""
    session = closed_world.session
    register_signatory(session, name="D", email="d@example.org", actor=closed_world.actor("Anna"))
    closed_world.hire("Frits", closed_world.employer, "werkgever", "datakluisgebruiker")
    for name in ("Frits", "Carla"):
        with pytest.raises(PermissionDenied):
            open_vault(session, closed_world.actor(name))
    carla = closed_world.actor("Carla")
    with pytest.raises(NotFound):
        open_vault(session, replace(carla, permissions=carla.permissions | {Permission.VAULT_OPEN}))
