"""The verifier that stands alone tells the same as the portal, with exit codes for scripts and sentences for people."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from crypto.source import SystemSource
from signing.authority import make_root
from signing.trusted_roots import OF_TIMESTAMPS
from signing.verifying import PROBLEMS
from tests.signing.records import evidence_of
from tests.signing.signed_documents import authority, signed_document, timestamper
from tests.signing.tampering import TAMPERED
from tools.check_signing import SENTENCES

TOOL = Path(__file__).resolve().parents[2] / "tools" / "check_signing.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document, its evidence, the same document cut back, and the roots."""
    made, folder = signed_document(), tmp_path_factory.mktemp("files")
    (folder / "document.pdf").write_bytes(made.closed)
    (folder / "bewijs.pdf").write_bytes(evidence_of(made, authority(), timestamper()))
    (folder / "cut.pdf").write_bytes(TAMPERED["closed with one missing"](made))
    (folder / "garbage.pdf").write_bytes(b"hallo")
    (folder / "roots.pem").write_bytes(authority().root.public_bytes(Encoding.PEM))
    return folder


def check(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the verifier as a person would, where no network and no setting of the portal is there."""
    command = [sys.executable, "-P", str(TOOL), *words]
    environment = {"PATH": os.environ["PATH"], "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment, timeout=60)


def test_a_good_document_is_valid(folder: Path) -> None:
    told = check(folder, "document.pdf", "bewijs.pdf", "roots.pem")

    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.startswith("VALID\n")
    assert "Ünal Çelik, werknemer" in told.stdout
    assert "reference AB12" in told.stdout
    assert "What can't be known" in told.stdout


def test_a_root_of_timestamps_vouches_for_no_signature(folder: Path) -> None:
    pem = (folder / "roots.pem").read_text()
    other = make_root(SystemSource(), "Ander").certificate.public_bytes(Encoding.PEM).decode()
    (folder / "swapped.pem").write_text(f"{other}{OF_TIMESTAMPS}\n{pem}")
    (folder / "both.pem").write_text(f"{pem}{OF_TIMESTAMPS}\n{other}")
    (folder / "none.pem").write_text(f"{OF_TIMESTAMPS}\n{pem}")

    assert check(folder, "document.pdf", "bewijs.pdf", "both.pem").returncode == 0
    told = check(folder, "document.pdf", "bewijs.pdf", "swapped.pem")
    assert told.returncode == 1
    assert "does not lead to a root that you trust" in told.stdout
    assert check(folder, "document.pdf", "none.pem").returncode == 2


def test_without_the_evidence_it_says_what_that_leaves_open(folder: Path) -> None:
    told = check(folder, "document.pdf", "roots.pem")

    assert told.returncode == 0
    assert "can't be told whether a signature is missing" in told.stdout


def test_a_document_that_was_cut_back_is_not_valid(folder: Path) -> None:
    told = check(folder, "cut.pdf", "bewijs.pdf", "roots.pem")

    assert told.returncode == 1
    assert told.stdout.startswith("NOT VALID\n")
    assert "a signature is missing that the evidence names (Đặng Żółć)" in told.stdout


def test_what_is_no_pdf_is_not_valid(folder: Path) -> None:
    told = check(folder, "garbage.pdf", "roots.pem")

    assert (told.returncode, "no PDF that can be read" in told.stdout) == (1, True)


@pytest.mark.parametrize("words", [("nowhere.pdf", "roots.pem"), ("document.pdf", "garbage.pdf")])
def test_what_can_not_be_looked_at_has_an_exit_code_of_its_own(folder: Path, words: tuple[str, ...]) -> None:
    told = check(folder, *words)

    assert told.returncode == 2
    assert "Traceback" not in told.stderr


def test_the_command_that_is_printed_in_the_evidence_is_the_one_that_works(folder: Path) -> None:
    """What is printed stays printed."""
    template = (TOOL.parents[1] / "templates" / "signing" / "evidence.typ").read_text(encoding="utf-8")
    (printed,) = re.findall(r'"python check_signing.py ([^"]+)"', template)
    there = {"ondertekenbewijs.pdf": "bewijs.pdf", "hoofdcertificaat.pem": "roots.pem"}

    assert check(folder, *(there.get(word, word) for word in printed.split())).returncode == 0


def test_each_problem_has_a_sentence() -> None:
    assert set(SENTENCES) == PROBLEMS
