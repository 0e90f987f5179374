"""What a visitor who answers an invitation into a dialogue has done so far; it lies sealed in the visitor's session.

Nothing of it is an account: that comes into being in one step, once the code by SMS was right (D-rule 32).
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID

from accounts.models import SessionStage
from accounts.sessions import FIRST_STEPS, start_visitor_session
from crypto.passwords import Argon2Parameters
from crypto.secret import Secret
from portal.session import JOINING, current_session, stage
from portal.transactions import database

TOKEN, TERMS, PROOF = "token", "terms", "proof"
_PERSON, _STRETCHED, _PARAMETERS = "person", "stretched", "parameters"


def begin(token: str) -> None:
    """Keep the token of a link that is good; a visitor gets half an hour for each step, and a cookie of its own."""
    if stage() is SessionStage.VISITOR:
        current_session().become(start_visitor_session(database(), FIRST_STEPS))
    current_session()[JOINING] = {TOKEN: token}


def state() -> dict[str, Any]:
    """Return what was done so far, empty for who has opened no link."""
    kept = current_session().get(JOINING)
    return dict(kept) if isinstance(kept, dict) else {}


def keep(**values: str) -> None:
    """Keep what was done besides."""
    current_session()[JOINING] = {**state(), **values}


def token_in_session() -> str:
    """Return the token of the link that was opened; a text that is none where there was no link."""
    return str(state().get(TOKEN, ""))


def proof_in_session() -> UUID | None:
    """Return what proves that the code was shown."""
    kept = state().get(PROOF)
    return UUID(kept) if kept else None


def keep_password(person_id: UUID, stretched: Secret, parameters: Argon2Parameters) -> None:
    """Keep a stretched password, until there is an account that it is the password of."""
    keep(
        **{
            _PERSON: str(person_id),
            _STRETCHED: b64encode(stretched.reveal()).decode(),
            _PARAMETERS: parameters.encode(),
        }
    )


def password_in_session() -> tuple[UUID, Secret, Argon2Parameters] | None:
    """Return the id for which a password was stretched, the result, and how; None before that was done."""
    kept = state()
    if _STRETCHED not in kept:
        return None
    stretched = Secret(b64decode(kept[_STRETCHED]))
    return UUID(kept[_PERSON]), stretched, Argon2Parameters.decode(kept[_PARAMETERS])


def forget() -> None:
    """Forget all of it: the invitation was answered, or a new one was asked for."""
    current_session().pop(JOINING, None)
