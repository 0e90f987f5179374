"""Closing a dialogue, for a reason, and opening it again (D-09)."""

from __future__ import annotations

from uuid import UUID

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from database.session import Session
from dialogs.errors import FieldFault, InvalidDialogue, NotFound, NotTheStarter
from dialogs.finding import find_dialogue, find_to_write, participants_of
from dialogs.invitations import end_invitations
from dialogs.messages import write_event
from dialogs.models import Dialogue, DialogueState, ParticipantState
from dialogs.recording import record_act
from dialogs.settling import settle
from organisation.employer_fields import N_

LONGEST_REASON = 500


def close_dialogue(session: Session, dialogue_id: UUID, reason: str, actor: Actor) -> None:
    """Close a dialogue: all can read on, nobody adds anything or joins. The participants read the reason, the log not.

    Users do; an employee or a contact person leaves. Raises as `finding.find_to_write`, `LockedOut`, `InvalidDialogue`
    for a reason that is missing or too long.
    """
    actor.require(Permission.DIALOGUE_START)
    taking = find_to_write(session, dialogue_id, actor)
    clean = _checked(reason)
    record_act(session, Action.DIALOGUE_CLOSE, taking.dialogue, actor)
    epoch = settle(session, taking, actor)
    write_event(session, taking.dialogue, taking.me, epoch, "closed", reason=clean)
    note_closed(session, taking.dialogue, actor)


def reopen_dialogue(session: Session, dialogue_id: UUID, actor: Actor) -> None:
    """Open a closed dialogue again; one that is open stays so.

    Raises `PermissionDenied`, `NotFound`, `NotTheStarter` for whoever did not start it, `LockedOut`.
    """
    actor.require(Permission.DIALOGUE_START)
    taking = find_dialogue(session, dialogue_id, actor, lock=True)
    if taking.me.state != ParticipantState.TAKING_PART:
        raise NotFound
    if taking.dialogue.started_by != actor.person_id:
        raise NotTheStarter
    if taking.dialogue.state == DialogueState.OPEN:
        return
    record_act(session, Action.DIALOGUE_REOPEN, taking.dialogue, actor)
    taking.dialogue.state = DialogueState.OPEN.value
    taking.dialogue.closed_by = taking.dialogue.closed_at = None
    epoch = settle(session, taking, actor)
    write_event(session, taking.dialogue, taking.me, epoch, "reopened")


def note_closed(session: Session, dialogue: Dialogue, actor: Actor) -> None:
    """Let nobody add anything to a dialogue or join it any more, also not by an invitation; the log has been told."""
    dialogue.state = DialogueState.CLOSED.value
    dialogue.closed_by, dialogue.closed_at = actor.person_id, session.source.now()
    end_invitations(session, [person.id for person in participants_of(session, dialogue.id)])
    session.flush()


def _checked(reason: str) -> str:
    clean = reason.replace("\r\n", "\n").replace("\0", "").strip()
    if not clean:
        raise InvalidDialogue([FieldFault("reason", N_("Vul in waarom u de dialoog sluit."))])
    if len(clean) > LONGEST_REASON:
        raise InvalidDialogue([FieldFault("reason", N_("Gebruik ten hoogste 500 tekens."))])
    return clean
