"""Names of files as people gave them, made harmless and left readable (security.md, goal G)."""

from __future__ import annotations

import re
import unicodedata

from documents.kinds import EXTENSIONS, FileKind

LONGEST_NAME = 120
UNNAMED = "bestand"
# What separates folders, or means something to a shell, a browser or a file system.
_UNWANTED = re.compile(r'[<>:"|?*\\/]+')
# The names of devices of Windows, which no file can have whatever its extension.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def harmless_name(given: str, kind: FileKind) -> str:
    """Return the name under which a file is kept, shown and downloaded.

    Folders before it, control and invisible characters and those that turn the direction of writing go; a name is at
    most 120 characters. The extension is one of the file's kind: ``rekening.pdf.exe`` that is a PDF becomes
    ``rekening.pdf.exe.pdf``.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", given))[-1]
    shown = "".join(" " if character.isspace() else character for character in last if _is_shown(character))
    name = " ".join(_UNWANTED.sub("_", shown).split()).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot or extension.lower() not in EXTENSIONS[kind]:
        stem, extension = name, EXTENSIONS[kind][0]
    stem = stem[: LONGEST_NAME - len(extension) - 1].strip(" .") or UNNAMED
    if _DEVICES.fullmatch(stem):
        stem = f"_{stem}"
    return f"{stem}.{extension}"


def _is_shown(character: str) -> bool:
    # Control, format (zero width, direction of writing), surrogate, private use, not assigned; white space is kept.
    return character.isspace() or not unicodedata.category(character).startswith("C")
