"""Nothing of a person lies readable anywhere during and after an import (design 5; security.md, goals A and L)."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from sqlalchemy import MetaData, select

from database.session import SessionFactory
from tests.vault.importing.conftest import House
from tests.vault.importing.files import HEADINGS, Rows, row
from tests.vault.importing.test_jobs import keep
from tests.vault.importing.test_writing import actor_of
from vault.importing.previewing import preview
from vault.importing.writing import write_rows

PLANTED = {
    "last_name": "Kwartelstaartje", "first_name": "Zonnebloempje", "birth_date": "1987-06-05", "bsn": "999990020",
    "postcode": "9876 ZX", "city": "Vergeetmijnietdorp",
    "email": "kwartel.zonnetje@voorbeeld.nl", "mobile": "0687654321",
}  # fmt: skip
SOUGHT = [*PLANTED.values(), "9876ZX", "05-06-1987", "Straatje van Onbekend"]
OPEN = ["PN-OPEN-1", "Zeldzame functie"]


def planted_rows() -> Rows:
    filler = [row(number=f"N{n}", **{**PLANTED, "bsn": ""}) for n in range(700)]
    return [HEADINGS, row(number=OPEN[0], function=OPEN[1], **PLANTED), *filler]


def forms(value: str) -> list[bytes]:
    return [value.encode(), value.encode("utf-16-le"), value.encode().hex().encode()]


def found_in_files(folder: Path, values: list[str]) -> set[str]:
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert content
    return {value for value in values if any(form in content for form in forms(value))}


def found_in_rows(factory: SessionFactory, values: list[str]) -> set[str]:
    tables = MetaData()
    tables.reflect(factory.engine)
    with factory() as session:
        cells = [
            cell if isinstance(cell, bytes) else str(cell).encode()
            for table in tables.sorted_tables
            for found in session.execute(select(table))
            for cell in found
        ]
    content = b"\n".join(cells)
    return {value for value in values if any(form in content for form in forms(value))}


def test_no_planted_value_lies_in_the_database_at_any_step(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spool))

    def look(expected_open: set[str]) -> None:
        assert found_in_rows(house.factory, SOUGHT) == set()
        assert found_in_rows(house.factory, OPEN) == expected_open
        if database_url.startswith("sqlite"):
            assert found_in_files(tmp_path, SOUGHT) == set()
            assert found_in_files(tmp_path, OPEN) >= expected_open

    import_id = keep(house, planted_rows())
    look(set())
    assert preview(house.factory, import_id, actor_of(house)).good == 701
    running = write_rows(house.factory, import_id, actor_of(house))
    next(running)
    look(set(OPEN))
    list(running)
    look(set(OPEN))
    assert list(spool.iterdir()) == []


def test_the_search_would_find_a_value_that_is_there(house: House, tmp_path: Path) -> None:
    """The positive control: a file beside the database, and the open name of an employer."""
    (tmp_path / "spooled").write_bytes("Kwartelstaartje".encode("utf-16-le"))
    assert found_in_files(tmp_path, SOUGHT) == {"Kwartelstaartje"}
    assert found_in_rows(house.factory, ["Bakkerij Jansen"]) == {"Bakkerij Jansen"}
