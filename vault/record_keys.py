"""The keys of records as each side holds them: opening, handing over, and replacing what somebody may still know.

A record key is replaced at the record's next change when it existed at a withdrawal: of a user (the holder has moved on
to a later generation) or of a share (a row of `stale_record_key`; design 2.1).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from accounts.actor import Actor
from crypto.hybrid import KeyPair, open_with, seal_to
from crypto.sealing import seal, unseal
from crypto.secret import Secret
from database.session import Session
from keys.due_work import drop_due_work
from keys.holders import current_generation, public_key
from keys.index_secrets import INDEX
from keys.models import SealedForm
from keys.opened import OpenedKeys
from organisation.models import Employee, Organisation
from vault.errors import NoVaultAccess
from vault.linked_accounts import linked_holders
from vault.models import RecordIndex, RecordKey, RecordPart, Share, StagedRecordKey, StaleRecordKey
from vault.places import place_of_record_key
from vault.sides import keep_generation


@dataclass(frozen=True)
class NumberedKey:
    """A record key and its number; the repr of a `Secret` shows nothing."""

    number: int
    secret: Secret


class RecordKeyOpener:
    """Opens the record keys of one side; what it derives per generation is kept, since a list has many rows."""

    def __init__(self, session: Session, keys: OpenedKeys, holder_id: uuid.UUID) -> None:
        self._session = session
        self._keys = keys
        self._holder_id = holder_id
        self._wrap_keys: dict[int, Secret] = {}
        self._key_pairs: dict[int, KeyPair] = {}

    def prepare(self, rows: Iterable[RecordKey]) -> None:
        """Derive what opens these rows, so that opening them needs no session. Raises as `open`."""
        for generation, form in {(row.generation, row.form) for row in rows}:
            if form == SealedForm.WRAPPED:
                self._wrap_key(generation)
            else:
                self._key_pair(generation)

    def open(self, row: RecordKey) -> Secret:
        """The record key, however it lies. Raises `keys.errors.NoKey`, `crypto.errors.UnsealError`."""
        place = place_of_record_key(row)
        if row.form == SealedForm.WRAPPED:
            return Secret(unseal(self._wrap_key(row.generation), row.sealed, place))
        return Secret(open_with(self._key_pair(row.generation), row.sealed, place))

    def _wrap_key(self, generation: int) -> Secret:
        if generation not in self._wrap_keys:
            self._wrap_keys[generation] = self._keys.wrap_key(self._session, self._holder_id, generation)
        return self._wrap_keys[generation]

    def _key_pair(self, generation: int) -> KeyPair:
        if generation not in self._key_pairs:
            self._key_pairs[generation] = self._keys.key_pair(self._session, self._holder_id, generation)
        return self._key_pairs[generation]


def wrap(row: RecordKey, record_key: Secret, wrap_key: Secret) -> RecordKey:
    """Fill `row` with the record key under a wrap key of its holder's generation, and return it."""
    row.form = SealedForm.WRAPPED
    row.sealed = seal(wrap_key, record_key.reveal(), place_of_record_key(row))
    return row


def send(session: Session, employee: Employee, key: NumberedKey, holder_id: uuid.UUID) -> None:
    """Hand a record key to a holder by its public key, which nobody but that holder can open (S-02).

    Raises `keys.errors.NoGeneration`, `keys.errors.PublicKeyForged`: then nothing is sealed.
    """
    recipient = public_key(session, holder_id)
    row = _row(employee, key.number, holder_id, recipient.generation)
    row.form = SealedForm.SEALED
    row.sealed = seal_to(recipient.value, key.secret.reveal(), place_of_record_key(row))
    session.add(row)
    session.flush()


def key_of(session: Session, employee: Employee, number: int, holder_id: uuid.UUID, actor: Actor) -> NumberedKey:
    """One key of a record, through a holder that the actor opens. Raises `NoVaultAccess` when that side has none."""
    row = session.get(RecordKey, (employee.id, number, holder_id), populate_existing=True)
    if row is None:
        raise NoVaultAccess
    return NumberedKey(number, RecordKeyOpener(session, actor.keys, holder_id).open(row))


def keys_of_data(session: Session, employee: Employee, holder_id: uuid.UUID, actor: Actor) -> list[NumberedKey]:
    """The keys that open the present data, to be handed over as they are. Raises as `key_of`.

    One that somebody may still know is replaced at the record's next change, and not before.
    """
    statement = select(RecordPart.key_number).where(
        RecordPart.employee_id == employee.id, RecordPart.version == employee.version
    )
    return [key_of(session, employee, number, holder_id, actor) for number in sorted(set(session.scalars(statement)))]


def key_for_writing(session: Session, employee: Employee, vault_holder_id: uuid.UUID, actor: Actor) -> NumberedKey:
    """The key to seal something new under: the newest, or a fresh one handed to all who remain.

    The caller has locked the employee's row, so that a share that begins or ends at the same time waits. Raises as
    `key_of`.
    """
    keep_generation(session, vault_holder_id)
    newest = select(func.max(RecordKey.key_number)).where(
        RecordKey.employee_id == employee.id, RecordKey.holder_id == vault_holder_id
    )
    number = session.scalar(newest)
    if number is None:
        raise NoVaultAccess
    if _is_stale(session, employee, number):
        return _replace(session, employee, number + 1, vault_holder_id, actor)
    return key_of(session, employee, number, vault_holder_id, actor)


def mark_stale(session: Session, employee: Employee, vault_holder_id: uuid.UUID) -> None:
    """Note that the record's newest key is known to a side that may not know what comes next (S-15)."""
    newest = select(func.max(RecordKey.key_number)).where(
        RecordKey.employee_id == employee.id, RecordKey.holder_id == vault_holder_id
    )
    number = session.scalar(newest)
    if number is not None:
        _mark(session, employee, number)


def destroy(session: Session, employee: Employee, holder_id: uuid.UUID) -> None:
    """Destroy every key of a record that a holder has, what it is found by, and the work on it that was due.

    A key that waits for an import goes too, and is stale from then on, so that the import is refused.
    """
    for table in (RecordKey, RecordIndex):
        session.execute(delete(table).where(table.employee_id == employee.id, table.holder_id == holder_id))
    staged = delete(StagedRecordKey).where(
        StagedRecordKey.employee_id == employee.id, StagedRecordKey.holder_id == holder_id
    )
    for number in session.scalars(staged.returning(StagedRecordKey.key_number)).all():
        _mark(session, employee, number)
    drop_due_work(session, holder_id, INDEX, [employee.id])


def sharing_holders(session: Session, employee_id: uuid.UUID) -> list[uuid.UUID]:
    """The holders of the services with which the employee is shared now."""
    statement = (
        select(Organisation.holder_id)
        .join(Share, Share.service_id == Organisation.id)
        .where(Share.employee_id == employee_id, Share.ended_at.is_(None))
        .order_by(Organisation.id)
    )
    return [holder_id for holder_id in session.scalars(statement) if holder_id is not None]


def _mark(session: Session, employee: Employee, number: int) -> None:
    if session.get(StaleRecordKey, (employee.id, number)) is None:
        session.add(StaleRecordKey(employee_id=employee.id, key_number=number))
        session.flush()


def _is_stale(session: Session, employee: Employee, number: int) -> bool:
    if session.get(StaleRecordKey, (employee.id, number), populate_existing=True) is not None:
        return True
    rows = session.execute(
        select(RecordKey.holder_id, RecordKey.since_generation).where(
            RecordKey.employee_id == employee.id, RecordKey.key_number == number
        )
    )
    return any(since < current_generation(session, holder_id) for holder_id, since in rows.all())


def _replace(
    session: Session, employee: Employee, number: int, vault_holder_id: uuid.UUID, actor: Actor
) -> NumberedKey:
    fresh = NumberedKey(number, Secret.random(session.source))
    generation = current_generation(session, vault_holder_id)
    wrap_key = actor.keys.wrap_key(session, vault_holder_id, generation)
    session.add(wrap(_row(employee, number, vault_holder_id, generation), fresh.secret, wrap_key))
    session.execute(delete(StaleRecordKey).where(StaleRecordKey.employee_id == employee.id))
    for holder_id in [*sharing_holders(session, employee.id), *linked_holders(session, employee.id)]:
        send(session, employee, fresh, holder_id)
    session.flush()
    return fresh


def _row(employee: Employee, number: int, holder_id: uuid.UUID, generation: int) -> RecordKey:
    return RecordKey(
        employee_id=employee.id,
        key_number=number,
        holder_id=holder_id,
        organisation_id=employee.organisation_id,
        generation=generation,
        since_generation=generation,
    )
