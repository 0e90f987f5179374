"""Requests to be handed a key: one waits at a time, and each is decided once (K-11, K-14)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from crypto.source import SeededSource
from database.session import Session, SessionFactory
from keys.admissions import decide, request_admission, waiting_admissions
from keys.errors import AlreadyDecided, NotFound
from keys.holders import create_holder
from keys.models import Admission, AdmissionState, HolderKind
from tests.keys.acts import ORGANISATION, who

ANNA = UUID(int=1)


def new_request(session: Session) -> Admission:
    """A request of someone for a vault, both new."""
    vault = create_holder(session, HolderKind.VAULT, ORGANISATION).id
    person = create_holder(session, HolderKind.PERSON, ORGANISATION).id
    return request_admission(session, holder_id=vault, organisation_id=ORGANISATION, recipient_id=person)


def test_asking_twice_is_asking_once(session: Session) -> None:
    first = new_request(session)
    again = request_admission(
        session, holder_id=first.holder_id, organisation_id=ORGANISATION, recipient_id=first.recipient_id
    )

    assert again.id == first.id


def test_who_was_refused_can_ask_again(session: Session) -> None:
    first = new_request(session)
    decide(session, first.id, first.holder_id, state=AdmissionState.REFUSED, by=who(ANNA))
    again = request_admission(
        session, holder_id=first.holder_id, organisation_id=ORGANISATION, recipient_id=first.recipient_id
    )

    assert again.id != first.id


def test_many_requests_at_once_are_one(session_factory: SessionFactory) -> None:
    with session_factory() as session:
        vault = create_holder(session, HolderKind.VAULT, ORGANISATION).id
        person = create_holder(session, HolderKind.PERSON, ORGANISATION).id
        session.commit()

    def ask(_number: int) -> UUID:
        with session_factory() as session:
            asked = request_admission(session, holder_id=vault, organisation_id=ORGANISATION, recipient_id=person)
            session.commit()
            return asked.id

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(ask, range(8)))) == 1


def test_what_waits_is_listed_longest_first_for_its_own_organisation_only(
    session: Session, source: SeededSource
) -> None:
    first = new_request(session)
    source.advance(timedelta(minutes=1))
    person = create_holder(session, HolderKind.PERSON, ORGANISATION).id
    second = request_admission(session, holder_id=first.holder_id, organisation_id=ORGANISATION, recipient_id=person)
    new_request(session)

    assert waiting_admissions(session, ORGANISATION, first.holder_id) == [first, second]
    assert waiting_admissions(session, UUID(int=99), first.holder_id) == []

    decide(session, first.id, first.holder_id, state=AdmissionState.CANCELLED, by=who(None))
    assert waiting_admissions(session, ORGANISATION, first.holder_id) == [second]


def test_a_decision_names_who_and_when(session: Session, source: SeededSource) -> None:
    request = new_request(session)
    source.advance(timedelta(hours=1))

    decided = decide(session, request.id, request.holder_id, state=AdmissionState.ADMITTED, by=who(ANNA))

    assert (decided.state, decided.decided_by, decided.decided_at) == (AdmissionState.ADMITTED, ANNA, source.now())


def test_a_request_is_decided_once(session: Session) -> None:
    request = new_request(session)
    decide(session, request.id, request.holder_id, state=AdmissionState.ADMITTED, by=who(ANNA))

    with pytest.raises(AlreadyDecided):
        decide(session, request.id, request.holder_id, state=AdmissionState.REFUSED, by=who(ANNA))


def test_of_many_decisions_at_once_one_counts(session_factory: SessionFactory) -> None:
    """Security.md, goal K."""
    with session_factory() as session:
        request = new_request(session)
        session.commit()

    def admit(_number: int) -> bool:
        with session_factory() as session:
            try:
                decide(session, request.id, request.holder_id, state=AdmissionState.ADMITTED, by=who(ANNA))
            except AlreadyDecided:
                return False
            session.commit()
            return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(admit, range(16))) == 1


def test_another_holders_request_and_none_at_all_get_the_same_answer(session: Session) -> None:
    request, other = new_request(session), new_request(session)

    for admission_id, holder_id in [(request.id, other.holder_id), (UUID(int=5), request.holder_id)]:
        with pytest.raises(NotFound):
            decide(session, admission_id, holder_id, state=AdmissionState.ADMITTED, by=who(ANNA))
