"""What a group may do, and one person besides: who may change it, and that it holds at once (U-14, U-17, U-18)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.actor import Scope
from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from audit.models import AuditEntry
from organisation.administered import find_user
from organisation.authorisations import (
    OFFERED,
    add_ons_of,
    change_add_ons,
    change_group_permissions,
    group_permissions,
)
from organisation.circles import enter_circle, name_first_member
from organisation.errors import LastWayIn, MayNotGrant, NotFound, OwnRights
from organisation.groups import add_group
from organisation.memberships import give_role, take_role
from organisation.models import Membership, Role, UserGroup
from organisation.roles import find_roles
from tests.world import OPERATOR, World


def group(
    world: World, name: str = "Casemanagers", role: str = "casemanager_arbo", organisation: UUID | None = None
) -> UserGroup:
    """A group with a preset role, made by a superbeheerder."""
    if "Super" not in world.people:
        world.hire_arbo("Super", roles=("superbeheerder",))
    kind = "employer" if organisation else "service"
    (preset,) = find_roles(world.session, kind, [role])
    return add_group(world.session, organisation or world.service.id, None, name, preset.id, world.actor("Super"))


def put(world: World, name: str, into: UserGroup) -> None:
    """Put somebody in a group, without any role besides."""
    world.session.get_one(Membership, world.people[name].id).group_id = into.id
    world.session.flush()


def entries(world: World, action: str, organisation: UUID) -> list[dict[str, object]]:
    """The details of what the log of an organisation says of an action."""
    statement = select(AuditEntry).where(AuditEntry.action == action, AuditEntry.organisation_id == organisation)
    return sorted((dict(entry.details) for entry in world.session.scalars(statement)), key=str)


def test_what_a_group_may_holds_at_once_for_its_members(world: World) -> None:
    """U-17: the group gets a role of its own; the preset, and whoever else has it, stay what they were."""
    own = group(world)
    world.hire("Cor", world.service)
    put(world, "Cor", own)
    before = world.actor("Cor").permissions
    wanted = (before - {Permission.SHARE_REQUEST}) | {Permission.SUBSTITUTION_REGISTER}
    change_group_permissions(world.session, own.id, wanted, world.actor("Super"))
    assert world.actor("Cor").permissions == wanted
    assert Permission.SHARE_REQUEST in world.actor("Carla").permissions
    assert entries(world, "group_permission:change", world.service.id) == [
        {"permission": "share:request", "old": "yes", "new": "no"},
        {"permission": "substitution:register", "old": "no", "new": "yes"},
    ]
    change_group_permissions(world.session, own.id, before, world.actor("Super"))
    roles = world.session.scalars(select(Role).where(Role.organisation_id == world.service.id)).all()
    assert [role.key for role in roles] == [f"groep-{own.id}"]
    assert world.actor("Cor").permissions == before


def test_what_stays_the_same_is_not_logged(world: World) -> None:
    """Nor does the group get a role of its own for nothing."""
    own = group(world)
    present = group_permissions(world.session, own.id, world.actor("Super")).present
    change_group_permissions(world.session, own.id, present, world.actor("Super"))
    assert entries(world, "group_permission:change", world.service.id) == []
    assert world.session.scalars(select(Role).where(Role.organisation_id.is_not(None))).all() == []


def test_nobody_changes_the_own_group(world: World) -> None:
    """U-18: a colleague does."""
    own = group(world, "Klantbeheer", "klantbeheer")
    put(world, "Carla", own)
    assert group_permissions(world.session, own.id, world.actor("Carla")).changeable == frozenset()
    with pytest.raises(OwnRights):
        change_group_permissions(world.session, own.id, frozenset(), world.actor("Carla"))


def test_administrative_rights_are_given_and_taken_by_who_has_them(world: World) -> None:
    """Part C: Klantbeheer gives no session settings, no BSN and no medical rights; nor what is not offered."""
    own = group(world)
    held = group_permissions(world.session, own.id, world.actor("Carla"))
    for permission in (Permission.SESSION_SETTING_ADMINISTER, Permission.MEDICAL_GRANT, Permission.BSN_GRANT):
        assert permission not in held.changeable
        with pytest.raises(MayNotGrant):
            change_group_permissions(world.session, own.id, held.present | {permission}, world.actor("Carla"))
    for permission in (Permission.MEDICAL_READ, Permission.BSN_READ, Permission.VAULT_READ, Permission.VAULT_OPEN):
        assert permission not in OFFERED["service"] | OFFERED["employer"]
        with pytest.raises(MayNotGrant):
            change_group_permissions(world.session, own.id, held.present | {permission}, world.actor("Super"))
    change_group_permissions(
        world.session, own.id, held.present | {Permission.SESSION_SETTING_ADMINISTER}, world.actor("Super")
    )
    with pytest.raises(MayNotGrant):
        change_group_permissions(world.session, own.id, held.present, world.actor("Carla"))


def test_a_group_of_somebody_elses_organisation_does_not_exist(world: World) -> None:
    """D-rule 16: another service's, and for a service with a smaller scope that of an employer out of it."""
    own = group(world)
    theirs = group(world, "Bakkers", "werkgever", world.employer.id)
    with pytest.raises(NotFound):
        group_permissions(world.session, own.id, world.actor("Dirk"))
    world.hire_arbo("Cor", roles=("klantbeheer",), scope=Scope(False, frozenset({world.garage.id})))
    with pytest.raises(NotFound):
        change_group_permissions(world.session, theirs.id, frozenset(), world.actor("Cor"))
    with pytest.raises(PermissionDenied):
        group_permissions(world.session, theirs.id, world.actor("Anna"))
    change_group_permissions(world.session, theirs.id, frozenset({Permission.START_SEE}), world.actor("Carla"))
    for log in (world.employer.id, world.service.id):
        assert len(entries(world, "group_permission:change", log)) == 13


def test_somebody_who_can_let_others_in_remains(world: World) -> None:
    """D-rule 18, of the service and of the medical circle."""
    own = group(world, "Beheer", "superbeheerder")
    sanne = world.hire_arbo("Sanne", roles=("superbeheerder", "medisch"))
    name_first_member(world.session, world.service, sanne.id, OPERATOR)
    enter_circle(world.session, world.actor("Sanne"))
    take_role(world.session, sanne.id, "superbeheerder", OPERATOR)
    put(world, "Sanne", own)
    present = group_permissions(world.session, own.id, world.actor("Super")).present
    with pytest.raises(LastWayIn):
        change_group_permissions(world.session, own.id, present - {Permission.MEDICAL_GRANT}, world.actor("Super"))


def test_add_ons_are_given_and_taken_by_who_may(world: World) -> None:
    """U-26, U-29: each change is logged; medical rights and vault roles are no part of it."""
    cor = world.hire_arbo("Cor")
    group(world)
    change_add_ons(world.session, cor.id, frozenset({"plaatsvervanging"}), world.actor("Carla"))
    assert Permission.SUBSTITUTION_REGISTER in world.actor("Cor").permissions
    with pytest.raises(MayNotGrant):
        change_add_ons(world.session, cor.id, frozenset({"plaatsvervanging", "bsn_inzage"}), world.actor("Carla"))
    change_add_ons(world.session, cor.id, frozenset({"bsn_inzage"}), world.actor("Super"))
    assert Permission.SUBSTITUTION_REGISTER not in world.actor("Cor").permissions
    assert Permission.BSN_READ in world.actor("Cor").permissions
    with pytest.raises(MayNotGrant):
        change_add_ons(world.session, cor.id, frozenset(), world.actor("Carla"))
    change_add_ons(world.session, cor.id, frozenset({"bsn_inzage", "medisch"}), world.actor("Super"))
    assert Permission.MEDICAL_READ not in world.actor("Cor").permissions
    user = find_user(world.session, cor.id, world.actor("Super"))
    assert {line.key: line.may_change for line in add_ons_of(world.session, user, world.actor("Carla"))} == {
        "bsn_inzage": False,
        "medische_documenten_uploaden": False,
        "plaatsvervanging": True,
    }
    assert entries(world, "role:take", world.service.id) == [{"role": "plaatsvervanging"}]


def test_nobody_gives_himself_anything(world: World) -> None:
    """U-18; nor to somebody who may administer more."""
    group(world)
    with pytest.raises(OwnRights):
        change_add_ons(world.session, world.people["Super"].id, frozenset({"bsn_inzage"}), world.actor("Super"))
    with pytest.raises(MayNotGrant):
        change_add_ons(world.session, world.people["Super"].id, frozenset(), world.actor("Carla"))
    with pytest.raises(NotFound):
        change_add_ons(world.session, world.people["Dirk"].id, frozenset(), world.actor("Carla"))
    give_role(world.session, world.people["Anna"].id, "gebruikersbeheer", OPERATOR)
    with pytest.raises(NotFound):
        change_add_ons(world.session, world.people["Carla"].id, frozenset(), world.actor("Anna"))
