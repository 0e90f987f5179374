"""A portal in which somebody without an account is invited into a dialogue, and what that person does in a browser."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from database.session import Session
from dialogs.models import Participant, ParticipantKind
from dialogs.starting import NewDialogue, NewParticipant, start_dialogue
from tests.dialogs import guests
from tests.dialogs.guests import NUMBER, PASSWORD
from tests.pages import Page, Visitor
from tests.portal.world import World

URL = "/berichten/uitnodiging"
NAMES = {"initials": "N.", "given_name": "Nora", "infix": "", "last_name": "Nieuw"}


@dataclass(frozen=True)
class Invited:
    """The world, with a dialogue of Anna and Hans into which somebody was invited."""

    world: World
    dialogue_id: UUID
    participant_id: UUID

    @property
    def token(self) -> str:
        """The secret of the last link that was mailed."""
        with self.world.session() as session:
            return guests.token_in_mail(session)

    def code(self, number: str = NUMBER) -> str:
        """The last code that was sent to a number."""
        with self.world.session() as session:
            return guests.code_in_sms(session, number)

    def visitor(self) -> Visitor:
        """Somebody who has opened the link."""
        visitor = self.world.visitor("192.0.2.77")
        self.open(visitor)
        return visitor

    def open(self, visitor: Visitor) -> Page:
        """Paste the link of the mail."""
        visitor.get(URL)
        return visitor.submit({"link": f"https://datakluis.example{URL}#{self.token}"})

    def at_number(self) -> Visitor:
        """Somebody who has accepted the terms and chosen a password."""
        visitor = self.visitor()
        visitor.get(f"{URL}/voorwaarden")
        visitor.submit()
        visitor.submit({"password": PASSWORD, "repeated": PASSWORD})
        return visitor

    def at_code(self) -> Visitor:
        """Somebody who was sent a code."""
        visitor = self.at_number()
        visitor.submit()
        return visitor

    def at_name(self) -> Visitor:
        """Somebody who has shown the code."""
        visitor = self.at_code()
        visitor.submit({"code": self.code()})
        return visitor

    def signed_up(self) -> Visitor:
        """Somebody who has an account, and is asked for further second factors."""
        visitor = self.at_name()
        visitor.submit(NAMES)
        return visitor


def invite_somebody(world: World, *, phone: str | None = NUMBER) -> Invited:
    """Let Anna start a dialogue with Hans, and invite somebody else by mail."""
    for name in ("Anna", "Hans"):
        if name not in world.people:
            world.add(name, "werkgever")
    with world.session() as session, session.begin():
        return invite_into(world, session, phone=phone)


def invite_into(world: World, session: Session, *, colleague: str = "Hans", phone: str | None = NUMBER) -> Invited:
    """The same within a transaction, in a dialogue with another colleague."""
    anna = world.actor(session, "Anna")
    draft = NewDialogue(
        subject="Rooster van december",
        text="Wie kan er op zaterdag?",
        employee_id=None,
        employer_id=None,
        participants=(NewParticipant(ParticipantKind.USER, world.people[colleague].id),),
        file_ids=(),
        request_id=session.source.new_id(),
    )
    dialogue = start_dialogue(session, draft, anna, base_url=world.services.settings.base_url)
    participant = guests.invite_as(session, dialogue, anna, phone=phone)
    return Invited(world, dialogue.id, participant.id)


def state_of(invited: Invited) -> tuple[str, bool]:
    """Where the dialogue's guest stands: the state, and whether an account belongs to it."""
    with invited.world.session() as session:
        participant = session.get_one(Participant, invited.participant_id)
        return participant.state, participant.person_id is not None
