"""Forgotten login details: what a visitor asks for, and the mail that answers it (L-20..L-23).

The visitor's request counts, logs and keeps what was typed, sealed; it looks nobody up. So the page and its time are
the same for a name that exists, one that does not, and one that gets nothing. The worker looks up, and mails.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, select

from accounts import failed_tries
from accounts.errors import TooManyTries
from accounts.login import subject_of_address
from accounts.models import ForgottenRequest, Person
from accounts.people import (
    email_lookup,
    email_of,
    normalise_email,
    normalise_login_name,
    person_logging_in,
    shown_login_name,
)
from accounts.recovering import send_reset
from accounts.second_factors import factors_of
from accounts.standing import is_good
from audit import PLATFORM_ID
from audit.actions import Action
from audit.recording import Outcome, Who, record
from crypto.errors import UnsealError
from crypto.sealing import Context
from database.session import Session
from delivery.errors import MailValueError
from delivery.languages import Language
from delivery.outbox import MailKind, queue_mail

AT_ONCE = 20
WORTH_ANSWERING = timedelta(hours=1)
"""Whoever asked has given up by then; also where the worker stood still that long."""


class Forgotten(StrEnum):
    """What somebody can have forgotten."""

    LOGIN_NAME = "login_name"
    PASSWORD = "password"


def ask(session: Session, kind: Forgotten, typed: str, *, access_point: str) -> None:
    """Keep a request for the worker, whoever it names (L-22, L-23): by mail address or by login name.

    Five a day for what was typed, and from a network address. Raises `TooManyTries`, and `MalformedAddress` for what
    nobody can have as a mail address; both say nothing of whether anyone has it.
    """
    normalised = normalise_email(typed) if kind is Forgotten.LOGIN_NAME else normalise_login_name(typed)
    _count(session, kind, normalised, access_point)
    _log(session, kind, access_point, Outcome.SUCCESS)
    request = ForgottenRequest(
        id=session.source.new_id(), kind=kind, access_point=access_point, created_at=session.source.now()
    )
    request.typed_sealed = session.package_key("accounts").seal(normalised.encode(), _place_of(request.id))
    session.add(request)
    session.flush()


def answer_requests(session: Session, base_url: str) -> int:
    """Answer what was asked, the longest waiting first, and forget it; return how many were dealt with.

    Of several workers each answers others. Who never logged in, has no second factor, or may not log in gets nothing:
    an administrator sends those a link (L-20, L-21).
    """
    waiting = select(ForgottenRequest).order_by(ForgottenRequest.created_at, ForgottenRequest.id).limit(AT_ONCE)
    requests = session.scalars(waiting.with_for_update(skip_locked=True)).all()
    session.execute(delete(ForgottenRequest).where(ForgottenRequest.id.in_([request.id for request in requests])))
    for request in requests:
        if request.created_at > session.source.now() - WORTH_ANSWERING:
            # What can't be opened or mailed must not hold up what others asked.
            with suppress(UnsealError, MailValueError), session.begin_nested():
                _answer(session, request, base_url)
    return len(requests)


def _count(session: Session, kind: Forgotten, typed: str, access_point: str) -> None:
    try:
        failed_tries.count_try(session, failed_tries.FORGOTTEN_ADDRESS, subject_of_address(session, access_point))
        failed_tries.count_try(session, failed_tries.FORGOTTEN, failed_tries.subject_of(session, kind, typed))
    except TooManyTries:
        _log(session, kind, access_point, Outcome.REFUSED)
        raise


def _log(session: Session, kind: Forgotten, access_point: str, outcome: Outcome) -> None:
    visitor = Who(None, PLATFORM_ID, (), access_point)
    record(session, Action.LOGIN_ASK, by=visitor, details={"kind": str(kind)}, outcome=outcome)


def _answer(session: Session, request: ForgottenRequest, base_url: str) -> None:
    typed = session.package_key("accounts").open(request.typed_sealed, _place_of(request.id)).decode()
    asked_by = Who(None, PLATFORM_ID, (), request.access_point)
    if request.kind == Forgotten.LOGIN_NAME:
        _remind(session, _people_with(session, typed), asked_by)
        return
    person = person_logging_in(session, typed)
    if person is not None and _helps_oneself(session, person):
        send_reset(session, person, renews_factors=False, base_url=base_url, by=asked_by)


def _people_with(session: Session, email: str) -> list[Person]:
    with_address = select(Person).where(Person.email_lookup == email_lookup(session, email))
    people = session.scalars(with_address.order_by(Person.organisation_id, Person.login_name)).all()
    return [person for person in people if _helps_oneself(session, person)]


def _remind(session: Session, people: Iterable[Person], asked_by: Who) -> None:
    """Mail the login names of those who share an address: one mail, to that address."""
    reminded = list(people)
    if not reminded:
        return
    for person in reminded:
        record(
            session,
            Action.LOGIN_REMIND,
            by=asked_by,
            organisation_id=person.organisation_id,
            object_type="person",
            object_id=person.id,
        )
    queue_mail(
        session,
        organisation_id=reminded[0].organisation_id,
        kind=MailKind.LOGIN_NAME,
        to=email_of(session, reminded[0]),
        values={"login_names": "\n".join(shown_login_name(session, person) for person in reminded)},
        expires_at=session.source.now() + WORTH_ANSWERING,
        language=Language(reminded[0].language),
    )


def _helps_oneself(session: Session, person: Person) -> bool:
    """Tell whether somebody may ask alone: whoever logged in at least once, with a second factor (L-20, L-21)."""
    may_log_in = is_good(session, person) and person.login_at is not None
    return may_log_in and bool(factors_of(session, person.id))


def _place_of(request_id: UUID) -> Context:
    return Context("forgotten_request", request_id, "typed_sealed")
