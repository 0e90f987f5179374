"""Whose turn it is: who is next is invited or told, and nobody else (G-05, G-06, G-10; D-rule 26)."""

from __future__ import annotations

import pytest

from crypto.source import SeededSource
from delivery.composing import compose
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, open_content
from dialogs.asking_anew import invite_again
from dialogs.closing import close_dialogue, reopen_dialogue
from dialogs.errors import NotInvitedYet
from dialogs.reading import read_dialogue
from signing.errors import LockedOut
from signing.events import events_of
from signing.models import SignerState
from signing.request_keys import open_request
from tests.dialogs.talk import BASE_URL
from tests.signing.office import TITLE, Office


def composed(office: Office, row: OutgoingMessage) -> bytes:
    """A mail as it leaves, without the id by which a repeat is known and without its link."""
    content = open_content(office.session, row)
    mail = compose(MailKind(row.kind), content, sender="noreply@portal.example", identity="ID", date=row.created_at)
    mail.set_boundary("the same")
    return mail.as_bytes().replace(b"=\r\n", b"").replace(content.values["link"].encode(), b"LINK")


def test_with_an_order_the_employee_is_invited_once_the_employer_has_signed(office: Office) -> None:
    request = office.running(office.user("Hans"), office.eva())

    assert office.states(request) == [SignerState.ASKED, SignerState.WAITING]
    assert [open_content(office.session, mail).to for mail in office.mails("signing_turn")] == ["hans@example.org"]
    assert not office.mails("dialogue_invitation")

    office.sign(request, 1)

    assert office.states(request) == [SignerState.SIGNED, SignerState.ASKED]
    (invitation,) = office.mails("dialogue_invitation")
    assert open_content(office.session, invitation).to == "eva@bakkerij.example"


def test_without_an_order_everybody_is_asked_at_once(office: Office) -> None:
    request = office.running(office.user("Hans"), office.user("Carla", "Noord"), office.eva(), in_order=False)

    assert office.states(request) == [SignerState.ASKED] * 3
    assert len(office.mails("signing_turn")) == 2
    assert len(office.mails("dialogue_invitation")) == 1
    assert [event.kind for event in events_of(office.session, request.id)] == ["requested", "asked", "asked", "asked"]


def test_who_asks_and_signs_gets_no_mail_about_it(office: Office) -> None:
    request = office.running()

    assert office.states(request) == [SignerState.ASKED, SignerState.WAITING]
    assert not office.mails("signing_turn")


def test_nobody_invites_before_the_turn_comes(office: Office) -> None:
    request = office.running()
    assert request.dialogue_id is not None
    eva = next(person for person in office.participants(request) if person.employee_id)

    with pytest.raises(NotInvitedYet):
        invite_again(office.session, request.dialogue_id, eva.id, office.actor("Anna"), base_url=BASE_URL)
    shown = read_dialogue(office.session, request.dialogue_id, office.actor("Anna")).participants
    assert [one.delivery for one in shown if one.id == eva.id] == [None]
    assert not office.mails("dialogue_invitation")


def test_nobody_is_invited_into_a_closed_dialogue_and_the_next_visit_after_it_asks(office: Office) -> None:
    request = office.running(office.user("Hans"), office.eva())
    assert request.dialogue_id is not None
    close_dialogue(office.session, request.dialogue_id, "Even niet", office.actor("Anna"))
    office.sign(request, 1)
    assert office.states(request) == [SignerState.SIGNED, SignerState.WAITING]
    assert not office.mails("dialogue_invitation")

    reopen_dialogue(office.session, request.dialogue_id, office.actor("Anna"))
    office.go_on(request)
    assert office.states(request) == [SignerState.SIGNED, SignerState.ASKED]


def test_who_is_invited_joins_and_opens_the_request(office: Office) -> None:
    request = office.running(office.eva())
    office.join()

    assert open_request(office.session, request, office.actor("Eva")).reveal()
    with pytest.raises(LockedOut):
        open_request(office.session, request, office.actor("Hans"))


def test_who_joined_after_signing_first_invites_the_next_by_the_own_key(office: Office) -> None:
    request = office.running(office.eva(), office.user("Hans"))
    office.join()

    office.sign(request, 1, by="Eva")

    assert office.states(request) == [SignerState.SIGNED, SignerState.ASKED]
    assert len(office.mails("signing_turn")) == 1


def test_a_mail_says_nothing_of_what_is_signed(office: Office, source: SeededSource) -> None:
    """Two mails about different documents are the same, byte for byte, but for the link."""
    office.running(office.user("Hans"))
    other = office.cabinet.add("Anna", office.eva_id, name="Plan van aanpak burn-out.pdf", data=office.pdf(pages=9))
    office.certify(office.ask(office.user("Hans", "De directie"), office.eva(), document=other, in_order=False))

    first, second = (composed(office, row) for row in office.mails("signing_turn"))

    assert first == second
    assert b"Plan" not in first
    assert TITLE.encode() not in first
    lengths = {len(open_content(office.session, row).values["link"]) for row in office.mails("signing_turn")}
    assert len(lengths) == 1
