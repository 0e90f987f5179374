"""Why a file or an import is refused: a code and two Dutch sentences, what is wrong and what to do.

Nothing in an error comes from a cell of the file; a heading is the only text of the file that a message may show.
"""

from __future__ import annotations

from organisation.refused_files import RefusedFile
from vault.errors import VaultError

N_ = str

_SAVE_AS = N_("Open het bestand in Excel of LibreOffice en sla het op als Excel-werkmap (.xlsx).")
_SAVE_AGAIN = N_("Open het bestand in Excel of LibreOffice, sla het opnieuw op als .xlsx en stuur dat.")
_TEMPLATE = N_("Gebruik het voorbeeldbestand, of geef de kolommen de namen die daarin staan.")

REFUSALS: dict[str, tuple[str, str]] = {
    "empty": (N_("Het bestand is leeg."), N_("Kies een bestand met een rij koppen en daaronder de werknemers.")),
    "too_large": (
        N_("Het bestand is groter dan %(megabytes)s MB."),
        N_(
            "Haal weg wat niet nodig is, zoals plaatjes en andere bladen, of verdeel de werknemers over meer bestanden."
        ),
    ),
    "too_large_inside": (
        N_("Uitgepakt is het bestand veel te groot."),
        N_("Kopieer alleen de kolommen met werknemers naar een nieuw bestand en stuur dat."),
    ),
    "password": (
        N_("Het bestand is beveiligd met een wachtwoord."),
        N_("Haal het wachtwoord eraf in Excel (Bestand, Info, Werkmap beveiligen) en stuur het bestand opnieuw."),
    ),
    "old_excel": (N_("Dit is een bestand van een oude Excel (.xls)."), _SAVE_AS),
    "binary_excel": (N_("Dit is een binaire Excel-werkmap (.xlsb)."), _SAVE_AS),
    "open_document": (N_("Dit is een OpenDocument-bestand (.ods of .odt)."), _SAVE_AS),
    "web_page": (N_("Dit is een webpagina of XML-bestand, geen werkmap."), _SAVE_AS),
    "not_a_table": (
        N_("Dit is geen Excel-werkmap (.xlsx) en geen CSV-bestand."),
        N_("Kies een .xlsx- of .csv-bestand met werknemers."),
    ),
    "not_a_workbook": (N_("Dit bestand is ingepakt (zip), maar het is geen Excel-werkmap."), _SAVE_AS),
    "damaged": (N_("Het bestand is beschadigd of niet helemaal overgekomen."), _SAVE_AGAIN),
    "unusual": (N_("Het bestand bevat onderdelen die niet in een gewone werkmap horen."), _SAVE_AGAIN),
    "no_sheet": (N_("In de werkmap staat geen zichtbaar werkblad."), N_("Zet de werknemers op het eerste werkblad.")),
    "no_such_sheet": (
        N_("Dit werkblad staat niet in het bestand, of het is verborgen of leeg."),
        N_("Kies een van de bladen die het bestand heeft."),
    ),
    "too_many_rows": (
        N_("Het bestand heeft meer dan %(limit)s rijen."),
        N_("Verdeel de werknemers over meer bestanden en haal lege rijen onderaan weg."),
    ),
    "too_many_columns": (
        N_("Het bestand heeft meer dan %(limit)s kolommen."),
        N_("Kopieer alleen de kolommen die nodig zijn naar een nieuw bestand."),
    ),
    "too_many_cells": (
        N_("Het bestand heeft meer dan %(limit)s cellen."),
        N_("Kopieer alleen de kolommen die nodig zijn, of verdeel de werknemers over meer bestanden."),
    ),
    "cell_too_long": (
        N_("In rij %(row)s staat een cel met meer dan %(limit)s tekens, of een aanhalingsteken dat nergens sluit."),
        N_('Kort de tekst in, of kijk in die rij en de rij erboven of elk aanhalingsteken (") een paar vormt.'),
    ),
    "text_too_long": (
        N_("Samen zijn de teksten in het bestand te lang."),
        N_("Haal kolommen met lange teksten weg, of verdeel de werknemers over meer bestanden."),
    ),
    "quotes": (
        N_('In rij %(row)s staat een aanhalingsteken (") op een plaats waar dat niet kan.'),
        N_("Kijk in die rij of elk aanhalingsteken een paar vormt, of sla het bestand op als .xlsx."),
    ),
    "encoding": (
        N_("De letters van dit bestand zijn niet te lezen: de tekenset is niet te herkennen."),
        N_("Kies bij het opslaan in Excel *CSV UTF-8*, of sla het op als .xlsx."),
    ),
    "mixed_encoding": (
        N_("In dit bestand staan letters van twee tekensets door elkaar, zodat namen met accenten zouden verminken."),
        N_("Sla het bestand opnieuw op als *CSV UTF-8* of als .xlsx en kijk naar de namen met accenten."),
    ),
    "no_headings": (N_("Er is geen rij met koppen gevonden."), _TEMPLATE),
    "missing_headings": (N_("Deze kolommen ontbreken: %(names)s."), _TEMPLATE),
    "double_heading": (
        N_("De kolom %(names)s staat er twee keer in."),
        N_("Haal een van de twee weg of geef die een andere naam."),
    ),
    "no_rows": (N_("Onder de koppen staan geen werknemers."), N_("Zet elke werknemer op een rij onder de koppen.")),
}

CELL_FAULTS: dict[str, tuple[str, str]] = {
    "formula_without_value": (
        N_("In deze cel staat een formule zonder uitkomst."),
        N_("Open het bestand in Excel, sla het opnieuw op en stuur dat, of vul de uitkomst in."),
    ),
    "error_value": (
        N_("In deze cel staat een fout, zoals #N/B of #VERW!."),
        N_("Verbeter de formule in het bestand, of vul de waarde zelf in."),
    ),
}
"""What is wrong in a cell whose value cannot be known, and what to do: Dutch msgids."""


class FileRefused(VaultError, RefusedFile):
    """The file cannot be read as a list of employees; nothing of it was kept. The code is a key of `REFUSALS`."""

    sentences = REFUSALS

    @property
    def sentence(self) -> str:
        """Both sentences in Dutch, filled in."""
        return f"{self.what % self.parameters if self.parameters else self.what} {self.advice}"


class ImportGone(VaultError):
    """The import was finished, discarded or has expired, so that there is nothing left to show or write."""


class OtherImportRunning(VaultError):
    """Another import of this employer was begun; that one is finished or discarded first."""


class ImportInterrupted(VaultError):
    """The rows that this run wrote are not those that are there: another run took over. Nothing became visible."""


class NothingToImport(VaultError):
    """No row of the file is new or changes anything, so that there is nothing to write."""


class PeopleChanged(VaultError):
    """Somebody changed one of the people of the import meanwhile, or a share of one; nothing became visible."""


class NumberTaken(VaultError):
    """While the import was written somebody else used one of its personnel numbers; the preview now shows which."""


class TooManyDepartments(VaultError):
    """The file names so many unknown departments that its column must hold something else.

    Attributes:
        limit: how many can be made at once.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"at most {limit} departments are made at once")
        self.limit = limit
