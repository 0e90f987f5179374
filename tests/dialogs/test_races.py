"""Several people in one dialogue at the same moment: all of them succeed, and an epoch is opened once (goal O)."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select

from database.session import Session, SessionFactory
from dialogs.choosing import NewParticipant
from dialogs.corrections import ask_correction
from dialogs.models import Dialogue, Epoch, Message, Participant, ParticipantKind
from dialogs.participants import add_participant, leave, remove_participant
from dialogs.posting import post_message
from dialogs.reading import read_dialogue
from dialogs.starting import NewDialogue, start_dialogue
from tests.dialogs.talk import BASE_URL, Talk
from tests.vault.employees import hire_employee, link
from tests.world import World, make_world

Act = Callable[[Session], object]
REQUEST = UUID("6f1d9e8a-3a52-4a7b-9b64-0d7c5a1f2e30")


@pytest.fixture
def committed(session_factory: SessionFactory) -> World:
    """A world that others see, with Hans and Ilse."""
    with session_factory() as session:
        world = make_world(session)
        for name in ("Hans", "Ilse"):
            world.hire_vault_user(name, "datakluisgebruiker", "werkgever")
        session.commit()
    return world


@pytest.fixture
def dialogue_id(committed: World, session_factory: SessionFactory) -> UUID:
    """A dialogue of Anna, Hans and Ilse that others see."""
    with session_factory() as session:
        committed.session = session
        dialogue = Talk(committed).start("Anna", "Hans", "Ilse")
        session.commit()
        return dialogue.id


def at_once(factory: SessionFactory, acts: list[Act]) -> None:
    """Do each act in a transaction and thread of its own, all let go together; each must succeed."""
    errors: list[Exception] = []
    barrier = Barrier(len(acts))

    def run(act: Act) -> None:
        barrier.wait()
        with factory() as session:
            try:
                act(session)
                session.commit()
            except Exception as error:
                session.rollback()
                errors.append(error)

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []


def posting(world: World, dialogue_id: UUID, name: str, text: str, request_id: UUID | None = None) -> Act:
    def act(session: Session) -> object:
        own = request_id or session.source.new_id()
        return post_message(session, dialogue_id, text, (), own, world.actor(name, session), base_url=BASE_URL)

    return act


def count(session: Session, model: type[Dialogue] | type[Epoch] | type[Message]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_two_who_find_an_epoch_due_at_once_open_one_and_both_post(
    committed: World, dialogue_id: UUID, session_factory: SessionFactory
) -> None:
    with session_factory() as session:
        leave(session, dialogue_id, committed.actor("Ilse", session))
        session.commit()

    acts = [posting(committed, dialogue_id, name, f"{name} {turn}") for name in ("Anna", "Hans") for turn in range(3)]
    at_once(session_factory, acts)

    with session_factory() as session:
        assert count(session, Epoch) == 2
        seen = read_dialogue(session, dialogue_id, committed.actor("Hans", session))
        texts = {line.text for line in seen.messages if line.event is None}
        assert texts == {"Wie kan er op zaterdag?"} | {
            f"{name} {turn}" for name in ("Anna", "Hans") for turn in range(3)
        }
        assert [line.number for line in seen.messages] == list(range(1, 9))


def test_a_message_that_is_sent_twice_at_once_is_posted_once(
    committed: World, dialogue_id: UUID, session_factory: SessionFactory
) -> None:
    at_once(session_factory, [posting(committed, dialogue_id, "Hans", "Ik kan.", REQUEST)] * 4)
    with session_factory() as session:
        assert count(session, Message) == 2


def test_a_dialogue_that_is_started_twice_at_once_is_one(committed: World, session_factory: SessionFactory) -> None:
    hans = NewParticipant(ParticipantKind.USER, committed.people["Hans"].id)
    draft = NewDialogue("Rooster", "Wie kan er?", None, None, (hans,), (), REQUEST)

    def start(session: Session) -> object:
        return start_dialogue(session, draft, committed.actor("Anna", session), base_url=BASE_URL)

    at_once(session_factory, [start] * 4)
    with session_factory() as session:
        assert (count(session, Dialogue), count(session, Epoch), count(session, Message)) == (1, 1, 1)


def test_a_correction_that_is_asked_for_twice_at_once_is_one_dialogue(
    committed: World, session_factory: SessionFactory
) -> None:
    with session_factory() as session:
        committed.session = session
        hire_employee(committed)
        employee_id = committed.employ("MS001", "Yılmaz")
        link(committed, employee_id)
        session.commit()

    def ask(session: Session) -> object:
        actor = committed.actor("Eva", session)
        return ask_correction(session, employee_id, "Mijn gegevens", "Nr 14.", REQUEST, actor, base_url=BASE_URL)

    at_once(session_factory, [ask] * 4)
    with session_factory() as session:
        assert (count(session, Dialogue), count(session, Message)) == (1, 1)


def test_who_is_removed_while_others_write_opens_nothing_of_after(
    committed: World, dialogue_id: UUID, session_factory: SessionFactory
) -> None:
    with session_factory() as session:
        place = select(Participant.id).where(Participant.person_id == committed.people["Ilse"].id)
        ilse = session.scalars(place).one()

    def remove(session: Session) -> None:
        remove_participant(session, dialogue_id, ilse, committed.actor("Anna", session))

    def add_back(session: Session) -> object:
        new = NewParticipant(ParticipantKind.USER, committed.people["Ilse"].id, with_history=False)
        return add_participant(session, dialogue_id, new, committed.actor("Anna", session), base_url=BASE_URL)

    at_once(session_factory, [remove, *(posting(committed, dialogue_id, "Hans", f"Hans {turn}") for turn in range(4))])
    with session_factory() as session:
        committed.session = session
        talk = Talk(committed)
        removal = session.scalars(select(Message.number).where(Message.kind == "event")).one()
        dialogue = session.get_one(Dialogue, dialogue_id)
        later = {line.text for line in talk.read("Hans", dialogue).messages if line.number > removal and line.text}
        assert not talk.open_to("Ilse") & later
        assert dialogue.message_count == 6
    at_once(session_factory, [add_back, posting(committed, dialogue_id, "Hans", "Welkom")])
