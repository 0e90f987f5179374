"""What somebody has typed and not sent yet: it survives a closed tab, and only its writer opens it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete

from accounts.actor import Actor
from crypto.sealing import seal, unseal
from database.insertion import insert_into
from database.session import Session
from dialogs.contents import LONGEST_TEXT
from dialogs.errors import FieldFault, InvalidDialogue
from dialogs.finding import find_dialogue
from dialogs.models import Draft
from dialogs.places import place_of_draft
from organisation.employer_fields import N_


def save_draft(session: Session, dialogue_id: UUID, text: str, actor: Actor) -> None:
    """Keep what the actor has typed for a dialogue, in the place of what was kept before; an empty text keeps nothing.

    It is nobody's data but the writer's own, so that the log tells nothing of it. Raises `PermissionDenied`,
    `NotFound`, `InvalidDialogue` for a text that is too long.
    """
    find_dialogue(session, dialogue_id, actor)
    if len(text) > LONGEST_TEXT:
        raise InvalidDialogue([FieldFault("text", N_("Gebruik ten hoogste 10.000 tekens."))])
    if not text.strip():
        drop_draft(session, dialogue_id, actor)
        return
    generation = actor.keys.generation
    draft = Draft(person_id=actor.person_id, dialogue_id=dialogue_id, generation=generation)
    wrap_key = actor.keys.wrap_key(session, actor.person_id, generation)
    values = {
        "organisation_id": actor.organisation_id,
        "generation": generation,
        "sealed": seal(wrap_key, text.encode(), place_of_draft(draft)),
        "saved_at": session.source.now(),
    }
    statement = insert_into(session, Draft).values(person_id=actor.person_id, dialogue_id=dialogue_id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["person_id", "dialogue_id"], set_=values))


def draft_of(session: Session, dialogue_id: UUID, actor: Actor) -> str | None:
    """What the actor has typed for a dialogue and not sent, if anything; what a lost key sealed is gone.

    Raises `PermissionDenied`, `NotFound`, `crypto.errors.UnsealError` for a row that was changed.
    """
    find_dialogue(session, dialogue_id, actor)
    draft = session.get(Draft, (actor.person_id, dialogue_id), populate_existing=True)
    if draft is None or draft.generation != actor.keys.generation:
        return None
    wrap_key = actor.keys.wrap_key(session, actor.person_id, draft.generation)
    return unseal(wrap_key, draft.sealed, place_of_draft(draft)).decode()


def drop_draft(session: Session, dialogue_id: UUID, actor: Actor) -> None:
    """Forget what the actor has typed for a dialogue, once it was sent or is not wanted."""
    own = delete(Draft).where(Draft.person_id == actor.person_id, Draft.dialogue_id == dialogue_id)
    session.execute(own.execution_options(synchronize_session=False))
