"""Answering an invitation: one link and one code, once, and an account that no sender hears of (D-04, D-rule 32)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.errors import InvitationExpired, InvitationUnknown, InvitationUsed, LoginNameTaken, WrongCode
from accounts.models import Person
from accounts.people import person_logging_in
from accounts.phones import phone_of
from audit.actions import Action
from audit.models import AuditEntry
from crypto.source import SeededSource
from delivery.models import OutgoingMessage
from delivery.outbox import MessageState
from dialogs.asking_anew import MOST_IN_A_DAY, ask_anew, invite_again, renew_waiting_invitations
from dialogs.closing import close_dialogue, reopen_dialogue
from dialogs.codes import PROOF_GOOD_FOR, check_code, send_code
from dialogs.errors import (
    AlreadyTakesPart,
    CodeMissing,
    ContactChanged,
    InvitedToClosed,
    LockedOut,
    NotFound,
    NumberMissing,
    OwnAccountNeeded,
    TooManyInvitations,
)
from dialogs.invitations import (
    Delivery,
    close_expired,
    delivery_of,
    end_invitations,
    find_invitation,
    open_invitation,
    secret_of,
)
from dialogs.joining import has_account, join
from dialogs.models import (
    DialogueInvitation,
    DialogueState,
    Epoch,
    InvitationCode,
    Participant,
    ParticipantState,
    PhoneSource,
)
from dialogs.reading import read_dialogue
from dialogs.rosters import open_roster
from keys.errors import NoKey
from keys.models import Grant
from keys.opened import OpenedKeys
from organisation.models import EMPLOYEES_ID
from tests.dialogs import guests
from tests.dialogs.guests import EMAIL, NUMBER
from tests.dialogs.talk import BASE_URL, Talk
from tests.people import ACCESS_POINT


def test_a_newcomer_signs_up_and_reads_what_was_said_before(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    participant = guests.invite(talk, dialogue)
    token = guests.token_in_mail(talk.session)
    opened = open_invitation(talk.session, token)
    assert (opened.organisation_name, opened.masked_number) == ("Bakkerij Mulder", "•••• 01")

    guest = guests.sign_up(talk.session, token, guests.prove(talk.session, token))

    actor = guest.actor(talk.session)
    assert (actor.audience, actor.roles) == ("employees", ("werknemer",))
    seen = read_dialogue(talk.session, dialogue.id, actor)
    assert [(line.text, line.event) for line in seen.messages] == [("Wie kan er op zaterdag?", None), (None, "joined")]
    assert (participant.state, participant.person_id) == (ParticipantState.TAKING_PART, guest.person.id)
    assert person_logging_in(talk.session, " Eva@Thuis.example ") is guest.person
    assert EMAIL not in guest.person.login_name
    assert phone_of(talk.session, guest.person) == NUMBER
    assert guest.person.phone_confirmed_at is not None


def test_a_second_dialogue_reuses_the_account(talk: Talk) -> None:
    guest = guests.answer(talk, talk.start("Anna", "Hans"))
    second = talk.start("Ilse", "Hans", text="Nog iets")
    guests.invite(talk, second, by="Ilse")
    token = guests.token_in_mail(talk.session)
    proof = guests.prove(talk.session, token)
    assert has_account(talk.session, token, proof)
    with pytest.raises(LoginNameTaken):
        guests.sign_up(talk.session, token, proof)
    talk.session.expire_all()

    join(talk.session, token, proof, guest.actor(talk.session))

    assert read_dialogue(talk.session, second.id, guest.actor(talk.session)).messages[0].text == "Nog iets"
    assert talk.session.scalar(select(func.count()).where(Person.organisation_id == EMPLOYEES_ID)) == 1


def test_the_link_is_good_once_and_what_it_opened_is_gone(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    guests.invite(talk, dialogue)
    token = guests.token_in_mail(talk.session)
    proof = guests.prove(talk.session, token)
    guests.sign_up(talk.session, token, proof)

    with pytest.raises(InvitationUsed):
        guests.sign_up(talk.session, token, proof)
    holder_id = talk.session.scalars(select(DialogueInvitation.holder_id)).one()
    assert talk.session.scalar(select(func.count()).where(Grant.recipient_id == holder_id)) == 0


def test_looking_at_a_link_uses_nothing_up_and_another_link_is_unknown(talk: Talk) -> None:
    guests.invite(talk, talk.start("Anna", "Hans"))
    token = guests.token_in_mail(talk.session)
    for _ in range(3):
        open_invitation(talk.session, token)
    with pytest.raises(InvitationUnknown):
        open_invitation(talk.session, token[:-1] + ("a" if token[-1] != "a" else "b"))


def test_the_link_without_the_code_lets_nobody_in_and_stays_good(talk: Talk) -> None:
    """D-rule 32: whoever has the mailbox and not the phone gets nothing."""
    guests.invite(talk, talk.start("Anna", "Hans"))
    token = guests.token_in_mail(talk.session)
    with pytest.raises(WrongCode):
        check_code(talk.session, token, "222222", access_point=ACCESS_POINT)
    with pytest.raises(CodeMissing):
        guests.sign_up(talk.session, token, talk.session.source.new_id())
    assert talk.session.scalar(select(func.count()).where(Person.organisation_id == EMPLOYEES_ID)) == 0
    open_invitation(talk.session, token)


def test_a_code_that_was_sent_and_not_shown_is_no_proof(talk: Talk) -> None:
    guests.invite(talk, talk.start("Anna", "Hans"))
    token = guests.token_in_mail(talk.session)
    guests.send(talk.session, token)
    (row_id,) = talk.session.scalars(select(InvitationCode.id))
    with pytest.raises(CodeMissing):
        guests.sign_up(talk.session, token, row_id)


def test_the_code_of_another_invitation_is_no_proof(talk: Talk) -> None:
    guests.invite(talk, talk.start("Anna", "Hans"))
    other = guests.token_in_mail(talk.session)
    proof = guests.prove(talk.session, other)
    talk.session.source.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
    guests.invite(talk, talk.start("Ilse", "Hans"), by="Ilse", email="iemand@thuis.example")
    token = guests.token_in_mail(talk.session)
    assert token != other
    with pytest.raises(CodeMissing):
        guests.sign_up(talk.session, token, proof)


def test_a_proof_is_good_for_half_an_hour(talk: Talk, source: SeededSource) -> None:
    guests.invite(talk, talk.start("Anna", "Hans"))
    token = guests.token_in_mail(talk.session)
    proof = guests.prove(talk.session, token)
    source.advance(PROOF_GOOD_FOR)
    with pytest.raises(CodeMissing):
        guests.sign_up(talk.session, token, proof)


def test_a_newer_code_ends_the_older_and_leaves_what_was_shown(talk: Talk) -> None:
    guests.invite(talk, talk.start("Anna", "Hans"))
    token = guests.token_in_mail(talk.session)
    proof = guests.prove(talk.session, token)
    older = guests.send(talk.session, token)
    guests.send(talk.session, token)
    with pytest.raises(WrongCode):
        check_code(talk.session, token, older, access_point=ACCESS_POINT)
    guests.sign_up(talk.session, token, proof)


@pytest.mark.parametrize(("minutes", "is_good"), [(10, False), (9, True)])
def test_a_code_is_good_for_ten_minutes(talk: Talk, source: SeededSource, minutes: int, is_good: bool) -> None:
    guests.invite(talk, talk.start("Anna", "Hans"))
    token = guests.token_in_mail(talk.session)
    code = guests.send(talk.session, token)
    source.advance(timedelta(minutes=minutes))
    if is_good:
        check_code(talk.session, token, code, access_point=ACCESS_POINT)
    else:
        with pytest.raises(WrongCode):
            check_code(talk.session, token, code, access_point=ACCESS_POINT)


def test_a_link_is_good_for_a_day(talk: Talk, source: SeededSource) -> None:
    guests.invite(talk, talk.start("Anna", "Hans"))
    token = guests.token_in_mail(talk.session)
    source.advance(timedelta(hours=24))
    with pytest.raises(InvitationExpired):
        open_invitation(talk.session, token)


def test_who_gave_the_number_is_kept(talk: Talk) -> None:
    """signing.md 7.2: only where the sender gave none may the recipient give one."""
    participant = guests.invite(talk, talk.start("Anna", "Hans"), phone=None)
    token = guests.token_in_mail(talk.session)
    assert open_invitation(talk.session, token).masked_number is None
    with pytest.raises(NumberMissing):
        send_code(talk.session, token, access_point=ACCESS_POINT, rules=guests.RULES)
    guests.send(talk.session, token, number="+31600000002", given="+31600000002")
    proof = guests.prove(talk.session, token, number="+31600000002")
    new = guests.account(talk.session.source.new_id(), phone="+31600000002")
    guests.sign_up(talk.session, token, proof, new)
    assert participant.phone_source == PhoneSource.RECIPIENT


def test_a_number_that_the_sender_gave_can_not_be_replaced_by_the_recipient(talk: Talk) -> None:
    guests.invite(talk, talk.start("Anna", "Hans"))
    token = guests.token_in_mail(talk.session)
    guests.send(talk.session, token, number=NUMBER, given="+31600000002")
    assert guests.code_in_sms(talk.session, NUMBER)
    with pytest.raises(IndexError):
        guests.code_in_sms(talk.session, "+31600000002")


def test_an_account_at_an_organisation_does_not_answer_an_invitation(talk: Talk) -> None:
    """It would show to the sender where somebody works."""
    guests.invite(talk, talk.start("Anna", "Hans"))
    token = guests.token_in_mail(talk.session)
    proof = guests.prove(talk.session, token)
    with pytest.raises(OwnAccountNeeded):
        join(talk.session, token, proof, talk.world.actor("Bram"))
    open_invitation(talk.session, token)


def test_who_takes_part_already_does_not_join_as_somebody_else(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    guest = guests.answer(talk, dialogue)
    guests.invite(talk, dialogue)
    token = guests.token_in_mail(talk.session)
    with pytest.raises(AlreadyTakesPart):
        join(talk.session, token, guests.prove(talk.session, token), guest.actor(talk.session))
    open_invitation(talk.session, token)


def test_who_left_and_was_invited_anew_takes_part_as_the_new_participant(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    guest = guests.answer(talk, dialogue)
    earlier = talk.session.scalars(select(Participant).where(Participant.person_id == guest.person.id)).one()
    earlier.state = ParticipantState.LEFT.value
    newer = guests.invite(talk, dialogue)
    token = guests.token_in_mail(talk.session)
    join(talk.session, token, guests.prove(talk.session, token), guest.actor(talk.session))
    assert (earlier.person_id, newer.person_id) == (None, guest.person.id)


def test_no_sender_s_log_tells_whether_there_was_an_account(talk: Talk) -> None:
    """Design 2.6."""
    guest = guests.answer(talk, talk.start("Anna", "Hans"))
    guests.invite(talk, talk.start("Ilse", "Hans"), by="Ilse")
    token = guests.token_in_mail(talk.session)
    join(talk.session, token, guests.prove(talk.session, token), guest.actor(talk.session))

    def told(organisation_id: object) -> list[object]:
        used = select(AuditEntry).where(
            AuditEntry.action == Action.DIALOGUE_INVITATION_USE.value, AuditEntry.organisation_id == organisation_id
        )
        return [(entry.details, entry.actor_roles) for entry in talk.session.scalars(used)]

    assert told(talk.world.employer.id) == [({}, "werknemer")] * 2
    assert sorted(str(entry) for entry in told(EMPLOYEES_ID)) == [
        "({'account': 'existing'}, 'werknemer')",
        "({'account': 'new'}, 'werknemer')",
    ]


def test_a_new_link_ends_the_one_before(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    participant = guests.invite(talk, dialogue)
    older = guests.token_in_mail(talk.session)
    talk.session.source.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
    invite_again(talk.session, dialogue.id, participant.id, talk.world.actor("Anna"), base_url=BASE_URL)

    newer = guests.token_in_mail(talk.session)
    with pytest.raises(InvitationExpired):
        find_invitation(talk.session, older)
    guests.sign_up(talk.session, newer, guests.prove(talk.session, newer))


def test_nobody_is_sent_invitations_without_end(talk: Talk, source: SeededSource) -> None:
    """Five in a day, the first included, fill no mailbox; the next day there are others."""
    dialogue = talk.start("Anna", "Hans")
    participant = guests.invite(talk, dialogue)
    for _ in range(MOST_IN_A_DAY - 1):
        invite_again(talk.session, dialogue.id, participant.id, talk.world.actor("Anna"), base_url=BASE_URL)
    with pytest.raises(TooManyInvitations):
        invite_again(talk.session, dialogue.id, participant.id, talk.world.actor("Anna"), base_url=BASE_URL)
    source.advance(timedelta(days=1))
    invite_again(talk.session, dialogue.id, participant.id, talk.world.actor("Anna"), base_url=BASE_URL)


def test_whose_contact_data_are_others_by_now_is_let_in_by_no_link_and_sent_none(talk: Talk) -> None:
    """D-08..D-10: also before anybody has written in the dialogue. A contact person who is gone counts as changed."""
    dialogue = talk.start("Anna", "Hans")
    participant = guests.invite(talk, dialogue)
    token = guests.token_in_mail(talk.session)
    participant.contact_person_id = talk.session.source.new_id()
    talk.session.flush()
    with pytest.raises(InvitationExpired):
        find_invitation(talk.session, token)
    with pytest.raises(ContactChanged):
        invite_again(talk.session, dialogue.id, participant.id, talk.world.actor("Anna"), base_url=BASE_URL)
    ask_anew(talk.session, token)
    assert renew_waiting_invitations(talk.session, talk.world.actor("Anna"), BASE_URL) == 0


def test_an_invitation_ends_with_the_dialogue_and_does_not_come_back(talk: Talk) -> None:
    """D-09: nobody joins what is closed; once it is open again a new link is sent."""
    dialogue = talk.start("Anna", "Hans")
    participant = guests.invite(talk, dialogue)
    token = guests.token_in_mail(talk.session)
    proof = guests.prove(talk.session, token)
    holder_id = guests.holder_of(talk.session, token)

    close_dialogue(talk.session, dialogue.id, "Klaar", talk.world.actor("Anna"))

    for act in (lambda: open_invitation(talk.session, token), lambda: guests.sign_up(talk.session, token, proof)):
        with pytest.raises(InvitedToClosed):
            act()
    assert talk.session.scalar(select(func.count()).where(Grant.recipient_id == holder_id)) == 0
    reopen_dialogue(talk.session, dialogue.id, talk.world.actor("Anna"))
    with pytest.raises(InvitationExpired):
        open_invitation(talk.session, token)
    invite_again(talk.session, dialogue.id, participant.id, talk.world.actor("Anna"), base_url=BASE_URL)
    newer = guests.token_in_mail(talk.session)
    guests.sign_up(talk.session, newer, guests.prove(talk.session, newer))


def test_a_link_that_outlived_the_closing_lets_nobody_in(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    participant = guests.invite(talk, dialogue)
    token = guests.token_in_mail(talk.session)
    dialogue.state = DialogueState.CLOSED.value
    talk.session.flush()
    with pytest.raises(InvitedToClosed):
        open_invitation(talk.session, token)
    participant.state = ParticipantState.REMOVED.value
    talk.session.flush()
    # Whoever was taken out learns nothing of the dialogue any more.
    with pytest.raises(InvitationExpired):
        open_invitation(talk.session, token)


def test_who_left_the_dialogue_sends_no_link_that_was_asked_for(talk: Talk, source: SeededSource) -> None:
    dialogue = talk.start("Anna", "Hans")
    guests.invite(talk, dialogue)
    token = guests.token_in_mail(talk.session)
    source.advance(timedelta(hours=25))
    hans = select(Participant).where(Participant.person_id == talk.world.people["Hans"].id)
    talk.session.scalars(hans).one().state = ParticipantState.LEFT.value
    talk.session.flush()
    ask_anew(talk.session, token)
    assert renew_waiting_invitations(talk.session, talk.world.actor("Hans"), BASE_URL) == 0
    assert renew_waiting_invitations(talk.session, talk.world.actor("Anna"), BASE_URL) == 1


def test_only_who_takes_part_invites_again(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    participant = guests.invite(talk, dialogue)
    for name in ("Ilse", "Bram"):
        with pytest.raises(NotFound):
            invite_again(talk.session, dialogue.id, participant.id, talk.world.actor(name), base_url=BASE_URL)
    other = talk.start("Hans", "Ilse")
    with pytest.raises(NotFound):
        invite_again(talk.session, other.id, participant.id, talk.world.actor("Hans"), base_url=BASE_URL)


def test_who_joined_meanwhile_is_sent_no_link(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    guests.answer(talk, dialogue)
    participant = talk.session.scalars(select(Participant).where(Participant.email_sealed.is_not(None))).one()
    with pytest.raises(AlreadyTakesPart):
        invite_again(talk.session, dialogue.id, participant.id, talk.world.actor("Anna"), base_url=BASE_URL)


def test_who_lacks_an_epoch_that_is_to_be_read_invites_nobody_again(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    participant = guests.invite(talk, dialogue)
    grants = select(Grant).where(Grant.recipient_id == talk.world.people["Hans"].id)
    for grant in talk.session.scalars(grants).all():
        if grant.holder_id not in {talk.world.employer.holder_id}:
            talk.session.delete(grant)
    talk.session.flush()
    with pytest.raises(LockedOut):
        invite_again(talk.session, dialogue.id, participant.id, talk.world.actor("Hans"), base_url=BASE_URL)


def test_an_expired_link_asks_for_another_which_a_participant_with_keys_sends(talk: Talk, source: SeededSource) -> None:
    dialogue = talk.start("Anna", "Hans")
    guests.invite(talk, dialogue)
    older = guests.token_in_mail(talk.session)
    source.advance(timedelta(hours=25))
    ask_anew(talk.session, older)

    assert renew_waiting_invitations(talk.session, talk.world.actor("Ilse"), BASE_URL) == 0
    assert renew_waiting_invitations(talk.session, talk.world.actor("Hans"), BASE_URL) == 1
    assert renew_waiting_invitations(talk.session, talk.world.actor("Anna"), BASE_URL) == 0
    newer = guests.token_in_mail(talk.session)
    guests.sign_up(talk.session, newer, guests.prove(talk.session, newer))


def test_asking_anew_is_limited_and_nothing_for_a_link_that_nobody_was_sent(talk: Talk, source: SeededSource) -> None:
    guests.invite(talk, talk.start("Anna", "Hans"))
    token = guests.token_in_mail(talk.session)
    ask_anew(talk.session, "x" * 43)
    assert renew_waiting_invitations(talk.session, talk.world.actor("Anna"), BASE_URL) == 0
    sent = 0
    for _ in range(4):
        source.advance(timedelta(seconds=1))
        ask_anew(talk.session, token)
        sent += renew_waiting_invitations(talk.session, talk.world.actor("Anna"), BASE_URL)
    assert sent == 3


def test_the_link_opens_with_the_database_what_the_invited_may_read_for_a_day(talk: Talk, source: SeededSource) -> None:
    dialogue = talk.start("Anna", "Hans")
    guests.invite(talk, dialogue)
    other = talk.start("Ilse", "Hans")
    token = guests.token_in_mail(talk.session)
    holder_id = talk.session.scalars(select(DialogueInvitation.holder_id)).one()
    thief = OpenedKeys(holder_id, 1, secret_of(token))
    epochs = {epoch.dialogue_id: epoch for epoch in talk.session.scalars(select(Epoch))}

    assert open_roster(talk.session, epochs[dialogue.id], thief).subject == "Rooster van december"
    with pytest.raises(NoKey):
        open_roster(talk.session, epochs[other.id], thief)
    source.advance(timedelta(hours=24))
    close_expired(talk.session)
    with pytest.raises(NoKey):
        open_roster(talk.session, epochs[dialogue.id], OpenedKeys(holder_id, 1, secret_of(token)))


def test_what_an_expired_link_could_open_is_destroyed(talk: Talk, source: SeededSource) -> None:
    guests.invite(talk, talk.start("Anna", "Hans"))
    assert close_expired(talk.session) == 0
    source.advance(timedelta(hours=24))
    assert close_expired(talk.session) == 1
    assert close_expired(talk.session) == 0


def test_other_contact_data_end_every_link(talk: Talk) -> None:
    """D-08: what was sent to the old address opens nothing any more."""
    participant = guests.invite(talk, talk.start("Anna", "Hans"))
    token = guests.token_in_mail(talk.session)
    end_invitations(talk.session, [participant.id])
    with pytest.raises(InvitationExpired):
        find_invitation(talk.session, token)
    holder_id = talk.session.scalars(select(DialogueInvitation.holder_id)).one()
    assert talk.session.scalar(select(func.count()).where(Grant.recipient_id == holder_id)) == 0


@pytest.mark.parametrize(
    ("state", "delivery"),
    [
        (MessageState.WAITING, Delivery.SENT),
        (MessageState.SENT, Delivery.DELIVERED),
        (MessageState.GIVEN_UP, Delivery.UNDELIVERED),
        (MessageState.EXPIRED, Delivery.UNDELIVERED),
    ],
)
def test_the_sender_sees_what_became_of_the_mail(talk: Talk, state: MessageState, delivery: Delivery) -> None:
    participant = guests.invite(talk, talk.start("Anna", "Hans"))
    mail = talk.session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == "dialogue_invitation")).one()
    mail.state = state.value
    talk.session.flush()
    assert delivery_of(talk.session, [participant.id]) == {participant.id: delivery}
