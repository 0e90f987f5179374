"""Bring the catalogue of English texts up to date with the sources: new texts come in empty, texts that went go out.

    make translations

What is left to translate is printed. The texts of the sources are Dutch; how a text is marked stands in
docs/architecture.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from delivery.languages import CATALOGUES, Language

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = CATALOGUES / Language.ENGLISH / "LC_MESSAGES" / "messages.po"
PACKAGES = (
    "accounts", "audit", "delivery", "dialogs", "documents", "keys", "organisation", "portal", "signing", "vault",
)  # fmt: skip
METHODS = [
    *((f"{package}/**.py", "python") for package in PACKAGES),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
HEADER = """\
msgid ""
msgstr ""
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None}


def extracted() -> Catalog:
    """Return every text of the sources that is marked for translation."""
    found = Catalog(domain="messages")
    texts = extract_from_dir(
        ROOT,
        method_map=METHODS,
        keywords=KEYWORDS,
        comment_tags=["Translators:"],
        strip_comment_tags=True,
        directory_filter=_is_searched,
    )
    for file, _line, text, comments, context in texts:
        found.add(text, None, [(file, None)], auto_comments=comments, context=context)
    return found


def translated() -> Catalog:
    """Return the catalogue as it is. Raises `babel.messages.pofile.PoFileError` for a file that is out of order."""
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale=Language.ENGLISH.value, domain="messages", abort_invalid=True)


def update() -> list[str]:
    """Write the catalogue anew; return what is left to translate."""
    catalogue = translated()
    catalogue.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    with CATALOGUE.open("wb") as target:
        target.write(HEADER.encode())
        write_po(target, catalogue, 118, omit_header=True, sort_output=True, ignore_obsolete=True, include_lineno=False)
    return [str(message.id) for message in catalogue if message.id and not all(forms(message.string))]


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the forms of a text or its translation: one, or one for each number."""
    return tuple(text) if isinstance(text, list | tuple) else (text or "",)


def _is_searched(folder: str) -> bool:
    path = Path(folder)
    return path.parent != ROOT or path.name in {*PACKAGES, "templates"}


if __name__ == "__main__":
    left = update()
    sys.stdout.write("".join(f"to translate: {text}\n" for text in left))
    sys.exit(1 if left else 0)
