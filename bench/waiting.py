"""People who wait for a message, all at once, on a server of two processes: print one line of JSON.

Each has a dialogue open, whose page asks for news as the script of that page does (`portal/static/js/conversation.js`).
Meanwhile Anna writes to some of them. What counts is how long such a question takes, how soon a message is seen, and
that no question fails.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median, quantiles
from uuid import UUID

from pyotp import TOTP

from bench.talking import BASE_URL, TEXT
from dialogs.models import ParticipantKind
from dialogs.posting import post_message
from dialogs.starting import NewDialogue, NewParticipant, start_dialogue
from organisation.memberships import add_member
from tests.people import SignedUp, sign_up
from tests.reliability.clerks import Browser, token_of
from tests.reliability.site import Site, make_site
from tests.world import OPERATOR, WHOLE

PEOPLE = 200
SECONDS = 45.0
# As the script of the page does while it is looked at.
PAUSE = 4.0
SECONDS_BETWEEN_MESSAGES = 0.5
SEED = 5


@dataclass
class Waiting:
    """Somebody who looks at a dialogue: how long each answer took, and when which message was first seen."""

    person: SignedUp
    dialogue_id: UUID
    browser: Browser
    answers: list[float] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    failures: int = 0
    last: int = 1

    def log_in(self) -> None:
        """Log in with password and app, and open the dialogue."""
        page = self.browser.get("/inloggen")
        values = {"login_name": self.person.person.login_name, "password": self.person.password}
        self.browser.post("/inloggen", {**values, "csrf_token": token_of(page)})
        page = self.browser.get("/inloggen/code")
        code = TOTP(self.person.totp_secret).now()
        self.browser.post("/inloggen/code", {"code": code, "csrf_token": token_of(page)})
        answer = self.browser.get(f"/berichten/{self.dialogue_id}")
        if answer.status != 200:
            raise RuntimeError(f"the dialogue of the bench answers {answer.status}")

    def look(self, until: float) -> None:
        """Ask for news until the time is over."""
        while time.monotonic() < until:
            started = time.monotonic()
            answer = self.browser.get(f"/berichten/{self.dialogue_id}/nieuws?na={self.last}")
            self.answers.append(time.monotonic() - started)
            if answer.status == 200:
                self.seen.append(time.monotonic())
                self.last += 1
            elif answer.status != 204:
                self.failures += 1
            time.sleep(PAUSE)


def main() -> None:
    """Let them wait for three quarters of a minute."""
    with tempfile.TemporaryDirectory(prefix="datakluis-bench-") as folder:
        site = make_site(Path(folder), DATAKLUIS_PROCESSES="2")
        try:
            waiting = _people(site)
            site.portal.start()
            for someone in waiting:
                someone.log_in()
            print(json.dumps(_let_wait(site, waiting)))
        finally:
            site.end()


def _people(site: Site) -> list[Waiting]:
    """Colleagues of Anna, each with a dialogue that she has started."""
    waiting = []
    with site.session() as world:
        anna = world.actor("Anna")
        for number in range(PEOPLE):
            person = sign_up(world.session, world.employer.id, f"wachter{number:03}")
            add_member(world.session, person.id, world.employer.id, ["werkgever"], WHOLE, OPERATOR)
            other = NewParticipant(ParticipantKind.USER, person.id)
            draft = NewDialogue("Hoe gaat het?", TEXT, None, None, (other,), (), world.session.source.new_id())
            dialogue = start_dialogue(world.session, draft, anna, base_url=BASE_URL)
            waiting.append(Waiting(person, dialogue.id, Browser(site.portal.port)))
    return waiting


def _let_wait(site: Site, waiting: list[Waiting]) -> dict[str, float]:
    until = time.monotonic() + SECONDS
    threads = [threading.Thread(target=someone.look, args=(until,)) for someone in waiting]
    for thread in threads:
        # Nobody opens a page at the same moment as everybody else.
        time.sleep(PAUSE / PEOPLE)
        thread.start()
    written = _write(site, waiting, until - 2 * PAUSE)
    for thread in threads:
        thread.join()
    delays = [someone.seen[0] - written[someone.dialogue_id] for someone in waiting if someone.seen]
    answers = [duration for someone in waiting for duration in someone.answers]
    return {
        "people": len(waiting),
        "questions": len(answers),
        "failures": sum(someone.failures for someone in waiting),
        "messages": len(written),
        "messages not seen": len(written) - len(delays),
        "answer, median": median(answers) * 1000,
        "answer, 95 of 100": quantiles(answers, n=20)[-1] * 1000,
        "seen after, median": median(delays) * 1000,
        "seen after, 95 of 100": quantiles(delays, n=20)[-1] * 1000,
    }


def _write(site: Site, waiting: list[Waiting], until: float) -> dict[UUID, float]:
    """Let Anna write, once to each of some; return when each message was committed, by dialogue."""
    written: dict[UUID, float] = {}
    for someone in Random(SEED).sample(waiting, len(waiting)):
        if time.monotonic() >= until:
            break
        with site.session() as world:
            request_id = world.session.source.new_id()
            actor = world.actor("Anna")
            post_message(world.session, someone.dialogue_id, TEXT, (), request_id, actor, base_url=BASE_URL)
        written[someone.dialogue_id] = time.monotonic()
        time.sleep(SECONDS_BETWEEN_MESSAGES)
    return written


if __name__ == "__main__":
    main()
