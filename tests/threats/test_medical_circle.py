"""Who can write the whole database cannot hand himself the medical key (U-10, D-rule 34; design 2.1)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from crypto.errors import UnsealError
from crypto.secret import Secret
from database.session import Session
from keys.admissions import request_admission
from keys.errors import GrantForged, NoKey
from keys.grants import hand_over
from keys.models import Grant, HolderGeneration
from organisation.admission import admit
from organisation.circles import enter_circle, give_medical
from organisation.memberships import give_role
from organisation.models import Circle
from tests.organisation.test_circles import circle_of, doctor
from tests.world import OPERATOR, World, make_world


@pytest.fixture
def world(session: Session) -> World:
    """Noord with a medical circle that Sanne can open, and a superbeheerder outside it who gives himself every role."""
    world = make_world(session)
    doctor(world)
    world.hire_arbo("Super", roles=("superbeheerder",))
    give_role(session, world.people["Super"].id, "medisch", OPERATOR)
    return world


def secret_of(world: World, name: str) -> bytes:
    """What somebody's own keys open of the circle."""
    return world.actor(name).keys.secret(world.session, circle_of(world).holder_id).reveal()


def test_the_role_alone_opens_and_hands_out_nothing(world: World) -> None:
    """The role can be written into the database; the key cannot."""
    cor = world.hire_arbo("Cor")
    enter_circle(world.session, world.actor("Super"))
    with pytest.raises(NoKey):
        secret_of(world, "Super")
    with pytest.raises(NoKey):
        give_medical(world.session, cor.id, world.actor("Super"))


def test_admitting_oneself_needs_the_key_too(world: World) -> None:
    """A request of his own, decided by himself."""
    actor = world.actor("Super")
    holder_id = circle_of(world).holder_id
    request = request_admission(
        world.session, holder_id=holder_id, organisation_id=world.service.id, recipient_id=actor.person_id
    )
    with pytest.raises(NoKey):
        admit(world.session, request.id, actor)


def test_a_grant_of_somebody_else_opens_nothing_when_it_is_moved(world: World) -> None:
    """Every sealed value is bound to its recipient."""
    actor = world.actor("Super")
    secret_of(world, "Sanne")
    moved = update(Grant).where(Grant.recipient_id == world.people["Sanne"].id, Grant.holder_id == of_circle(world))
    world.session.execute(moved.values(recipient_id=actor.person_id))
    with pytest.raises(UnsealError):
        secret_of(world, "Super")


def test_a_secret_of_ones_own_is_not_taken_for_the_circles(world: World) -> None:
    """Anyone can seal to a public key: what was sealed counts only if it is the secret behind the holder's key."""
    actor = world.actor("Super")
    forged = Secret.random(world.session.source)
    hand_over(world.session, of_circle(world), to=actor.person_id, secret=forged, generation=1, by=actor.who)
    with pytest.raises(GrantForged):
        secret_of(world, "Super")


def test_founding_the_circle_anew_does_not_open_what_was_there(world: World) -> None:
    """With every key row of the circle deleted he can make a new key, which is another one."""
    before = secret_of(world, "Sanne")
    holder_id = of_circle(world)
    world.session.execute(delete(Grant).where(Grant.holder_id == holder_id))
    world.session.execute(delete(HolderGeneration).where(HolderGeneration.holder_id == holder_id))
    world.session.execute(update(Circle).values(first_member_id=world.people["Super"].id))
    enter_circle(world.session, world.actor("Super"))
    assert secret_of(world, "Super") != before
    made = select(HolderGeneration.number).where(HolderGeneration.holder_id == holder_id)
    assert world.session.scalars(made).all() == [1]


def of_circle(world: World) -> UUID:
    """The holder of the circle."""
    return circle_of(world).holder_id
