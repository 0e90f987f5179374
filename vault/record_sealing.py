"""Sealing new records for a vault: the same for one that is typed in and for thousands of an import."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.actor import Actor
from crypto.sealing import seal
from crypto.secret import Secret
from crypto.source import Source
from database.session import Session
from keys.holders import current_generation
from keys.models import SealedForm
from vault.blind_index import RecordIndexer, make_indexer
from vault.fields import Card, Details
from vault.models import Part, RecordKey
from vault.places import place_of_part, place_of_record_key
from vault.record_keys import NumberedKey
from vault.sides import keep_generation, require_vault

FIRST_VERSION = 1
FIRST_KEY = 1


@dataclass(frozen=True)
class SealedRecord:
    """The rows of a new record, by column, ready for a bulk insert into `record_key`, `record_part`, `record_index`."""

    key: dict[str, Any]
    parts: tuple[dict[str, Any], dict[str, Any]]
    index: dict[str, Any]


@dataclass(frozen=True)
class RecordSealer:
    """Seals new records for one vault; good for one transaction, since the vault may move on to a next generation."""

    organisation_id: uuid.UUID
    holder_id: uuid.UUID
    generation: int
    wrap_key: Secret
    indexer: RecordIndexer
    source: Source
    written_by: uuid.UUID
    written_at: datetime

    def seal(self, employee_id: uuid.UUID, card: Card, details: Details) -> SealedRecord:
        """The rows of a new record under a fresh random key; card and details have been checked by the caller."""
        key = NumberedKey(FIRST_KEY, Secret.random(self.source))
        return SealedRecord(
            key=self._key_row(employee_id, key.secret),
            parts=seal_parts(
                key,
                employee_id=employee_id,
                organisation_id=self.organisation_id,
                version=FIRST_VERSION,
                card=card,
                details=details,
                written_by=self.written_by,
                written_at=self.written_at,
            ),
            index=self.indexer.row(employee_id, self.organisation_id, FIRST_VERSION, card, details),
        )

    def _key_row(self, employee_id: uuid.UUID, secret: Secret) -> dict[str, Any]:
        values = {
            "employee_id": employee_id,
            "key_number": FIRST_KEY,
            "holder_id": self.holder_id,
            "organisation_id": self.organisation_id,
            "generation": self.generation,
            "since_generation": self.generation,
            "form": SealedForm.WRAPPED.value,
        }
        place = place_of_record_key(RecordKey(**values))
        return {**values, "sealed": seal(self.wrap_key, secret.reveal(), place)}


def make_sealer(session: Session, actor: Actor) -> RecordSealer:
    """A sealer for the actor's vault, for this transaction; a withdrawal waits until it ends.

    Raises `VaultClosed` (D-rule 19), `PermissionDenied`, `NoVaultAccess`, `NotFound` for the arbo side.
    """
    holder_id = require_vault(session, actor)
    keep_generation(session, holder_id)
    generation = current_generation(session, holder_id)
    return RecordSealer(
        organisation_id=actor.organisation_id,
        holder_id=holder_id,
        generation=generation,
        wrap_key=actor.keys.wrap_key(session, holder_id, generation),
        indexer=make_indexer(session, actor, holder_id),
        source=session.source,
        written_by=actor.person_id,
        written_at=session.source.now(),
    )


def seal_parts(
    key: NumberedKey,
    *,
    employee_id: uuid.UUID,
    organisation_id: uuid.UUID,
    version: int,
    card: Card,
    details: Details,
    written_by: uuid.UUID,
    written_at: datetime,
    batch_id: uuid.UUID | None = None,
    contact_changed_at: datetime | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rows of one version of both parts of a record, by column; with `batch_id` not to be seen before the batch."""

    def row(part: Part, plaintext: bytes) -> dict[str, Any]:
        place = place_of_part(employee_id, part, version, key.number)
        return {
            "employee_id": employee_id,
            "part": part.value,
            "version": version,
            "organisation_id": organisation_id,
            "key_number": key.number,
            "sealed": seal(key.secret, plaintext, place),
            "written_by": written_by,
            "written_at": written_at,
            "batch_id": batch_id,
            "contact_changed_at": contact_changed_at if part is Part.DETAILS else None,
        }

    return row(Part.CARD, card.to_bytes()), row(Part.DETAILS, details.to_bytes())
