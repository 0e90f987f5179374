"""The uploaded file as it lies in the database: in pieces, sealed under a key that only the vault opens (design 5)."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, insert, select

from crypto.errors import UnsealError
from crypto.sealing import Context, seal, unseal
from crypto.secret import Secret
from database.session import Session
from vault.importing.errors import ImportGone
from vault.importing.layout import Layout
from vault.models import EmployeeImport, ImportChunk

PIECE_BYTES = 256 * 1024
_PIECES_AT_ONCE = 16


def place_of_file_key(import_id: uuid.UUID, holder_id: uuid.UUID, generation: int) -> Context:
    """The place of the key of an uploaded file, wrapped for the vault."""
    return Context(EmployeeImport.__tablename__, import_id, "file_key_sealed", holder=holder_id, generation=generation)


def place_of_piece(import_id: uuid.UUID, number: int, *, last: bool) -> Context:
    """The place of one piece; the last one says so, since a file that was cut short must not open."""
    return Context(ImportChunk.__tablename__, import_id, "last" if last else "piece", version=number)


def place_of_layout(import_id: uuid.UUID) -> Context:
    """The place of the sheet and the columns of a file."""
    return Context(EmployeeImport.__tablename__, import_id, "choice_sealed")


def wrap_file_key(
    wrap_key: Secret, file_key: Secret, import_id: uuid.UUID, holder_id: uuid.UUID, generation: int
) -> bytes:
    """The key of a file as `EmployeeImport.file_key_sealed` keeps it."""
    return seal(wrap_key, file_key.reveal(), place_of_file_key(import_id, holder_id, generation))


def keep_pieces(session: Session, import_id: uuid.UUID, file_key: Secret, data: bytes) -> None:
    """Seal the file into pieces of 256 kB."""
    count = _piece_count(len(data))
    for first in range(0, count, _PIECES_AT_ONCE):
        rows = [
            {
                "import_id": import_id,
                "number": number,
                "sealed": seal(
                    file_key,
                    data[number * PIECE_BYTES : (number + 1) * PIECE_BYTES],
                    place_of_piece(import_id, number, last=number == count - 1),
                ),
            }
            for number in range(first, min(first + _PIECES_AT_ONCE, count))
        ]
        session.execute(insert(ImportChunk), rows)


def seal_layout(file_key: Secret, import_id: uuid.UUID, layout: Layout) -> bytes:
    """The sheet and the columns of a file as `EmployeeImport.choice_sealed` keeps them."""
    return seal(file_key, layout.to_bytes(), place_of_layout(import_id))


def open_layout(kept: EmployeeImport, file_key: Secret) -> Layout:
    """The sheet and the columns. Raises `ImportGone` for a file from before these were kept."""
    if kept.choice_sealed is None:
        raise ImportGone
    return Layout.from_bytes(unseal(file_key, kept.choice_sealed, place_of_layout(kept.id)))


def open_file_key(kept: EmployeeImport, wrap_key: Secret) -> Secret:
    """The key of a file, under the wrap key of its generation of the vault. Raises `UnsealError`."""
    place = place_of_file_key(kept.id, kept.holder_id, kept.generation)
    return Secret(unseal(wrap_key, kept.file_key_sealed, place))


def open_pieces(session: Session, kept: EmployeeImport, file_key: Secret) -> bytes:
    """The file. Raises `ImportGone` when its pieces were destroyed, `UnsealError` when one was moved or changed."""
    statement = select(ImportChunk.number, ImportChunk.sealed).where(ImportChunk.import_id == kept.id)
    # Fetched a few at a time, so that the file is not held twice: sealed and open.
    statement = statement.order_by(ImportChunk.number).execution_options(yield_per=_PIECES_AT_ONCE)
    last = _piece_count(kept.size) - 1
    with session.execute(statement) as rows:
        pieces = [
            unseal(file_key, sealed, place_of_piece(kept.id, number, last=number == last)) for number, sealed in rows
        ]
    if not pieces:
        raise ImportGone
    if sum(map(len, pieces)) != kept.size:
        raise UnsealError
    return b"".join(pieces)


def destroy_pieces(session: Session, import_id: uuid.UUID) -> None:
    """Destroy the file; no key is needed for that."""
    session.execute(delete(ImportChunk).where(ImportChunk.import_id == import_id))


def _piece_count(size: int) -> int:
    return -(-size // PIECE_BYTES)
