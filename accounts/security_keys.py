"""Security keys and passkeys as a second factor (WebAuthn level 3; L-05, L-09).

A ceremony has two halves. The first makes a challenge, which the caller keeps in the session of the visitor; the second
uses it up, whatever comes of it, and checks what the key made of it. A key is bound to the `Site`, so that it can't be
asked for its answer elsewhere: of all second factors it is the one that withstands a false login page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NoReturn
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Select, and_, literal, or_, select, update
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from accounts import failed_tries
from accounts.actor import Actor
from accounts.devices import device_of
from accounts.errors import NotCoupled, TooManyTries, UsedBefore, WrongCode
from accounts.login import SecondFactor, record_refused_factor
from accounts.models import SecurityKey
from accounts.people import notify, person_by_id, who_is
from accounts.second_factors import Factor, require_no_factor, require_other_factor, wait_for_others
from accounts.used_once import use_once
from audit.actions import Action
from audit.recording import record
from crypto.one_time import new_token
from database.insertion import insert_into
from database.session import Session
from delivery.outbox import MailKind
from keys.errors import NotFound

NAME = "Datakluis"
LONGEST_KEY_NAME = 60
LONGEST_ANSWER = 20_000
"""Characters of what a browser sends of a key; those that are longer are no answers of a key."""
LIFETIME = timedelta(minutes=5)
REGISTRATION = "key registration"
CHECK = "key check"
_USER_VERIFICATION = UserVerificationRequirement.PREFERRED


@dataclass(frozen=True)
class Site:
    """What a key is bound to: the name of the host, and the address that a browser says it is at."""

    host: str
    origin: str


@dataclass(frozen=True)
class Challenge:
    """What a key has to sign, once, before `expires_at`, for one of the two ceremonies and what that is about."""

    purpose: str
    token: str = field(repr=False)
    expires_at: datetime

    def kept(self) -> list[str]:
        """Return the challenge as a session can keep it."""
        return [self.purpose, self.token, self.expires_at.isoformat()]

    @classmethod
    def from_kept(cls, kept: list[str]) -> Challenge:
        """Return the challenge that a session kept."""
        purpose, token, expires_at = kept
        return cls(purpose, token, datetime.fromisoformat(expires_at))


@dataclass(frozen=True)
class Ceremony:
    """What the browser hands to the key, in JSON, and the challenge in it, which the caller keeps in the session."""

    options: str = field(repr=False)
    challenge: Challenge


def site_of(base_url: str) -> Site:
    """Return the site of a portal that people reach at `base_url`."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    usual = {"https": 443, "http": 80}[parts.scheme]
    port = "" if parts.port in {None, usual} else f":{parts.port}"
    return Site(host, f"{parts.scheme}://{host}{port}")


def keys_of(session: Session, person_id: UUID) -> Sequence[SecurityKey]:
    """Return a person's keys with their names and when each was last used, the oldest first."""
    return session.scalars(_of_person(person_id)).all()


def begin_registration(session: Session, person_id: UUID, site: Site, *, adding: bool = False) -> Ceremony:
    """Let a person register a key that is not one of those registered already.

    `adding` may be true only for someone who has logged in completely. Raises `AlreadyCoupled` when it is not and the
    person has a second factor of any kind: a password alone must not add a key.
    """
    if not adding:
        require_no_factor(session, person_id)
    person = person_by_id(session, person_id)
    challenge = _new_challenge(session, REGISTRATION)
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=NAME,
        user_id=person.id.bytes,
        user_name=person.login_name,
        challenge=base64url_to_bytes(challenge.token),
        timeout=_milliseconds(LIFETIME),
        authenticator_selection=AuthenticatorSelectionCriteria(user_verification=_USER_VERIFICATION),
        exclude_credentials=_descriptors(session, person_id),
    )
    return Ceremony(options_to_json(options), challenge)


def finish_registration(
    session: Session,
    person_id: UUID,
    answer: str,
    challenge: Challenge,
    *,
    name: str,
    site: Site,
    access_point: str,
    adding: bool = False,
) -> SecondFactor:
    """Keep a key under the name that its person gave it, once it has answered the challenge.

    `answer` is the credential in JSON. Raises `WrongCode` for whatever is not right, alike for an answer that makes no
    sense and a key that is registered already, be it someone else's; `TooManyTries`; `AlreadyCoupled` as
    `begin_registration` does.
    """
    if not adding:
        require_no_factor(session, person_id)
    subject = failed_tries.subject_of(session, str(person_id))
    failed_tries.count_try(session, failed_tries.COUPLING, subject)
    _use(session, challenge, REGISTRATION)
    registered, transports = _registered(answer, challenge, site)
    person = person_by_id(session, person_id)
    with session.begin_nested():
        record(session, Action.SECURITY_KEY_ADD, by=who_is(person, access_point))
        _keep(session, person_id, registered, transports, name)
    failed_tries.forget(session, failed_tries.COUPLING, subject)
    notify(session, person, MailKind.SECURITY_KEY_ADDED)
    return SecondFactor(person_id, Factor.SECURITY_KEY)


def begin_check(session: Session, person_id: UUID, site: Site, *, about: str = "") -> Ceremony:
    """Ask for one of a person's keys. The answer is good for what it is `about` only; a login is about nothing.

    Raises `NotCoupled` when there is none.
    """
    keys = _descriptors(session, person_id)
    if not keys:
        raise NotCoupled
    challenge = _new_challenge(session, CHECK, about)
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=base64url_to_bytes(challenge.token),
        timeout=_milliseconds(LIFETIME),
        allow_credentials=keys,
        user_verification=_USER_VERIFICATION,
    )
    return Ceremony(options_to_json(options), challenge)


def finish_check(
    session: Session,
    person_id: UUID,
    answer: str,
    challenge: Challenge,
    *,
    site: Site,
    access_point: str,
    device: str | None = None,
    about: str = "",
) -> SecondFactor:
    """Check what a key answered as the second factor, asked `about` the same as when the check began.

    The try is counted before its result is known, and the challenge used up. A key that counts its answers must have
    counted on, in one conditional UPDATE: a copy of it falls behind. Raises `WrongCode` or `TooManyTries`, which are
    in the log by then.
    """
    subject = failed_tries.subject_of(session, str(person_id), device_of(session, device, person_id))
    try:
        failed_tries.count_try(session, failed_tries.SECOND_FACTOR, subject)
        _use(session, challenge, CHECK, about)
        key, checked = _checked(session, person_id, answer, challenge, site)
    except (TooManyTries, WrongCode) as error:
        reason = "security key" if isinstance(error, WrongCode) else "too many tries"
        _refuse(session, person_id, reason, access_point, error)
    if not _counts_on(session, key, checked.new_sign_count):
        _refuse(session, person_id, "security key counts back", access_point, WrongCode())
    failed_tries.forget(session, failed_tries.SECOND_FACTOR, subject)
    return SecondFactor(person_id, Factor.SECURITY_KEY)


def rename_key(session: Session, actor: Actor, key_id: UUID, name: str) -> None:
    """Give one of the actor's keys another name. Raises `NotFound` for anyone else's."""
    key = _own_key(session, actor, key_id)
    record(session, Action.SECURITY_KEY_RENAME, by=actor.who, object_type="security_key", object_id=key.id)
    key.name = name.strip()


def remove_key(session: Session, actor: Actor, key_id: UUID) -> None:
    """Take away one of the actor's keys. Raises `NotFound` for anyone else's, `LastFactor`."""
    wait_for_others(session, actor.person_id)
    key = _own_key(session, actor, key_id)
    if len(keys_of(session, actor.person_id)) == 1:
        require_other_factor(session, actor.person_id, Factor.SECURITY_KEY, actor.permissions)
    record(session, Action.SECURITY_KEY_REMOVE, by=actor.who, object_type="security_key", object_id=key.id)
    session.delete(key)
    session.flush()
    notify(session, person_by_id(session, actor.person_id), MailKind.SECURITY_KEY_REMOVED)


def _new_challenge(session: Session, ceremony: str, about: str = "") -> Challenge:
    return Challenge(_purpose(ceremony, about), new_token(session.source), session.source.now() + LIFETIME)


def _use(session: Session, challenge: Challenge, ceremony: str, about: str = "") -> None:
    if challenge.purpose != _purpose(ceremony, about) or challenge.expires_at <= session.source.now():
        raise WrongCode
    try:
        use_once(session, ceremony, challenge.token, challenge.expires_at)
    except UsedBefore:
        raise WrongCode from None


def _purpose(ceremony: str, about: str) -> str:
    return f"{ceremony}: {about}" if about else ceremony


def _registered(answer: str, challenge: Challenge, site: Site) -> tuple[VerifiedRegistration, str]:
    with _reading_an_answer():
        credential = parse_registration_credential_json(_bounded(answer))
        _check_own_page(credential.response.client_data_json)
        registered = verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge.token),
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
        transports = sorted({transport.value for transport in credential.response.transports or ()})
    return registered, ",".join(transports)


def _checked(
    session: Session, person_id: UUID, answer: str, challenge: Challenge, site: Site
) -> tuple[SecurityKey, VerifiedAuthentication]:
    with _reading_an_answer():
        credential = parse_authentication_credential_json(_bounded(answer))
        _check_own_page(credential.response.client_data_json)
        if credential.response.user_handle not in {None, person_id.bytes}:
            raise WrongCode
    key = session.scalar(_of_person(person_id).where(SecurityKey.credential_id == credential.raw_id))
    if key is None:
        raise WrongCode
    with _reading_an_answer():
        checked = verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge.token),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            # How far the key has counted is compared where it is written, in one statement.
            credential_current_sign_count=0,
        )
    return key, checked


@contextmanager
def _reading_an_answer() -> Iterator[None]:
    """Raise `WrongCode` for every error: what poses as a key may send anything, which fails in as many ways."""
    try:
        yield
    except Exception:
        raise WrongCode from None


def _bounded(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise WrongCode
    return answer


def _check_own_page(client_data: bytes) -> None:
    """Refuse an answer that was asked for by our page inside the page of another (WebAuthn 7.1 and 7.2)."""
    if parse_client_data_json(client_data).cross_origin:
        raise WrongCode


def _keep(session: Session, person_id: UUID, registered: VerifiedRegistration, transports: str, name: str) -> None:
    row = insert_into(session, SecurityKey).values(
        id=session.source.new_id(),
        person_id=person_id,
        credential_id=registered.credential_id,
        public_key=registered.credential_public_key,
        sign_count=registered.sign_count,
        name=name.strip(),
        transports=transports,
        created_at=session.source.now(),
    )
    if session.execute(row.on_conflict_do_nothing().returning(SecurityKey.id)).first() is None:
        raise WrongCode


def _counts_on(session: Session, key: SecurityKey, count: int) -> bool:
    counts_nothing = and_(SecurityKey.sign_count == 0, literal(count) == 0)
    later = update(SecurityKey).where(SecurityKey.id == key.id, or_(SecurityKey.sign_count < count, counts_nothing))
    counted = later.values(sign_count=count, last_used_at=session.source.now()).returning(SecurityKey.id)
    return session.execute(counted).first() is not None


def _own_key(session: Session, actor: Actor, key_id: UUID) -> SecurityKey:
    key = session.scalar(_of_person(actor.person_id).where(SecurityKey.id == key_id))
    if key is None:
        raise NotFound
    return key


def _of_person(person_id: UUID) -> Select[SecurityKey]:
    own = select(SecurityKey).where(SecurityKey.person_id == person_id)
    return own.order_by(SecurityKey.created_at, SecurityKey.id)


def _descriptors(session: Session, person_id: UUID) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=key.credential_id,
            transports=[AuthenticatorTransport(transport) for transport in key.transports.split(",") if transport],
        )
        for key in keys_of(session, person_id)
    ]


def _milliseconds(time: timedelta) -> int:
    return time // timedelta(milliseconds=1)


def _refuse(
    session: Session, person_id: UUID, reason: str, access_point: str, error: WrongCode | TooManyTries
) -> NoReturn:
    record_refused_factor(session, person_id, reason, access_point=access_point)
    raise error
