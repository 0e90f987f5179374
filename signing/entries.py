"""What is sealed of a signer: the name, the organisation or role, and on behalf of whom (G-07)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Self

from crypto.sealing import seal, unseal
from crypto.secret import Secret
from signing.models import Signer
from signing.places import place_in_signer

# Padded to a multiple of this, so that the length of what is sealed does not tell names apart.
_BLOCK = 256


@dataclass(frozen=True)
class SignerEntry:
    """What a signer is called, of which organisation or in which role, and *Ondertekening namens* as it was asked."""

    name: str = field(repr=False)
    label: str = field(repr=False)
    capacity: str = field(repr=False)

    def to_bytes(self) -> bytes:
        """The entry as JSON, padded to a multiple of 256 bytes."""
        values = {"name": self.name, "label": self.label, "capacity": self.capacity}
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        return text.ljust(-(-len(text) // _BLOCK) * _BLOCK)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The entry that `to_bytes` gave. Raises `ValueError` for anything else."""
        return cls(**json.loads(data))


def seal_entry(signer: Signer, entry: SignerEntry, secret: Secret) -> None:
    """Seal the entry of a signer under the request's key; the caller writes the row."""
    signer.entry_sealed = seal(secret, entry.to_bytes(), place_in_signer(signer, "entry_sealed"))


def open_entry(signer: Signer, secret: Secret) -> SignerEntry:
    """The entry of a signer. Raises `crypto.errors.UnsealError` with the key of another request."""
    return SignerEntry.from_bytes(unseal(secret, signer.entry_sealed, place_in_signer(signer, "entry_sealed")))
