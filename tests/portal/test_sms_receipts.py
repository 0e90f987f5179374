"""The gateway tells what became of an SMS: on the page of the signer, and to nobody who lacks the secret (G-07)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from delivery.models import OutgoingMessage
from tests.pages import Visitor
from tests.portal.company import Company
from tests.portal.signatures import Signatures
from tests.portal.test_signing_gateway import asks_for_code, page_of, types_code
from tests.portal.world import RECEIPT_SECRET

ADDRESS = "/sms/ontvangst/"
ON_THE_PHONE, NOT_DELIVERED = "De sms is op uw telefoon aangekomen.", "De sms is niet bezorgd."


@pytest.fixture
def ilse(signatures: Signatures, ilse: Visitor) -> Visitor:
    """Ilse, who has agreed and asked for a code."""
    asks_for_code(signatures, ilse)
    return ilse


def told(company: Company, secret: str = RECEIPT_SECRET, **values: str) -> int:
    """What a gateway, which has no session, gets for an answer."""
    gateway = company.portal.visitor()
    return gateway.client.post(ADDRESS + secret, data=values, base_url=gateway.base_url).status_code


def reference(company: Company) -> str:
    """The reference of the newest SMS."""
    with company.portal.session() as session:
        newest = select(OutgoingMessage).where(OutgoingMessage.channel == "sms")
        found = session.scalars(newest.order_by(OutgoingMessage.created_at.desc())).first()
        assert found is not None
        return found.message_id


def test_the_signer_sees_whether_the_telephone_got_the_code(signatures: Signatures, ilse: Visitor) -> None:
    company = signatures.company
    assert ON_THE_PHONE not in page_of(signatures, ilse)

    assert told(company, reference=reference(company), status="undelivered") == 204
    assert NOT_DELIVERED in page_of(signatures, ilse)
    assert told(company, reference=reference(company), status="delivered") == 204
    page = page_of(signatures, ilse)
    assert ON_THE_PHONE in page
    assert NOT_DELIVERED not in page


def test_a_report_that_comes_after_the_signature_changes_nothing_of_it(signatures: Signatures, ilse: Visitor) -> None:
    company = signatures.company
    late = reference(company)
    types_code(signatures, ilse, signatures.code("+31600000007"))

    assert told(company, reference=late, status="failed") == 204
    assert "Ondertekend" in ilse.get(signatures.request_url()).text


@pytest.mark.parametrize("secret", ["x", "Zq7" * 9, RECEIPT_SECRET + "x", RECEIPT_SECRET.lower(), "é" * 30])
def test_who_lacks_the_secret_tells_nothing(signatures: Signatures, ilse: Visitor, secret: str) -> None:
    company = signatures.company

    assert told(company, secret, reference=reference(company), status="delivered") == 404
    assert ON_THE_PHONE not in page_of(signatures, ilse)


def test_an_unknown_reference_gets_the_same_answer_and_garbage_a_refusal(company: Company) -> None:
    assert told(company, reference="0" * 32, status="delivered") == 204
    assert told(company, status="delivered") == 400


def test_a_report_opens_no_session_and_is_no_way_around_the_token_elsewhere(company: Company) -> None:
    gateway = company.portal.visitor()
    answer = gateway.client.post(
        ADDRESS + RECEIPT_SECRET, data={"reference": "0" * 32, "status": "delivered"}, base_url=gateway.base_url
    )

    assert "Set-Cookie" not in answer.headers
    assert gateway.client.post("/uitloggen", data={}, base_url=gateway.base_url).status_code == 400
