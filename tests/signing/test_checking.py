"""Strangers' files are looked at in a process of its own: what goes wrong there means not valid, and ends in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from signing import checking, checking_process
from signing.checking import UNREADABLE, check_signable, check_signed
from signing.errors import CheckingBusy, NotSignable
from signing.objections import LARGEST, REASONS, objection_to
from tests.signing.odd_documents import OBJECTIONABLE, with_long_loop
from tests.signing.records import evidence_of
from tests.signing.signed_documents import authority, plain_document, signed_document, timestamper

ODD_FILES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "pdf"
ROOTS = [authority().root]


def test_a_good_document_and_its_evidence_are_found_good() -> None:
    made = signed_document()
    found = check_signed(made.closed, evidence_of(made, authority(), timestamper()), ROOTS)

    assert found.is_valid
    assert found.record is not None
    assert [one.name for one in found.signatures if one.kind == "person"] == ["Ünal Çelik", "Đặng Żółć"]


@pytest.mark.parametrize("document", [b"", b"%PDF-1.7", b"\0" * 5000, signed_document().closed[:9000]])
def test_what_can_not_be_read_is_not_valid(document: bytes) -> None:
    assert check_signed(document, None, ROOTS) == UNREADABLE


def test_a_file_that_is_too_large_is_not_looked_at() -> None:
    assert check_signed(b"%PDF-1.7" + b"\0" * LARGEST, None, ROOTS) == UNREADABLE
    with pytest.raises(NotSignable, match="too_large"):
        check_signable(b"%PDF-1.7" + b"\0" * LARGEST)


def test_what_takes_too_long_is_not_valid_and_ends() -> None:
    before = time.monotonic()

    assert check_signed(signed_document().closed, None, ROOTS, seconds=0.05) == UNREADABLE
    assert time.monotonic() - before < 5


def test_a_stranger_is_told_to_come_back_while_another_is_served() -> None:
    with taken(checking._checks), pytest.raises(CheckingBusy):
        check_signed(signed_document().closed, None, ROOTS)
    check_signed(b"", None, ROOTS)


def test_looking_whether_a_document_can_be_signed_waits_for_no_stranger() -> None:
    with taken(checking._checks):
        check_signable(plain_document())


@contextmanager
def taken(places: threading.BoundedSemaphore) -> Iterator[None]:
    for _ in range(checking.AT_ONCE):
        assert places.acquire(blocking=False)
    try:
        yield
    finally:
        for _ in range(checking.AT_ONCE):
            places.release()


def test_a_document_as_the_portal_makes_it_can_be_signed() -> None:
    for standard in ("a-2a", "a-3a", "1.7"):
        check_signable(plain_document(1, standard))


@pytest.mark.parametrize("name", OBJECTIONABLE)
def test_what_can_change_or_belongs_to_something_else_is_not_signed(name: str) -> None:
    reason, make = OBJECTIONABLE[name]

    assert reason in REASONS
    assert objection_to(make(plain_document(1))) == reason


def test_the_process_tells_the_reason_too() -> None:
    with pytest.raises(NotSignable) as refused:
        check_signable(signed_document().closed)

    assert refused.value.code == "signed"


def test_a_ring_of_bookmarks_or_pages_ends() -> None:
    before = time.monotonic()

    assert objection_to(with_long_loop(plain_document(1))) == "too_large"
    assert time.monotonic() - before < checking_process.SECONDS


@pytest.mark.skipif(not ODD_FILES.is_dir(), reason="the odd files of others are not here")
def test_of_the_odd_files_of_others_only_the_harmless_ones_can_be_signed() -> None:
    found = {file.name: objection_to(file.read_bytes()) for file in sorted(ODD_FILES.glob("*.pdf"))}

    assert [name for name, reason in found.items() if not reason] == ["pdfjs_bad-PageLabels.pdf"]
