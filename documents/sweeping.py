"""Destroying what nobody can reach: what was left on its way in, files without a row, files that were never handed on.

No key is needed for it (design 2.7). A little is looked at in each turn, so that all is within some hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import Select, delete, select

from database.session import Session
from documents.models import DocumentVersion, FileKey, StoredFile
from documents.store import SHARDS, FileStore

ABANDONED = timedelta(hours=1)
"""Who uploads writes at least this often; and so long after its name at the latest a file has its row."""
UNUSED = timedelta(hours=24)
"""So long who uploaded a file can keep it before it is handed on, such as posted in a dialogue."""
_AT_ONCE = 500


def sweep_files(session: Session, store: FileStore, shard: int | None = None) -> int:
    """Destroy what was abandoned on its way in and, in one part of the store, what has no use; return how much.

    Without `shard` it is the part whose turn it is in this minute.
    """
    now = session.source.now()
    before = (now - ABANDONED).timestamp()
    turn = int(now.timestamp()) // 60 % SHARDS if shard is None else shard
    swept = store.discard_before(before)
    for some in _batches(store.kept_before(before, turn)):
        swept += _sweep(session, store, some)
    return swept


def destroy_files(session: Session, file_ids: Iterable[UUID]) -> None:
    """Destroy the keys and the rows of files; what they hold, which nobody opens any more, `sweep_files` takes away."""
    ids = list(file_ids)
    session.execute(delete(FileKey).where(FileKey.file_id.in_(ids)))
    session.execute(delete(StoredFile).where(StoredFile.id.in_(ids)))


def _sweep(session: Session, store: FileStore, ids: set[UUID]) -> int:
    rowless = ids - set(session.scalars(select(StoredFile.id).where(StoredFile.id.in_(ids))))
    for file_id in rowless:
        store.remove(file_id)
    unused = set(session.scalars(_not_handed_on(session, ids)))
    destroy_files(session, unused)
    return len(rowless) + len(unused)


def _not_handed_on(session: Session, ids: set[UUID]) -> Select[UUID]:
    """Those whose key is still with who uploaded them, though they had a day to hand it on.

    What lies in a dossier is handed on, also where whoever signed it last has a key of the own. A signing request has
    its working files under its own key, and no row of a key here: they are not of this kind either.
    """
    return (
        select(StoredFile.id)
        .join(FileKey, (FileKey.file_id == StoredFile.id) & (FileKey.holder_id == StoredFile.created_by))
        .where(
            StoredFile.id.in_(ids),
            StoredFile.created_at < session.source.now() - UNUSED,
            StoredFile.id.not_in(select(DocumentVersion.file_id).where(DocumentVersion.file_id.in_(ids))),
        )
    )


def _batches(file_ids: Iterator[UUID]) -> Iterator[set[UUID]]:
    while some := set(islice(file_ids, _AT_ONCE)):
        yield some
