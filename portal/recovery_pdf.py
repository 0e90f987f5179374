"""The recovery sheet as a PDF to print: tagged, with the code as QR and in groups, in the language of who makes it.

Design 2.1.
"""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path

import segno
import typst
from flask_babel import gettext as _

from crypto.recovery_code import lines_of
from portal.formats import long_date
from portal.languages import language_of_request

SOURCE = Path(__file__).resolve().parent.parent / "templates" / "recovery_sheets" / "sheet.typ"
# A quarter of the code may be lost to a fold or a stain; four modules around it are what ISO/IEC 18004 asks for.
CORRECTION, QUIET_ZONE = "q", 4


@dataclass(frozen=True)
class PrintedSheet:
    """What stands on a sheet; `opens` ends a sentence (this sheet opens …), `becomes` follows a name (… is so and so).

    `address` is that of the page of the way back, `code` what `crypto.recovery_code` writes.
    """

    number: str
    organisation: str
    opens: str
    named: str
    made_by: str
    made_at: datetime
    becomes: str
    address: str
    code: str = field(repr=False)


def render_sheet(sheet: PrintedSheet) -> bytes:
    """Return the PDF (PDF/UA-1), in about a fifth of a second."""
    try:
        return _compiled(_with_names(sheet, _on_one_line))
    except typst.TypstError:
        # PDF/UA forbids a character that the font lacks: a name in such letters is printed as far as it can be.
        return _compiled(_with_names(sheet, _in_ascii))


def scanned_address(address: str, code: str) -> str:
    """What the QR code holds: the page of the way back, with the code where no browser sends it to a server."""
    return f"{address}#{code}"


def _compiled(sheet: PrintedSheet) -> bytes:
    # What people are called is data, never source: it reaches the document as JSON.
    return typst.compile(
        SOURCE.read_bytes(),
        format="pdf",
        sys_inputs={"sheet": json.dumps(_content(sheet))},
        font_paths=fonts(),
        pdf_standards=["ua-1"],
        timestamp=int(sheet.made_at.timestamp()),
    )


def _with_names(sheet: PrintedSheet, change: Callable[[str], str]) -> PrintedSheet:
    return replace(
        sheet,
        organisation=change(sheet.organisation),
        opens=change(sheet.opens),
        named=change(sheet.named),
        made_by=change(sheet.made_by),
    )


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _in_ascii(text: str) -> str:
    folded = unicodedata.normalize("NFKD", _on_one_line(text))
    return "".join("" if unicodedata.combining(letter) else letter if letter.isascii() else "?" for letter in folded)


@cache
def fonts() -> typst.Fonts:
    # The fonts within the library, so that the sheet is the same on every server.
    return typst.Fonts(include_system_fonts=False)


def _content(sheet: PrintedSheet) -> dict[str, object]:
    return {
        "language": language_of_request().value,
        "title": _("Herstelblad %(number)s", number=sheet.number),
        "footer": _(
            "Herstelblad %(number)s, gemaakt op %(date)s. Bewaar het op papier, achter slot.",
            number=sheet.number,
            date=long_date(sheet.made_at),
        ),
        "words": {
            "heading": _("Herstelblad Datakluis"),
            "code": _("De code van dit blad"),
            "letters": _("Er staat geen letter I, L, O of U in: wat daarop lijkt, is een 1 of een 0."),
            "steps": _("Zo komt u weer binnen"),
            "warnings": _("Let op"),
        },
        "explanation": _(
            "Dit blad opent %(opens)s, samen met de login van %(named)s. Het is bedoeld voor als niemand meer bij de "
            "sleutel kan, omdat wachtwoorden en back-up codes verloren zijn. Het blad alleen opent niets, en de login "
            "van %(named)s alleen ook niet.",
            opens=sheet.opens,
            named=sheet.named,
        ),
        "facts": [
            (_("Organisatie"), sheet.organisation),
            (_("Opent"), sheet.opens),
            (_("Op naam van"), sheet.named),
            (_("Gemaakt op"), long_date(sheet.made_at)),
            (_("Gemaakt door"), sheet.made_by),
            (_("Nummer"), sheet.number),
        ],
        "lines": [
            (_("Regel %(number)s", number=number), line) for number, line in enumerate(lines_of(sheet.code), start=1)
        ],
        "qr": _qr_code(sheet),
        "qr_described": _(
            "QR-code met het adres %(address)s en de code die ernaast staat.",
            address=sheet.address,
        ),
        "steps": [
            _("Scan de QR-code met een telefoon, of ga naar %(address)s.", address=sheet.address),
            _("Log in als %(named)s, met het eigen wachtwoord en de eigen app.", named=sheet.named),
            _("De gescande code staat dan al ingevuld. Zonder telefoon: typ de vier regels over."),
            _("Datakluis zegt wat er gaat gebeuren. Kies Herstelblad gebruiken."),
            _(
                "Wie inlogde heeft nu de sleutel, %(becomes)s, en laat de anderen weer toe zodra die een nieuw "
                "wachtwoord hebben.",
                becomes=sheet.becomes,
            ),
            _("Dit blad is dan op. Maak meteen een nieuw."),
        ],
        "warnings": [
            _("Bewaar dit blad op papier en achter slot, bij iemand anders dan degene op wiens naam het staat."),
            _("Maak er geen foto van, mail het niet en bewaar het bestand niet: verwijder het na het afdrukken."),
            _("Krijgt degene op wiens naam het staat een nieuwe sleutel, dan vervalt dit blad. Maak dan een nieuw."),
            _("Is het blad zoek? Verklaar het vervallen in Datakluis."),
        ],
    }


def _qr_code(sheet: PrintedSheet) -> str:
    drawing = io.BytesIO()
    code = segno.make(scanned_address(sheet.address, sheet.code), error=CORRECTION, boost_error=False)
    code.save(drawing, kind="svg", border=QUIET_ZONE, xmldecl=False)
    return drawing.getvalue().decode()
