"""Which arbo service serves which employer on a day."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select

from database.session import Session
from organisation.calendar import today
from organisation.errors import NoServiceAgreement
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
