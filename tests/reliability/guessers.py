"""Those who guess, all at once, at the form of a running server."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from uuid import UUID

from pyotp import TOTP
from sqlalchemy import select

from audit.actions import Action
from audit.models import AuditEntry
from tests.people import SignedUp
from tests.reliability.clerks import Answer, Browser, token_of
from tests.reliability.site import Site

GUESSERS = 64
STEP_SECONDS = 30


@dataclass
class Guesser:
    """Somebody with a browser of his own, who has opened the page and typed a guess."""

    browser: Browser
    url: str
    values: Mapping[str, str]

    def guess(self) -> Answer:
        """Send what was typed."""
        return self.browser.post(self.url, self.values)


def at_password(browser: Browser, login_name: str, password: str) -> Guesser:
    """Open the login page and type a name and a password."""
    token = token_of(browser.get("/inloggen"))
    return Guesser(browser, "/inloggen", {"login_name": login_name, "password": password, "csrf_token": token})


def all_at_once(guessers: Sequence[Guesser], meanwhile: Callable[[], None] = lambda: None) -> list[Answer]:
    """Let all guess at one moment, and let something else happen in the middle of it."""
    barrier = Barrier(len(guessers) + 1)

    def guess(guesser: Guesser) -> Answer:
        barrier.wait(60)
        return guesser.guess()

    with ThreadPoolExecutor(len(guessers)) as threads:
        waiting = [threads.submit(guess, guesser) for guesser in guessers]
        barrier.wait(60)
        meanwhile()
        return [answer.result() for answer in waiting]


def refusals(site: Site, actor_id: UUID | None) -> Counter[str]:
    """Why logins of a person, or of names that nobody has, were refused, by the log."""
    with site.session() as world:
        failed = select(AuditEntry.details).where(
            AuditEntry.action == Action.LOGIN_FAIL.value, AuditEntry.actor_id == actor_id
        )
        return Counter(details["reason"] for details in world.session.scalars(failed))


def log_in_again(browser: Browser, person: SignedUp, steps_later: int = 1) -> Answer:
    """Log in anew with the password and the code that the app shows next, on a device that was here before."""
    browser.forget("datakluis")
    guesser = at_password(browser, person.person.login_name, person.password)
    accepted = guesser.guess()
    assert (accepted.status, accepted.location) == (303, "/inloggen/code"), accepted.body
    app = TOTP(person.totp_secret)
    code = app.generate_otp(int(time.time()) // STEP_SECONDS + steps_later)
    token = token_of(browser.get("/inloggen/code"))
    return browser.post("/inloggen/code", {"code": code, "csrf_token": token})
