"""*Ondertekenen*: agreeing with the statement, and showing who one is by a code, a security key or an app (G-06..G-09).

What somebody agreed with is the certified document as it was offered, and the words of one version. From then on the
signature waits for no more than the timestamp (`completing.continue_signing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import NoReturn
from uuid import UUID

from sqlalchemy import update

from accounts import failed_tries
from accounts.actor import Actor
from accounts.errors import TooManyTries, WrongCode
from accounts.login import SecondFactor
from accounts.second_factors import Factor
from audit.actions import Action
from audit.recording import Outcome
from database.session import Session
from signing.codes import use_code
from signing.errors import NotYourTurn
from signing.events import EventKind, add_event
from signing.finding import find_to_sign
from signing.models import Signer, SignerState, SigningCode, SigningMethod, SigningRequest
from signing.recording import record_act
from signing.statements import statement_sha256

METHODS: Mapping[str, SigningMethod] = {
    Factor.APP: SigningMethod.AUTHENTICATOR,
    Factor.SECURITY_KEY: SigningMethod.SECURITY_KEY,
}
"""The second factors with which one can sign instead of by SMS, which is the weakest (NIST SP 800-63B)."""


def agree_by_code(session: Session, request_id: UUID, typed: str, actor: Actor) -> Signer:
    """*Validatie code*, *Opslaan*: agree, with the code that was sent.

    The try is counted before its result is known, a newer code forgets none. Raises as `find_to_sign`, and
    `accounts.errors.WrongCode` or `TooManyTries`, which are in the log by then.
    """
    place, signer = find_to_sign(session, request_id, actor, SignerState.READ)
    code = prove_by_code(session, place.request, signer, typed, actor, SigningMethod.SMS)
    return _agree(session, place.request, signer, actor, SigningMethod.SMS, code.id)


def prove_by_code(
    session: Session, request: SigningRequest, signer: Signer, typed: str, actor: Actor, method: SigningMethod
) -> SigningCode:
    """Use up the code that was sent to a signer whom the caller has found.

    Raises `accounts.errors.WrongCode` or `TooManyTries`, which are in the log by then.
    """
    subject = failed_tries.subject_of(session, str(signer.id))
    try:
        failed_tries.count_try(session, failed_tries.SIGNING_CODE, subject)
        code = use_code(session, request, signer, typed)
    except (TooManyTries, WrongCode) as error:
        _refuse(session, request, signer, actor, error, method)
    failed_tries.forget(session, failed_tries.SIGNING_CODE, subject)
    return code


def what_is_agreed(session: Session, request_id: UUID, actor: Actor) -> str:
    """What a security key is asked about: this signer, the document as it was offered, and the words; a digest.

    Raises as `find_to_sign`.
    """
    place, signer = find_to_sign(session, request_id, actor, SignerState.READ)
    parts = signer.id.bytes, place.request.base_sha256 or b"", statement_sha256(place.request.statement_version)
    return sha256(b"".join(parts)).hexdigest()


def agree_by_factor(session: Session, request_id: UUID, factor: SecondFactor, actor: Actor) -> Signer:
    """Agree, with a security key or an authenticator app that was shown just now.

    Raises as `find_to_sign`, and `ValueError` for a factor of somebody else or of another kind.
    """
    if factor.person_id != actor.person_id or factor.factor not in METHODS:
        raise ValueError("a signature takes the signer's own security key or app")
    place, signer = find_to_sign(session, request_id, actor, SignerState.READ)
    # There is no row of what was shown: the id names it in the chain of events.
    proof_id = session.source.new_id()
    return _agree(session, place.request, signer, actor, METHODS[factor.factor], proof_id)


def _agree(
    session: Session, request: SigningRequest, signer: Signer, actor: Actor, method: SigningMethod, proof_id: UUID
) -> Signer:
    record_act(session, Action.SIGNING_AGREE, request, actor, {"method": method.value}, signer_id=signer.id)
    agreed = update(Signer).where(Signer.id == signer.id, Signer.state == SignerState.READ.value)
    values = {
        "state": SignerState.AGREED.value,
        "person_id": actor.person_id,
        "agreed_at": session.source.now(),
        "agreed_sha256": request.base_sha256,
        "statement_sha256": statement_sha256(request.statement_version),
        "method": method.value,
        "proof_id": proof_id,
    }
    once = agreed.values(**values).returning(Signer.id).execution_options(synchronize_session=False)
    if session.scalar(once) is None:
        raise NotYourTurn
    session.refresh(signer)
    note_agreement(session, request, signer, actor)
    return signer


def note_agreement(session: Session, request: SigningRequest, signer: Signer, actor: Actor) -> None:
    """Add to the chain of events with what a signer agreed, by what that was proven, and on which device."""
    details = {
        "method": str(signer.method),
        "proof": str(signer.proof_id),
        "statement": request.statement_version,
        "device": actor.device,
        "session": actor.session_digest,
    }
    add_event(session, request, EventKind.AGREED, signer=signer, actor=actor, details=details)


def _refuse(
    session: Session,
    request: SigningRequest,
    signer: Signer,
    actor: Actor,
    error: WrongCode | TooManyTries,
    method: SigningMethod,
) -> NoReturn:
    reason = "sms code" if isinstance(error, WrongCode) else "too many tries"
    details = {"method": method.value, "reason": reason}
    record_act(session, Action.SIGNING_AGREE, request, actor, details, signer_id=signer.id, outcome=Outcome.REFUSED)
    noted = {"reason": reason}
    add_event(session, request, EventKind.CODE_REFUSED, signer=signer, actor=actor, details=noted)
    raise error
