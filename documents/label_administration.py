"""Beheer > Kenmerken: an arbo service decides which labels it has beside those that come along (DOC-05, DOC-18).

A label decides whose keys open what has it, so what it means never changes for documents that have it already.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit import PLATFORM_ID
from audit.actions import Action
from audit.recording import record
from database.session import Session
from documents.models import Audience, Document, DocumentLabel
from organisation.errors import FieldFault, InvalidValues, NotFound

N_ = str

LONGEST_NAME = 60
MOST_LABELS = 100
_LIMITABLE = frozenset({Audience.BOTH, Audience.EMPLOYER})


@dataclass(frozen=True)
class LabelContent:
    """What a label is: its name, in which dossiers it is, who opens what has it, and whether at the employer few do."""

    name: str
    of_employer: bool
    audience: Audience
    is_limited: bool = False

    @property
    def reach(self) -> str:
        """For whom it is, as the log tells it."""
        return f"{self.audience.value}, limited" if self.is_limited else self.audience.value


@dataclass(frozen=True)
class LabelLine:
    """A label as the administration shows it. With `is_fixed` it is not the service's to change: it comes along.

    `audience_stays` tells that for whom it is, and in which dossiers, can't be changed any more.
    """

    id: UUID
    content: LabelContent
    is_fixed: bool
    is_retired: bool
    audience_stays: bool


def list_labels(session: Session, actor: Actor) -> list[LabelLine]:
    """The labels that come along and the service's own, those in use first, by name. Raises `PermissionDenied`."""
    actor.require(Permission.DOCUMENT_LABEL_ADMINISTER)
    statement = (
        select(DocumentLabel)
        .where(DocumentLabel.organisation_id.in_((PLATFORM_ID, actor.organisation_id)))
        .order_by(DocumentLabel.retired_at.is_not(None), func.lower(DocumentLabel.name), DocumentLabel.id)
    )
    labels = list(session.scalars(statement))
    used = _used(session, labels)
    return [_line(label, is_used=label.id in used) for label in labels]


def find_own_label(session: Session, label_id: UUID, actor: Actor) -> LabelLine:
    """One of the service's own labels that is in use. Raises `PermissionDenied`, `organisation.errors.NotFound`."""
    label = _find(session, label_id, actor)
    return _line(label, is_used=bool(_used(session, [label])))


def create_label(session: Session, content: LabelContent, actor: Actor) -> DocumentLabel:
    """Make a label. Raises `PermissionDenied`, `organisation.errors.InvalidValues`."""
    actor.require(Permission.DOCUMENT_LABEL_ADMINISTER)
    clean = _checked(session, content, None, actor)
    label_id = session.source.new_id()
    _record(session, Action.DOCUMENT_LABEL_CREATE, label_id, actor, {"audience": clean.audience.value})
    label = DocumentLabel(
        id=label_id,
        organisation_id=actor.organisation_id,
        name=clean.name,
        of_employer=clean.of_employer,
        audience=clean.audience.value,
        is_limited=clean.is_limited,
        created_at=session.source.now(),
    )
    session.add(label)
    session.flush()
    return label


def change_label(session: Session, label_id: UUID, content: LabelContent, actor: Actor) -> None:
    """Change a label; one that stays the same is not logged.

    Once a document has it, for whom it is stays as it is. Of a medical one it always does: whether there are medical
    documents is not to be seen here (D-rule 35).

    Raises `PermissionDenied`, `organisation.errors.NotFound`, `InvalidValues`.
    """
    label = _find(session, label_id, actor, lock=True)
    clean = _checked(session, content, label, actor)
    before = _content(label)
    if clean == before:
        return
    if _stays(label, is_used=bool(_used(session, [label]))):
        _require_same_reach(before, clean)
    details = {"old": before.reach, "new": clean.reach, "name": "changed" if clean.name != before.name else "same"}
    _record(session, Action.DOCUMENT_LABEL_UPDATE, label.id, actor, details)
    label.name, label.of_employer = clean.name, clean.of_employer
    label.audience, label.is_limited = clean.audience.value, clean.is_limited
    session.flush()


def retire_label(session: Session, label_id: UUID, actor: Actor) -> None:
    """Take a label out of use: no document gets it any more, and those that have it keep it and its meaning.

    Raises `PermissionDenied`, `organisation.errors.NotFound`.
    """
    label = _find(session, label_id, actor, lock=True)
    _record(session, Action.DOCUMENT_LABEL_REMOVE, label.id, actor, {"audience": label.audience})
    label.retired_at = session.source.now()
    session.flush()


def restore_label(session: Session, label_id: UUID, actor: Actor) -> None:
    """Take a label into use again, with the meaning that it had.

    Raises `PermissionDenied`, `organisation.errors.NotFound`, and `InvalidValues` where another has its name by now, or
    there are too many.
    """
    label = _find(session, label_id, actor, is_retired=True, lock=True)
    _checked(session, _content(label), None, actor)
    _record(session, Action.DOCUMENT_LABEL_RESTORE, label.id, actor, {"audience": label.audience})
    label.retired_at = None
    session.flush()


def _find(
    session: Session, label_id: UUID, actor: Actor, *, is_retired: bool = False, lock: bool = False
) -> DocumentLabel:
    actor.require(Permission.DOCUMENT_LABEL_ADMINISTER)
    statement = select(DocumentLabel).where(
        DocumentLabel.id == label_id,
        DocumentLabel.organisation_id == actor.organisation_id,
        DocumentLabel.retired_at.is_not(None) if is_retired else DocumentLabel.retired_at.is_(None),
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    label = session.scalars(statement).first()
    if label is None:
        raise NotFound
    return label


def _used(session: Session, labels: list[DocumentLabel]) -> set[UUID]:
    """Which of these labels documents have; of those that come along it is not looked for."""
    asked = [label.id for label in labels if label.organisation_id != PLATFORM_ID]
    has_it = select(Document.id).where(Document.label_id == DocumentLabel.id).exists()
    return set(session.scalars(select(DocumentLabel.id).where(DocumentLabel.id.in_(asked), has_it)))


def _stays(label: DocumentLabel, *, is_used: bool) -> bool:
    return is_used or label.audience == Audience.MEDICAL


def _line(label: DocumentLabel, *, is_used: bool) -> LabelLine:
    return LabelLine(
        id=label.id,
        content=_content(label),
        is_fixed=label.organisation_id == PLATFORM_ID,
        is_retired=label.retired_at is not None,
        audience_stays=_stays(label, is_used=is_used),
    )


def _content(label: DocumentLabel) -> LabelContent:
    return LabelContent(label.name, label.of_employer, Audience(label.audience), label.is_limited)


def _checked(session: Session, content: LabelContent, label: DocumentLabel | None, actor: Actor) -> LabelContent:
    name = " ".join("".join(sign for sign in content.name if sign.isprintable() or sign.isspace()).split())
    clean = LabelContent(name, content.of_employer, content.audience, content.is_limited)
    faults = [fault for fault in (_fault_of_name(session, clean, label, actor), _fault_of_reach(clean)) if fault]
    if label is None and _count(session, actor) >= MOST_LABELS:
        faults.append(FieldFault("name", N_("Er zijn al 100 eigen kenmerken. Neem er eerst een uit gebruik.")))
    if faults:
        raise InvalidValues(faults)
    return clean


def _fault_of_name(
    session: Session, content: LabelContent, label: DocumentLabel | None, actor: Actor
) -> FieldFault | None:
    if not 0 < len(content.name) <= LONGEST_NAME:
        return FieldFault("name", N_("Vul een naam in van ten hoogste 60 tekens."))
    same = select(DocumentLabel.id).where(
        DocumentLabel.organisation_id.in_((PLATFORM_ID, actor.organisation_id)),
        DocumentLabel.of_employer == content.of_employer,
        DocumentLabel.retired_at.is_(None),
        func.lower(DocumentLabel.name) == content.name.lower(),
    )
    if any(found != (label and label.id) for found in session.scalars(same)):
        return FieldFault("name", N_("Er is al een kenmerk met deze naam. Kies een andere naam."))
    return None


def _fault_of_reach(content: LabelContent) -> FieldFault | None:
    if content.audience is Audience.MEDICAL and content.of_employer:
        return FieldFault("audience", N_("In het dossier van een werkgever staan geen medische documenten."))
    if content.is_limited and content.audience not in _LIMITABLE:
        return FieldFault("is_limited", N_("De werkgever opent deze documenten niet. Haal dit vinkje weg."))
    return None


def _require_same_reach(before: LabelContent, after: LabelContent) -> None:
    if (before.audience, before.of_employer) != (after.audience, after.of_employer):
        raise InvalidValues(
            [
                FieldFault(
                    "audience", N_("Wie documenten met dit kenmerk kan openen, ligt vast. Maak een nieuw kenmerk.")
                )
            ]
        )


def _count(session: Session, actor: Actor) -> int:
    statement = select(func.count()).where(
        DocumentLabel.organisation_id == actor.organisation_id, DocumentLabel.retired_at.is_(None)
    )
    return session.scalar(statement) or 0


def _record(session: Session, action: Action, label_id: UUID, actor: Actor, details: dict[str, str]) -> None:
    record(session, action, by=actor.who, object_type="document_label", object_id=label_id, details=details)
