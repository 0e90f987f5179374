"""The main job in a browser that runs no scripts, with mail over SMTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.delivery.mail_server import Behaviour, mail_server
from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.people import EmployerAdministrator, VaultUser
from tests.journeys.running_portal import RunningPortal, first_link, new_portal, text_of_mail, wait_for
from tests.journeys.staff_file import PEOPLE, fill_in

PASSWORD = "kromme tractor danst op donderdag"
NAME = "Eva Yılmaz"


@pytest.fixture
def mails() -> Behaviour:
    """What the mail server does and has taken."""
    return Behaviour()


@pytest.fixture
def portal(tmp_path: Path, mails: Behaviour) -> Iterator[RunningPortal]:
    """A portal that sends its mail to a mail server."""
    with mail_server(mails) as port:
        smtp = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "SMTP_STARTTLS": "no", "MAIL_FOLDER": ""}
        with new_portal(tmp_path, smtp | {"MAIL_SENDER": "portaal@datakluis.example"}) as made:
            yield made


def test_without_scripts_people_sign_up_share_withdraw_and_import(
    portal: RunningPortal, mails: Behaviour, new_visit: NewVisit, tmp_path: Path
) -> None:
    """K-14, S-02, S-07, X-22, L-05: scripts make it easier, never possible."""
    people = open_bakery(portal)
    portal.serve()
    administrator = EmployerAdministrator("Anna", "anna", new_visit(scripts=False))
    newcomer = VaultUser("Jet Visser", "j.visser", new_visit(scripts=False))
    knows_how_to_log_in(administrator, people["Anna"])

    who = ("--login", newcomer.login, "--email", newcomer.email)
    roles = ("--role", "werkgever", "--role", "datakluisgebruiker")
    portal.command("invite", newcomer.name, "--organisation", "Bakkerij Mulder", *who, *roles)
    newcomer.signs_up(link_in_mail(mails, newcomer.email), PASSWORD)

    administrator.logs_in()
    administrator.sees_access_requests(1)
    administrator.agrees_to_access_of(newcomer.name)
    shares_and_withdraws(newcomer)
    imports(administrator, tmp_path)


def link_in_mail(mails: Behaviour, address: str) -> str:
    """Wait for the invitation to `address`; return its link."""
    mail = wait_for(lambda: next((mail for mail in mails.taken if mail["To"] == address), None), "the invitation")
    assert "portaal@datakluis.example" in mail["From"]
    return first_link(text_of_mail(mail))


def shares_and_withdraws(user: VaultUser) -> None:
    user.opens_department("Winkel")
    user.opens_quick_view("WK001", NAME)
    user.shares_dossier("Belt morgen zelf", with_service="Noord")
    user.sees_dossier_shared(NAME, with_service="Noord")
    user.opens_share_history()
    user.withdraws_share()
    user.reads("Niet gedeeld")


def imports(administrator: EmployerAdministrator, folder: Path) -> None:
    template = administrator.downloads_template(folder)
    administrator.uploads(fill_in(template, folder / "werknemers.xlsx", ("Winkel", "Oven")))
    administrator.makes_departments(1)
    administrator.imports(PEOPLE - 1)
    administrator.goes_to("Werknemers")
    expect(administrator.visit.link("Expeditie")).to_be_visible()
