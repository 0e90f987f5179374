"""An hour without a mail server while people go on talking: ten failures, a sender that is killed, then it is back.

What counts is what the real server on this machine took; the clock is injected, the network is not (goal H).
"""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from crypto.root_key import FileRootKey
from crypto.source import SeededSource
from database.engine import make_engine
from database.session import SessionFactory
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, MessageState
from delivery.sending import LEASE, send_due
from delivery.transports import SmtpTransport
from dialogs.choosing import NewParticipant
from dialogs.models import Dialogue, ParticipantKind
from dialogs.reading import mark_read
from portal.services import KEYED_PACKAGES
from tests.delivery.mail_server import Behaviour, free_port, mail_server, rude_server
from tests.delivery.test_sending import SENDER_TO_KILL
from tests.dialogs.talk import Talk
from tests.world import World, make_world

SENDER = "noreply@datakluis.voorbeeld.nl"
MINUTE = timedelta(minutes=1)
DAY = timedelta(hours=24)
MINUTES_OF_A_FAILURE = 6

Failing = tuple[AbstractContextManager[int], Behaviour]
"""A server that fails, and what it took all the same."""


@dataclass
class Outage:
    """A portal in which Anna talks with Hans and Ilse, and invites the employee; and its outbox."""

    factory: SessionFactory
    source: SeededSource
    url: str
    key_file: Path
    world: World
    employee: UUID
    dialogues: list[UUID] = field(default_factory=list)
    taken: Counter[str] = field(default_factory=Counter)

    def start(self, count: int) -> None:
        """Let Anna start so many dialogues; the mails about them wait."""
        for _ in range(count):
            with self.factory() as session:
                self.world.session = session
                employee = NewParticipant(ParticipantKind.EMPLOYEE, self.employee)
                dialogue = Talk(self.world).start("Anna", "Hans", "Ilse", employee, employee_id=self.employee)
                session.commit()
                self.dialogues.append(dialogue.id)

    def go_on(self, turn: int) -> None:
        """Let Hans read one dialogue, and Anna write in it once more: so another notice to him is due."""
        with self.factory() as session:
            self.world.session = session
            dialogue = session.get_one(Dialogue, self.dialogues[turn % len(self.dialogues)])
            mark_read(session, dialogue.id, self.world.actor("Hans", session), dialogue.message_count)
            Talk(self.world).post("Anna", dialogue, f"Bericht {turn}")
            session.commit()

    def send(self, port: int, *, tls: bool = False, limit: int = 20) -> int:
        """One turn of the worker."""
        return send_due(self.factory, SmtpTransport("127.0.0.1", port, SENDER, starttls=tls, answer_timeout=0.3), limit)

    def fail(self, server: AbstractContextManager[int], turns: int, *, tls: bool = False) -> None:
        """Let the worker try a server that fails so many times in six minutes, while people go on."""
        with server as port:
            for turn in range(turns):
                self.go_on(turn)
                self.send(port, tls=tls)
                self.source.advance(MINUTE * MINUTES_OF_A_FAILURE / turns)

    def be_killed(self) -> None:
        """Let a sender be killed while a mail is on its way."""
        server = Behaviour(hang=True)
        with mail_server(server) as port:
            arguments = [self.url, str(self.key_file), str(port), self.source.now().isoformat()]
            with subprocess.Popen([sys.executable, "-c", SENDER_TO_KILL, *arguments]) as process:
                assert server.hanging.wait(20)
                os.kill(process.pid, signal.SIGKILL)
        self.note(server)

    def recover(self) -> None:
        """Let a server be well again, until nothing waits any more."""
        well = Behaviour()
        with mail_server(well) as port:
            for _ in range(400):
                while self.send(port, limit=200):
                    pass
                if not self.count(MessageState.WAITING):
                    break
                self.source.advance(LEASE)
        self.note(well)

    def note(self, server: Behaviour) -> None:
        """Count what a server took, by the identity of the mail."""
        self.taken.update(identity.strip("<>").partition("@")[0] for identity in server.identities)

    def count(self, state: MessageState) -> int:
        """How many mails are in a state."""
        with self.factory() as session:
            in_state = OutgoingMessage.state == state.value, OutgoingMessage.channel == "mail"
            return session.scalar(select(func.count()).where(*in_state)) or 0

    def identities(self, kind: MailKind) -> set[str]:
        """The identities of all mails of a kind that were asked for."""
        with self.factory() as session:
            asked = select(OutgoingMessage.message_id).where(
                OutgoingMessage.kind == kind.value, OutgoingMessage.channel == "mail"
            )
            return set(session.scalars(asked))


@contextmanager
def portal_without_mail(url: str, key_file: Path, source: SeededSource) -> Iterator[Outage]:
    """A portal on a fresh database with Anna, Hans, Ilse and an employee; no mail has been asked for yet."""
    root_key = FileRootKey.load(key_file)
    keys = {name: root_key.for_package(name) for name in KEYED_PACKAGES}
    engine = make_engine(url)
    factory = SessionFactory(engine, source, keys)
    with factory() as session:
        world = make_world(session)
        for name in ("Hans", "Ilse"):
            world.hire_vault_user(name, "datakluisgebruiker", "werkgever")
        employee = world.employ("MS003", "Yılmaz")
        for message in session.scalars(select(OutgoingMessage)):
            session.delete(message)
        session.commit()
    try:
        yield Outage(factory, source, url, key_file, world, employee)
    finally:
        engine.dispose()


def failures(certificate: ssl.SSLContext) -> Mapping[str, Callable[[], Failing]]:
    """The ten ways to fail, each with the server that notes what it took all the same."""

    def behaving(behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> Failing:
        return mail_server(behaviour, tls=tls), behaviour

    def rude(*words: bytes, pause: float = 0.0) -> Failing:
        return rude_server(*words, seconds_between=pause), Behaviour()

    return {
        "nobody listens": lambda: (_Nobody(), Behaviour()),
        "hangs before its greeting": rude,
        "garbage for a greeting": lambda: rude(b"\x00\xff nonsense\r\n"),
        "refuses whoever comes": lambda: rude(b"554 no service here\r\n"),
        "a letter at a time": lambda: rude(b"2", b"2", b"0", b" ", pause=0.2),
        "refuses for now": lambda: behaving(Behaviour(data="451 later")),
        "mailbox full": lambda: behaving(Behaviour(recipient="452 full")),
        "hangs after the mail": lambda: behaving(Behaviour(hang=True)),
        "takes it and hangs up": lambda: behaving(Behaviour(lose_answer=True)),
        "shows a wrong certificate": lambda: behaving(Behaviour(), certificate),
    }


class _Nobody(AbstractContextManager[int]):
    """A port on which nobody listens."""

    def __enter__(self) -> int:
        return free_port()

    def __exit__(self, *_error: object) -> None:
        pass


@dataclass(frozen=True)
class Tally:
    """How it ended: of the notices, and of the invitations whose day passed meanwhile."""

    notices: int
    lost: int
    doubled: int
    repeated: int
    expired_sent: int
    invitations: int


def live_through(outage: Outage, dialogues: int, certificate: ssl.SSLContext, *, turns: int) -> Tally:
    """A day less half an hour of invitations that could not leave, then the hour, then all is well again.

    A mail that a server took before it hung up, or whose sender was killed, may be taken once more under the same
    identity (`repeated`); a notice that is asked for twice would be two identities (`doubled`).
    """
    outage.start(dialogues)
    outage.source.advance(DAY - MINUTE * 30)
    excused: Counter[str] = Counter()
    for name, fail in failures(certificate).items():
        server, behaviour = fail()
        outage.fail(server, turns, tls=name == "shows a wrong certificate")
        outage.note(behaviour)
        if behaviour.lose_answer:
            excused.update(identity.strip("<>").partition("@")[0] for identity in behaviour.identities)
    outage.be_killed()
    outage.recover()
    notices, invitations = (
        outage.identities(kind) for kind in (MailKind.DIALOGUE_NOTICE, MailKind.DIALOGUE_INVITATION)
    )
    repeated = {identity for identity, times in outage.taken.items() if times > 1 + excused[identity]}
    return Tally(
        notices=len(notices),
        lost=len(notices - outage.taken.keys()),
        doubled=len(repeated),
        repeated=sum(times > 1 for times in outage.taken.values()),
        expired_sent=len(invitations & outage.taken.keys()),
        invitations=len(invitations),
    )
