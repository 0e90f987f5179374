"""Who left or was removed sees a dialogue as it was at that moment (D-03, D-08, D-rule 28)."""

from __future__ import annotations

from datetime import timedelta

from crypto.source import SeededSource
from dialogs.closing import close_dialogue
from dialogs.exporting import read_for_export
from dialogs.listing import DialogueFilter, list_dialogues
from dialogs.models import Dialogue, DialogueState, ParticipantState
from dialogs.participants import leave
from dialogs.reading import mark_read
from tests.dialogs.guests import invite, prove, sign_up, token_in_mail
from tests.dialogs.talk import Talk


def names(talk: Talk, name: str, dialogue: Dialogue) -> dict[str, ParticipantState]:
    return {person.name: person.state for person in talk.read(name, dialogue).participants}


def listed(talk: Talk, name: str, state: DialogueState | None = None) -> list[DialogueState]:
    return [line.state for line in list_dialogues(talk.session, talk.world.actor(name), DialogueFilter(state)).lines]


def test_who_was_removed_does_not_see_who_left_joined_read_or_closed_later(talk: Talk, source: SeededSource) -> None:
    dialogue = talk.start("Anna", "Hans", "Ilse")
    invite(talk, dialogue)
    mark_read(talk.session, dialogue.id, talk.world.actor("Ilse"), 1)
    source.advance(timedelta(minutes=1))
    talk.remove("Anna", dialogue, talk.place("Ilse", dialogue).id)
    source.advance(timedelta(minutes=1))
    mark_read(talk.session, dialogue.id, talk.world.actor("Hans"), 1)
    token = token_in_mail(talk.session)
    sign_up(talk.session, token, prove(talk.session, token))
    leave(talk.session, dialogue.id, talk.world.actor("Hans"))
    close_dialogue(talk.session, dialogue.id, "Klaar", talk.world.actor("Anna"))
    seen = talk.read("Ilse", dialogue)
    assert names(talk, "Ilse", dialogue) == {
        "Anna": ParticipantState.TAKING_PART,
        "Hans": ParticipantState.TAKING_PART,
        "Ilse": ParticipantState.REMOVED,
        "E. Yılmaz": ParticipantState.INVITED,
    }
    assert [person.delivery for person in seen.participants] == [None] * 4
    assert [[name for name, _ in line.read_by] for line in seen.messages] == [["Ilse"]]
    assert seen.state is DialogueState.OPEN
    exported = read_for_export(talk.session, dialogue.id, talk.world.actor("Ilse")).conversation
    assert (exported.state, exported.participants) == (seen.state, seen.participants)
    assert listed(talk, "Ilse") == listed(talk, "Ilse", DialogueState.OPEN) == [DialogueState.OPEN]
    assert listed(talk, "Ilse", DialogueState.CLOSED) == []
    assert listed(talk, "Anna", DialogueState.CLOSED) == [DialogueState.CLOSED]


def test_who_left_reads_nothing_that_happened_before_the_next_epoch(talk: Talk, source: SeededSource) -> None:
    """Until somebody writes, what happens is told under a key that who left has as well."""
    dialogue = talk.start("Anna", "Hans", "Ilse")
    invite(talk, dialogue)
    source.advance(timedelta(minutes=1))
    leave(talk.session, dialogue.id, talk.world.actor("Ilse"))
    source.advance(timedelta(minutes=1))
    token = token_in_mail(talk.session)
    sign_up(talk.session, token, prove(talk.session, token))
    leave(talk.session, dialogue.id, talk.world.actor("Hans"))
    assert [line.event for line in talk.read("Ilse", dialogue).messages] == [None, "left"]
    assert talk.read("Ilse", dialogue).total == 2
    assert [line.event for line in talk.read("Anna", dialogue).messages] == [None, "left", "joined", "left"]
