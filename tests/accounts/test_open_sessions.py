"""A person's open sessions: one's own, each to be ended from elsewhere (L-28; ASVS 7.5.2)."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.errors import SessionEnded
from accounts.open_sessions import end_all_others, end_other, open_sessions
from accounts.sessions import (
    INACTIVITY,
    Origin,
    load_session,
    promote_to_complete,
    promote_to_password_stage,
    renew_session,
    start_visitor_session,
)
from audit.models import AuditEntry
from crypto.secret import Secret
from crypto.source import SeededSource
from database.session import Session
from keys.errors import NotFound
from tests.accounts.test_sessions import loaded
from tests.people import SignedUp
from tests.prepared_world import PreparedWorlds
from tests.world import World


@pytest.fixture
def world(session: Session, prepared_worlds: PreparedWorlds) -> World:
    return prepared_worlds.put_into(session, vault_open=False)


def log_in(session: Session, person: SignedUp, device: str = "Firefox/Linux", address: str = "192.0.2.7") -> str:
    """Return the cookie of someone who logged in with that device."""
    _, visitor = start_visitor_session(session)
    _, stage = promote_to_password_stage(session, visitor, person_id=person.id, password_key=Secret(b"p" * 32))
    origin = Origin(device, address)
    cookie, _ = promote_to_complete(
        session, stage, person_id=person.id, key_generation=1, secret=person.secret, origin=origin
    )
    return cookie


def test_the_list_has_the_sessions_of_one_person_this_one_first(
    world: World, session: Session, source: SeededSource
) -> None:
    anna = world.people["Anna"]
    log_in(session, world.people["Bram"])
    log_in(session, anna, "Safari/iPhone", "192.0.2.8")
    source.advance(INACTIVITY)
    began = source.now()
    current = log_in(session, anna)
    source.advance(timedelta(minutes=5))
    log_in(session, anna, "Chrome/Windows", "192.0.2.9")

    lines = open_sessions(session, loaded(session, current))

    seen = [(line.device_name, line.access_point, line.is_current) for line in lines]
    assert seen == [("Firefox/Linux", "192.0.2.7", True), ("Chrome/Windows", "192.0.2.9", False)]
    assert (lines[0].began_at, lines[0].active_at) == (began, source.now())


def test_one_other_session_is_ended_at_once_and_logged(world: World, session: Session) -> None:
    anna = world.people["Anna"]
    current, phone, tablet = (log_in(session, anna) for _ in range(3))
    reference = loaded(session, phone).reference
    assert reference is not None

    end_other(session, reference, loaded(session, current), world.actor("Anna"))

    assert load_session(session, phone) is None
    assert load_session(session, tablet) is not None
    assert load_session(session, current) is not None
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "session:end")).one()
    assert (entry.object_id, entry.details) == (reference, {"count": 1})


def test_no_session_of_another_person_can_be_ended_and_this_one_neither(world: World, session: Session) -> None:
    current, of_bram = log_in(session, world.people["Anna"]), log_in(session, world.people["Bram"])
    for cookie in (of_bram, current):
        reference = loaded(session, cookie).reference
        assert reference is not None
        with pytest.raises(NotFound):
            end_other(session, reference, loaded(session, current), world.actor("Anna"))
    with pytest.raises(NotFound):
        end_other(session, uuid.UUID(int=3), loaded(session, current), world.actor("Anna"))

    assert load_session(session, of_bram) is not None


def test_all_others_are_ended_also_those_half_way(world: World, session: Session) -> None:
    anna = world.people["Anna"]
    current, phone = log_in(session, anna), log_in(session, anna)
    _, visitor = start_visitor_session(session)
    half, _ = promote_to_password_stage(session, visitor, person_id=anna.id, password_key=Secret(b"p" * 32))

    assert end_all_others(session, loaded(session, current), world.actor("Anna")) == 1

    assert [load_session(session, cookie) for cookie in (phone, half)] == [None, None]
    assert load_session(session, current) is not None


def test_a_renewed_session_keeps_what_it_holds_and_its_end_under_another_cookie(
    world: World, session: Session, source: SeededSource
) -> None:
    old_cookie = log_in(session, world.people["Anna"])
    old = loaded(session, old_cookie)
    old.data["csrf_token"] = "abc"
    source.advance(timedelta(minutes=30))

    cookie, _ = renew_session(session, old)

    new = loaded(session, cookie)
    assert load_session(session, old_cookie) is None
    assert (new.data, new.ends_at, new.created_at) == ({"csrf_token": "abc"}, old.ends_at, old.created_at)
    assert new.password_at == source.now()
    assert new.person_secret == world.people["Anna"].secret
    assert open_sessions(session, new)[0].device_name == "Firefox/Linux"
    with pytest.raises(SessionEnded):
        renew_session(session, old)
