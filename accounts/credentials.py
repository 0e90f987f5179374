"""What a stretched password or back-up code is kept as: a hash that checks it, and the person's secret sealed under it.

Argon2id itself runs in `crypto.passwords.stretch`, called by the portal between two transactions, never inside one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from accounts.errors import WrongLogin
from accounts.models import Credential
from accounts.people import notify, person_by_id, who_is
from accounts.recovering import end_resets
from accounts.sessions import OpenSession, end_sessions_of
from audit.actions import Action
from audit.recording import record
from crypto.errors import UnsealError
from crypto.passwords import Argon2Parameters, split, verifier_hash
from crypto.root_key import SaltKey
from crypto.sealing import Context, seal, unseal
from crypto.secret import Secret
from database.session import Session
from delivery.outbox import MailKind


@dataclass(frozen=True)
class PersonSecret:
    """The secret of a person's holder, with the generation it belongs to."""

    person_id: UUID
    generation: int
    secret: Secret = field(repr=False)


def password_salt(salt_key: SaltKey, person_id: UUID) -> bytes:
    """Return the salt with which this person's password is stretched (design 2.3)."""
    return salt_key.salt_for(person_id)


def backup_salt(salt_key: SaltKey, person_id: UUID) -> bytes:
    """Return the salt with which this person's back-up code is stretched; never the same as that of the password."""
    return salt_key.salt_for(person_id) + b"/back-up code"


def add_credential(session: Session, opened: PersonSecret, stretched: Secret, parameters: Argon2Parameters) -> None:
    """Keep someone's first password: `stretched` with `password_salt` and `parameters`."""
    halves = split(stretched)
    credential = Credential(
        person_id=opened.person_id,
        key_generation=opened.generation,
        password_parameters=parameters.encode(),
        password_hash=verifier_hash(halves.verifier),
        password_sealed=_seal(halves.key, opened, "password_sealed"),
        password_changed_at=session.source.now(),
    )
    session.add(credential)
    session.flush()


def set_password(
    session: Session,
    opened: PersonSecret,
    stretched: Secret,
    parameters: Argon2Parameters,
    *,
    access_point: str,
    sparing: OpenSession | None = None,
) -> None:
    """Replace someone's password and end all sessions of that person but the one spared (security.md, goal M).

    The one spared goes on only after `accounts.sessions.renew_session`: it was begun with the password before.
    With the secret of another generation the back-up code goes: what it opened is lost.
    """
    person = person_by_id(session, opened.person_id)
    record(session, Action.PASSWORD_SET, by=who_is(person, access_point))
    credential = session.get_one(Credential, opened.person_id)
    if credential.key_generation != opened.generation:
        _forget_backup_code(credential)
        credential.key_generation = opened.generation
    halves = split(stretched)
    credential.password_parameters = parameters.encode()
    credential.password_hash = verifier_hash(halves.verifier)
    credential.password_sealed = _seal(halves.key, opened, "password_sealed")
    credential.password_changed_at = session.source.now()
    session.flush()
    end_sessions_of(session, opened.person_id, sparing=sparing)
    end_resets(session, opened.person_id)
    notify(session, person, MailKind.PASSWORD_CHANGED)


def open_with_password(session: Session, person_id: UUID, password_key: Secret) -> PersonSecret:
    """Open a person's secret with the key from the password.

    Raises `WrongLogin` when it does not open: the password was changed since.
    """
    credential = session.get(Credential, person_id, populate_existing=True)
    if credential is None:
        raise WrongLogin
    place = place_of_secret(person_id, credential.key_generation, "password_sealed")
    try:
        secret = unseal(password_key, credential.password_sealed, place)
    except UnsealError:
        raise WrongLogin from None
    return PersonSecret(person_id, credential.key_generation, Secret(secret))


def seal_for_backup(key: Secret, opened: PersonSecret) -> bytes:
    """Seal a person's secret under the key from the back-up code."""
    return _seal(key, opened, "backup_sealed")


def place_of_secret(person_id: UUID, generation: int, part: str) -> Context:
    """The place of a person's secret in the row of `credential`; `part` is the column."""
    return Context("credential", person_id, part, holder=person_id, generation=generation)


def _forget_backup_code(credential: Credential) -> None:
    credential.backup_parameters = None
    credential.backup_hash = None
    credential.backup_sealed = None
    credential.backup_made_at = None
    credential.backup_kept_at = None


def _seal(key: Secret, opened: PersonSecret, part: str) -> bytes:
    return seal(key, opened.secret.reveal(), place_of_secret(opened.person_id, opened.generation, part))
