"""Who does without a mail gets none; a warning comes whatever was chosen (N-03)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accounts.models import MutedNotice, Person
from accounts.muted_notices import choose_notices, kinds_for, muted_by
from accounts.people import email_of
from accounts.permissions import Permission
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, open_content
from organisation.notices import notify_concerned, notify_key_holders, notify_person
from tests.world import World
from vault.models import Vault


@pytest.fixture
def staffed(world: World) -> World:
    """The world with a second vault administrator, a vault user, and a colleague of Carla's."""
    world.hire_vault_user("Hans", "datakluisbeheerder")
    world.hire_vault_user("Frits", "datakluisgebruiker")
    world.hire_arbo("Cor")
    for message in world.session.scalars(select(OutgoingMessage)):
        world.session.delete(message)
    return world


def mailed(world: World, kind: MailKind) -> set[str]:
    """Whom mails of a kind wait for, by name."""
    messages = world.session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == kind.value))
    people = {email_of(world.session, person): person.display_name for person in world.session.scalars(select(Person))}
    return {people[open_content(world.session, message).to] for message in messages}


def mute_by_force(world: World, name: str, kind: MailKind) -> None:
    """Put a row in the table that no screen would."""
    world.session.add(MutedNotice(person_id=world.people[name].id, kind=kind.value))
    world.session.flush()


def ask_to_share(world: World) -> None:
    holder_id = world.session.get_one(Vault, world.employer.id).holder_id
    notify_key_holders(world.session, holder_id, world.employer.id, Permission.SHARE_MAKE, MailKind.SHARE_REQUEST)


def test_a_notice_goes_to_those_who_want_it(staffed: World) -> None:
    ask_to_share(staffed)
    before = mailed(staffed, MailKind.SHARE_REQUEST)
    assert "Hans" in before

    choose_notices(staffed.session, staffed.actor("Hans"), {MailKind.ACCESS_REQUEST})
    for message in staffed.session.scalars(select(OutgoingMessage)):
        staffed.session.delete(message)
    ask_to_share(staffed)

    assert mailed(staffed, MailKind.SHARE_REQUEST) == before - {"Hans"}


def test_an_answer_is_not_mailed_to_who_does_without(staffed: World) -> None:
    choose_notices(staffed.session, staffed.actor("Carla"), set())

    notify_person(staffed.session, staffed.people["Carla"].id, MailKind.SHARE_REQUEST_ANSWERED)
    notify_person(staffed.session, staffed.people["Cor"].id, MailKind.SHARE_REQUEST_ANSWERED)

    assert mailed(staffed, MailKind.SHARE_REQUEST_ANSWERED) == {"Cor"}


def test_a_warning_comes_whatever_stands_in_the_table(staffed: World) -> None:
    for kind in (MailKind.ACCESS_WITHDRAWN, MailKind.RECOVERY_SHEET_USED):
        mute_by_force(staffed, "Hans", kind)
    vault, hans = staffed.employer.id, staffed.people["Hans"].id

    notify_person(staffed.session, hans, MailKind.ACCESS_WITHDRAWN)
    notify_concerned(staffed.session, vault, vault, Permission.ACCESS_ADMINISTER, MailKind.RECOVERY_SHEET_USED)

    assert mailed(staffed, MailKind.ACCESS_WITHDRAWN) == {"Hans"}
    assert "Hans" in mailed(staffed, MailKind.RECOVERY_SHEET_USED)
    assert muted_by(staffed.session, hans) == set()


def test_no_choice_mutes_a_warning(staffed: World) -> None:
    choose_notices(staffed.session, staffed.actor("Hans"), set())

    kept = staffed.session.scalars(select(MutedNotice.kind).where(MutedNotice.person_id == staffed.people["Hans"].id))
    assert set(kept) == {"access_request", "access_granted", "dialogue_notice", "share_request"}


def test_a_choice_is_about_what_one_gets_and_leaves_the_rest(staffed: World) -> None:
    frits = staffed.actor("Frits")
    assert MailKind.ACCESS_REQUEST not in kinds_for(frits)
    mute_by_force(staffed, "Frits", MailKind.ACCESS_REQUEST)

    choose_notices(staffed.session, frits, set(kinds_for(frits)))
    assert muted_by(staffed.session, frits.person_id) == {MailKind.ACCESS_REQUEST}
    choose_notices(staffed.session, frits, set())
    choose_notices(staffed.session, frits, set())
    assert muted_by(staffed.session, frits.person_id) == {*kinds_for(frits), MailKind.ACCESS_REQUEST}
