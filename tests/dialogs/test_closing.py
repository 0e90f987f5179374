"""Closing for a reason, opening again, and replacing whose data have changed (D-08..D-10)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from audit.models import AuditEntry
from crypto.source import SeededSource
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, open_content
from dialogs.choosing import NewParticipant, reach_of
from dialogs.closing import close_dialogue, reopen_dialogue
from dialogs.errors import (
    ContactChanged,
    DialogueClosed,
    InvalidDialogue,
    MustStartAnew,
    NotFound,
    NothingToReplace,
    NotTheStarter,
)
from dialogs.invitations import secret_of
from dialogs.models import Dialogue, DialogueState, Participant, ParticipantKind, ParticipantState
from dialogs.posting import post_message
from dialogs.reading import DialogueAction, read_dialogue
from dialogs.replacing import replace_changed
from tests.dialogs import guests
from tests.dialogs.guests import Guest
from tests.dialogs.opening import texts_open_to
from tests.dialogs.talk import BASE_URL, Talk
from tests.world import card, details
from vault.records import update_record

BEFORE, AFTER = "Wie kan er op zaterdag?", "Dit is van later."
NEW_EMAIL = "eva.nieuw@thuis.example"


@pytest.fixture
def eva(talk: Talk) -> UUID:
    """An employee whom the vault knows a mail address and a mobile number of."""
    return talk.world.employ("MS003", "Yılmaz")


def with_eva(talk: Talk, eva: UUID) -> Dialogue:
    employee = NewParticipant(ParticipantKind.EMPLOYEE, eva)
    return talk.start("Anna", "Hans", employee, employee_id=eva, text=BEFORE)


def of_eva(talk: Talk, dialogue: Dialogue) -> Participant:
    statement = select(Participant).where(
        Participant.dialogue_id == dialogue.id, Participant.kind == ParticipantKind.EMPLOYEE.value
    )
    return talk.session.scalars(statement.execution_options(populate_existing=True)).one()


def joined(talk: Talk) -> Guest:
    """Let the employee use the link and sign up."""
    token = guests.token_in_mail(talk.session)
    proof = guests.prove(talk.session, token, number="+31612345678")
    new = guests.account(talk.session.source.new_id(), email="eva@bakkerij.example", phone="+31612345678")
    return guests.sign_up(talk.session, token, proof, new)


def change_address(talk: Talk, eva: UUID, source: SeededSource) -> None:
    source.advance(timedelta(hours=1))
    update_record(
        talk.session,
        eva,
        card=card(),
        details=details(email=NEW_EMAIL),
        expected_version=1,
        actor=talk.world.actor("Anna"),
    )


def invitations(talk: Talk) -> list[str]:
    rows = select(OutgoingMessage).where(
        OutgoingMessage.kind == MailKind.DIALOGUE_INVITATION.value, OutgoingMessage.channel == "mail"
    )
    ordered = talk.session.scalars(rows.order_by(OutgoingMessage.created_at))
    return [open_content(talk.session, row).to for row in ordered]


def test_a_closed_dialogue_is_read_and_nothing_is_added(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans", text=BEFORE)
    for reason in (" ", "x" * 501):
        with pytest.raises(InvalidDialogue):
            close_dialogue(talk.session, dialogue.id, reason, talk.world.actor("Hans"))
    close_dialogue(talk.session, dialogue.id, "Het is geregeld.", talk.world.actor("Hans"))
    seen = talk.read("Anna", dialogue)
    assert (seen.state, seen.messages[-1].event, seen.messages[-1].reason) == (
        DialogueState.CLOSED,
        "closed",
        "Het is geregeld.",
    )
    assert seen.can == {DialogueAction.REOPEN}
    for act in (lambda: talk.post("Anna", dialogue, AFTER), lambda: talk.add("Anna", dialogue, "Ilse")):
        with pytest.raises(DialogueClosed):
            act()
    # The reason is for the participants only.
    logged = select(AuditEntry.details).where(AuditEntry.action == "dialogue:close")
    assert talk.session.scalars(logged).all() == [{}]


def test_only_who_started_it_opens_it_again(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans", text=BEFORE)
    close_dialogue(talk.session, dialogue.id, "Klaar", talk.world.actor("Hans"))
    with pytest.raises(NotTheStarter):
        reopen_dialogue(talk.session, dialogue.id, talk.world.actor("Hans"))
    with pytest.raises(NotFound):
        reopen_dialogue(talk.session, dialogue.id, talk.world.actor("Ilse"))
    reopen_dialogue(talk.session, dialogue.id, talk.world.actor("Anna"))
    talk.post("Hans", dialogue, AFTER)
    assert [line.event or line.text for line in talk.read("Hans", dialogue).messages] == [
        BEFORE,
        "closed",
        "reopened",
        AFTER,
    ]


def test_the_employee_is_invited_at_what_the_vault_knows(talk: Talk, eva: UUID) -> None:
    dialogue = with_eva(talk, eva)
    participant = of_eva(talk, dialogue)
    assert participant.state == ParticipantState.INVITED
    assert reach_of(talk.session, participant) == ("eva@bakkerij.example", "+31612345678")
    assert invitations(talk) == ["eva@bakkerij.example"]
    guest = joined(talk)
    assert texts_open_to(talk.session, guest.person.id, guest.secret) == {BEFORE}


def test_who_got_another_address_hears_nothing_new(talk: Talk, eva: UUID, source: SeededSource) -> None:
    """D-10: the wrong behaviour to avoid is that the first contact goes on receiving messages."""
    dialogue = with_eva(talk, eva)
    guest = joined(talk)
    change_address(talk, eva, source)
    views = {person.name: person.state for person in talk.read("Anna", dialogue).participants}
    assert views["Eva Yılmaz"] is ParticipantState.CHANGED
    actor = guest.actor(talk.session)
    with pytest.raises(ContactChanged):
        post_message(talk.session, dialogue.id, "Hoi", (), source.new_id(), actor, base_url=BASE_URL)

    talk.post("Hans", dialogue, AFTER)
    assert texts_open_to(talk.session, guest.person.id, guest.secret) == {BEFORE}
    assert of_eva(talk, dialogue).state == ParticipantState.CHANGED
    seen = read_dialogue(talk.session, dialogue.id, guest.actor(talk.session))
    assert [line.text for line in seen.messages if line.event is None] == [BEFORE]
    notices = select(OutgoingMessage).where(OutgoingMessage.kind == MailKind.DIALOGUE_NOTICE.value)
    assert "eva@bakkerij.example" not in {open_content(talk.session, row).to for row in talk.session.scalars(notices)}
    with pytest.raises(MustStartAnew):
        talk.add("Anna", dialogue, NewParticipant(ParticipantKind.EMPLOYEE, eva))


def test_a_pending_invitation_to_a_former_address_opens_nothing_new(
    talk: Talk, eva: UUID, source: SeededSource
) -> None:
    dialogue = with_eva(talk, eva)
    token = guests.token_in_mail(talk.session)
    invitation = guests.holder_of(talk.session, token)
    assert texts_open_to(talk.session, invitation, secret_of(token)) == {BEFORE}
    change_address(talk, eva, source)
    talk.post("Hans", dialogue, AFTER)
    assert texts_open_to(talk.session, invitation, secret_of(token)) == set()


def test_a_pending_invitation_gets_what_is_new_until_it_is_taken_back(talk: Talk, eva: UUID) -> None:
    dialogue = with_eva(talk, eva)
    token = guests.token_in_mail(talk.session)
    invitation, secret = guests.holder_of(talk.session, token), secret_of(token)
    talk.add("Anna", dialogue, talk.user("Ilse", with_history=False))
    talk.post("Hans", dialogue, AFTER)
    assert dialogue.epoch_number == 2
    assert texts_open_to(talk.session, invitation, secret) == {BEFORE, AFTER}
    talk.remove("Anna", dialogue, of_eva(talk, dialogue).id)
    talk.post("Hans", dialogue, "Zonder haar")
    assert texts_open_to(talk.session, invitation, secret) == set()


def test_an_invitation_from_now_on_opens_nothing_of_before(talk: Talk, eva: UUID) -> None:
    dialogue = talk.start("Anna", "Hans", employee_id=eva, text=BEFORE)
    talk.add("Anna", dialogue, NewParticipant(ParticipantKind.EMPLOYEE, eva, with_history=False))
    token = guests.token_in_mail(talk.session)
    talk.post("Hans", dialogue, AFTER)
    assert texts_open_to(talk.session, guests.holder_of(talk.session, token), secret_of(token)) == {AFTER}
    guest = joined(talk)
    assert texts_open_to(talk.session, guest.person.id, guest.secret) == {AFTER}


def test_a_changed_participant_is_replaced_by_closing_and_starting_anew(
    talk: Talk, eva: UUID, source: SeededSource
) -> None:
    dialogue = with_eva(talk, eva)
    guest = joined(talk)
    talk.post("Hans", dialogue, "Tussen ons")
    with pytest.raises(NothingToReplace):
        replace_changed(
            talk.session, dialogue.id, of_eva(talk, dialogue).id, talk.world.actor("Anna"), base_url=BASE_URL
        )
    change_address(talk, eva, source)
    former = of_eva(talk, dialogue)

    actor = talk.world.actor("Anna")
    new = replace_changed(talk.session, dialogue.id, former.id, actor, base_url=BASE_URL)

    assert (dialogue.state, new.replaces_id) == (DialogueState.CLOSED, dialogue.id)
    assert invitations(talk) == ["eva@bakkerij.example", NEW_EMAIL]
    assert reach_of(talk.session, former)[0] == "eva@bakkerij.example"
    assert of_eva(talk, new).id != former.id
    talk.post("Anna", new, AFTER)
    assert texts_open_to(talk.session, guest.person.id, guest.secret) == {BEFORE, "Tussen ons"}
    seen = talk.read("Hans", new)
    assert seen.subject == "Rooster van december"
    assert {person.name for person in seen.participants} == {"Anna", "Hans", "Eva Yılmaz"}
    assert [line.event or line.text for line in seen.messages] == ["replaced", AFTER]
    with pytest.raises(DialogueClosed):
        talk.post("Hans", dialogue, "Nog hier?")


def test_nobody_gets_in_with_a_renewed_key_by_way_of_a_replacement(talk: Talk, eva: UUID, source: SeededSource) -> None:
    dialogue = with_eva(talk, eva)
    change_address(talk, eva, source)
    talk.world.renew_key("Hans")
    actor = talk.world.actor("Anna")
    new = replace_changed(talk.session, dialogue.id, of_eva(talk, dialogue).id, actor, base_url=BASE_URL)
    assert talk.open_to("Hans") == set()
    assert talk.read("Hans", new).locked
    assert [person.name for person in talk.read("Anna", new).participants if person.waits_for_key] == ["Hans"]
