"""What somebody can do to a signed document without our keys (signing.md 8.1): each gives a file that is not valid."""

from __future__ import annotations

import io
import random
import subprocess
import tempfile
from collections.abc import Callable, Iterator

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields as pdf_fields

from signing import pades
from signing.authority import make_authority, make_root
from signing.timestamping import BuiltInTimestamper
from tests.signing.signed_documents import SignedDocument, authority, sign_all, timestamper

Tamper = Callable[[SignedDocument], bytes]


def flipped(made: SignedDocument) -> bytes:
    """One bit of the text of the document is another."""
    changed = bytearray(made.closed)
    changed[changed.index(b"stream\n") + 40] ^= 1
    return bytes(changed)


def stamped(made: SignedDocument) -> bytes:
    """A line of text is put over the first page, in an increment."""
    writer = _writer(made.closed)
    RawContent(b"q 1 0 0 rg 100 500 200 40 re f Q").add_to_page(writer, 0)
    return _written(writer)


def with_a_page(made: SignedDocument) -> bytes:
    """A page is added in an increment."""
    writer = _writer(made.closed)
    page = {
        pdf_name("/Type"): pdf_name("/Page"),
        pdf_name("/MediaBox"): generic.ArrayObject(generic.NumberObject(side) for side in (0, 0, 595, 842)),
        pdf_name("/Contents"): writer.add_object(generic.StreamObject(stream_data=b"0 0 m")),
        pdf_name("/Resources"): generic.DictionaryObject(),
    }
    writer.insert_page(generic.DictionaryObject(page))
    return _written(writer)


def without_a_page(made: SignedDocument) -> bytes:
    """The first page is taken out in an increment."""
    writer = _writer(made.closed)
    pages = writer.root["/Pages"]
    del pages["/Kids"][0]
    pages[pdf_name("/Count")] = generic.NumberObject(int(pages["/Count"]) - 1)
    writer.update_container(pages)
    return _written(writer)


def annotated(made: SignedDocument) -> bytes:
    """A remark is laid over a page in an increment."""
    writer = _writer(made.closed)
    remark = {
        pdf_name("/Type"): pdf_name("/Annot"),
        pdf_name("/Subtype"): pdf_name("/FreeText"),
        pdf_name("/Contents"): generic.TextStringObject("niet akkoord"),
        pdf_name("/Rect"): generic.ArrayObject(generic.NumberObject(side) for side in (50, 50, 300, 100)),
    }
    page = writer.find_page_for_modification(0)[0]
    writer.register_annotation(page, writer.add_object(generic.DictionaryObject(remark)))
    return _written(writer)


def with_a_field(made: SignedDocument) -> bytes:
    """A further field for a signature is added in an increment, after closing."""
    writer = _writer(made.closed)
    pdf_fields.append_signature_field(writer, pdf_fields.SigFieldSpec("Ondertekenaar9"))
    return _written(writer)


def with_spoofed_name(made: SignedDocument) -> bytes:
    """What the frame of a person shows is replaced in an increment (shadow)."""
    writer = _writer(made.closed)
    for name, _value, reference in pdf_fields.enumerate_sig_fields(writer.prev, filled_status=True):
        if name == "Ondertekenaar1":
            shown = writer.get_object(reference.reference)
            stream = generic.StreamObject(stream_data=b"0 0 m")
            stream[pdf_name("/Subtype")] = pdf_name("/Form")
            stream[pdf_name("/BBox")] = generic.ArrayObject(generic.NumberObject(side) for side in (0, 0, 9, 9))
            shown[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(stream)})
            writer.mark_update(reference)
    return _written(writer)


def _cut_at(field: str) -> Tamper:
    def cut(made: SignedDocument) -> bytes:
        (end,) = [one.end for one in pades.revisions(made.closed) if one.field == field]
        return made.closed[:end]

    return cut


def cut_and_closed_by_another(made: SignedDocument) -> bytes:
    """Cut back to before the second signature, and closed under an authority of somebody's own."""
    root = make_root(timestamper().source, "Proef BV")
    theirs = make_authority(timestamper().source, "Proef BV", root)
    return pades.close(made.signed[0], theirs, BuiltInTimestamper(theirs, timestamper().source), made.leaves[:1])


def signed_under_another_root(made: SignedDocument) -> bytes:
    """The same document signed by the same names, all of it under an authority of somebody's own."""
    root = make_root(timestamper().source, "Proef BV")
    theirs = make_authority(timestamper().source, "Proef BV", root)
    return sign_all(made.original, BuiltInTimestamper(theirs, timestamper().source), theirs).closed


def rewritten(made: SignedDocument) -> bytes:
    """The same pages, written anew by qpdf."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(made.closed)
        file.flush()
        return subprocess.run(["qpdf", file.name, "-"], capture_output=True, check=True, timeout=60).stdout


def with_bytes_behind(made: SignedDocument) -> bytes:
    """Something that no reader shows stands behind the end."""
    return made.closed + b"\n% nothing to see\n"


def in_the_room_of_a_signature(made: SignedDocument) -> bytes:
    """Something stands in the room that was kept for the last timestamp, which no signature covers."""
    changed = bytearray(made.closed)
    changed[changed.rindex(b"00000000>")] = ord("7")
    return bytes(changed)


def in_other_letters(made: SignedDocument) -> bytes:
    """A digit of the last timestamp is written with a small letter."""
    changed = bytearray(made.closed)
    place = changed.index(b"A", changed.rindex(b"<3082"))
    changed[place] = ord("a")
    return bytes(changed)


def without_an_end(made: SignedDocument) -> bytes:
    """The last bytes are missing."""
    return made.closed[:-7]


def never_signed(made: SignedDocument) -> bytes:
    """The document as it was before."""
    return made.original


def only_certified(made: SignedDocument) -> bytes:
    """The document as it was offered, signed by nobody."""
    return made.certified


def closed_with_one_missing(made: SignedDocument) -> bytes:
    """Closed by us while the second person did not sign: an error of ours, told apart by the evidence only."""
    return pades.close(made.signed[0], authority(), timestamper(), made.leaves[:1])


TAMPERED: dict[str, Tamper] = {
    "one bit": flipped,
    "a stamp in an increment": stamped,
    "a page in an increment": with_a_page,
    "a page taken out": without_a_page,
    "a remark": annotated,
    "a field after closing": with_a_field,
    "another appearance": with_spoofed_name,
    "cut back to the seal of the portal": _cut_at("Portaalzegel"),
    "cut back to one signature": _cut_at("Ondertekenaar1"),
    "cut back to all signatures": _cut_at("Ondertekenaar2"),
    "cut back to the last seal": _cut_at("Slotzegel"),
    "cut back and closed by another": cut_and_closed_by_another,
    "under another root": signed_under_another_root,
    "closed with one missing": closed_with_one_missing,
    "rewritten by qpdf": rewritten,
    "bytes behind the end": with_bytes_behind,
    "in the room of a signature": in_the_room_of_a_signature,
    "in other letters": in_other_letters,
    "no end": without_an_end,
    "never signed": never_signed,
    "only certified": only_certified,
}


def random_changes(pdf: bytes, count: int, seed: int = 6) -> Iterator[tuple[int, bytes]]:
    """Yield so many places with the PDF in which the byte there is another one."""
    draw = random.Random(seed)
    for place in (draw.randrange(len(pdf)) for _ in range(count)):
        changed = bytearray(pdf)
        changed[place] ^= draw.randrange(1, 256)
        yield place, bytes(changed)


def _writer(pdf: bytes) -> IncrementalPdfFileWriter:
    return IncrementalPdfFileWriter(io.BytesIO(pdf))


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()
