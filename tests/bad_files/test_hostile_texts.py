"""Hostile texts in every field, heading, sheet and file name: faults, or texts on a page, and never more (goal G)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain, cycle
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from organisation.models import Employee
from tests.bad_files.door import RAN, URL, Answer, Door
from tests.vault.importing.files import EXAMPLE, HEADINGS, change_parts, row, text_file, workbook

FIELDS = (
    "number", "last_name", "prefix", "first_name", "initials", "birth_date", "gender", "bsn", "postcode",
    "house_number", "city", "email", "mobile", "department", "function_group", "function", "kind", "hours",
    "starts_on", "ends_on",
)  # fmt: skip
PRODUCT = "6995317"
HOSTILE = (
    "=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+1", "-2+3", "=HYPERLINK(\"http://x.example\")", "\t=1+1", "=1+1\";=2",
    f"<script>{RAN}</script>", f"\"><img src=x onerror={RAN}>", f"<{RAN}>", f"javascript:{RAN}", "</title></html>",
    "'; DROP TABLE employee; --", "\" OR 1=1 --", "%' OR '1'='1", "{{999331*7}}", "{% raise %}", "${999331*7}",
    "#{999331*7}", "%s%s%n%x", "%(megabytes)s", "{0.__class__}", "\\u202e", "\u202egnirts", "a\u0301" * 300,
    "e" + "\u0301" * 32_000, "\U0001f469\u200d\U0001f467", "\U0001f1f3\U0001f1f1", "\ufeffDijk", "x\0y",
    f"x\r\nSet-Cookie: {RAN}=1", "../../../../etc/passwd", "..\\..\\boot.ini", "A" * 5_000, "\u2066Dijk\u2069",
    "NULL", "None", "nan", "1e309", "0", "-1", "true", "\uff19" * 9, "#VERW!", "_x0000_", "\ud7ff\ue000",
    "\ufdfa" * 40,
)  # fmt: skip
FILE_NAMES = (
    b"../../etc/passwd.xlsx", b"C:\\werknemers.xlsx", b"<script>.xlsx", b"a\0b.xlsx", b"\xe2\x80\xaexslx.exe",
    b"x" * 5_000, "\U0001f469.xlsx".encode(), b"a%0d%0aSet-Cookie: " + RAN.encode() + b".xlsx", b"con",
    b"{{999331*7}}.csv", b"\xff\xfe.csv", b"a; filename*=UTF-8''b.xlsx",
)  # fmt: skip


def rows_with(texts: Sequence[str]) -> Iterator[list[Any]]:
    """A row for every text in every field, and nothing else wrong in it."""
    for field in FIELDS:
        for index, text in enumerate(texts):
            yield row(**{"number": f"{field}-{index}", "bsn": "", "department": "Winkel", field: text})


def employees(door: Door) -> dict[str, UUID]:
    """Everyone who is there, by personnel number."""
    with door.company.portal.session() as session:
        return {employee.personnel_number: employee.id for employee in session.scalars(select(Employee))}


def preview_of(door: Door, data: bytes) -> Answer:
    """The page that a file leads to; the file is removed again."""
    answer = door.send(data)
    assert answer.status == 303, answer.complaint
    page = door.look(answer.response.location)
    assert page.status == 200
    assert PRODUCT not in page.text
    door.press(f"{answer.response.location.removesuffix('/kolommen')}/verwijderen")
    return page


@pytest.mark.parametrize("make", [workbook, text_file])
def test_hostile_texts_in_every_field_are_faults_or_texts(door: Door, make: Any) -> None:
    """What can be kept is imported, and every page that shows it shows a text."""
    texts = [text for text in HOSTILE if make is workbook or "\0" not in text]
    before = employees(door)
    answer = door.send(make([HEADINGS, *rows_with(texts)]))
    assert answer.status == 303, answer.complaint
    preview = door.look(answer.response.location)
    assert not any(text in preview.text for text in texts if text.startswith(("=", "AAAA")))
    assert door.press(f"{answer.response.location}/bevestigen").status == 200
    added = {number: employee_id for number, employee_id in employees(door).items() if number not in before}
    assert 50 < len(added) < len(texts) * len(FIELDS) / 2
    one_of_each = {number.rpartition("-")[2]: employee_id for number, employee_id in added.items()}
    kept = [door.look(f"/werknemers/{employee_id}") for employee_id in one_of_each.values()]
    department = f"/werknemers?afdeling={door.company.world.departments['Winkel'].id}"
    pages = [*kept, *(door.look(url) for url in ("/", "/werknemers", department, "/logboek", URL))]
    assert {page.status for page in pages} == {200}
    assert not any(PRODUCT in page.text for page in pages)
    assert any(f"<script>{RAN}</script>" in page.text for page in kept), "the text that would run was never shown"
    # The other of the two kinds of file is to bring new people too.
    with door.company.portal.session() as session, session.begin():
        for employee in session.scalars(select(Employee).where(Employee.id.in_(added.values()))):
            employee.personnel_number = employee.id.hex


@pytest.mark.parametrize("make", [workbook, text_file])
def test_hostile_headings_are_texts(door: Door, make: Any) -> None:
    texts = [text for text in HOSTILE if make is workbook or "\0" not in text]
    employee = row(number="H1", bsn="", department="Winkel")
    unused = preview_of(door, make([[*HEADINGS, *texts], [*employee, *map(str, range(len(texts)))]]))
    assert f"<script>{RAN}</script>" in unused.text
    chosen_by_hand = preview_of(door, make([texts, [EXAMPLE[name] for name in HEADINGS]]))
    assert f"<script>{RAN}</script>" in chosen_by_hand.root_text
    assert "koppelen" in chosen_by_hand.heading


def test_a_hostile_name_of_a_sheet_is_a_text(door: Door) -> None:
    data = workbook([HEADINGS, row(number="S1", bsn="")])
    name = f"&lt;script&gt;{RAN}&lt;/script&gt;".encode()
    page = preview_of(door, change_parts(data, {"xl/workbook.xml": (b'name="Blad1"', b'name="' + name + b'"')}))
    assert f"<script>{RAN}</script>" in page.root_text


@pytest.mark.parametrize("name", FILE_NAMES)
def test_a_hostile_file_name_changes_nothing(door: Door, name: bytes) -> None:
    before, reached = door.counts(), door.reached()
    answer = door.send(workbook([HEADINGS, row(number="F1", bsn="", department="Winkel")]), name)
    if answer.status == 303:
        assert door.reached() == reached + 1
        assert door.press(f"{answer.response.location}/verwijderen").status == 303
    else:
        # A name that is no text makes the whole form unreadable, its token too.
        assert answer.status == (400 if name.startswith(b"\xff") else 422)
    assert door.counts().employees == before.employees
    assert door.counts().pieces == before.pieces


def test_no_name_of_a_file_is_no_file(door: Door) -> None:
    answer = door.send(text_file([HEADINGS, row()]), b"")
    assert answer.status == 422
    assert "Kies een .xlsx- of .csv-bestand" in answer.complaint


def test_the_collected_payloads_of_others_are_faults_or_texts(door: Door) -> None:
    """Three and a half thousand of them, each in one field after the other."""
    folders = [parent / "shared" / "data" / "payloads" for parent in Path(__file__).resolve().parents]
    folder = next((folder for folder in folders if folder.is_dir()), None)
    if folder is None:
        pytest.skip("the collections of payloads are not here")
    collected = (json.loads((folder / name).read_text(encoding="utf-8")) for name in ("blns.json", "payloads.json"))
    texts = [text[:30_000] for text in chain.from_iterable(map(strings_in, collected))]
    assert len(texts) > 1_000
    fields = cycle(FIELDS)
    rows = [
        row(**{"number": f"p{index}", "bsn": "", "department": "Winkel", next(fields): text})
        for index, text in enumerate(texts)
    ]
    preview_of(door, workbook([HEADINGS, *rows]))
    preview_of(door, workbook([[*HEADINGS, *texts[:150]], [*row(number="p1", bsn=""), *["1"] * 150]]))


def strings_in(collected: Any) -> Iterator[str]:
    """Every text in a tree of JSON."""
    if isinstance(collected, str):
        yield collected
    elif isinstance(collected, dict):
        yield from chain.from_iterable(map(strings_in, collected.values()))
    elif isinstance(collected, list):
        yield from chain.from_iterable(map(strings_in, collected))
