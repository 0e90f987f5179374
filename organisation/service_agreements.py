"""Which arbo service serves which employer on a day, and until when."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from audit.actions import Action
from audit.recording import Who, record
from database.session import Session
from organisation.calendar import today
from organisation.errors import AgreementOverlaps, LastDayTooEarly, NoServiceAgreement
from organisation.models import Organisation, ServiceAgreement


def is_running(on: date) -> ColumnElement[bool]:
    """The condition that a service agreement runs on that day; its last day belongs to it."""
    return and_(
        ServiceAgreement.starts_on <= on, or_(ServiceAgreement.ends_on.is_(None), ServiceAgreement.ends_on >= on)
    )


def running_service(session: Session, employer_id: uuid.UUID) -> Organisation:
    """The arbo service that serves the employer today; of several the one that began first.

    Raises `NoServiceAgreement`.
    """
    statement = (
        select(Organisation)
        .join(ServiceAgreement, ServiceAgreement.service_id == Organisation.id)
        .where(ServiceAgreement.employer_id == employer_id, is_running(today(session)))
        .order_by(ServiceAgreement.starts_on, ServiceAgreement.id)
        .limit(1)
    )
    service = session.scalars(statement).first()
    if service is None:
        raise NoServiceAgreement
    return service


def serves(session: Session, service_id: uuid.UUID, employer_id: uuid.UUID) -> bool:
    """Tell whether that service serves that employer today."""
    statement = select(ServiceAgreement.id).where(
        ServiceAgreement.service_id == service_id,
        ServiceAgreement.employer_id == employer_id,
        is_running(today(session)),
    )
    return session.scalar(statement.limit(1)) is not None


def ended_pairs(on: date) -> Select[uuid.UUID, uuid.UUID]:
    """The employers and services whose agreement has ended before that day, where no other of the two runs."""
    other = aliased(ServiceAgreement)
    runs = exists().where(
        other.employer_id == ServiceAgreement.employer_id,
        other.service_id == ServiceAgreement.service_id,
        other.starts_on <= on,
        or_(other.ends_on.is_(None), other.ends_on >= on),
    )
    return (
        select(ServiceAgreement.employer_id, ServiceAgreement.service_id)
        .where(ServiceAgreement.ends_on < on, ~runs)
        .distinct()
    )


def make_agreement(
    session: Session,
    employer_id: uuid.UUID,
    service_id: uuid.UUID,
    first_day: date,
    last_day: date | None,
    by: Who,
) -> ServiceAgreement:
    """Let a service serve an employer from a day on, which may be still to come, with an entry on both sides (O-34).

    Raises `LastDayTooEarly`, `AgreementOverlaps`.
    """
    if last_day is not None and last_day < first_day:
        raise LastDayTooEarly
    session.scalars(select(Organisation).where(Organisation.id == employer_id).with_for_update()).one()
    _refuse_overlap(session, employer_id, service_id, first_day, last_day)
    agreement_id = session.source.new_id()
    details: dict[str, str | int] = {"first_day": first_day.isoformat()}
    if last_day is not None:
        details["last_day"] = last_day.isoformat()
    _record(session, Action.SERVICE_AGREEMENT_MAKE, employer_id, service_id, agreement_id, details, by)
    agreement = ServiceAgreement(
        id=agreement_id, service_id=service_id, employer_id=employer_id, starts_on=first_day, ends_on=last_day
    )
    session.add(agreement)
    session.flush()
    return agreement


def end_agreement(
    session: Session,
    employer_id: uuid.UUID,
    service_id: uuid.UUID,
    last_day: date,
    by: Who,
    *,
    agreement_id: uuid.UUID | None = None,
) -> ServiceAgreement:
    """Set the last day of the agreement between an employer and a service, with an entry on both sides.

    It is the one with that id, else the one that began last. A day may be set again as long as the agreement runs, and
    may have passed: what follows from the end is done by the worker, which needs no key. Raises `NoServiceAgreement`
    when none of the two runs, `LastDayTooEarly` before the first day, `AgreementOverlaps` when the next has begun then.
    """
    conditions = [
        ServiceAgreement.employer_id == employer_id,
        ServiceAgreement.service_id == service_id,
        or_(ServiceAgreement.ends_on.is_(None), ServiceAgreement.ends_on >= today(session)),
    ]
    if agreement_id is not None:
        conditions.append(ServiceAgreement.id == agreement_id)
    statement = (
        select(ServiceAgreement)
        .where(*conditions)
        .order_by(ServiceAgreement.starts_on.desc(), ServiceAgreement.id)
        .limit(1)
        .with_for_update()
    )
    agreement = session.scalars(statement).first()
    if agreement is None:
        raise NoServiceAgreement
    if last_day < agreement.starts_on:
        raise LastDayTooEarly
    _refuse_overlap(session, employer_id, service_id, agreement.starts_on, last_day, besides=agreement.id)
    details: dict[str, str | int] = {"last_day": last_day.isoformat()}
    _record(session, Action.SERVICE_AGREEMENT_END, employer_id, service_id, agreement.id, details, by)
    agreement.ends_on = last_day
    session.flush()
    return agreement


def _refuse_overlap(
    session: Session,
    employer_id: uuid.UUID,
    service_id: uuid.UUID,
    first_day: date,
    last_day: date | None,
    *,
    besides: uuid.UUID | None = None,
) -> None:
    conditions = [
        ServiceAgreement.employer_id == employer_id,
        ServiceAgreement.service_id == service_id,
        or_(ServiceAgreement.ends_on.is_(None), ServiceAgreement.ends_on >= first_day),
    ]
    if last_day is not None:
        conditions.append(ServiceAgreement.starts_on <= last_day)
    if besides is not None:
        conditions.append(ServiceAgreement.id != besides)
    if session.scalar(select(ServiceAgreement.id).where(*conditions).limit(1)) is not None:
        raise AgreementOverlaps


def _record(
    session: Session,
    action: Action,
    employer_id: uuid.UUID,
    service_id: uuid.UUID,
    agreement_id: uuid.UUID,
    details: dict[str, str | int],
    by: Who,
) -> None:
    for organisation_id in (employer_id, service_id):
        record(
            session,
            action,
            by=by,
            organisation_id=organisation_id,
            object_type="service_agreement",
            object_id=agreement_id,
            details=details,
        )
