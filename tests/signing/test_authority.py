"""The certificates: what each may do, how long it lasts, and that the key of a signature is used once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from crypto.source import SeededSource
from signing.authority import (
    POLICIES,
    Authority,
    answers_for,
    issue_leaf,
    lists_of,
    make_authority,
    make_root,
    name_in,
    signature_id_in,
)
from signing.errors import KeyIsUsedUp
from signing.models import SigningMethod

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def source() -> SeededSource:
    return SeededSource("authority", START)


@pytest.fixture(scope="module")
def made(source: SeededSource) -> Authority:
    return make_authority(source, "Proef BV", make_root(source, "Proef BV"))


def leaf(made: Authority, **changes: object) -> x509.Certificate:
    """The certificate of one signature."""
    values = {
        "name": "Ünal Çelik",
        "signature_id": UUID(int=5),
        "capacity": "werknemer",
        "method": SigningMethod.SMS,
        "moment": START,
        **changes,
    }
    return issue_leaf(made, **values).certificate  # type: ignore[arg-type]


def test_everything_below_the_root_lasts_twenty_five_years_and_the_root_thirty(made: Authority) -> None:
    for key in (made.issuing, made.seal, made.timestamping):
        assert key.certificate.not_valid_after_utc - START == 25 * YEAR
    assert made.root.not_valid_after_utc - START == 30 * YEAR
    assert made.root_list.next_update_utc is not None
    assert made.root_list.next_update_utc - START == 25 * YEAR


def test_each_certificate_is_issued_by_the_one_above_it(made: Authority) -> None:
    made.issuing.certificate.verify_directly_issued_by(made.root)
    made.timestamping.certificate.verify_directly_issued_by(made.root)
    made.seal.certificate.verify_directly_issued_by(made.issuing.certificate)
    leaf(made).verify_directly_issued_by(made.issuing.certificate)


def test_the_certificate_of_a_signature_says_who_as_what_and_lasts_a_day(made: Authority) -> None:
    found = leaf(made)

    assert (name_in(found), signature_id_in(found)) == ("Ünal Çelik", str(UUID(int=5)))
    assert found.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "werknemer"
    assert found.not_valid_after_utc - START == timedelta(days=1)
    usage = found.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.content_commitment
    assert [usage.digital_signature, usage.key_cert_sign, usage.crl_sign] == [False, False, False]
    assert not found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


@pytest.mark.parametrize("method", SigningMethod)
def test_the_certificate_tells_the_method_by_its_policy(made: Authority, method: SigningMethod) -> None:
    policies = leaf(made, method=method).extensions.get_extension_for_class(x509.CertificatePolicies).value

    assert [policy.policy_identifier.dotted_string for policy in policies] == [POLICIES[method]]
    assert len(set(POLICIES.values())) == len(SigningMethod)


def test_a_name_that_is_too_long_or_has_lines_still_gets_a_certificate(made: Authority) -> None:
    found = leaf(made, name="Jan\nJansen " + "x" * 100, capacity="")

    assert name_in(found) == ("Jan Jansen " + "x" * 100)[:64]


def test_nothing_was_withdrawn_says_who_may_say_so(made: Authority) -> None:
    found = leaf(made)
    moment = START + timedelta(minutes=3, microseconds=7)
    answers = [ocsp.load_der_ocsp_response(answer) for answer in answers_for(made, [found], moment)]

    assert [answer.serial_number for answer in answers] == [
        found.serial_number,
        made.seal.certificate.serial_number,
    ]
    for answer in answers:
        assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
        assert answer.this_update_utc == START + timedelta(minutes=3)
        public = made.issuing.key.public_key()
        public.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(hashes.SHA256()))
    root_list, issuing_list = (x509.load_der_x509_crl(withdrawn) for withdrawn in lists_of(made, moment))
    assert root_list.is_signature_valid(made.root.public_key())  # type: ignore[arg-type]
    assert issuing_list.is_signature_valid(made.issuing.certificate.public_key())  # type: ignore[arg-type]
    assert list(root_list) == list(issuing_list) == []


def test_a_key_signs_one_signature_and_is_forgotten(made: Authority) -> None:
    values = {"name": "A", "signature_id": UUID(int=5), "capacity": "b", "method": SigningMethod.SMS, "moment": START}
    issued = issue_leaf(made, **values)  # type: ignore[arg-type]
    key = issued.take_key()

    assert key.public_key() == issued.certificate.public_key()
    with pytest.raises(KeyIsUsedUp):
        issued.take_key()
    assert "PrivateKey" not in repr((made, issued))
