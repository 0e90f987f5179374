"""A new key for a person whose own can't be opened any more (design 2.3: *nieuwe sleutel*).

It opens nothing: what the lost key could open is closed until somebody inside hands it over again, and a recovery sheet
that names the person is void from then on (`present_keys`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from audit.recording import Who
from crypto.secret import Secret
from database.session import Session
from keys.grants import destroy_grants_to
from keys.holders import make_renewed_generation


@dataclass(frozen=True)
class RenewedSecret:
    """A person's new secret, of a generation of its own. `closed` are the holders that the lost key could open."""

    generation: int
    closed: frozenset[UUID]
    secret: Secret = field(repr=False)


def renew_key(session: Session, person_id: UUID, *, by: Who) -> RenewedSecret:
    """Destroy every grant of a person, and give that person a new key, which the log tells of.

    The caller seals the secret under the new password, and asks again for what closed. Raises `NoGeneration` for
    somebody who never had a key.
    """
    closed = destroy_grants_to(session, person_id)
    generation, secret = make_renewed_generation(session, person_id, by=by)
    return RenewedSecret(generation, frozenset(closed), secret)
