"""Talking in tests: dialogues between the people of the world, each act as a request of its own would do it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from database.session import Session
from dialogs.candidates import Candidates
from dialogs.models import Dialogue, Participant, ParticipantKind
from dialogs.participants import add_participant, remove_participant
from dialogs.posting import post_message
from dialogs.reading import Conversation, read_dialogue
from dialogs.starting import NewDialogue, NewParticipant, start_dialogue
from dialogs.substitutes import who_can_be_added
from tests.dialogs.opening import texts_open_to
from tests.world import World

BASE_URL = "https://portal.example"


@dataclass
class Talk:
    """A world with people who talk."""

    world: World

    @property
    def session(self) -> Session:
        """The session of the world."""
        return self.world.session

    def user(self, name: str, *, with_history: bool = True) -> NewParticipant:
        """Somebody of the world as a new participant."""
        return NewParticipant(ParticipantKind.USER, self.world.people[name].id, with_history=with_history)

    def start(
        self,
        by: str,
        *others: NewParticipant | str,
        subject: str = "Rooster van december",
        text: str = "Wie kan er op zaterdag?",
        employee_id: UUID | None = None,
        employer_id: UUID | None = None,
        request_id: UUID | None = None,
    ) -> Dialogue:
        """Let somebody start a dialogue with others, users by name."""
        draft = NewDialogue(
            subject=subject,
            text=text,
            employee_id=employee_id,
            employer_id=employer_id,
            participants=tuple(self.user(other) if isinstance(other, str) else other for other in others),
            file_ids=(),
            request_id=request_id or self.session.source.new_id(),
        )
        return start_dialogue(self.session, draft, self.world.actor(by), base_url=BASE_URL)

    def post(self, by: str, dialogue: Dialogue, text: str) -> int:
        """Let somebody write in a dialogue; the number of the message."""
        request_id = self.session.source.new_id()
        actor = self.world.actor(by)
        return post_message(self.session, dialogue.id, text, (), request_id, actor, base_url=BASE_URL).number

    def add(
        self, by: str, dialogue: Dialogue, new: NewParticipant | str, *, compared: int | None = None
    ) -> Participant:
        """Let somebody add another, a user by name with all before."""
        wanted = replace(self.user(new) if isinstance(new, str) else new, compared=compared)
        return add_participant(self.session, dialogue.id, wanted, self.world.actor(by), base_url=BASE_URL)

    def addable(self, by: str, dialogue: Dialogue) -> Candidates:
        """Whom somebody may add."""
        return who_can_be_added(self.session, dialogue.id, self.world.actor(by))

    def remove(self, by: str, dialogue: Dialogue, participant_id: UUID) -> None:
        """Let somebody take another out."""
        remove_participant(self.session, dialogue.id, participant_id, self.world.actor(by))

    def place(self, name: str, dialogue: Dialogue) -> Participant:
        """The participant that a user is."""
        statement = select(Participant).where(
            Participant.dialogue_id == dialogue.id, Participant.person_id == self.world.people[name].id
        )
        return self.session.scalars(statement.execution_options(populate_existing=True)).one()

    def open_to(self, name: str) -> set[str]:
        """Every text of any dialogue that a user's own key and the whole database open, past all rules."""
        person = self.world.people[name]
        return texts_open_to(self.session, person.id, person.secret)

    def read(self, by: str, dialogue: Dialogue, *, after: int = 0) -> Conversation:
        """What somebody sees of a dialogue."""
        return read_dialogue(self.session, dialogue.id, self.world.actor(by), after=after)

    def texts(self, by: str, dialogue: Dialogue) -> list[str | None]:
        """The texts that somebody can read of a dialogue."""
        return [message.text for message in self.read(by, dialogue).messages if message.event is None]
