"""Reading an Excel workbook (`.xlsx`): one of its visible sheets, every cell as text (X-22).

The rows are made while the file is unpacked. A library that reads a whole sheet costs 300 MB for 100,000 employees,
makes room for every cell between the first and the last, and ends the process when there is no memory for that.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import partial

from vault.importing.cells import CellValues
from vault.importing.errors import FileRefused
from vault.importing.markup import Markup, follow
from vault.importing.number_formats import read_formats
from vault.importing.package import Package, open_package
from vault.importing.shared_texts import SharedTexts, read_texts
from vault.importing.table import Row, Table
from vault.importing.worksheet import count_rows, read_rows

_TRUE = frozenset({"1", "true", "on"})


def read_workbook(data: bytes, sheet: str | None) -> Table:
    """The rows of `sheet`, or of the first visible sheet with something in it.

    A formula counts as the value that was saved with it; a macro never runs. Raises `FileRefused`, also while the rows
    are read.
    """
    package = open_package(data)
    workbook, relations = _Workbook(), _Relations()
    _follow_all(package, "xl/workbook.xml", workbook)
    _follow_all(package, "xl/_rels/workbook.xml.rels", relations)
    parts = {
        name: relations.targets[relation]
        for name, relation in workbook.visible_sheets
        if relation in relations.worksheets
    }
    if not parts:
        raise FileRefused("no_sheet")
    values = _cell_values(package, workbook, relations)
    sheets = tuple(name for name, part in parts.items() if _has_rows(package, part, values))
    if sheet is not None and sheet not in sheets:
        raise FileRefused("no_such_sheet")
    if not sheets:
        return Table("xlsx", 0, partial(iter, ()))
    name = sheets[0] if sheet is None else sheet
    rows = partial(_rows, package, parts[name], values)
    return Table("xlsx", count_rows(package.pieces(parts[name])), rows, name, sheets)


class _Workbook(Markup):
    """The names of the visible sheets, each with the id of its relation, and how days and formulas are meant."""

    def __init__(self) -> None:
        super().__init__()
        self.visible_sheets: list[tuple[str, str]] = []
        self.from_1904 = self.recalculated = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        name = name.removeprefix(self.prefix)
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            ids = [value for key, value in attributes.items() if key.endswith(":id")]
            self.visible_sheets.append((attributes.get("name", ""), ids[0] if ids else ""))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in _TRUE
        elif name == "calcPr":
            self.recalculated = attributes.get("fullCalcOnLoad") in _TRUE


class _Relations(Markup):
    """The parts that a workbook refers to: where they are, and which of them are worksheets."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}
        self.worksheets: set[str] = set()
        self.single: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        if name != self.prefix + "Relationship":
            return
        relation, kind = attributes.get("Id", ""), attributes.get("Type", "").rpartition("/")[2]
        target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
        self.targets[relation] = target
        if kind == "worksheet":
            self.worksheets.add(relation)
        else:
            self.single.setdefault(kind, target)


def _follow_all(package: Package, name: str, markup: Markup) -> None:
    for _ in follow(package.pieces(name), markup):
        markup.text.clear()


def _cell_values(package: Package, workbook: _Workbook, relations: _Relations) -> CellValues:
    texts, styles = relations.single.get("sharedStrings", ""), relations.single.get("styles", "")
    return CellValues(
        texts=read_texts(package.pieces(texts)) if texts in package else SharedTexts(),
        formats=read_formats(package.pieces(styles)) if styles in package else (),
        from_1904=workbook.from_1904,
        recalculated=workbook.recalculated,
    )


def _has_rows(package: Package, part: str, values: CellValues) -> bool:
    try:
        return next(_rows(package, part, values), None) is not None
    except FileRefused:
        # What is wrong with a sheet is told to whoever chooses it.
        return True


def _rows(package: Package, part: str, values: CellValues) -> Iterator[Row]:
    return read_rows(package.pieces(part), values)
