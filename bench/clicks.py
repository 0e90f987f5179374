"""From a click to the page, in a browser, with 2,000 users in one group: print one line of JSON with milliseconds.

*Instellingen* is a page with almost nothing on it: what it takes is the browser's own part and that of the click.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Page
from pyotp import TOTP
from sqlalchemy import insert

from accounts.models import AccountState, Person
from database.session import Session
from organisation.models import Membership, UserGroup
from tests.browser import started_browser
from tests.people import SignedUp
from tests.reliability.site import make_site
from tests.world import World

USERS = 2_000
REPEATED = 8
GROUP = "Casemanager Arbo"
# Where one begins, and what one clicks on.
WAYS = {
    "a page with almost nothing": ("/", "a[href='/instellingen']"),
    "the tree of users": ("/beheer", "main a[href='/beheer/gebruikers']"),
    "the group with 2,000 users": ("/beheer/gebruikers", "main a[href*='groep=']"),
    "one user": ("{group}", "main a:has-text('Gebruiker 0')"),
}


def main() -> None:
    """Measure each way several times; the median counts, the first only warms up."""
    with tempfile.TemporaryDirectory(prefix="datakluis-bench-") as folder:
        site = make_site(Path(folder))
        try:
            with site.session() as world:
                _fill(world)
                carla, group = world.people["Carla"], _group_id(world.session)
            site.portal.start()
            with started_browser() as browser:
                page = browser.new_page()
                _log_in(page, site.portal.base_url, carla)
                places = {"group": f"/beheer/gebruikers?groep={group}"}
                found = {name: _median(page, start.format(**places), link) for name, (start, link) in WAYS.items()}
        finally:
            site.end()
    print(json.dumps(found))


def _fill(world: World) -> None:
    """Put the users in a group, as rows: what they have beyond a name and a place is on no tree."""
    session, source = world.session, world.session.source
    group = UserGroup(
        id=source.new_id(), organisation_id=world.service.id, parent_id=None, name=GROUP, role_id=None,
        whole_scope=True, sees_all_people=True, created_at=source.now(),
    )  # fmt: skip
    session.add(group)
    session.flush()
    people = [_user(session, world, number) for number in range(USERS)]
    session.execute(insert(Person), people)
    places = {"organisation_id": world.service.id, "whole_scope": True, "created_at": source.now()}
    session.execute(insert(Membership), [{**places, "person_id": one["id"], "group_id": group.id} for one in people])


def _user(session: Session, world: World, number: int) -> dict[str, object]:
    return {
        "id": session.source.new_id(),
        "organisation_id": world.service.id,
        "login_name": f"noord.gebruiker{number:04}",
        "display_name": f"Gebruiker {number:04}",
        "email_sealed": b"",
        "email_lookup": b"",
        "state": AccountState.ACTIVE.value,
        "created_at": session.source.now(),
    }


def _group_id(session: Session) -> object:
    return session.query(UserGroup.id).filter_by(name=GROUP).scalar()


def _log_in(page: Page, base_url: str, person: SignedUp) -> None:
    page.goto(f"{base_url}/inloggen")
    page.fill("input[name=login_name]", person.person.login_name)
    page.fill("input[name=password]", person.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("input[name=code]")
    page.fill("input[name=code]", TOTP(person.totp_secret).now())
    page.press("input[name=code]", "Enter")
    page.wait_for_url(f"{base_url}/")


def _median(page: Page, start: str, link: str) -> float:
    base = page.url.split("/", 3)
    durations = []
    for _ in range(REPEATED):
        page.goto("/".join(base[:3]) + start)
        target = page.locator(link).first
        if not target.is_visible():
            page.locator("details[data-menu] summary").first.click()
        started = time.perf_counter()
        target.click()
        page.wait_for_load_state("load")
        durations.append((time.perf_counter() - started) * 1000)
    return median(durations[1:])


if __name__ == "__main__":
    main()
