"""Documents that can't be signed: to each something is added that could make it another document later."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Mapping

import pikepdf

from tests.signing.signed_documents import signed_document

Make = Callable[[bytes], bytes]


def _changed(change: Callable[[pikepdf.Pdf], None], **options: object) -> Make:
    def make(document: bytes) -> bytes:
        with warnings.catch_warnings(), pikepdf.open(io.BytesIO(document)) as opened:
            # It warns of just what is made here.
            warnings.simplefilter("ignore")
            change(opened)
            output = io.BytesIO()
            opened.save(output, **options)  # type: ignore[arg-type]
            return output.getvalue()

    return make


def _annotation(**parts: object) -> Callable[[pikepdf.Pdf], None]:
    def add(pdf: pikepdf.Pdf) -> None:
        named = {f"/{name}": value for name, value in parts.items()}
        described = pikepdf.Dictionary({"/Type": pikepdf.Name.Annot, "/Rect": [0, 0, 9, 9], **named})
        pdf.pages[0].obj["/Annots"] = pikepdf.Array([pdf.make_indirect(described)])

    return add


def _in_root(name: str, value: object) -> Callable[[pikepdf.Pdf], None]:
    def add(pdf: pikepdf.Pdf) -> None:
        pdf.Root[name] = value

    return add


def _on_page(name: str, value: object) -> Callable[[pikepdf.Pdf], None]:
    def add(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj[name] = value

    return add


def _attach(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["x.txt"] = b"hallo"


def _script(text: str = "app.alert(1)") -> pikepdf.Dictionary:
    return pikepdf.Dictionary({"/S": pikepdf.Name.JavaScript, "/JS": text})


def _page_action(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj["/AA"] = pikepdf.Dictionary({"/O": _script()})


def _bookmark(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Plan", 0))
    pdf.Root.Outlines.First["/A"] = _script()


def _named_scripts(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/Names"] = pikepdf.Dictionary({"/JavaScript": pikepdf.Dictionary({"/Names": ["x", _script()]})})


def _ring(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Plan", 0))
    first = pdf.Root.Outlines.First
    first["/Next"] = first


with_long_loop = _changed(_ring)
_LINK = pikepdf.Name.Link

OBJECTIONABLE: Mapping[str, tuple[str, Make]] = {
    "no PDF": ("damaged", lambda _document: b"hallo"),
    "cut off": ("damaged", lambda document: document[: len(document) // 2]),
    "no pages": ("damaged", _changed(lambda pdf: pdf.pages.__delitem__(0))),
    "a password": ("encrypted", _changed(lambda _pdf: None, encryption=pikepdf.Encryption(owner="x", user=""))),
    "signed": ("signed", lambda _document: signed_document().closed),
    "certified": ("signed", lambda _document: signed_document().certified),
    "a form": ("form", _changed(_in_root("/AcroForm", pikepdf.Dictionary({"/Fields": []})))),
    "a field without a form": ("form", _changed(_annotation(Subtype=pikepdf.Name.Widget))),
    "a remark": ("remarks", _changed(_annotation(Subtype=pikepdf.Name.FreeText))),
    "a stamp": ("remarks", _changed(_annotation(Subtype=pikepdf.Name.Stamp))),
    "a film": ("script", _changed(_annotation(Subtype=pikepdf.Name.Screen))),
    "an attachment": ("attachments", _changed(_attach)),
    "an attachment on a page": ("attachments", _changed(_annotation(Subtype=pikepdf.Name.FileAttachment))),
    "a collection": ("attachments", _changed(_in_root("/Collection", pikepdf.Dictionary()))),
    "layers": ("layers", _changed(_in_root("/OCProperties", pikepdf.Dictionary()))),
    "a script when it opens": ("script", _changed(_in_root("/OpenAction", _script()))),
    "a script by name": ("script", _changed(_named_scripts)),
    "a script of the document": ("script", _changed(_in_root("/AA", pikepdf.Dictionary()))),
    "a script of a page": ("script", _changed(_page_action)),
    "a script behind a link": ("script", _changed(_annotation(Subtype=_LINK, A=_script()))),
    "a program behind a link": (
        "script",
        _changed(_annotation(Subtype=_LINK, A=pikepdf.Dictionary({"/S": pikepdf.Name.Launch}))),
    ),
    "a script behind a bookmark": ("script", _changed(_bookmark)),
    "a step of a presentation": ("script", _changed(_on_page("/PresSteps", pikepdf.Dictionary({"/NA": _script()})))),
    "a file that belongs to a page": ("attachments", _changed(_on_page("/AF", pikepdf.Array()))),
    "a link with a picture of its own": (
        "remarks",
        _changed(_annotation(Subtype=_LINK, F=4 | 32, AP=pikepdf.Dictionary({"/N": pikepdf.Dictionary()}))),
    ),
}
