"""A file is one thing: below 400 lines by habit, never above 500."""

from __future__ import annotations

from tests.rules.project_files import project_texts

LIMIT = 500
OURS = (".py", ".html", ".txt", ".sh")


def too_long(texts: dict[str, str]) -> dict[str, int]:
    """Return the files of our own writing that are above the limit, with their number of lines."""
    lengths = {path: text.count("\n") for path, text in texts.items() if path.endswith(OURS)}
    return {path: length for path, length in lengths.items() if length > LIMIT}


def test_no_file_is_too_long_to_be_one_thing() -> None:
    # Word lists and vectors are data, however they are written down.
    texts = {path: text for path, text in project_texts().items() if "/data/" not in path and "/vectors/" not in path}

    assert too_long(texts) == {}


def test_the_rule_sees_a_long_file() -> None:
    assert too_long({"vault/all.py": "pass\n" * 501, "vault/some.py": "pass\n" * 500}) == {"vault/all.py": 501}
