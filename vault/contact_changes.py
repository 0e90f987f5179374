"""When the mail address or mobile number of an employee became others for the last time (D-08).

Whoever was invited by the former ones need not be who reads the new ones. The moment stands open beside the sealed
details, so that it takes no key to know that somebody has to be invited anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from database.session import Session
from organisation.models import Employee
from vault.fields import Details
from vault.models import Part, RecordPart


def contact_changes(session: Session, employee_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When each of those employees last got another mail address or mobile number; who never did is left out.

    One query, and no key: the caller has found the employees. What a batch changes is not there before the batch is.
    """
    statement = (
        select(RecordPart.employee_id, RecordPart.contact_changed_at)
        .join(Employee, (Employee.id == RecordPart.employee_id) & (Employee.version == RecordPart.version))
        .where(
            RecordPart.employee_id.in_(set(employee_ids)),
            RecordPart.part == Part.DETAILS.value,
            RecordPart.contact_changed_at.is_not(None),
        )
    )
    return {employee_id: moment for employee_id, moment in session.execute(statement) if moment is not None}


def is_contact_changed(before: Details, after: Details) -> bool:
    """Tell whether these details reach somebody by other mail addresses or another mobile number.

    The same number in other characters is no other number, and capitals make no other address.
    """
    return _ways_to_reach(before) != _ways_to_reach(after)


def _ways_to_reach(details: Details) -> tuple[frozenset[str], str | None]:
    addresses = frozenset(address.casefold() for address in (details.email, details.email_private) if address)
    return addresses, _international(details.phone_mobile)


def _international(number: str | None) -> str | None:
    # Numbers are kept without spaces (`value_checks.check_phone`); a Dutch one may have come with its country or not.
    return f"+31{number[1:]}" if number and number.startswith("0") else number
