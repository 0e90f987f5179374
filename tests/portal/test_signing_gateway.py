"""What the page tells while the SMS gateway fails under it, and what a later try brings (issue 6, shown 4; G-07)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from accounts.one_time_codes import LIFETIME
from delivery.gateways import HttpGateway, json_filler
from delivery.https import HttpsPost
from delivery.sending import send_due, send_due_sms
from signing.models import SignerState
from tests.delivery.mail_server import Behaviour as MailBehaviour
from tests.delivery.mail_server import free_port, mail_server
from tests.delivery.sms_server import Behaviour, sms_server
from tests.delivery.test_sending import to_server
from tests.pages import Page, Visitor
from tests.portal.signatures import Signatures

WAITS = "De sms wacht nog op verzending."
WRONG = "Deze code klopt niet, is al gebruikt of is verlopen. Neem de code uit de laatste sms."
SIGNED = "Ondertekend. Uw handtekening staat in het document."
TEMPLATE = '{"to": "{number}", "text": "{text}", "id": "{reference}"}'
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ilse(signatures: Signatures, ilse: Visitor) -> Visitor:
    """Ilse, who has agreed and asked for a code."""
    asks_for_code(signatures, ilse)
    return ilse


def asks_for_code(signatures: Signatures, visitor: Visitor) -> Page:
    """*Verstuur sms*, or *Verstuur sms opnieuw*."""
    values = {"agreed": "y", "number": "06 00000007"}
    return visitor.submit(values, action=signatures.request_url("/akkoord/sms"))


def types_code(signatures: Signatures, visitor: Visitor, code: str, *, status: int = 200) -> Page:
    """*Validatie code*, *Opslaan*."""
    return visitor.submit({"code": code}, action=signatures.request_url("/akkoord/code"), status=status)


def page_of(signatures: Signatures, visitor: Visitor) -> str:
    """What the page with the code says a moment later."""
    return visitor.get(signatures.request_url("/akkoord")).text


def worker_sends(signatures: Signatures, port: int) -> int:
    """One turn of the worker, by a gateway at a port of this machine; how many SMS left."""
    post = HttpsPost(f"http://127.0.0.1:{port}/sms", answer_timeout=0.3, sms_timeout=1)
    gateway = HttpGateway(post, "Datakluis", "application/json", json_filler(TEMPLATE))
    return send_due_sms(signatures.company.portal.services.factory, gateway)


def codes_taken(server: Behaviour) -> list[str]:
    """The codes in the SMS that a gateway took, the oldest first."""
    return [message["text"].split("#")[-1].strip() for message in server.taken_json()]


@contextmanager
def failing(how: str) -> Iterator[int]:
    """A gateway that fails in one way."""
    if how == "nobody there":
        yield free_port()
        return
    behaviours = {"an error": Behaviour(status=500), "hanging": Behaviour(hang=True)}
    with sms_server(behaviours[how]) as port:
        yield port


@pytest.mark.parametrize("how", ["an error", "hanging", "nobody there"])
def test_while_the_gateway_fails_the_page_says_so_and_a_later_try_signs(
    signatures: Signatures, ilse: Visitor, how: str
) -> None:
    with failing(how) as port:
        assert worker_sends(signatures, port) == 0
    signatures.company.portal.source.advance(MINUTE)
    assert WAITS in page_of(signatures, ilse)
    assert WRONG in types_code(signatures, ilse, "aaaaaa", status=422).text
    assert signatures.signer(1).state == SignerState.READ

    server = Behaviour()
    with sms_server(server) as port:
        assert worker_sends(signatures, port) == 1
    assert WAITS not in page_of(signatures, ilse)
    assert SIGNED in types_code(signatures, ilse, codes_taken(server)[0]).text


def test_a_gateway_whose_answer_comes_too_late_gets_the_same_sms_again_and_its_code_is_good_once(
    signatures: Signatures, ilse: Visitor
) -> None:
    server = Behaviour(lose_answer=True)
    with sms_server(server) as port:
        assert worker_sends(signatures, port) == 0
        signatures.company.portal.source.advance(MINUTE)
        assert WAITS in page_of(signatures, ilse)
        server.lose_answer = False
        assert worker_sends(signatures, port) == 1
    assert WAITS not in page_of(signatures, ilse)
    assert server.taken_json()[0] == server.taken_json()[1]
    assert SIGNED in types_code(signatures, ilse, codes_taken(server)[0]).text


def test_after_a_new_code_the_older_one_is_refused_though_its_sms_came_last(
    signatures: Signatures, ilse: Visitor
) -> None:
    older = Behaviour()
    with sms_server(older) as port:
        assert worker_sends(signatures, port) == 1
    assert "Een eerdere code werkt niet meer." in asks_for_code(signatures, ilse).text
    newer = Behaviour()
    with sms_server(newer) as port:
        assert worker_sends(signatures, port) == 1
    assert WRONG in types_code(signatures, ilse, codes_taken(older)[0], status=422).text
    assert signatures.signer(1).state == SignerState.READ
    assert SIGNED in types_code(signatures, ilse, codes_taken(newer)[0]).text


def test_an_sms_that_the_gateway_refuses_is_told_and_another_can_be_sent(signatures: Signatures, ilse: Visitor) -> None:
    with sms_server(Behaviour(status=422)) as port:
        assert worker_sends(signatures, port) == 0
    assert "De sms is niet bezorgd." in page_of(signatures, ilse)
    asks_for_code(signatures, ilse)
    server = Behaviour()
    with sms_server(server) as port:
        assert worker_sends(signatures, port) == 1
    assert "De sms is niet bezorgd." not in page_of(signatures, ilse)
    assert SIGNED in types_code(signatures, ilse, codes_taken(server)[0]).text


def test_a_code_that_the_gateway_did_not_take_within_ten_minutes_never_leaves(
    signatures: Signatures, ilse: Visitor
) -> None:
    assert worker_sends(signatures, free_port()) == 0
    signatures.company.portal.source.advance(LIFETIME)
    server = Behaviour()
    with sms_server(server) as port:
        assert worker_sends(signatures, port) == 0
        page = page_of(signatures, ilse)
        assert "Validatie code" not in page
        assert "Verstuur sms" in page
        asks_for_code(signatures, ilse)
        assert worker_sends(signatures, port) == 1
    assert SIGNED in types_code(signatures, ilse, codes_taken(server)[0]).text


def test_a_signer_is_reached_once_the_mail_server_has_taken_the_mail_and_not_before(
    signatures: Signatures, ilse: Visitor
) -> None:
    """*Verstuurd* until then, *Bezorgd* from then on (G-05)."""
    server = Behaviour()
    with sms_server(server) as port:
        worker_sends(signatures, port)
    types_code(signatures, ilse, codes_taken(server)[0])
    assert "Verstuurd" in ilse.get(signatures.request_url()).text
    factory = signatures.company.portal.services.factory
    assert send_due(factory, to_server(free_port())) == 0
    assert "Verstuurd" in ilse.get(signatures.request_url()).text
    with mail_server(MailBehaviour()) as mail_port:
        signatures.company.portal.source.advance(MINUTE)
        assert send_due(factory, to_server(mail_port)) > 0
    page = ilse.get(signatures.request_url()).text
    assert "Bezorgd" in page
    assert "Verstuurd" not in page
