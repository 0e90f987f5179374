"""An import from upload to end (X-22; design 5, step 2): what each step may do, and what it leaves behind.

What takes long is done without a transaction: `read_upload` before `keep_upload`, `previewing.examine` after
`opening.open_import` and before `make_departments`. Nothing of a file is kept but its sealed pieces and its sealed
layout, and those at most a day.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import BinaryIO

from sqlalchemy import exists, select, update
from sqlalchemy.orm import aliased

from accounts.actor import Actor
from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import Who, record
from crypto.secret import Secret
from database.session import Session
from keys.holders import current_generation
from organisation.errors import NotFound
from organisation.registering import add_departments
from vault.importing.batches import destroy_batch
from vault.importing.errors import ImportGone, OtherImportRunning, TooManyDepartments
from vault.importing.layout import Layout
from vault.importing.reading import read_bounded
from vault.importing.remembering import remember_headings, remembered_headings
from vault.importing.sealed_file import destroy_pieces, keep_pieces, open_file_key, seal_layout, wrap_file_key
from vault.importing.sheets import find_sheet
from vault.models import EmployeeImport, ImportState, Vault
from vault.sides import keep_generation, require_vault

KEPT_FOR = timedelta(hours=24)
MOST_NEW_DEPARTMENTS = 300

_OPEN_STATES = (ImportState.UPLOADED.value, ImportState.WRITING.value)


@dataclass(frozen=True)
class Upload:
    """A file that was read to its end. Its repr shows nothing of it."""

    kind: str
    data: bytes = field(repr=False)
    layout: Layout


def read_upload(stream: BinaryIO, remembered: Mapping[str, str] | None = None) -> Upload:
    """Read a file and see where its headings stand; no transaction is needed for it.

    `remembered` is what `remembered_choice` gave. A file whose columns are not all known is taken too: somebody says
    which is which. Raises `FileRefused` for what is no table: then nothing of the file is kept anywhere.
    """
    data = read_bounded(stream)
    kind, layout = find_sheet(data, remembered or {})
    return Upload(kind, data, layout)


def keep_upload(session: Session, upload: Upload, actor: Actor) -> EmployeeImport:
    """Keep a file, sealed for the vault, for at most 24 hours.

    Raises `PermissionDenied` (also for an actor who does not see the whole employer), `VaultClosed` (D-rule 19),
    `NoVaultAccess`, `organisation.errors.NotFound` for an actor of the arbo side.
    """
    holder_id = require_import(session, actor)
    import_id, file_key, now = session.source.new_id(), Secret.random(session.source), session.source.now()
    keep_generation(session, holder_id)
    generation = current_generation(session, holder_id)
    wrap_key = actor.keys.wrap_key(session, holder_id, generation)
    record(
        session,
        Action.IMPORT_UPLOAD,
        by=actor.who,
        object_type="employee_import",
        object_id=import_id,
        details={"kind": upload.kind, "size": len(upload.data)},
    )
    kept = EmployeeImport(
        id=import_id,
        organisation_id=actor.organisation_id,
        holder_id=holder_id,
        generation=generation,
        file_key_sealed=wrap_file_key(wrap_key, file_key, import_id, holder_id, generation),
        kind=upload.kind,
        size=len(upload.data),
        choice_sealed=seal_layout(file_key, import_id, upload.layout),
        state=ImportState.UPLOADED.value,
        created_by=actor.person_id,
        created_at=now,
        expires_at=now + KEPT_FOR,
    )
    session.add(kept)
    session.flush()
    keep_pieces(session, import_id, file_key, upload.data)
    return kept


def upload(session: Session, stream: BinaryIO, actor: Actor) -> EmployeeImport:
    """Read a file and keep it. Raises as `keep_upload` and, before anything is kept, as `read_upload`."""
    return keep_upload(session, read_upload(stream, remembered_choice(session, actor)), actor)


def remembered_choice(session: Session, actor: Actor) -> dict[str, str]:
    """Which field each heading was that somebody of the employer chose before. Raises as `keep_upload`."""
    return remembered_headings(session, require_import(session, actor), actor)


def choose_columns(session: Session, import_id: uuid.UUID, layout: Layout, actor: Actor) -> None:
    """Read the file with these columns from now on, and remember the choice for the next file.

    What was written with other columns is destroyed. Raises `FileRefused` unless the layout is complete, `NotFound` for
    an unknown or foreign import, `ImportGone`, and as `keep_upload`.
    """
    kept = find_import(session, import_id, actor)
    layout.headings()
    record(session, Action.IMPORT_COLUMNS, by=actor.who, object_type="employee_import", object_id=import_id)
    file_key = open_file_key(kept, actor.keys.wrap_key(session, kept.holder_id, kept.generation))
    give_back_import(session, import_id)
    chosen = update(EmployeeImport).where(
        EmployeeImport.id == import_id, EmployeeImport.state == ImportState.UPLOADED.value
    )
    chosen = chosen.values(choice_sealed=seal_layout(file_key, import_id, layout)).returning(EmployeeImport.id)
    if session.execute(chosen, execution_options={"synchronize_session": False}).scalar() is None:
        raise ImportGone
    remember_headings(session, kept.holder_id, layout, actor)


def waiting_imports(session: Session, actor: Actor) -> list[EmployeeImport]:
    """The imports of the employer that were not finished, the newest first: to resume or to discard.

    Raises as `keep_upload`.
    """
    require_import(session, actor)
    statement = select(EmployeeImport).where(
        EmployeeImport.organisation_id == actor.organisation_id,
        EmployeeImport.state.in_(_OPEN_STATES),
        EmployeeImport.expires_at > session.source.now(),
    )
    return list(session.scalars(statement.order_by(EmployeeImport.created_at.desc(), EmployeeImport.id)))


def make_departments(session: Session, import_id: uuid.UUID, names: Sequence[str], actor: Actor) -> int:
    """Make the departments that `examine` found in the file and the employer does not have; the answer is how many.

    Raises `TooManyDepartments` when the column cannot be that of departments, and as `opening.open_import`.
    """
    find_import(session, import_id, actor)
    if len(names) > MOST_NEW_DEPARTMENTS:
        raise TooManyDepartments(MOST_NEW_DEPARTMENTS)
    # Rows that waited for these departments were passed by where the writing had begun.
    give_back_import(session, import_id)
    add_departments(session, actor.organisation_id, names, actor.who)
    return len(names)


def record_download(session: Session, import_id: uuid.UUID, actor: Actor) -> None:
    """Log that the actor takes rows of the file along. Raises as `opening.open_import`."""
    find_import(session, import_id, actor)
    record(session, Action.IMPORT_EXPORT, by=actor.who, object_type="employee_import", object_id=import_id)


def discard(session: Session, import_id: uuid.UUID, actor: Actor) -> None:
    """Destroy the file and what was written of it. Raises as `find_import`; what is finished is `ImportGone`."""
    find_import(session, import_id, actor)
    if not _end(session, import_id, ImportState.DISCARDED):
        raise ImportGone
    record(session, Action.IMPORT_DISCARD, by=actor.who, object_type="employee_import", object_id=import_id)
    destroy_batch(session, import_id)
    destroy_pieces(session, import_id)


def expire(session: Session, limit: int = 10) -> int:
    """Destroy at most `limit` imports that are older than 24 hours, half written or not; the answer is how many.

    For the worker: it destroys and opens nothing (design 2.7).
    """
    statement = select(EmployeeImport.id, EmployeeImport.organisation_id).where(
        EmployeeImport.state.in_(_OPEN_STATES), EmployeeImport.expires_at <= session.source.now()
    )
    expired = session.execute(statement.order_by(EmployeeImport.expires_at).limit(limit)).all()
    return sum(_expire_one(session, import_id, organisation_id) for import_id, organisation_id in expired)


def require_import(session: Session, actor: Actor) -> uuid.UUID:
    """The holder of the vault into which the actor may import. Raises as `keep_upload`."""
    actor.require(Permission.EMPLOYEE_IMPORT)
    holder_id = require_vault(session, actor)
    if not actor.scope.whole:
        raise PermissionDenied(Permission.EMPLOYEE_IMPORT)
    return holder_id


def find_import(session: Session, import_id: uuid.UUID, actor: Actor) -> EmployeeImport:
    """An import of the actor's employer that was not finished. Raises as `opening.open_import`."""
    require_import(session, actor)
    statement = select(EmployeeImport).where(
        EmployeeImport.id == import_id, EmployeeImport.organisation_id == actor.organisation_id
    )
    kept = session.scalar(statement.execution_options(populate_existing=True))
    if kept is None:
        raise NotFound
    if kept.state not in _OPEN_STATES or kept.expires_at <= session.source.now():
        raise ImportGone
    return kept


def claim_import(session: Session, import_id: uuid.UUID, actor: Actor) -> None:
    """Take the import to write it.

    Raises `OtherImportRunning` while another of this employer is being written, and as `opening.open_import`.
    """
    find_import(session, import_id, actor)
    # Of two that are claimed at once the second waits here, and then sees the first.
    own_vault = select(Vault.organisation_id).where(Vault.organisation_id == actor.organisation_id)
    session.execute(own_vault.with_for_update(key_share=True))
    other = aliased(EmployeeImport)
    another = exists().where(
        other.organisation_id == actor.organisation_id,
        other.id != import_id,
        other.state == ImportState.WRITING.value,
    )
    claim = update(EmployeeImport).where(
        EmployeeImport.id == import_id, EmployeeImport.state.in_(_OPEN_STATES), ~another
    )
    claim = claim.values(state=ImportState.WRITING.value).returning(EmployeeImport.id)
    if session.execute(claim, execution_options={"synchronize_session": False}).scalar() is None:
        raise OtherImportRunning


def finish_import(session: Session, import_id: uuid.UUID, changed: int) -> None:
    """Mark the import as done, with how many people it changed, and destroy its file.

    Raises `ImportGone` when it was ended in between.
    """
    if not _end(session, import_id, ImportState.DONE):
        raise ImportGone
    counted = update(EmployeeImport).where(EmployeeImport.id == import_id).values(changed=changed, choice_sealed=None)
    session.execute(counted, execution_options={"synchronize_session": False})
    destroy_pieces(session, import_id)


def give_back_import(session: Session, import_id: uuid.UUID) -> None:
    """Undo `claim_import` and what was written since, so that the import stands as it was uploaded."""
    destroy_batch(session, import_id)
    given_back = update(EmployeeImport).where(
        EmployeeImport.id == import_id, EmployeeImport.state == ImportState.WRITING.value
    )
    nothing = {"written_row": None, "added": None, "changed": None, "unchanged": None}
    session.execute(
        given_back.values(state=ImportState.UPLOADED.value, **nothing),
        execution_options={"synchronize_session": False},
    )


def _end(session: Session, import_id: uuid.UUID, state: ImportState) -> bool:
    end = update(EmployeeImport).where(EmployeeImport.id == import_id, EmployeeImport.state.in_(_OPEN_STATES))
    end = end.values(state=state.value).returning(EmployeeImport.id)
    return session.execute(end, execution_options={"synchronize_session": False}).scalar() is not None


def _expire_one(session: Session, import_id: uuid.UUID, organisation_id: uuid.UUID) -> bool:
    if not _end(session, import_id, ImportState.DISCARDED):
        return False
    record(
        session,
        Action.IMPORT_DISCARD,
        by=Who.system("worker"),
        organisation_id=organisation_id,
        object_type="employee_import",
        object_id=import_id,
        details={"reason": "expired"},
    )
    destroy_batch(session, import_id)
    destroy_pieces(session, import_id)
    return True
