"""Signing with a security key or an app instead of an SMS, and what is refused (issue 6; signing.md 9.3, D-rule 33)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from signing.models import SignerState
from tests.pages import Page, Visitor
from tests.portal.second_steps import give_key, options_on
from tests.portal.signatures import Signatures, make_signatures
from tests.software_key import SoftwareKey

NOT_KNOWN = "Deze sleutel is niet herkend."


@pytest.fixture
def key(signatures: Signatures, ilse: Visitor) -> SoftwareKey:
    """The security key that Ilse has since she logged in."""
    return give_key(signatures.company.portal, "Ilse")


def asked(visitor: Visitor, url: str) -> str:
    """What the page asks of a key."""
    return options_on(visitor.get(f"{url}/akkoord?manier=security_key"))


def answers(signatures: Signatures, visitor: Visitor, url: str, answer: str, *, status: int = 422) -> Page:
    """Send what a key answered, whatever page it was asked on."""
    values = {"agreed": "y", "answer": answer}
    return signatures.company.post(visitor, f"{url}/akkoord/sleutel", values, status=status)


def test_a_security_key_signs(signatures: Signatures, ilse: Visitor, key: SoftwareKey) -> None:
    url = signatures.request_url()
    page = answers(signatures, ilse, url, key.answer(asked(ilse, url)), status=200)
    assert "Ondertekend. Uw handtekening staat in het document." in page.text
    assert (signatures.signer(1).state, signatures.signer(1).method) == (SignerState.SIGNED, "security_key")


def test_who_does_not_agree_signs_nothing(signatures: Signatures, ilse: Visitor, key: SoftwareKey) -> None:
    url = signatures.request_url()
    answer = key.answer(asked(ilse, url))
    ilse.submit({"answer": answer}, action=f"{url}/akkoord/sleutel", status=422)
    assert signatures.signer(1).state == SignerState.READ


def test_an_answer_to_an_earlier_page_is_refused(signatures: Signatures, ilse: Visitor, key: SoftwareKey) -> None:
    """Whether it was sent before or not: each page asks anew."""
    url = signatures.request_url()
    old = key.answer(asked(ilse, url))
    asked(ilse, url)
    for _time in range(2):
        assert NOT_KNOWN in answers(signatures, ilse, url, old).text
    assert signatures.signer(1).state == SignerState.READ


def test_the_answer_about_another_document_is_refused(signatures: Signatures, ilse: Visitor, key: SoftwareKey) -> None:
    first = signatures.request_url()
    other = make_signatures(signatures.company)
    other.ask("Ilse", "Eva")
    second = other.request_url()
    other.read(ilse)
    answer = key.answer(asked(ilse, second))
    assert NOT_KNOWN in answers(signatures, ilse, first, answer).text
    assert signatures.signer(1).state == SignerState.READ


def test_the_key_of_another_person_is_refused(signatures: Signatures, ilse: Visitor, key: SoftwareKey) -> None:
    url = signatures.request_url()
    stranger = give_key(signatures.company.portal, "Anna")
    assert NOT_KNOWN in answers(signatures, ilse, url, stranger.answer(asked(ilse, url))).text
    assert signatures.signer(1).state == SignerState.READ
    assert answers(signatures, ilse, url, key.answer(asked(ilse, url)), status=200).heading


def test_a_code_of_the_app_is_good_once(signatures: Signatures, ilse: Visitor) -> None:
    """The code of one signature is none for the next, nor one for a signature after logging in with it."""
    first, company = signatures.request_url(), signatures.company
    other = make_signatures(company)
    other.ask("Ilse", "Eva")
    second = other.request_url()
    other.read(ilse)
    company.portal.source.advance(timedelta(minutes=6))
    code = company.portal.next_code("Ilse")
    ilse.get(f"{first}/akkoord?manier=app")
    ilse.submit({"agreed": "y", "code": code}, action=f"{first}/akkoord/app")
    ilse.get(f"{second}/akkoord?manier=app")
    page = ilse.submit({"agreed": "y", "code": code}, action=f"{second}/akkoord/app", status=422)
    assert "Deze code klopt niet, of is al gebruikt." in page.text
    assert other.signer(1).state == SignerState.READ
