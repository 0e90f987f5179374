"""The back-up code: once instead of the app, and a second way to a person's secret (L-13, L-14; design 2.3).

It takes the same path as the password: `begin_backup_code`, `crypto.passwords.stretch` outside any transaction, then
`use_backup_code`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn
from uuid import UUID

from sqlalchemy import update

from accounts import failed_tries
from accounts.credentials import PersonSecret, backup_salt, place_of_secret, seal_for_backup
from accounts.devices import device_of
from accounts.errors import TooManyTries, WrongCode
from accounts.login import SecondFactor, record_refused_factor
from accounts.models import Credential
from accounts.people import notify, person_by_id, who_is
from audit.actions import Action
from audit.recording import record
from crypto.one_time import new_backup_code
from crypto.passwords import Argon2Parameters, StretchedPassword, split, verifier_hash
from crypto.root_key import SaltKey
from crypto.sealing import unseal
from crypto.secret import Secret
from database.session import Session
from delivery.outbox import MailKind

__all__ = [
    "BackupChallenge",
    "BackupCodeUsed",
    "begin_backup_code",
    "keep_backup_code",
    "make_backup_code",
    "needs_backup_code",
    "new_backup_code",
    "use_backup_code",
]


@dataclass(frozen=True)
class BackupChallenge:
    """How to stretch what was typed as the back-up code; made up for who has none."""

    salt: bytes = field(repr=False)
    parameters: Argon2Parameters
    person_id: UUID
    access_point: str
    subject: bytes = field(repr=False)


@dataclass(frozen=True)
class BackupCodeUsed:
    """The code was right and is used up: a new one must be made. `opened` is the secret that it opened."""

    second_factor: SecondFactor
    opened: PersonSecret


def needs_backup_code(session: Session, person_id: UUID) -> bool:
    """Tell whether a new code must be made: there is none, it was used, or nobody said that it was kept."""
    credential = session.get_one(Credential, person_id, populate_existing=True)
    return credential.backup_hash is None or credential.backup_kept_at is None


def make_backup_code(
    session: Session, opened: PersonSecret, stretched: Secret, parameters: Argon2Parameters, *, access_point: str
) -> None:
    """Keep a new back-up code; the one before no longer works, of which a mail tells where that was kept.

    The caller makes it with `new_backup_code`, stretches it with `credentials.backup_salt` outside any transaction, and
    shows it once.
    """
    person = person_by_id(session, opened.person_id)
    record(session, Action.BACKUP_CODE_MAKE, by=who_is(person, access_point))
    credential = session.get_one(Credential, opened.person_id)
    if credential.backup_kept_at is not None:
        notify(session, person, MailKind.BACKUP_CODE_RENEWED)
    halves = split(stretched)
    credential.backup_parameters = parameters.encode()
    credential.backup_hash = verifier_hash(halves.verifier)
    credential.backup_sealed = seal_for_backup(halves.key, opened)
    credential.backup_made_at = session.source.now()
    credential.backup_kept_at = None
    session.flush()


def keep_backup_code(session: Session, person_id: UUID) -> None:
    """Note that the person says to have kept the code."""
    session.get_one(Credential, person_id).backup_kept_at = session.source.now()


def begin_backup_code(
    session: Session,
    person_id: UUID,
    access_point: str,
    device: str | None = None,
    *,
    salt_key: SaltKey,
    parameters: Argon2Parameters = Argon2Parameters(),  # noqa: B008
) -> BackupChallenge:
    """Count a try, and say how to stretch the code. The caller commits before it does so. Raises `TooManyTries`."""
    credential = session.get_one(Credential, person_id, populate_existing=True)
    stored = credential.backup_parameters
    challenge = BackupChallenge(
        salt=backup_salt(salt_key, person_id),
        parameters=Argon2Parameters.decode(stored) if stored else parameters,
        person_id=person_id,
        access_point=access_point,
        subject=failed_tries.subject_of(session, str(person_id), device_of(session, device, person_id)),
    )
    try:
        failed_tries.count_try(session, failed_tries.BACKUP_CODE, challenge.subject)
    except TooManyTries as error:
        _refuse(session, challenge, "too many tries", error)
    return challenge


def use_backup_code(session: Session, challenge: BackupChallenge, stretched: Secret) -> BackupCodeUsed:
    """Use up the back-up code, once, by one conditional UPDATE. Raises `WrongCode`, which is in the log by then."""
    halves = split(stretched)
    credential = session.get_one(Credential, challenge.person_id, populate_existing=True)
    generation, sealed = credential.key_generation, credential.backup_sealed
    _use_up(session, challenge, halves)
    person = person_by_id(session, challenge.person_id)
    record(session, Action.BACKUP_CODE_USE, by=who_is(person, challenge.access_point))
    notify(session, person, MailKind.BACKUP_CODE_USED)
    failed_tries.forget(session, failed_tries.BACKUP_CODE, challenge.subject)
    place = place_of_secret(person.id, generation, "backup_sealed")
    secret = Secret(unseal(halves.key, sealed or b"", place))
    return BackupCodeUsed(SecondFactor(person.id, "backup_code"), PersonSecret(person.id, generation, secret))


def _use_up(session: Session, challenge: BackupChallenge, halves: StretchedPassword) -> None:
    unused = update(Credential).where(
        Credential.person_id == challenge.person_id, Credential.backup_hash == verifier_hash(halves.verifier)
    )
    emptied = unused.values(backup_hash=None, backup_sealed=None, backup_parameters=None, backup_kept_at=None)
    if session.execute(emptied.returning(Credential.person_id)).first() is None:
        _refuse(session, challenge, "backup code", WrongCode())


def _refuse(session: Session, challenge: BackupChallenge, reason: str, error: WrongCode | TooManyTries) -> NoReturn:
    record_refused_factor(session, challenge.person_id, reason, access_point=challenge.access_point)
    raise error
