"""Members, their roles and their scope."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from accounts.actor import Scope
from accounts.models import AccountState
from accounts.permissions import Permission
from audit.models import AuditEntry
from organisation.errors import AlreadyMember, NotAMember, NotFound, UnknownRole, UnknownUnit
from organisation.memberships import (
    add_member,
    give_role,
    leave,
    members_with_permission,
    person_names,
    take_role,
)
from tests.people import ACCESS_POINT, sign_up
from tests.world import OPERATOR, WHOLE, World


def test_an_actor_has_the_roles_permissions_and_scope_of_this_moment(world: World) -> None:
    """Design 4: Actor."""
    world.hire("Frits", world.employer, "leidinggevende", scope=world.scope("Winkel"))
    actor = world.actor("Frits")
    assert (actor.audience, actor.organisation_name, actor.person_name) == ("employer", "Bakkerij Mulder", "Frits")
    assert actor.permissions == {
        Permission.DIALOGUE_READ,
        Permission.DIALOGUE_START,
        Permission.DOCUMENT_EDIT,
        Permission.DOCUMENT_READ,
        Permission.EMPLOYEE_LIST,
        Permission.EMPLOYER_READ,
        Permission.SIGNING_REQUEST,
        Permission.START_SEE,
    }
    assert actor.scope == world.scope("Winkel")
    assert actor.access_point == ACCESS_POINT
    give_role(world.session, actor.person_id, "datakluisgebruiker", OPERATOR)
    assert world.actor("Frits").roles == ("datakluisgebruiker", "leidinggevende")
    take_role(world.session, actor.person_id, "datakluisgebruiker", OPERATOR)
    assert Permission.VAULT_READ not in world.actor("Frits").permissions


def test_a_blocked_account_is_nobody(world: World) -> None:
    """Design 2.3: deactivation takes effect at once."""
    world.people["Anna"].person.state = AccountState.BLOCKED
    world.session.flush()
    with pytest.raises(NotAMember):
        world.actor("Anna")
    assert world.actor("Bram").person_name == "Bram"


def test_someone_belongs_to_the_organisation_of_the_account_only(world: World) -> None:
    """D-rule 16: an account of one employer gets no place at another."""
    person = sign_up(world.session, world.employer.id, "Henk")
    with pytest.raises(NotFound):
        add_member(world.session, person.id, world.other_employer.id, ["werkgever"], WHOLE, OPERATOR)


def test_someone_has_one_place(world: World) -> None:
    """A second place would widen the first one's scope."""
    with pytest.raises(AlreadyMember):
        add_member(world.session, world.people["Anna"].id, world.employer.id, ["werkgever"], WHOLE, OPERATOR)


def test_who_leaves_can_be_given_another_place(world: World) -> None:
    """L-04: an invitation that expired is sent anew, with the roles and scope of then; each role taken is logged."""
    frits = world.hire("Frits", world.employer, "werkgever", "bsn_inzage", scope=world.scope("Winkel"))
    leave(world.session, frits.id, OPERATOR)
    with pytest.raises(NotAMember):
        world.actor("Frits")
    with pytest.raises(NotAMember):
        leave(world.session, frits.id, OPERATOR)
    add_member(world.session, frits.id, world.employer.id, ["leidinggevende"], world.scope("Oven"), OPERATOR)
    assert (world.actor("Frits").roles, world.actor("Frits").scope) == (("leidinggevende",), world.scope("Oven"))
    taken = select(AuditEntry).where(AuditEntry.action == "role:take", AuditEntry.object_id == frits.id)
    assert len(world.session.scalars(taken).all()) == 2


def test_the_key_of_a_service_waits_for_another_when_its_first_member_leaves(world: World) -> None:
    """Design 2.1."""
    leave(world.session, world.people["Carla"].id, OPERATOR)
    world.session.refresh(world.service)
    assert world.service.first_member_id is None
    assert world.other_service.first_member_id is not None


def test_a_role_of_the_other_side_is_refused(world: World) -> None:
    """D-rule 18."""
    person = sign_up(world.session, world.service.id, "Cor")
    with pytest.raises(UnknownRole):
        add_member(world.session, person.id, world.service.id, ["datakluisbeheerder"], WHOLE, OPERATOR)
    with pytest.raises(UnknownRole):
        give_role(world.session, world.people["Carla"].id, "datakluisbeheerder", OPERATOR)


def test_a_scope_names_parts_of_the_own_organisation(world: World) -> None:
    """H-13: a department of another employer, or an employer that another service serves, is no part."""
    foreign_department = Scope(whole=False, units=frozenset({world.departments["Pers"].id}))
    with pytest.raises(UnknownUnit):
        world.hire("Frits", world.employer, "leidinggevende", scope=foreign_department)
    foreign_employer = Scope(whole=False, units=frozenset({world.other_employer.id}))
    with pytest.raises(UnknownUnit):
        world.hire("Cor", world.service, "casemanager_arbo", scope=foreign_employer)
    world.hire("Cees", world.service, "casemanager_arbo", scope=Scope(False, frozenset({world.garage.id})))


def test_only_members_have_roles(world: World) -> None:
    """A role without a place in an organisation would have no scope."""
    with pytest.raises(NotAMember):
        give_role(world.session, uuid4(), "werkgever", OPERATOR)


def test_giving_and_taking_is_logged_once_each(world: World) -> None:
    """LOG2: changes of authorisation."""
    anna = world.people["Anna"].id
    for _ in range(2):
        give_role(world.session, anna, "bsn_inzage", OPERATOR)
    for _ in range(2):
        take_role(world.session, anna, "bsn_inzage", OPERATOR)
    entries = world.session.scalars(
        select(AuditEntry).where(AuditEntry.organisation_id == world.employer.id, AuditEntry.object_id == anna)
    )
    about = [entry.action for entry in entries if entry.details.get("role") == "bsn_inzage"]
    assert sorted(about) == ["role:give", "role:take"]


def test_members_are_found_by_permission_within_one_organisation(world: World) -> None:
    """N-01: who is told of a request."""
    found = members_with_permission(world.session, world.service.id, Permission.ADMISSION_DECIDE)
    assert [member.name for member in found] == ["Carla"]
    assert person_names(world.session, [world.people["Bram"].id, None]) == {world.people["Bram"].id: "Bram"}
