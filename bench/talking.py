"""What is measured of dialogues: each act as a request does it, in a transaction of its own."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from accounts.actor import Actor
from bench.acts import REPEATED, Act, median_of
from bench.town import Town, make_town
from database.session import Session
from dialogs.listing import DialogueFilter, list_dialogues
from dialogs.models import Dialogue, ParticipantKind
from dialogs.posting import post_message
from dialogs.reading import news, read_dialogue
from dialogs.starting import NewDialogue, NewParticipant, start_dialogue
from organisation.memberships import add_member
from tests.people import sign_up
from tests.world import OPERATOR, WHOLE

BATCH = 200
BASE_URL = "https://datakluis.example"
TEXT = "Fijn dat u laat weten hoe het gaat. Zullen we volgende week samen kijken wat al weer lukt? " * 3


def measure(folder: Path, dialogues: int, messages: int) -> dict[str, float]:
    """Milliseconds of each act of somebody with so many dialogues, one of which has so many messages."""
    town = make_town(folder)
    _hire(town)
    ids = [dialogue_id for size in _batches(dialogues) for dialogue_id in _start(town, size)]
    long = ids[0]
    for size in _batches(messages):
        _fill(town, long, size)
    some = ids[-REPEATED:]
    return {
        "posting a message": median_of(town, (_posting(dialogue_id) for dialogue_id in some)),
        "reading a message": median_of(town, (_reading(dialogue_id) for dialogue_id in some)),
        "the newest of a long dialogue": median_of(town, (_reading(long) for _ in some)),
        "the list of dialogues": median_of(town, (_listing for _ in some)),
        "asking in vain for what is new": median_of(town, (_asking(long, messages + 1) for _ in some)),
    }


def _batches(total: int) -> list[int]:
    return [min(BATCH, total - done) for done in range(0, total, BATCH)]


def _hire(town: Town) -> None:
    """Anna, with whom the bench begins, gets a colleague to talk to."""
    with town.visit("Anna") as (session, anna):
        ilse = sign_up(session, anna.organisation_id, "Ilse")
        add_member(session, ilse.id, anna.organisation_id, ["werkgever"], WHOLE, OPERATOR)
        town.people["Ilse"] = ilse


def _start(town: Town, number: int) -> list[UUID]:
    ilse = NewParticipant(ParticipantKind.USER, town.people["Ilse"].id)
    with town.visit("Anna") as (session, anna):
        return [_started(session, anna, ilse).id for _ in range(number)]


def _started(session: Session, actor: Actor, other: NewParticipant) -> Dialogue:
    draft = NewDialogue("Hoe gaat het?", TEXT, None, None, (other,), (), session.source.new_id())
    return start_dialogue(session, draft, actor, base_url=BASE_URL)


def _fill(town: Town, dialogue_id: UUID, number: int) -> None:
    with town.visit("Ilse") as (session, ilse):
        for _ in range(number):
            _posting(dialogue_id)(session, ilse)


def _posting(dialogue_id: UUID) -> Act:
    return lambda session, actor: post_message(
        session, dialogue_id, TEXT, (), session.source.new_id(), actor, base_url=BASE_URL
    )


def _reading(dialogue_id: UUID) -> Act:
    return lambda session, actor: read_dialogue(session, dialogue_id, actor)


def _listing(session: Session, actor: Actor) -> object:
    return list_dialogues(session, actor, DialogueFilter(), 1)


def _asking(dialogue_id: UUID, after: int) -> Act:
    return lambda session, actor: news(session, dialogue_id, actor, after)
