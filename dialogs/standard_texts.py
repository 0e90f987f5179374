"""Texts to begin a message with: those of the organisation, and of each user's own (screens.md, *Instellingen*).

They say nothing about anybody and lie sealed for the server, so that whoever has no key yet can write them too.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, func, or_, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import record
from database.session import Session
from dialogs.models import StandardText
from dialogs.places import place_of_standard_text
from organisation.employer_fields import N_
from organisation.errors import FieldFault, InvalidValues, NotFound

LONGEST_TITLE = 120
LONGEST_TEXT = 2000
MOST_TEXTS = 100
"""Of an organisation together, and of a user besides."""


@dataclass(frozen=True)
class TextContent:
    """What a standard text is called in the list, and what it puts in the message."""

    title: str
    text: str


@dataclass(frozen=True)
class TextLine:
    """A standard text; a `shared` one is of the organisation, another of the user who wrote it."""

    id: uuid.UUID
    content: TextContent
    shared: bool


def texts_for(session: Session, actor: Actor) -> list[TextLine]:
    """What `actor` can begin a message with: the own texts and those of the organisation, by title.

    Raises `PermissionDenied`.
    """
    actor.require(Permission.DIALOGUE_START)
    return _lines(session, or_(_of(actor, shared=True), _of(actor, shared=False)))


def list_texts(session: Session, actor: Actor, *, shared: bool) -> list[TextLine]:
    """The own texts, or those of the organisation that the actor administers. Raises `PermissionDenied`."""
    _require(actor, shared=shared)
    return _lines(session, _of(actor, shared=shared))


def find_text(session: Session, text_id: uuid.UUID, actor: Actor, *, shared: bool) -> TextLine:
    """One of those. Raises `PermissionDenied`, `NotFound`."""
    return _line(session, _find(session, text_id, actor, shared=shared))


def write_text(session: Session, content: TextContent, actor: Actor, *, shared: bool) -> StandardText:
    """Keep a new text, of the organisation or of one's own. Raises `PermissionDenied`, `InvalidValues`."""
    _require(actor, shared=shared)
    clean = _checked(content)
    _check_room(session, actor, shared=shared)
    text_id = session.source.new_id()
    _record(session, Action.STANDARD_TEXT_CREATE, text_id, actor, shared=shared)
    row = StandardText(
        id=text_id,
        organisation_id=actor.organisation_id,
        owner_id=None if shared else actor.person_id,
        sealed=_sealed(session, text_id, clean),
        changed_at=session.source.now(),
    )
    session.add(row)
    session.flush()
    return row


def change_text(session: Session, text_id: uuid.UUID, content: TextContent, actor: Actor, *, shared: bool) -> None:
    """Change a text; one that stays the same is not logged. Raises `PermissionDenied`, `NotFound`, `InvalidValues`."""
    row = _find(session, text_id, actor, shared=shared)
    clean = _checked(content)
    if clean == _line(session, row).content:
        return
    _record(session, Action.STANDARD_TEXT_UPDATE, text_id, actor, shared=shared)
    row.sealed, row.changed_at = _sealed(session, text_id, clean), session.source.now()
    session.flush()


def remove_text(session: Session, text_id: uuid.UUID, actor: Actor, *, shared: bool) -> None:
    """Remove a text for good; messages that began with it stay as they are. Raises `PermissionDenied`, `NotFound`."""
    row = _find(session, text_id, actor, shared=shared)
    _record(session, Action.STANDARD_TEXT_REMOVE, text_id, actor, shared=shared)
    session.delete(row)
    session.flush()


def _require(actor: Actor, *, shared: bool) -> None:
    actor.require(Permission.STANDARD_TEXT_ADMINISTER if shared else Permission.DIALOGUE_START)


def _of(actor: Actor, *, shared: bool) -> ColumnElement[bool]:
    owner = StandardText.owner_id.is_(None) if shared else StandardText.owner_id == actor.person_id
    return (StandardText.organisation_id == actor.organisation_id) & owner


def _find(session: Session, text_id: uuid.UUID, actor: Actor, *, shared: bool) -> StandardText:
    _require(actor, shared=shared)
    statement = select(StandardText).where(StandardText.id == text_id, _of(actor, shared=shared))
    row = session.scalars(statement).first()
    if row is None:
        raise NotFound
    return row


def _lines(session: Session, condition: ColumnElement[bool]) -> list[TextLine]:
    lines = [_line(session, row) for row in session.scalars(select(StandardText).where(condition))]
    return sorted(lines, key=lambda line: (line.content.title.casefold(), str(line.id)))


def _line(session: Session, row: StandardText) -> TextLine:
    opened = session.package_key("dialogs").open(row.sealed, place_of_standard_text(row.id))
    return TextLine(row.id, TextContent(**json.loads(opened)), row.owner_id is None)


def _sealed(session: Session, text_id: uuid.UUID, content: TextContent) -> bytes:
    return session.package_key("dialogs").seal(json.dumps(asdict(content)).encode(), place_of_standard_text(text_id))


def _checked(content: TextContent) -> TextContent:
    clean = TextContent(" ".join(content.title.split()), content.text.replace("\r\n", "\n").strip())
    faults = []
    if not clean.title or len(clean.title) > LONGEST_TITLE:
        faults.append(FieldFault("title", N_("Vul een titel in van ten hoogste 120 tekens.")))
    if not clean.text or len(clean.text) > LONGEST_TEXT:
        faults.append(FieldFault("text", N_("Vul een tekst in van ten hoogste 2.000 tekens.")))
    if faults:
        raise InvalidValues(faults)
    return clean


def _check_room(session: Session, actor: Actor, *, shared: bool) -> None:
    count = session.scalar(select(func.count()).select_from(StandardText).where(_of(actor, shared=shared)))
    if (count or 0) >= MOST_TEXTS:
        raise InvalidValues([FieldFault("title", N_("Er zijn al 100 standaardteksten. Verwijder er eerst een."))])


def _record(session: Session, action: Action, text_id: uuid.UUID, actor: Actor, *, shared: bool) -> None:
    details = {"shared": "yes" if shared else "no"}
    record(session, action, by=actor.who, object_type="standard_text", object_id=text_id, details=details)
