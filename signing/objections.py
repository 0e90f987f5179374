"""Whether a PDF can be signed: what moves, hides, runs, or belongs to another form or signature can't (signing.md 8.1).

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

from signing.errors import NotSignable

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


def check_signable(pdf: bytes) -> None:
    """Raises `NotSignable` with one of `REASONS` when `pdf` can't be signed.

    It reads a stranger's bytes in this process: for what was uploaded there is `signing.isolated`.
    """
    if len(pdf) > LARGEST:
        raise NotSignable("too_large")
    try:
        _check(pdf)
    except NotSignable:
        raise
    except Exception:
        # Which errors pyHanko has for what it can't read is not told by their types (signing.md 8.1).
        raise NotSignable("damaged") from None


def _check(pdf: bytes) -> None:
    reader = PdfFileReader(io.BytesIO(pdf))
    if reader.encrypted:
        raise NotSignable("encrypted")
    if reader.xrefs.hybrid_xrefs_present:
        # Two tables of contents in one: each reader may follow another.
        raise NotSignable("damaged")
    root = reader.root
    _check_root(reader, root)
    pages = list(_pages(root["/Pages"]))
    if not pages or len(pages) != int(root["/Pages"]["/Count"]):
        raise NotSignable("damaged")
    annotations = 0
    for page in pages:
        if "/AA" in page:
            raise NotSignable("script")
        for annotation in _followed(page, "/Annots", ()):
            annotations += 1
            _check_annotation(annotation.get_object())
            if annotations > _MOST_ANNOTATIONS:
                raise NotSignable("too_large")


def _check_root(reader: PdfFileReader, root: generic.DictionaryObject) -> None:
    if "/Perms" in root or "/DSS" in root:
        raise NotSignable("signed")
    if "/AcroForm" in root:
        raise NotSignable("signed" if reader.embedded_signatures else "form")
    if "/OCProperties" in root:
        raise NotSignable("layers")
    if "/Collection" in root or "/AF" in root:
        raise NotSignable("attachments")
    names = _followed(root, "/Names", {})
    if "/EmbeddedFiles" in names:
        raise NotSignable("attachments")
    if "/JavaScript" in names or "/AA" in root:
        raise NotSignable("script")
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
            raise NotSignable("too_large")
        if "/Kids" in current:
            waiting += [kid.get_object() for kid in reversed(current["/Kids"])]
        else:
            yield current


def _check_annotation(annotation: generic.DictionaryObject) -> None:
    kind = str(annotation["/Subtype"])
    if kind == "/Widget":
        raise NotSignable("form")
    if kind == "/FileAttachment":
        raise NotSignable("attachments")
    if kind in ("/Screen", "/RichMedia", "/Movie", "/Sound", "/3D") or "/AA" in annotation:
        raise NotSignable("script")
    if kind != "/Link":
        raise NotSignable("remarks")
    if "/A" in annotation:
        _check_action(annotation["/A"])


def _check_action(action: Any) -> None:
    # A place in the document is an array or a name; an action is a dictionary, and may have others behind it.
    if not isinstance(action, generic.DictionaryObject):
        return
    if "/S" not in action or str(action["/S"]) not in _HARMLESS_ACTIONS or "/Next" in action:
        raise NotSignable("script")


def _check_bookmarks(outlines: generic.DictionaryObject) -> None:
    waiting, seen = [outlines], 0
    while waiting:
        current = waiting.pop()
        seen += 1
        # A ring of bookmarks ends here as well.
        if seen > _MOST_BOOKMARKS:
            raise NotSignable("too_large")
        if "/A" in current:
            _check_action(current["/A"])
        waiting += [current[name] for name in ("/First", "/Next") if name in current]


def _followed(owner: generic.DictionaryObject, name: str, otherwise: Any) -> Any:
    """What `owner` has under `name`, also when it is a reference, which `get` would not follow."""
    return owner[name] if name in owner else otherwise  # noqa: SIM401
