"""What is against signing a PDF: whatever moves, hides or runs, and other forms and signatures (signing.md 8.1).

Knows pyHanko and nothing of the portal, so that a process with nothing else can do it.

A signature says that somebody saw a document. What can show one thing today and another tomorrow without a byte being
changed (scripts, layers, form fields and remarks of foreign origin) would make that untrue, and what tells a changed
document from a signed one can't see through all of it either.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

REASONS = frozenset(
    {
        "attachments",
        "damaged",
        "encrypted",
        "form",
        "layers",
        "remarks",
        "script",
        "signed",
        "too_large",
    }
)
LARGEST = 50 * 1024 * 1024
MOST_PAGES = 2000
_MOST_ANNOTATIONS = 20000
_MOST_BOOKMARKS = 20000
_HARMLESS_ACTIONS = frozenset({"/GoTo", "/URI", "/Named"})


class _Objection(Exception):
    """Something in a PDF is against signing it."""


def objection_to(pdf: bytes) -> str:
    """Return which of `REASONS` is against signing `pdf`; empty when there is none.

    It reads a stranger's bytes in this process: `signing.checking` does it in another one.
    """
    if len(pdf) > LARGEST:
        return "too_large"
    try:
        _check(pdf)
    except _Objection as objection:
        return str(objection)
    except Exception:
        # Which errors pyHanko has for what it can't read is not told by their types (signing.md 8.1).
        return "damaged"
    return ""


def _check(pdf: bytes) -> None:
    reader = PdfFileReader(io.BytesIO(pdf))
    if reader.encrypted:
        raise _Objection("encrypted")
    if reader.xrefs.hybrid_xrefs_present:
        # Two tables of contents in one: each reader may follow another.
        raise _Objection("damaged")
    root = reader.root
    _check_root(reader, root)
    pages = list(_pages(root["/Pages"]))
    if not pages or len(pages) != int(root["/Pages"]["/Count"]):
        raise _Objection("damaged")
    annotations = 0
    for page in pages:
        if "/AA" in page or "/PresSteps" in page:
            raise _Objection("script")
        if "/AF" in page:
            raise _Objection("attachments")
        for annotation in _followed(page, "/Annots", ()):
            annotations += 1
            _check_annotation(annotation.get_object())
            if annotations > _MOST_ANNOTATIONS:
                raise _Objection("too_large")


def _check_root(reader: PdfFileReader, root: generic.DictionaryObject) -> None:
    if "/Perms" in root or "/DSS" in root:
        raise _Objection("signed")
    if "/AcroForm" in root:
        raise _Objection("signed" if reader.embedded_signatures else "form")
    if "/OCProperties" in root:
        raise _Objection("layers")
    if "/Collection" in root or "/AF" in root:
        raise _Objection("attachments")
    names = _followed(root, "/Names", {})
    if "/EmbeddedFiles" in names:
        raise _Objection("attachments")
    if "/JavaScript" in names or "/AA" in root:
        raise _Objection("script")
    if "/OpenAction" in root:
        _check_action(root["/OpenAction"])
    if "/Outlines" in root:
        _check_bookmarks(root["/Outlines"])


def _pages(node: generic.DictionaryObject) -> Iterator[generic.DictionaryObject]:
    waiting, seen = [node], 0
    while waiting:
        current = waiting.pop()
        seen += 1
        if seen > 2 * MOST_PAGES:
            raise _Objection("too_large")
        if "/Kids" in current:
            waiting += [kid.get_object() for kid in reversed(current["/Kids"])]
        else:
            yield current


def _check_annotation(annotation: generic.DictionaryObject) -> None:
    kind = str(annotation["/Subtype"])
    if kind == "/Widget":
        raise _Objection("form")
    if kind == "/FileAttachment":
        raise _Objection("attachments")
    if kind in ("/Screen", "/RichMedia", "/Movie", "/Sound", "/3D") or "/AA" in annotation:
        raise _Objection("script")
    # With a picture of its own a link can print what it does not show.
    if kind != "/Link" or "/AP" in annotation:
        raise _Objection("remarks")
    if "/A" in annotation:
        _check_action(annotation["/A"])


def _check_action(action: Any) -> None:
    # A place in the document is an array or a name; an action is a dictionary, and may have others behind it.
    if not isinstance(action, generic.DictionaryObject):
        return
    if "/S" not in action or str(action["/S"]) not in _HARMLESS_ACTIONS or "/Next" in action:
        raise _Objection("script")


def _check_bookmarks(outlines: generic.DictionaryObject) -> None:
    waiting, seen = [outlines], 0
    while waiting:
        current = waiting.pop()
        seen += 1
        # A ring of bookmarks ends here as well.
        if seen > _MOST_BOOKMARKS:
            raise _Objection("too_large")
        if "/A" in current:
            _check_action(current["/A"])
        waiting += [current[name] for name in ("/First", "/Next") if name in current]


def _followed(owner: generic.DictionaryObject, name: str, otherwise: Any) -> Any:
    """What `owner` has under `name`, also when it is a reference, which `get` would not follow."""
    return owner[name] if name in owner else otherwise  # noqa: SIM401
