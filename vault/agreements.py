"""Who may sign the processing agreement on behalf of the employer (K-09, K-17, N-07; AVG art. 28)."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.actor import Actor
from accounts.errors import MalformedAddress
from accounts.people import normalise_email
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import record
from database.session import Session
from delivery.outbox import MailKind, queue_mail
from organisation.errors import NotFound
from organisation.memberships import person_names
from vault.errors import FieldFault, InvalidFields
from vault.field_checks import N_, clean_name, clean_text
from vault.models import ProcessingAgreement
from vault.places import place_of_signatory
from vault.sides import is_employer

TEXT_VERSION = "2026-1"


@dataclass(frozen=True)
class AgreementLine:
    """A processing agreement as the tab *Beheerdersovereenkomsten* shows it (K-17)."""

    id: uuid.UUID
    signatory: str
    function: str | None
    email: str
    text_version: str
    registered_by: str
    registered_at: datetime


def register_signatory(
    session: Session, *, name: str, email: str, actor: Actor, function: str | None = None
) -> ProcessingAgreement:
    """Register who signs the processing agreement, and queue that person's confirmation, in one transaction (N-07).

    Registering again adds a row; the newest counts. Raises `PermissionDenied`, `NotFound` for the arbo side (D-rule
    18), `InvalidFields`.
    """
    _require(actor)
    signatory, address = _checked(name, email)
    role = clean_text(function, "signatory_function")
    agreement = ProcessingAgreement(
        id=session.source.new_id(),
        organisation_id=actor.organisation_id,
        text_version=TEXT_VERSION,
        registered_by=actor.person_id,
        registered_at=session.source.now(),
    )
    record(
        session,
        Action.AGREEMENT_REGISTER,
        by=actor.who,
        object_type="processing_agreement",
        object_id=agreement.id,
        details={"text_version": TEXT_VERSION},
    )
    plaintext = json.dumps({"name": signatory, "function": role, "email": address}).encode()
    agreement.signatory_sealed = session.package_key("vault").seal(plaintext, place_of_signatory(agreement.id))
    session.add(agreement)
    queue_mail(session, organisation_id=actor.organisation_id, kind=MailKind.AGREEMENT_CONFIRMATION, to=address)
    return agreement


def list_agreements(session: Session, actor: Actor) -> list[AgreementLine]:
    """The processing agreements of the actor's employer, the newest first. Raises `PermissionDenied`, `NotFound`."""
    _require(actor)
    statement = (
        select(ProcessingAgreement)
        .where(ProcessingAgreement.organisation_id == actor.organisation_id)
        .order_by(ProcessingAgreement.registered_at.desc(), ProcessingAgreement.id)
    )
    agreements = list(session.scalars(statement))
    names = person_names(session, [agreement.registered_by for agreement in agreements])
    return [_line(session, agreement, names) for agreement in agreements]


def has_signatory(session: Session, organisation_id: uuid.UUID) -> bool:
    """Tell whether an employer has registered who signs."""
    statement = select(ProcessingAgreement.id).where(ProcessingAgreement.organisation_id == organisation_id).limit(1)
    return session.scalar(statement) is not None


def _require(actor: Actor) -> None:
    actor.require(Permission.AGREEMENT_REGISTER)
    if not is_employer(actor):
        raise NotFound


def _checked(name: str, email: str) -> tuple[str, str]:
    signatory = clean_name(name, "signatory_name")
    if signatory is None:
        raise InvalidFields([FieldFault("signatory_name", N_("Vul in wie mag tekenen."))])
    try:
        return signatory, normalise_email(email)
    except MalformedAddress:
        fault = FieldFault("signatory_email", N_("Vul een e-mailadres in, zoals naam@bedrijf.nl."))
        raise InvalidFields([fault]) from None


def _line(session: Session, agreement: ProcessingAgreement, names: dict[uuid.UUID, str]) -> AgreementLine:
    place = place_of_signatory(agreement.id)
    signatory = json.loads(session.package_key("vault").open(agreement.signatory_sealed, place))
    return AgreementLine(
        id=agreement.id,
        signatory=signatory["name"],
        function=signatory.get("function"),
        email=signatory["email"],
        text_version=agreement.text_version,
        registered_by=names[agreement.registered_by],
        registered_at=agreement.registered_at,
    )
