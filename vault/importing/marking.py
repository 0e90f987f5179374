"""The rows with a fault as a workbook: as they stand in the file, with each faulty cell marked and a sentence (X-22).

It is written part by part into memory, so that a hundred thousand rows take no more of it than they do packed, and
nothing lies readable on a disk. Every cell is a text: no program takes one for a formula.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from accounts.actor import Actor
from database.session import SessionFactory
from vault.importing.checking import RowFault
from vault.importing.comparing import Comparer
from vault.importing.layout import Layout, column_letter
from vault.importing.opening import OpenedImport
from vault.importing.table import MAX_CELL_CHARACTERS

FILE_NAME = "werknemers-fouten.xlsx"
_HEAD, _FAULTY = 1, 2
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_DOCUMENT}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFFFD2CC"/><bgColor indexed="64"/></patternFill></fill>'
        '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="49" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="3"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
        '<xf numFmtId="49" fontId="0" fillId="2" borderId="0" xfId="0" applyFill="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}


def mark_faults(
    factory: SessionFactory,
    opened: OpenedImport,
    actor: Actor,
    *,
    sheet_name: str,
    sentence_heading: str,
    sentence_of: Callable[[RowFault], str],
) -> bytes:
    """The workbook: the headings, each row with a fault, and in the last column what is wrong and what to do.

    The caller has logged the download. Raises as `previewing.examine`.
    """
    checking = opened.check_rows()
    comparer = Comparer(factory, actor, checking.headings, opened.id)
    faulty = (
        (row.cells, judged) for row, judged in comparer.compare_all(checking.rows) if isinstance(judged, list)
    )  # fmt: skip
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in _PARTS.items():
            package.writestr(name, content)
        package.writestr("xl/workbook.xml", _workbook(sheet_name))
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            _write_sheet(part, _rows(opened.layout, faulty, sentence_heading, sentence_of))
    return output.getvalue()


Cells = Sequence[tuple[str, int]]


def _rows(
    layout: Layout,
    faulty: Iterator[tuple[Sequence[str], list[RowFault]]],
    sentence_heading: str,
    sentence_of: Callable[[RowFault], str],
) -> Iterator[Cells]:
    width = len(layout.labels)
    yield [*((layout.label(index), _HEAD) for index in range(width)), (sentence_heading, _HEAD)]
    for cells, faults in faulty:
        marked = {fault.index for fault in faults}
        sentences = " ".join(sentence_of(fault) for fault in faults)
        shown = [(cells[index] if index < len(cells) else "", _FAULTY * (index in marked)) for index in range(width)]
        yield [*shown, (sentences, 0)]


def _workbook(sheet_name: str) -> str:
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}">'
        f'<sheets><sheet name={quoteattr(sheet_name)} sheetId="1" r:id="r1"/></sheets></workbook>'
    )


def _write_sheet(part: IO[bytes], rows: Iterator[Cells]) -> None:
    part.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
    for number, cells in enumerate(rows, 1):
        written = "".join(_cell(f"{column_letter(index)}{number}", *cell) for index, cell in enumerate(cells))
        part.write(f'<row r="{number}">{written}</row>'.encode())
    part.write(b"</sheetData></worksheet>")


def _cell(place: str, text: str, style: int) -> str:
    if not text:
        return f'<c r="{place}" s="{style}"/>' if style else ""
    kept = escape(_NOT_IN_XML.sub("", text)[:MAX_CELL_CHARACTERS])
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{kept}</t></is></c>'
