"""The timestamp service by the settings."""

from __future__ import annotations

from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from crypto.source import Source
from database.session import Session
from portal.settings import PREFIX, Settings, SettingsError, TimestampSettings
from signing.authority import Authority
from signing.authority_keys import root_certificates
from signing.timestamping import BuiltInTimestamper, HttpTimestamper, Timestamper, TimestampService


def make_timestamper(settings: Settings, authority: Authority, source: Source) -> Timestamper:
    """Return the service on the internet, or the one within where none is set."""
    service = read_timestamp_service(settings)
    return BuiltInTimestamper(authority, source) if service is None else HttpTimestamper(service, source)


def read_timestamp_service(settings: Settings) -> TimestampService | None:
    """Return the service on the internet, if one is set. Raises `SettingsError` for a file without certificates."""
    return None if settings.timestamp is None else _service(settings.timestamp)


def roots_to_check_with(session: Session, settings: Settings) -> tuple[x509.Certificate, ...]:
    """The roots of signatures and of the timestamps on them, the newest first."""
    service = read_timestamp_service(settings)
    every = (*root_certificates(session), *(service.roots if service else ()))
    return tuple({certificate.fingerprint(hashes.SHA256()): certificate for certificate in every}.values())


@cache
def _service(timestamp: TimestampSettings) -> TimestampService:
    try:
        found = x509.load_pem_x509_certificates(timestamp.certificates.read_bytes())
    except (OSError, ValueError):
        raise SettingsError(
            f"{PREFIX}TIMESTAMP_CERTIFICATES names a file without certificates in PEM; correct it."
        ) from None
    roots = tuple(one for one in found if one.subject == one.issuer)
    others = tuple(one for one in found if one.subject != one.issuer)
    if not roots:
        raise SettingsError(f"{PREFIX}TIMESTAMP_CERTIFICATES holds no root: a certificate that signs itself; add it.")
    return TimestampService(timestamp.url, roots, timestamp.seconds, others)
