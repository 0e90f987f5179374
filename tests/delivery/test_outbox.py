"""A mail is part of the act that asks for it, and says nothing that it may not say (N-02, N-07)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, make_url, select, text

from crypto.errors import UnsealError
from crypto.root_key import FileRootKey
from crypto.source import SystemSource
from database.session import SessionFactory
from delivery.errors import MailValueError
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, open_content, queue_mail
from tests.delivery.conftest import EMPLOYER, Ask

LINK = "https://datakluis.voorbeeld.nl/uitnodiging/geheim-woord-uit-de-link"


def test_a_mail_that_was_asked_for_waits_in_the_outbox(factory: SessionFactory, ask: Ask) -> None:
    ask(kind=MailKind.INVITATION, values={"link": LINK})

    with factory() as session:
        message = session.scalars(select(OutgoingMessage)).one()
        assert (message.state, message.attempts, message.kind) == ("waiting", 0, "invitation")
        content = open_content(session, message)
        assert (content.to, content.values) == ("eva@voorbeeld.nl", {"link": LINK})


def test_a_mail_of_an_act_that_was_undone_was_never_asked_for(factory: SessionFactory) -> None:
    with factory() as session:
        queue_mail(session, organisation_id=EMPLOYER, kind=MailKind.ACCESS_REQUEST, to="eva@voorbeeld.nl")
        session.rollback()

    with factory() as session:
        assert session.scalar(select(func.count()).select_from(OutgoingMessage)) == 0


def test_neither_address_nor_link_can_be_read_in_the_database(engine: Engine, database_url: str, ask: Ask) -> None:
    ask(kind=MailKind.INVITATION, values={"link": LINK})

    with engine.connect() as connection:
        row = str(connection.execute(text("SELECT * FROM outgoing_message")).one())
    assert "voorbeeld" not in row
    if make_url(database_url).get_backend_name() == "sqlite":
        path = Path(make_url(database_url).database or "")
        stored = b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))
        assert b"outgoing_message" in stored
        assert b"voorbeeld" not in stored
        assert b"geheim-woord" not in stored


def test_what_was_sealed_opens_neither_in_another_row_nor_under_another_key(
    engine: Engine, factory: SessionFactory, ask: Ask, tmp_path: Path
) -> None:
    one, other = ask(), ask("finn@voorbeeld.nl")
    other_key = FileRootKey.create(tmp_path / "other.key", SystemSource()).for_package("delivery")
    one_in_the_place_of_other = OutgoingMessage(id=other.id, sealed=one.sealed)

    with factory() as session, pytest.raises(UnsealError):
        open_content(session, one_in_the_place_of_other)
    with SessionFactory(engine, factory.source, {"delivery": other_key})() as session, pytest.raises(UnsealError):
        open_content(session, one)


def test_each_mail_has_an_identity_of_its_own(ask: Ask) -> None:
    assert ask().message_id != ask().message_id


@pytest.mark.parametrize(
    "address",
    [
        "",
        "eva",
        "eva@",
        "@voorbeeld.nl",
        "eva@voorbeeld.nl\nBcc: dief@voorbeeld.nl",
        "eva@voorbeeld.nl\r\nBcc: dief@voorbeeld.nl",
        "eva@voorbeeld.nl\n",
        "eva@voorbeeld.nl, dief@voorbeeld.nl",
        "eva@voorbeeld.nl dief@voorbeeld.nl",
        "eva@dief@voorbeeld.nl",
        "Eva <eva@voorbeeld.nl>",
        '"eva"@voorbeeld.nl',
        "eva;dief@voorbeeld.nl",
        "eva@voorbeeld.nl\u2028Bcc: dief@voorbeeld.nl",
        "eva@voorbeeld.nl\0",
        "éva@voorbeeld.nl",
        "eva@[127.0.0.1]",
        ".eva@voorbeeld.nl",
        "eva@voorbeeld..nl",
        "e" * 65 + "@voorbeeld.nl",
    ],
)
def test_only_one_plain_address_can_be_written_to(without_database: SessionFactory, address: str) -> None:
    with without_database() as session, pytest.raises(MailValueError) as refusal:
        queue_mail(session, organisation_id=EMPLOYER, kind=MailKind.ACCESS_REQUEST, to=address)

    assert not address or address not in str(refusal.value)


@pytest.mark.parametrize("address", ["eva@voorbeeld.nl", "e.v-a+werk@sub.xn--voorbeeld-abc.nl", "o'neill@voorbeeld.nl"])
def test_usual_addresses_can_be_written_to(ask: Ask, address: str) -> None:
    ask(address)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "javascript:alert(1)",
        "//dief.nl/x",
        "https://",
        "ftp://voorbeeld.nl/",
        "https://voorbeeld.nl/\r\nBcc: dief@voorbeeld.nl",
        "https://voorbeeld.nl/a b",
        "https://voorbeeld.nl/\tx",
        'https://voorbeeld.nl/"><script>',
        "https://voorbeeld.nl/" + "x" * 2000,
        "https://voorbeeld.nl/é",
    ],
)
def test_a_link_is_a_plain_web_address(without_database: SessionFactory, link: str) -> None:
    values = {"link": link}
    with without_database() as session, pytest.raises(MailValueError):
        queue_mail(session, organisation_id=EMPLOYER, kind=MailKind.INVITATION, to="eva@voorbeeld.nl", values=values)


def test_nothing_but_a_link_gets_into_a_mail(ask: Ask) -> None:
    """So no verb can put a name or a Toelichting in one, even by mistake."""
    with pytest.raises(MailValueError, match="no other value"):
        ask(values={"link": LINK, "name": "Eva de Vries"})
    with pytest.raises(MailValueError, match="a date and a time"):
        ask(values={"moment": "Eva de Vries"})
    ask(values={"link": LINK, "moment": "22-11-2026 10:00"})


def test_an_organisation_is_in_the_mails_that_say_where_they_come_from_and_in_no_other(ask: Ask) -> None:
    """D-rule 26: of a dialogue a mail says nothing but that."""
    with pytest.raises(MailValueError, match="in no other"):
        ask(values={"link": LINK, "organisation": "Van Dam"})
    with pytest.raises(MailValueError, match="where they come from"):
        ask(kind=MailKind.DIALOGUE_INVITATION, values={"link": LINK})
    for name in ("", "Van Dam\r\nBcc: dief@voorbeeld.nl", "x" * 121):
        with pytest.raises(MailValueError, match="no name of an organisation"):
            ask(kind=MailKind.DIALOGUE_INVITATION, values={"link": LINK, "organisation": name})
    ask(kind=MailKind.DIALOGUE_INVITATION, values={"link": LINK, "organisation": "Van Dam"})


def test_addresses_are_masked_and_in_no_other_mail_than_about_a_letter(ask: Ask) -> None:
    masked = "e•••@voorbeeld.nl"
    with pytest.raises(MailValueError, match="in no other"):
        ask(values={"link": LINK, "addresses": masked})
    with pytest.raises(MailValueError, match="in no other"):
        ask(kind=MailKind.LETTER_UNDELIVERED)
    for addresses in ("eva@voorbeeld.nl", f"{masked}\nkees@voorbeeld.nl", "", "Eva•••@voorbeeld.nl"):
        with pytest.raises(MailValueError, match="masked"):
            ask(kind=MailKind.LETTER_UNDELIVERED, values={"addresses": addresses})
    ask(kind=MailKind.LETTER_UNDELIVERED, values={"addresses": f"{masked}\nk•••@voorbeeld.nl"})


def test_an_invitation_without_a_link_is_refused(ask: Ask) -> None:
    with pytest.raises(MailValueError, match="needs a link"):
        ask(kind=MailKind.INVITATION)
