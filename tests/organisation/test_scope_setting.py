"""Ticking what somebody sees, and whom (U-12, U-15, U-16, U-18)."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from accounts.actor import Scope
from accounts.errors import PermissionDenied
from audit.models import AuditEntry
from organisation.errors import NotFound, OwnRights, UnknownUnit
from organisation.memberships import give_role
from organisation.models import Membership
from organisation.scope_setting import TickedPage, find_owner, people_of, scope_of, set_people, set_scope
from organisation.scope_tree import Branch, people_tree, scope_tree, shown_ids
from organisation.users import move_user
from organisation.visible_people import people_in_view
from tests.organisation.test_authorisations import group
from tests.organisation.test_tree import add, counts
from tests.organisation.user_management import make_user
from tests.world import OPERATOR, World


def tick(
    world: World,
    name: str,
    *units: UUID,
    shown: tuple[UUID, ...] = (),
    whole: bool = False,
    takes_over: bool = False,
    by: str = "Carla",
) -> None:
    """Let somebody see these units, of those that the page showed."""
    owner = find_owner(world.session, world.people[name].id, world.actor(by), group=False)
    page = TickedPage(whole, frozenset(units), frozenset({*units, *shown}), takes_over)
    set_scope(world.session, owner, page, world.actor(by))


def logged(world: World, prefix: str) -> list[tuple[str, str]]:
    """What the log of the employer says."""
    statement = select(AuditEntry).where(
        AuditEntry.organisation_id == world.employer.id, AuditEntry.action.startswith(prefix)
    )
    return sorted(
        (entry.action, " ".join(map(str, entry.details.values()))) for entry in world.session.scalars(statement)
    )


def test_what_is_ticked_is_seen_at_once_and_logged(world: World) -> None:
    """U-15: with old and new value, one entry a unit; what the page did not show stays."""
    one = add(world, "MS001")
    world.hire("Frits", world.employer, "leidinggevende", scope=world.scope("Oven"))
    winkel, oven = world.departments["Winkel"].id, world.departments["Oven"].id
    tick(world, "Frits", winkel, one)
    assert set(counts(world, "Frits")) == {"Oven", "Winkel"}
    tick(world, "Frits", one, shown=(winkel,))
    assert set(counts(world, "Frits")) == {"Oven", "Winkel"}
    tick(world, "Frits", shown=(one, oven))
    assert counts(world, "Frits") == {}
    tick(world, "Frits", whole=True, takes_over=True)
    assert world.actor("Frits").scope.whole
    assert [entry for entry in logged(world, "scope:") if entry[0] == "scope:change"] == [
        ("scope:change", "ticked whole or taken over")
    ]
    assert len(logged(world, "scope:give")) == 2
    assert len(logged(world, "scope:take")) == 3


def test_only_parts_of_the_own_organisation_in_ones_own_view_can_be_ticked(world: World) -> None:
    """D-rule 16: neither another employer's, nor what the actor does not see."""
    theirs = add(world, "DV001", "Pers", by="Bram")
    world.hire("Frits", world.employer, "leidinggevende", scope=world.scope())
    for unit in (theirs, world.departments["Pers"].id, world.garage.id, world.departments["Werkplaats"].id, uuid4()):
        with pytest.raises(UnknownUnit):
            tick(world, "Frits", unit)
    world.hire_arbo("Cor", scope=Scope(False))
    world.hire_arbo("Clara", roles=("klantbeheer",), scope=Scope(False, frozenset({world.garage.id})))
    with pytest.raises(UnknownUnit):
        tick(world, "Cor", world.employer.id, by="Clara")
    with pytest.raises(PermissionDenied):
        tick(world, "Cor", whole=True, by="Clara")
    tick(world, "Cor", world.garage.id, by="Clara")
    assert set(counts(world, "Cor")) == {"Werkplaats"}


def test_nobody_lets_somebody_take_over_more_than_the_actor_sees(world: World) -> None:
    """U-12, U-18: else whoever sees one employer makes a second account that sees them all."""
    wide, narrow = group(world, "Breed", "casemanager_arbo"), group(world, "Smal", "casemanager_arbo")
    wide.whole_scope = True
    garage = frozenset({world.garage.id})
    owner = find_owner(world.session, narrow.id, world.actor("Carla"), group=True)
    set_scope(world.session, owner, TickedPage(False, garage, garage), world.actor("Carla"))
    world.hire_arbo("Clara", roles=("klantbeheer",), scope=Scope(False, garage))
    cor = world.hire_arbo("Cor", scope=Scope(False))
    member = world.session.get_one(Membership, cor.id)

    member.group_id = wide.id
    world.session.flush()
    with pytest.raises(PermissionDenied):
        tick(world, "Cor", takes_over=True, by="Clara")
    move_user(world.session, cor.id, narrow.id, world.actor("Clara"))
    tick(world, "Cor", takes_over=True, by="Clara")
    with pytest.raises(PermissionDenied):
        move_user(world.session, cor.id, wide.id, world.actor("Clara"))

    inside = make_user(world, narrow, by="Clara")
    outside = make_user(world, wide, by="Clara", login_name="oost.nieuw", email="oost@example.org")
    assert world.session.get_one(Membership, inside.id).takes_over
    assert not world.session.get_one(Membership, outside.id).takes_over


def test_nobody_widens_the_own_scope_or_that_of_the_own_group(world: World) -> None:
    """U-18."""
    with pytest.raises(OwnRights):
        tick(world, "Carla", whole=True)
    own = group(world, "Klantbeheer", "klantbeheer")
    world.session.get_one(Membership, world.people["Carla"].id).group_id = own.id
    world.session.flush()
    owner = find_owner(world.session, own.id, world.actor("Carla"), group=True)
    for change in (set_scope, set_people):
        with pytest.raises(OwnRights):
            change(world.session, owner, TickedPage(True, frozenset(), frozenset()), world.actor("Carla"))
    with pytest.raises(NotFound):
        find_owner(world.session, own.id, world.actor("Dirk"), group=True)
    with pytest.raises(PermissionDenied):
        find_owner(world.session, world.people["Anna"].id, world.actor("Anna"), group=False)


def test_a_group_sees_what_is_ticked_for_those_who_take_it_over(world: World) -> None:
    """U-12."""
    own = group(world, "Leiding", "leidinggevende", world.employer.id)
    world.hire("Frits", world.employer, scope=world.scope())
    member = world.session.get_one(Membership, world.people["Frits"].id)
    member.group_id, member.takes_over = own.id, True
    owner = find_owner(world.session, own.id, world.actor("Carla"), group=True)
    oven = world.departments["Oven"].id
    set_scope(world.session, owner, TickedPage(False, frozenset({oven}), frozenset({oven})), world.actor("Carla"))
    assert scope_of(world.session, owner).targets == {oven}
    assert set(counts(world, "Frits")) == {"Oven"}
    set_scope(world.session, owner, TickedPage(False, frozenset(), frozenset({oven})), world.actor("Carla"))
    assert counts(world, "Frits") == {}


def test_whom_somebody_sees_are_users_of_the_own_organisation(world: World) -> None:
    """U-16, D-rule 30: never those of another employer."""
    for name in ("Frits", "Gerda"):
        world.hire(name, world.employer, "leidinggevende")
    gerda, bram = world.people["Gerda"].id, world.people["Bram"].id
    owner = find_owner(world.session, world.people["Frits"].id, world.actor("Carla"), group=False)
    set_people(world.session, owner, TickedPage(False, frozenset({gerda}), frozenset({gerda})), world.actor("Carla"))
    assert people_of(world.session, owner).targets == {gerda}
    assert [each.name for each in people_in_view(world.session, world.actor("Frits"))] == ["Frits", "Gerda"]
    with pytest.raises(UnknownUnit):
        set_people(world.session, owner, TickedPage(False, frozenset({bram}), frozenset({bram})), world.actor("Carla"))
    set_people(world.session, owner, TickedPage(False, frozenset(), frozenset({gerda})), world.actor("Carla"))
    assert [each.name for each in people_in_view(world.session, world.actor("Frits"))] == ["Frits"]
    assert [action for action, _ in logged(world, "people_scope:")] == [
        "people_scope:change", "people_scope:give", "people_scope:take",
    ]  # fmt: skip


def test_the_trees_show_what_the_actor_sees_and_no_more(world: World) -> None:
    """K-02: employees as numbers, a level at a time, and the look at them is logged."""
    add(world, "MS001")
    world.hire("Frits", world.employer, "leidinggevende")
    actor = world.actor("Carla")
    frits = find_owner(world.session, world.people["Frits"].id, actor, group=False)
    shut = scope_tree(world.session, frits, None, 1, actor)
    assert labels(shut) == ["Oven", "Winkel"]
    opened = scope_tree(world.session, frits, world.departments["Winkel"].id, 1, actor)
    assert labels(opened) == ["Oven", "Winkel", "MS001"]
    assert len(shown_ids(opened)) == 3
    cor = world.hire_arbo("Cor", scope=Scope(False))
    owner = find_owner(world.session, cor.id, actor, group=False)
    assert labels(scope_tree(world.session, owner, None, 1, actor)) == ["1. Klanten", "Bakkerij Mulder", "Garage Smit"]
    assert "Winkel" in labels(scope_tree(world.session, owner, world.employer.id, 1, actor))
    give_role(world.session, world.people["Anna"].id, "gebruikersbeheer", OPERATOR)
    anna = world.actor("Anna")
    own = find_owner(world.session, world.people["Frits"].id, anna, group=False)
    assert "Anna" in labels(people_tree(world.session, own, None))
    assert "Frits" not in labels(people_tree(world.session, own, None))


def labels(branches: list[Branch]) -> list[str]:
    """What a tree shows, from the top."""
    return [label for branch in branches for label in (branch.label, *labels(branch.below))]
