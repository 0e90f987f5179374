"""An SMS is handed over to a real gateway over HTTP, or to nobody, and the sender knows which (goal H)."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import trustme

from delivery.errors import DeliveryFailed, Reason
from delivery.gateways import CmGateway, HttpGateway, Sms, SmsGateway, SpryngGateway, form_filler, json_filler
from delivery.https import SECONDS_FOR_AN_ANSWER, SECONDS_FOR_AN_SMS, HttpsPost
from delivery.sending import SMS_PACE
from delivery.sms_folder import FolderGateway, list_sms
from tests.delivery.mail_server import free_port, rude_server
from tests.delivery.sms_server import CM_TAKEN, SPRYNG_TAKEN, Behaviour, sms_server

REFERENCE = "0123456789abcdef" * 2
SMS = Sms("+31600000001", 'uw code is "bk68t9" & {text}', REFERENCE, datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
Make = Callable[[HttpsPost], SmsGateway]


def post(port: int, path: str = "/v1/messages?with=recipients") -> HttpsPost:
    return HttpsPost(f"http://127.0.0.1:{port}{path}", answer_timeout=0.5, sms_timeout=1.5)


def cm(to: HttpsPost) -> CmGateway:
    return CmGateway(to, "Datakluis", "geheim-token")


def spryng(to: HttpsPost) -> SpryngGateway:
    return SpryngGateway(to, "Datakluis", "geheime-sleutel")


def general(to: HttpsPost) -> HttpGateway:
    fill = json_filler('{"to": "{number}", "message": {"text": "{text}"}, "id": "{reference}"}')
    return HttpGateway(to, "Datakluis", "application/json", fill, ("X-Key", "geheim"))


EVERY = pytest.mark.parametrize(("make", "taken"), [(cm, CM_TAKEN), (spryng, SPRYNG_TAKEN), (general, b"")])


@contextmanager
def failing(reason: Reason) -> Iterator[None]:
    with pytest.raises(DeliveryFailed) as failure:
        yield
    assert failure.value.reason is reason
    assert "31600000001" not in str(failure.value)


def test_cm_gets_what_its_documentation_asks_for() -> None:
    server = Behaviour(answer=CM_TAKEN)
    with sms_server(server) as port:
        cm(post(port)).send(SMS)

    (message,) = server.taken_json()[0]["messages"]["msg"]
    assert message == {
        "allowedChannels": ["SMS"],
        "from": "Datakluis",
        "to": [{"number": "0031600000001"}],
        "body": {"type": "auto", "content": SMS.text},
        "reference": REFERENCE,
    }
    assert server.asked[0]["x-cm-producttoken"] == "geheim-token"


def test_spryng_gets_what_its_documentation_asks_for() -> None:
    server = Behaviour(status=201, answer=SPRYNG_TAKEN)
    with sms_server(server) as port:
        spryng(post(port)).send(SMS)

    (message,) = server.taken_json()
    assert (message["recipients"], message["originator"], message["body"]) == (["31600000001"], "Datakluis", SMS.text)
    assert (message["reference"], message["route"]) == (REFERENCE, "business")
    assert server.asked[0]["authorization"] == "Bearer geheime-sleutel"
    assert server.asked[0]["path"] == "/v1/messages?with=recipients"


def test_any_other_gateway_gets_its_own_template_filled_in_and_no_text_breaks_out_of_it() -> None:
    server = Behaviour(status=202)
    with sms_server(server) as port:
        general(post(port)).send(SMS)
        form = form_filler("to={number}&text={text}&from={sender}&again=")
        HttpGateway(post(port), "Datakluis", "application/x-www-form-urlencoded", form).send(SMS)

    assert json.loads(server.taken[0]) == {
        "to": SMS.to,
        "message": {"text": SMS.text},
        "id": REFERENCE,
    }
    assert parse_qs(server.taken[1].decode(), keep_blank_values=True) == {
        "to": [SMS.to],
        "text": [SMS.text],
        "from": ["Datakluis"],
        "again": [""],
    }
    assert server.asked[0]["x-key"] == "geheim"


@pytest.mark.parametrize(
    "template", ["{", '{"to": "{number}"}', '{"text": "{text}", "to": "{number}", "key": "{password}"}', "[]"]
)
def test_a_template_that_cannot_be_filled_in_is_refused_at_the_start(template: str) -> None:
    with pytest.raises(ValueError, match=r"template|JSON|Expecting"):
        json_filler(template)


@pytest.mark.parametrize(
    ("server", "reason"),
    [
        (Behaviour(status=400, answer=b'{"errorCode": 201, "messages": [{"status": "Rejected"}]}'), Reason.NEVER),
        (Behaviour(status=400, answer=b'{"errorCode": 101, "details": "No account found"}'), Reason.UNREACHABLE),
        (Behaviour(status=400, answer=b"<html>Bad Request</html>"), Reason.UNREACHABLE),
        (Behaviour(status=200, answer=b"<html>Log in to the network</html>"), Reason.UNREACHABLE),
        (Behaviour(status=200, answer=b'{"errorCode": "0"}'), Reason.UNREACHABLE),
        (Behaviour(status=200, answer=b"[1, 2"), Reason.UNREACHABLE),
        (Behaviour(status=302, headers={"Location": "http://127.0.0.1:1/"}), Reason.UNREACHABLE),
        (Behaviour(status=500, answer=b"boom 0031600000001"), Reason.LATER),
        (Behaviour(status=503, answer=CM_TAKEN), Reason.UNREACHABLE),
        (Behaviour(status=429, answer=b"{}"), Reason.UNREACHABLE),
    ],
)
def test_a_refusal_says_whether_to_try_again(server: Behaviour, reason: Reason) -> None:
    with sms_server(server) as port, failing(reason):
        cm(post(port)).send(SMS)


@pytest.mark.parametrize(("status", "reason"), [(401, Reason.UNREACHABLE), (402, Reason.UNREACHABLE)])
def test_a_wrong_key_or_an_empty_wallet_costs_nobody_a_code(status: int, reason: Reason) -> None:
    with sms_server(Behaviour(status=status, answer=b'{"message": "Unauthenticated."}')) as port:
        for make in (cm, spryng, general):
            with failing(reason):
                make(post(port)).send(SMS)


@EVERY
def test_a_gateway_that_is_away_hangs_or_talks_nonsense_takes_nothing(make: Make, taken: bytes) -> None:
    with failing(Reason.UNREACHABLE):
        make(post(free_port())).send(SMS)
    with sms_server(Behaviour(answer=taken, hang=True)) as port, failing(Reason.UNREACHABLE):
        make(post(port)).send(SMS)
    with rude_server(b"220 mail.example ESMTP\r\n") as port, failing(Reason.UNREACHABLE):
        make(post(port)).send(SMS)
    with sms_server(Behaviour(answer=taken, lose_answer=True)) as port, failing(Reason.UNREACHABLE):
        make(post(port)).send(SMS)


def test_a_gateway_that_answers_letter_by_letter_is_left_in_time() -> None:
    began = time.monotonic()
    with sms_server(Behaviour(answer=CM_TAKEN, drip=True)) as port, failing(Reason.UNREACHABLE):
        cm(post(port)).send(SMS)

    assert time.monotonic() - began < len(CM_TAKEN) * 0.1


def test_a_lease_outlasts_whatever_a_gateway_does() -> None:
    # Finding the address comes before the watch over the whole message.
    assert SMS_PACE.lease.total_seconds() > SECONDS_FOR_AN_SMS + SECONDS_FOR_AN_ANSWER


def test_a_code_goes_only_to_a_gateway_whose_certificate_can_be_trusted() -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    trusted, distrusted = ssl.create_default_context(), ssl.create_default_context()
    authority.configure_trust(trusted)
    stranger.configure_trust(distrusted)
    server = Behaviour(answer=CM_TAKEN)
    with sms_server(server, tls) as port:
        cm(HttpsPost(f"https://localhost:{port}/", tls=trusted)).send(SMS)
        for url, context in (("localhost", distrusted), ("127.0.0.1", trusted)):
            with failing(Reason.UNREACHABLE):
                cm(HttpsPost(f"https://{url}:{port}/", tls=context)).send(SMS)

    assert len(server.taken) == 1


@pytest.mark.parametrize("url", ["http://gateway.example/sms", "ftp://127.0.0.1/", "gateway.example", ""])
def test_a_gateway_without_tls_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="https://"):
        HttpsPost(url)


def test_nothing_shows_the_secrets_of_a_gateway_or_what_an_sms_says() -> None:
    for thing in (cm(post(1)), spryng(post(1)), general(post(1)), SMS):
        assert not any(secret in repr(thing) for secret in ("geheim", "bk68t9", "31600000001"))


def test_the_folder_keeps_each_sms_once_for_this_user_only(tmp_path: Path) -> None:
    folder = tmp_path / "sms"
    assert list_sms(folder) == []
    for _ in range(2):
        FolderGateway(folder).send(SMS)

    (path,) = folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert list_sms(folder) == [SMS]


def test_a_folder_that_cannot_be_written_keeps_the_sms_in_the_outbox(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with failing(Reason.UNREACHABLE):
        FolderGateway(tmp_path / "file").send(SMS)
