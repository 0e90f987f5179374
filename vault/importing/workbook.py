"""Reading an Excel workbook (`.xlsx`): its visible sheets, every cell as text (X-22)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TypeAlias

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from vault.importing.errors import FileRefused
from vault.importing.package import repack
from vault.importing.table import MAX_CELL_CHARACTERS, Row, Table

Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta


def read_workbook(data: bytes, sheet: str | None) -> Table:
    """The rows of `sheet`, or of the first visible sheet with something in it.

    A formula counts as the value that was saved with it; a macro never runs. Raises `FileRefused`, also while the rows
    are read.
    """
    packed, last_row = repack(data)
    with _damage_refused():
        sheets = _filled_sheets(packed)
    if sheet is not None and sheet not in sheets:
        raise FileRefused("no_such_sheet")
    if not sheets:
        return Table("xlsx", 0, lambda: iter(()))
    name = sheets[0] if sheet is None else sheet
    return Table("xlsx", last_row, partial(_rows, packed, name), name, sheets)


def _filled_sheets(packed: bytes) -> tuple[str, ...]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(packed))
    visible = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    if not visible:
        raise FileRefused("no_sheet")
    return tuple(name for name in visible if workbook.get_sheet_by_name(name).height)


def _rows(packed: bytes, name: str) -> Iterator[Row]:
    with _damage_refused():
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(packed)).get_sheet_by_name(name)
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = tuple(map(_text, values))
        if any(cells):
            if max(map(len, cells)) > MAX_CELL_CHARACTERS:
                raise FileRefused("cell_too_long", row=number, limit=MAX_CELL_CHARACTERS)
            yield Row(number, cells)


@contextmanager
def _damage_refused() -> Iterator[None]:
    try:
        yield
    except CalamineError:
        raise FileRefused("damaged") from None
    except BaseException as error:
        # A panic inside the library arrives as an exception that is no Exception (pyo3).
        if type(error).__name__ == "PanicException":
            raise FileRefused("damaged") from None
        raise


def _text(value: Cell) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value)
