"""Where the keys of this package lie: what every seal and every code of authentication is bound to (design 2.1)."""

from __future__ import annotations

from uuid import UUID

from crypto.derivation import derive
from crypto.sealing import Context
from crypto.secret import Secret


def place_of_grant(
    grant_id: UUID, *, holder_id: UUID, generation: int, recipient_id: UUID, recipient_generation: int
) -> Context:
    """The place of a holder's secret in a row of `key_grant`; `version` is the generation of the recipient."""
    return Context(
        "key_grant",
        grant_id,
        "sealed",
        version=recipient_generation,
        holder=holder_id,
        generation=generation,
        recipient=recipient_id,
    )


def place_of_previous(holder_id: UUID, generation: int) -> Context:
    """The place of the secret before `generation`, in the row of that generation."""
    return Context(
        "holder_generation",
        holder_id,
        "previous_sealed",
        version=generation,
        holder=holder_id,
        generation=generation - 1,
    )


def place_of_index_secret(holder_id: UUID, generation: int) -> Context:
    """The place of a holder's index secret in the row of a generation."""
    return Context("holder_generation", holder_id, "index_sealed", holder=holder_id, generation=generation)


def place_of_half(sheet_id: UUID, *, for_holder_id: UUID, named_person_id: UUID, named_generation: int) -> Context:
    """The place of half of a recovery sheet's secret; `version` is the generation of the person whom it names."""
    return Context(
        "recovery_sheet",
        sheet_id,
        "half_sealed",
        version=named_generation,
        holder=for_holder_id,
        recipient=named_person_id,
    )


def public_key_message(holder_id: UUID, generation: int, public_key: bytes) -> bytes:
    """What the code of authentication of a public key is made of: owner, generation, key (design 2.1)."""
    return Context("holder_generation", holder_id, "public_key", generation=generation).encode() + public_key


def wrap_key_of(secret: Secret) -> Secret:
    """The key for what is in a holder's own keeping (AES-256-GCM)."""
    return derive(secret, "holder/wrap")
