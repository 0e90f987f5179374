"""Checking what others send: signed documents, and whether a PDF can be signed, each in a process of its own.

Whatever goes wrong there (an exception, twenty seconds, too much memory) means *not valid* (signing.md 8.1).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing import checking_process
from signing.errors import CheckingBusy, NotSignable
from signing.objections import LARGEST
from signing.verifying import Findings, FoundSignature, Problem

AT_ONCE = 1
"""How many documents of strangers one process of the portal has checked at a time: the next is told to come back."""
SIGNABLE_AT_ONCE = 2
SECONDS_TO_WAIT = 30.0
UNREADABLE = Findings((Problem("unreadable"),))
_SCRIPT = Path(checking_process.__file__)

_checks = BoundedSemaphore(AT_ONCE)
_looks = BoundedSemaphore(SIGNABLE_AT_ONCE)


def check_signed(
    document: bytes,
    evidence: bytes | None,
    roots: Sequence[x509.Certificate],
    timestamp_roots: Sequence[x509.Certificate] = (),
    *,
    seconds: float = checking_process.SECONDS,
) -> Findings:
    """Return what is found in a signed document and, where it is given, its evidence. Nothing of either is kept.

    `roots` vouch for who signed and when, `timestamp_roots` for the moment alone (`verifying.verify`).

    Raises `CheckingBusy` at once when others are checked at this moment: a stranger keeps no thread waiting.
    """
    if len(document) > LARGEST or (evidence is not None and len(evidence) > LARGEST):
        return UNREADABLE
    question = {"what": checking_process.VERIFY, "has_evidence": evidence is not None, "roots": len(roots)}
    trusted = [root.public_bytes(Encoding.DER) for root in (*roots, *timestamp_roots)]
    files = [document, *(() if evidence is None else (evidence,)), *trusted]
    with _place(_checks, 0):
        return _findings(_ask(question, files, seconds))


def check_signable(pdf: bytes, *, seconds: float = checking_process.SECONDS) -> None:
    """Raises `NotSignable` with one of `signing.objections.REASONS` when `pdf` can't be signed; `CheckingBusy`."""
    if len(pdf) > LARGEST:
        raise NotSignable("too_large")
    with _place(_looks, SECONDS_TO_WAIT):
        objection = _ask({"what": checking_process.OBJECT}, [pdf], seconds)
    if objection != "":
        raise NotSignable(objection if isinstance(objection, str) else "damaged")


@contextmanager
def _place(places: BoundedSemaphore, seconds: float) -> Iterator[None]:
    if not places.acquire(timeout=seconds):
        raise CheckingBusy
    try:
        yield
    finally:
        places.release()


def _ask(question: dict[str, object], files: Sequence[bytes], seconds: float) -> Any:
    """Return what the process answers; None when it does not, for whatever reason."""
    parts = [json.dumps(question).encode(), *files]
    length = checking_process.LENGTH
    message = length.pack(len(parts)) + b"".join(length.pack(len(part)) + part for part in parts)
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no shell
            [sys.executable, "-I", "-B", str(_SCRIPT)],
            input=message,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env={},
            cwd="/",
            check=True,
        )
        return json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _findings(answer: Any) -> Findings:
    if answer is None:
        return UNREADABLE
    return Findings(
        tuple(Problem(**problem) for problem in answer["problems"]),
        tuple(FoundSignature(**found) for found in answer["signatures"]),
        answer["record"],
    )
