"""What a file is, by its content; each that can't be shared has its sentence (security.md, goal G; D-06)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.checking import Checked, check_content
from documents.errors import REFUSALS, FileRefused
from documents.kinds import EXTENSIONS, MEDIA_TYPES, FileKind
from tests.documents.files import BAD, GOOD, gif, heic, jpeg, office, pdf, png, webp
from tests.documents.sealed import sealed_reader


@pytest.mark.parametrize("name", GOOD)
def test_each_kind_is_known_by_its_content(name: str) -> None:
    make, kind = GOOD[name]
    assert check_content(sealed_reader(make())) == Checked(kind)


def test_there_is_a_file_of_every_kind() -> None:
    assert {kind for _make, kind in GOOD.values()} == set(FileKind) == set(MEDIA_TYPES) == set(EXTENSIONS)


@pytest.mark.parametrize("name", [name for name in BAD if name != "leeg.pdf"])
def test_each_bad_file_is_refused_for_what_it_is(name: str) -> None:
    make, code = BAD[name]
    with pytest.raises(FileRefused) as refused:
        check_content(sealed_reader(make()))
    assert refused.value.code == code


def test_every_refusal_of_content_is_tried() -> None:
    outside = {"too_large", "too_many", "no_room", "cut_off", "virus", "not_scanned", "too_large_to_scan"}
    assert {code for _make, code in BAD.values()} | outside == set(REFUSALS)


def test_a_pdf_with_a_password_is_kept_and_said_to_have_one() -> None:
    locked = pdf(object_stream_that_cannot_be_read(), trailer=b"/Encrypt 9 0 R")
    assert check_content(sealed_reader(locked)) == Checked(FileKind.PDF, is_protected=True)


def object_stream_that_cannot_be_read() -> bytes:
    """As a password leaves them."""
    return b"<< /Type /ObjStm /Filter /FlateDecode /Length 8 >>\nstream\n\x01\x02\x03\x04\x05\x06\x07\x08\nendstream"


@pytest.mark.parametrize("made", [png(), jpeg(), gif(), webp(), heic(), office(), pdf()], ids=len)
@settings(max_examples=150)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_of_a_kind_and_never_an_error(made: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(made) - 1))
    damaged = bytearray(made[: data.draw(st.integers(1, len(made)))])
    damaged[place % len(damaged)] = data.draw(st.integers(0, 255))
    try:
        assert check_content(sealed_reader(bytes(damaged))).kind in FileKind
    except FileRefused:
        # With a sentence, which a code that is not known would fail to have.
        return
