"""The mailbox of the demo shows every mail to everyone, so it exists in the demo only."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts.actor import Scope
from accounts.invitations import invite
from delivery.sending import send_due
from delivery.transports import FolderTransport
from organisation.memberships import add_member
from tests.portal.world import OPERATOR, World, make_world


@pytest.fixture
def demo(tmp_path: Path, sqlite_url: str) -> World:
    return make_world(tmp_path, sqlite_url, BASE_URL="http://localhost:8000", DEMO="yes")


def send_invitation(world: World) -> None:
    with world.session() as session, session.begin():
        person = invite(
            session,
            organisation_id=world.employer_id,
            login_name="hanna",
            display_name="Hanna de Wit",
            email="hanna@example.org",
            base_url=world.services.settings.base_url,
            by=OPERATOR,
        )
        add_member(session, person.id, world.employer_id, ["werkgever"], Scope(True), OPERATOR)
    folder = world.services.settings.mail_folder
    assert folder is not None
    send_due(world.services.factory, FolderTransport(folder))


def test_an_empty_mailbox_says_how_mail_gets_there(demo: World) -> None:
    page = demo.visitor().get("/demo/postvak")

    assert page.heading == "Postvak van de demo"
    assert "Er is nog geen mail." in page.text


def test_the_link_in_a_mail_of_the_demo_leads_to_the_invitation(demo: World) -> None:
    send_invitation(demo)
    visitor = demo.visitor()

    page = visitor.get("/demo/postvak")
    (mail,) = [link for link in page.links() if link.startswith("/demo/postvak/")]
    page = visitor.get(mail)
    (link,) = [link for link in page.links() if "/uitnodiging/" in link]
    page = visitor.get(link.removeprefix("http://localhost:8000"))

    assert page.heading == "Welkom bij Datakluis"


@pytest.mark.parametrize("name", ["weg.eml", "..%2f..%2fdata%2froot.key", "root.key"])
def test_no_other_file_can_be_read_through_it(demo: World, name: str) -> None:
    demo.visitor().get(f"/demo/postvak/{name}", status=404)


def test_outside_the_demo_there_is_no_mailbox(world: World) -> None:
    world.visitor().get("/demo/postvak", status=404)
