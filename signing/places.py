"""Where the ciphertexts of this package lie: what each is bound to, so that none can be moved (design 2.1)."""

from __future__ import annotations

from uuid import UUID

from crypto.sealing import Context
from signing.models import Signer, SigningCertificate, SigningCode, SigningRequest, SigningRequestKey


def place_of_request_key(row: SigningRequestKey) -> Context:
    """The place of a request's key as one holder can open it."""
    return Context(
        SigningRequestKey.__tablename__,
        row.request_id,
        "sealed",
        version=row.key_number,
        holder=row.holder_id,
        generation=row.generation,
    )


def place_in_request(request: SigningRequest, column: str) -> Context:
    """The place of a title, a reason or the key of a file, under the request's key of that number."""
    return Context(SigningRequest.__tablename__, request.id, column, version=request.key_number)


def place_in_signer(signer: Signer, column: str) -> Context:
    """The place of a name, a drawing or a refusal, under the request's key of that number."""
    return Context(Signer.__tablename__, signer.id, column, version=signer.key_number, holder=signer.request_id)


def place_of_number(signer_id: UUID) -> Context:
    """The place of the mobile number that codes go to, sealed for the server."""
    return Context(Signer.__tablename__, signer_id, "phone_sealed")


def place_of_signing_code(code: SigningCode) -> Context:
    """What the digest of a code is bound to besides the code, the number, the document and the statement."""
    return Context(SigningCode.__tablename__, code.id, "code_hash", holder=code.signer_id)


def place_of_private_key(certificate_id: UUID) -> Context:
    """The place of the private key of a certificate, sealed for the server."""
    return Context(SigningCertificate.__tablename__, certificate_id, "key_sealed")
