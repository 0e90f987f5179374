"""A dialogue of everybody's own in the town: a picture and a PDF that were posted, and two files that wait (D-06)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from accounts.actor import Actor
from accounts.permissions import Permission
from database.session import Session
from dialogs.attachments import attach_files, upload_attachment, upload_for_new
from dialogs.contents import Content, Entry, Roster
from dialogs.epochs import open_first_epoch
from dialogs.messages import write_message
from dialogs.models import Dialogue, DialogueState, Participant, ParticipantKind, ParticipantState
from documents.storing import Intake, Upload
from organisation.memberships import actor_for
from tests.census.town import Town
from tests.documents.files import pdf, png
from tests.people import ACCESS_POINT


@dataclass(frozen=True)
class Talk:
    """The ids of a dialogue, of its files, and of the signing request that goes by it with its one signer."""

    dialogue_id: UUID
    picture: UUID
    document: UUID
    waiting: UUID
    new: UUID
    request: UUID | None = None
    signer: UUID | None = None


def give_talks(town: Town, session: Session, names: Iterable[str]) -> dict[str, Talk]:
    """Give everybody who takes part in dialogues one of his or her own, with files."""
    intake = town.portal.services.intake
    people = {name: town.people[name] for name in names}
    actors = {name: actor_for(session, person.id, ACCESS_POINT, person.keys()) for name, person in people.items()}
    talking = {name: actor for name, actor in actors.items() if Permission.DIALOGUE_START in actor.permissions}
    return {name: give_talk(session, intake, actor) for name, actor in talking.items()}


def ids_of_talks(endpoint: str, talks: Mapping[str, Talk]) -> dict[str, dict[str, UUID]]:
    """What stands in the address of a route of files or of a signature, of everybody: the ids that fit the route."""
    if endpoint.startswith(("signing.", "signing_requests.", "signing_results.", "signing_together.")):
        return {
            "request_id": {name: talk.request for name, talk in talks.items() if talk.request},
            "signer_id": {name: talk.signer for name, talk in talks.items() if talk.signer},
        }
    if not endpoint.startswith("dialogue_files."):
        return {}
    kinds = {"show_page": "document", "remove": "waiting", "remove_new": "new"}
    kind = kinds.get(endpoint.removeprefix("dialogue_files."), "picture")
    return {
        "dialogue_id": {name: talk.dialogue_id for name, talk in talks.items()},
        "file_id": {name: getattr(talk, kind) for name, talk in talks.items()},
    }


def give_talk(session: Session, intake: Intake, actor: Actor) -> Talk:
    """Let somebody have a dialogue that nobody else takes part in."""
    dialogue = _dialogue(session, actor)
    participant = _participant(session, dialogue, actor)
    roster = Roster("Onderwerp", {participant.id: Entry("Deelnemer", "", ParticipantKind.USER.value)})
    epoch = open_first_epoch(session, dialogue, [participant], roster, actor)
    message = write_message(session, dialogue, participant, epoch, Content(text="Hierbij."), session.source.new_id())

    def add(data: bytes) -> UUID:
        upload = _upload(session, intake, actor, data)
        return upload_attachment(session, dialogue.id, upload, "bijlage", actor).id

    picture, document, waiting = add(png()), add(pdf()), add(b"tekst")
    attach_files(session, message, epoch.row, [picture, document], actor)
    new = upload_for_new(session, _upload(session, intake, actor, b"tekst"), "bijlage", actor).id
    return Talk(dialogue.id, picture, document, waiting, new)


def _upload(session: Session, intake: Intake, actor: Actor, data: bytes) -> Upload:
    upload = Upload(intake, session.source, actor.organisation_id)
    upload.write(data)
    return upload


def _dialogue(session: Session, actor: Actor) -> Dialogue:
    now = session.source.now()
    dialogue = Dialogue(
        id=session.source.new_id(),
        organisation_id=actor.organisation_id,
        started_by=actor.person_id,
        started_at=now,
        state=DialogueState.OPEN.value,
        last_message_at=now,
        message_count=0,
        epoch_number=1,
        epoch_due=False,
    )
    session.add(dialogue)
    session.flush()
    return dialogue


def _participant(session: Session, dialogue: Dialogue, actor: Actor) -> Participant:
    participant = Participant(
        id=session.source.new_id(),
        dialogue_id=dialogue.id,
        organisation_id=actor.organisation_id,
        kind=ParticipantKind.USER.value,
        state=ParticipantState.TAKING_PART.value,
        person_id=actor.person_id,
        from_epoch=1,
        added_at=session.source.now(),
        joined_at=session.source.now(),
        read_up_to=0,
    )
    session.add(participant)
    session.flush()
    return participant
