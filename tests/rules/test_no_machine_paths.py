"""Nothing that is committed names a path of one machine or the host of a package registry."""

from __future__ import annotations

import re

import pytest

from tests.rules.project_files import project_texts

# Written in pieces, so that this file does not hold what it forbids.
FOLDERS = ["work", "root", "farm", "home/[a-z][a-z0-9_-]*", "Users/[A-Za-z]+"]
HOSTS = [
    r"py[p]i\.",
    r"python[h]osted",
    r"npm[j]s\.",
    r"(?:deb|packages|ftp)\.[d]ebian\.",
    r"archive\.[u]buntu\.",
    r"registry\.[y]arnpkg",
]
FORBIDDEN = re.compile(
    "|".join([*(rf"(?<![\w.~-])/{folder}/" for folder in FOLDERS), *(rf"\b{host}" for host in HOSTS)])
)


def traces_in(text: str) -> list[str]:
    """Return the paths of a machine and the hosts of registries that `text` names."""
    return [found.group() for found in FORBIDDEN.finditer(text)]


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = {path: traces for path, text in project_texts().items() if (traces := traces_in(text))}

    assert found == {}


@pytest.mark.parametrize(
    "planted",
    [
        ("open('/", "work/main/x')"),
        ("/", "root/.cache"),
        ("see /", "home/jan/notes"),
        ("https://py", "pi.org/simple"),
        ("files.python", "hosted.org"),
        ("registry.npm", "js.org"),
    ],
    ids=lambda pieces: pieces[1],
)
def test_the_rule_sees_a_path_and_a_host(planted: tuple[str, str]) -> None:
    assert traces_in("".join(planted))


@pytest.mark.parametrize(
    "allowed", ["the root/ folder", "/".join(["..", "work", "x"]), "~/home/x", "/usr/lib/postgresql", "frameworks/"]
)
def test_the_rule_leaves_other_words_alone(allowed: str) -> None:
    assert traces_in(allowed) == []
