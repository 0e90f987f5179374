"""Where dialogues and their files are read, for pages that lead to them."""

from __future__ import annotations

from uuid import UUID

from flask import url_for


def conversation_url(dialogue_id: UUID) -> str:
    """Return the address of a dialogue."""
    return url_for("conversations.show", dialogue_id=dialogue_id)


def file_url(dialogue_id: UUID, file_id: UUID) -> str:
    """Return the address of a file of a dialogue."""
    return f"{conversation_url(dialogue_id)}/bestanden/{file_id}"
