"""What the parties see of a request, and how far a signer has read (G-05, G-09; D-rules 28 and 33)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from audit.actions import Action
from audit.models import AuditEntry
from crypto.source import SeededSource
from delivery.models import OutgoingMessage
from delivery.outbox import MessageState
from dialogs.participants import add_participant, leave
from organisation.errors import NotFound
from organisation.models import EMPLOYEES_ID
from signing.errors import NotYourTurn
from signing.events import events_of
from signing.looking import begin_reading, note_page, show_document
from signing.models import RequestState, SigningRequest
from signing.reading import SigningAct, read_request, request_in_dialogue, signing_of_document
from tests.dialogs.talk import BASE_URL, Talk
from tests.signing.office import TITLE, Office


def statuses(office: Office, request: SigningRequest, by: str = "Anna") -> list[str]:
    return [one.status.value for one in read_request(office.session, request.id, office.actor(by)).signers]


def deliver(office: Office, state: MessageState) -> None:
    for message in office.session.scalars(select(OutgoingMessage)):
        message.state = state.value
    office.session.flush()


def test_each_party_sees_where_each_signer_stands(office: Office) -> None:
    request = office.running(office.user("Hans"), office.eva())
    assert statuses(office, request) == ["sent", "waiting"]
    deliver(office, MessageState.SENT)
    assert statuses(office, request) == ["delivered", "waiting"]
    deliver(office, MessageState.GIVEN_UP)
    assert statuses(office, request) == ["undelivered", "waiting"]
    office.read(request, "Hans")
    assert statuses(office, request) == ["read", "waiting"]
    office.sign(request, 1)
    assert statuses(office, request) == ["signed", "sent"]
    deliver(office, MessageState.SENT)
    assert statuses(office, request, "Hans") == ["signed", "delivered"]


def test_what_each_may_do_is_offered_and_no_more(office: Office) -> None:
    request = office.running(office.user("Hans"), office.eva())

    views = {name: read_request(office.session, request.id, office.actor(name)) for name in ("Anna", "Hans")}

    assert views["Anna"].can == {SigningAct.WITHDRAW, SigningAct.REPLACE}
    assert views["Hans"].can == {SigningAct.SIGN, SigningAct.DECLINE}
    assert views["Anna"].title == TITLE
    assert "Yılmaz" not in repr(views["Anna"])
    assert TITLE not in repr(views["Anna"])


def test_a_participant_who_is_no_signer_sees_and_can_do_nothing(office: Office) -> None:
    request = office.running(office.user("Hans"))
    assert request.dialogue_id is not None
    kees = Talk(office.world).user("Kees")
    add_participant(office.session, request.dialogue_id, kees, office.actor("Anna"), base_url=BASE_URL)

    seen = read_request(office.session, request.id, office.actor("Kees"))

    assert (seen.can, seen.own, len(seen.signers)) == (frozenset(), None, 1)


def test_nobody_else_finds_a_request_and_who_left_finds_it_no_more(office: Office) -> None:
    request = office.running(office.user("Hans"), office.user("Kees"), in_order=False)
    assert request.dialogue_id is not None
    leave(office.session, request.dialogue_id, office.actor("Hans"))

    for name in ("Bram", "Carla", "Hans"):
        with pytest.raises(NotFound):
            read_request(office.session, request.id, office.actor(name))
        assert request_in_dialogue(office.session, request.dialogue_id, office.actor(name)) is None
    with pytest.raises(NotFound):
        read_request(office.session, office.session.source.new_id(), office.actor("Anna"))
    assert statuses(office, request) == ["gone", "sent"]


def test_a_look_is_in_both_logs_before_anything_is_opened(office: Office) -> None:
    request = office.eva_reads()
    read_request(office.session, request.id, office.actor("Eva"))
    show_document(office.session, request.id, office.actor("Eva"), page=2)

    entries = select(AuditEntry).where(AuditEntry.action == Action.SIGNING_READ).order_by(AuditEntry.moment)
    found = [(entry.organisation_id, entry.details) for entry in office.session.scalars(entries)]
    for details in ({}, {"page": 2}):
        assert {log for log, told in found if told == details} == {EMPLOYEES_ID, office.world.employer.id}


def test_a_request_whose_time_is_up_or_that_was_overtaken_is_told_and_written_down(
    office: Office, source: SeededSource
) -> None:
    overtaken = office.running(office.user("Hans"), days=1)
    office.new_version()
    assert statuses(office, overtaken) == ["lapsed"]
    assert overtaken.state == RequestState.VOIDED
    late = office.running(office.user("Hans"), days=1)
    source.advance(timedelta(days=1))

    assert statuses(office, late) == ["expired"]
    assert late.state == RequestState.EXPIRED
    assert [event.kind for event in events_of(office.session, late.id)][-1] == "expired"


def test_the_document_page_tells_counts_and_no_name_to_who_takes_no_part(office: Office) -> None:
    request = office.running(office.user("Hans"), office.eva())
    office.sign(request, 1)

    seen = signing_of_document(office.session, office.document, office.actor("Kees"))

    assert seen is not None
    assert (seen.signed, seen.signers, seen.takes_part, seen.state) == (1, 2, False, RequestState.RUNNING)
    own = signing_of_document(office.session, office.document, office.actor("Hans"))
    assert own is not None
    assert own.takes_part


def test_pages_count_in_their_order_and_time_to_five_minutes_a_page(office: Office) -> None:
    request = office.eva_reads()
    eva = office.actor("Eva")

    note_page(office.session, request.id, eva, 3, seconds=10)
    assert office.signer(request, 1).pages_seen == 1
    for page, seconds in ((2, 4000), (2, -5), (3, 20)):
        note_page(office.session, request.id, eva, page, seconds=seconds)

    signer = office.signer(request, 1)
    # One page was counted when the document was opened.
    assert (signer.pages_seen, signer.seconds_seen) == (3, 10 + 300 + 20)
    assert signer.person_id == eva.person_id


def test_reading_begins_once_and_only_in_turn(office: Office) -> None:
    request = office.running(office.user("Anna"), office.user("Hans"))
    begin_reading(office.session, request.id, office.actor("Anna"))
    begin_reading(office.session, request.id, office.actor("Anna"))

    assert [event.kind for event in events_of(office.session, request.id)].count("read") == 1
    with pytest.raises(NotYourTurn):
        begin_reading(office.session, request.id, office.actor("Hans"))
    with pytest.raises(NotYourTurn):
        note_page(office.session, request.id, office.actor("Hans"), 1, seconds=1)
