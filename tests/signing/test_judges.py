"""Every kind of PDF that is made passes four judges that know nothing of this project, and each of them can refuse."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from crypto.source import SystemSource
from signing import pades
from signing.authority import make_root
from tests.signing.judges import (
    judge,
    judge_by_openssl,
    judge_by_pdfsig,
    judge_by_pyhanko,
    judge_by_qpdf,
    needs_judges,
)
from tests.signing.records import evidence_of
from tests.signing.signed_documents import (
    FIELDS,
    appearance_for,
    authority,
    leaf_for,
    plain_document,
    sign_all,
    signed_document,
    timestamper,
)


def drawing() -> bytes:
    """A small PNG with a stroke in it and nothing behind it."""
    rows = b"".join(b"\0" + b"".join(struct.pack("4B", 0, 0, 80, 255 * (x == y)) for x in range(60)) for y in range(30))
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 60, 30, 8, 6, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def with_drawing() -> bytes:
    """A document of one signer, who drew."""
    stamper = timestamper()
    certified = pades.certify(plain_document(), FIELDS[:1], authority(), stamper)
    leaf = leaf_for(0)
    signed = pades.sign_field(certified, FIELDS[0].name, leaf, appearance_for(0, drawing()), stamper)
    return pades.close(signed, authority(), stamper, [leaf.certificate])


DOCUMENTS: dict[str, tuple[int, Callable[[], bytes]]] = {
    "two pages": (2, lambda: signed_document().closed),
    "sixty pages": (2, lambda: sign_all(plain_document(60), timestamper()).closed),
    "with attachments allowed": (2, lambda: sign_all(plain_document(1, "a-3a"), timestamper()).closed),
    "no archive": (2, lambda: sign_all(plain_document(1, "1.7"), timestamper()).closed),
    "with a drawing": (1, with_drawing),
    "evidence": (0, lambda: evidence_of(signed_document(), authority(), timestamper())),
}


@needs_judges
@pytest.mark.parametrize("name", DOCUMENTS)
def test_four_judges_accept_what_is_made(name: str, tmp_path: Path) -> None:
    persons, make = DOCUMENTS[name]

    judge(make(), [authority().root], tmp_path, persons=persons)


@needs_judges
def test_each_judge_refuses_what_it_should(tmp_path: Path) -> None:
    root = [authority().root]
    changed = bytearray(signed_document().closed)
    changed[changed.index(b"stream\n") + 40] ^= 1
    judge(signed_document().closed, root, tmp_path / "whole", persons=2)
    folder = tmp_path / "whole"

    (folder / "signed.pdf").write_bytes(changed)
    (folder / "nss").rename(folder / "nss before")
    with pytest.raises(AssertionError):
        judge_by_pdfsig(folder, 2)
    with pytest.raises(AssertionError):
        judge_by_pyhanko(bytes(changed), root)
    with pytest.raises(AssertionError):
        judge_by_openssl(bytes(changed), folder)
    (folder / "signed.pdf").write_bytes(signed_document().closed[:-900])
    with pytest.raises(AssertionError):
        judge_by_qpdf(folder)


@needs_judges
def test_a_judge_trusts_no_other_root(tmp_path: Path) -> None:
    other = make_root(SystemSource(), "Een ander").certificate
    with pytest.raises(AssertionError):
        judge_by_pyhanko(signed_document().closed, [other])
