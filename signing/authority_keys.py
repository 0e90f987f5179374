"""The authority of this installation in the database, its private keys sealed for the server (signing.md 9.2).

Retired certificates stay, without a key where it was destroyed: what was signed under them is checked with them.
"""

from __future__ import annotations

from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from sqlalchemy import select

from audit import PLATFORM_ID
from crypto.secret import Secret
from database.session import Session
from organisation.models import Organisation
from signing.authority import Authority, CertifiedKey, IssuingKey, make_authority, make_root, root_from_pkcs12
from signing.errors import AuthorityRefused, NoAuthority
from signing.models import CertificatePurpose, SigningCertificate
from signing.places import place_of_private_key

_DER = serialization.Encoding.DER
_loaded: dict[tuple[bytes, ...], Authority] = {}
"""The authority of these certificates, opened once in a process."""


def ensure_authority(session: Session, name: str) -> bool:
    """Make the authority of this installation, called `name`, unless it is there; return whether it was made."""
    # Whoever else is at it waits here, and then finds what was made.
    session.execute(select(Organisation.id).where(Organisation.id == PLATFORM_ID).with_for_update())
    if _current(session):
        return False
    root = make_root(session.source, name)
    _keep(session, make_authority(session.source, name, root), root)
    return True


def has_authority(session: Session) -> bool:
    """Whether this installation can sign."""
    return bool(_current(session))


def use_organisations_authority(session: Session, name: str, pkcs12: bytes, password: Secret | None) -> Authority:
    """Let an organisation's own authority, in a PKCS#12 file, take the place of the root from now on.

    It certifies new keys for this installation; its own key is used for that and not kept. Raises `AuthorityRefused`.
    """
    root = root_from_pkcs12(pkcs12, password.reveal() if password else None, session.source)
    authority = make_authority(session.source, name, root)
    for row in _current(session).values():
        row.retired_at, row.key_sealed = session.source.now(), None
    session.flush()
    _keep(session, authority, None)
    return authority


def load_authority(session: Session) -> Authority:
    """Return the authority that signs now; its keys are opened once in a process. Raises `NoAuthority`."""
    rows = _current(session)
    if not rows:
        raise NoAuthority
    certificates = tuple(row.certificate for row in rows.values())
    if certificates not in _loaded:
        root = rows[CertificatePurpose.ROOT]
        _loaded[certificates] = Authority(
            x509.load_der_x509_certificate(root.certificate),
            x509.load_der_x509_crl(root.chain),
            *(_opened(session, rows[purpose]) for purpose in _KEPT),
        )
    return _loaded[certificates]


def root_certificates(session: Session) -> tuple[x509.Certificate, ...]:
    """The roots that documents of this installation can be checked with, the newest first."""
    rows = session.scalars(
        select(SigningCertificate)
        .where(SigningCertificate.purpose == CertificatePurpose.ROOT.value)
        .order_by(SigningCertificate.created_at.desc(), SigningCertificate.id)
    )
    return tuple(x509.load_der_x509_certificate(row.certificate) for row in rows)


def is_root_here(session: Session) -> bool:
    """Whether the private key of the root still lies in this database."""
    root = _current(session).get(CertificatePurpose.ROOT)
    return root is not None and root.key_sealed is not None


def read_root_key(session: Session, password: Secret) -> bytes:
    """Return the private key of the root as PEM under `password`. Raises `NoAuthority`, `AuthorityRefused` (gone)."""
    root = _root_with_key(session)
    key = serialization.load_der_private_key(_open(session, root), None)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password.reveal()),
    )


def destroy_root_key(session: Session) -> None:
    """Forget the private key of the root. Raises `NoAuthority`, `AuthorityRefused` (gone)."""
    _root_with_key(session).key_sealed = None


_KEPT = (CertificatePurpose.ISSUING, CertificatePurpose.SEAL, CertificatePurpose.TIMESTAMPING)


def _current(session: Session) -> dict[CertificatePurpose, SigningCertificate]:
    rows = session.scalars(
        select(SigningCertificate)
        .where(SigningCertificate.organisation_id == PLATFORM_ID, SigningCertificate.retired_at.is_(None))
        .order_by(SigningCertificate.id)
    )
    return {CertificatePurpose(row.purpose): row for row in rows}


def _root_with_key(session: Session) -> SigningCertificate:
    root = _current(session).get(CertificatePurpose.ROOT)
    if root is None:
        raise NoAuthority
    if root.key_sealed is None:
        raise AuthorityRefused("offline")
    return root


def _keep(session: Session, authority: Authority, root: IssuingKey | None) -> None:
    root_list = authority.root_list.public_bytes(_DER)
    _add(session, CertificatePurpose.ROOT, authority.root, root_list, root.key if root else None)
    issuers = authority.issuing.certificate.public_bytes(_DER)
    for purpose, kept, chain in (
        (CertificatePurpose.ISSUING, authority.issuing, b""),
        (CertificatePurpose.SEAL, authority.seal, issuers),
        (CertificatePurpose.TIMESTAMPING, authority.timestamping, b""),
    ):
        _add(session, purpose, kept.certificate, chain, kept.key)


def _add(
    session: Session,
    purpose: CertificatePurpose,
    certificate: x509.Certificate,
    chain: bytes,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None,
) -> None:
    row = SigningCertificate(
        id=session.source.new_id(),
        organisation_id=PLATFORM_ID,
        purpose=purpose.value,
        certificate=certificate.public_bytes(_DER),
        chain=chain,
        created_at=session.source.now(),
    )
    if key is not None:
        plain = key.private_bytes(_DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        row.key_sealed = session.package_key("signing").seal(plain, place_of_private_key(row.id))
    session.add(row)


def _opened(session: Session, row: SigningCertificate) -> CertifiedKey:
    key = serialization.load_der_private_key(_open(session, row), None)
    return CertifiedKey(x509.load_der_x509_certificate(row.certificate), cast(ec.EllipticCurvePrivateKey, key))


def _open(session: Session, row: SigningCertificate) -> bytes:
    return session.package_key("signing").open(row.key_sealed or b"", place_of_private_key(row.id))
