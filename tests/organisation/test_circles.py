"""The medical circle: rights that only somebody inside can give, since they are a key (U-10, D-rule 34)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from accounts.models import AccountState, LoginSession
from accounts.people import create_person
from accounts.permissions import Permission
from accounts.sessions import promote_to_complete, start_visitor_session
from audit.models import AuditEntry
from keys.errors import NoKey
from keys.models import Grant
from keys.public_keys import current_generation, has_key
from organisation.admission import Admittance, admit, refuse
from organisation.circles import (
    ask_circle,
    enter_circle,
    give_medical,
    may_give_medical,
    name_first_member,
    read_circle,
    take_medical,
)
from organisation.errors import CircleNeedsGiver, NotFound, NotFoundedYet, OwnRights
from organisation.memberships import add_member, leave
from organisation.models import Circle
from tests.people import SignedUp
from tests.world import OPERATOR, WHOLE, World


def doctor(world: World, name: str = "Sanne", *, first: bool = True) -> SignedUp:
    """Somebody of Noord who has medical rights and may give them; the first makes the key of the circle."""
    person = world.hire_arbo(name, roles=("superbeheerder", "medisch"))
    if first:
        name_first_member(world.session, world.service, person.id, OPERATOR)
    enter_circle(world.session, world.actor(name))
    return person


def circle_of(world: World) -> Circle:
    """The medical circle of Noord."""
    return world.session.get_one(Circle, (world.service.id, "medical"))


def can_open(world: World, name: str) -> bool:
    """Whether somebody has the key of Noord's circle."""
    return world.actor(name).keys.can_open(world.session, circle_of(world).holder_id)


def actions(world: World, prefix: str) -> list[str]:
    """What the log of Noord says about the circle."""
    statement = select(AuditEntry.action).where(
        AuditEntry.organisation_id == world.service.id, AuditEntry.action.startswith(prefix)
    )
    return list(world.session.scalars(statement))


def test_the_first_one_named_makes_the_key_at_login(world: World) -> None:
    """Design 2.1: nobody else does, and only once."""
    world.hire_arbo("Cor", roles=("superbeheerder", "medisch"))
    assert enter_circle(world.session, world.actor("Cor")) is Admittance.NOT_FOUNDED
    assert read_circle(world.session, world.actor("Cor")) is None
    doctor(world)
    assert can_open(world, "Sanne")
    name_first_member(world.session, world.service, world.people["Cor"].id, OPERATOR)
    assert circle_of(world).first_member_id == world.people["Sanne"].id
    assert enter_circle(world.session, world.actor("Cor")) is Admittance.WAITING
    assert not can_open(world, "Cor")


def test_who_makes_the_key_must_be_able_to_let_others_in(world: World) -> None:
    """U-10: else the circle would stay with one person."""
    person = world.hire_arbo("Cor", roles=("casemanager_arbo", "medisch"))
    with pytest.raises(CircleNeedsGiver):
        name_first_member(world.session, world.service, person.id, OPERATOR)


def test_who_leaves_before_the_first_login_makes_no_key(world: World) -> None:
    """L-04: the invitation that expired is sent to somebody else."""
    person = world.hire_arbo("Cor", roles=("superbeheerder", "medisch"))
    name_first_member(world.session, world.service, person.id, OPERATOR)
    leave(world.session, person.id, OPERATOR)
    world.session.expire_all()
    doctor(world)
    assert can_open(world, "Sanne")


def test_giving_the_right_seals_the_key_in_the_same_act(world: World) -> None:
    """U-10, and D-rule 34: by somebody inside."""
    doctor(world)
    cor = world.hire_arbo("Cor")
    give_medical(world.session, cor.id, world.actor("Sanne"))
    assert Permission.MEDICAL_READ in world.actor("Cor").permissions
    assert can_open(world, "Cor")
    holder_id = circle_of(world).holder_id
    assert world.actor("Cor").keys.secret(world.session, holder_id) == world.actor("Sanne").keys.secret(
        world.session, holder_id
    )
    give_medical(world.session, cor.id, world.actor("Sanne"))
    assert sorted(actions(world, "circle:")) == ["circle:admit", "circle:create"]


def test_who_has_no_key_of_the_own_yet_asks_at_the_first_login(world: World) -> None:
    """Design 2.1: every admission is asked for after the first login, of those who hold the key."""
    doctor(world)
    cor = create_person(
        world.session, organisation_id=world.service.id, login_name="cor", display_name="Cor", email="c@example.org"
    )
    add_member(world.session, cor.id, world.service.id, ["casemanager_arbo"], WHOLE, OPERATOR)
    cor.state = AccountState.ACTIVE
    world.session.flush()
    give_medical(world.session, cor.id, world.actor("Sanne"))
    held = select(Grant).where(Grant.recipient_id == cor.id, Grant.holder_id == circle_of(world).holder_id)
    assert world.session.scalars(held).all() == []


def test_who_asks_is_admitted_or_refused_from_inside(world: World) -> None:
    """*Toelatingen*: by somebody with the key who may give the right; who was refused asks again."""
    doctor(world)
    for name in ("Cor", "Cees"):
        world.hire_arbo(name, roles=("casemanager_arbo", "medisch"))
        assert enter_circle(world.session, world.actor(name)) is Admittance.WAITING
    page = read_circle(world.session, world.actor("Sanne"))
    assert page is not None
    first, second = page.waiting
    with pytest.raises(NotFound):
        admit(world.session, first.admission_id, world.actor("Carla"))
    with pytest.raises(NotFound):
        admit(world.session, first.admission_id, world.actor("Dirk"))
    world.hire("Frank", world.service, "ad")
    with pytest.raises(PermissionDenied):
        admit(world.session, first.admission_id, world.actor("Frank"))
    admit(world.session, first.admission_id, world.actor("Sanne"))
    refuse(world.session, second.admission_id, world.actor("Sanne"))
    assert can_open(world, "Cor")
    assert not can_open(world, "Cees")
    assert enter_circle(world.session, world.actor("Cees")) is Admittance.NOT_ASKED
    assert ask_circle(world.session, world.actor("Cees")) is Admittance.WAITING


def test_without_the_key_nobody_can_give_the_right(world: World) -> None:
    """U-10: a superbeheerder, also one with the right but not yet the key."""
    doctor(world)
    cor = world.hire_arbo("Cor")
    world.hire_arbo("Super", roles=("superbeheerder",))
    with pytest.raises(PermissionDenied):
        give_medical(world.session, cor.id, world.actor("Super"))
    doctor(world, "Second", first=False)
    assert not may_give_medical(world.session, world.actor("Second"))
    with pytest.raises(NoKey):
        give_medical(world.session, cor.id, world.actor("Second"))
    with pytest.raises(PermissionDenied):
        give_medical(world.session, cor.id, world.actor("Carla"))
    assert may_give_medical(world.session, world.actor("Sanne"))
    assert Permission.MEDICAL_READ not in world.actor("Cor").permissions


def test_it_is_given_to_active_colleagues_only(world: World) -> None:
    """D-rule 16, and U-18: not to oneself."""
    sanne = doctor(world)
    dirk, anna = world.people["Dirk"], world.people["Anna"]
    cor = world.hire_arbo("Cor")
    cor.person.state = AccountState.BLOCKED
    world.session.flush()
    for person in (dirk, anna, cor):
        with pytest.raises(NotFound):
            give_medical(world.session, person.id, world.actor("Sanne"))
    with pytest.raises(OwnRights):
        take_medical(world.session, sanne.id, world.actor("Sanne"))
    world.hire("Zus", world.other_service, "superbeheerder", "medisch")
    with pytest.raises(NotFoundedYet):
        give_medical(world.session, dirk.id, world.actor("Zus"))


def test_taking_the_right_destroys_the_key_and_moves_the_circle_on(world: World) -> None:
    """K-16 of a circle: at once, and what is written from then on is sealed under another key."""
    doctor(world)
    cor = world.hire_arbo("Cor")
    give_medical(world.session, cor.id, world.actor("Sanne"))
    holder_id = circle_of(world).holder_id
    keys = world.actor("Cor").keys
    log_in(world, cor)
    take_medical(world.session, cor.id, world.actor("Sanne"))
    assert Permission.MEDICAL_READ not in world.actor("Cor").permissions
    assert current_generation(world.session, holder_id) == 2
    with pytest.raises(NoKey):
        world.actor("Cor").keys.secret(world.session, holder_id)
    with pytest.raises(NoKey):
        keys.secret(world.session, holder_id)
    assert can_open(world, "Sanne")
    assert world.session.scalars(select(LoginSession).where(LoginSession.person_id == cor.id)).all() == []
    assert sorted(actions(world, "circle:")) == ["circle:admit", "circle:create", "circle:withdraw"]


def log_in(world: World, person: SignedUp) -> None:
    """Give somebody a session."""
    _cookie, visitor = start_visitor_session(world.session)
    promote_to_complete(world.session, visitor, person_id=person.id, key_generation=1, secret=person.secret)


def test_a_waiting_request_ends_with_the_right(world: World) -> None:
    """Who only waits has no key, so the circle does not move on."""
    doctor(world)
    cor = world.hire_arbo("Cor", roles=("casemanager_arbo", "medisch"))
    enter_circle(world.session, world.actor("Cor"))
    take_medical(world.session, cor.id, world.actor("Sanne"))
    page = read_circle(world.session, world.actor("Sanne"))
    assert page is not None
    assert page.waiting == ()
    assert current_generation(world.session, circle_of(world).holder_id) == 1


def test_of_two_who_take_each_others_right_one_succeeds(world: World) -> None:
    """U-10: so that there is always somebody who can let others in; both had read their rights before."""
    doctor(world)
    second = world.hire_arbo("Second", roles=("superbeheerder",))
    give_medical(world.session, second.id, world.actor("Sanne"))
    first_actor, second_actor = world.actor("Sanne"), world.actor("Second")
    take_medical(world.session, second.id, first_actor)
    with pytest.raises(NoKey):
        take_medical(world.session, first_actor.person_id, second_actor)
    assert can_open(world, "Sanne")


def test_it_is_told_how_many_can_open_the_circle(world: World) -> None:
    """Design 2.1: it keeps asking until two can."""
    doctor(world)
    page = read_circle(world.session, world.actor("Sanne"))
    assert page is not None
    assert (page.openers, page.is_open) == (1, True)
    cor = world.hire_arbo("Cor")
    give_medical(world.session, cor.id, world.actor("Sanne"))
    page = read_circle(world.session, world.actor("Cor"))
    assert page is not None
    assert (page.openers, page.waiting) == (2, ())
    with pytest.raises(PermissionDenied):
        read_circle(world.session, world.actor("Carla"))
    assert has_key(world.session, circle_of(world).holder_id)
