"""The key that goes along with a substitution: held back, destroyed, and never another one (M-05; D-rule 48)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.actor import Scope
from accounts.permissions import Permission
from audit.actions import Action
from audit.models import AuditEntry
from crypto.source import SeededSource
from keys.grants import count_recipients, recipients
from keys.holders import current_generation, make_next_generation
from keys.models import HolderGeneration
from keys.places import public_key_message
from organisation.admission import admit, enter_service, service_holder, waiting_members
from organisation.memberships import give_role
from organisation.substitution import (
    end_overdue,
    end_substitution,
    hand_out_keys,
)
from portal.worker import PURGES
from tests.organisation.substituting import DAY, RIGHT, can_open, grants_of, make_office, register
from tests.world import World
from vault.next_generations import make_due_generation
from vault.recovery_sheets import ways_back


@pytest.fixture
def office(world: World) -> World:
    """An office with Carla, Cor and Wim."""
    return make_office(world)


def test_the_key_is_handed_over_at_once_held_back_and_destroyed(office: World, source: SeededSource) -> None:
    """D-rule 48: the server holds it back, and destroys it without anybody logged in."""
    register(office, "Cor", "Wim", 1, 1)
    (grant,) = grants_of(office, "Wim")
    holder_id = grant.holder_id
    assert not can_open(office, "Wim")
    assert not office.actor("Wim").keys.can_open(office.session, holder_id)
    assert count_recipients(office.session, holder_id) == 2

    source.advance(DAY)
    assert can_open(office, "Wim")
    assert count_recipients(office.session, holder_id) == 3
    assert end_overdue(office.session) == 0

    source.advance(DAY)
    assert not can_open(office, "Wim"), "also before the worker comes by"
    assert end_overdue in PURGES
    assert end_overdue(office.session) == 1
    assert grants_of(office, "Wim") == []
    assert end_overdue(office.session) == 0
    lapse = office.session.scalars(select(AuditEntry).where(AuditEntry.action == Action.SUBSTITUTION_LAPSE)).one()
    assert (lapse.actor_id, lapse.organisation_id) == (None, office.service.id)


def test_who_has_the_key_is_handed_none_and_keeps_his_own(office: World, source: SeededSource) -> None:
    register(office, "Carla", "Cor", 0, 0)
    assert [grant.substitution_id for grant in grants_of(office, "Cor")] == [None]

    source.advance(DAY)
    end_overdue(office.session)
    assert can_open(office, "Cor")


def test_nothing_is_handed_over_where_the_absent_person_has_no_key_or_reads_nothing(office: World) -> None:
    office.hire("Nel", office.service, "casemanager_arbo")
    register(office, "Nel", "Wim", 0, 0)
    register(office, "Wim", "Nel", 1, 2)

    assert grants_of(office, "Wim") == grants_of(office, "Nel") == []


def test_no_key_of_a_vault_goes_along(office: World) -> None:
    """D-rule 48: the absent person opens the vault, the substitute sees Anoniem."""
    give_role(office.session, office.people["Anna"].id, RIGHT, office.actor("Anna").who)
    office.hire("Gerda", office.employer, "leidinggevende", scope=office.scope("Oven"))
    register(office, "Anna", "Gerda", by="Anna")

    gerda = office.actor("Gerda")
    assert gerda.scope.whole
    assert Permission.EMPLOYEE_WRITE in gerda.permissions
    assert Permission.VAULT_READ not in gerda.permissions
    assert grants_of(office, "Gerda") == []


def test_who_was_not_let_in_lets_nobody_in_by_a_substitution(office: World) -> None:
    """Design 2.3 and 2.7: whose login was reset would else get in by way of a second account."""
    office.hire("Bea", office.service, "casemanager_arbo", RIGHT)
    register(office, "Cor", "Wim", by="Bea")
    assert hand_out_keys(office.session, office.actor("Bea")) == 0
    assert hand_out_keys(office.session, office.actor("Carla")) == 0
    assert grants_of(office, "Wim") == []

    enter_service(office.session, office.actor("Bea"))
    (line,) = waiting_members(office.session, office.actor("Carla"))
    admit(office.session, line.admission_id, office.actor("Carla"))
    assert hand_out_keys(office.session, office.actor("Carla")) == 1
    assert can_open(office, "Wim")
    assert hand_out_keys(office.session, office.actor("Carla")) == 0


def test_a_key_for_a_second_period_waits_until_the_first_is_over(office: World, source: SeededSource) -> None:
    register(office, "Cor", "Wim", 0, 0)
    register(office, "Cor", "Wim", 2, 3)
    assert hand_out_keys(office.session, office.actor("Carla")) == 0
    assert len(grants_of(office, "Wim")) == 1

    source.advance(DAY)
    end_overdue(office.session)
    assert hand_out_keys(office.session, office.actor("Carla")) == 1
    assert not can_open(office, "Wim")
    source.advance(DAY)
    assert can_open(office, "Wim")


def test_a_renewed_key_is_never_handed_anything_by_itself(office: World) -> None:
    """Design 2.3: it takes the check words, which a substitution does not have."""
    wim = office.people["Wim"].id
    first = office.session.get_one(HolderGeneration, (wim, 1))
    office.session.add(
        HolderGeneration(
            holder_id=wim,
            number=2,
            public_key=first.public_key,
            public_key_mac=first.public_key_mac,
            previous_sealed=None,
            created_at=office.session.source.now(),
            index_sealed=None,
        )
    )
    _remac(office, wim)
    register(office, "Cor", "Wim")

    assert grants_of(office, "Wim") == []


def _remac(office: World, person_id: UUID) -> None:
    row = office.session.get_one(HolderGeneration, (person_id, 2))
    row.public_key_mac = office.session.package_key("keys").mac(public_key_message(person_id, 2, row.public_key))
    office.session.flush()


def test_the_next_generation_carries_the_dates_along_and_is_due_when_the_key_was_taken_back(
    office: World, source: SeededSource
) -> None:
    substitution = register(office, "Cor", "Wim", 0, 0)
    (grant,) = grants_of(office, "Wim")
    carla = office.actor("Carla")
    make_next_generation(office.session, grant.holder_id, carla.keys, by=carla.who)

    old, new = grants_of(office, "Wim")
    assert new.generation == old.generation + 1
    assert (new.substitution_id, new.not_before, new.not_after) == (
        substitution.id,
        old.not_before,
        old.not_after,
    )

    end_substitution(office.session, substitution.id, office.actor("Carla"))
    assert grants_of(office, "Wim") == []
    generation = current_generation(office.session, grant.holder_id)
    assert make_due_generation(office.session, office.actor("Cor"))
    assert current_generation(office.session, grant.holder_id) == generation + 1
    assert not make_due_generation(office.session, office.actor("Cor"))
    assert not can_open(office, "Wim")


def test_what_is_over_is_not_carried_into_the_next_generation(office: World, source: SeededSource) -> None:
    register(office, "Cor", "Wim", 0, 0)
    source.advance(DAY)
    carla = office.actor("Carla")
    make_next_generation(office.session, service_holder(office.session, carla), carla.keys, by=carla.who)

    assert len(grants_of(office, "Wim")) == 1, "the old one, that the worker destroys"


def test_a_later_admission_is_for_good(office: World, source: SeededSource) -> None:
    office.hire("Nel", office.service, "casemanager_arbo", scope=Scope(False))
    enter_service(office.session, office.actor("Nel"))
    register(office, "Cor", "Nel", 0, 0)
    assert can_open(office, "Nel")
    (line,) = waiting_members(office.session, office.actor("Carla"))
    admit(office.session, line.admission_id, office.actor("Carla"))

    source.advance(DAY)
    end_overdue(office.session)
    assert can_open(office, "Nel")
    assert [grant.not_after for grant in grants_of(office, "Nel")] == [None]


def test_a_substitute_is_no_way_back(office: World) -> None:
    """Design 2.1: what asks for a second person or a sheet is not stilled by a key that goes away again."""
    before = ways_back(office.session, office.actor("Carla"))
    register(office, "Cor", "Wim")

    assert ways_back(office.session, office.actor("Carla")) == before
    holder_id = service_holder(office.session, office.actor("Carla"))
    assert office.people["Wim"].id in {view.recipient_id for view in recipients(office.session, holder_id)}
