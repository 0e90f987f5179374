"""Another signer is another participant, and who is replaced gets nothing new (D-rule 29, D-08, D-09)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crypto.source import SeededSource
from delivery.outbox import open_content
from dialogs.models import DialogueState
from dialogs.reading import read_dialogue
from organisation.errors import NotFound
from signing.agreeing import agree_by_code
from signing.entries import open_entry
from signing.errors import InvalidRequest, LockedOut, NothingToReplace, NotTheRequester, NotYourTurn, OthersSigned
from signing.events import events_of, is_unbroken
from signing.models import RequestState, SignerState, SigningRequest
from signing.reading import read_request
from signing.replacing import replace_signer
from signing.request_keys import open_request
from signing.requesting import NewSigner
from tests.dialogs.talk import BASE_URL
from tests.signing.office import BASE, Office


def replace(office: Office, request: SigningRequest, position: int, new: NewSigner, by: str = "Anna") -> None:
    old = office.signer(request, position)
    replace_signer(office.session, request.id, old.id, new, office.actor(by), base_url=BASE_URL)


def test_another_person_comes_in_a_dialogue_of_its_own_and_the_document_is_sealed_anew(office: Office) -> None:
    request = office.running(office.user("Hans"), office.user("Carla", "Noord"), in_order=False)
    office.read(request, "Carla")
    dialogue_id, field_name = request.dialogue_id, office.signer(request, 1).field_name
    before = open_request(office.session, request, office.actor("Anna"))
    assert dialogue_id is not None

    replace(office, request, 1, office.user("Kees", "De directie"))

    assert request.dialogue_id != dialogue_id
    assert request.state == RequestState.PREPARING
    assert request.base_sha256 is None
    assert office.states(request) == [SignerState.REPLACED, SignerState.WAITING, SignerState.ASKED]
    signer = office.signer(request, 1)
    secret = open_request(office.session, request, office.actor("Kees"))
    assert secret.reveal() != before.reveal()
    assert open_entry(signer, secret).capacity == "De directie"
    assert signer.field_name == field_name
    assert read_dialogue(office.session, dialogue_id, office.actor("Hans")).state is DialogueState.CLOSED
    office.certify(request)
    assert office.states(request)[1:] == [SignerState.ASKED, SignerState.ASKED]
    assert is_unbroken(events_of(office.session, request.id))


def test_who_is_replaced_finds_nothing_and_opens_nothing(office: Office) -> None:
    request = office.running(office.user("Hans"), office.eva(), in_order=False)

    replace(office, request, 1, office.user("Kees"))

    with pytest.raises(NotFound):
        read_request(office.session, request.id, office.actor("Hans"))
    with pytest.raises(LockedOut):
        open_request(office.session, request, office.actor("Hans"))
    assert request.dialogue_id is not None
    with pytest.raises(NotFound):
        read_dialogue(office.session, request.dialogue_id, office.actor("Hans"))


def test_an_invited_one_who_is_replaced_can_not_use_the_link_and_another_gets_one(office: Office) -> None:
    request = office.running(office.eva())
    (first,) = office.mails("dialogue_invitation")

    replace(office, request, 1, office.user("Hans"))
    office.certify(request)

    assert len(office.mails("dialogue_invitation")) == 1
    assert len(office.mails("signing_turn")) == 1
    assert office.link_is_dead(open_content(office.session, first).values["link"])


def test_the_same_person_is_reached_otherwise_after_another_has_signed(office: Office, source: SeededSource) -> None:
    request = office.running()
    office.sign(request, 1)
    source.advance(timedelta(minutes=1))
    office.change_contact(email="eva.nieuw@thuis.example")
    assert [one.status.value for one in read_request(office.session, request.id, office.actor("Anna")).signers] == [
        "signed",
        "changed",
    ]

    replace(office, request, 2, office.eva())

    assert request.state == RequestState.RUNNING
    assert request.base_sha256 == BASE
    assert office.states(request) == [SignerState.SIGNED, SignerState.REPLACED, SignerState.ASKED]
    mail = office.mails("dialogue_invitation")[-1]
    assert open_content(office.session, mail).to == "eva.nieuw@thuis.example"
    office.join()
    office.read(request, "Eva")
    assert agree_by_code(office.session, request.id, office.send(request, "Eva"), office.actor("Eva"))


def test_a_signer_who_is_reached_otherwise_by_now_signs_nothing_before_he_is_asked_anew(
    office: Office, source: SeededSource
) -> None:
    request = office.eva_reads()
    code = office.send(request, "Eva")
    source.advance(timedelta(minutes=1))
    office.change_contact()

    with pytest.raises(NotYourTurn):
        agree_by_code(office.session, request.id, code, office.actor("Eva"))


def test_nobody_else_comes_instead_once_somebody_has_signed(office: Office) -> None:
    request = office.running(office.user("Hans"), office.eva())
    office.sign(request, 1)

    with pytest.raises(OthersSigned):
        replace(office, request, 2, office.user("Kees"))
    with pytest.raises(NothingToReplace):
        replace(office, request, 1, office.user("Kees"))


def test_only_the_requester_replaces_and_nobody_signs_twice(office: Office) -> None:
    request = office.running(office.user("Hans"), office.user("Kees"), in_order=False)

    with pytest.raises(NotTheRequester):
        replace(office, request, 1, office.eva(), by="Hans")
    with pytest.raises(InvalidRequest):
        replace(office, request, 1, office.user("Kees"))
    with pytest.raises(NotFound):
        replace_signer(office.session, request.id, request.id, office.eva(), office.actor("Anna"), base_url=BASE_URL)


def test_another_who_was_invited_is_asked_again_in_the_new_dialogue(office: Office) -> None:
    request = office.running(office.user("Hans"), office.eva(), in_order=False)

    replace(office, request, 1, office.user("Kees"))
    office.certify(request)

    assert office.states(request) == [SignerState.REPLACED, SignerState.ASKED, SignerState.ASKED]
    assert len(office.mails("dialogue_invitation")) == 2
    office.join()
    assert read_request(office.session, request.id, office.actor("Eva")).own is not None
