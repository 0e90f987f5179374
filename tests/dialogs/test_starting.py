"""Starting a dialogue (D-02, D-05, D-07, D-12)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import func, select

from accounts.errors import PermissionDenied
from dialogs.errors import InvalidDialogue, NotFound
from dialogs.models import Dialogue, Message
from tests.dialogs.talk import Talk

REQUEST = UUID("6f1d9e8a-3a52-4a7b-9b64-0d7c5a1f2e30")


def test_who_was_chosen_reads_the_first_message_and_nobody_else_does(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    assert talk.texts("Anna", dialogue) == talk.texts("Hans", dialogue) == ["Wie kan er op zaterdag?"]
    seen = talk.read("Hans", dialogue)
    assert seen.subject == "Rooster van december"
    assert [(person.name, person.label) for person in seen.participants] == [
        ("Anna", "Bakkerij Mulder"),
        ("Hans", "Bakkerij Mulder"),
    ]
    for outsider in ("Ilse", "Bram", "Carla"):
        with pytest.raises(NotFound):
            talk.read(outsider, dialogue)


def test_the_same_request_starts_one_dialogue(talk: Talk) -> None:
    first, second = (talk.start("Anna", "Hans", request_id=REQUEST) for _ in range(2))
    assert first.id == second.id
    assert talk.session.scalar(select(func.count()).select_from(Dialogue)) == 1
    assert talk.session.scalar(select(func.count()).select_from(Message)) == 1
    # Somebody else's request of the same id is another.
    assert talk.start("Ilse", "Hans", request_id=REQUEST).id != first.id


@pytest.mark.parametrize("stranger", ["Bram", "Carla", "Anna"])
def test_who_is_not_in_view_can_not_be_chosen(talk: Talk, stranger: str) -> None:
    with pytest.raises(NotFound):
        talk.start("Anna", stranger)


def test_each_fault_is_told_beside_its_field(talk: Talk) -> None:
    with pytest.raises(InvalidDialogue) as refusal:
        talk.start("Anna", subject=" ", text="")
    assert [fault.field for fault in refusal.value.faults] == ["subject", "text", "participants"]
    with pytest.raises(InvalidDialogue) as refusal:
        talk.start("Anna", "Hans", subject="x" * 121, text="y" * 10_001)
    assert [fault.field for fault in refusal.value.faults] == ["subject", "text"]


def test_only_who_may_starts_one(talk: Talk) -> None:
    talk.world.hire("Petra", talk.world.employer, "privacyfunctionaris")
    with pytest.raises(PermissionDenied):
        talk.start("Petra", "Hans")
