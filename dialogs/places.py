"""Where the ciphertexts of this package lie: what each is bound to, so that none can be moved (design 2.1)."""

from __future__ import annotations

from uuid import UUID

from crypto.sealing import Context
from dialogs.models import (
    DialogueInvitation,
    Draft,
    Epoch,
    InvitationCode,
    Message,
    MessageSignature,
    Participant,
    StandardText,
)


def place_of_roster(epoch: Epoch) -> Context:
    """The place of one version of the subject and the names of an epoch."""
    return Context(
        Epoch.__tablename__,
        epoch.dialogue_id,
        "roster_sealed",
        version=epoch.roster_version,
        holder=epoch.holder_id,
        generation=epoch.number,
    )


def place_of_message(message: Message) -> Context:
    """The place of what a message says: its author, its number and its epoch can't be exchanged."""
    return Context(
        Message.__tablename__,
        message.id,
        "sealed",
        version=message.number,
        holder=message.dialogue_id,
        generation=message.epoch_number,
        recipient=message.participant_id,
    )


def place_of_contact(participant_id: UUID, column: str) -> Context:
    """The place of a participant's mail address or mobile number."""
    return Context(Participant.__tablename__, participant_id, column)


def place_of_given_number(code: InvitationCode) -> Context:
    """The place of the number that a recipient gave."""
    return Context(InvitationCode.__tablename__, code.id, "number_sealed", holder=code.invitation_id)


def place_of_code(code_id: UUID, invitation: DialogueInvitation) -> Context:
    """What the digest of a code is bound to besides the code: its row, and through the invitation the participant."""
    return Context(InvitationCode.__tablename__, code_id, "code_hash", holder=invitation.id)


def place_of_draft(draft: Draft) -> Context:
    """The place of what somebody has typed for one dialogue."""
    return Context(
        Draft.__tablename__, draft.dialogue_id, "sealed", holder=draft.person_id, generation=draft.generation
    )


def place_of_standard_text(text_id: UUID) -> Context:
    """The place of a standard text."""
    return Context(StandardText.__tablename__, text_id, "sealed")


def place_of_signature(person_id: UUID) -> Context:
    """The place of what somebody's messages end with."""
    return Context(MessageSignature.__tablename__, person_id, "sealed")
