"""Why a file is refused: a code and two Dutch sentences, what is wrong and what to do. Nothing of the file is in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from organisation.refused_files import RefusedFile

if TYPE_CHECKING:
    from documents.filling_in import Fault

N_ = str

_SAVE_AS = N_("Sla het op als PDF of als .docx, .xlsx of .pptx en voeg dat toe.")
_MAKE_ANEW = N_("Open het, sla het opnieuw op of druk het af als PDF, en voeg dat toe.")

REFUSALS: dict[str, tuple[str, str]] = {
    "empty": (N_("Dit bestand is leeg."), N_("Kijk of het goed is opgeslagen en voeg het opnieuw toe.")),
    "too_large": (
        N_("Dit bestand is groter dan %(megabytes)s MB."),
        N_("Maak het kleiner of verdeel het over meer bestanden."),
    ),
    "too_many": (
        N_("Dit zijn meer dan %(limit)s bestanden voor een bericht."),
        N_("Verstuur eerst een deel en voeg de rest aan een volgend bericht toe."),
    ),
    "no_room": (
        N_("Er staan al veel bestanden klaar die u nog niet hebt verstuurd."),
        N_("Verstuur die eerst of haal ze weg."),
    ),
    "cut_off": (N_("Dit bestand is niet helemaal overgekomen."), N_("Voeg het opnieuw toe.")),
    "unknown": (
        N_("Deze soort bestand kan niet worden gedeeld."),
        N_("Kies een PDF, een foto, een document van Word, Excel, PowerPoint of LibreOffice, of een tekstbestand."),
    ),
    "old_office": (
        N_("Dit is een oud bestand van Office (.doc, .xls of .ppt) of een bestand met een wachtwoord."),
        N_("Haal het wachtwoord eraf, of sla het op als PDF of als .docx, .xlsx of .pptx en voeg dat toe."),
    ),
    "password": (N_("Dit document is beveiligd met een wachtwoord."), N_("Haal het eraf en voeg het opnieuw toe.")),
    "archive": (
        N_("Dit is een ingepakt bestand, zoals een zip."),
        N_("Pak het uit en voeg de bestanden los toe."),
    ),
    "nested": (
        N_("In dit document zit een ingepakt bestand of een programma."),
        N_("Haal dat uit het document, of sla het document op als PDF."),
    ),
    "web_page": (N_("Dit is een webpagina of een tekening in XML (zoals SVG)."), _SAVE_AS),
    "program": (N_("Dit is een programma. Programma's kunnen niet worden gedeeld."), _SAVE_AS),
    "two_kinds": (N_("In dit bestand zit nog een ander bestand verstopt."), _MAKE_ANEW),
    "damaged": (N_("Dit bestand is beschadigd of anders opgebouwd dan hoort."), _MAKE_ANEW),
    "too_large_inside": (
        N_("Uitgepakt is dit bestand veel te groot."),
        N_("Sla het document opnieuw op, of maak er een PDF van."),
    ),
    "too_many_pixels": (
        N_("Dit plaatje heeft te veel beeldpunten: meer dan %(limit)s miljoen."),
        N_("Maak het plaatje kleiner en voeg het opnieuw toe."),
    ),
    "macros": (
        N_("In dit document zitten macro's: opdrachten die iemands computer zou uitvoeren."),
        N_("Sla het op zonder macro's (.docx, .xlsx of .pptx) of als PDF."),
    ),
    "active_pdf": (
        N_("In deze PDF zitten opdrachten die iemands computer zou uitvoeren (JavaScript of een programma)."),
        N_("Druk het af als nieuwe PDF en voeg die toe."),
    ),
    "unreadable_pdf": (
        N_("Deze PDF is zo opgeslagen dat niet na te kijken is of er opdrachten in zitten."),
        N_("Druk het af als nieuwe PDF en voeg die toe."),
    ),
    "virus": (
        N_("In dit bestand is een virus gevonden. Het is niet bewaard."),
        N_("Open het bestand niet en vraag uw beheerder wat u moet doen."),
    ),
    "not_scanned": (
        N_("De controle op virussen werkt nu niet. Daarom is het bestand niet bewaard."),
        N_("Probeer het over een paar minuten opnieuw."),
    ),
    "too_large_to_scan": (
        N_("Dit bestand is te groot voor de controle op virussen. Daarom is het niet bewaard."),
        N_("Maak het kleiner of verdeel het over meer bestanden."),
    ),
}

MERGE_REFUSALS: dict[str, tuple[str, str]] = {
    "not_mergeable": (
        N_("Deze soort bestand kan niet worden samengevoegd tot één PDF."),
        N_("Kies alleen PDF's, foto's (PNG, JPEG, GIF of WebP) en tekstbestanden, of sla de bestanden los op."),
    ),
    "not_merged": (
        N_("Dit bestand kan niet worden samengevoegd: het is beschadigd of anders opgebouwd dan hoort."),
        N_("Sla het los op, of druk het af als nieuwe PDF en voeg die toe."),
    ),
    "not_merged_together": (
        N_("Deze bestanden vragen samen te veel om er één PDF van te maken."),
        N_("Voeg er minder samen, of sla de bestanden los op."),
    ),
    "too_large_together": (
        N_("Samen zijn deze bestanden groter dan %(megabytes)s MB."),
        N_("Voeg er minder samen, of sla de bestanden los op."),
    ),
    "too_many_pages": (
        N_("Met dit bestand erbij wordt de PDF langer dan %(limit)s bladzijden."),
        N_("Voeg er minder samen, of sla de bestanden los op."),
    ),
    "signed_pdf": (
        N_("Deze PDF is digitaal ondertekend. In een samengevoegde PDF geldt die ondertekening niet meer."),
        N_("Sla dit bestand los op."),
    ),
    "merging_busy": (
        N_("Er worden nu al bestanden samengevoegd."),
        N_("Probeer het over een minuut opnieuw."),
    ),
}

_SENTENCES = {**REFUSALS, **MERGE_REFUSALS}


class DocumentsError(Exception):
    """The root of every error of this package."""


class FileRefused(DocumentsError, RefusedFile):
    """The file can't be kept; nothing of it was. The code is a key of `REFUSALS` or of `MERGE_REFUSALS`."""

    sentences = _SENTENCES


class MergeRefused(FileRefused):
    """Files can't become one PDF; nothing was made.

    Attributes:
        name: which of them is the reason, where it is one.
    """

    def __init__(self, code: str, name: str | None = None, **parameters: str | int) -> None:
        super().__init__(code, **parameters)
        self.name = name


class FileGone(DocumentsError):
    """What a file holds is not there, or not all of it."""

    def __init__(self) -> None:
        super().__init__("what the file holds is not in the store")


class StoreUnavailable(DocumentsError):
    """The folder of the files can't be written: the disk is full, or it is not there."""

    def __init__(self) -> None:
        super().__init__("the store of files takes nothing")


class NoPreview(DocumentsError):
    """A page of a document can't be shown: it is damaged, asks too much, or all who render are busy.

    Attributes:
        busy: it may work a little later.
    """

    def __init__(self, *, busy: bool = False) -> None:
        super().__init__("the page can't be shown")
        self.busy = busy


class FormRefused(DocumentsError):
    """What was typed in the form of a document can't be kept.

    Attributes:
        faults: what is wrong, by the place in the form.
    """

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        super().__init__("the form is not filled in as it should be")
        self.faults = faults


class NewerVersion(DocumentsError):
    """Somebody else made a version of the document while this one was being filled in.

    Attributes:
        number: that of the newest.
    """

    def __init__(self, number: int) -> None:
        super().__init__("the document has a newer version")
        self.number = number


class NameMissing(DocumentsError):
    """A document has a name."""


class OfOtherSide(DocumentsError):
    """Another organisation put the document in the dossier: only that one decides who sees it, or removes it."""


class SignedStays(DocumentsError):
    """A version of the document was signed, so that it is not removed."""


class BeingSigned(DocumentsError):
    """The document is being signed, so that until that has ended it is not removed, nor taken from whoever sees it."""


class MailRefused(DocumentsError):
    """What was typed to send a document by mail can't be sent.

    Attributes:
        faults: what is wrong, by the name of the field.
    """

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        super().__init__("the mail is not as it should be")
        self.faults = faults
