"""Files to share: one of each kind, and of everything that is refused, made here byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

from documents.kinds import FileKind

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


def pdf(*objects: bytes, pages: int = 1, text: str = "Verslag van het gesprek", trailer: bytes = b"") -> bytes:
    """A PDF of some pages with a line of text on each; `objects` are added to it."""
    kids = " ".join(f"{10 + 2 * number} 0 R" for number in range(pages))
    parts = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    for number in range(pages):
        line = f"BT /F1 24 Tf 60 700 Td ({text} {number + 1}) Tj ET".encode()
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {11 + 2 * number} 0 R "
        parts[10 + 2 * number] = page.encode() + b"/Resources << /Font << /F1 3 0 R >> >> >>"
        parts[11 + 2 * number] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(line), line)
    parts.update(enumerate(objects, start=100_000))
    return _assembled(parts, trailer)


def _assembled(parts: Mapping[int, bytes], trailer: bytes) -> bytes:
    found, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    for number, part in parts.items():
        places[number] = len(found)
        found += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(found)
    found += b"xref\n"
    for number, place in places.items():
        found += b"%d 1\n%010d 00000 n \n" % (number, place)
    found += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (max(parts) + 1, trailer, start)
    return bytes(found)


def object_stream(inside: bytes, dictionary: bytes = b"/Filter /FlateDecode") -> bytes:
    """An object stream of PDF, deflated where the dictionary says so."""
    data = zlib.compress(inside) if b"Flate" in dictionary else inside
    return b"<< /Type /ObjStm /N 1 /First 4 %s /Length %d >>\nstream\r\n%s\nendstream" % (dictionary, len(data), data)


def png(width: int = 8, height: int = 8, extra: bytes = b"") -> bytes:
    """A PNG; with many pixels its data are not those of its header, since nobody should look at them."""
    rows = b"".join(b"\0" + b"\x20\x80\xa0" * width for _row in range(height)) if width * height < 1e6 else b""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + chunks[0] + extra + b"".join(chunks[1:])


def jpeg(width: int = 8, height: int = 8, comment: bytes = b"") -> bytes:
    """The headers of a JPEG and the end of one, with nothing to see between them."""
    noted = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\0"
    return (
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
        + noted
        + frame
        + b"\xff\xda\0\x08"
        + b"\x01\x01\0\0\x3f\0\0\xff\xd9"
    )


def gif(width: int = 1, height: int = 1) -> bytes:
    """A GIF of one dot."""
    head = b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0\0\0\0\xff\xff\xff"
    return head + b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"


def webp(width: int = 8, height: int = 8) -> bytes:
    """The header of a WebP."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size
    return b"RIFF" + struct.pack("<I", len(body)) + body


def heic(width: int = 8, height: int = 8) -> bytes:
    """The boxes of a HEIC that say how large it is."""

    def box(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data) + 8) + name + data

    size = box(b"ispe", bytes(4) + struct.pack(">II", width, height))
    meta = box(b"meta", bytes(4) + box(b"iprp", box(b"ipco", size)))
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + meta + box(b"mdat", bytes(64))


def package(parts: Mapping[str, bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    """A zip with these parts, in their order."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
    return found.getvalue()


def office(part: str = "word/document.xml", more: Mapping[str, bytes] | None = None) -> bytes:
    """A document of Office."""
    return package({"[Content_Types].xml": b"<Types/>", part: b"<w:document/>", **(more or {})})


def open_document(media_type: str = "text", more: Mapping[str, bytes] | None = None) -> bytes:
    """A document of LibreOffice."""
    kind = f"application/vnd.oasis.opendocument.{media_type}".encode()
    return package({"mimetype": kind, "content.xml": b"<office/>", **(more or {})}, stored=("mimetype",))


def many_entries() -> bytes:
    """A document with more parts than any has."""
    return office(more={f"word/media/{number}.bin": b"" for number in range(10_001)})


def lying_about_size(data: bytes) -> bytes:
    """A document in whose directory a part is said to unpack to 900 MB."""
    place = data.find(b"PK\x01\x02")
    return data[: place + 24] + struct.pack("<I", 900_000_000) + data[place + 28 :]


def overlapping() -> bytes:
    """A document whose parts lie over one another, so that it unpacks to far more than it has (Fifield, 2019)."""
    data = bytearray(office(more={"word/a.xml": bytes(9_000), "word/b.xml": bytes(9_000)}))
    second = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)
    data[second + 42 : second + 46] = struct.pack("<I", 1)
    return bytes(data)


def with_comment(data: bytes, comment: bytes) -> bytes:
    """The same zip with something behind it that its end allows for."""
    return data[:-2] + struct.pack("<H", len(comment)) + comment


def encrypted(data: bytes) -> bytes:
    """The same zip, of which the directory says that a part has a password."""
    place = data.find(b"PK\x01\x02")
    return data[: place + 8] + b"\x01\x00" + data[place + 10 :]


GOOD: Mapping[str, tuple[Callable[[], bytes], FileKind]] = {
    "verslag.pdf": (pdf, FileKind.PDF),
    "samengepakt.pdf": (lambda: pdf(object_stream(b"1 0 << /Title (x) >>")), FileKind.PDF),
    "foto.png": (png, FileKind.PNG),
    "foto.jpg": (jpeg, FileKind.JPEG),
    "plaatje.gif": (gif, FileKind.GIF),
    "foto.webp": (webp, FileKind.WEBP),
    "foto.heic": (heic, FileKind.HEIC),
    "brief.docx": (office, FileKind.WORD),
    "rooster.xlsx": (lambda: office("xl/workbook.xml"), FileKind.EXCEL),
    "dia.pptx": (lambda: office("ppt/presentation.xml"), FileKind.POWERPOINT),
    "brief.odt": (open_document, FileKind.TEXT_DOCUMENT),
    "rooster.ods": (lambda: open_document("spreadsheet"), FileKind.SPREADSHEET),
    "lijst.csv": (lambda: b"Naam;Uren\r\nSmit;36\r\n", FileKind.CSV),
    "notitie.txt": (lambda: "Geachte heer Çelik,\nTot morgen.\n".encode("cp1252"), FileKind.TEXT),
    "unicode.txt": (lambda: "Tot morgen, Şahin\n".encode("utf-16"), FileKind.TEXT),
}

_DOCM = {"word/vbaProject.bin": OLE}
BAD: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "leeg.pdf": (lambda: b"", "empty"),
    "programma.pdf": (lambda: b"MZ" + bytes(100), "program"),
    "programma.txt": (lambda: b"#!/bin/sh\nrm -rf /\n", "program"),
    "elf": (lambda: b"\x7fELF" + bytes(100), "program"),
    "brief.doc": (lambda: OLE, "old_office"),
    "alles.zip": (lambda: package({"a.txt": b"a"}), "archive"),
    "alles.rar": (lambda: b"Rar!\x1a\x07\x01\0", "archive"),
    "boek.docx": (lambda: package({"[Content_Types].xml": b"", "a.xml": b""}), "archive"),
    "pagina.txt": (lambda: b"  <!DOCTYPE html><script>alert(1)</script>", "web_page"),
    "tekening.png": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "web_page"),
    "geluid.pdf": (lambda: b"ID3\x04\0\0\0\0\0\0" + bytes(range(256)), "unknown"),
    "brief.rtf": (lambda: b"{\\rtf1 {\\object}}", "unknown"),
    "nul.txt": (lambda: b"tekst\0tekst", "unknown"),
    "bom_in_deel.docx": (lambda: office(more={"word/media/a.bin": bytes(30_000_000)}), "too_large_inside"),
    "bom_in_directory.docx": (lambda: lying_about_size(office()), "too_large_inside"),
    "bom_van_delen.docx": (many_entries, "too_large_inside"),
    "bom_over_elkaar.docx": (overlapping, "too_large_inside"),
    "bom_in_bom.docx": (lambda: office(more={"word/embeddings/a.zip": package({"b": b""})}), "nested"),
    "programma_in.docx": (lambda: office(more={"word/embeddings/setup.exe": b"MZ"}), "nested"),
    "weg.docx": (lambda: office(more={"../../etc/passwd": b""}), "damaged"),
    "macro.docx": (lambda: office(more=_DOCM), "macros"),
    "macro.odt": (lambda: open_document(more={"Basic/Standard/Module1.xml": b""}), "macros"),
    "wachtwoord.docx": (lambda: encrypted(office()), "password"),
    "afgebroken.docx": (lambda: office()[:-30], "damaged"),
    "achteraan.docx": (lambda: office() + b"%PDF-1.7", "damaged"),
    "opmerking.docx": (lambda: with_comment(office(), b"<script>"), "damaged"),
    "twee.docx": (lambda: office(more={"xl/workbook.xml": b""}), "two_kinds"),
    "plaatje_en_zip.gif": (lambda: gif() + package({"a.txt": b"a"}), "two_kinds"),
    "pdf_en_zip.pdf": (lambda: pdf() + package({"a.txt": b"a"}), "two_kinds"),
    "plaatje_en_pdf.jpg": (lambda: jpeg(comment=pdf()), "two_kinds"),
    "plaatje_en_pagina.jpg": (lambda: jpeg(comment=b"<script>alert(1)</script>"), "two_kinds"),
    "achter_plaatje.png": (lambda: png() + b"meer", "two_kinds"),
    "achter_plaatje.webp": (lambda: webp() + b"meer", "two_kinds"),
    "bom.png": (lambda: png(60_000, 60_000), "too_many_pixels"),
    "bom.jpg": (lambda: jpeg(40_000, 40_000), "too_many_pixels"),
    "bom.gif": (lambda: gif(65_535, 65_535), "too_many_pixels"),
    "bom.webp": (lambda: webp(16_000_000, 16_000_000), "too_many_pixels"),
    "bom.heic": (lambda: heic(100_000, 100_000), "too_many_pixels"),
    "afgebroken.png": (lambda: png()[:-20], "damaged"),
    "afgebroken.jpg": (lambda: jpeg()[:30], "damaged"),
    "afgebroken.gif": (lambda: gif()[:-1], "damaged"),
    "afgebroken.webp": (lambda: webp()[:-4], "damaged"),
    "afgebroken.heic": (lambda: heic()[:-4], "damaged"),
    "niets.png": (lambda: png(0, 8), "damaged"),
    "afgebroken.pdf": (lambda: pdf()[:-30], "damaged"),
    "script.pdf": (lambda: pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"), "active_pdf"),
    "script_vermomd.pdf": (lambda: pdf(b"<< /S /J#61vaScrip#74 /JS (x) >>"), "active_pdf"),
    "start.pdf": (lambda: pdf(b"<< /S /Launch /F (cmd.exe) >>"), "active_pdf"),
    "verborgen.pdf": (lambda: pdf(object_stream(b"1 0 << /S /JavaScript /JS (x) >>")), "active_pdf"),
    "verborgen_open.pdf": (lambda: pdf(object_stream(b"1 0 << /S /Launch >>", b"")), "active_pdf"),
    "onleesbaar.pdf": (lambda: pdf(object_stream(b"x", b"/Filter /LZWDecode")), "unreadable_pdf"),
    "onleesbaar_twee.pdf": (
        lambda: pdf(object_stream(b"x", b"/Filter [/ASCIIHexDecode /FlateDecode]")),
        "unreadable_pdf",
    ),
    "bom.pdf": (lambda: pdf(object_stream(bytes(65 * 1024 * 1024))), "too_large_inside"),
}
