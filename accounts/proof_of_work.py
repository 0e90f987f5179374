"""A proof of work instead of a picture puzzle: it needs no eyes, and asks nobody else (L-22, L-23; ALTCHA).

The browser tries numbers until it finds the one that was hidden; a second for one person, too much for whoever asks a
million times. What was issued is not kept: a code shows that it came from here, and a used one is remembered until it
would have expired anyway.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from altcha import Payload, create_challenge, verify_solution

from accounts.errors import ProofRefused, UsedBefore
from accounts.used_once import use_once
from database.session import Session

LIFETIME = timedelta(minutes=20)
ALGORITHM = "PBKDF2/SHA-256"
ITERATIONS = 1000
FEWEST_TRIES = 500
MORE_TRIES = 1500

_PURPOSE = "proof_of_work"
# A payload is about 700 characters; nothing longer is even read.
_LONGEST = 2000
_EXPIRES = "expires"


def new_challenge(session: Session) -> dict[str, Any]:
    """Return a challenge, as the widget expects it in JSON.

    The moment at which it expires is in what is signed, since the clock that counts is that of the source.
    """
    tries = FEWEST_TRIES + int.from_bytes(session.source.token(4), "big") % MORE_TRIES
    challenge = create_challenge(
        ALGORITHM,
        ITERATIONS,
        counter=tries,
        data={_EXPIRES: int((session.source.now() + LIFETIME).timestamp())},
        hmac_secret=_secret(session, "challenge"),
        hmac_key_secret=_secret(session, "solution"),
    )
    issued: dict[str, Any] = challenge.to_dict()
    return issued


def use_proof(session: Session, proof: str) -> None:
    """Check a proof of work and use it up. Raises `ProofRefused`; one that was right is used from then on."""
    payload = _read(proof)
    checked = verify_solution(payload, _secret(session, "challenge"), hmac_key_secret=_secret(session, "solution"))
    if not checked.verified:
        raise ProofRefused
    expires_at = datetime.fromtimestamp((payload.challenge.parameters.data or {})[_EXPIRES], UTC)
    if expires_at <= session.source.now():
        raise ProofRefused
    try:
        use_once(session, _PURPOSE, payload.challenge.signature or "", expires_at)
    except UsedBefore:
        raise ProofRefused from None


def _read(proof: str) -> Payload:
    if len(proof) > _LONGEST:
        raise ProofRefused
    try:
        return Payload.from_base64(proof)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ProofRefused from None


def _secret(session: Session, purpose: str) -> bytes:
    return session.package_key("accounts").lookup(f"proof of work/{purpose}".encode())
