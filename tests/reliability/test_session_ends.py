"""What ends a session ends it in every process of the server, at the next request (L-28; security.md, goal M)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.reliability.clerks import Browser, Clerk, token_of
from tests.reliability.guessers import log_in_again
from tests.reliability.site import Site, make_site

WORKERS = {"PROCESSES": "2", "THREADS": "4"}
REQUESTS = 20
"""By then both processes have answered: each request is a connection of its own."""
PASSWORD_PAGE = "/instellingen/beveiliging/wachtwoord"
NEW = "vijf lauwe koffers op zolder"


@contextmanager
def served(folder: Path, *command: str) -> Iterator[Site]:
    """Yield a site of two worker processes in which everybody logged in once."""
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
    """A site in which each test ends the sessions of somebody else."""
    with served(tmp_path_factory.mktemp("sessions")) as site:
        yield site


def clerk_called(site: Site, name: str) -> Clerk:
    return next(clerk for clerk in site.clerks if clerk.name == name)


def copy_of(browser: Browser, site: Site) -> Browser:
    """Return a browser at another address with the same cookies."""
    copy = Browser(site.portal.port, "127.0.5.1")
    copy._cookies = dict(browser._cookies)
    return copy


def log_out(browser: Browser) -> None:
    assert browser.post("/uitloggen", {"csrf_token": token_of(browser.get("/"))}).status == 303


def change_password(browser: Browser, present: str) -> None:
    values = {"present": present, "password": NEW, "repeated": NEW}
    answer = browser.post(PASSWORD_PAGE, {**values, "csrf_token": token_of(browser.get(PASSWORD_PAGE))})
    assert (answer.status, answer.location) == (303, "/instellingen/beveiliging"), answer.body


def answered(browser: Browser) -> set[int]:
    """Ask many times; return the statuses, among them that of the very first request."""
    return {browser.get("/").status for _ in range(REQUESTS)}


def test_a_cookie_opens_nothing_in_any_process_once_its_owner_logged_out(site: Site) -> None:
    berend = clerk_called(site, "Berend")
    copy = copy_of(berend.browser, site)
    assert answered(copy) == {200}

    log_out(berend.browser)

    assert answered(copy) == {303}


def test_a_new_password_ends_the_other_sessions_in_every_process_and_not_this_one(site: Site) -> None:
    celine = clerk_called(site, "Celine")
    other = Browser(site.portal.port, "127.0.5.2")
    other._cookies = {name: value for name, value in celine.browser._cookies.items() if name != "datakluis"}
    other._cookies["datakluis"] = ""
    assert log_in_again(other, celine._person).status == 303
    copy = copy_of(celine.browser, site)
    assert [answered(browser) for browser in (other, copy)] == [{200}, {200}]

    change_password(celine.browser, celine._person.password)

    assert answered(other) == {303}
    assert answered(copy) == {303}, "the cookie of before the change"
    assert answered(celine.browser) == {200}


def test_a_server_whose_processes_remember_sessions_is_caught(tmp_path: Path) -> None:
    """Negative control."""
    with served(tmp_path, "-m", "tests.reliability.careless", "kept-sessions") as site:
        daan = clerk_called(site, "Daan")
        copy = copy_of(daan.browser, site)
        answered(copy)

        log_out(daan.browser)

        assert 200 in answered(copy)
