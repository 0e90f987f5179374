"""Four judges of a signed PDF that share no code: pyHanko, pdfsig (poppler, NSS), OpenSSL, and qpdf for its build-up.

Each is asked as its users would ask it, and each raises `AssertionError` with what it said. None knows the verifier of
this project.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import find_cms_attribute_iter
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

import find_judges
from signing.timestamping import to_asn1

Test = TypeVar("Test", bound=Callable[..., None])


def require_judges() -> None:
    """Skip the test where the programs are missing; in CI it fails instead."""
    missing = find_judges.missing()
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"missing: {missing}; run find_judges.py")
    if missing:
        pytest.skip(f"missing: {missing}; see find_judges.py")


def needs_judges(test: Test) -> Test:
    """Run a test only where the programs are, as `require_judges` does."""

    @wraps(test)
    def judged(*arguments: object, **options: object) -> None:
        require_judges()
        test(*arguments, **options)

    return judged  # type: ignore[return-value]


def judge(pdf: bytes, roots: Sequence[x509.Certificate], folder: Path, *, persons: int) -> None:
    """Let all four judge a PDF that was closed, with so many signatures of `persons`, at this moment."""
    folder.mkdir(exist_ok=True)
    (folder / "signed.pdf").write_bytes(pdf)
    (folder / "roots.pem").write_bytes(b"".join(root.public_bytes(Encoding.PEM) for root in roots))
    judge_by_qpdf(folder)
    judge_by_pyhanko(pdf, roots)
    judge_by_openssl(pdf, folder)
    judge_by_pdfsig(folder, persons)


def judge_by_qpdf(folder: Path) -> None:
    """Its build-up has no error and nothing to warn of."""
    said = _run(["qpdf", "--check", "signed.pdf"], folder)
    assert "No syntax or stream encoding errors found" in said, said


def judge_by_pyhanko(pdf: bytes, roots: Sequence[x509.Certificate], moment: datetime | None = None) -> None:
    """Every signature is intact, trusted, and nothing that is not allowed was done after it."""
    signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    assert signatures
    for signature in signatures:
        context = ValidationContext(trust_roots=[to_asn1(root) for root in roots], allow_fetching=False, moment=moment)
        with ThreadPoolExecutor(1) as apart:
            # A browser of another test may have a loop of events in this thread.
            status = apart.submit(validate_pdf_signature, signature, context).result()
        assert status.bottom_line, f"{signature.field_name}: {status.summary()}"
        assert status.timestamp_validity is not None, signature.field_name


def judge_by_pdfsig(folder: Path, persons: int) -> None:
    """Every signature is valid, and those of persons are trusted.

    poppler calls the certificate unknown where one certificate signed twice, as the seal does, and checks no timestamps
    over documents; OpenSSL does.
    """
    store = folder / "nss"
    store.mkdir()
    _run(["certutil", "-N", "-d", str(store), "--empty-password"], folder)
    for number, root in enumerate(
        re.findall("-----BEGIN.+?-----END[^\n]+\n", (folder / "roots.pem").read_text(), re.S)
    ):
        one = folder / f"root{number}.pem"
        one.write_text(root)
        _run(["certutil", "-A", "-d", str(store), "-n", f"root{number}", "-t", "C,C,C", "-i", str(one), "-a"], folder)
    said = _run(["pdfsig", "-nssdir", str(store), "signed.pdf"], folder, codes=(0, 1))
    parts = re.split(r"^Signature #\d+:$", said, flags=re.M)[1:]
    of_persons = [part for part in parts if "serialNumber=" in part]
    stamps = [part for part in parts if "Field Name: Archieftijdstempel" in part]
    assert len(of_persons) == persons, said
    assert len(stamps) == 1, said
    assert all("Signature Validation: Signature is Valid." in part for part in parts if part not in stamps), said
    assert all("Certificate Validation: Certificate is Trusted." in part for part in of_persons), said


def judge_by_openssl(pdf: bytes, folder: Path) -> None:
    """Every signature is one of CAdES over exactly the bytes before it, and every timestamp is one of RFC 3161."""
    for number, signature in enumerate(PdfFileReader(io.BytesIO(pdf)).embedded_signatures):
        first, length, second, rest = (int(part) for part in signature.byte_range)
        (folder / f"{number}.data").write_bytes(pdf[first : first + length] + pdf[second : second + rest])
        (folder / f"{number}.der").write_bytes(_content_info(signature))
        if signature.sig_object_type == "/DocTimeStamp":
            _check_stamp(folder, f"{number}.der", f"{number}.data")
            continue
        names = ["-in", f"{number}.der", "-content", f"{number}.data", "-CAfile", "roots.pem", "-out", os.devnull]
        command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any", *names]
        said = _run(command, folder)
        assert "CAdES Verification successful" in said, said
        (folder / f"{number}.value").write_bytes(signature.signer_info["signature"].native)
        unsigned = signature.signer_info["unsigned_attrs"]
        (token,) = find_cms_attribute_iter(unsigned, "signature_time_stamp_token")
        (folder / f"{number}.tst").write_bytes(token.dump())
        _check_stamp(folder, f"{number}.tst", f"{number}.value")


def _check_stamp(folder: Path, token: str, data: str) -> None:
    said = _run(["openssl", "ts", "-verify", "-in", token, "-token_in", "-data", data, "-CAfile", "roots.pem"], folder)
    assert "Verification: OK" in said, said


def _content_info(signature: EmbeddedPdfSignature) -> bytes:
    # What fills up the room that was kept is no part of it.
    contents = bytes(signature.pkcs7_content)
    return contents.rstrip(b"\0") if contents[1] != 0x82 else contents[: int.from_bytes(contents[2:4]) + 4]


def _run(command: Sequence[str], folder: Path, codes: Sequence[int] = (0,)) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    said = done.stdout + done.stderr
    assert done.returncode in codes, f"{command}: {said}"
    return said
