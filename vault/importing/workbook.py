"""Reading an Excel workbook (`.xlsx`): the first visible sheet, every cell as text (X-22)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TypeAlias

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from vault.importing.errors import FileRefused
from vault.importing.package import repack
from vault.importing.table import MAX_CELL_CHARACTERS, Row, Table

Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta


def read_workbook(data: bytes) -> Table:
    """The rows of the first visible sheet. A formula counts as the value that was saved with it; a macro never runs.

    Raises `FileRefused`, also while the rows are read.
    """
    packed, last_row = repack(data)
    return Table("xlsx", last_row, partial(_rows, packed))


def _rows(packed: bytes) -> Iterator[Row]:
    for number, values in enumerate(_open_sheet(packed).iter_rows(), 1):
        cells = tuple(map(_text, values))
        if any(cells):
            if max(map(len, cells)) > MAX_CELL_CHARACTERS:
                raise FileRefused("cell_too_long", row=number, limit=MAX_CELL_CHARACTERS)
            yield Row(number, cells)


def _open_sheet(packed: bytes) -> CalamineSheet:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(packed))
        for index, sheet in enumerate(workbook.sheets_metadata):
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
                return workbook.get_sheet_by_index(index)
    except CalamineError:
        raise FileRefused("damaged") from None
    except BaseException as error:
        # A panic inside the library arrives as an exception that is no Exception (pyo3).
        if type(error).__name__ == "PanicException":
            raise FileRefused("damaged") from None
        raise
    raise FileRefused("no_sheet")


def _text(value: Cell) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value)
