"""Signatures in a PDF (PAdES, ETSI EN 319 142-1): each step is an increment, and no byte before it ever changes.

`certify` puts pages with a frame for each signer behind a document and seals it such that nothing but those signatures
can follow; `sign_field` sets one of them; `close` sets the last seal, adds what proves that no certificate was
withdrawn, and a timestamp over all of it (B-LTA). Every signature has a timestamp or is not made (signing.md 9.2).

Nobody but this module, `timestamping`, `signable` and `verifying` knows pyHanko.
"""

from __future__ import annotations

import hashlib
import io
import logging
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, InnerScaling, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields as pdf_fields
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import find_cms_attribute_iter
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.appearances import Appearance, SignatureField, draw_appearance, draw_pages
from signing.authority import Authority, CertifiedKey, Leaf, answers_for, lists_of, name_in
from signing.coroutines import run_to_end
from signing.encodings import set_up_encodings
from signing.errors import CannotSign, NotSignable, SigningError
from signing.objections import objection_to
from signing.record_schema import ARCHIVE_FIELD, CERTIFICATION_FIELD, CLOSING_FIELD, RECORD_FIELD
from signing.timestamping import DIGEST, Timestamper, to_asn1

set_up_encodings()
log = logging.getLogger(__name__)

_ROOM_FOR_A_SIGNATURE = 3072
"""In bytes, beside the timestamp: a signature with its certificates takes about 2,000."""


@dataclass(frozen=True)
class Revision:
    """One signature, seal or timestamp of a PDF, and the bytes up to `end`, which it and nothing later vouches for."""

    field: str
    end: int
    sha256: str
    certificate_sha256: str
    common_name: str
    signed_at: datetime | None


def certify(pdf: bytes, fields: Sequence[SignatureField], authority: Authority, timestamper: Timestamper) -> bytes:
    """Return `pdf` with pages for the signatures behind it, sealed: only `fields` can be signed after it (DocMDP 2).

    It stays the beginning of what is returned. Raises `NotSignable` for what can change without its bytes (which who
    asks for signatures is told before: `signing.checking.check_signable`), `TimestampUnavailable`, `CannotSign`.
    """
    if objection := objection_to(pdf):
        raise NotSignable(objection)
    with _as_cannot_sign():
        writer = _writer(pdf)
        first = int(writer.root["/Pages"]["/Count"])
        pages = draw_pages(fields, _size_of_last_page(writer))
        _add_pages(writer, pages.pdf)
        for frame in pages.frames:
            spec = SigFieldSpec(
                frame.field.name,
                on_page=first + frame.sheet,
                box=frame.box,
                readable_field_name=f"Handtekening: {', '.join(frame.field.lines)}",
            )
            pdf_fields.append_signature_field(writer, spec)
        pdf_fields.append_signature_field(writer, SigFieldSpec(CLOSING_FIELD))
        metadata = PdfSignatureMetadata(
            CERTIFICATION_FIELD, certify=True, docmdp_permissions=MDPPerm.FILL_FORMS, **_PADES
        )
        return _signed(writer, metadata, _seal(authority), timestamper)


def sign_field(pdf: bytes, field_name: str, leaf: Leaf, appearance: Appearance, timestamper: Timestamper) -> bytes:
    """Return `pdf` with one person's signature; the key of `leaf` is gone after it, also when it failed.

    Raises `TimestampUnavailable`, `CannotSign` (no such field, or signed already).
    """
    key = CertifiedKey(leaf.certificate, leaf.take_key())
    with _as_cannot_sign():
        writer = _writer(pdf)
        metadata = PdfSignatureMetadata(field_name, name=name_in(leaf.certificate), **_PADES)
        style = _style(appearance, _box_of(writer, field_name))
        return _signed(writer, metadata, _KeySigner(key, (leaf.issuer,)), timestamper, style)


def close(
    pdf: bytes, authority: Authority, timestamper: Timestamper, leaf_certificates: Iterable[x509.Certificate]
) -> bytes:
    """Return `pdf` with the last seal, the proof that no certificate was withdrawn, and a timestamp over all (B-LTA).

    Raises `TimestampUnavailable`, `CannotSign`.
    """
    with _as_cannot_sign():
        metadata = PdfSignatureMetadata(CLOSING_FIELD, **_PADES)
        sealed = _signed(_writer(pdf), metadata, _seal(authority), timestamper)
        return _archived(sealed, authority, timestamper, leaf_certificates)


def seal_record(pdf: bytes, authority: Authority, timestamper: Timestamper) -> bytes:
    """Return the evidence as a sealed PDF in which nothing can be changed (DocMDP 1, B-LTA).

    Raises `TimestampUnavailable`, `CannotSign`.
    """
    with _as_cannot_sign():
        metadata = PdfSignatureMetadata(RECORD_FIELD, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES, **_PADES)
        sealed = _signed(_writer(pdf), metadata, _seal(authority), timestamper)
        return _archived(sealed, authority, timestamper, ())


def revisions(pdf: bytes) -> tuple[Revision, ...]:
    """Return the signatures, seals and timestamps of a PDF made here, the oldest first. It checks none of them."""
    found = []
    for signature in PdfFileReader(io.BytesIO(pdf)).embedded_signatures:
        _first, _before, start, length = (int(number) for number in signature.byte_range)
        certificate = signature.signer_cert
        found.append(
            Revision(
                signature.field_name,
                start + length,
                hashlib.sha256(memoryview(pdf)[: start + length]).hexdigest(),
                hashlib.sha256(certificate.dump()).hexdigest(),
                str(certificate.subject.native.get("common_name", "")),
                _timestamp_of(signature),
            )
        )
    return tuple(found)


def certificates_of_people(pdf: bytes) -> tuple[x509.Certificate, ...]:
    """Return the certificates with which people signed a PDF made here, the oldest signature first."""
    embedded = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    ours = {CERTIFICATION_FIELD, CLOSING_FIELD, ARCHIVE_FIELD, RECORD_FIELD}
    return tuple(
        x509.load_der_x509_certificate(signature.signer_cert.dump())
        for signature in embedded
        if signature.field_name not in ours
    )


class _KeySigner(Signer):
    """Signs with a key in memory, which is never written anywhere."""

    def __init__(self, key: CertifiedKey, issuers: Iterable[x509.Certificate]) -> None:
        store = SimpleCertificateStore()
        store.register_multiple(to_asn1(issuer) for issuer in issuers)
        super().__init__(signing_cert=to_asn1(key.certificate), cert_registry=store)
        self._key = key.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


class _Drawn(PdfContent):
    """The first page of a PDF as what a frame shows."""

    def __init__(self, pdf: bytes, width: float, height: float) -> None:
        super().__init__(box=BoxConstraints(width=width, height=height))
        self._pdf = pdf

    def render(self) -> bytes:
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)))
        self.resources.xobject[pdf_name("/Frame")] = page
        return b"/Frame Do"


_PADES: dict[str, Any] = {"md_algorithm": DIGEST, "subfilter": SigSeedSubFilter.PADES}
_NO_CHANGE = SimpleBoxLayoutRule(
    AxisAlignment.ALIGN_MIN, AxisAlignment.ALIGN_MIN, Margins.uniform(0), InnerScaling.NO_SCALING
)


@contextmanager
def _as_cannot_sign() -> Iterator[None]:
    try:
        yield
    except SigningError:
        raise
    except Exception as error:
        # Which errors pyHanko has for a PDF that it can't work with is not told by their types (signing.md 8.1). Their
        # texts may hold what the PDF does.
        place = traceback.extract_tb(error.__traceback__)[-1]
        log.error(f"no signature could be set: {type(error).__name__} in {place.name}, line {place.lineno}")
        raise CannotSign from error


def _writer(pdf: bytes) -> IncrementalPdfFileWriter:
    return IncrementalPdfFileWriter(io.BytesIO(pdf))


def _seal(authority: Authority) -> _KeySigner:
    return _KeySigner(authority.seal, (authority.issuing.certificate,))


def _signed(
    writer: IncrementalPdfFileWriter,
    metadata: PdfSignatureMetadata,
    signer: _KeySigner,
    timestamper: Timestamper,
    style: StaticStampStyle | None = None,
) -> bytes:
    pdf_signer = PdfSigner(metadata, signer, timestamper=timestamper, stamp_style=style)
    return run_to_end(_sign(writer, pdf_signer, timestamper, _room_for(timestamper)))


async def _sign(writer: IncrementalPdfFileWriter, signer: PdfSigner, timestamper: Timestamper, room: int) -> bytes:
    session = signer.init_signing_session(writer)
    # The moment that is written into the PDF is that of our clock, not of another one.
    session.system_time = timestamper.source.now()
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=room)
    output = io.BytesIO()
    digest, _output = document.digest_tbs_document(output=output)
    attributes = PdfCMSSignedAttributes(signing_time=session.system_time)
    await document.perform_signature(digest.document_digest, attributes)
    return output.getvalue()


def _room_for(timestamper: Timestamper) -> int:
    """How many hexadecimal digits a signature with a timestamp may take; tokens differ in length by a little."""
    return 2 * (_ROOM_FOR_A_SIGNATURE + timestamper.token_length * 3 // 2)


def _archived(
    pdf: bytes, authority: Authority, timestamper: Timestamper, leaf_certificates: Iterable[x509.Certificate]
) -> bytes:
    writer = _writer(pdf)
    leaves = tuple(leaf_certificates)
    # The clock of the timestamp service may be ahead of ours; what proves a certificate is made after it was used.
    now = max([timestamper.source.now(), *(one.signed_at for one in revisions(pdf) if one.signed_at)])
    lists = (*lists_of(authority, now), *timestamper.revocation_lists())
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[to_asn1(one) for one in (*leaves, *authority.certificates, *timestamper.certificates)],
        ocsps=[asn1_ocsp.OCSPResponse.load(answer) for answer in answers_for(authority, leaves, now)],
        crls=[asn1_crl.CertificateList.load(withdrawn) for withdrawn in lists],
    )
    return run_to_end(_timestamped(writer, timestamper, _room_for(timestamper)))


async def _timestamped(writer: IncrementalPdfFileWriter, timestamper: Timestamper, room: int) -> bytes:
    service = PdfTimeStamper(timestamper, field_name=ARCHIVE_FIELD)
    output = io.BytesIO()
    await service.async_timestamp_pdf(writer, DIGEST, bytes_reserved=room, output=output)
    return output.getvalue()


def _size_of_last_page(writer: IncrementalPdfFileWriter) -> tuple[float, float]:
    page = writer.find_page_for_modification(int(writer.root["/Pages"]["/Count"]) - 1)[0].get_object()
    left, bottom, right, top = (float(side) for side in _inherited(page, "/MediaBox"))
    width, height = abs(right - left), abs(top - bottom)
    return (width, height) if int(_inherited(page, "/Rotate") or 0) % 180 == 0 else (height, width)


def _inherited(page: generic.DictionaryObject, name: str) -> Any:
    while name not in page and "/Parent" in page:
        page = page["/Parent"]
    return page[name] if name in page else None  # noqa: SIM401 - `get` would not follow a reference


def _add_pages(writer: IncrementalPdfFileWriter, pdf: bytes) -> None:
    for reference in PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Kids"]:
        page = reference.get_object()
        # Nothing is left to be inherited from the pages before it.
        added = {pdf_name(name): writer.import_object(page["/MediaBox"]) for name in ("/MediaBox", "/CropBox")}
        added[pdf_name("/Resources")] = writer.import_object(page["/Resources"])
        added[pdf_name("/Rotate")] = generic.NumberObject(0)
        stream = generic.StreamObject(stream_data=b"/Artifact BMC\n" + page["/Contents"].data + b"\nEMC\n")
        stream.compress()
        added |= {pdf_name("/Type"): pdf_name("/Page"), pdf_name("/Contents"): writer.add_object(stream)}
        writer.insert_page(generic.DictionaryObject(added))


def _box_of(writer: IncrementalPdfFileWriter, field_name: str) -> tuple[float, float]:
    for name, _value, field in pdf_fields.enumerate_sig_fields(writer.prev, filled_status=False):
        if name == field_name:
            left, bottom, right, top = (float(side) for side in field.get_object()["/Rect"])
            return right - left, top - bottom
    raise CannotSign


def _style(appearance: Appearance, size: tuple[float, float]) -> StaticStampStyle:
    drawn = _Drawn(draw_appearance(appearance, *size), *size)
    return StaticStampStyle(border_width=0, background=drawn, background_layout=_NO_CHANGE)


def _timestamp_of(signature: EmbeddedPdfSignature) -> datetime | None:
    if signature.sig_object_type == "/DocTimeStamp":
        token = signature.signed_data
    else:
        tokens = list(find_cms_attribute_iter(signature.signer_info["unsigned_attrs"], "signature_time_stamp_token"))
        token = tokens[0]["content"] if tokens else None
    return None if token is None else token["encap_content_info"]["content"].parsed["gen_time"].native
