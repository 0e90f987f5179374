"""Whom of the colleagues a member may see and give work to (U-16, D-rule 30)."""

from __future__ import annotations

from uuid import UUID

from organisation.models import Membership, PeopleScope, UserGroup
from organisation.visible_people import people_in_view
from tests.world import World


def names(world: World, name: str) -> list[str]:
    """The colleagues whom a member may see."""
    return [member.name for member in people_in_view(world.session, world.actor(name))]


def group(world: World, name: str, parent: UserGroup | None = None, *, sees_all: bool = False) -> UserGroup:
    """A new group of Bakkerij Mulder."""
    made = UserGroup(
        id=world.session.source.new_id(),
        organisation_id=world.employer.id,
        parent_id=parent.id if parent else None,
        name=name,
        whole_scope=False,
        sees_all_people=sees_all,
        created_at=world.session.source.now(),
    )
    world.session.add(made)
    world.session.flush()
    return made


def limit(world: World, name: str, *targets: UUID) -> Membership:
    """Let a member see only those people and groups."""
    member = world.session.get_one(Membership, world.people[name].id)
    member.sees_all_people = False
    _tick(world, member.person_id, *targets)
    return member


def _tick(world: World, owner_id: UUID, *targets: UUID) -> None:
    world.session.add_all(
        PeopleScope(owner_id=owner_id, target_id=target, organisation_id=world.employer.id) for target in targets
    )
    world.session.flush()


def test_whoever_sees_all_sees_the_own_organisation_only(world: World) -> None:
    """U-16: never a user of another employer, nor of the arbo service."""
    world.hire("Frits", world.employer, "leidinggevende")
    assert names(world, "Frits") == ["Anna", "Frits"]
    assert names(world, "Carla") == ["Carla"]


def test_whoever_sees_some_sees_those_and_the_groups_ticked(world: World) -> None:
    """U-16: a group with those below it."""
    for name in ("Frits", "Gerda", "Hans", "Ilse"):
        world.hire(name, world.employer, "leidinggevende")
    above = group(world, "Leiding")
    within = group(world, "Teamleiders", above)
    world.session.get_one(Membership, world.people["Hans"].id).group_id = within.id
    limit(world, "Frits", world.people["Gerda"].id, above.id)
    assert names(world, "Frits") == ["Frits", "Gerda", "Hans"]
    limit(world, "Ilse")
    assert names(world, "Ilse") == ["Ilse"]


def test_a_foreign_user_who_is_ticked_is_not_seen(world: World) -> None:
    """D-rule 30: not through a row that should not be there either."""
    world.hire("Frits", world.employer, "leidinggevende")
    limit(world, "Frits", world.people["Bram"].id)
    assert names(world, "Frits") == ["Frits"]


def test_with_take_over_what_the_group_may_see_counts(world: World) -> None:
    """U-12: people ticked for the group, or all."""
    for name in ("Frits", "Gerda"):
        world.hire(name, world.employer, "leidinggevende")
    own = group(world, "Leiding")
    member = limit(world, "Frits")
    member.group_id = own.id
    _tick(world, own.id, world.people["Gerda"].id)
    assert names(world, "Frits") == ["Frits"]
    member.takes_over = True
    world.session.flush()
    assert names(world, "Frits") == ["Frits", "Gerda"]
    own.sees_all_people = True
    world.session.flush()
    assert names(world, "Frits") == ["Anna", "Frits", "Gerda"]
