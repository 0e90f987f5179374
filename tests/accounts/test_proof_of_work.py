"""The proof of work: only what this server asked for, right, in time, and once (L-22, L-23; goal K)."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from altcha import create_challenge

from accounts.errors import ProofRefused
from accounts.proof_of_work import LIFETIME, new_challenge, use_proof
from crypto.source import SeededSource
from database.session import Session, SessionFactory
from tests.proofs import solved


def changed(proof: str, part: str, name: str, value: Any) -> str:
    """Return a proof in which one value is another."""
    payload = json.loads(base64.b64decode(proof))
    holder = payload["challenge"]["parameters"] if part == "parameters" else payload[part]
    holder[name] = value
    return base64.b64encode(json.dumps(payload).encode()).decode()


def test_the_work_is_good_once(session: Session) -> None:
    proof = solved(new_challenge(session))
    use_proof(session, proof)

    with pytest.raises(ProofRefused):
        use_proof(session, proof)
    use_proof(session, solved(new_challenge(session)))


def test_of_sixteen_uses_at_once_one_succeeds(session_factory: SessionFactory) -> None:
    with session_factory() as session:
        proof = solved(new_challenge(session))

    def attempt(_number: int) -> bool:
        with session_factory() as session:
            try:
                use_proof(session, proof)
            except ProofRefused:
                return False
            session.commit()
            return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(attempt, range(16))) == 1


def test_it_expires(session: Session, source: SeededSource) -> None:
    first, second = solved(new_challenge(session)), solved(new_challenge(session))
    source.advance(LIFETIME - timedelta(seconds=1))
    use_proof(session, first)
    source.advance(timedelta(seconds=1))

    with pytest.raises(ProofRefused):
        use_proof(session, second)


def test_it_takes_real_work(session: Session) -> None:
    """At least 500 tries of 1,000 rounds each; less can't be asked for by the visitor."""
    issued = new_challenge(session)
    proof = solved(issued)
    payload = json.loads(base64.b64decode(proof))

    assert payload["solution"]["counter"] >= 500
    assert issued["parameters"]["cost"] == 1000
    with pytest.raises(ProofRefused):
        use_proof(session, changed(proof, "solution", "derivedKey", "00" * 32))
    for name, value in (("cost", 1), ("keyPrefix", ""), ("data", {"expires": 2**40}), ("keySignature", None)):
        with pytest.raises(ProofRefused):
            use_proof(session, changed(proof, "parameters", name, value))


def test_what_somebody_else_issued_is_refused(session: Session) -> None:
    expires = int((session.source.now() + LIFETIME).timestamp())
    forged = create_challenge(
        "PBKDF2/SHA-256",
        1,
        counter=1,
        data={"expires": expires},
        hmac_secret=b"another",
        hmac_key_secret=b"another",
    )

    with pytest.raises(ProofRefused):
        use_proof(session, solved(forged.to_dict()))


@pytest.mark.parametrize(
    "proof",
    ["", "x", "e30=", "A" * 5000, base64.b64encode(b"[]").decode(), base64.b64encode(b"[" * 900).decode(), "\ud800"],
)
def test_rubbish_is_refused(session: Session, proof: str) -> None:
    with pytest.raises(ProofRefused):
        use_proof(session, proof)


@pytest.mark.parametrize("part", ["challenge", "solution"])
@pytest.mark.parametrize("value", [None, 1, "x", [], {}])
def test_a_payload_of_another_shape_is_refused(session: Session, part: str, value: Any) -> None:
    payload = json.loads(base64.b64decode(solved(new_challenge(session))))
    payload[part] = value

    with pytest.raises(ProofRefused):
        use_proof(session, base64.b64encode(json.dumps(payload).encode()).decode())
