"""docs/classification.md says of every column what it gives away, so none can be added that nobody thought about."""

from __future__ import annotations

import re

from sqlalchemy import LargeBinary

from portal.tables import metadata
from tests.rules.project_files import ROOT

PAGE = ROOT / "docs" / "classification.md"
SEALED = {"person data, sealed", "health data, sealed", "key material, sealed"}
BYTES = SEALED | {"hash", "public key"}
_ROW = re.compile(r"\| ([a-z_]+) \| ([a-z0-9_]+) \| ([a-z, ]+) \| (.*)\|")
_CLASS = re.compile(r"\| ([a-z, ]+) \| [^|]+ \| (?:yes|no)[^|]*\|")


def classes() -> set[str]:
    """Return the classes that the page explains."""
    return {found[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if (found := _CLASS.fullmatch(line))}


def classified() -> list[tuple[str, str]]:
    """Return each `table.column` of the page with its class."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [(f"{row[1]}.{row[2]}", row[3]) for line in lines if (row := _ROW.fullmatch(line))]
    return [row for row in rows if row != ("table.column", "class")]


COLUMNS = {f"{table.name}.{column.name}": column for table in metadata.tables.values() for column in table.columns}


def test_every_column_has_a_class() -> None:
    missing = sorted(COLUMNS.keys() - dict(classified()).keys())

    assert missing == [], (
        "These columns are in no row of docs/classification.md. Think about what each gives away to whoever has the "
        "database, then add `| table | column | class | who opens it |`. Without a good reason a field is sealed."
    )


def test_every_row_has_a_column() -> None:
    gone = sorted(dict(classified()).keys() - COLUMNS.keys())

    assert gone == [], "These rows of docs/classification.md have no column any more: remove them."


def test_no_column_is_classified_twice() -> None:
    assert len(classified()) == len(dict(classified()))


def test_every_class_is_explained() -> None:
    assert {name for _, name in classified()} <= classes()
    assert classes() >= SEALED | BYTES


def test_what_is_sealed_is_bytes_and_what_is_bytes_gives_nothing_away() -> None:
    wrong = [name for name, kind in classified() if isinstance(COLUMNS[name].type, LargeBinary) != (kind in BYTES)]

    assert wrong == [], "Sealed values, hashes and public keys are LargeBinary, and nothing else is."


def test_a_sealed_column_is_called_sealed_and_no_other_is() -> None:
    wrong = [name for name, kind in classified() if ("sealed" in name.rpartition(".")[2]) != (kind in SEALED)]

    assert wrong == []


def test_the_page_is_read_at_all() -> None:
    assert dict(classified())["share.reason_sealed"] == "health data, sealed"
    assert len(classified()) > 150
