"""Nothing that is committed names a path of one machine or the host of a package registry."""

from __future__ import annotations

import re

import pytest

from tests.rules.project_files import project_texts

# Written in pieces, so that this file does not hold what it forbids.
FOLDERS = ["work", "root", "farm", "home/[a-z][a-z0-9_-]*", "Users/[A-Za-z]+"]
HOSTS = [
    r"pypi\.",
    "pythonhosted",
    r"npmjs\.",
    r"(?:deb|packages|ftp)\.debian\.",
    r"archive\.ubuntu\.",
    r"registry\.yarnpkg",
]
FORBIDDEN = re.compile(
    "|".join([*(rf"(?<![\w.~-])/{folder}/" for folder in FOLDERS), *(rf"\b{host}" for host in HOSTS)])
)

THIS_FILE = "tests/rules/test_no_machine_paths.py"


def traces_in(text: str) -> list[str]:
    """Return the paths of a machine and the hosts of registries that `text` names."""
    return [found.group() for found in FORBIDDEN.finditer(text)]


def test_no_file_names_a_machine_or_a_registry() -> None:
    texts = {path: text for path, text in project_texts().items() if path != THIS_FILE}
    found = {path: traces for path, text in texts.items() if (traces := traces_in(text))}

    assert found == {}


@pytest.mark.parametrize(
    "planted",
    [
        'open("/work/main/x")',
        "/root/.cache",
        "see /home/jan/notes",
        "https://pypi.org/simple",
        "files.pythonhosted.org",
        "registry.npmjs.org",
    ],
)
def test_the_rule_sees_a_path_and_a_host(planted: str) -> None:
    assert traces_in(planted)


@pytest.mark.parametrize("allowed", ["the root/ folder", "../work/x", "~/home/x", "/usr/lib/postgresql", "frameworks/"])
def test_the_rule_leaves_other_words_alone(allowed: str) -> None:
    assert traces_in(allowed) == []
