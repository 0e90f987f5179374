"""The languages in which people read screens and mails: Dutch, in which all texts are written, and English."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

CATALOGUES = Path(__file__).resolve().parent.parent / "translations"


class Language(StrEnum):
    """A language to choose, under its code of ISO 639-1."""

    DUTCH = "nl"
    ENGLISH = "en"


@cache
def translations(language: Language) -> NullTranslations:
    """Return the texts in `language`, read once a process.

    They come from the catalogue that translators write, and not from a compiled copy that could lag behind it. Raises
    what reading raises.
    """
    if language is Language.DUTCH:
        return NullTranslations()
    with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        catalogue = read_po(source, locale=language, domain="messages", abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
