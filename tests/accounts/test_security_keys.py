"""Security keys: each is good for its own person, site, challenge and count, and for nothing else (L-05, L-09)."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from accounts.actor import Actor, Scope
from accounts.devices import new_device_token
from accounts.errors import AlreadyCoupled, LastFactor, NotCoupled, TooManyTries, WrongCode
from accounts.models import Authenticator, SecurityKey
from accounts.permissions import Permission
from accounts.security_keys import (
    LONGEST_ANSWER,
    Challenge,
    begin_check,
    begin_registration,
    finish_check,
    finish_registration,
    keys_of,
    remove_key,
    rename_key,
    site_of,
)
from audit.actions import Action
from audit.models import AuditEntry
from crypto.source import SeededSource
from database.session import Session, SessionFactory
from delivery.models import OutgoingMessage
from keys.errors import NotFound
from tests import people
from tests.people import ACCESS_POINT, SignedUp
from tests.software_key import SoftwareKey, encoded

ORGANISATION = UUID(int=11)
ORIGIN = "https://datakluis.example"
SITE = site_of(ORIGIN)
Check = Callable[[SoftwareKey], None]


@pytest.fixture
def anna(session: Session) -> SignedUp:
    """Anna, who also has an app."""
    return people.sign_up(session, ORGANISATION, "Anna")


@pytest.fixture
def key(session: Session, anna: SignedUp) -> SoftwareKey:
    """Anna's security key."""
    return register(session, anna)


@pytest.fixture
def check(session: Session, anna: SignedUp) -> Check:
    """Anna answers with a key."""

    def check_one(key: SoftwareKey) -> None:
        ceremony = begin_check(session, anna.id, SITE)
        finish(session, anna, key.answer(ceremony.options), ceremony.challenge)

    return check_one


def register(session: Session, person: SignedUp, key: SoftwareKey | None = None, name: str = "Bos") -> SoftwareKey:
    key = key or SoftwareKey(ORIGIN)
    ceremony = begin_registration(session, person.id, SITE, adding=True)
    keep(session, person, key.register(ceremony.options), ceremony.challenge, name)
    return key


def keep(session: Session, person: SignedUp, answer: str, challenge: Challenge, name: str = "Bos") -> None:
    finish_registration(
        session, person.id, answer, challenge, name=name, site=SITE, access_point=ACCESS_POINT, adding=True
    )


def finish(session: Session, person: SignedUp, answer: str, challenge: Challenge, device: str | None = None) -> None:
    finish_check(session, person.id, answer, challenge, site=SITE, access_point=ACCESS_POINT, device=device)


def refusals(session: Session) -> list[object]:
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == Action.LOGIN_FAIL))
    return [entry.details["reason"] for entry in entries]


def actor(person: SignedUp, *permissions: Permission) -> Actor:
    return Actor(
        person.id, "", ORGANISATION, "", "employer", (), frozenset(permissions), Scope(True), "", person.keys()
    )


@pytest.mark.parametrize(
    ("base_url", "host", "origin"),
    [
        ("https://datakluis.example", "datakluis.example", "https://datakluis.example"),
        ("https://datakluis.example:443", "datakluis.example", "https://datakluis.example"),
        ("https://Datakluis.example:8443", "datakluis.example", "https://datakluis.example:8443"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
    ],
)
def test_the_site_is_what_a_browser_says_of_the_address(base_url: str, host: str, origin: str) -> None:
    site = site_of(base_url)

    assert (site.host, site.origin) == (host, origin)


def test_a_registered_key_is_a_second_factor_time_and_again(
    session: Session, anna: SignedUp, key: SoftwareKey, source: SeededSource
) -> None:
    for _ in range(3):
        source.advance(timedelta(minutes=1))
        ceremony = begin_check(session, anna.id, SITE)
        second = finish_check(
            session,
            anna.id,
            key.answer(ceremony.options),
            ceremony.challenge,
            site=SITE,
            access_point=ACCESS_POINT,
        )
        assert (second.person_id, second.factor) == (anna.id, "security_key")

    (row,) = keys_of(session, anna.id)
    assert (row.name, row.transports, row.last_used_at) == ("Bos", "nfc,usb", source.now())
    assert refusals(session) == []


def test_the_browser_is_asked_for_what_the_level_demands(session: Session, anna: SignedUp, key: SoftwareKey) -> None:
    """WebAuthn level 3: no attestation, the user verified where it can be, no key registered twice."""
    registration = json.loads(begin_registration(session, anna.id, SITE, adding=True).options)
    check = json.loads(begin_check(session, anna.id, SITE).options)

    own = {"id": encoded(key.credential_id), "type": "public-key", "transports": ["nfc", "usb"]}
    assert registration["rp"]["id"] == check["rpId"] == "datakluis.example"
    assert registration["attestation"] == "none"
    assert registration["authenticatorSelection"]["userVerification"] == check["userVerification"] == "preferred"
    assert registration["excludeCredentials"] == check["allowCredentials"] == [own]
    assert registration["user"]["name"] == "anna"
    assert len(registration["challenge"]) == len(check["challenge"]) == 43
    assert registration["challenge"] != check["challenge"]


def test_registering_is_logged_and_told_by_mail(session: Session, key: SoftwareKey) -> None:
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == Action.SECURITY_KEY_ADD)).one()
    assert "security_key_added" in session.scalars(select(OutgoingMessage.kind)).all()


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://datakluis.example.evil.example"},
        {"origin": "http://datakluis.example"},
        {"host": "evil.example"},
        {"is_present": False},
        {"cross_origin": True},
    ],
    ids=str,
)
def test_another_site_or_nobody_there_is_refused(
    session: Session, anna: SignedUp, key: SoftwareKey, check: Check, change: dict[str, object]
) -> None:
    """Another origin, another rpId, our page inside another page, and a key that nobody touched."""
    for name, value in change.items():
        setattr(key, name, value)

    with pytest.raises(WrongCode):
        check(key)
    with pytest.raises(WrongCode):
        register(session, anna, SoftwareKey(**{"origin": ORIGIN, **change}))  # type: ignore[arg-type]
    assert refusals(session) == ["security key"]
    assert len(keys_of(session, anna.id)) == 1


def test_a_challenge_is_good_once(session: Session, anna: SignedUp, key: SoftwareKey) -> None:
    ceremony = begin_check(session, anna.id, SITE)
    finish(session, anna, key.answer(ceremony.options), ceremony.challenge)

    with pytest.raises(WrongCode):
        finish(session, anna, key.answer(ceremony.options), ceremony.challenge)


def test_a_challenge_is_used_up_by_a_wrong_answer_too(session: Session, anna: SignedUp, key: SoftwareKey) -> None:
    ceremony = begin_check(session, anna.id, SITE)
    with pytest.raises(WrongCode):
        finish(session, anna, "{}", ceremony.challenge)

    with pytest.raises(WrongCode):
        finish(session, anna, key.answer(ceremony.options), ceremony.challenge)


def test_a_challenge_registers_one_key(session: Session, anna: SignedUp) -> None:
    ceremony = begin_registration(session, anna.id, SITE, adding=True)
    keep(session, anna, SoftwareKey(ORIGIN).register(ceremony.options), ceremony.challenge)

    with pytest.raises(WrongCode):
        keep(session, anna, SoftwareKey(ORIGIN).register(ceremony.options), ceremony.challenge)


def test_the_challenge_of_another_session_and_an_old_one_are_refused(
    session: Session, anna: SignedUp, key: SoftwareKey, source: SeededSource
) -> None:
    mine, others = begin_check(session, anna.id, SITE), begin_check(session, anna.id, SITE)
    with pytest.raises(WrongCode):
        finish(session, anna, key.answer(others.options), mine.challenge)

    late = begin_check(session, anna.id, SITE)
    source.advance(timedelta(minutes=5))
    with pytest.raises(WrongCode):
        finish(session, anna, key.answer(late.options), late.challenge)


def test_an_answer_to_one_ceremony_is_none_to_the_other(session: Session, anna: SignedUp, key: SoftwareKey) -> None:
    ceremony = begin_registration(session, anna.id, SITE, adding=True)
    asked = {**json.loads(ceremony.options), "rpId": SITE.host}

    with pytest.raises(WrongCode):
        finish(session, anna, key.answer(json.dumps(asked)), ceremony.challenge)


@pytest.mark.parametrize(("asked", "used"), [("one document", "another"), ("one document", ""), ("", "one document")])
def test_an_answer_is_good_for_what_was_asked_about_only(
    session: Session, anna: SignedUp, key: SoftwareKey, asked: str, used: str
) -> None:
    ceremony = begin_check(session, anna.id, SITE, about=asked)
    answer = key.answer(ceremony.options)

    with pytest.raises(WrongCode):
        finish_check(session, anna.id, answer, ceremony.challenge, site=SITE, access_point=ACCESS_POINT, about=used)


def test_of_one_answer_sixteen_times_at_once_one_is_accepted(session_factory: SessionFactory) -> None:
    """Security.md, goal K. A key that counts nothing, so that the count does not do the work of the challenge."""
    with session_factory() as session:
        anna = people.sign_up(session, ORGANISATION, "Anna")
        key = register(session, anna, SoftwareKey(ORIGIN, counts=False))
        ceremony = begin_check(session, anna.id, SITE)
        session.commit()
    answer = key.answer(ceremony.options)

    def attempt(_number: int) -> bool:
        with session_factory() as session:
            try:
                finish(session, anna, answer, ceremony.challenge)
            except (WrongCode, TooManyTries):
                return False
            finally:
                session.commit()
            return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(attempt, range(16))) == 1


@pytest.mark.parametrize("back", [0, 1])
def test_a_counter_that_goes_back_or_stands_still_is_refused_and_logged(
    session: Session, key: SoftwareKey, check: Check, back: int
) -> None:
    """A copy of the key falls behind the one that was used since."""
    check(key)
    check(key)
    key.count -= 1 + back

    with pytest.raises(WrongCode):
        check(key)
    assert refusals(session) == ["security key counts back"]


def test_a_key_that_counts_nothing_may_go_on_so_but_one_that_counts_may_not_stop(
    session: Session, anna: SignedUp, check: Check
) -> None:
    still = register(session, anna, SoftwareKey(ORIGIN, counts=False))
    check(still)
    check(still)
    counting = register(session, anna)
    check(counting)
    counting.counts, counting.count = False, 0

    with pytest.raises(WrongCode):
        check(counting)


def test_the_key_of_another_user_is_none(session: Session, anna: SignedUp, key: SoftwareKey, check: Check) -> None:
    """Bram has Anna's password, and his own key."""
    bram = people.sign_up(session, ORGANISATION, "Bram")
    his = register(session, bram)

    with pytest.raises(WrongCode):
        check(his)
    his.user_handle = None
    with pytest.raises(WrongCode):
        check(his)


def test_a_key_that_names_another_user_is_refused(session: Session, key: SoftwareKey, check: Check) -> None:
    key.user_handle = UUID(int=1).bytes

    with pytest.raises(WrongCode):
        check(key)


def test_a_forged_signature_is_refused(session: Session, key: SoftwareKey, check: Check) -> None:
    """Somebody knows the id of Anna's key, but does not have the key."""
    with pytest.raises(WrongCode):
        check(SoftwareKey(ORIGIN, credential_id=key.credential_id, count=key.count))


def test_a_key_of_someone_else_cannot_be_registered_and_the_answer_is_that_to_nonsense(
    session: Session, anna: SignedUp, key: SoftwareKey
) -> None:
    """Nothing tells that somebody else has that key."""
    bram = people.sign_up(session, ORGANISATION, "Bram")
    with pytest.raises(WrongCode) as known:
        register(session, bram, SoftwareKey(ORIGIN, credential_id=key.credential_id))
    ceremony = begin_registration(session, bram.id, SITE, adding=True)
    with pytest.raises(WrongCode) as nonsense:
        keep(session, bram, "{}", ceremony.challenge)

    assert str(known.value) == str(nonsense.value)
    assert keys_of(session, bram.id) == []
    assert [row.credential_id for row in keys_of(session, anna.id)] == [key.credential_id]
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == Action.SECURITY_KEY_ADD)).all()) == 1


def test_with_a_password_alone_no_key_can_be_added(session: Session, anna: SignedUp) -> None:
    """Who stole a password stands in the password stage: there the app must still be asked for."""
    with pytest.raises(AlreadyCoupled):
        begin_registration(session, anna.id, SITE)
    ceremony = begin_registration(session, anna.id, SITE, adding=True)
    with pytest.raises(AlreadyCoupled):
        finish_registration(
            session,
            anna.id,
            SoftwareKey(ORIGIN).register(ceremony.options),
            ceremony.challenge,
            name="Bos",
            site=SITE,
            access_point=ACCESS_POINT,
        )


def test_who_has_no_key_is_asked_for_none(session: Session, anna: SignedUp) -> None:
    with pytest.raises(NotCoupled):
        begin_check(session, anna.id, SITE)


@pytest.mark.parametrize(
    "answer",
    ["", "x", "[]", "{}", "null", "1" * 5000, "[" * 10_000, '{"id": {}}', "{" + " " * LONGEST_ANSWER + "}"],
    ids=lambda answer: f"{answer[:10]} {len(answer)}",
)
def test_what_is_no_answer_of_a_key_is_wrong(session: Session, anna: SignedUp, key: SoftwareKey, answer: str) -> None:
    check = begin_check(session, anna.id, SITE)
    with pytest.raises(WrongCode):
        finish(session, anna, answer, check.challenge)
    registration = begin_registration(session, anna.id, SITE, adding=True)
    with pytest.raises(WrongCode):
        keep(session, anna, answer, registration.challenge)


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
@pytest.mark.parametrize("value", ["", "AAAA", "é", 7, None, encoded(b'{"type": [], "challenge": 1, "origin": {}}')])
def test_a_spoilt_answer_is_wrong(session: Session, anna: SignedUp, key: SoftwareKey, part: str, value: object) -> None:
    if part == "userHandle" and value in {"", None}:
        pytest.skip("a key may leave out whose it is")
    ceremony = begin_check(session, anna.id, SITE)

    with pytest.raises(WrongCode):
        finish(session, anna, key.answer(ceremony.options, **{part: value}), ceremony.challenge)


def test_the_sixth_wrong_answer_must_wait_and_a_known_device_is_not_held_up(
    session: Session, anna: SignedUp, key: SoftwareKey, check: Check
) -> None:
    """Goal I; L-18: tries count together with those of the app."""
    token = new_device_token(session, anna.id)
    for _ in range(5):
        ceremony = begin_check(session, anna.id, SITE)
        with pytest.raises(WrongCode):
            finish(session, anna, "{}", ceremony.challenge)
    with pytest.raises(TooManyTries):
        check(key)

    ceremony = begin_check(session, anna.id, SITE)
    finish(session, anna, key.answer(ceremony.options), ceremony.challenge, device=token)
    assert refusals(session) == ["security key"] * 5 + ["too many tries"]


def test_guessing_at_a_registration_is_counted(session: Session, anna: SignedUp) -> None:
    for _ in range(10):
        ceremony = begin_registration(session, anna.id, SITE, adding=True)
        with pytest.raises(WrongCode):
            keep(session, anna, "{}", ceremony.challenge)

    with pytest.raises(TooManyTries):
        register(session, anna)


def test_a_key_gets_another_name_and_is_taken_away(session: Session, anna: SignedUp, key: SoftwareKey) -> None:
    (row,) = keys_of(session, anna.id)
    rename_key(session, actor(anna), row.id, " Reserve ")
    assert [row.name for row in keys_of(session, anna.id)] == ["Reserve"]

    remove_key(session, actor(anna), row.id)

    assert keys_of(session, anna.id) == []
    entries = set(session.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == anna.id)))
    assert {Action.SECURITY_KEY_RENAME, Action.SECURITY_KEY_REMOVE} <= entries
    assert "security_key_removed" in session.scalars(select(OutgoingMessage.kind)).all()


def test_the_key_of_someone_else_is_not_found(session: Session, anna: SignedUp, key: SoftwareKey) -> None:
    bram = people.sign_up(session, ORGANISATION, "Bram")
    (row,) = keys_of(session, anna.id)

    with pytest.raises(NotFound):
        rename_key(session, actor(bram), row.id, "Van mij")
    with pytest.raises(NotFound):
        remove_key(session, actor(bram), row.id)
    assert [row.name for row in keys_of(session, anna.id)] == ["Bos"]


def test_the_last_second_factor_stays(session: Session, anna: SignedUp, key: SoftwareKey) -> None:
    """L-35: also when SMS is all that would be left to somebody for whom that is not enough."""
    register(session, anna, name="Reserve")
    session.execute(delete(Authenticator))
    first, second = keys_of(session, anna.id)
    remove_key(session, actor(anna), first.id)
    with pytest.raises(LastFactor):
        remove_key(session, actor(anna), second.id)

    anna.person.phone_confirmed_at = session.source.now()
    session.flush()
    with pytest.raises(LastFactor):
        remove_key(session, actor(anna, Permission.USER_ADMINISTER), second.id)
    assert session.get(SecurityKey, second.id) is not None
    remove_key(session, actor(anna), second.id)
