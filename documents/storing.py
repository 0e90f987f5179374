"""Files on their way into the store: sealed, counted and scanned piece by piece, then looked at, then kept (D-06).

Nothing of an upload lies in the clear on disk, and no more than a chunk of it in memory (design 5, step 2).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from uuid import UUID

from crypto.sealing import seal, unseal
from crypto.secret import Secret
from crypto.source import Source
from crypto.streams import CHUNK_LENGTH, StreamSealer
from database.session import Session
from documents.checking import Checked, check_content
from documents.errors import FileRefused
from documents.keys import key_of_about
from documents.kinds import FileKind
from documents.models import StoredFile
from documents.naming import harmless_name
from documents.places import place_of_about, place_of_content
from documents.reading import SealedReader
from documents.store import FileStore, IncomingFile
from documents.virus_scanning import Scan, VirusScanner

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class About:
    """What is known of a file beside what it holds; `is_protected`: it has a password, so that nobody looked inside."""

    name: str
    kind: FileKind
    is_protected: bool = False


@dataclass(frozen=True)
class Intake:
    """How files come in: where they go, how large one may be in MiB, and who looks for viruses, where anybody does."""

    store: FileStore
    limit_mib: int
    scanner: VirusScanner | None = None


class Upload:
    """One file that is coming in, of `organisation_id`; `key` is its own and opens nothing else.

    What is wrong with it is kept in `refusal` from the moment that it shows, after which nothing more is stored: who
    writes to it need not know, and reads what comes to its end.
    """

    def __init__(self, intake: Intake, source: Source, organisation_id: UUID) -> None:
        """Raises `StoreUnavailable`."""
        self.file_id = source.new_id()
        self.organisation_id = organisation_id
        self.key = Secret.random(source)
        self.size = 0
        self.refusal: FileRefused | None = None
        self._limit_mib = intake.limit_mib
        self._waiting = bytearray()
        self._found: Checked | None = None
        self._scan: Scan | None = None
        self._sealer = StreamSealer(self.key, place_of_content(self.file_id, organisation_id))
        self._incoming: IncomingFile | None = intake.store.receive(self.file_id)
        self._incoming.write(self._sealer.header)
        if intake.scanner is not None:
            self._begin_scan(intake.scanner)

    def __repr__(self) -> str:
        return f"Upload({self.size} bytes)"

    def write(self, data: bytes) -> int:
        """Take the next piece. Raises `StoreUnavailable`."""
        if self._incoming is None or self.refusal is not None:
            return len(data)
        self.size += len(data)
        if self.size > self._limit_mib * MEBIBYTE:
            self._refuse(FileRefused("too_large", megabytes=self._limit_mib))
            return len(data)
        self._hand_to_scanner(data)
        self._waiting += data
        # The last chunk stays, since it is sealed as the last.
        while len(self._waiting) > CHUNK_LENGTH and self.refusal is None:
            self._incoming.write(self._sealer.seal(bytes(self._waiting[:CHUNK_LENGTH])))
            del self._waiting[:CHUNK_LENGTH]
        return len(data)

    def check(self) -> Checked:
        """Look at the whole file and return what it is; asked again, it is known already.

        It may take seconds, so that no transaction should be open. Raises `FileRefused`, after which nothing of it is
        left, and `StoreUnavailable`.
        """
        try:
            if self._found is None:
                self._found = self._check()
            return self._found
        except BaseException:
            self.discard()
            raise

    def read(self) -> bytes:
        """Return what the whole file holds, once it was checked and as long as it was not kept."""
        if self._incoming is None:
            raise ValueError("there is nothing to read any more")
        return self._reader(self._incoming).read()

    def keep(self) -> None:
        """Give the file its name in the store, where it is found from now on. Raises `StoreUnavailable`."""
        if self._incoming is not None:
            self._incoming.keep()
            self._incoming = None

    def discard(self) -> None:
        """Destroy what came in; after `keep` this does nothing."""
        if self._scan is not None:
            self._scan.close()
        if self._incoming is not None:
            self._incoming.discard()
            self._incoming = None
        self._waiting.clear()

    def _check(self) -> Checked:
        if self.refusal is not None:
            raise self.refusal
        if self._incoming is None or not self.size:
            raise FileRefused("empty" if self._incoming else "cut_off")
        if self._scan is not None:
            self._scan.finish()
        self._incoming.write(self._sealer.seal(bytes(self._waiting), is_last=True))
        found = check_content(self._reader(self._incoming))
        # Now, while nobody waits for a transaction: after it, keeping the file is giving it a name.
        self._incoming.put_on_disk()
        return found

    def _reader(self, incoming: IncomingFile) -> SealedReader:
        return SealedReader(
            incoming, self.key, file_id=self.file_id, organisation_id=self.organisation_id, size=self.size
        )

    def _begin_scan(self, scanner: VirusScanner) -> None:
        try:
            self._scan = scanner.begin()
        except FileRefused as refusal:
            self._refuse(refusal)

    def _hand_to_scanner(self, data: bytes) -> None:
        try:
            if self._scan is not None:
                self._scan.feed(data)
        except FileRefused as refusal:
            self._refuse(refusal)

    def _refuse(self, refusal: FileRefused) -> None:
        self.discard()
        self.refusal = refusal


def keep_file(session: Session, upload: Upload, name: str, found: Checked, *, by: UUID) -> StoredFile:
    """Write the row of a file that was looked at, and give it its name in the store; its key is handed out beside it.

    Raises `StoreUnavailable`.
    """
    row = StoredFile(
        id=upload.file_id,
        organisation_id=upload.organisation_id,
        size=upload.size,
        about_sealed=b"",
        created_by=by,
        created_at=session.source.now(),
    )
    about = About(harmless_name(name, found.kind), found.kind, found.is_protected)
    row.about_sealed = _seal_about(upload.key, row.id, about)
    session.add(row)
    session.flush()
    upload.keep()
    return row


def rename_file(row: StoredFile, key: Secret, name: str) -> None:
    """Give a file another name, as harmless as the first. Raises `UnsealError`."""
    about = read_about(row, key)
    row.about_sealed = _seal_about(key, row.id, replace(about, name=harmless_name(name, about.kind)))


def read_about(row: StoredFile, key: Secret) -> About:
    """Return the name and kind of a file. Raises `UnsealError`."""
    stored = json.loads(unseal(key_of_about(key), row.about_sealed, place_of_about(row.id)))
    return About(stored["name"], FileKind(stored["kind"]), stored["protected"])


def read_content(store: FileStore, row: StoredFile, key: Secret) -> SealedReader:
    """Return what a file holds. Raises `FileGone`, and `UnsealError` when it is not what was kept."""
    return SealedReader(store.open(row.id), key, file_id=row.id, organisation_id=row.organisation_id, size=row.size)


def _seal_about(key: Secret, file_id: UUID, about: About) -> bytes:
    text = json.dumps({"name": about.name, "kind": about.kind.value, "protected": about.is_protected})
    return seal(key_of_about(key), text.encode(), place_of_about(file_id))
