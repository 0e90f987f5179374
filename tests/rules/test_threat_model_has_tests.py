"""Each row of the threat model names a test that shows it, and the test is there (design 2)."""

from __future__ import annotations

import ast
import re

from tests.rules.project_files import ROOT

MODEL = "docs/threat-model.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ADVICE = f"name a test of this project in the last column of {MODEL}, as `tests/<file>.py::<test>`"
# Of issue 2 and of security.md, goal E: what a compromise may start from.
DEMANDED = (
    "the database file", "root key, salt key", "a backup from before", "one vault user's password",
    "one arbo user's password", "running web process", "table of sessions", "mail provider", "mailbox", "SMTP sender",
    "vault administrator", "operator with the command line", "klantbeheer", "without the root key",
    "the same with the root key", "browser of a logged-in user",
)  # fmt: skip


def rows(text: str) -> list[list[str]]:
    """Return the cells of every row of the table of what a compromise surrenders."""
    table = text.partition("## What a compromise of X surrenders")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def faults(text: str) -> list[str]:
    """Return the rows that name no test, or one that is not there."""
    found = []
    for row in rows(text):
        named = NAMED.findall(row[-1])
        missing = [f"{path}::{name}" for path, name in named if name not in named_in(path)]
        if not named or missing:
            found.append(f"{row[0]}: {', '.join(missing) or 'no test'}")
    return found


def named_in(path: str) -> set[str]:
    """Return the names of the tests in a file of this project; none when there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_row_of_the_threat_model_names_a_test_that_is_there() -> None:
    assert faults((ROOT / MODEL).read_text(encoding="utf-8")) == [], ADVICE


def test_every_start_of_a_compromise_has_a_row() -> None:
    starts = " | ".join(row[0] for row in rows((ROOT / MODEL).read_text(encoding="utf-8")))
    assert [wanted for wanted in DEMANDED if wanted not in starts] == []


def test_the_rule_sees_a_row_without_a_test_and_a_test_that_is_gone() -> None:
    text = (
        "## What a compromise of X surrenders\n\n| X | surrenders | shown by |\n|---|---|---|\n"
        "| a disk | nothing | by hand |\n| a phone | nothing | `tests/rules/test_file_sizes.py::test_gone` |\n"
    )
    assert faults(text) == ["a disk: no test", "a phone: tests/rules/test_file_sizes.py::test_gone"]
