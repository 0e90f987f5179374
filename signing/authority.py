"""The authority of an installation: the certificates under which persons sign, seals are set and moments are stamped.

The root (30 years) certifies three keys (25 years): *issuing* makes the certificate of each single signature, *seal* is
the portal's own, *timestamping* the built-in timestamp service. The root also signs, for as long, the list of which of
them it withdrew, which is none; so its own key is not needed again and can be kept offline. The certificate of a
person's signature lasts a day and its key exists for that one signature only (signing.md 8.1, 9.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from crypto.source import Source
from signing.errors import AuthorityRefused, KeyIsUsedUp
from signing.models import SigningMethod
from signing.record_schema import in_certificate

ROOT_LIFE = timedelta(days=365 * 30)
LIFE = timedelta(days=365 * 25)
LEAST_LIFE = timedelta(days=365)
LEAF_LIFE = timedelta(days=1)
CLOCK_DIFFERENCE = timedelta(minutes=5)
"""Certificates begin this much earlier, since the clock of a timestamp service is another one."""
ANSWER_LIFE = timedelta(days=1)

_ARC = "2.25.302946671290458411846117562404372281519"
"""Everything that this software names by an object identifier lies under a UUID of its own (ITU-T X.667)."""
TIMESTAMP_POLICY = f"{_ARC}.2.1"


POLICIES = {
    SigningMethod.SMS: f"{_ARC}.1.1",
    SigningMethod.SECURITY_KEY: f"{_ARC}.1.2",
    SigningMethod.AUTHENTICATOR: f"{_ARC}.1.3",
    SigningMethod.TOGETHER: f"{_ARC}.1.4",
    SigningMethod.TOGETHER_SMS: f"{_ARC}.1.5",
}
"""How a person showed to be that person; each has a policy of its own in the certificate."""

_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)

PrivateKey = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class IssuingKey:
    """A private key that certifies others, and its own certificate."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = field(repr=False)


@dataclass(frozen=True)
class CertifiedKey(IssuingKey):
    """A private key of ours and its certificate."""

    key: PrivateKey = field(repr=False)


@dataclass(frozen=True)
class Authority:
    """The certificates and keys of an installation, but for the key of the root."""

    root: x509.Certificate
    root_list: x509.CertificateRevocationList = field(repr=False)
    issuing: CertifiedKey
    seal: CertifiedKey
    timestamping: CertifiedKey

    @property
    def certificates(self) -> tuple[x509.Certificate, ...]:
        """All certificates, the root first."""
        return (self.root, *(named.certificate for named in (self.issuing, self.seal, self.timestamping)))


@dataclass
class Leaf:
    """The certificate of one signature of one person, and the key that makes it, once."""

    certificate: x509.Certificate
    issuer: x509.Certificate = field(repr=False)
    _key: PrivateKey | None = field(repr=False)

    def take_key(self) -> PrivateKey:
        """Return the key and forget it. Raises `KeyIsUsedUp` when it was taken before."""
        key, self._key = self._key, None
        if key is None:
            raise KeyIsUsedUp
        return key


def make_root(source: Source, name: str) -> IssuingKey:
    """Return a new root with `name` in what it is called."""
    key = ec.generate_private_key(ec.SECP384R1())
    subject = _name(in_certificate(f"{name} - hoofdcertificaat"), organisation=in_certificate(name))
    builder = _builder(source.now(), subject, subject, key.public_key(), key.public_key(), ROOT_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
    return IssuingKey(_usage(builder, "key_cert_sign", "crl_sign").sign(key, hashes.SHA384()), key)


def root_from_pkcs12(data: bytes, password: bytes | None, source: Source) -> IssuingKey:
    """Return the certificate and key of an organisation's own authority, to put in the place of a root of ours.

    Raises `AuthorityRefused`: ``unreadable`` (or the password is wrong), ``no_key``, ``no_authority`` (it may not issue
    certificates for what issues certificates, such as one for a seal), ``expires_soon`` (within a year).
    """
    try:
        opened = pkcs12.load_pkcs12(data, password)
    except ValueError:
        raise AuthorityRefused("unreadable") from None
    if opened.cert is None or not isinstance(opened.key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise AuthorityRefused("no_key")
    certificate = opened.cert.certificate
    if not _may_certify_issuers(certificate):
        raise AuthorityRefused("no_authority")
    if certificate.not_valid_after_utc < source.now() + LEAST_LIFE:
        raise AuthorityRefused("expires_soon")
    return IssuingKey(certificate, opened.key)


def make_authority(source: Source, name: str, root: IssuingKey) -> Authority:
    """Return an authority under `root`, with new keys for everything below it; none of them outlives the root."""
    now = source.now()
    issuing = _below(root, now, name, "ondertekencertificaten", ("key_cert_sign", "crl_sign"), path_length=0)
    return Authority(
        root.certificate,
        _nothing_withdrawn(root, now, min(LIFE, root.certificate.not_valid_after_utc - now)),
        issuing,
        _below(issuing, now, name, "zegel", ("digital_signature", "content_commitment")),
        _below(root, now, name, "tijdstempels", ("digital_signature",), ExtendedKeyUsageOID.TIME_STAMPING),
    )


def issue_leaf(
    authority: Authority, *, name: str, signature_id: UUID, capacity: str, method: SigningMethod, moment: datetime
) -> Leaf:
    """Return the certificate, with its key, of one signature by `name` in a `capacity`, valid for a day from `moment`.

    Names longer than a certificate can hold are cut off; the evidence record has them whole.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(in_certificate(name), organisation=in_certificate(capacity), serial=str(signature_id))
    issuing = authority.issuing
    builder = _builder(
        moment, issuing.certificate.subject, subject, key.public_key(), issuing.key.public_key(), LEAF_LIFE
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    policy = x509.PolicyInformation(ObjectIdentifier(POLICIES[method]), None)
    builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=False)
    signed = _usage(builder, "content_commitment").sign(issuing.key, hashes.SHA256())
    return Leaf(signed, issuing.certificate, key)


def name_in(certificate: x509.Certificate) -> str:
    """The name of whom a certificate is."""
    return _attribute(certificate, NameOID.COMMON_NAME)


def signature_id_in(certificate: x509.Certificate) -> str:
    """The id of the signature that a person's certificate was made for; empty in another certificate."""
    return _attribute(certificate, NameOID.SERIAL_NUMBER)


def answers_for(authority: Authority, leaves: Iterable[x509.Certificate], moment: datetime) -> Sequence[bytes]:
    """Return, as DER, signed answers (RFC 6960) that at `moment` the certificates of signatures and seal stood."""
    certificates = (*leaves, authority.seal.certificate)
    return [_good(certificate, authority.issuing, moment) for certificate in certificates]


def lists_of(authority: Authority, moment: datetime) -> Sequence[bytes]:
    """Return, as DER, the lists (RFC 5280) of which certificates were withdrawn until `moment`: none."""
    lists = (authority.root_list, _nothing_withdrawn(authority.issuing, moment, ANSWER_LIFE))
    return [withdrawn.public_bytes(Encoding.DER) for withdrawn in lists]


def _good(certificate: x509.Certificate, issuing: CertifiedKey, moment: datetime) -> bytes:
    whole = moment.replace(microsecond=0)
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=certificate,
        issuer=issuing.certificate,
        algorithm=hashes.SHA256(),
        cert_status=ocsp.OCSPCertStatus.GOOD,
        this_update=whole,
        next_update=whole + ANSWER_LIFE,
        revocation_time=None,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuing.certificate)
    return builder.sign(issuing.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _nothing_withdrawn(by: IssuingKey, moment: datetime, life: timedelta) -> x509.CertificateRevocationList:
    whole = moment.replace(microsecond=0)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(whole)
        .next_update(whole + life)
        .add_extension(x509.CRLNumber(int(whole.timestamp())), critical=False)
        .add_extension(identifier, critical=False)
        .sign(by.key, hashes.SHA256())
    )


def _below(
    issuer: IssuingKey,
    now: datetime,
    name: str,
    what: str,
    usages: tuple[str, ...],
    purpose: ObjectIdentifier | None = None,
    *,
    path_length: int | None = None,
) -> CertifiedKey:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(in_certificate(f"{name} - {what}"), organisation=in_certificate(name))
    life = min(LIFE, issuer.certificate.not_valid_after_utc - now)
    builder = _builder(now, issuer.certificate.subject, subject, key.public_key(), issuer.key.public_key(), life)
    is_authority = path_length is not None
    builder = builder.add_extension(x509.BasicConstraints(ca=is_authority, path_length=path_length), critical=True)
    if is_authority:
        any_policy = x509.PolicyInformation(x509.ObjectIdentifier("2.5.29.32.0"), None)
        builder = builder.add_extension(x509.CertificatePolicies([any_policy]), critical=False)
    if purpose is not None:
        # A timestamp service has this one purpose, marked so (RFC 3161, 2.3).
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    return CertifiedKey(_usage(builder, *usages).sign(issuer.key, hashes.SHA256()), key)


def _builder(
    now: datetime,
    issuer: x509.Name,
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    life: timedelta,
) -> x509.CertificateBuilder:
    whole = now.replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(whole - CLOCK_DIFFERENCE)
        .not_valid_after(whole + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _usage(builder: x509.CertificateBuilder, *usages: str) -> x509.CertificateBuilder:
    named = dict.fromkeys(_USAGES, False) | dict.fromkeys(usages, True)
    return builder.add_extension(x509.KeyUsage(**named), critical=True)


def _name(common: str, *, organisation: str, serial: str = "") -> x509.Name:
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "NL"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation or "-"),
        x509.NameAttribute(NameOID.COMMON_NAME, common or "-"),
    ]
    return x509.Name([*attributes, x509.NameAttribute(NameOID.SERIAL_NUMBER, serial)] if serial else attributes)


def _may_certify_issuers(certificate: x509.Certificate) -> bool:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return constraints.ca and constraints.path_length != 0 and usage.key_cert_sign and usage.crl_sign


def _attribute(certificate: x509.Certificate, wanted: ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(wanted)
    return str(found[0].value) if found else ""
