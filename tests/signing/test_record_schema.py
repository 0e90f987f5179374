"""The evidence record has one form, and what is not of it is refused."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from signing.record_schema import (
    EvidenceRecord,
    RecordMalformed,
    canonical_json,
    decode_record,
    encode_record,
    in_certificate,
    is_chain,
)
from tests.signing.records import record_of
from tests.signing.signed_documents import authority, signed_document


@pytest.fixture(scope="module")
def record() -> EvidenceRecord:
    return record_of(signed_document(), authority())


def test_a_record_is_read_as_it_was_written(record: EvidenceRecord) -> None:
    assert decode_record(encode_record(record)) == record


def test_what_a_later_release_adds_is_left_alone(record: EvidenceRecord) -> None:
    longer = canonical_json({**record, "later": [1, {"and": "so on"}]})

    assert decode_record(longer)["id"] == record["id"]


@pytest.mark.parametrize("value", [1.5, True, None, {1: "a"}, [b"x"], {"a": [0.1]}])
def test_a_record_has_texts_and_whole_numbers_only(value: object) -> None:
    with pytest.raises(ValueError, match="record"):
        canonical_json(value)


def test_a_record_in_another_form_is_refused(record: EvidenceRecord) -> None:
    with pytest.raises(RecordMalformed, match="form"):
        decode_record(json.dumps(record).encode())


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("record.signers", lambda record: record.pop("signers")),
        ("record.document.bytes", lambda record: record["document"].update(bytes="12")),
        ("record.signers", lambda record: record.update(signers={})),
        (r"record.signers\[0\].name", lambda record: record["signers"][0].pop("name")),
        ("schema", lambda record: record.update(schema="datakluis/ondertekenbewijs/2")),
    ],
)
def test_a_record_of_another_shape_is_refused(record: EvidenceRecord, place: str, change: Any) -> None:
    changed: Any = copy.deepcopy(record)
    change(changed)

    with pytest.raises(RecordMalformed, match=place):
        decode_record(canonical_json(changed))


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"[" * 100_000, b'{"a": 1'])
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(RecordMalformed):
        decode_record(data)


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record["events"].pop(0),
        lambda record: record["events"].pop(),
        lambda record: record["events"].reverse(),
        lambda record: record["events"][1].update(kind="agreed"),
        lambda record: record["events"][1].update(later="x"),
        lambda record: record.update(events_head="0" * 64),
        lambda record: record.update(id="another"),
        lambda record: record.update(events=[]),
    ],
)
def test_a_gap_or_a_change_in_the_events_is_seen(record: EvidenceRecord, change: Any) -> None:
    changed: Any = copy.deepcopy(record)
    change(changed)

    assert is_chain(record)
    assert not is_chain(changed)


def test_a_long_name_is_cut_off_as_in_its_certificate() -> None:
    assert in_certificate("Ünal\n Çelik") == "Ünal Çelik"
    assert len(in_certificate("x" * 100)) == 64
