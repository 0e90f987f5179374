"""The key of a file, as one holder or another can open it (design 2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import bindparam, delete, update

from accounts.actor import Actor
from audit.recording import Who
from crypto.derivation import derive
from crypto.hybrid import KeyPair, open_with, seal_to
from crypto.sealing import seal, unseal
from crypto.secret import Secret
from database.session import Session
from documents.models import FileKey
from documents.places import place_of_file_key, place_of_wrapped_key
from keys.errors import NoKey
from keys.models import SealedForm
from keys.opened import OpenedKeys
from keys.public_keys import current_generation, public_key
from vault.sides import keep_generation


def give_file_key(session: Session, file_id: UUID, file_key: Secret, holder_id: UUID, actor: Actor) -> None:
    """Wrap the key of a file for the newest generation of a holder that the actor can open.

    Raises `keys.errors.NoKey` when the actor can't.
    """
    _give(session, file_id, file_key, holder_id, actor.keys, actor.who)


def send_file_key(session: Session, file_id: UUID, file_key: Secret, holder_id: UUID, by: Who) -> None:
    """Send the key of a file to a holder that the sender need not be able to open (D-rule 36).

    Raises `keys.errors.NoGeneration`, `keys.errors.PublicKeyForged`: then nothing is sealed.
    """
    send_file_keys(session, {file_id: file_key}, holder_id, by)


def send_file_keys(session: Session, file_keys: Mapping[UUID, Secret], holder_id: UUID, by: Who) -> None:
    """The same for the keys of many files, in as many queries as for one. Raises as `send_file_key` does."""
    if not file_keys:
        return
    recipient = public_key(session, holder_id)
    session.execute(delete(FileKey).where(FileKey.file_id.in_(list(file_keys)), FileKey.holder_id == holder_id))
    for file_id, file_key in file_keys.items():
        row = _row(file_id, holder_id, recipient.generation, SealedForm.SEALED, by)
        row.sealed = seal_to(recipient.value, file_key.reveal(), place_of_file_key(row))
        session.add(row)
    session.flush()


def hand_file_keys(
    session: Session, file_keys: Mapping[UUID, Secret], holder_id: UUID, keys: OpenedKeys, by: Who
) -> None:
    """Let a holder open files: wrapped where `keys` open it, else sent. Raises as the two do.

    A withdrawal at the holder waits until this transaction ends, so that nothing is sealed under what it leaves behind.
    """
    keep_generation(session, holder_id)
    if holder_id == keys.person_id or keys.can_open(session, holder_id):
        for file_id, file_key in file_keys.items():
            _give(session, file_id, file_key, holder_id, keys, by)
    else:
        send_file_keys(session, file_keys, holder_id, by)


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


class FileKeyOpener:
    """Opens the keys of many files; what it derives per holder and generation is kept, since a list has many rows.

    `renew` lays what it opened under the newest generation of its holder, in one statement: what lay as it was sent,
    and what lay under an older one.
    """

    def __init__(self, session: Session, keys: OpenedKeys) -> None:
        self._session = session
        self._keys = keys
        self._wrap_keys: dict[tuple[UUID, int], Secret] = {}
        self._key_pairs: dict[tuple[UUID, int], KeyPair] = {}
        self._newest: dict[UUID, int] = {}
        self._opened: dict[tuple[UUID, UUID], tuple[FileKey, Secret]] = {}

    def open(self, row: FileKey) -> Secret:
        """The key of a file, however it lies. Raises `keys.errors.NoKey`, `UnsealError`."""
        at = (row.holder_id, row.generation)
        if row.form == SealedForm.SEALED:
            if at not in self._key_pairs:
                self._key_pairs[at] = self._keys.key_pair(self._session, *at)
            secret = Secret(open_with(self._key_pairs[at], row.sealed, place_of_file_key(row)))
        else:
            secret = unwrap_with(self._wrap_key(*at), row)
        self._opened[row.file_id, row.holder_id] = row, secret
        return secret

    def renew(self) -> None:
        """Lay what was opened where it opens fastest. Raises as `open` does."""
        values = [
            self._renewed(row, secret)
            for row, secret in self._opened.values()
            if row.form == SealedForm.SEALED or row.generation < self._newest_of(row.holder_id)
        ]
        if values:
            table = FileKey.__table__
            # A row that somebody destroyed in between stays destroyed.
            present = (table.c.file_id == bindparam("file")) & (table.c.holder_id == bindparam("holder"))
            renewed = {
                "form": SealedForm.WRAPPED.value,
                "generation": bindparam("newest"),
                "sealed": bindparam("wrapped"),
            }
            self._session.connection().execute(update(FileKey).where(present).values(renewed), values)

    def _renewed(self, row: FileKey, secret: Secret) -> dict[str, object]:
        newest = self._newest_of(row.holder_id)
        place = place_of_wrapped_key(row.file_id, row.holder_id, newest)
        sealed = seal(self._wrap_key(row.holder_id, newest), secret.reveal(), place)
        return {"file": row.file_id, "holder": row.holder_id, "newest": newest, "wrapped": sealed}

    def _newest_of(self, holder_id: UUID) -> int:
        if holder_id not in self._newest:
            self._newest[holder_id] = current_generation(self._session, holder_id)
        return self._newest[holder_id]

    def _wrap_key(self, holder_id: UUID, generation: int) -> Secret:
        at = (holder_id, generation)
        if at not in self._wrap_keys:
            self._wrap_keys[at] = self._keys.wrap_key(self._session, *at)
        return self._wrap_keys[at]


def key_of_about(file_key: Secret) -> Secret:
    """The key for the name and kind of a file; its content has another one (`crypto.streams`)."""
    return derive(file_key, "file/about")


def key_of_form(file_key: Secret) -> Secret:
    """The key for what was filled in to make a document."""
    return derive(file_key, "file/form")


def _give(session: Session, file_id: UUID, file_key: Secret, holder_id: UUID, keys: OpenedKeys, by: Who) -> None:
    own = holder_id == keys.person_id
    generation = keys.generation if own else current_generation(session, holder_id)
    row = _row(file_id, holder_id, generation, SealedForm.WRAPPED, by)
    wrap_key = keys.wrap_key(session, holder_id, generation)
    row.sealed = seal(wrap_key, file_key.reveal(), place_of_file_key(row))
    session.merge(row)
    session.flush()


def _row(file_id: UUID, holder_id: UUID, generation: int, form: SealedForm, by: Who) -> FileKey:
    return FileKey(
        file_id=file_id,
        holder_id=holder_id,
        organisation_id=by.organisation_id,
        generation=generation,
        form=form.value,
        sealed=b"",
    )
