"""Each of a thousand changes of one byte of a signed document is refused, by the signatures and again by the evidence.

One process does them all, as it does everything but start: the portal gives each document a process of its own.
"""

from __future__ import annotations

import hashlib
import logging

from cryptography.hazmat.primitives.serialization import Encoding

from signing.record_schema import decode_record, encode_record
from signing.verifying import verify
from tests.signing.records import record_of
from tests.signing.signed_documents import authority, signed_document
from tests.signing.tampering import random_changes

CHANGES = 1000


def test_each_of_a_thousand_changes_of_one_byte_is_refused() -> None:
    made, roots = signed_document(), [authority().root.public_bytes(Encoding.DER)]
    record = decode_record(encode_record(record_of(made, authority())))
    logging.disable(logging.CRITICAL)
    accepted = []
    try:
        assert verify(made.closed, None, roots).is_valid
        for place, changed in random_changes(made.closed, CHANGES):
            assert hashlib.sha256(changed).hexdigest() != record["document"]["final_sha256"]
            if _is_accepted(changed, roots):
                accepted.append(place)
    finally:
        logging.disable(logging.NOTSET)

    assert accepted == []


def _is_accepted(pdf: bytes, roots: list[bytes]) -> bool:
    try:
        return verify(pdf, None, roots).is_valid
    except Exception:
        return False
