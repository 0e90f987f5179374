"""The recovery sheet as a PDF to print: tagged, with the code as QR and in groups, in the language of who makes it.

Design 2.1.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import segno
from flask_babel import gettext as _

from crypto.recovery_code import lines_of
from documents.typesetting import typeset
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
    return typeset(SOURCE, "sheet", _content(_with_names_on_one_line(sheet)), sheet.made_at)


def scanned_address(address: str, code: str) -> str:
    """What the QR code holds: the page of the way back, with the code where no browser sends it to a server."""
    return f"{address}#{code}"


def _with_names_on_one_line(sheet: PrintedSheet) -> PrintedSheet:
    return replace(
        sheet,
        organisation=_on_one_line(sheet.organisation),
        opens=_on_one_line(sheet.opens),
        named=_on_one_line(sheet.named),
        made_by=_on_one_line(sheet.made_by),
    )


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


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
