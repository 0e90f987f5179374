"""Documents for the tests of signatures, an authority to sign them with, and a document that went all the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal
from uuid import UUID

import typst
from cryptography import x509

from crypto.source import Source, SystemSource
from signing import pades
from signing.appearances import Appearance, SignatureField
from signing.authority import Authority, Leaf, issue_leaf, make_authority, make_root
from signing.models import SigningMethod
from signing.timestamping import BuiltInTimestamper, Timestamper

NAMES = (("Ondertekenaar1", "Ünal Çelik", "werknemer"), ("Ondertekenaar2", "Đặng Żółć", "werkgever"))
FIELDS = tuple(SignatureField(field, (name, capacity)) for field, name, capacity in NAMES)


@dataclass(frozen=True)
class SignedDocument:
    """A document at each step of its way."""

    original: bytes
    certified: bytes
    signed: tuple[bytes, ...]
    closed: bytes
    leaves: tuple[x509.Certificate, ...]


@cache
def authority() -> Authority:
    """An authority that all tests share, made by the real clock."""
    source = SystemSource()
    return make_authority(source, "Proef BV", make_root(source, "Proef BV"))


def timestamper(source: Source | None = None) -> BuiltInTimestamper:
    """The timestamp service within the process."""
    return BuiltInTimestamper(authority(), source or SystemSource())


@cache
def plain_document(pages: int = 2, standard: Literal["a-2a", "a-3a", "1.7"] = "a-2a") -> bytes:
    """An accessible document of some pages, as the portal makes them."""
    text = "#pagebreak()\n".join("= Plan van aanpak\n\n#lorem(120)\n" for _ in range(pages))
    fonts = typst.Fonts(include_system_fonts=False)
    source = f'#set document(title: "Plan")\n#set text(lang: "nl")\n{text}'.encode()
    return typst.compile(source, format="pdf", pdf_standards=[standard], font_paths=fonts, timestamp=0)


def leaf_for(number: int, moment: datetime | None = None, by: Authority | None = None) -> Leaf:
    """The certificate of one signature of a person of `NAMES`."""
    _field, name, capacity = NAMES[number]
    return issue_leaf(
        by or authority(),
        name=name,
        signature_id=UUID(int=number + 1),
        capacity=capacity,
        method=SigningMethod.SMS,
        moment=moment or SystemSource().now(),
    )


def appearance_for(number: int, drawing: bytes | None = None) -> Appearance:
    """What stands in a person's frame."""
    _field, name, capacity = NAMES[number]
    return Appearance((name, capacity, "Sms-code op 06-****0001", "27 november 2026, 04.12 uur, kenmerk AB12"), drawing)


def sign_all(original: bytes, stamper: Timestamper, by: Authority | None = None) -> SignedDocument:
    """Sign `original` by everybody of `NAMES`, and close it."""
    by = by or authority()
    certified = pades.certify(original, FIELDS, by, stamper)
    steps, leaves, latest = [], [], certified
    for number, field in enumerate(FIELDS):
        leaf = leaf_for(number, stamper.source.now(), by)
        latest = pades.sign_field(latest, field.name, leaf, appearance_for(number), stamper)
        steps.append(latest)
        leaves.append(leaf.certificate)
    closed = pades.close(latest, by, stamper, leaves)
    return SignedDocument(original, certified, tuple(steps), closed, tuple(leaves))


@cache
def signed_document() -> SignedDocument:
    """A document of two pages, signed by two and closed, with timestamps of the process itself."""
    return sign_all(plain_document(), timestamper())


_EVIDENCE = """#set document(title: "Ondertekenbewijs")
#set text(lang: "nl")
#pdf.attach(
  "bewijs.json", bytes(sys.inputs.record), relationship: "data", mime-type: "application/json", description: "Bewijs"
)
= Ondertekenbewijs"""


def evidence_from(record: bytes, by: Authority, stamper: Timestamper) -> bytes:
    """A sealed PDF with `record` attached to it."""
    drawn = typst.compile(
        _EVIDENCE.encode(),
        format="pdf",
        sys_inputs={"record": record.decode()},
        pdf_standards=["a-3a"],
        font_paths=typst.Fonts(include_system_fonts=False),
        timestamp=0,
    )
    return pades.seal_record(drawn, by, stamper)
