"""How many codes may go by SMS: to a number, for a person, in an organisation (L-07, L-15; security.md, goal I).

And how many letters by mail, which are counted in the same way (DOC-14).

Counted in the database by one statement each that also decides whether it is allowed, as wrong tries are: so processes
that run at the same time, or start again, send no more. A window begins with the first code in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import case, delete, or_, select

from database.insertion import insert_into
from database.session import Session
from delivery.errors import TooManyLetters, TooManySms
from delivery.models import SmsCount

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class SmsBudget:
    """At most `most` codes within `window` for each subject of this kind."""

    kind: str
    window: timedelta
    most: int


NUMBER_AN_HOUR = SmsBudget("number_an_hour", HOUR, 5)
NUMBER_A_DAY = SmsBudget("number_a_day", DAY, 10)
# Whoever knows one password cannot have codes sent to ever more numbers, at the cost of the organisation.
PERSON_A_DAY = SmsBudget("person_a_day", DAY, 20)
# A letter goes to whom its sender likes, with whatever is in it: nobody is to post from here to the whole world.
LETTERS_OF_PERSON = SmsBudget("letters_of_person", DAY, 50)
LETTERS_OF_ORGANISATION = SmsBudget("letters_of_house", DAY, 500)


def organisation_a_day(most: int) -> SmsBudget:
    """Return the budget of a whole organisation, which the operator sets."""
    return SmsBudget("organisation_a_day", DAY, most)


def count_code(session: Session, *, number: str, person_id: UUID, organisation_id: UUID, per_day: int) -> None:
    """Count one code against every budget. Raises `TooManySms`; then the caller sends nothing."""
    _count(session, NUMBER_AN_HOUR, number)
    _count(session, NUMBER_A_DAY, number)
    _count(session, PERSON_A_DAY, str(person_id))
    _count(session, organisation_a_day(per_day), str(organisation_id))


def count_letter(session: Session, *, person_id: UUID, organisation_id: UUID) -> None:
    """Count one letter against the budgets of its sender. Raises `TooManyLetters`; then the caller sends nothing."""
    try:
        _count(session, LETTERS_OF_PERSON, str(person_id))
        _count(session, LETTERS_OF_ORGANISATION, str(organisation_id))
    except TooManySms as refusal:
        raise TooManyLetters(refusal.until) from None


def purge_sms_counts(session: Session) -> int:
    """Delete the counts of windows that are over; return how many."""
    over = delete(SmsCount).where(SmsCount.window_started_at <= session.source.now() - DAY)
    return len(session.scalars(over.returning(SmsCount.kind)).all())


def _count(session: Session, budget: SmsBudget, subject: str) -> None:
    now = session.source.now()
    row = {"kind": budget.kind, "subject": _digest(session, subject)}
    is_over = SmsCount.window_started_at <= now - budget.window
    counted = (
        insert_into(session, SmsCount)
        .values(**row, window_started_at=now, in_window=1)
        .on_conflict_do_update(
            index_elements=[SmsCount.kind, SmsCount.subject],
            set_={
                "in_window": case((is_over, 1), else_=SmsCount.in_window + 1),
                "window_started_at": case((is_over, now), else_=SmsCount.window_started_at),
            },
            where=or_(is_over, SmsCount.in_window < budget.most),
        )
        .returning(SmsCount.in_window)
    )
    if session.execute(counted).first() is None:
        began = session.scalars(select(SmsCount.window_started_at).filter_by(**row)).one()
        raise TooManySms(began + budget.window)


def _digest(session: Session, subject: str) -> bytes:
    return session.package_key("delivery").lookup(b"sms/" + subject.encode())
