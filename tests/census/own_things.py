"""What everybody in the town has of his or her own: a security key, a session on another device, a text, a dialogue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from accounts.models import LoginSession, SecurityKey, SessionStage
from accounts.permissions import Permission
from database.session import Session
from dialogs.candidates import candidates
from dialogs.models import Participant, ParticipantKind, StandardText
from dialogs.places import place_of_standard_text
from dialogs.starting import NewDialogue, NewParticipant, start_dialogue
from organisation.memberships import actor_for
from tests.census.canaries import Kind
from tests.census.town import ROLES, Town


def give_key(session: Session, person_id: UUID) -> UUID:
    """Let a person have a security key; nobody answers with it."""
    key = SecurityKey(
        id=session.source.new_id(),
        person_id=person_id,
        credential_id=session.source.token(32),
        public_key=session.source.token(77),
        sign_count=0,
        name="Sleutelbos",
        transports="usb",
        created_at=session.source.now(),
    )
    session.add(key)
    return key.id


def give_session(session: Session, person_id: UUID) -> UUID:
    """Let a person be logged in elsewhere too; nobody has the cookie of it."""
    own = select(LoginSession).where(
        LoginSession.person_id == person_id, LoginSession.stage == SessionStage.COMPLETE.value
    )
    row = session.scalars(own).first()
    assert row is not None
    values = {column.name: getattr(row, column.name) for column in LoginSession.__table__.columns}
    reference = session.source.new_id()
    session.add(LoginSession(**{**values, "id_hash": session.source.token(32), "reference": reference}))
    return reference


def give_text(session: Session, organisation_id: UUID, owner_id: UUID | None) -> UUID:
    """Let an organisation, or with an owner one of its people, have a standard text."""
    text_id = session.source.new_id()
    content = b'{"title": "Welkom", "text": "Goedendag"}'
    sealed = session.package_key("dialogs").seal(content, place_of_standard_text(text_id))
    session.add(
        StandardText(
            id=text_id,
            organisation_id=organisation_id,
            owner_id=owner_id,
            sealed=sealed,
            changed_at=session.source.now(),
        )
    )
    return text_id


@dataclass(frozen=True)
class OwnDialogue:
    """A dialogue that somebody started with one colleague: its id, the colleague, and that one's place in it."""

    id: UUID
    colleague: UUID
    place: UUID


def colleague_of(session: Session, actor: Actor) -> UUID:
    """Whom somebody starts a dialogue with."""
    return candidates(session, actor).users[0].id


def give_dialogue(session: Session, actor: Actor, colleague: UUID, subject: str) -> OwnDialogue:
    """Let somebody start a dialogue with a colleague, whose place in it is asked for as well."""
    draft = NewDialogue(
        subject=subject,
        text=subject,
        employee_id=None,
        employer_id=None,
        participants=(NewParticipant(ParticipantKind.USER, colleague),),
        file_ids=(),
        request_id=session.source.new_id(),
    )
    made = start_dialogue(session, draft, actor, base_url="https://datakluis.example").id
    place = select(Participant.id).where(Participant.dialogue_id == made, Participant.person_id == colleague)
    return OwnDialogue(made, colleague, session.scalars(place).one())


def give_dialogues(town: Town, session: Session, names: Iterable[str]) -> dict[str, OwnDialogue]:
    """Let everybody who may start a dialogue with a colleague."""
    roles, made = {town.people[name].id: name for name in names}, {}
    for name in names:
        person = town.people[name]
        actor = actor_for(session, person.id, "192.0.2.10", person.keys())
        if Permission.DIALOGUE_START in actor.permissions:
            colleague = colleague_of(session, actor)
            unit = f"{name}|{roles[colleague]}"
            subject = town.flock.text(Kind.DIALOGUE, ROLES[name].organisation, unit)
            made[name] = give_dialogue(session, actor, colleague, subject)
    return made


def give_texts(town: Town, session: Session, names: Iterable[str]) -> tuple[dict[str, UUID], dict[str, UUID]]:
    """Give everybody a standard text, and every organisation one; return them by whoever may change them."""
    organisations, people = town.organisations, {name: town.people[name].id for name in names}
    shared = {key: give_text(session, organisation_id, None) for key, organisation_id in organisations.items()}
    own = {name: give_text(session, organisations[ROLES[name].organisation], people[name]) for name in people}
    return own, {name: shared[ROLES[name].organisation] for name in people}
