"""A whole dialogue to take along: every line and every file that the actor can open (D-06)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from accounts.actor import Actor
from audit.actions import Action
from database.session import Session
from dialogs.attachments import OpenAttachment, files_of_dialogue
from dialogs.finding import find_dialogue
from dialogs.reading import Conversation, MessageView, count_lines, read_dialogue
from dialogs.recording import record_act

LINES_AT_ONCE = 200


@dataclass(frozen=True)
class DialogueExport:
    """A conversation with all its lines, and its files by the id of their attachment."""

    conversation: Conversation
    files: Mapping[UUID, OpenAttachment] = field(repr=False)

    @property
    def size(self) -> int:
        """How many bytes the files have together."""
        return sum(file.row.size for file in self.files.values())


def read_for_export(session: Session, dialogue_id: UUID, actor: Actor) -> DialogueExport:
    """Everything of a dialogue that the actor can open; the log is told first, of this and of each part that is read.

    Raises `PermissionDenied`, `NotFound`.
    """
    taking = find_dialogue(session, dialogue_id, actor)
    details = {"count": count_lines(session, taking, actor)}
    record_act(session, Action.DIALOGUE_EXPORT, taking.dialogue, actor, details)
    newest = read_dialogue(session, dialogue_id, actor, limit=LINES_AT_ONCE)
    lines: list[MessageView] = list(newest.messages)
    while 0 < len(lines) < newest.total:
        earlier = read_dialogue(session, dialogue_id, actor, before=lines[0].number, limit=LINES_AT_ONCE).messages
        if not earlier:
            break
        lines = [*earlier, *lines]
    files = files_of_dialogue(session, dialogue_id, actor)
    opened = {file.view.id: file for some in files.values() for file in some}
    return DialogueExport(replace(newest, messages=tuple(lines)), opened)
