"""Signatures in a PDF: what each step adds, what it leaves alone, and what it refuses."""

from __future__ import annotations

from itertools import pairwise

import pytest

from signing import pades
from signing.appearances import SignatureField
from signing.errors import CannotSign, KeyIsUsedUp, NotSignable
from tests.signing.odd_documents import OBJECTIONABLE
from tests.signing.signed_documents import (
    FIELDS,
    appearance_for,
    authority,
    leaf_for,
    plain_document,
    signed_document,
    timestamper,
)


def test_each_step_leaves_every_byte_before_it_alone() -> None:
    made = signed_document()
    steps = (made.original, made.certified, *made.signed, made.closed)

    assert all(later.startswith(earlier) and later != earlier for earlier, later in pairwise(steps))


def test_every_signature_is_told_with_the_name_of_who_set_it() -> None:
    found = pades.revisions(signed_document().closed)

    assert [(one.field, one.common_name) for one in found] == [
        ("Portaalzegel", "Proef BV - zegel"),
        ("Ondertekenaar1", "Ünal Çelik"),
        ("Ondertekenaar2", "Đặng Żółć"),
        ("Slotzegel", "Proef BV - zegel"),
        ("Archieftijdstempel", "Proef BV - tijdstempels"),
    ]
    assert all(one.signed_at is not None for one in found)
    assert found[-1].end == len(signed_document().closed)


def test_a_key_signs_once() -> None:
    made, leaf = signed_document(), leaf_for(0)
    pades.sign_field(made.certified, FIELDS[0].name, leaf, appearance_for(0), timestamper())

    with pytest.raises(KeyIsUsedUp):
        pades.sign_field(made.certified, FIELDS[1].name, leaf, appearance_for(0), timestamper())


@pytest.mark.parametrize("field", [FIELDS[0].name, "Ondertekenaar3"])
def test_a_field_that_is_signed_or_not_there_is_not_signed(field: str) -> None:
    with pytest.raises(CannotSign):
        pades.sign_field(signed_document().signed[0], field, leaf_for(0), appearance_for(0), timestamper())


def test_the_log_tells_what_kind_of_error_kept_a_document_from_being_signed(caplog: pytest.LogCaptureFixture) -> None:
    damaged = signed_document().certified.replace(b"startxref", b"startXref")
    with pytest.raises(CannotSign) as refused:
        pades.sign_field(damaged, FIELDS[0].name, leaf_for(0), appearance_for(0), timestamper())

    assert f"no signature could be set: {type(refused.value.__cause__).__name__} in " in caplog.text
    assert str(refused.value.__cause__) not in caplog.text
    assert caplog.records[-1].exc_info is None


@pytest.mark.parametrize("name", ["a form", "layers", "a script when it opens", "a remark", "signed", "cut off"])
def test_what_can_show_something_else_later_is_never_certified(name: str) -> None:
    reason, make = OBJECTIONABLE[name]
    with pytest.raises(NotSignable) as refused:
        pades.certify(make(plain_document(1)), FIELDS, authority(), timestamper())

    assert refused.value.code == reason


def test_many_signers_get_more_pages_and_each_a_field_of_their_own() -> None:
    fields = [SignatureField(f"Ondertekenaar{number}", (f"Naam {number}",)) for number in range(1, 12)]
    certified = pades.certify(plain_document(), fields, authority(), timestamper())

    signed = pades.sign_field(certified, fields[10].name, leaf_for(0), appearance_for(0), timestamper())
    assert [one.field for one in pades.revisions(signed)] == ["Portaalzegel", "Ondertekenaar11"]
