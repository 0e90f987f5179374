"""What happened to a request, as a chain: whoever leaves one event out, or changes one, breaks it (signing.md 9.4)."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest

from crypto.source import SeededSource
from database.session import SessionFactory
from signing.events import (
    LONGEST_DETAILS,
    EventKind,
    add_event,
    events_of,
    is_unbroken,
    newest_event,
    values_of_event,
)
from signing.models import SigningRequest
from signing.record_schema import beginning_of
from tests.signing.rows import bare_request
from tests.world import World


def make_three(world: World, source: SeededSource) -> SigningRequest:
    """A request to which three things happened."""
    request = bare_request(world)
    add_event(world.session, request, EventKind.REQUESTED, actor=world.actor("Anna"), details={"signers": 2})
    source.advance(timedelta(seconds=5))
    add_event(world.session, request, EventKind.CERTIFIED, details={"sha256": "ab" * 32})
    add_event(world.session, request, EventKind.SEALED)
    return request


def test_each_event_has_the_digest_of_the_one_before(world: World, source: SeededSource) -> None:
    request = make_three(world, source)
    first, second, third = events_of(world.session, request.id)
    assert [event.number for event in (first, second, third)] == [1, 2, 3]
    assert first.previous_hash == beginning_of(request.id)
    assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)
    assert newest_event(world.session, request.id) is third
    assert is_unbroken([first, second, third])


def test_the_digest_can_be_made_with_the_evidence_alone(world: World, source: SeededSource) -> None:
    request = make_three(world, source)
    event = events_of(world.session, request.id)[0]
    moment = event.happened_at
    plain = (
        f'{{"access_point":"192.0.2.1","details":{{"signers":2}},"happened_at":"{moment:%Y-%m-%dT%H:%M:%S.%fZ}",'
        f'"kind":"requested","number":1,"person":"{world.people["Anna"].id}",'
        f'"previous":"{hashlib.sha256(f"signing request {request.id}".encode()).hexdigest()}","signer":""}}'
    )
    assert json.loads(plain) == values_of_event(event)
    assert hashlib.sha256(plain.encode()).digest() == event.hash


def test_no_event_can_go_unseen(world: World, source: SeededSource) -> None:
    request = make_three(world, source)
    first, second, third = events_of(world.session, request.id)
    assert not is_unbroken([second, third])
    assert not is_unbroken([first, third])
    assert not is_unbroken([first, third, second])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "withdrawn"),
        ("person_id", UUID(int=9)),
        ("signer_id", UUID(int=9)),
        ("access_point", "203.0.113.9"),
        ("details", '{"signers":3}'),
        ("hash", bytes(32)),
    ],
)
def test_no_event_can_be_changed_unseen(world: World, source: SeededSource, column: str, value: object) -> None:
    events = events_of(world.session, make_three(world, source).id)
    setattr(events[0], column, value)
    assert not is_unbroken(events)
    world.session.expire(events[0])


def test_the_chain_of_one_request_is_not_that_of_another(world: World, source: SeededSource) -> None:
    mine, other = bare_request(world), bare_request(world)
    assert (
        add_event(world.session, mine, EventKind.SEALED).hash != add_event(world.session, other, EventKind.SEALED).hash
    )


def test_details_that_do_not_fit_are_refused(world: World) -> None:
    request = bare_request(world)
    room = LONGEST_DETAILS - len('{"word":""}')
    assert add_event(world.session, request, EventKind.READ, details={"word": "x" * room}).number == 1
    with pytest.raises(ValueError, match="too long"):
        add_event(world.session, request, EventKind.READ, details={"word": "x" * (room + 1)})
    assert len(events_of(world.session, request.id)) == 1


def test_two_at_once_make_one_chain(world: World, session_factory: SessionFactory) -> None:
    request = bare_request(world)
    world.session.commit()
    barrier = Barrier(4)

    def happen() -> None:
        barrier.wait()
        with session_factory() as session, session.begin():
            add_event(session, session.get_one(SigningRequest, request.id), EventKind.READ)

    threads = [Thread(target=happen) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    events = events_of(world.session, request.id)
    assert [event.number for event in events] == [1, 2, 3, 4]
    assert is_unbroken(events)
