"""The agreements of an arbo service with an employer, made and ended by the service itself (O-20, O-33, O-34, U-31).

A service sees and changes its own only: which other one serves the employer is told nowhere.
"""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from database.session import Session
from organisation.calendar import today
from organisation.employer_access import find_administered, record_for_both
from organisation.employer_fields import N_, check_line
from organisation.errors import FieldFault, InUse, InvalidValues, NotFound
from organisation.models import ServiceAgreement
from organisation.service_agreements import end_agreement, make_agreement

_TOO_LONG = N_("Gebruik ten hoogste 40 tekens.")


def own_agreements(session: Session, employer_id: uuid.UUID, actor: Actor) -> list[ServiceAgreement]:
    """The agreements of the actor's service with an employer in scope, the newest first.

    Raises `PermissionDenied`, `NotFound`.
    """
    find_administered(session, actor, employer_id, served=False)
    statement = (
        select(ServiceAgreement)
        .where(
            ServiceAgreement.employer_id == employer_id,
            ServiceAgreement.service_id == actor.organisation_id,
        )
        .order_by(ServiceAgreement.starts_on.desc(), ServiceAgreement.id)
    )
    return list(session.scalars(statement))


def find_own_agreement(
    session: Session, employer_id: uuid.UUID, agreement_id: uuid.UUID, actor: Actor
) -> ServiceAgreement:
    """One of them, to change it. Raises `PermissionDenied`, `NotFound`."""
    find_administered(session, actor, employer_id, Permission.SERVICE_AGREEMENT_ADMINISTER, served=False)
    statement = select(ServiceAgreement).where(
        ServiceAgreement.id == agreement_id,
        ServiceAgreement.employer_id == employer_id,
        ServiceAgreement.service_id == actor.organisation_id,
    )
    agreement = session.scalars(statement).first()
    if agreement is None:
        raise NotFound
    return agreement


def add_agreement(
    session: Session,
    employer_id: uuid.UUID,
    first_day: date,
    last_day: date | None,
    *,
    employer_identification: str | None,
    exchange_number: str | None,
    actor: Actor,
) -> ServiceAgreement:
    """Let the actor's service serve an employer that it has or had from a day on, also one to come (O-34).

    Raises `PermissionDenied`, `NotFound`, `InvalidValues`, `LastDayTooEarly`, and `AgreementOverlaps` while another of
    the two covers one of those days (O-20).
    """
    find_administered(session, actor, employer_id, Permission.SERVICE_AGREEMENT_ADMINISTER, served=False)
    values = _checked(employer_identification, exchange_number)
    agreement = make_agreement(session, employer_id, actor.organisation_id, first_day, last_day, actor.who)
    for column, value in values.items():
        setattr(agreement, column, value)
    session.flush()
    return agreement


def change_identification(
    session: Session,
    employer_id: uuid.UUID,
    agreement_id: uuid.UUID,
    *,
    employer_identification: str | None,
    exchange_number: str | None,
    actor: Actor,
) -> None:
    """Change what the two know each other by (O-34). Raises `PermissionDenied`, `NotFound`, `InvalidValues`."""
    agreement = find_own_agreement(session, employer_id, agreement_id, actor)
    values = _checked(employer_identification, exchange_number)
    changed = [column for column, value in values.items() if getattr(agreement, column) != value]
    if not changed:
        return
    record_for_both(
        session,
        Action.SERVICE_AGREEMENT_UPDATE,
        actor,
        employer_id,
        object_type="service_agreement",
        object_id=agreement_id,
        details={"fields": " ".join(changed)},
    )
    for column in changed:
        setattr(agreement, column, values[column])
    session.flush()


def end_own_agreement(
    session: Session, employer_id: uuid.UUID, agreement_id: uuid.UUID, last_day: date, actor: Actor
) -> None:
    """Set the last day of an agreement that has not ended.

    Raises `PermissionDenied`, `NotFound`, `NoServiceAgreement`, `LastDayTooEarly`, `AgreementOverlaps`.
    """
    find_own_agreement(session, employer_id, agreement_id, actor)
    end_agreement(session, employer_id, actor.organisation_id, last_day, actor.who, agreement_id=agreement_id)


def remove_agreement(session: Session, employer_id: uuid.UUID, agreement_id: uuid.UUID, actor: Actor) -> None:
    """Remove an agreement that has not begun. Raises `PermissionDenied`, `NotFound`, and `InUse` once it has begun."""
    agreement = find_own_agreement(session, employer_id, agreement_id, actor)
    if agreement.starts_on <= today(session):
        raise InUse
    record_for_both(
        session,
        Action.SERVICE_AGREEMENT_REMOVE,
        actor,
        employer_id,
        object_type="service_agreement",
        object_id=agreement_id,
        details={"first_day": agreement.starts_on.isoformat()},
    )
    session.delete(agreement)
    session.flush()


def _checked(employer_identification: str | None, exchange_number: str | None) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    faults: list[FieldFault] = []
    for column, text in (
        ("employer_identification", employer_identification),
        ("exchange_number", exchange_number),
    ):
        try:
            values[column] = check_line(column, text, 40, _TOO_LONG)
        except InvalidValues as refusal:
            faults += refusal.faults
    if faults:
        raise InvalidValues(faults)
    return values
