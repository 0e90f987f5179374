"""Where the ciphertexts of this package lie: what each is bound to, so that none can be moved (design 2.1)."""

from __future__ import annotations

from uuid import UUID

from crypto.sealing import Context
from vault.models import Part, ProcessingAgreement, RecordKey, RecordPart, Share, ShareRequest


def place_of_part(employee_id: UUID, part: Part | str, version: int, key_number: int) -> Context:
    """The place of one version of one part of a record; an old version opens in no newer one's place."""
    return Context(RecordPart.__tablename__, employee_id, str(part), version=version, generation=key_number)


def place_of_record_key(row: RecordKey) -> Context:
    """The place of a record key as one side holds it, with the generation that says when to replace it."""
    return Context(
        RecordKey.__tablename__,
        row.employee_id,
        f"{row.form} since {row.since_generation}",
        version=row.key_number,
        holder=row.holder_id,
        generation=row.generation,
    )


def place_of_reason(share: Share) -> Context:
    """The place of the kind of care question and the Toelichting of a share, as the vault keeps them."""
    return Context(
        Share.__tablename__, share.id, "reason_sealed", generation=share.generation, recipient=share.employee_id
    )


def place_of_service_reason(share: Share) -> Context:
    """The place of the same as it was sent to the service, of which it is part."""
    return Context(
        Share.__tablename__,
        share.id,
        "service_reason_sealed",
        holder=share.service_id,
        generation=share.service_generation,
        recipient=share.employee_id,
    )


def place_of_request(request: ShareRequest, column: str, generation: int) -> Context:
    """The place of what a request or its refusal says, as it was sent to one of the two sides.

    `column` is that of the ciphertext; its name tells for which side it is, `generation` is that of the side's holder.
    """
    of_service = column.startswith("service_")
    return Context(
        ShareRequest.__tablename__,
        request.id,
        column,
        holder=request.service_id if of_service else request.organisation_id,
        generation=generation,
        recipient=request.employee_id,
    )


def place_of_signatory(agreement_id: UUID) -> Context:
    """The place of who signs a processing agreement."""
    return Context(ProcessingAgreement.__tablename__, agreement_id, "signatory_sealed")
