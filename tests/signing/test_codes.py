"""The code with which somebody signs: good once, for ten minutes and five tries, for one document (signing.md 9.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.errors import MalformedNumber, TooManyTries, WrongCode
from accounts.login import SecondFactor
from accounts.second_factors import Factor
from audit.actions import Action
from audit.models import AuditEntry
from audit.recording import Outcome
from crypto.source import SeededSource
from delivery.errors import TooManySms
from delivery.models import OutgoingMessage
from delivery.outbox import MessageState
from delivery.sms import SmsRules, open_sms
from organisation.models import EMPLOYEES_ID
from signing.agreeing import agree_by_code, agree_by_factor
from signing.codes import purge_signing_codes, reach_of, send_code, sms_state
from signing.errors import NotASigner, NotYourTurn, NumberMissing, RequestEnded, TooManyCodes
from signing.events import events_of
from signing.models import RequestState, SignerState, SigningCode, SigningMethod
from signing.statements import statement_sha256
from tests.signing.office import BASE, EVA_NUMBER, RULES, Office


def is_refused(office: Office, request_id: object, code: str, by: str = "Eva") -> bool:
    """Whether a code signs nothing."""
    with pytest.raises((WrongCode, TooManyTries)):
        agree_by_code(office.session, request_id, code, office.actor(by))  # type: ignore[arg-type]
    return True


def test_the_right_code_agrees_with_this_document_and_these_words(office: Office) -> None:
    request = office.eva_reads()
    code = office.send(request, "Eva")

    signer = agree_by_code(office.session, request.id, f" {code.upper()} ", office.actor("Eva"))

    assert (signer.state, signer.method) == (SignerState.AGREED, SigningMethod.SMS)
    assert signer.agreed_sha256 == BASE
    assert signer.statement_sha256 == statement_sha256(request.statement_version)
    used = office.session.get_one(SigningCode, signer.proof_id)
    assert used.used_at == signer.agreed_at


def test_the_sms_says_what_it_is_for_by_the_reference_and_goes_to_the_number_of_the_record(office: Office) -> None:
    request = office.eva_reads()
    office.send(request, "Eva")

    newest = select(OutgoingMessage).where(OutgoingMessage.kind == "signing_code")
    content = open_sms(office.session, office.session.scalars(newest).one())
    assert (content.to, content.reference, content.host) == (EVA_NUMBER, request.reference, "portal.example")
    signer = office.signer(request, 1)
    assert signer.phone_source == "record"
    assert signer.number_digest is not None


def test_both_logs_know_that_a_code_was_sent_and_that_she_agreed(office: Office) -> None:
    request = office.eva_reads()
    agree_by_code(office.session, request.id, office.send(request, "Eva"), office.actor("Eva"))

    for action in (Action.SMS_CODE_SEND, Action.SIGNING_AGREE):
        entries = select(AuditEntry).where(AuditEntry.action == action, AuditEntry.object_type == "signer")
        logs = {entry.organisation_id for entry in office.session.scalars(entries)}
        assert logs == {EMPLOYEES_ID, office.world.employer.id}


def test_a_code_is_good_once(office: Office) -> None:
    request = office.eva_reads()
    code = office.send(request, "Eva")
    agree_by_code(office.session, request.id, code, office.actor("Eva"))

    with pytest.raises(NotYourTurn):
        agree_by_code(office.session, request.id, code, office.actor("Eva"))
    office.signer(request, 1).state = SignerState.READ.value
    assert is_refused(office, request.id, code)


@pytest.mark.parametrize(("seconds", "is_good"), [(599, True), (600, False), (601, False)])
def test_a_code_is_good_for_ten_minutes(office: Office, source: SeededSource, seconds: int, is_good: bool) -> None:
    request = office.eva_reads()
    code = office.send(request, "Eva")
    source.advance(timedelta(seconds=seconds))

    if is_good:
        assert agree_by_code(office.session, request.id, code, office.actor("Eva"))
    else:
        assert is_refused(office, request.id, code)


def test_after_five_wrong_tries_a_code_is_dead(office: Office, source: SeededSource) -> None:
    request = office.eva_reads()
    code = office.send(request, "Eva")
    for _ in range(5):
        assert is_refused(office, request.id, "aaaaaa")
    # The waits between tries are over, the code's time is not.
    source.advance(timedelta(minutes=6))

    assert is_refused(office, request.id, code)
    refused = select(AuditEntry).where(AuditEntry.outcome == Outcome.REFUSED.value)
    assert len(list(office.session.scalars(refused.where(AuditEntry.action == Action.SIGNING_AGREE)))) == 12
    kinds = [event.kind for event in events_of(office.session, request.id)]
    assert kinds.count("code_refused") == 6


def test_a_new_code_forgets_no_wrong_tries(office: Office) -> None:
    request = office.eva_reads()
    office.send(request, "Eva")
    for _ in range(5):
        assert is_refused(office, request.id, "aaaaaa")

    with pytest.raises(TooManyTries):
        agree_by_code(office.session, request.id, office.send(request, "Eva"), office.actor("Eva"))


def test_a_newer_code_puts_an_end_to_the_one_before(office: Office) -> None:
    request = office.eva_reads()
    older, newer = office.send(request, "Eva"), office.send(request, "Eva")

    assert is_refused(office, request.id, older)
    assert agree_by_code(office.session, request.id, newer, office.actor("Eva"))


def test_three_codes_are_sent_in_ten_minutes_and_the_last_still_works(office: Office, source: SeededSource) -> None:
    request = office.eva_reads()
    codes = [office.send(request, "Eva") for _ in range(3)]

    with pytest.raises(TooManyCodes):
        office.send(request, "Eva")
    source.advance(timedelta(minutes=5))
    assert purge_signing_codes(office.session) == 0
    with pytest.raises(TooManyCodes):
        office.send(request, "Eva")
    assert agree_by_code(office.session, request.id, codes[-1], office.actor("Eva"))


def test_after_ten_minutes_another_code_can_be_sent(office: Office, source: SeededSource) -> None:
    request = office.eva_reads()
    for _ in range(3):
        office.send(request, "Eva")
    source.advance(timedelta(minutes=10))

    assert office.send(request, "Eva")
    assert purge_signing_codes(office.session) == 2


def test_what_the_budget_of_sms_does_not_allow_is_not_sent_and_the_code_before_works(office: Office) -> None:
    request = office.eva_reads()
    code = office.send(request, "Eva")

    with pytest.raises(TooManySms):
        send_code(office.session, request.id, office.actor("Eva"), rules=SmsRules("portal.example", 1))
    assert agree_by_code(office.session, request.id, code, office.actor("Eva"))


def test_the_code_of_another_document_signs_nothing(office: Office) -> None:
    first = office.eva_reads()
    other = office.cabinet.add("Anna", office.eva_id, name="Ander.pdf", data=office.pdf())
    second = office.certify(office.ask(office.eva(), document=other))
    office.join_again()
    office.read(second, "Eva")
    code = office.send(first, "Eva")
    office.send(second, "Eva")

    assert is_refused(office, second.id, code)


def test_the_code_of_another_person_signs_nothing(office: Office) -> None:
    request = office.running(office.user("Hans"), office.eva(), in_order=False)
    office.join()
    office.read(request, "Eva")
    office.read(request, "Hans")
    code = office.send(request, "Eva")
    office.send(request, "Hans", given="0600000007", number="+31600000007")

    assert is_refused(office, request.id, code, by="Hans")
    assert office.states(request) == [SignerState.READ, SignerState.READ]


def test_a_code_for_the_document_as_it_was_sealed_before_signs_nothing(office: Office) -> None:
    request = office.eva_reads()
    code = office.send(request, "Eva")
    request.base_sha256 = b"c" * 32
    office.session.flush()

    assert is_refused(office, request.id, code)


def test_a_code_that_was_sent_is_worth_nothing_once_there_is_another_version(office: Office) -> None:
    request = office.eva_reads()
    code = office.send(request, "Eva")
    office.new_version()

    with pytest.raises(RequestEnded) as refusal:
        agree_by_code(office.session, request.id, code, office.actor("Eva"))
    assert refusal.value.state is RequestState.VOIDED
    with pytest.raises(RequestEnded):
        office.send(request, "Eva")


def test_nobody_has_a_code_sent_before_the_document_was_opened_or_out_of_turn(office: Office) -> None:
    request = office.running(office.eva(), office.user("Hans"))
    office.join()

    with pytest.raises(NotYourTurn):
        office.send(request, "Eva")
    with pytest.raises(NotYourTurn):
        office.send(request, "Hans")
    with pytest.raises(NotASigner):
        office.send(request, "Anna")


def test_the_recipient_gives_a_number_only_where_the_sender_gave_none(office: Office) -> None:
    request = office.running(office.user("Hans"))
    office.read(request, "Hans")

    assert reach_of(office.session, request.id, office.actor("Hans")) is None
    with pytest.raises(NumberMissing):
        office.send(request, "Hans")
    with pytest.raises(MalformedNumber):
        office.send(request, "Hans", given="12")
    assert office.send(request, "Hans", given="06 00000007", number="+31600000007")
    assert office.signer(request, 1).phone_source == "recipient"
    assert events_of(office.session, request.id)[-1].details.endswith('"number_from":"recipient"}')


def test_a_number_of_the_record_is_never_exchanged_for_one_of_the_recipient(office: Office) -> None:
    request = office.eva_reads()

    send_code(office.session, request.id, office.actor("Eva"), given_number="0600000007", rules=RULES)

    newest = select(OutgoingMessage).where(OutgoingMessage.kind == "signing_code")
    assert open_sms(office.session, office.session.scalars(newest).one()).to == EVA_NUMBER
    known = reach_of(office.session, request.id, office.actor("Eva"))
    assert known is not None
    assert (known.number, known.source, known.masked) == (EVA_NUMBER, "record", "•••• 78")
    assert "31612345678" not in repr(known)


def test_while_the_gateway_is_away_the_state_says_that_the_sms_waits(office: Office) -> None:
    request = office.eva_reads()
    assert sms_state(office.session, request.id, office.actor("Eva")) is None
    office.send(request, "Eva")

    waiting = sms_state(office.session, request.id, office.actor("Eva"))

    assert waiting is not None
    assert waiting.state is MessageState.WAITING
    assert office.states(request) == [SignerState.READ]


def test_a_security_key_or_an_app_signs_instead_and_nothing_weaker(office: Office) -> None:
    request = office.eva_reads()
    eva = office.actor("Eva")

    for factor in (SecondFactor(eva.person_id, Factor.SMS), SecondFactor(request.id, Factor.APP)):
        with pytest.raises(ValueError, match="own security key or app"):
            agree_by_factor(office.session, request.id, factor, eva)
    signer = agree_by_factor(office.session, request.id, SecondFactor(eva.person_id, Factor.APP), eva)

    assert (signer.state, signer.method) == (SignerState.AGREED, SigningMethod.AUTHENTICATOR)
    assert signer.phone_sealed is None
