"""A mail is handed over to a real server, or to nobody, and the sender knows which (goal H)."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme

from delivery.composing import compose
from delivery.errors import DeliveryFailed, MailNotFound, Reason
from delivery.outbox import MailContent, MailKind
from delivery.transports import FolderTransport, SmtpTransport, list_mails, read_mail
from tests.delivery.mail_server import Behaviour, free_port, mail_server, rude_server

SENDER = "noreply@datakluis.voorbeeld.nl"
IDENTITY = "0123456789abcdef" * 2


def mail(identity: str = IDENTITY, minute: int = 0) -> EmailMessage:
    content = MailContent("eva@voorbeeld.nl", {})
    date = datetime(2026, 11, 22, 9, minute, tzinfo=UTC)
    return compose(MailKind.ACCESS_REQUEST, content, sender=SENDER, identity=identity, date=date)


def plain(port: int) -> SmtpTransport:
    return SmtpTransport("127.0.0.1", port, SENDER, starttls=False, answer_timeout=0.5)


@contextmanager
def failing(reason: Reason) -> Iterator[None]:
    with pytest.raises(DeliveryFailed) as failure:
        yield
    assert failure.value.reason is reason
    assert "voorbeeld" not in str(failure.value)


def test_a_server_gets_the_mail_for_the_one_recipient() -> None:
    server = Behaviour()
    with mail_server(server) as port:
        plain(port).send(mail())

    assert server.recipients == ["eva@voorbeeld.nl"]
    assert server.taken[0]["Subject"] == "Er wacht een autorisatieverzoek"
    assert server.identities == [f"<{IDENTITY}@datakluis.voorbeeld.nl>"]


@pytest.mark.parametrize(
    ("server", "reason"),
    [
        (Behaviour(recipient="450 later <eva@voorbeeld.nl>"), Reason.LATER),
        (Behaviour(recipient="550 no such user <eva@voorbeeld.nl>"), Reason.NEVER),
        (Behaviour(data="451 later"), Reason.LATER),
        (Behaviour(data="554 not this"), Reason.NEVER),
        (Behaviour(data="421 closing"), Reason.UNREACHABLE),
        (Behaviour(recipient="530 log in first"), Reason.UNREACHABLE),
    ],
    ids=lambda value: value.recipient or value.data if isinstance(value, Behaviour) else value.value,
)
def test_a_refusal_tells_whether_it_is_about_the_mail_and_for_how_long(server: Behaviour, reason: Reason) -> None:
    with mail_server(server) as port, failing(reason):
        plain(port).send(mail())

    assert server.taken == []


def test_a_server_that_is_away_is_unreachable() -> None:
    with failing(Reason.UNREACHABLE):
        plain(free_port()).send(mail())


@pytest.mark.parametrize(
    "words",
    [
        (),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n",),
        (b"\xff\xfe\0" * 100,),
        (b"2" * 100_000,),
        (b"220 ready\r\n", b"!\r\n"),
    ],
    ids=["silence", "another protocol", "garbage", "an endless line", "nonsense after the greeting"],
)
def test_a_server_that_says_nothing_or_nonsense_is_unreachable(words: tuple[bytes, ...]) -> None:
    with rude_server(*words) as port, failing(Reason.UNREACHABLE):
        plain(port).send(mail())


def test_a_server_that_takes_the_mail_and_falls_silent_is_left_in_time() -> None:
    server = Behaviour(hang=True)
    started = time.monotonic()
    with mail_server(server) as port, failing(Reason.UNREACHABLE):
        plain(port).send(mail())

    assert time.monotonic() - started < 5


def test_a_server_that_answers_a_letter_at_a_time_is_left_in_time() -> None:
    """Each letter comes well within the time for an answer; together they would take ten seconds."""
    letters = [b"220 ready\r\n", *[b"2"] * 100]
    started = time.monotonic()
    with rude_server(*letters, seconds_between=0.1) as port, failing(Reason.UNREACHABLE):
        SmtpTransport("127.0.0.1", port, SENDER, starttls=False, answer_timeout=5, mail_timeout=0.5).send(mail())

    assert time.monotonic() - started < 5


def test_a_lost_answer_is_no_answer_although_the_mail_was_taken() -> None:
    server = Behaviour(lose_answer=True)
    with mail_server(server) as port, failing(Reason.UNREACHABLE):
        plain(port).send(mail())

    assert len(server.taken) == 1


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_tls(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def over_tls(port: int, authority: trustme.CA, password: str | None = None) -> SmtpTransport:
    user = "datakluis" if password else None
    return SmtpTransport(
        "127.0.0.1", port, SENDER, user=user, password=password, tls=client_tls(authority), answer_timeout=2
    )


def test_mail_goes_over_tls_with_a_password(authority: trustme.CA) -> None:
    server = Behaviour(password="goed")
    with mail_server(server, tls=server_tls(authority, "127.0.0.1")) as port:
        over_tls(port, authority, "goed").send(mail())

    assert len(server.taken) == 1


def test_a_wrong_password_costs_nobody_a_mail(authority: trustme.CA) -> None:
    server = Behaviour(password="goed")
    with mail_server(server, tls=server_tls(authority, "127.0.0.1")) as port, failing(Reason.UNREACHABLE):
        over_tls(port, authority, "fout").send(mail())


@pytest.mark.parametrize("name", ["mail.voorbeeld.nl", "127.0.0.2"])
def test_a_certificate_of_another_name_is_refused(authority: trustme.CA, name: str) -> None:
    server = Behaviour()
    with mail_server(server, tls=server_tls(authority, name)) as port, failing(Reason.UNREACHABLE):
        over_tls(port, authority).send(mail())

    assert server.taken == []


def test_a_certificate_of_an_unknown_authority_is_refused(authority: trustme.CA) -> None:
    server = Behaviour()
    with mail_server(server, tls=server_tls(trustme.CA(), "127.0.0.1")) as port, failing(Reason.UNREACHABLE):
        over_tls(port, authority).send(mail())

    assert server.taken == []


def test_where_tls_is_demanded_a_server_without_it_gets_nothing(authority: trustme.CA) -> None:
    """Never a fall back to an unsafe channel (NTA 7516, SEC4)."""
    server = Behaviour()
    with mail_server(server) as port, failing(Reason.UNREACHABLE):
        over_tls(port, authority).send(mail())

    assert server.taken == []


def test_a_password_without_tls_is_refused_and_shown_nowhere() -> None:
    with pytest.raises(ValueError, match="STARTTLS"):
        SmtpTransport("127.0.0.1", 25, SENDER, starttls=False, user="datakluis", password="goed")
    assert "goed" not in repr(SmtpTransport("127.0.0.1", 25, SENDER, user="datakluis", password="goed"))


def test_the_demo_mailbox_shows_the_newest_mail_first(tmp_path: Path) -> None:
    transport = FolderTransport(tmp_path / "mail")
    for number in (1, 3, 2):
        transport.send(mail(f"{number:032x}", minute=number))

    mails = list_mails(tmp_path / "mail")
    assert [stored.date.minute for stored in mails] == [3, 2, 1]
    assert mails[0] == read_mail(tmp_path / "mail", mails[0].name)
    assert (mails[0].to, mails[0].subject) == ("eva@voorbeeld.nl", "Er wacht een autorisatieverzoek")
    assert "Datakluis beheer" in mails[0].text
    assert "<h1" in mails[0].html


def test_a_mail_that_comes_twice_is_once_in_the_mailbox(tmp_path: Path) -> None:
    for _ in range(2):
        FolderTransport(tmp_path).send(mail())

    assert len(list_mails(tmp_path)) == 1


def test_the_mailbox_is_for_its_owner_only_and_holds_no_half_mail(tmp_path: Path) -> None:
    FolderTransport(tmp_path / "mail").send(mail())

    (stored,) = (tmp_path / "mail").iterdir()
    assert stored.stat().st_mode & 0o077 == 0
    assert (tmp_path / "mail").stat().st_mode & 0o077 == 0
    assert stored.suffix == ".eml"


def test_a_mailbox_that_cannot_be_written_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with failing(Reason.UNREACHABLE):
        FolderTransport(tmp_path / "file").send(mail())


def test_there_is_nothing_in_a_mailbox_that_is_not_there(tmp_path: Path) -> None:
    assert list_mails(tmp_path / "none") == []


@pytest.mark.parametrize("name", ["", "..", "../root", "/etc/passwd", "20261122T090000000000Z-" + "0" * 32, "x\0y"])
def test_a_name_that_is_not_of_a_mail_in_the_mailbox_opens_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "root.eml").write_text("secret")

    with pytest.raises(MailNotFound):
        read_mail(tmp_path / "mail", name)
