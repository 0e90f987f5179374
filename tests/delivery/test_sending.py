"""Nothing lost, nothing sent twice unless an answer got lost, nothing late (goal H), on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import Engine, select

from crypto.root_key import FileRootKey
from crypto.source import SeededSource, SystemSource
from database.engine import make_engine
from database.session import SessionFactory
from delivery.errors import DeliveryFailed, Reason
from delivery.languages import Language
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, queue_mail
from delivery.sending import GIVE_UP_AFTER, LEASE, send_due
from delivery.transports import SECONDS_FOR_A_MAIL, SECONDS_FOR_AN_ANSWER, SmtpTransport
from tests.delivery.conftest import EMPLOYER, Ask
from tests.delivery.mail_server import Behaviour, free_port, mail_server

SENDER = "noreply@datakluis.voorbeeld.nl"
MINUTE = timedelta(minutes=1)


def to_server(port: int) -> SmtpTransport:
    return SmtpTransport("127.0.0.1", port, SENDER, starttls=False, answer_timeout=0.5)


def row_of(factory: SessionFactory, message: OutgoingMessage) -> OutgoingMessage:
    with factory() as session:
        return session.get_one(OutgoingMessage, message.id)


def test_what_is_due_leaves_once_and_is_wiped(factory: SessionFactory, source: SeededSource, ask: Ask) -> None:
    message, server = ask(), Behaviour()
    with mail_server(server) as port:
        assert [send_due(factory, to_server(port)), send_due(factory, to_server(port))] == [1, 0]

    assert server.identities == [f"<{message.message_id}@datakluis.voorbeeld.nl>"]
    row = row_of(factory, message)
    assert (row.state, row.sealed, row.finished_at, row.locked_until) == ("sent", None, source.now(), None)


def test_a_mail_of_an_act_that_was_undone_never_leaves(factory: SessionFactory, ask: Ask) -> None:
    server = Behaviour()
    with factory() as session:
        queue_mail(session, organisation_id=EMPLOYER, kind=MailKind.ACCESS_REQUEST, to="spook@voorbeeld.nl")
        session.rollback()
    ask("eva@voorbeeld.nl")
    with mail_server(server) as port:
        send_due(factory, to_server(port))

    assert server.recipients == ["eva@voorbeeld.nl"]


def test_only_so_many_leave_in_one_turn_the_oldest_first(
    factory: SessionFactory, source: SeededSource, ask: Ask
) -> None:
    server = Behaviour()
    for number in range(5):
        ask(f"nummer{number}@voorbeeld.nl")
        source.advance(timedelta(seconds=1))
    with mail_server(server) as port:
        assert [send_due(factory, to_server(port), limit=2) for _ in range(4)] == [2, 2, 1, 0]

    assert server.recipients == [f"nummer{number}@voorbeeld.nl" for number in range(5)]


def test_a_repeat_after_a_lost_answer_carries_the_same_identity(
    factory: SessionFactory, source: SeededSource, ask: Ask
) -> None:
    message, server = ask(), Behaviour(lose_answer=True)
    with mail_server(server) as port:
        assert send_due(factory, to_server(port)) == 0
        server.lose_answer = False
        assert send_due(factory, to_server(port)) == 0
        source.advance(MINUTE)
        assert send_due(factory, to_server(port)) == 1

    assert server.identities == [f"<{message.message_id}@datakluis.voorbeeld.nl>"] * 2
    first, second = server.taken
    assert first["Date"] == second["Date"]


def test_a_mail_refused_for_now_waits_longer_each_time(factory: SessionFactory, source: SeededSource, ask: Ask) -> None:
    message, waits = ask(), []
    with mail_server(Behaviour(data="451 later")) as port:
        for _ in range(8):
            send_due(factory, to_server(port))
            row = row_of(factory, message)
            waits.append((row.not_before - source.now()) // MINUTE)
            source.advance(row.not_before - source.now())

    assert waits == [1, 5, 15, 60, 240, 720, 720, 720]
    assert row.state == "waiting"


def test_a_mail_refused_for_good_is_given_up_and_wiped(
    factory: SessionFactory, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    message = ask()
    with mail_server(Behaviour(recipient="550 no such user")) as port:
        assert send_due(factory, to_server(port)) == 0

    row = row_of(factory, message)
    assert (row.state, row.sealed) == ("given_up", None)
    assert "access_request" in caplog.text
    assert "voorbeeld" not in caplog.text


def test_a_refused_mail_does_not_keep_the_others_waiting(factory: SessionFactory, ask: Ask) -> None:
    class OnlyFinn(Behaviour):
        async def handle_RCPT(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def]
            if address.startswith("eva"):
                return "450 later"
            return await super().handle_RCPT(server, session, envelope, address, options)

    server = OnlyFinn()
    ask("eva@voorbeeld.nl")
    ask("finn@voorbeeld.nl")
    with mail_server(server) as port:
        assert send_due(factory, to_server(port)) == 1

    assert server.recipients == ["finn@voorbeeld.nl"]


def test_after_days_of_trying_a_mail_is_given_up(factory: SessionFactory, source: SeededSource, ask: Ask) -> None:
    message = ask()
    source.advance(GIVE_UP_AFTER)
    send_due(factory, to_server(free_port()))

    assert (row_of(factory, message).state, row_of(factory, message).sealed) == ("given_up", None)


@pytest.mark.parametrize("number_of_mails", [3, 100])
def test_after_an_hour_without_a_server_all_have_left_within_five_minutes(
    factory: SessionFactory, source: SeededSource, ask: Ask, number_of_mails: int
) -> None:
    """A few mails have each been tried many times by then, of many mails most not once."""
    server, port = Behaviour(), free_port()
    asked = {ask(f"nummer{number}@voorbeeld.nl").message_id for number in range(number_of_mails)}
    for _ in range(60):
        send_due(factory, to_server(port))
        source.advance(MINUTE)
    with mail_server(server, port):
        for _ in range(5):
            while send_due(factory, to_server(port)):
                pass
            source.advance(MINUTE)

    assert sorted(server.identities) == sorted(f"<{identity}@datakluis.voorbeeld.nl>" for identity in asked)


def test_a_server_that_is_away_is_tried_once_a_turn(factory: SessionFactory, ask: Ask) -> None:
    """Else a turn would last as long as the time for an answer, times the number of mails."""
    tries = []

    class Away:
        sender = SENDER

        def send(self, message: EmailMessage) -> NoReturn:
            tries.append(message)
            raise DeliveryFailed(Reason.UNREACHABLE)

    for _ in range(3):
        ask()
    send_due(factory, Away())

    assert len(tries) == 1


def test_what_has_expired_is_never_sent_and_is_wiped(factory: SessionFactory, source: SeededSource, ask: Ask) -> None:
    server = Behaviour()
    expires_at = source.now() + timedelta(hours=24)
    message = ask(kind=MailKind.INVITATION, values={"link": "https://voorbeeld.nl/x"}, expires_at=expires_at)
    send_due(factory, to_server(free_port()))
    source.advance(timedelta(hours=24))
    with mail_server(server) as port:
        assert send_due(factory, to_server(port)) == 0

    row = row_of(factory, message)
    assert (server.taken, row.state, row.sealed) == ([], "expired", None)


def test_what_expires_while_a_turn_lasts_is_not_sent_in_it(
    factory: SessionFactory, source: SeededSource, ask: Ask
) -> None:
    sent = []

    class SlowServer:
        sender = SENDER

        def send(self, message: EmailMessage) -> tuple[str, ...]:
            sent.append(message["To"])
            source.advance(MINUTE)
            return ()

    ask("eva@voorbeeld.nl")
    source.advance(timedelta(seconds=1))
    ask("finn@voorbeeld.nl", expires_at=source.now() + MINUTE)
    send_due(factory, SlowServer())

    assert sent == ["eva@voorbeeld.nl"]


def test_a_moment_before_it_expires_a_mail_still_leaves(
    factory: SessionFactory, source: SeededSource, ask: Ask
) -> None:
    server = Behaviour()
    ask(expires_at=source.now() + timedelta(hours=24))
    source.advance(timedelta(hours=24) - timedelta(seconds=1))
    with mail_server(server) as port:
        assert send_due(factory, to_server(port)) == 1


def test_with_the_wrong_root_key_nothing_leaves_and_nothing_is_lost(
    engine: Engine, factory: SessionFactory, source: SeededSource, ask: Ask, tmp_path: Path
) -> None:
    ask()
    wrong = FileRootKey.create(tmp_path / "wrong.key", SystemSource()).for_package("delivery")
    server = Behaviour()
    with mail_server(server) as port:
        assert send_due(SessionFactory(engine, source, {"delivery": wrong}), to_server(port)) == 0
        source.advance(MINUTE)
        assert send_due(factory, to_server(port)) == 1


def test_four_workers_at_once_send_each_mail_once(
    database_url: str, factory: SessionFactory, source: SeededSource, ask: Ask
) -> None:
    server = Behaviour()
    asked = [ask(f"nummer{number}@voorbeeld.nl").message_id for number in range(40)]
    engines = [make_engine(database_url) for _ in range(4)]
    factories = [SessionFactory(engine, source, factory.package_keys) for engine in engines]
    with mail_server(server) as port, ThreadPoolExecutor(4) as threads:
        sent = list(threads.map(lambda own: send_due(own, to_server(port), limit=40), factories))
    for engine in engines:
        engine.dispose()

    assert sum(sent) == 40
    assert sorted(server.identities) == sorted(f"<{identity}@datakluis.voorbeeld.nl>" for identity in asked)


def test_a_worker_that_lost_its_lease_does_not_undo_what_another_did(
    factory: SessionFactory, source: SeededSource, ask: Ask
) -> None:
    message = ask()

    class Slow:
        """Takes longer than the lease; meanwhile another worker sends the mail."""

        sender = SENDER

        def send(self, _message: EmailMessage) -> NoReturn:
            source.advance(LEASE)
            send_due(factory, Quick())
            raise DeliveryFailed(Reason.NEVER)

    class Quick:
        sender = SENDER

        def send(self, _message: EmailMessage) -> tuple[str, ...]:
            return ()

    send_due(factory, Slow())

    assert row_of(factory, message).state == "sent"


def test_a_lease_outlasts_whatever_a_transport_does() -> None:
    # The greeting comes before the watch over the whole mail, a farewell after it.
    assert timedelta(seconds=SECONDS_FOR_A_MAIL + 3 * SECONDS_FOR_AN_ANSWER) < LEASE


SENDER_TO_KILL = """
import sys
from datetime import datetime
from pathlib import Path
from crypto.root_key import FileRootKey
from crypto.source import SeededSource
from database.engine import make_engine
from database.session import SessionFactory
from delivery.sending import send_due
from delivery.transports import SmtpTransport

url, key_file, port, now = sys.argv[1:]
key = FileRootKey.load(Path(key_file)).for_package("delivery")
factory = SessionFactory(make_engine(url), SeededSource("worker", datetime.fromisoformat(now)), {"delivery": key})
send_due(factory, SmtpTransport("127.0.0.1", int(port), "noreply@datakluis.voorbeeld.nl", starttls=False))
"""


def test_a_mail_of_a_worker_that_was_killed_halfway_is_sent_by_the_next(
    database_url: str, key_file: Path, factory: SessionFactory, source: SeededSource, ask: Ask
) -> None:
    asked = [ask(f"nummer{number}@voorbeeld.nl").message_id for number in range(3)]
    server = Behaviour(hang=True)
    with mail_server(server) as port:
        worker = [
            sys.executable,
            "-c",
            SENDER_TO_KILL,
            database_url,
            str(key_file),
            str(port),
            source.now().isoformat(),
        ]
        with subprocess.Popen(worker) as process:
            assert server.hanging.wait(20)
            os.kill(process.pid, signal.SIGKILL)
        server.hang = False
        assert send_due(factory, to_server(port)) == 2, "the mail that was on its way is still under its lease"
        source.advance(LEASE)
        assert send_due(factory, to_server(port)) == 1

    assert {f"<{identity}@datakluis.voorbeeld.nl>" for identity in asked} == set(server.identities)
    with factory() as session:
        assert set(session.scalars(select(OutgoingMessage.state))) == {"sent"}


def test_moments_in_the_outbox_come_from_the_source(factory: SessionFactory, source: SeededSource, ask: Ask) -> None:
    message = ask()

    assert isinstance(message.created_at, datetime)
    assert (message.created_at, message.not_before) == (source.now(), source.now())


def test_a_mail_leaves_in_the_language_it_was_asked_in(factory: SessionFactory, ask: Ask) -> None:
    class Kept:
        sender = SENDER
        mails: list[EmailMessage] = []

        def send(self, message: EmailMessage) -> tuple[str, ...]:
            self.mails.append(message)
            return ()

    ask(kind=MailKind.INVITATION, values={"link": "https://datakluis.voorbeeld.nl/x"}, language=Language.ENGLISH)
    ask(kind=MailKind.INVITATION, values={"link": "https://datakluis.voorbeeld.nl/x"})
    send_due(factory, Kept())

    assert [(mail["Subject"], mail["Content-Language"]) for mail in Kept.mails] == [
        ("Invitation to Datakluis", "en"),
        ("Uitnodiging voor Datakluis", "nl"),
    ]
