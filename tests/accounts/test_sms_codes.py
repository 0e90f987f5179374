"""Codes by SMS: good once, for ten minutes, five tries and one purpose (L-07, L-08, L-15, L-32; goals I and K)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update

from accounts.devices import new_device_token
from accounts.errors import AlreadyCoupled, LastFactor, MalformedNumber, NotCoupled, TooManyTries, WrongCode
from accounts.models import Authenticator, FailedTries, SmsCode
from accounts.one_time_codes import ALPHABET
from accounts.phones import phone_of
from accounts.sms_codes import (
    SmsPurpose,
    begin_phone,
    check_code,
    confirm_phone,
    purge_sms_codes,
    remove_phone,
    send_code,
    send_phone_code_again,
    sms_is_coupled,
    waiting_phone,
)
from audit.actions import Action
from audit.models import AuditEntry
from crypto.errors import UnsealError
from crypto.source import SeededSource
from database.session import Session, SessionFactory
from delivery.errors import TooManySms
from delivery.models import OutgoingMessage
from delivery.sms import SmsRules, open_sms
from tests import people
from tests.accounts.test_security_keys import actor
from tests.people import ACCESS_POINT, SignedUp

ORGANISATION = UUID(int=11)
RULES = SmsRules("datakluis.example", 500)
NUMBER = "+31600000001"
WRONG = "222222"


def text_messages(session: Session) -> list[OutgoingMessage]:
    query = select(OutgoingMessage).where(OutgoingMessage.channel == "sms")
    return list(session.scalars(query.order_by(OutgoingMessage.created_at, OutgoingMessage.id)))


def code_for(session: Session, number: str = NUMBER) -> str:
    """Return the code in the last SMS to a number, which the test reads from the outbox."""
    contents = [open_sms(session, row) for row in text_messages(session)]
    codes = [content.code for content in contents if content.to == number and content.code]
    assert codes
    return codes[-1]


def couple(session: Session, person: SignedUp, number: str = NUMBER) -> None:
    """Couple a number as its owner would."""
    begin_phone(session, person.id, number, access_point=ACCESS_POINT, rules=RULES, adding=True)
    confirm_phone(session, person.id, code_for(session, number), access_point=ACCESS_POINT, adding=True)
    session.execute(delete(OutgoingMessage))


def send(session: Session, person: SignedUp, purpose: SmsPurpose = SmsPurpose.LOGIN) -> str:
    """Have a code sent and read it."""
    session.execute(delete(OutgoingMessage))
    send_code(session, person.id, purpose, access_point=ACCESS_POINT, rules=RULES)
    return code_for(session)


def check(session: Session, person: SignedUp, code: str, purpose: SmsPurpose = SmsPurpose.LOGIN) -> None:
    check_code(session, person.id, code, purpose, access_point=ACCESS_POINT)


@pytest.fixture
def anna(session: Session) -> SignedUp:
    """Anna, whose number is coupled."""
    signed_up = people.sign_up(session, ORGANISATION, "Anna")
    couple(session, signed_up)
    return signed_up


def test_a_code_has_six_small_letters_and_digits_that_nobody_can_misread(session: Session, anna: SignedUp) -> None:
    """L-08."""
    assert not set("01oil") & set(ALPHABET)
    assert re.fullmatch(f"[{ALPHABET}]{{6}}", send(session, anna))


def test_the_code_is_right_however_a_keyboard_capitalises_it(session: Session, anna: SignedUp) -> None:
    code = send(session, anna)

    second = check_code(session, anna.id, f" {code[:3].upper()} {code[3:]}", access_point=ACCESS_POINT)
    assert (second.person_id, second.factor) == (anna.id, "sms")


def test_a_code_is_good_once(session: Session, anna: SignedUp) -> None:
    code = send(session, anna)
    check(session, anna, code)

    with pytest.raises(WrongCode):
        check(session, anna, code)


def test_a_code_is_good_for_ten_minutes(session: Session, anna: SignedUp, source: SeededSource) -> None:
    code = send(session, anna)
    (message,) = text_messages(session)
    assert message.expires_at == source.now() + timedelta(minutes=10)
    source.advance(timedelta(minutes=10))

    with pytest.raises(WrongCode):
        check(session, anna, code)
    assert purge_sms_codes(session) == 1
    assert purge_sms_codes(session) == 0


def test_a_newer_code_puts_an_end_to_the_one_before(session: Session, anna: SignedUp) -> None:
    first, second = send(session, anna), send(session, anna)

    with pytest.raises(WrongCode):
        check(session, anna, first)
    check(session, anna, second)


def test_a_code_for_one_thing_is_good_for_no_other(session: Session, anna: SignedUp) -> None:
    code = send(session, anna, SmsPurpose.CONFIRM)
    send(session, anna, SmsPurpose.RESET)

    with pytest.raises(WrongCode):
        check(session, anna, code)
    with pytest.raises(WrongCode):
        check(session, anna, code, SmsPurpose.RESET)
    check(session, anna, code, SmsPurpose.CONFIRM)


def test_a_code_of_somebody_else_is_wrong_also_where_its_row_is_moved(session: Session, anna: SignedUp) -> None:
    bram = people.sign_up(session, ORGANISATION, "Bram")
    couple(session, bram, "+31600000002")
    code = send(session, anna)
    with pytest.raises(WrongCode):
        check(session, bram, code)

    session.execute(update(SmsCode).values(person_id=bram.id))
    with pytest.raises(WrongCode):
        check(session, bram, code)


def test_a_code_dies_after_five_wrong_tries_however_long_one_waits_between_them(
    session: Session, anna: SignedUp, source: SeededSource
) -> None:
    code = send(session, anna)
    token = [new_device_token(session, anna.id) for _ in range(6)]
    for device in token[:5]:
        # Each on a device of its own, so that no other budget stands in the way.
        with pytest.raises(WrongCode):
            check_code(session, anna.id, WRONG, access_point=ACCESS_POINT, device=device)

    with pytest.raises(WrongCode):
        check_code(session, anna.id, code, access_point=ACCESS_POINT, device=token[5])


def test_a_new_code_gives_no_new_tries(session: Session, anna: SignedUp, source: SeededSource) -> None:
    """Goal I: whoever asks for codes again and again guesses no more often."""
    for tries in (3, 2):
        send(session, anna)
        for _ in range(tries):
            with pytest.raises(WrongCode):
                check(session, anna, WRONG)

    with pytest.raises(TooManyTries) as refused:
        check(session, anna, send(session, anna))
    assert refused.value.until == source.now() + timedelta(minutes=5)


def test_wrong_codes_from_elsewhere_do_not_hold_up_a_device_that_logged_in_before(
    session: Session, anna: SignedUp
) -> None:
    """L-18. They do cost the code that was sent, so its owner asks for another."""
    send(session, anna)
    for _ in range(5):
        with pytest.raises(WrongCode):
            check(session, anna, WRONG)
    with pytest.raises(TooManyTries):
        check(session, anna, send(session, anna))

    device = new_device_token(session, anna.id)
    check_code(session, anna.id, send(session, anna), access_point=ACCESS_POINT, device=device)


def test_of_the_same_code_sixteen_times_at_once_one_is_accepted(session_factory: SessionFactory) -> None:
    """Goal K; each on a device of its own, of which the tries are counted apart."""
    with session_factory() as session:
        anna = people.sign_up(session, ORGANISATION, "Anna")
        couple(session, anna)
        code = send(session, anna)
        devices = [new_device_token(session, anna.id) for _ in range(16)]
        session.commit()

    def attempt(number: int) -> bool:
        with session_factory() as session:
            try:
                check_code(session, anna.id, code, access_point=ACCESS_POINT, device=devices[number])
            except WrongCode:
                return False
            finally:
                session.commit()
            return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(attempt, range(16))) == 1


def test_of_many_wrong_tries_at_once_five_are_looked_at(session_factory: SessionFactory) -> None:
    with session_factory() as session:
        anna = people.sign_up(session, ORGANISATION, "Anna")
        couple(session, anna)
        send(session, anna)
        devices = [new_device_token(session, anna.id) for _ in range(12)]
        session.commit()

    def attempt(number: int) -> None:
        with session_factory() as session:
            with pytest.raises(WrongCode):
                check_code(session, anna.id, WRONG, access_point=ACCESS_POINT, device=devices[number])
            session.commit()

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(attempt, range(12)))
    with session_factory() as session:
        assert session.scalar(select(SmsCode.tries)) == 5


def test_nothing_is_sent_to_or_checked_of_who_has_no_number(session: Session) -> None:
    bram = people.sign_up(session, ORGANISATION, "Bram")
    with pytest.raises(NotCoupled):
        send_code(session, bram.id, SmsPurpose.LOGIN, access_point=ACCESS_POINT, rules=RULES)
    with pytest.raises(NotCoupled):
        check(session, bram, WRONG)
    with pytest.raises(NotCoupled):
        confirm_phone(session, bram.id, WRONG, access_point=ACCESS_POINT, adding=True)
    with pytest.raises(NotCoupled):
        send_phone_code_again(session, bram.id, access_point=ACCESS_POINT, rules=RULES, adding=True)
    with pytest.raises(NotCoupled):
        remove_phone(session, actor(bram))


def test_too_many_codes_are_refused_and_the_last_one_still_works(session: Session, anna: SignedUp) -> None:
    codes = [send(session, anna) for _ in range(4)]
    sent = select(func.count()).where(AuditEntry.action == Action.SMS_CODE_SEND)
    entries = session.scalar(sent)

    with pytest.raises(TooManySms):
        send_code(session, anna.id, SmsPurpose.LOGIN, access_point=ACCESS_POINT, rules=RULES)

    assert session.scalar(sent) == entries, "what was not sent is not in the log"
    check(session, anna, codes[-1])


def test_codes_lie_in_the_database_as_digests_only(session: Session, anna: SignedUp) -> None:
    code = send(session, anna)
    row = session.scalars(select(SmsCode)).one()

    assert code.encode() not in row.code_hash
    assert len(row.code_hash) == 32
    details = session.scalars(select(AuditEntry.details)).all()
    assert code not in str(details)
    assert "600000001" not in str(details)


def test_a_refused_code_and_one_that_was_sent_are_in_the_log(session: Session, anna: SignedUp) -> None:
    send(session, anna)
    with pytest.raises(WrongCode):
        check(session, anna, WRONG)

    refused = session.scalars(select(AuditEntry).where(AuditEntry.action == Action.LOGIN_FAIL)).one()
    assert (refused.actor_id, refused.organisation_id, refused.details) == (
        anna.id,
        ORGANISATION,
        {"reason": "sms code"},
    )
    sent = session.scalars(select(AuditEntry.details).where(AuditEntry.action == Action.SMS_CODE_SEND)).all()
    assert {"purpose": "login"} in sent


def test_a_number_counts_only_once_its_code_was_typed(session: Session) -> None:
    """L-07."""
    anna = people.sign_up(session, ORGANISATION, "Anna")
    sent = begin_phone(session, anna.id, "06 0000 0001", access_point=ACCESS_POINT, rules=RULES, adding=True)
    assert sent.masked_number == waiting_phone(session, anna.id) == "•••• 01"
    assert not sms_is_coupled(session, anna.id)
    assert phone_of(session, anna.person) is None
    with pytest.raises(WrongCode):
        confirm_phone(session, anna.id, WRONG, access_point=ACCESS_POINT, adding=True)

    send_phone_code_again(session, anna.id, access_point=ACCESS_POINT, rules=RULES, adding=True)
    second = confirm_phone(session, anna.id, code_for(session), access_point=ACCESS_POINT, adding=True)

    assert second.factor == "sms"
    assert sms_is_coupled(session, anna.id)
    assert phone_of(session, anna.person) == NUMBER
    coupled = session.scalars(select(AuditEntry).where(AuditEntry.action == Action.PHONE_COUPLE)).one()
    assert coupled.details == {"reason": "first"}
    assert "phone_changed" in session.scalars(select(OutgoingMessage.kind)).all()


def test_a_code_to_couple_a_number_is_no_login_nor_the_other_way_round(session: Session, anna: SignedUp) -> None:
    login = send(session, anna)
    begin_phone(session, anna.id, "06 0000 0002", access_point=ACCESS_POINT, rules=RULES, adding=True)

    with pytest.raises(WrongCode):
        check(session, anna, code_for(session, "+31600000002"))
    with pytest.raises(WrongCode):
        confirm_phone(session, anna.id, login, access_point=ACCESS_POINT, adding=True)
    assert phone_of(session, anna.person) == NUMBER


def test_with_a_password_alone_no_number_can_be_coupled_beside_another_factor(session: Session) -> None:
    """Anna has an app: who only knows her password must not get in by a phone of his own."""
    anna = people.sign_up(session, ORGANISATION, "Anna")
    with pytest.raises(AlreadyCoupled):
        begin_phone(session, anna.id, NUMBER, access_point=ACCESS_POINT, rules=RULES)
    begin_phone(session, anna.id, NUMBER, access_point=ACCESS_POINT, rules=RULES, adding=True)
    with pytest.raises(AlreadyCoupled):
        confirm_phone(session, anna.id, code_for(session), access_point=ACCESS_POINT)
    session.execute(delete(Authenticator))
    confirm_phone(session, anna.id, code_for(session), access_point=ACCESS_POINT)


def test_the_number_before_is_warned_and_gets_no_more_codes(session: Session, anna: SignedUp) -> None:
    """L-32."""
    login = send(session, anna)
    begin_phone(session, anna.id, "06 0000 0002", access_point=ACCESS_POINT, rules=RULES, adding=True)
    confirm_phone(session, anna.id, code_for(session, "+31600000002"), access_point=ACCESS_POINT, adding=True)

    kinds = {row.kind: open_sms(session, row).to for row in text_messages(session)}
    assert kinds["phone_changed"] == NUMBER
    with pytest.raises(WrongCode):
        check(session, anna, login)
    assert phone_of(session, anna.person) == "+31600000002"
    mails = session.scalars(select(OutgoingMessage.kind).where(OutgoingMessage.channel == "mail")).all()
    assert "phone_changed" in mails


def test_a_number_that_is_taken_away_is_warned_and_its_codes_are_worth_nothing(
    session: Session, anna: SignedUp
) -> None:
    code = send(session, anna)
    remove_phone(session, actor(anna))

    with pytest.raises(NotCoupled):
        check(session, anna, code)
    assert phone_of(session, anna.person) is None
    assert session.scalars(select(SmsCode)).all() == []
    assert [open_sms(session, row).to for row in text_messages(session) if row.kind == "phone_changed"] == [NUMBER]
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == Action.PHONE_REMOVE)).one()


def test_the_last_way_in_that_is_enough_stays(session: Session, anna: SignedUp) -> None:
    session.execute(delete(Authenticator))

    with pytest.raises(LastFactor):
        remove_phone(session, actor(anna))
    assert sms_is_coupled(session, anna.id)


def test_guessing_at_a_coupling_is_counted(session: Session) -> None:
    anna = people.sign_up(session, ORGANISATION, "Anna")
    for _ in range(2):
        begin_phone(session, anna.id, NUMBER, access_point=ACCESS_POINT, rules=RULES, adding=True)
        for _ in range(5):
            with pytest.raises(WrongCode):
                confirm_phone(session, anna.id, WRONG, access_point=ACCESS_POINT, adding=True)

    begin_phone(session, anna.id, NUMBER, access_point=ACCESS_POINT, rules=RULES, adding=True)
    with pytest.raises(TooManyTries):
        confirm_phone(session, anna.id, code_for(session), access_point=ACCESS_POINT, adding=True)
    assert session.scalar(select(FailedTries.in_a_row).where(FailedTries.kind == "coupling")) == 10


def test_a_number_that_gets_no_sms_is_refused(session: Session) -> None:
    anna = people.sign_up(session, ORGANISATION, "Anna")
    with pytest.raises(MalformedNumber):
        begin_phone(session, anna.id, "020 7654321", access_point=ACCESS_POINT, rules=RULES, adding=True)


def test_a_waiting_number_belongs_to_one_person(session: Session) -> None:
    """Who can write the database moves his own waiting number to Anna: it does not open there."""
    anna, dirk = (people.sign_up(session, ORGANISATION, name) for name in ("Anna", "Dirk"))
    begin_phone(session, dirk.id, "06 0000 0009", access_point=ACCESS_POINT, rules=RULES, adding=True)
    session.execute(update(SmsCode).values(person_id=anna.id))

    with pytest.raises(UnsealError):
        waiting_phone(session, anna.id)
