"""A timestamp that can't be relied on is none, whatever is wrong with it, and without one nothing is signed."""

from __future__ import annotations

import hashlib
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp
from cryptography.hazmat.primitives.serialization import Encoding

from crypto.source import SeededSource, SystemSource
from signing import pades
from signing.errors import TimestampUnavailable
from signing.timestamping import HttpTimestamper
from signing.verifying import verify_file
from tests.signing.judges import judge, needs_judges, require_judges
from tests.signing.signed_documents import (
    FIELDS,
    appearance_for,
    authority,
    leaf_for,
    plain_document,
    sign_all,
    signed_document,
    timestamper,
)
from tests.signing.timestamp_services import (
    StampingAuthority,
    make_stamping_authority,
    running_service,
    service_at,
)


@pytest.fixture(scope="module")
def stamping(tmp_path_factory: pytest.TempPathFactory) -> StampingAuthority:
    """An authority of timestamps whose tokens OpenSSL makes."""
    require_judges()
    return make_stamping_authority(tmp_path_factory.mktemp("stamping"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> StampingAuthority:
    """Another one, which nobody trusts."""
    require_judges()
    return make_stamping_authority(tmp_path_factory.mktemp("other"))


@needs_judges
def test_a_token_of_this_process_is_one_for_openssl(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(timestamper().token(b"hallo"))
    (tmp_path / "data").write_bytes(b"hallo")
    (tmp_path / "root.pem").write_bytes(authority().root.public_bytes(Encoding.PEM))
    command = ["openssl", "ts", "-verify", "-token_in", "-in", "token", "-data", "data", "-CAfile", "root.pem"]

    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in said.stdout + said.stderr


def test_a_token_tells_the_moment_of_the_injected_clock() -> None:
    source = SeededSource("stamps", datetime(2026, 3, 2, 9, 0, 0, 999_999, tzinfo=UTC))
    token = tsp.ContentInfo.load(timestamper(source).token(b"hallo"))
    info = token["content"]["encap_content_info"]["content"].parsed

    assert info["gen_time"].native == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert info["message_imprint"]["hashed_message"].native == hashlib.sha256(b"hallo").digest()


def test_each_token_has_a_number_of_its_own() -> None:
    stamper = timestamper()
    numbers = {
        tsp.ContentInfo.load(stamper.token(b"a"))["content"]["encap_content_info"]["content"]
        .parsed["serial_number"]
        .native
        for _ in range(20)
    }

    assert len(numbers) == 20


@needs_judges
def test_a_document_stamped_by_a_service_elsewhere_passes_all_judges_and_ours(
    stamping: StampingAuthority, tmp_path: Path
) -> None:
    with running_service(lambda query: (200, stamping.reply(query))) as url:
        closed = sign_all(plain_document(), HttpTimestamper(service_at(url, stamping), SystemSource())).closed
    roots = [authority().root, stamping.root]

    judge(closed, roots, tmp_path / "judged", persons=2)
    ours, theirs = ([root.public_bytes(Encoding.DER)] for root in roots)
    assert verify_file(closed, ours, theirs).is_valid
    only_ours = verify_file(closed, ours)
    assert "no_timestamp" in {problem.code for problem in only_ours.problems}


def changed_reply(stamping: StampingAuthority, change: Callable[[Any], None]) -> Callable[[bytes], tuple[int, bytes]]:
    """A service that answers another query than the one it got."""

    def answer(query: bytes) -> tuple[int, bytes]:
        request = tsp.TimeStampReq.load(query)
        change(request)
        return 200, stamping.reply(request.dump(force=True))

    return answer


def another_nonce(request: Any) -> None:
    request["nonce"] = 1 << 63


def another_digest(request: Any) -> None:
    request["message_imprint"]["hashed_message"] = b"x" * 32


def another_algorithm(request: Any) -> None:
    request["message_imprint"] = {"hash_algorithm": {"algorithm": "sha384"}, "hashed_message": b"x" * 48}


def rejection(stamping: StampingAuthority) -> Callable[[bytes], tuple[int, bytes]]:
    """A service that says no, and gives a token all the same."""

    def answer(query: bytes) -> tuple[int, bytes]:
        reply = tsp.TimeStampResp.load(stamping.reply(query))
        reply["status"] = {"status": "rejection"}
        return 200, reply.dump(force=True)

    return answer


def bad_signature(stamping: StampingAuthority) -> Callable[[bytes], tuple[int, bytes]]:
    """A service whose signature is over something else."""

    def answer(query: bytes) -> tuple[int, bytes]:
        reply = bytearray(stamping.reply(query))
        reply[-3] ^= 1
        return 200, bytes(reply)

    return answer


MISBEHAVIOURS: dict[str, tuple[str, Callable[[StampingAuthority, StampingAuthority], Callable[[bytes], Any]]]] = {
    "error": ("refused", lambda _own, _other: lambda _query: (500, b"")),
    "garbage": ("unreadable", lambda _own, _other: lambda _query: (200, b"<html>no</html>")),
    "empty": ("unreadable", lambda _own, _other: lambda _query: (200, b"")),
    "cut off": ("unreadable", lambda own, _other: lambda query: (200, own.reply(query)[:-20])),
    "refusal": ("unreadable", lambda own, _other: changed_reply(own, another_algorithm)),
    "refusal with a token": ("not_granted", lambda own, _other: rejection(own)),
    "other nonce": ("other_request", lambda own, _other: changed_reply(own, another_nonce)),
    "other bytes": ("other_bytes", lambda own, _other: changed_reply(own, another_digest)),
    "bad signature": ("bad_signature", lambda own, _other: bad_signature(own)),
    "not trusted": ("not_trusted", lambda _own, other: lambda query: (200, other.reply(query))),
}


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_a_service_that_misbehaves_is_unavailable(
    name: str, stamping: StampingAuthority, other: StampingAuthority
) -> None:
    reason, make = MISBEHAVIOURS[name]
    with running_service(make(stamping, other)) as url, pytest.raises(TimestampUnavailable) as refused:
        HttpTimestamper(service_at(url, stamping), SystemSource()).token(b"hallo")

    assert refused.value.reason == reason


def test_a_service_with_another_clock_is_unavailable(stamping: StampingAuthority) -> None:
    source = SeededSource("clock", datetime.now(UTC) - timedelta(minutes=10))
    with (
        running_service(lambda query: (200, stamping.reply(query))) as url,
        pytest.raises(TimestampUnavailable, match="other_clock"),
    ):
        HttpTimestamper(service_at(url, stamping), source).token(b"hallo")


def test_a_service_that_refuses_connections_is_unavailable(stamping: StampingAuthority) -> None:
    with running_service(lambda _query: (200, b"")) as url:
        pass

    with pytest.raises(TimestampUnavailable, match="unreachable"):
        HttpTimestamper(service_at(url, stamping), SystemSource()).token(b"hallo")


def test_a_service_that_hangs_is_given_up_after_the_time_that_is_set(stamping: StampingAuthority) -> None:
    over = threading.Event()

    def hang(_query: bytes) -> tuple[int, bytes]:
        over.wait(30)
        return 200, b""

    with running_service(hang) as url:
        with pytest.raises(TimestampUnavailable, match="unreachable"):
            HttpTimestamper(service_at(url, stamping, seconds=0.3), SystemSource()).token(b"hallo")
        over.set()


@pytest.mark.parametrize("step", ["certify", "sign", "close", "record"])
def test_nothing_is_signed_without_a_timestamp(step: str, stamping: StampingAuthority) -> None:
    made = signed_document()
    with running_service(lambda _query: (503, b"")) as url:
        down = HttpTimestamper(service_at(url, stamping), SystemSource())
        steps: dict[str, Callable[[], bytes]] = {
            "certify": lambda: pades.certify(made.original, FIELDS, authority(), down),
            "sign": lambda: pades.sign_field(made.certified, FIELDS[0].name, leaf_for(0), appearance_for(0), down),
            "close": lambda: pades.close(made.signed[-1], authority(), down, made.leaves),
            "record": lambda: pades.seal_record(made.original, authority(), down),
        }
        with pytest.raises(TimestampUnavailable):
            steps[step]()
