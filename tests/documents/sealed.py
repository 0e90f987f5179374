"""A sealed file in memory, for what only reads."""

from __future__ import annotations

from uuid import UUID

from crypto.secret import Secret
from crypto.streams import CHUNK_LENGTH, StreamSealer, chunk_count
from documents.places import place_of_content
from documents.reading import SealedReader

KEY = Secret(bytes(32))
FILE_ID, ORGANISATION_ID = UUID(int=3), UUID(int=4)


class InMemory:
    """What a store has of a file."""

    def __init__(self, data: bytes) -> None:
        self.data, self.size = data, len(data)

    def read_at(self, offset: int, length: int) -> bytes:
        return self.data[offset : offset + length]


def sealed(data: bytes, key: Secret = KEY) -> bytes:
    """The file as it lies in the store."""
    sealer = StreamSealer(key, place_of_content(FILE_ID, ORGANISATION_ID))
    last = chunk_count(len(data)) - 1
    chunks = [data[number * CHUNK_LENGTH :][:CHUNK_LENGTH] for number in range(last + 1)]
    return sealer.header + b"".join(sealer.seal(chunk, is_last=number == last) for number, chunk in enumerate(chunks))


def sealed_reader(data: bytes) -> SealedReader:
    """The file, opened."""
    kept = InMemory(sealed(data))
    return SealedReader(kept, KEY, file_id=FILE_ID, organisation_id=ORGANISATION_ID, size=len(data))
