"""The key of a file, as one holder or another can open it (design 2.1)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete

from accounts.actor import Actor
from audit.recording import Who
from crypto.derivation import derive
from crypto.hybrid import open_with, seal_to
from crypto.sealing import seal, unseal
from crypto.secret import Secret
from database.session import Session
from documents.models import FileKey
from documents.places import place_of_file_key
from keys.errors import NoKey
from keys.models import SealedForm
from keys.public_keys import current_generation, public_key


def give_file_key(session: Session, file_id: UUID, file_key: Secret, holder_id: UUID, actor: Actor) -> None:
    """Wrap the key of a file for the newest generation of a holder that the actor can open.

    Raises `keys.errors.NoKey` when the actor can't.
    """
    own = holder_id == actor.person_id
    generation = actor.keys.generation if own else current_generation(session, holder_id)
    row = FileKey(
        file_id=file_id,
        holder_id=holder_id,
        organisation_id=actor.organisation_id,
        generation=generation,
        form=SealedForm.WRAPPED.value,
        sealed=b"",
    )
    wrap_key = actor.keys.wrap_key(session, holder_id, generation)
    row.sealed = seal(wrap_key, file_key.reveal(), place_of_file_key(row))
    session.merge(row)
    session.flush()


def send_file_key(session: Session, file_id: UUID, file_key: Secret, holder_id: UUID, by: Who) -> None:
    """Send the key of a file to a holder that the sender need not be able to open (D-rule 36).

    Raises `keys.errors.NoGeneration`, `keys.errors.PublicKeyForged`: then nothing is sealed.
    """
    recipient = public_key(session, holder_id)
    row = FileKey(
        file_id=file_id,
        holder_id=holder_id,
        organisation_id=by.organisation_id,
        generation=recipient.generation,
        form=SealedForm.SEALED.value,
        sealed=b"",
    )
    row.sealed = seal_to(recipient.value, file_key.reveal(), place_of_file_key(row))
    session.merge(row)
    session.flush()


def open_file_key(session: Session, file_id: UUID, holder_id: UUID, actor: Actor) -> Secret:
    """Return the key of a file through a holder. Raises `keys.errors.NoKey` when there is no such way to it."""
    row = session.get(FileKey, (file_id, holder_id))
    if row is None:
        raise NoKey
    return unwrap_file_key(session, row, actor)


def unwrap_file_key(session: Session, row: FileKey, actor: Actor) -> Secret:
    """Return the key of a file from its row, however it lies. Raises `NoKey`, `UnsealError`."""
    if row.form == SealedForm.SEALED:
        pair = actor.keys.key_pair(session, row.holder_id, row.generation)
        return Secret(open_with(pair, row.sealed, place_of_file_key(row)))
    return unwrap_with(actor.keys.wrap_key(session, row.holder_id, row.generation), row)


def unwrap_with(wrap_key: Secret, row: FileKey) -> Secret:
    """Return the key of a file from its row, under the wrap key of its holder. Raises `UnsealError`."""
    return Secret(unseal(wrap_key, row.sealed, place_of_file_key(row)))


def hand_file_over(session: Session, file_id: UUID, from_holder: UUID, to_holder: UUID, actor: Actor) -> None:
    """Let whoever opens `to_holder` open a file, and no longer by `from_holder`: it moves, it is not copied.

    Raises `keys.errors.NoKey` when the actor can't open both.
    """
    give_file_key(session, file_id, open_file_key(session, file_id, from_holder, actor), to_holder, actor)
    if from_holder != to_holder:
        session.execute(delete(FileKey).where(FileKey.file_id == file_id, FileKey.holder_id == from_holder))


def key_of_about(file_key: Secret) -> Secret:
    """The key for the name and kind of a file; its content has another one (`crypto.streams`)."""
    return derive(file_key, "file/about")
