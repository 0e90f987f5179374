"""Declining, withdrawing, running out and reminding: each ends or stops once, and is told (signing.md 7.5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from audit.actions import Action
from audit.models import AuditEntry
from crypto.source import SeededSource
from delivery.outbox import open_content
from dialogs.reading import read_dialogue
from organisation.models import EMPLOYEES_ID
from signing.agreeing import agree_by_code
from signing.declining import decline
from signing.errors import InvalidRequest, NotASigner, NotTheRequester, RequestEnded
from signing.events import events_of, is_unbroken
from signing.expiring import expire_requests
from signing.models import RequestState, SignerState
from signing.reading import read_request
from signing.reminding import remind_signers
from signing.statuses import SigningStatus
from signing.withdrawing import withdraw
from tests.dialogs.talk import BASE_URL
from tests.signing.office import Office
from tests.signing.test_turns import composed


def test_who_declines_ends_the_round_for_everybody_and_the_others_read_why(office: Office) -> None:
    request = office.running(office.eva(), office.user("Hans"), in_order=False)
    office.join()
    office.read(request, "Hans")

    decline(office.session, request.id, "Er staat een fout in.", office.actor("Eva"), base_url=BASE_URL)

    seen = read_request(office.session, request.id, office.actor("Anna"))
    assert seen.state is RequestState.DECLINED
    assert [one.status for one in seen.signers] == [SigningStatus.DECLINED, SigningStatus.LAPSED]
    assert seen.signers[0].refusal == "Er staat een fout in."
    assert request.dialogue_id is not None
    last = read_dialogue(office.session, request.dialogue_id, office.actor("Hans")).messages[-1]
    assert (last.event, last.reason) == ("signing_declined", "Er staat een fout in.")
    with pytest.raises(RequestEnded):
        office.send(request, "Hans", given="0600000007")
    with pytest.raises(RequestEnded):
        decline(office.session, request.id, "Nog eens", office.actor("Hans"), base_url=BASE_URL)
    entries = select(AuditEntry).where(AuditEntry.action == Action.SIGNING_DECLINE)
    logs = {entry.organisation_id for entry in office.session.scalars(entries)}
    assert logs == {EMPLOYEES_ID, office.world.employer.id}


def test_a_reason_is_needed_and_only_a_signer_declines(office: Office) -> None:
    request = office.running(office.user("Hans"))

    for reason in (" \n", "a" * 501):
        with pytest.raises(InvalidRequest):
            decline(office.session, request.id, reason, office.actor("Hans"), base_url=BASE_URL)
        with pytest.raises(InvalidRequest):
            withdraw(office.session, request.id, reason, office.actor("Anna"), base_url=BASE_URL)
    with pytest.raises(NotASigner):
        decline(office.session, request.id, "Nee", office.actor("Anna"), base_url=BASE_URL)
    assert request.state == RequestState.RUNNING


def test_the_requester_withdraws_and_a_code_that_was_sent_is_worth_nothing(office: Office) -> None:
    request = office.eva_reads()
    code = office.send(request, "Eva")
    with pytest.raises(NotTheRequester):
        withdraw(office.session, request.id, "Nee", office.actor("Eva"), base_url=BASE_URL)

    withdraw(office.session, request.id, "Verkeerd document", office.actor("Anna"), base_url=BASE_URL)

    with pytest.raises(RequestEnded):
        agree_by_code(office.session, request.id, code, office.actor("Eva"))
    seen = read_request(office.session, request.id, office.actor("Eva"))
    assert (seen.state, seen.reason) == (RequestState.WITHDRAWN, "Verkeerd document")
    assert seen.can == frozenset()
    assert is_unbroken(events_of(office.session, request.id))
    assert office.ask().state == RequestState.PREPARING


def test_a_request_that_is_not_sealed_yet_can_be_withdrawn(office: Office) -> None:
    request = office.ask()

    withdraw(office.session, request.id, "Toch niet", office.actor("Anna"), base_url=BASE_URL)

    assert request.state == RequestState.WITHDRAWN


def test_the_worker_lets_run_out_what_has_and_nothing_else(office: Office, source: SeededSource) -> None:
    request = office.running(office.user("Hans"), office.eva(), days=2)
    assert expire_requests(office.session) == 0
    source.advance(timedelta(days=2))

    assert expire_requests(office.session) == 1
    assert expire_requests(office.session) == 0

    assert request.state == RequestState.EXPIRED
    assert office.states(request) == [SignerState.EXPIRED, SignerState.EXPIRED]
    entries = select(AuditEntry).where(AuditEntry.action == Action.SIGNING_EXPIRE)
    assert office.world.employer.id in {entry.organisation_id for entry in office.session.scalars(entries)}


def test_the_worker_writes_down_that_another_version_overtook_a_request(office: Office) -> None:
    request = office.running()
    office.new_version()

    assert expire_requests(office.session) == 1
    assert request.state == RequestState.VOIDED


def test_reminders_come_after_three_seven_and_twelve_days_and_are_the_same(
    office: Office, source: SeededSource
) -> None:
    office.running(office.user("Hans"), office.eva(), in_order=False)
    sent = []
    for days in range(1, 15):
        source.advance(timedelta(days=1) - timedelta(seconds=1))
        assert remind_signers(office.session, base_url=BASE_URL) == 0, days
        source.advance(timedelta(seconds=1))
        sent.append(remind_signers(office.session, base_url=BASE_URL))

    assert [day for day, count in enumerate(sent, 1) if count] == [3, 7, 12]
    mails = office.mails("signing_reminder")
    assert len(mails) == 6
    to_hans = [mail for mail in mails if open_content(office.session, mail).to == "hans@example.org"]
    texts = {composed(office, mail).partition(b"Date:")[2].partition(b"\n")[2] for mail in to_hans}
    assert len(texts) == 1


def test_nobody_is_reminded_who_signed_whose_request_ended_or_who_is_reached_otherwise(
    office: Office, source: SeededSource
) -> None:
    request = office.running(office.user("Hans"), office.user("Kees"), office.eva(), in_order=False)
    office.sign(request, 1)
    source.advance(timedelta(minutes=1))
    office.change_contact()
    source.advance(timedelta(days=3))

    remind_signers(office.session, base_url=BASE_URL)
    assert [open_content(office.session, mail).to for mail in office.mails("signing_reminder")] == ["kees@example.org"]
    withdraw(office.session, request.id, "Klaar", office.actor("Anna"), base_url=BASE_URL)
    source.advance(timedelta(days=4))
    assert remind_signers(office.session, base_url=BASE_URL) == 0
