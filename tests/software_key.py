"""A security key in software, written from WebAuthn level 3 alone, that can also do what a real one never does."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

USER_PRESENT, USER_VERIFIED, CREDENTIAL_INCLUDED = 0x01, 0x04, 0x40


def encoded(content: bytes) -> str:
    """Bytes in base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Base64url without padding in bytes."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class SoftwareKey:
    """One credential (ES256). What it says about itself and its surroundings can be changed before it answers."""

    origin: str
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    counts: bool = True
    is_present: bool = True
    cross_origin: bool = False
    host: str | None = None
    user_handle: bytes | None = None
    _private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def register(self, options: str) -> str:
        """Answer `navigator.credentials.create()` as its JSON."""
        asked = json.loads(options)
        self.user_handle = decoded(asked["user"]["id"])
        data = self._authenticator_data(self.host or asked["rp"]["id"], CREDENTIAL_INCLUDED) + self._credential()
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", asked["challenge"])
        answer = {"clientDataJSON": encoded(client_data), "attestationObject": encoded(attestation)}
        return self._credential_json({**answer, "transports": ["usb", "nfc"]})

    def answer(self, options: str, **changes: Any) -> str:
        """Answer `navigator.credentials.get()` as its JSON; `changes` are put over the response."""
        asked = json.loads(options)
        client_data = self._client_data("webauthn.get", asked["challenge"])
        data = self._authenticator_data(self.host or asked["rpId"], 0)
        signature = self._private.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        answer = {
            "clientDataJSON": encoded(client_data),
            "authenticatorData": encoded(data),
            "signature": encoded(signature),
            "userHandle": encoded(self.user_handle) if self.user_handle else None,
        }
        return self._credential_json({**answer, **changes})

    def _credential_json(self, response: dict[str, Any]) -> str:
        identity = encoded(self.credential_id)
        return json.dumps({"id": identity, "rawId": identity, "type": "public-key", "response": response})

    def _client_data(self, kind: str, challenge: str) -> bytes:
        content = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin}
        return json.dumps(content).encode()

    def _authenticator_data(self, host: str, flags: int) -> bytes:
        self.count += self.counts
        flags |= (USER_PRESENT if self.is_present else 0) | USER_VERIFIED
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _credential(self) -> bytes:
        numbers = self._private.public_key().public_numbers()
        # COSE (RFC 9053): EC2, ES256, P-256, x and y.
        key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        return bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + key
