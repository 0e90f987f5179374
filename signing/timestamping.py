"""Timestamps (RFC 3161): from a service on the internet or, where none is set, from this process under its own key.

Each token is looked at before it is used: it answers this request, is about these bytes, says about the present moment,
and is signed by a service that one of the trusted certificates vouches for. Whatever is wrong with it is
`TimestampUnavailable`; no signature is ever made without one (signing.md 9.2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from crypto.source import Source
from delivery.errors import DeliveryFailed
from delivery.https import HttpsPost
from signing.authority import TIMESTAMP_POLICY, Authority
from signing.coroutines import run_to_end
from signing.errors import TimestampUnavailable

DIGEST = "sha256"
MOST_DIFFERENCE = timedelta(minutes=4)
"""How far the clock of the service may be from ours: less than by which certificates begin early."""
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
_LARGEST_LIST = 16 * 1024 * 1024
_lengths: dict[str, int] = {}
"""The length of a token of each service, by its name or certificate: known to a process after the first."""
_LARGEST_SERIAL = (1 << 128) - 1
_GRANTED = frozenset({"granted", "granted_with_mods"})


class Timestamper(TimeStamper):
    """A timestamp service; `source` is the clock that everything made with it goes by."""

    def __init__(self, source: Source) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.source = source

    @property
    def name(self) -> str:
        """What the evidence calls it: `built-in`, or the host of the service."""
        raise NotImplementedError

    @property
    def roots(self) -> Sequence[x509.Certificate]:
        """Whom one has to trust beside our root, to trust its tokens."""
        raise NotImplementedError

    @property
    def certificates(self) -> Sequence[x509.Certificate]:
        """What leads from its tokens to a root, beside our own certificates."""
        return self.roots

    @property
    def token_length(self) -> int:
        """How many bytes a token of this service takes, by those it gave. Raises `TimestampUnavailable`."""
        if self.name not in _lengths:
            _lengths[self.name] = len(self.token(b""))
        return _lengths[self.name]

    def revocation_lists(self) -> Sequence[bytes]:
        """Lists (DER) of what the authorities of the service withdrew. Raises `TimestampUnavailable`."""
        raise NotImplementedError

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Return a token about `message_digest`, checked. Raises `TimestampUnavailable`."""
        raise NotImplementedError

    def token(self, data: bytes) -> bytes:
        """Return a token (DER) about `data`. Raises `TimestampUnavailable`."""
        token = run_to_end(self.async_timestamp(hashlib.sha256(data).digest(), DIGEST))
        return bytes(token.dump())


class BuiltInTimestamper(Timestamper):
    """The service of this installation itself: its word is as good as the clock and the key of this server."""

    def __init__(self, authority: Authority, source: Source) -> None:
        super().__init__(source)
        self._key = authority.timestamping.key
        self._certificate = asn1_x509.Certificate.load(
            authority.timestamping.certificate.public_bytes(serialization.Encoding.DER)
        )
        self._certificate_id = as_signing_certificate_v2(self._certificate)

    @property
    def name(self) -> str:
        return "built-in"

    @property
    def roots(self) -> Sequence[x509.Certificate]:
        return ()

    def revocation_lists(self) -> Sequence[bytes]:
        # Of our own certificates an answer tells (`signing.authority.answers_for`).
        return ()

    @property
    def token_length(self) -> int:
        # Making one takes as long as a third of a signature.
        known = self._certificate.sha256_fingerprint
        if known not in _lengths:
            _lengths[known] = len(self._made(hashlib.sha256(b"").digest(), DIGEST, _LARGEST_SERIAL).dump())
        return _lengths[known]

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        return self._made(message_digest, md_algorithm, int.from_bytes(self.source.token(16)))

    def _made(self, message_digest: bytes, md_algorithm: str, serial: int) -> cms.ContentInfo:
        now = self.source.now().replace(microsecond=0)
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": TIMESTAMP_POLICY,
                "message_imprint": _imprint(message_digest, md_algorithm),
                "serial_number": serial,
                "gen_time": now,
                "accuracy": {"seconds": 1},
                "tsa": asn1_x509.GeneralName(name="directory_name", value=self._certificate.subject),
            }
        ).dump()
        attributes = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(now)})),
                simple_cms_attribute("signing_certificate_v2", self._certificate_id),
                simple_cms_attribute("message_digest", hashlib.sha256(info).digest()),
            ]
        )
        return self._signed(info, attributes)

    def _signed(self, info: bytes, attributes: cms.CMSAttributes) -> cms.ContentInfo:
        digest = algos.DigestAlgorithm({"algorithm": DIGEST})
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": {
                    "issuer_and_serial_number": {
                        "issuer": self._certificate.issuer,
                        "serial_number": self._certificate.serial_number,
                    }
                },
                "digest_algorithm": digest,
                "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                "signed_attrs": attributes,
                "signature": self._key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
            }
        )
        content = {
            "version": "v3",
            "digest_algorithms": [digest],
            "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(info)},
            "certificates": [self._certificate],
            "signer_infos": [signer],
        }
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(content)})


@dataclass(frozen=True)
class TimestampService:
    """A service on the internet. `roots` are the certificates to trust; an answer may take `seconds`."""

    url: str
    roots: tuple[x509.Certificate, ...]
    seconds: float
    others: tuple[x509.Certificate, ...] = field(default=())


class HttpTimestamper(Timestamper):
    """A service on the internet, spoken to as in RFC 3161, 3.4. A request tells it a digest and nothing else."""

    def __init__(self, service: TimestampService, source: Source) -> None:
        super().__init__(source)
        self._service = service
        self._latest: cms.ContentInfo | None = None
        self._post = _connection_to(service.url, service.seconds)

    @property
    def name(self) -> str:
        return self._service.url.split("/")[2]

    @property
    def roots(self) -> Sequence[x509.Certificate]:
        return self._service.roots

    @property
    def certificates(self) -> Sequence[x509.Certificate]:
        if self._latest is None:
            self.token(b"")
        sent = [one.chosen for one in self._latest["content"]["certificates"]] if self._latest else []
        return [*self._service.roots, *self._service.others, *map(_from_asn1, sent)]

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        nonce = int.from_bytes(self.source.token(8)) | 1 << 63
        request = tsp.TimeStampReq(
            {
                "version": 1,
                "message_imprint": _imprint(message_digest, md_algorithm),
                "nonce": nonce,
                "cert_req": True,
            }
        )
        answer = self._send(request.dump())
        try:
            self._latest = await self._checked(answer, message_digest, md_algorithm, nonce)
            return self._latest
        except TimestampUnavailable:
            raise
        except Exception:
            # What a stranger's bytes do to a parser is not told by the types of its errors.
            raise TimestampUnavailable("unreadable") from None

    def revocation_lists(self) -> Sequence[bytes]:
        addresses = {address for known in self.certificates for address in _list_addresses(to_asn1(known))}
        return [self._fetched(address) for address in sorted(addresses)]

    def _send(self, request: bytes) -> bytes:
        try:
            status, answer = self._post.send(request, _HEADERS)
        except DeliveryFailed:
            raise TimestampUnavailable("unreachable") from None
        if status != 200:
            raise TimestampUnavailable("refused")
        return answer

    async def _checked(self, answer: bytes, message_digest: bytes, md_algorithm: str, nonce: int) -> cms.ContentInfo:
        response = tsp.TimeStampResp.load(answer, strict=True)
        if response["status"]["status"].native not in _GRANTED:
            raise TimestampUnavailable("not_granted")
        token = response["time_stamp_token"]
        signed = token["content"]
        info = signed["encap_content_info"]["content"].parsed
        if info["nonce"].native != nonce:
            raise TimestampUnavailable("other_request")
        imprint = info["message_imprint"]
        if (imprint["hashed_message"].native, imprint["hash_algorithm"]["algorithm"].native) != (
            message_digest,
            md_algorithm,
        ):
            raise TimestampUnavailable("other_bytes")
        if abs(info["gen_time"].native - self.source.now()) > MOST_DIFFERENCE:
            raise TimestampUnavailable("other_clock")
        await self._check_signature(signed, message_digest)
        return token

    async def _check_signature(self, signed: cms.SignedData, message_digest: bytes) -> None:
        roots, others = self._service.roots, self._service.others
        problem = await _wrong_with(signed, message_digest, roots, others, self.source.now())
        if problem is not None:
            raise TimestampUnavailable(problem)

    def _fetched(self, address: str) -> bytes:
        try:
            status, answer = _connection_to(address, self._service.seconds).send(b"", {}, method="GET")
            if status == 200:
                return bytes(x509.load_der_x509_crl(answer).public_bytes(serialization.Encoding.DER))
        except (DeliveryFailed, ValueError):
            pass
        raise TimestampUnavailable("no_revocation_list")


def is_right(token: bytes, data: bytes, roots: Sequence[x509.Certificate], moment: datetime) -> bool:
    """Tell whether a token (DER) that lay in a database is about `data` and was trusted at `moment`."""
    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        return run_to_end(_wrong_with(signed, hashlib.sha256(data).digest(), roots, (), moment)) is None
    except Exception:
        # What changed bytes do to a parser is not told by the types of its errors.
        return False


async def _wrong_with(
    signed: cms.SignedData,
    digest: bytes,
    roots: Sequence[x509.Certificate],
    others: Sequence[x509.Certificate],
    moment: datetime,
) -> str | None:
    context = ValidationContext(
        trust_roots=[to_asn1(root) for root in roots],
        other_certs=[to_asn1(other) for other in others],
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=moment,
    )
    found = await validate_tst_signed_data(signed, context, lambda _algorithm: digest)
    if not (found["valid"] and found["intact"]):
        return "bad_signature"
    if found.get("trust_problem_indic") is not None or found.get("validation_path") is None:
        return "not_trusted"
    return None


def to_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The same certificate as pyHanko knows it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _from_asn1(certificate: asn1_x509.Certificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.dump())


def _imprint(digest: bytes, algorithm: str) -> tsp.MessageImprint:
    return tsp.MessageImprint({"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest})


def _connection_to(url: str, seconds: float) -> HttpsPost:
    # Services of this kind are often reached over plain http: what goes out is a digest, what comes back is signed.
    return HttpsPost(url, answer_timeout=seconds, sms_timeout=seconds, may_be_plain=True, longest_answer=_LARGEST_LIST)


def _list_addresses(certificate: asn1_x509.Certificate) -> Sequence[str]:
    points = certificate.crl_distribution_points
    return [url for point in points if (url := point.url) and url.startswith(("http://", "https://"))]
