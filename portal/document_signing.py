"""What the page of a document offers and tells of signing it (G-03, G-05)."""

from __future__ import annotations

from typing import Any

from accounts.actor import Actor
from accounts.permissions import Permission
from documents.kinds import FileKind
from documents.models import Audience, Document, DocumentKind, DocumentState
from documents.opening import OpenVersion
from portal.signing_words import STATES
from portal.transactions import database
from signing.models import RequestState
from signing.reading import signing_of_document

RUNNING = frozenset({RequestState.PREPARING, RequestState.RUNNING, RequestState.CLOSING})


def signing_values(document: Document, opened: OpenVersion, actor: Actor) -> dict[str, Any]:
    """The values of `documents/signing_actions.html`: the newest request, and whether another can be made."""
    newest = signing_of_document(database(), document, actor)
    is_running = newest is not None and newest.state in RUNNING
    can_be_signed = (
        Permission.SIGNING_REQUEST in actor.permissions
        and opened.version.number == document.version
        and opened.about.kind is FileKind.PDF
        and not opened.about.is_protected
        and document.kind != DocumentKind.EVIDENCE
        and document.state != DocumentState.SIGNED
        and not is_running
    )
    return {
        "signing": newest,
        "signing_states": STATES,
        "offers_signing": can_be_signed and document.audience != Audience.MEDICAL,
        "is_medical_to_sign": can_be_signed and document.audience == Audience.MEDICAL,
    }
