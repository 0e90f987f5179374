"""The files of the project as the rules see them: what is committed, and what would be with the next commit."""

from __future__ import annotations

import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@cache
def project_files() -> tuple[Path, ...]:
    """Return every file that git keeps or would keep, in order of name."""
    # The checkout may belong to another user than the one who tests it.
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    names = sorted(set(listed.split("\0")) - {""})
    return tuple(ROOT / name for name in names if (ROOT / name).is_file())


@cache
def project_texts() -> dict[str, str]:
    """Return the text of every file that is text, by its path in the project."""
    texts: dict[str, str] = {}
    for path in project_files():
        content = path.read_bytes()
        if b"\0" not in content:
            texts[str(path.relative_to(ROOT))] = content.decode("utf-8", errors="replace")
    return texts


@cache
def packages() -> tuple[str, ...]:
    """Return the names of the packages of the application: the folders at the top that Python imports from."""
    return tuple(sorted(path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"))


def package_sources() -> dict[str, str]:
    """Return the Python of the application by path; tests are not in it."""
    prefixes = tuple(f"{name}/" for name in packages())
    return {path: text for path, text in project_texts().items() if path.startswith(prefixes) and path.endswith(".py")}


def project_settings() -> dict[str, Any]:
    """Return what pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
