"""People for tests, with real keys: Anna, Bram, Carla, Dirk and Eva (style.md, habit 13).

Anna works at the employer, Bram elsewhere; Carla is staff of the arbo service that serves Anna's employer, Dirk of
another; Eva is the employee. Only the cost of Argon2id differs from what is real, and only because it is handed over
as a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from pyotp import TOTP

from accounts.authenticators import begin_coupling, confirm_coupling
from accounts.backup_codes import keep_backup_code, make_backup_code, new_backup_code
from accounts.credentials import PersonSecret, backup_salt, open_with_password, password_salt
from accounts.invitations import accept_invitation, make_invitation
from accounts.models import Person
from accounts.people import create_person
from accounts.terms import TERMS_VERSION, accept_terms
from crypto.passwords import Argon2Parameters, split, stretch
from crypto.root_key import SaltKey
from crypto.secret import Secret
from database.session import Session
from keys.opened import OpenedKeys

CHEAP_ARGON2 = Argon2Parameters(memory_kib=8, iterations=1, lanes=1)
ACCESS_POINT = "192.0.2.1"
SALT_KEY = SaltKey(Secret(bytes(range(32))))
"""The salt key of the people made here; a portal in which they are to log in must have it too."""


@dataclass(frozen=True)
class SignedUp:
    """Someone who accepted an invitation and did all first steps.

    `secret` is that of the person's own holder, in its `generation`.
    """

    person: Person
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    backup_code: str = field(repr=False)
    secret: Secret = field(repr=False)
    generation: int = 1

    @property
    def id(self) -> UUID:
        """The person's id, which is also that of the holder."""
        return self.person.id

    def keys(self) -> OpenedKeys:
        """What this person can open, as a new request would have it."""
        return OpenedKeys(self.person.id, self.generation, self.secret)

    def code(self, session: Session, *, steps_later: int = 0) -> str:
        """What the person's app shows now; each code is good once, so log in again with `steps_later`."""
        step = int(session.source.now().timestamp()) // 30 + steps_later
        return TOTP(self.totp_secret).generate_otp(step)


def sign_up(
    session: Session,
    organisation_id: UUID,
    name: str,
    *,
    salt_key: SaltKey = SALT_KEY,
    parameters: Argon2Parameters = CHEAP_ARGON2,
) -> SignedUp:
    """Let `name` (Anna, Bram, ...) accept an invitation, couple an app, keep a back-up code and accept the terms.

    The login name is the name in lower case; the app's code of the step before this moment is used up.
    """
    person = create_person(
        session,
        organisation_id=organisation_id,
        login_name=name,
        display_name=name,
        email=f"{name.lower()}@example.org",
    )
    password = f"zeven paarse fietsen van {name}"
    token = make_invitation(session, person.id)
    stretched = stretch(password, password_salt(salt_key, person.id), parameters)
    accept_invitation(session, token, stretched, parameters, access_point=ACCESS_POINT)
    opened = open_with_password(session, person.id, split(stretched).key)
    totp_secret = _couple(session, person)
    code = make_backup_code_of(session, opened, salt_key, parameters)
    accept_terms(session, person.id, TERMS_VERSION, access_point=ACCESS_POINT)
    session.flush()
    return SignedUp(person, password, totp_secret, code, opened.secret)


def _couple(session: Session, person: Person) -> str:
    coupling = begin_coupling(session, person.id)
    step_before = int(session.source.now().timestamp()) // 30 - 1
    code = TOTP(coupling.secret).generate_otp(step_before)
    confirm_coupling(session, person.id, code, access_point=ACCESS_POINT)
    return coupling.secret


def make_backup_code_of(
    session: Session,
    opened: PersonSecret,
    salt_key: SaltKey = SALT_KEY,
    parameters: Argon2Parameters = CHEAP_ARGON2,
) -> str:
    """Make a back-up code for a person, and keep it."""
    code = new_backup_code(session.source)
    stretched = stretch(code, backup_salt(salt_key, opened.person_id), parameters)
    make_backup_code(session, opened, stretched, parameters, access_point=ACCESS_POINT)
    keep_backup_code(session, opened.person_id)
    return code
