"""Streams of sealed chunks: whatever is not the very stream that was sealed does not open (signing.md 8.7)."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import KeyLengthError, UnsealError
from crypto.sealing import Context
from crypto.secret import Secret
from crypto.streams import (
    CHUNK_LENGTH,
    HEADER_LENGTH,
    SEALED_CHUNK_LENGTH,
    StreamOpener,
    StreamSealer,
    chunk_count,
    sealed_length,
)
from tests.crypto.places import FIELD_NAMES, HERE, moved

KEY = Secret(bytes(range(32)))
PREFIX = bytes.fromhex("00112233445566")
LENGTHS = (0, 1, CHUNK_LENGTH - 1, CHUNK_LENGTH, CHUNK_LENGTH + 1, 3 * CHUNK_LENGTH, 3 * CHUNK_LENGTH + 100)
# Of the streams of these lengths, sealed with the key, prefix and place of these tests.
KNOWN_DIGESTS = {
    0: "afa01fe8248a7ba0532333b4dab429842ea08624436f2a753e10fe0ccc646fc0",
    1: "229055ce6d3e7a0775d55c426d82bf63ef86ed519dae53586884855b60a9b06a",
    CHUNK_LENGTH: "72c19a4d7738670c4ff29bdc9c2ee5116192af8008f339c9f5540bae2bb65759",
    3 * CHUNK_LENGTH + 100: "6f900d5f3760c58b75474eeb913465b307452d0837d9678b62c2352659a8ffae",
}


def text_of(length: int) -> bytes:
    """A text of this length in which no two chunks are alike."""
    return hashlib.shake_256(b"stream").digest(length)


def sealed(text: bytes, key: Secret = KEY, place: Context = HERE) -> bytes:
    """The whole stream."""
    sealer = StreamSealer(key, place, PREFIX)
    count = chunk_count(len(text))
    chunks = [text[index * CHUNK_LENGTH :][:CHUNK_LENGTH] for index in range(count)]
    return sealer.header + b"".join(sealer.seal(chunk, is_last=i == count - 1) for i, chunk in enumerate(chunks))


def opened(stream: bytes, length: int, key: Secret = KEY, place: Context = HERE) -> bytes:
    """The text of a stream, which is read to its end."""
    opener = StreamOpener(key, place, stream[:HEADER_LENGTH], length=length, kept=len(stream))
    return b"".join(opener.open(number, chunk(stream, number)) for number in range(chunk_count(length)))


@pytest.mark.parametrize("length", LENGTHS)
def test_what_is_sealed_opens_again(length: int) -> None:
    stream = sealed(text_of(length))
    assert len(stream) == sealed_length(length)
    assert opened(stream, length) == text_of(length)


@pytest.mark.parametrize("length", KNOWN_DIGESTS)
def test_the_same_input_still_gives_the_stored_output(length: int) -> None:
    assert hashlib.sha256(sealed(text_of(length))).hexdigest() == KNOWN_DIGESTS[length]


def test_a_stream_is_what_its_description_says() -> None:
    """Made again with nothing but HKDF and AES-GCM: marker, prefix, and chunks bound to place, number and end."""
    key = HKDF(algorithm=SHA256(), length=32, salt=b"", info=b"datakluis/v1/stream").derive(KEY.reveal())
    text = text_of(CHUNK_LENGTH + 5)
    expected = b"\x04" + PREFIX
    for number, chunk in enumerate((text[:CHUNK_LENGTH], text[CHUNK_LENGTH:])):
        end = struct.pack(">IB", number, number == 1)
        expected += AESGCM(key).encrypt(PREFIX + end, chunk, b"\x04" + HERE.encode() + end)
    assert sealed(text) == expected


def chunk(stream: bytes, number: int) -> bytes:
    """One sealed chunk."""
    return stream[HEADER_LENGTH + number * SEALED_CHUNK_LENGTH :][:SEALED_CHUNK_LENGTH]


LENGTH = 3 * CHUNK_LENGTH + 100
TAMPERED: dict[str, Callable[[bytes], bytes]] = {
    "last chunk dropped": lambda s: s[: HEADER_LENGTH + 3 * SEALED_CHUNK_LENGTH],
    "last full chunk dropped": lambda s: s[: HEADER_LENGTH + 2 * SEALED_CHUNK_LENGTH] + chunk(s, 3),
    "swapped": lambda s: s[:HEADER_LENGTH] + chunk(s, 1) + chunk(s, 0) + chunk(s, 2) + chunk(s, 3),
    "doubled": lambda s: s[:HEADER_LENGTH] + chunk(s, 0) + chunk(s, 0) + chunk(s, 2) + chunk(s, 3),
    "inserted": lambda s: s[:HEADER_LENGTH] + chunk(s, 0) + s[HEADER_LENGTH:],
    "appended": lambda s: s + chunk(s, 3),
    "a byte appended": lambda s: s + b"\0",
    "cut in a chunk": lambda s: s[:-7],
    "cut in the header": lambda s: s[: HEADER_LENGTH - 1],
    "empty": lambda _s: b"",
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_stream_that_was_tampered_with_does_not_open(how: str) -> None:
    stream = sealed(text_of(LENGTH))
    for claimed in (LENGTH, LENGTH - 100, LENGTH + 100, LENGTH + CHUNK_LENGTH):
        with pytest.raises(UnsealError):
            opened(TAMPERED[how](stream), claimed)


@pytest.mark.parametrize("claimed", [0, CHUNK_LENGTH, 3 * CHUNK_LENGTH, LENGTH - 1, LENGTH + 1])
def test_a_stream_opens_with_its_own_length_only(claimed: int) -> None:
    with pytest.raises(UnsealError):
        opened(sealed(text_of(LENGTH)), claimed)


@given(position=st.integers(min_value=0, max_value=sealed_length(LENGTH) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_does_not_open(position: int, bit: int) -> None:
    stream = bytearray(sealed(text_of(LENGTH)))
    stream[position] ^= 1 << bit
    with pytest.raises(UnsealError):
        opened(bytes(stream), LENGTH)


def test_a_full_last_chunk_is_no_middle_one() -> None:
    """Of a stream that ends at a border, the beginning of a longer one is no copy."""
    longer = sealed(text_of(2 * CHUNK_LENGTH))
    with pytest.raises(UnsealError):
        opened(longer[: HEADER_LENGTH + SEALED_CHUNK_LENGTH], CHUNK_LENGTH)


def test_nothing_may_follow_a_full_last_chunk() -> None:
    with pytest.raises(UnsealError):
        opened(sealed(text_of(CHUNK_LENGTH)) + b"\0", CHUNK_LENGTH)


def test_chunks_open_in_any_order_and_none_beside_them() -> None:
    stream = sealed(text_of(LENGTH))
    opener = StreamOpener(KEY, HERE, stream[:HEADER_LENGTH], length=LENGTH, kept=len(stream))
    for number in (3, 0, 2):
        assert opener.open(number, chunk(stream, number)) == text_of(LENGTH)[number * CHUNK_LENGTH :][:CHUNK_LENGTH]
    for number in (-1, 4, 2**32):
        with pytest.raises(UnsealError):
            opener.open(number, chunk(stream, 3))


@pytest.mark.parametrize("field_name", FIELD_NAMES)
def test_a_stream_opens_in_no_other_place(field_name: str) -> None:
    stream = sealed(b"text")
    for place in moved(HERE, field_name):
        with pytest.raises(UnsealError):
            opened(stream, 4, place=place)


def test_a_stream_opens_under_no_other_key() -> None:
    with pytest.raises(UnsealError):
        opened(sealed(b"text"), 4, key=Secret(bytes(32)))
    with pytest.raises(UnsealError):
        # Chunks of another stream under the same key and in the same place have another prefix.
        opened(StreamSealer(KEY, HERE).header + sealed(b"text")[HEADER_LENGTH:], 4)


def test_no_chunk_of_another_length_or_after_the_last_is_sealed() -> None:
    sealer = StreamSealer(KEY, HERE)
    for wrong in (b"short", bytes(CHUNK_LENGTH + 1)):
        with pytest.raises(ValueError, match="65,536"):
            sealer.seal(wrong)
    sealer.seal(b"end", is_last=True)
    with pytest.raises(ValueError, match="65,536"):
        sealer.seal(b"more", is_last=True)


def test_keys_and_prefixes_have_their_length() -> None:
    with pytest.raises(KeyLengthError):
        StreamSealer(Secret(b"short"), HERE)
    with pytest.raises(ValueError, match="7 bytes"):
        StreamSealer(KEY, HERE, b"short")


def test_no_prefix_returns_and_a_place_is_whole() -> None:
    assert len({StreamSealer(KEY, HERE).header for _ in range(10_000)}) == 10_000
    assert sealed(b"a", place=replace(HERE, version=8)) != sealed(b"a")
