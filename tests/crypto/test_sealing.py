"""Sealing under a symmetric key, bound to its place (design 2.1)."""

from __future__ import annotations

import struct
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import ContextError, KeyLengthError, UnsealError
from crypto.sealing import Context, aes_256_gcm_decrypt, aes_256_gcm_encrypt, seal, unseal
from crypto.secret import Secret
from tests.crypto.places import FIELD_NAMES, HERE, cut_or_extended, flipped, moved, with_field

KEY = Secret(bytes(range(32)))
OTHER_KEY = Secret(bytes(range(1, 33)))
PLAINTEXT = b"Sanne de Vries, 31-12-1990"

# The Galois/Counter Mode of Operation (McGrew, Viega), appendix B, test cases 13 to 16; also in NIST's validation set.
_KEY_14 = "00" * 32
_KEY_15 = "feffe9928665731c6d6a8f9467308308" * 2
_TEXT_15 = (
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
)
_CIPHER_15 = (
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
)
_NONCE_15 = "cafebabefacedbaddecaf888"
_DATA_16 = "feedfacedeadbeeffeedfacedeadbeefabaddad2"
# Key, nonce, plaintext, associated data, ciphertext, tag.
GCM_CASES = {
    13: (_KEY_14, "00" * 12, "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
    14: (_KEY_14, "00" * 12, "00" * 16, "", "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"),
    15: (_KEY_15, _NONCE_15, _TEXT_15, "", _CIPHER_15, "b094dac5d93471bdec1a502270e3cc6c"),
    16: (_KEY_15, _NONCE_15, _TEXT_15[:120], _DATA_16, _CIPHER_15[:120], "76fc6ece0f4e1768cddf8853bb2d551b"),
}


@pytest.mark.parametrize("case", GCM_CASES)
def test_aes_256_gcm_gives_the_published_answers(case: int) -> None:
    key, nonce, plaintext, data, ciphertext, tag = (bytes.fromhex(text) for text in GCM_CASES[case])
    assert aes_256_gcm_encrypt(Secret(key), nonce, plaintext, data) == ciphertext + tag
    assert aes_256_gcm_decrypt(Secret(key), nonce, ciphertext + tag, data) == plaintext


def test_what_is_sealed_opens_again() -> None:
    for plaintext in (PLAINTEXT, b"", b"\x00" * 100_000):
        assert unseal(KEY, seal(KEY, plaintext, HERE), HERE) == plaintext


def test_a_sealed_value_is_marker_nonce_and_aes_gcm_over_marker_and_place() -> None:
    sealed = seal(KEY, PLAINTEXT, HERE)
    marker, nonce, ciphertext = sealed[:1], sealed[1:13], sealed[13:]
    assert marker == b"\x01"
    assert len(ciphertext) == len(PLAINTEXT) + 16
    assert aes_256_gcm_decrypt(KEY, nonce, ciphertext, b"\x01" + HERE.encode()) == PLAINTEXT


def test_a_sealed_value_holds_nothing_readable() -> None:
    sealed = seal(KEY, PLAINTEXT, HERE)
    assert not any(PLAINTEXT[start : start + 4] in sealed for start in range(len(PLAINTEXT) - 3))
    assert KEY.reveal()[:4] not in sealed


def test_no_nonce_returns() -> None:
    assert len({seal(KEY, b"", HERE)[1:13] for _ in range(20_000)}) == 20_000


@pytest.mark.parametrize("field_name", FIELD_NAMES)
def test_a_sealed_value_opens_in_no_other_place(field_name: str) -> None:
    sealed = seal(KEY, PLAINTEXT, HERE)
    for elsewhere in moved(HERE, field_name):
        with pytest.raises(UnsealError):
            unseal(KEY, sealed, elsewhere)


@pytest.mark.parametrize("field_name", ["holder", "recipient"])
def test_a_sealed_value_for_a_holder_does_not_open_without_one(field_name: str) -> None:
    nobody = with_field(HERE, field_name, None)
    for there, elsewhere in ((HERE, nobody), (nobody, HERE)):
        with pytest.raises(UnsealError):
            unseal(KEY, seal(KEY, PLAINTEXT, there), elsewhere)


def test_every_changed_byte_is_refused() -> None:
    for changed in flipped(seal(KEY, PLAINTEXT, HERE)):
        with pytest.raises(UnsealError):
            unseal(KEY, changed, HERE)


def test_a_value_cut_short_or_extended_is_refused() -> None:
    for changed in cut_or_extended(seal(KEY, PLAINTEXT, HERE)):
        with pytest.raises(UnsealError):
            unseal(KEY, changed, HERE)


def test_another_key_is_refused() -> None:
    with pytest.raises(UnsealError):
        unseal(OTHER_KEY, seal(KEY, PLAINTEXT, HERE), HERE)


def test_every_refusal_reads_the_same_and_names_no_cause() -> None:
    sealed = seal(KEY, PLAINTEXT, HERE)
    impossible = replace(HERE, version=-1)
    refusals = [
        (OTHER_KEY, sealed, HERE),
        (Secret(b"short"), sealed, HERE),
        (KEY, sealed, replace(HERE, version=8)),
        (KEY, sealed, impossible),
        (KEY, sealed[:-1], HERE),
        (KEY, sealed[:5], HERE),
        (KEY, b"", HERE),
        (KEY, b"\x02" + sealed[1:], HERE),
    ]
    texts = set()
    for key, value, place in refusals:
        with pytest.raises(UnsealError) as refusal:
            unseal(key, value, place)
        texts.add(str(refusal.value))
        assert refusal.value.__cause__ is None
        assert refusal.value.__suppress_context__ or refusal.value.__context__ is None
    assert len(texts) == 1


@pytest.mark.parametrize("length", [0, 16, 24, 31, 33, 64])
def test_a_key_of_another_length_seals_nothing(length: int) -> None:
    with pytest.raises(KeyLengthError):
        seal(Secret(bytes(length)), PLAINTEXT, HERE)


texts = st.text(alphabet="ab\x00é", max_size=4)
identifiers = st.sampled_from([UUID(int=0), UUID(int=1), UUID(int=0x6162 << 112)])
numbers = st.integers(min_value=0, max_value=2**64 - 1)
contexts = st.builds(
    Context,
    table=texts,
    row=st.one_of(identifiers, texts, identifiers.map(str)),
    part=texts,
    version=st.one_of(st.integers(0, 2), numbers),
    holder=st.one_of(st.none(), identifiers),
    generation=st.one_of(st.integers(0, 2), numbers),
    recipient=st.one_of(st.none(), identifiers),
)


def read_back(encoded: bytes) -> Context:
    """Reads an encoded context from its documented form, and fails when a byte is left."""
    kind, flags, *lengths, version, generation = struct.unpack(">BBHHHQQ", encoded[:24])
    assert kind == 1
    rest = encoded[24:]
    parts = []
    for length in (*lengths, 16 if flags & 2 else 0, 16 if flags & 4 else 0):
        parts.append(rest[:length])
        rest = rest[length:]
    assert rest == b""
    table, row, part, holder, recipient = parts
    return Context(
        table=table.decode(),
        row=UUID(bytes=row) if flags & 1 else row.decode(),
        part=part.decode(),
        version=version,
        holder=UUID(bytes=holder) if flags & 2 else None,
        generation=generation,
        recipient=UUID(bytes=recipient) if flags & 4 else None,
    )


@given(contexts)
def test_a_context_can_be_read_back_so_that_no_two_share_their_bytes(context: Context) -> None:
    assert read_back(context.encode()) == context


@given(contexts, contexts)
def test_different_contexts_have_different_bytes(first: Context, second: Context) -> None:
    assert (first.encode() == second.encode()) == (first == second)


@given(texts, texts, texts)
def test_text_cannot_move_from_one_part_to_the_next(table: str, row: str, part: str) -> None:
    encoded = {
        Context(table + row, part).encode(),
        Context(table, row + part).encode(),
        Context(table, row, part).encode(),
        Context(table, row, "", holder=UUID(int=0)).encode(),
    }
    distinct = {(table + row, part, ""), (table, row + part, ""), (table, row, part)}
    assert len(encoded) == len(distinct) + 1


def test_a_row_named_by_an_identifier_is_not_the_row_named_by_its_text() -> None:
    identifier = UUID(int=7)
    assert Context("t", identifier).encode() != Context("t", str(identifier)).encode()
    assert Context("t", identifier).encode() != Context("t", identifier.bytes.decode()).encode()


@pytest.mark.parametrize(
    "impossible",
    [
        Context("t", "r", version=-1),
        Context("t", "r", version=2**64),
        Context("t", "r", generation=-1),
        Context("t", "r", generation=2**64),
        Context("t" * 65_536, "r"),
        Context("t", "r" * 65_536),
        Context("t", "r", "é" * 40_000),
        Context("t", "\ud800"),
    ],
)
def test_a_context_that_does_not_fit_is_refused(impossible: Context) -> None:
    with pytest.raises(ContextError):
        seal(KEY, PLAINTEXT, impossible)


def test_a_context_can_be_as_long_as_its_header_can_say() -> None:
    longest = Context("t" * 65_535, "r" * 65_535, "p" * 65_535, 2**64 - 1, None, 2**64 - 1)
    assert read_back(longest.encode()) == longest
