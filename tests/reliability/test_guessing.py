"""Guessing over several processes: never more tries than the budget, and nobody is locked out by it (goal I).

What was tried is read in the log, where a guess that was compared and one that was not differ in their reason.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from accounts.failed_tries import ADDRESS, INVITATION_CODE, PASSWORD, SECOND_FACTOR
from accounts.terms import TERMS_VERSION
from audit.actions import Action
from audit.models import AuditEntry
from audit.recording import Outcome
from dialogs.invitations import open_invitation
from tests.dialogs.guests import invite, token_in_mail
from tests.dialogs.talk import Talk
from tests.reliability.clerks import Answer, Browser, Clerk, token_of
from tests.reliability.guessers import GUESSERS, Guesser, all_at_once, at_password, log_in_again, refusals
from tests.reliability.site import Site, make_site

WORKERS = {"PROCESSES": "2", "THREADS": "16"}
COMPARED = "password"
WRONG = "helemaal niet het goede wachtwoord"


@contextmanager
def served(folder: Path, *command: str) -> Iterator[Site]:
    """Yield a site of two worker processes in which everybody logged in once, each on a device of the own."""
    site = make_site(folder, **WORKERS)
    site.portal.command = command or site.portal.command
    try:
        site.portal.start()
        assert len(site.portal.process_ids()) > 2
        for clerk in site.clerks:
            clerk.log_in()
        yield site
    finally:
        site.end()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that all tests here guess at, each at somebody else."""
    with served(tmp_path_factory.mktemp("guessing")) as site:
        yield site


def clerk_called(site: Site, name: str) -> Clerk:
    """Return one of the people of the site."""
    return next(clerk for clerk in site.clerks if clerk.name == name)


def strangers(site: Site, login_name: str) -> list[Guesser]:
    """Return guessers, each at an address of his own."""
    browsers = (Browser(site.portal.port, f"127.0.1.{number + 1}") for number in range(GUESSERS))
    return [at_password(browser, login_name, WRONG) for browser in browsers]


def stranger_with_the_password(site: Site, clerk: Clerk, address: str) -> Answer:
    """Try the right password on a device that was never here."""
    return at_password(Browser(site.portal.port, address), clerk.name, clerk._person.password).guess()


def test_a_password_is_tried_five_times_whoever_tries_and_its_owner_gets_in_meanwhile(site: Site) -> None:
    berend = clerk_called(site, "Berend")
    owner: list[Answer] = []

    answers = all_at_once(strangers(site, "Berend"), lambda: owner.append(log_in_again(berend.browser, berend._person)))

    tried = refusals(site, berend._person.id)
    assert 1 <= tried[COMPARED] <= PASSWORD.in_window
    assert tried.total() == GUESSERS
    assert {answer.status for answer in answers} == {422}
    assert (owner[0].status, owner[0].location) == (303, "/"), owner[0].body
    assert stranger_with_the_password(site, berend, "127.0.2.1").status == 422


def test_a_restart_forgets_no_try(site: Site) -> None:
    celine = clerk_called(site, "Celine")
    all_at_once(strangers(site, "Celine"))

    site.portal.stop(signal.SIGTERM)
    site.portal.start()

    assert stranger_with_the_password(site, celine, "127.0.2.2").status == 422
    assert refusals(site, celine._person.id)[COMPARED] <= PASSWORD.in_window


def test_headers_that_name_another_address_do_not_help(site: Site) -> None:
    """Names that nobody has, all from one address, each with the headers of another proxy."""
    before = refusals(site, None)
    guessers = [
        at_password(Browser(site.portal.port, "127.0.3.1", forged(number)), f"niemand{number}", WRONG)
        for number in range(GUESSERS)
    ]

    all_at_once(guessers)

    tried = refusals(site, None) - before
    assert 1 <= tried[COMPARED] <= ADDRESS.in_window
    assert tried.total() == GUESSERS


def forged(number: int) -> dict[str, str]:
    """Return what a proxy would say of the address behind it."""
    address = f"198.51.100.{number}"
    return {"X-Forwarded-For": address, "X-Real-IP": address, "Forwarded": f"for={address}"}


def test_a_second_factor_is_tried_five_times_and_a_new_login_resets_nothing(site: Site) -> None:
    """Whoever knows the password has five tries, however many logins they are spread over."""
    daan = clerk_called(site, "Daan")
    guessers = [guesser_at_code(site, daan, f"127.0.4.{number + 1}", number) for number in range(4)]
    spread = [guessers[number % 4] for number in range(GUESSERS)]

    all_at_once(spread)

    tried = refusals(site, daan._person.id)
    assert 1 <= tried["code"] <= SECOND_FACTOR.in_window
    assert tried.total() == GUESSERS
    again = guesser_at_code(site, daan, "127.0.4.9", 9)
    assert again.guess().status == 422
    assert refusals(site, daan._person.id)["code"] <= SECOND_FACTOR.in_window


def test_a_code_of_an_invitation_is_tried_five_times_however_often_the_link_is_opened(site: Site) -> None:
    """A thief of the mailbox without the phone; the link stays good for its owner (D-rule 32)."""
    with site.session() as world:
        talk = Talk(world)
        invite(talk, talk.start("Anna", "Gijs"))
        token = token_in_mail(world.session)
    thieves = [guesser_with_the_link(site, token, f"127.0.5.{number + 1}", number) for number in range(4)]

    answers = all_at_once([thieves[number % 4] for number in range(GUESSERS)])

    tried = refused_codes(site)
    assert 1 <= tried["sms code"] <= INVITATION_CODE.in_window
    assert tried.total() == GUESSERS
    assert {answer.status for answer in answers} == {422}
    with site.session() as world:
        open_invitation(world.session, token)


def guesser_with_the_link(site: Site, token: str, address: str, number: int) -> Guesser:
    """Return somebody who has the link, has got as far as the code, and types a wrong one."""
    browser, url = Browser(site.portal.port, address), "/berichten/uitnodiging"
    steps: tuple[tuple[str, dict[str, str]], ...] = (
        ("", {"link": token}),
        ("/voorwaarden", {"version": TERMS_VERSION}),
        ("/wachtwoord", {"password": WRONG, "repeated": WRONG}),
        ("/nummer", {}),
    )
    for page, values in steps:
        form = {**values, "csrf_token": token_of(browser.get(url + page))}
        assert browser.post(url + page, form).status == 303, page
    # The letter o is in no code, so that none of them is right by chance.
    values = {"code": f"gok{number:03}", "csrf_token": token_of(browser.get(f"{url}/code"))}
    return Guesser(browser, f"{url}/code", values)


def refused_codes(site: Site) -> Counter[str]:
    """Why codes of invitations were refused, by the log."""
    with site.session() as world:
        refused = select(AuditEntry.details).where(
            AuditEntry.action == Action.DIALOGUE_INVITATION_USE.value, AuditEntry.outcome == Outcome.REFUSED.value
        )
        return Counter(details["reason"] for details in world.session.scalars(refused))


def guesser_at_code(site: Site, clerk: Clerk, address: str, number: int) -> Guesser:
    """Return somebody who knows the password and types a wrong code."""
    browser = Browser(site.portal.port, address)
    accepted = at_password(browser, clerk.name, clerk._person.password).guess()
    assert (accepted.status, accepted.location) == (303, "/inloggen/code")
    # Letters are no code of an app, so that none of them is right by chance.
    values = {"code": f"gok{number:03}", "csrf_token": token_of(browser.get("/inloggen/code"))}
    return Guesser(browser, "/inloggen/code", values)


def test_a_server_whose_processes_count_for_themselves_is_caught(tmp_path: Path) -> None:
    """Negative control."""
    with served(tmp_path, "-m", "tests.reliability.careless", "own-count") as site:
        elif_ = clerk_called(site, "Elif")
        all_at_once(strangers(site, "Elif"))

        assert refusals(site, elif_._person.id)[COMPARED] > PASSWORD.in_window
