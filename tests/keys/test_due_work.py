"""Work that waits for a key (design 2.7)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from crypto.source import SeededSource
from database.session import Session
from keys.due_work import add_due_work, due_work, finish
from keys.holders import create_holder
from keys.models import HolderKind
from tests.keys.acts import ORGANISATION


def test_work_is_noted_once_listed_oldest_first_and_gone_when_done(session: Session, source: SeededSource) -> None:
    vault = create_holder(session, HolderKind.VAULT, ORGANISATION).id
    first, second = UUID(int=1), UUID(int=2)
    add_due_work(session, organisation_id=ORGANISATION, holder_id=vault, kind="rewrap", object_ids=[second])
    source.advance(timedelta(seconds=1))
    add_due_work(session, organisation_id=ORGANISATION, holder_id=vault, kind="rewrap", object_ids=[first, second])
    add_due_work(session, organisation_id=ORGANISATION, holder_id=vault, kind="other", object_ids=[first])

    waiting = due_work(session, vault, "rewrap", 10)
    assert [piece.object_id for piece in waiting] == [second, first]
    assert [piece.object_id for piece in due_work(session, vault, "rewrap", 1)] == [second]

    finish(session, waiting)
    finish(session, waiting)
    assert due_work(session, vault, "rewrap", 10) == []
    assert len(due_work(session, vault, "other", 10)) == 1


def test_no_objects_are_no_work(session: Session) -> None:
    vault = create_holder(session, HolderKind.VAULT, ORGANISATION).id

    add_due_work(session, organisation_id=ORGANISATION, holder_id=vault, kind="rewrap", object_ids=[])
    finish(session, [])

    assert due_work(session, vault, "rewrap", 10) == []
