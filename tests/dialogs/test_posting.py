"""Writing in a dialogue (D-02, D-03)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import func, select

from dialogs.errors import InvalidDialogue, NotFound
from dialogs.models import Dialogue, Epoch, Message
from dialogs.posting import post_message
from tests.dialogs.talk import BASE_URL, Talk

REQUEST = UUID("6f1d9e8a-3a52-4a7b-9b64-0d7c5a1f2e30")


def test_everyone_reads_what_is_written_in_the_same_epoch(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    assert talk.post("Hans", dialogue, "Ik kan.") == 2
    assert talk.texts("Anna", dialogue) == ["Wie kan er op zaterdag?", "Ik kan."]
    assert talk.session.scalar(select(func.count()).select_from(Epoch)) == 1


def test_a_repeat_of_a_request_posts_once_and_gives_the_same_message(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    actor = talk.world.actor("Hans")
    posted = [
        post_message(talk.session, dialogue.id, text, (), REQUEST, actor, base_url=BASE_URL)
        for text in ("Ik kan.", "Ik kan, ook in een herhaling.")
    ]
    assert posted[0].id == posted[1].id
    assert talk.texts("Anna", dialogue)[1:] == ["Ik kan."]
    assert talk.session.scalar(select(func.count()).select_from(Message)) == 2


@pytest.mark.parametrize("other", ["Anna", "Ilse"])
def test_the_request_of_another_posts_nothing_and_gives_nothing(talk: Talk, other: str) -> None:
    dialogue = talk.start("Anna", "Hans")
    post_message(talk.session, dialogue.id, "Ik kan.", (), REQUEST, talk.world.actor("Hans"), base_url=BASE_URL)
    with pytest.raises(NotFound):
        post_message(talk.session, dialogue.id, "Ik ook.", (), REQUEST, talk.world.actor(other), base_url=BASE_URL)
    assert talk.session.get_one(Dialogue, dialogue.id).message_count == 2


def test_a_message_says_something_and_not_too_much(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    for text in (" \n\0", "x" * 10_001):
        with pytest.raises(InvalidDialogue):
            talk.post("Hans", dialogue, text)
    assert talk.session.get_one(Dialogue, dialogue.id).message_count == 1
