"""Dutch that is left on a page that should be English: what is read, or read aloud, minus what is Dutch on purpose."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import html5lib

# Words that English does not have, from every kind of sentence; *de* stands in surnames too.
WORDS = re.compile(
    r"\b(?:aan|alle|arbodienst|bij|datakluisbeheerder|datum|deze|dit|een|geen|gebruikers?|het|ingelogd|kies|kiest|naam|naar"
    r"|niet|nog|nieuwe?|opslaan|toevoegen|toon|uit|uw|verwijderen|volgende|voor|vul|werkgevers?|werknemers?|wie|wijzigen"
    r"|worden|wordt|zijn|zoeken|zonder)\b",
    re.IGNORECASE,
)
SPOKEN = ("alt", "aria-description", "aria-label", "data-hide-label", "data-left", "data-over", "placeholder", "title")
SILENT = {"script", "style", "template"}


def read(markup: str) -> tuple[str, str]:
    """Return the language that a page says it is in, and the text of it that is in that language."""
    root = html5lib.parse(markup, namespaceHTMLElements=False)
    return root.get("lang", ""), " ".join(_pieces(root, root.get("lang", "")))


def dutch_in(markup: str, *data: str) -> list[str]:
    """Return the Dutch words of a page with what is round them, leaving out `data`: what people typed themselves."""
    _language, text = read(markup)
    for typed in data:
        text = text.replace(typed, " ")
    return [text[max(0, found.start() - 30) : found.end() + 30].strip() for found in WORDS.finditer(text)]


def _pieces(element: Element, language: str) -> list[str]:
    if not isinstance(element.tag, str) or element.tag in SILENT or element.get("lang", language) != language:
        return [element.tail or ""]
    pieces = [element.get(name, "") for name in SPOKEN]
    if element.tag == "input" and element.get("type") == "submit":
        pieces.append(element.get("value", ""))
    pieces.append(element.text or "")
    for child in element:
        pieces.extend(_pieces(child, language))
    return [*pieces, element.tail or ""]
