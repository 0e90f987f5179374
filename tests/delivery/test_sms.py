"""Codes by SMS wait in the outbox, leave once and never late, and not too many of them (L-07, L-08; goals H and I)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, text

from crypto.source import SeededSource
from database.session import SessionFactory
from delivery import sms_budgets
from delivery.errors import DeliveryFailed, Reason, SmsValueError, TooManySms
from delivery.gateways import CmGateway, Sms
from delivery.https import HttpsPost
from delivery.languages import Language
from delivery.models import OutgoingMessage, SmsCount
from delivery.rendering import render_sms
from delivery.sending import SMS_PACE, send_due, send_due_sms
from delivery.sms import SmsContent, SmsKind, SmsRules, open_sms, queue_sms, queue_sms_notice
from delivery.sms_budgets import purge_sms_counts
from tests.delivery.conftest import EMPLOYER, Ask
from tests.delivery.mail_server import Behaviour as MailBehaviour
from tests.delivery.mail_server import free_port, mail_server
from tests.delivery.sms_server import CM_TAKEN, Behaviour, sms_server
from tests.delivery.test_sending import row_of, to_server

NUMBER = "+31600000001"
ANNA = UUID(int=1)
RULES = SmsRules("datakluis.example", 500)
LIFETIME = timedelta(minutes=10)
AskCode = Callable[..., OutgoingMessage]


@pytest.fixture
def ask_code(factory: SessionFactory, source: SeededSource) -> AskCode:
    """Ask for a code in a transaction of its own."""

    def ask(number: str = NUMBER, person_id: UUID = ANNA, rules: SmsRules = RULES, **more: Any) -> OutgoingMessage:
        asked = {"kind": SmsKind.LOGIN_CODE, "code": "bk68t9", "language": "nl", "organisation_id": EMPLOYER, **more}
        with factory() as session, session.begin():
            return queue_sms(
                session, person_id=person_id, to=number, expires_at=source.now() + LIFETIME, rules=rules, **asked
            )

    return ask


def to_gateway(port: int) -> CmGateway:
    return CmGateway(HttpsPost(f"http://127.0.0.1:{port}/", answer_timeout=0.5), "Datakluis", "token")


def references(server: Behaviour) -> list[str]:
    return [body["messages"]["msg"][0]["reference"] for body in server.taken_json()]


def test_a_code_lies_sealed_leaves_once_and_is_wiped(
    factory: SessionFactory, engine: Engine, ask_code: AskCode
) -> None:
    message, server = ask_code(), Behaviour(answer=CM_TAKEN)
    with engine.connect() as connection:
        rows = str(connection.execute(text("SELECT * FROM outgoing_message")).all())
        counts = str(connection.execute(text("SELECT * FROM sms_count")).all())
    assert not any(word in rows + counts for word in ("bk68t9", "31600000001"))
    with factory() as session:
        assert open_sms(session, message) == SmsContent(NUMBER, "bk68t9", "datakluis.example")

    with sms_server(server) as port:
        assert [send_due_sms(factory, to_gateway(port)) for _ in range(2)] == [1, 0]

    assert references(server) == [message.message_id]
    row = row_of(factory, message)
    assert (row.state, row.sealed) == ("sent", None)


def test_mail_does_not_go_by_sms_nor_an_sms_by_mail(factory: SessionFactory, ask: Ask, ask_code: AskCode) -> None:
    mail, code = ask(), ask_code()
    mails, texts = MailBehaviour(), Behaviour(answer=CM_TAKEN)
    with mail_server(mails) as mail_port, sms_server(texts) as sms_port:
        assert send_due(factory, to_server(mail_port)) == 1
        assert send_due_sms(factory, to_gateway(sms_port)) == 1

    assert mails.recipients == ["eva@voorbeeld.nl"]
    assert references(texts) == [code.message_id]
    assert mail.channel == "mail"


def test_a_code_whose_answer_got_lost_is_repeated_with_the_same_reference(
    factory: SessionFactory, source: SeededSource, ask_code: AskCode
) -> None:
    message, server = ask_code(), Behaviour(answer=CM_TAKEN, lose_answer=True)
    with sms_server(server) as port:
        assert send_due_sms(factory, to_gateway(port)) == 0
        server.lose_answer = False
        source.advance(timedelta(seconds=10))
        assert send_due_sms(factory, to_gateway(port)) == 1

    assert references(server) == [message.message_id] * 2


def test_a_code_that_expired_while_the_gateway_was_away_is_never_sent(
    factory: SessionFactory, source: SeededSource, ask_code: AskCode
) -> None:
    message, server = ask_code(), Behaviour(answer=CM_TAKEN)
    assert send_due_sms(factory, to_gateway(free_port())) == 0
    source.advance(LIFETIME)
    with sms_server(server) as port:
        assert send_due_sms(factory, to_gateway(port)) == 0

    assert server.taken == []
    row = row_of(factory, message)
    assert (row.state, row.sealed) == ("expired", None)


def test_a_code_that_was_refused_for_good_is_given_up_and_holds_up_no_other(
    factory: SessionFactory, source: SeededSource, ask_code: AskCode
) -> None:
    refused = ask_code()
    source.advance(timedelta(seconds=1))
    other, server = ask_code("+31600000002", UUID(int=2)), Behaviour(answer=CM_TAKEN)

    class Picky:
        def send(self, sms: Sms) -> None:
            if sms.to == NUMBER:
                raise DeliveryFailed(Reason.NEVER)
            to_gateway(port).send(sms)

    with sms_server(server) as port:
        assert send_due_sms(factory, Picky()) == 1

    assert [row_of(factory, message).state for message in (refused, other)] == ["given_up", "sent"]


def test_workers_at_once_send_no_code_twice_and_a_dead_one_loses_its_hold_in_a_minute(
    factory: SessionFactory, source: SeededSource, ask_code: AskCode
) -> None:
    asked = {ask_code(f"+316{number:08}", UUID(int=number)).message_id for number in range(6)}
    server = Behaviour(answer=CM_TAKEN)
    with sms_server(server) as port, ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: send_due_sms(factory, to_gateway(port)), range(3)))
    assert sorted(references(server)) == sorted(asked)

    class Dies:
        def send(self, _sms: Sms) -> None:
            raise KeyboardInterrupt

    late = ask_code("+31600000009", UUID(int=9))
    with pytest.raises(KeyboardInterrupt):
        send_due_sms(factory, Dies())
    source.advance(SMS_PACE.lease)
    with sms_server(Behaviour(answer=CM_TAKEN)) as port:
        assert send_due_sms(factory, to_gateway(port)) == 1
    assert row_of(factory, late).attempts == 2


def test_a_number_gets_five_codes_an_hour_and_ten_a_day(source: SeededSource, ask_code: AskCode) -> None:
    start = source.now()
    for _ in range(5):
        ask_code()
    with pytest.raises(TooManySms) as refused:
        ask_code()
    assert refused.value.until == start + timedelta(hours=1)
    ask_code("+31600000002")

    source.advance(timedelta(hours=1))
    for _ in range(5):
        ask_code()
    source.advance(timedelta(hours=1))
    with pytest.raises(TooManySms) as refused:
        ask_code()
    assert refused.value.until == start + timedelta(days=1)
    source.advance(timedelta(hours=22))
    ask_code()


def test_nobody_has_codes_sent_to_ever_more_numbers(source: SeededSource, ask_code: AskCode) -> None:
    for number in range(20):
        ask_code(f"+316{number:08}")

    with pytest.raises(TooManySms):
        ask_code("+31600000099")
    ask_code("+31600000099", UUID(int=2))


def test_an_organisation_has_its_own_number_of_codes_a_day(ask_code: AskCode) -> None:
    few = SmsRules("datakluis.example", 2)
    for number in (1, 2):
        ask_code(f"+3160000000{number}", UUID(int=number), few)

    with pytest.raises(TooManySms):
        ask_code("+31600000003", UUID(int=3), few)
    ask_code("+31600000003", UUID(int=3), few, organisation_id=UUID(int=77))


def test_of_many_that_ask_at_once_no_more_than_the_budget_get_a_code(
    factory: SessionFactory, ask_code: AskCode
) -> None:
    def attempt(_number: int) -> bool:
        try:
            ask_code()
        except TooManySms:
            return False
        return True

    with ThreadPoolExecutor(12) as threads:
        assert sum(threads.map(attempt, range(12))) == sms_budgets.NUMBER_AN_HOUR.most


def test_a_warning_without_a_code_counts_against_no_budget(factory: SessionFactory, ask_code: AskCode) -> None:
    for _ in range(5):
        ask_code()
    with factory() as session, session.begin():
        queue_sms_notice(session, organisation_id=EMPLOYER, kind=SmsKind.PHONE_CHANGED, to=NUMBER, language="nl")
        assert session.scalar(select(func.count()).select_from(OutgoingMessage)) == 6


def test_counts_whose_window_is_over_are_forgotten(
    factory: SessionFactory, source: SeededSource, ask_code: AskCode
) -> None:
    ask_code()
    source.advance(timedelta(days=1))
    ask_code("+31600000002", UUID(int=2), organisation_id=UUID(int=77))
    with factory() as session, session.begin():
        assert purge_sms_counts(session) == 4
        assert session.scalar(select(func.count()).select_from(SmsCount)) == 4


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"number": "0600000001"}, RULES),
        ({"number": "+31600000001\n"}, RULES),
        ({"code": "bk68t9 @evil"}, RULES),
        ({"code": ""}, RULES),
        ({"reference": "K7M2WQ4N"}, RULES),
        ({"kind": SmsKind.SIGNING_CODE}, RULES),
        ({"kind": SmsKind.SIGNING_CODE, "reference": "Plan van aanpak"}, RULES),
        ({}, SmsRules("datakluis.example #123456", 5)),
    ],
)
def test_what_cannot_be_in_an_sms_is_refused(ask_code: AskCode, changes: dict[str, str], rules: SmsRules) -> None:
    with pytest.raises(SmsValueError):
        ask_code(rules=rules, **changes)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", list(SmsKind))
def test_an_sms_is_short_and_a_code_ends_with_the_line_that_a_phone_fills_in(kind: SmsKind, language: Language) -> None:
    """Origin-bound one-time codes: the last line is the host and the code, nothing else."""
    is_notice = kind is SmsKind.PHONE_CHANGED
    content = SmsContent(NUMBER, None, None) if is_notice else SmsContent(NUMBER, "bk68t9", "datakluis.example")
    if kind is SmsKind.SIGNING_CODE:
        content = replace(content, reference="K7M2WQ4N")
    words = render_sms(kind, content, language)

    assert ("K7M2WQ4N" in words) if kind is SmsKind.SIGNING_CODE else words.startswith("Datakluis: ")
    assert len(words) <= 160, "more than one SMS"
    assert "%" not in words
    if not is_notice:
        assert words.splitlines()[1:] == ["@datakluis.example #bk68t9"]


def test_the_code_of_a_signature_says_what_it_is_for_by_chance_alone(
    ask_code: AskCode, factory: SessionFactory
) -> None:
    message = ask_code(kind=SmsKind.SIGNING_CODE, reference="K7M2WQ4N")
    with factory() as session:
        words = render_sms(SmsKind.SIGNING_CODE, open_sms(session, message), Language.DUTCH)

    assert words == (
        "Uw ondertekencode voor K7M2WQ4N is bk68t9. Deel deze code met niemand.\n@datakluis.example #bk68t9"
    )
