"""The timestamp service by the settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from cryptography import x509

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


@dataclass(frozen=True)
class Roots:
    """The roots of signatures, the newest first, and those of a timestamp service, which vouch for a moment alone."""

    of_signatures: tuple[x509.Certificate, ...]
    of_timestamps: tuple[x509.Certificate, ...]

    @property
    def for_moments(self) -> tuple[x509.Certificate, ...]:
        """Those that are believed about a moment: all of them."""
        return (*self.of_signatures, *self.of_timestamps)


def roots_to_check_with(session: Session, settings: Settings) -> Roots:
    """What signed documents of this installation are checked with."""
    service = read_timestamp_service(settings)
    return Roots(root_certificates(session), service.roots if service else ())


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
