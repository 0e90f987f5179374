"""Adding a document to a dossier, and a version to a document; versions stay what they are (DOC-12, D-rules 23, 36)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from audit.actions import Action, Detail
from audit.recording import Who
from crypto.sealing import seal
from crypto.secret import Secret
from database.session import Session
from documents.dossiers import DossierPlace, require_dossier
from documents.finding import holders_of
from documents.keys import hand_file_keys, key_of_form
from documents.labels import find_label
from documents.models import Audience, Document, DocumentKind, DocumentLabel, DocumentState, DocumentVersion, StoredFile
from documents.places import place_of_form
from documents.recording import record_document
from documents.storing import read_about
from keys.opened import OpenedKeys
from organisation.models import Employee
from vault.models import Share
from vault.sharing import begin_dossier_content

SEEN_BY_EMPLOYER = frozenset({Audience.BOTH.value, Audience.EMPLOYER.value})


def add_document(
    session: Session,
    place: DossierPlace,
    label_id: UUID,
    kind: DocumentKind,
    stored: StoredFile,
    key: Secret,
    actor: Actor,
    *,
    template: str | None = None,
    form: bytes | None = None,
    merged: int = 0,
) -> Document:
    """Put a file of the actor's organisation in a dossier, as the first version of a document; the log is told first.

    Its label decides to whom the key goes; medical, to the circle's public key, whether or not the actor is in it
    (DOC-21). `merged` tells of how many files it was made. The caller has asked for the permission. Raises as
    `documents.dossiers.require_dossier` does, and `organisation.errors.NotFound` for a label that is not the actor's
    to give.
    """
    require_dossier(session, place, actor, lock=True)
    label = find_label(session, label_id, actor, place)
    document = new_document(session, place, label, kind, actor.who, template=template)
    record_document(session, _action_of(kind), document, actor, _details_of(document, stored, key, merged))
    return put_document(session, document, stored, key, by=actor.who, keys=actor.keys, form=form)


def new_document(
    session: Session,
    place: DossierPlace,
    label: DocumentLabel,
    kind: DocumentKind,
    by: Who,
    *,
    organisation_id: UUID | None = None,
    template: str | None = None,
) -> Document:
    """A document that somebody puts in a dossier now, of the own organisation by default; it is not written yet."""
    now = session.source.now()
    return Document(
        id=session.source.new_id(),
        organisation_id=organisation_id or by.organisation_id,
        employer_id=place.employer_id,
        employee_id=place.employee_id,
        label_id=label.id,
        audience=label.audience,
        kind=kind.value,
        state=DocumentState.FINAL.value,
        version=0,
        template=template,
        created_by=by.person_id,
        created_at=now,
        changed_at=now,
    )


def put_document(
    session: Session,
    document: Document,
    stored: StoredFile,
    key: Secret,
    *,
    by: Who,
    keys: OpenedKeys,
    form: bytes | None = None,
    signers: Collection[UUID] = (),
) -> Document:
    """Write a document that was made with `new_document`, with its first version. Raises as `add_version` does."""
    session.add(document)
    session.flush()
    add_version(session, document, stored, key, by=by, keys=keys, form=form, signers=signers)
    return document


def add_version(
    session: Session,
    document: Document,
    stored: StoredFile,
    key: Secret,
    *,
    by: Who,
    keys: OpenedKeys,
    state: DocumentState = DocumentState.FINAL,
    form: bytes | None = None,
    signing_id: UUID | None = None,
    signers: Collection[UUID] = (),
) -> DocumentVersion:
    """Give a document its next version, and hand the key to those for whom its label is and to `signers`.

    The caller has found the document, asked for the permission, and told the log. `form` is what was filled in to make
    it. Raises `keys.errors.NoGeneration` for a signer without a key.
    """
    _hold(session, document)
    version = DocumentVersion(
        document_id=document.id,
        number=document.version + 1,
        organisation_id=by.organisation_id,
        file_id=stored.id,
        state=state.value,
        made_by=by.person_id,
        made_at=session.source.now(),
        signing_id=signing_id,
    )
    if form is not None:
        version.form_sealed = seal(key_of_form(key), form, place_of_form(version))
    document.version, document.state, document.changed_at = version.number, version.state, version.made_at
    session.add(version)
    session.flush()
    for holder_id in dict.fromkeys((*holders_of(session, document), *signers)):
        hand_file_keys(session, {stored.id: key}, holder_id, keys, by)
    begin_content(session, document, by)
    return version


def begin_content(session: Session, document: Document, by: Who) -> None:
    """Note that the dossier of the arbo side has content; where the employer sees it, that is the end of withdrawing.

    Other content leaves no trace with the employer (S-07, D-rule 7).
    """
    if document.employee_id is None:
        return
    running = select(Share.id).where(
        Share.employee_id == document.employee_id, Share.service_id == by.organisation_id, Share.ended_at.is_(None)
    )
    share_id = session.scalar(running)
    if share_id is not None:
        begin_dossier_content(session, share_id, visible_to_employer=document.audience in SEEN_BY_EMPLOYER)


def _action_of(kind: DocumentKind) -> Action:
    return Action.DOCUMENT_UPLOAD if kind is DocumentKind.IMPORTED else Action.DOCUMENT_GENERATE


def _details_of(document: Document, stored: StoredFile, key: Secret, merged: int) -> Mapping[str, Detail]:
    if document.kind == DocumentKind.IMPORTED:
        details: dict[str, Detail] = {"kind": read_about(stored, key).kind.value, "size": stored.size}
        return details | ({"merged": merged} if merged > 1 else {})
    return {"template": document.template or document.kind, "version": 1}


def _hold(session: Session, document: Document) -> None:
    """Let a share that begins or ends wait, and whoever else gives the document a version."""
    if document.employee_id is not None:
        session.execute(select(Employee.id).where(Employee.id == document.employee_id).with_for_update())
    session.refresh(document, with_for_update=True)
