"""Find the programs that judge signed documents in the tests, installing them if need be.

Run by dev.py before the tests. They are others than pyHanko, which makes the signatures: a judge that shares the code
of the maker would share its mistakes. As root on Debian or Ubuntu what is missing is installed; else it is told how.
Without them the tests of signatures are skipped, but in CI, where they fail.
"""

from __future__ import annotations

import os
import shutil

from dev import is_root, quietly, say

PROGRAMS = {"pdfsig": "poppler-utils", "certutil": "libnss3-tools", "qpdf": "qpdf", "openssl": "openssl"}
"""Each program and the package of Debian that it comes in."""


def missing() -> list[str]:
    """The names of the programs that are not there."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


def install(programs: list[str]) -> None:
    """Install what `programs` come in; whether it worked is seen by who looks for them again."""
    packages = sorted({PROGRAMS[program] for program in programs})
    say("installing " + ", ".join(packages))
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quietly("apt-get", "update", "-qq", env=environment)
    quietly("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages, env=environment)


def main() -> None:
    """Install what is missing, or say how."""
    if missing() and is_root() and shutil.which("apt-get"):
        install(missing())
    if missing():
        packages = " ".join(sorted({PROGRAMS[program] for program in missing()}))
        say(f"no {', '.join(missing())}: signatures are not judged. On Debian or Ubuntu: sudo apt install {packages}")


if __name__ == "__main__":
    main()
