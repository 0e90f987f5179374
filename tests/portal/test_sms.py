"""Which gateway an SMS takes is a setting; a senseless one stops the start (design 6)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from delivery.gateways import CM_URL, SPRYNG_URL, CmGateway, HttpGateway, Sms, SpryngGateway
from delivery.https import HttpsPost
from delivery.sms import SmsKind, SmsRules, queue_sms
from delivery.sms_folder import FolderGateway, list_sms
from portal.settings import SettingsError, parse_settings
from portal.sms import make_gateway, sms_rules
from portal.worker import jobs, make_transport
from tests.delivery.sms_server import Behaviour, sms_server
from tests.portal.test_settings import environment
from tests.portal.world import World, make_world

NUMBER = "+31600000001"
BODY = '{"to": "{number}", "text": "{text}", "from": "{sender}", "id": "{reference}"}'
HTTP = {"SMS_GATEWAY": "http", "SMS_URL": "https://sms.example/send", "SMS_BODY": BODY}


def test_codes_go_where_mail_goes_until_told_otherwise(tmp_path: Path) -> None:
    assert make_gateway(parse_settings(environment())) == FolderGateway(Path("/srv/mail"))
    assert make_gateway(parse_settings(environment(SMS_FOLDER=str(tmp_path)))) == FolderGateway(tmp_path)


def test_with_a_mail_server_and_no_gateway_nobody_is_offered_sms() -> None:
    settings = parse_settings(environment(MAIL_FOLDER=None, SMTP_HOST="mail.example", MAIL_SENDER="a@mail.example"))

    assert not settings.offers_sms
    assert make_gateway(settings) is None


def test_each_gateway_is_made_of_its_settings() -> None:
    cm = parse_settings(environment(SMS_GATEWAY="cm", SMS_TOKEN="token", SMS_SENDER="Arbo Zorg"))
    assert make_gateway(cm) == CmGateway(HttpsPost(CM_URL), "Arbo Zorg", "token")
    assert cm.offers_sms
    elsewhere = environment(SMS_GATEWAY="spryng", SMS_TOKEN="key", SMS_URL="https://other.example/")
    assert make_gateway(parse_settings(elsewhere)) == SpryngGateway(
        HttpsPost("https://other.example/"), "Datakluis", "key"
    )
    assert make_gateway(parse_settings(environment(SMS_GATEWAY="spryng", SMS_TOKEN="key"))) == SpryngGateway(
        HttpsPost(SPRYNG_URL), "Datakluis", "key"
    )


def test_a_gateway_of_ones_own_takes_what_the_settings_say() -> None:
    server = Behaviour(status=202)
    with sms_server(server) as port:
        url = f"http://127.0.0.1:{port}/send"
        for form, body in (("json", BODY), ("form", "to={number}&text={text}")):
            changes = {**HTTP, "SMS_URL": url, "SMS_HEADER": "X-Key:  geheim ", "SMS_FORMAT": form, "SMS_BODY": body}
            gateway = make_gateway(parse_settings(environment(**changes)))
            assert isinstance(gateway, HttpGateway)
            gateway.send(Sms(NUMBER, "code", "ref", datetime(2026, 11, 22, tzinfo=UTC)))

    assert json.loads(server.taken[0]) == {"to": NUMBER, "text": "code", "from": "Datakluis", "id": "ref"}
    assert server.taken[1] == b"to=%2B31600000001&text=code"
    assert [asked["x-key"] for asked in server.asked] == ["geheim", "geheim"]
    assert server.asked[1]["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"SMS_GATEWAY": "pigeon"}, "Set DATAKLUIS_SMS_GATEWAY to cm, spryng or http"),
        ({"SMS_GATEWAY": "cm"}, "Set DATAKLUIS_SMS_TOKEN"),
        ({"SMS_GATEWAY": "http", "SMS_URL": "https://sms.example"}, "Set DATAKLUIS_SMS_BODY"),
        ({"SMS_GATEWAY": "cm", "SMS_TOKEN": "a", "SMS_FOLDER": "/srv/sms"}, "not both"),
        ({**HTTP, "SMS_SENDER": "a sender that is too long"}, "Set DATAKLUIS_SMS_SENDER"),
        ({**HTTP, "SMS_FORMAT": "xml"}, "Set DATAKLUIS_SMS_FORMAT to json or form"),
        ({**HTTP, "SMS_BODY": '{"to": "{number}"}'}, "Set DATAKLUIS_SMS_BODY to json that has"),
        ({**HTTP, "SMS_FORMAT": "form", "SMS_BODY": "nothing"}, "Set DATAKLUIS_SMS_BODY to form that has"),
        ({**HTTP, "SMS_URL": "http://sms.example/send"}, "Let DATAKLUIS_SMS_URL begin with https://"),
        ({**HTTP, "SMS_HEADER": "geheim"}, "Set DATAKLUIS_SMS_HEADER"),
        ({"SMS_PER_ORGANISATION_A_DAY": "0"}, "a number from 1"),
    ],
)
def test_a_senseless_setting_is_refused_with_what_to_do(changes: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told) as refused:
        make_gateway(parse_settings(environment(**changes)))
    assert "geheim" not in str(refused.value)


def test_a_code_is_bound_to_the_host_of_the_portal() -> None:
    settings = parse_settings(environment(BASE_URL="https://kluis.example:8443", SMS_PER_ORGANISATION_A_DAY="7"))

    assert sms_rules(settings) == SmsRules("kluis.example", 7)


@pytest.fixture
def demo(tmp_path: Path, sqlite_url: str) -> World:
    return make_world(tmp_path, sqlite_url, BASE_URL="http://localhost:8000", DEMO="yes")


def test_the_worker_sends_a_code_and_the_mailbox_of_the_demo_shows_it(demo: World) -> None:
    anna = demo.add("Anna", "werkgever")
    settings, factory = demo.services.settings, demo.services.factory
    assert "Er is nog geen sms." in demo.visitor().get("/demo/postvak").text
    with demo.session() as session, session.begin():
        queue_sms(
            session,
            organisation_id=demo.employer_id,
            person_id=anna.id,
            kind=SmsKind.LOGIN_CODE,
            to=NUMBER,
            code="bk68t9",
            expires_at=session.source.now().replace(year=2027),
            language="nl",
            rules=demo.services.sms_rules,
        )

    (job,) = [job for job in jobs(factory, make_transport(settings), (), make_gateway(settings)) if "SMS" in job.name]
    assert (job.run(), job.run()) == (1, 0)

    page = demo.visitor().get("/demo/postvak")
    assert "uw code om in te loggen is bk68t9" in page.text
    assert "@localhost #bk68t9" in page.text
    assert settings.sms_folder is not None
    assert [sms.to for sms in list_sms(settings.sms_folder)] == [NUMBER]


def test_without_a_gateway_the_worker_has_no_such_job(demo: World) -> None:
    settings = replace(demo.services.settings, sms_folder=None)
    made = jobs(demo.services.factory, make_transport(settings), (), make_gateway(settings))

    assert "send SMS" not in [job.name for job in made]
