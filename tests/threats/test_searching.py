"""The search for values in files finds what is there, whatever it was written as (security.md, section 7)."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.threats.burglary import BSN, NAMES, PERSON_DATA, PHONE, REASONS, STREET, open_files
from tests.threats.running import ROOT
from tests.threats.searching import Search, forms


@pytest.mark.parametrize("before", [b"", b"x", b"xy", b"xyz"])
def test_the_search_finds_a_value_in_every_shape(before: bytes) -> None:
    sought = Search({"name": "Yılmaz-Bos"})
    raw = "Yılmaz-Bos".encode()
    for shape in (raw, "Yılmaz-Bos".encode("utf-16-le"), raw.hex().encode(), raw.hex().upper().encode()):
        assert sought.found_in(before + shape + b"rest") == {"name"}
    assert sought.found_in(base64.b64encode(before + raw + b"rest")) == {"name"}
    assert sought.found_in(base64.urlsafe_b64encode(before + raw + b"rest")) == {"name"}
    assert sought.found_in(b"q=Y%C4%B1lmaz-Bos") == {"name"}
    assert sought.found_in(b"Yilmaz Bos") == set()


def test_the_search_of_open_files_sees_a_deleted_one() -> None:
    """The control of the look at open files: what werkzeug would have spooled is such a file."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("open files are looked up in /proc")
    with tempfile.TemporaryFile() as file:
        file.write(b"Kwartelstaart")
        file.flush()
        assert any(b"Kwartelstaart" in content for content in open_files([os.getpid()]).values())


def test_with_sealing_that_does_nothing_the_search_finds_everything(tmp_path: Path) -> None:
    """The negative control: the cipher is taken out of a child process."""
    database = tmp_path / "unsealed.sqlite3"
    subprocess.run([sys.executable, "-m", "tests.threats.unsealed", str(database)], cwd=ROOT, check=True)
    planted = {"name": NAMES["MS001"], "street": STREET, "phone": PHONE, "BSN": BSN, "reason": REASONS["MS001"]}
    assert Search(planted).found_in_files(tmp_path.glob("unsealed.sqlite3*")) == set(planted)


def test_every_form_of_a_value_is_long_enough_to_mean_something() -> None:
    """A form of a few letters would be found anywhere."""
    assert all(len(form) >= 8 for value in PERSON_DATA.values() for form in forms(value))
