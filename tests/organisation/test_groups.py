"""Groups of users (U-02, U-03, U-05, U-17, U-24)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from audit.models import AuditEntry
from organisation.errors import (
    GroupMisplaced,
    GroupNameTaken,
    GroupNotEmpty,
    MayNotGrant,
    NameMissing,
    NotFound,
    UnknownRole,
)
from organisation.groups import (
    MOST_LEVELS,
    groups_of,
    is_empty,
    move_group,
    proposed_name,
    remove_group,
    rename_group,
    roles_for_groups,
)
from organisation.models import UserGroup
from tests.organisation.user_management import make_group, make_user
from tests.world import World


def entries(world: World, action: str) -> list[AuditEntry]:
    return list(world.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_a_group_has_a_preset_role_and_is_in_both_logs(world: World) -> None:
    """U-03, LOG2: the employer sees what its arbo service did to its groups, and so does the service."""
    group = make_group(world, " Salaris  administratie ", "wg_salarisadministratie", at=world.employer)

    assert group.name == "Salaris administratie"
    assert (group.whole_scope, group.sees_all_people) == (False, True)
    written = entries(world, "user_group:create")
    assert {entry.organisation_id for entry in written} == {world.employer.id, world.service.id}
    assert {entry.details["role"] for entry in written} == {"wg_salarisadministratie"}
    assert "Salaris" not in str([entry.details for entry in written])


def test_a_group_of_the_own_service_is_in_one_log(world: World) -> None:
    make_group(world, "Casemanagers")
    assert [entry.organisation_id for entry in entries(world, "user_group:create")] == [world.service.id]


def test_what_is_given_to_one_person_is_no_role_of_a_group(world: World) -> None:
    """D-rule 18: nobody becomes vault administrator by being put in a group."""
    carla = world.actor("Carla")
    offered = {role.key for role in roles_for_groups(world.session, world.employer, carla)}
    assert {"werkgever", "leidinggevende", "wg_combi_incl"} <= offered
    assert not offered & {"datakluisbeheerder", "datakluisgebruiker", "bsn_inzage", "gebruikersbeheer"}
    with pytest.raises(UnknownRole):
        make_group(world, "Beheerders", "datakluisbeheerder", at=world.employer)


def test_nobody_makes_a_group_that_may_administer_more(world: World) -> None:
    """U-10: Klantbeheer makes no super administrators."""
    with pytest.raises(UnknownRole):
        make_group(world, "Superbeheer", "superbeheerder")
    world.hire("Sevda", world.service, "superbeheerder")
    assert make_group(world, "Superbeheer", "superbeheerder", by="Sevda").name == "Superbeheer"


def test_a_group_of_another_organisation_is_not_there(world: World) -> None:
    """D-rules 16 and 30."""
    world.hire("Berend", world.employer, "gebruikersbeheer")
    for organisation, by, role in (
        (world.other_employer, "Carla", "werkgever"),
        (world.garage, "Berend", "werkgever"),
        (world.service, "Berend", "ad"),
        (world.other_service, "Carla", "ad"),
    ):
        with pytest.raises(NotFound):
            make_group(world, "Vreemd", role, at=organisation, by=by)
    foreign = make_group(world, "Noorders")
    dirk = world.actor("Dirk")
    with pytest.raises(NotFound):
        rename_group(world.session, foreign.id, "Gekaapt", dirk)
    with pytest.raises(NotFound):
        move_group(world.session, foreign.id, None, dirk)
    with pytest.raises(NotFound):
        remove_group(world.session, foreign.id, dirk)


def test_only_who_administers_users_changes_groups(world: World) -> None:
    group = make_group(world, "Casemanagers")
    world.hire("Frank", world.service, "functioneel_beheerder")
    with pytest.raises(PermissionDenied):
        rename_group(world.session, group.id, "Anders", world.actor("Frank"))
    with pytest.raises(PermissionDenied):
        make_group(world, "Nog een", by="Frank")


def test_a_name_is_given_once_in_an_organisation(world: World) -> None:
    group, other = make_group(world, "Kantoor Noord"), make_group(world, "Kantoor Zuid")
    make_group(world, "Kantoor Noord", "werkgever", at=world.employer)
    with pytest.raises(GroupNameTaken):
        make_group(world, "Kantoor  Noord")
    with pytest.raises(GroupNameTaken):
        rename_group(world.session, other.id, "Kantoor Noord", world.actor("Carla"))
    with pytest.raises(NameMissing):
        rename_group(world.session, other.id, "  ", world.actor("Carla"))
    rename_group(world.session, group.id, "Kantoor Oost", world.actor("Carla"))
    rename_group(world.session, group.id, "Kantoor Oost", world.actor("Carla"))
    assert len(entries(world, "user_group:rename")) == 1


def test_a_group_never_lies_in_itself(world: World) -> None:
    top = make_group(world, "Kantoor")
    middle = make_group(world, "Verdieping", below=top)
    low = make_group(world, "Kamer", below=middle)
    carla = world.actor("Carla")
    for group, parent in ((top, top), (top, low), (middle, low)):
        with pytest.raises(GroupMisplaced):
            move_group(world.session, group.id, parent.id, carla)
    move_group(world.session, low.id, top.id, carla)
    assert low.parent_id == top.id
    move_group(world.session, low.id, None, carla)
    assert [entry.details["to"] for entry in entries(world, "user_group:move")] == [str(top.id), "top"]


def test_a_group_lies_below_one_of_its_own_organisation(world: World) -> None:
    foreign = make_group(world, "Werkgever", "werkgever", at=world.employer)
    with pytest.raises(GroupMisplaced):
        make_group(world, "Intern", below=foreign)
    group = make_group(world, "Intern")
    with pytest.raises(GroupMisplaced):
        move_group(world.session, group.id, foreign.id, world.actor("Carla"))


def test_the_tree_is_not_deeper_than_its_pages_go(world: World) -> None:
    lowest = None
    for number in range(MOST_LEVELS):
        lowest = make_group(world, f"Laag {number}", below=lowest)
    with pytest.raises(GroupMisplaced):
        make_group(world, "Te diep", below=lowest)
    top = make_group(world, "Nieuwe top")
    first = next(group for group in groups_of(world.session, world.service.id) if group.name == "Laag 0")
    with pytest.raises(GroupMisplaced):
        move_group(world.session, first.id, top.id, world.actor("Carla"))


def test_only_an_empty_group_is_removed(world: World) -> None:
    top = make_group(world, "Kantoor")
    low = make_group(world, "Kamer", below=top)
    make_user(world, low)
    carla = world.actor("Carla")
    for group in (top, low):
        assert not is_empty(world.session, group.id)
        with pytest.raises(GroupNotEmpty):
            remove_group(world.session, group.id, carla)
    empty = make_group(world, "Leeg")
    remove_group(world.session, empty.id, carla)
    assert world.session.get(UserGroup, empty.id) is None
    assert len(entries(world, "user_group:remove")) == 1


def test_a_group_of_an_employer_is_called_after_it_unless_there_is_one(world: World) -> None:
    """U-05."""
    carla = world.actor("Carla")
    assert proposed_name(world.session, world.employer, carla) == "Bakkerij Mulder"
    assert proposed_name(world.session, world.service, carla) == ""
    make_group(world, "Bakkerij Mulder", "werkgever", at=world.employer)
    assert proposed_name(world.session, world.employer, carla) == ""


def test_a_refusal_to_grant_names_the_permission() -> None:
    assert "log:read" in str(MayNotGrant("log:read"))
