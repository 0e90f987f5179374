"""What the log says of a look at a conversation: which lines were opened, and no more (NEN 7513, design 3)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from audit.models import AuditEntry
from crypto.source import SeededSource
from dialogs.attachments import posted_files
from dialogs.exporting import read_for_export
from dialogs.models import Dialogue
from dialogs.reading import mark_read, news, read_dialogue
from tests.dialogs.talk import Talk


@pytest.fixture
def long_talk(talk: Talk, source: SeededSource) -> Dialogue:
    """Anna and Hans with five messages; then Ilse is added from now on, which is the sixth line."""
    dialogue = talk.start("Anna", "Hans")
    for number in range(4):
        talk.post("Hans", dialogue, f"Bericht {number}")
    talk.add("Anna", dialogue, talk.user("Ilse", with_history=False))
    source.advance(timedelta(minutes=1))
    return dialogue


def told(talk: Talk, name: str) -> list[object]:
    looks = AuditEntry.action.in_(["dialogue:read", "dialogue:export"])
    statement = select(AuditEntry).where(looks, AuditEntry.actor_id == talk.world.people[name].id)
    entries: dict[UUID, AuditEntry] = {entry.id: entry for entry in talk.session.scalars(statement)}
    return [entry.details for entry in entries.values()]


def test_what_lies_on_another_page_was_not_opened(talk: Talk, long_talk: Dialogue) -> None:
    anna = talk.world.actor("Anna")
    for limit, before, expected in (
        (2, None, {"count": 2, "first": 5, "up_to": 6}),
        (2, 4, {"count": 2, "first": 2, "up_to": 3}),
        (0, None, {"count": 0}),
    ):
        read_dialogue(talk.session, long_talk.id, anna, before=before, limit=limit)
        assert expected in told(talk, "Anna")
    posted_files(talk.session, long_talk.id, anna)
    assert {"count": 0, "files": 0} in told(talk, "Anna")
    assert len(told(talk, "Anna")) == 4


def test_what_the_reader_has_no_key_of_was_not_opened(talk: Talk, long_talk: Dialogue) -> None:
    ilse = talk.world.actor("Ilse")
    one = {"count": 1, "first": 6, "up_to": 6}
    assert read_dialogue(talk.session, long_talk.id, ilse).total == 1
    assert told(talk, "Ilse") == [one]
    news(talk.session, long_talk.id, ilse, 1)
    assert told(talk, "Ilse") == [one, one]
    mark_read(talk.session, long_talk.id, ilse, 6)
    assert {"count": 0, "marked": 6} in told(talk, "Ilse")
    read_for_export(talk.session, long_talk.id, ilse)
    assert {"count": 1} in told(talk, "Ilse")
    assert sum(details == one for details in told(talk, "Ilse")) == 3
