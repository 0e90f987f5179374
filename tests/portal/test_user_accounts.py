"""The status and the end of an account through the pages (U-09, U-19, U-20, U-22; L-20, L-37)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import func, select

from accounts.models import Person
from accounts.people import email_of
from delivery.models import OutgoingMessage
from keys.models import Grant
from tests.portal.company import Company
from tests.portal.test_users import TREE, group_of, user_in


def url_of(company: Company, name: str, act: str = "") -> str:
    return f"{TREE}/{company.world.people[name].id}{act}"


def state_of(company: Company, person_id: UUID) -> str:
    with company.portal.session() as session:
        return session.get_one(Person, person_id).state


def mails(company: Company, kind: str) -> int:
    with company.portal.session() as session:
        return session.scalar(select(func.count()).where(OutgoingMessage.kind == kind)) or 0


def test_a_blocked_user_is_unblocked_and_then_the_password_is_reset(company: Company) -> None:
    """U-19, U-20."""
    anna = company.visitor("Anna")
    carla = company.visitor("Carla", url_of(company, "Anna", "/blokkeren"))
    assert carla.page is not None
    assert "De sleutels blijven." in carla.page.text
    page = carla.submit()
    assert "Geblokkeerd" in page.text
    assert "Wachtwoord resetten" not in page.text
    assert anna.get("/").response.request.path == "/inloggen"

    page = carla.submit(action=url_of(company, "Anna", "/deblokkeren"))
    assert "Actief" in page.text
    assert "Wachtwoord resetten" in page.text
    page = carla.get(url_of(company, "Anna", "/wachtwoord-resetten"))
    assert page.form().values["email"] == "anna@example.org"
    carla.submit({"email": "anna.nieuw@example.org", "accepts_loss": "y"})
    assert (mails(company, "email_changed"), mails(company, "password_reset")) == (1, 1)
    with company.portal.session() as session:
        assert email_of(session, session.get_one(Person, company.world.people["Anna"].id)) == "anna.nieuw@example.org"


def test_who_never_logged_in_gets_a_new_invitation(company: Company) -> None:
    """L-20."""
    person_id = user_in(company, group_of(company, "Casemanagers"))
    carla = company.visitor("Carla", f"{TREE}/{person_id}/wachtwoord-resetten")
    assert carla.page is not None
    assert carla.page.heading == "Opnieuw uitnodigen"
    assert "De gebruiker krijgt een nieuwe uitnodiging, die 24 uur geldig is." in carla.submit().text
    assert (mails(company, "invitation"), mails(company, "password_reset")) == (2, 0)


def test_a_reset_of_a_blocked_user_says_what_to_do_first(company: Company) -> None:
    carla = company.visitor("Carla", url_of(company, "Anna", "/blokkeren"))
    carla.submit()
    carla.get(url_of(company, "Anna", "/wachtwoord-resetten"))
    page = carla.submit({"accepts_loss": "y"}, status=409)
    assert "Deblokkeer of activeer het account eerst." in page.text
    page = carla.submit({"email": "geen adres"}, status=422)
    assert "Vul een e-mailadres in zoals naam@bedrijf.nl." in page.text
    page = carla.submit({"email": "info@example.org"}, status=422)
    assert "Ik bevestig dat maar één persoon deze postbus leest" in page.text


def test_deactivating_says_what_goes_ends_the_session_and_can_be_undone(company: Company) -> None:
    """U-09, L-37."""
    frits = company.visitor("Frits")
    carla = company.visitor("Carla", url_of(company, "Frits", "/deactiveren"))
    assert carla.page is not None
    for told in (
        "Er is nu 1 sessie open; wie is ingelogd, wordt meteen uitgelogd.",
        "Een sleutel wordt vernietigd: de datakluis van Bakkerij Mulder.",
        "moet de gebruiker dan opnieuw vragen",
    ):
        assert told in carla.page.text
    page = carla.submit()
    assert "Niet actief" in page.text
    assert frits.get("/").response.request.path == "/inloggen"
    with company.portal.session() as session:
        grants = select(func.count()).where(Grant.recipient_id == company.world.people["Frits"].id)
        assert session.scalar(grants) == 0
    page = carla.submit(action=url_of(company, "Frits", "/activeren"))
    assert "Actief" in page.text
    assert state_of(company, company.world.people["Frits"].id) == "active"


@pytest.mark.parametrize("act", ["/deactiveren", "/verwijderen"])
def test_the_last_way_into_a_vault_is_refused_with_what_to_do_first(company: Company, act: str) -> None:
    """D-rule 18."""
    carla = company.visitor("Carla", url_of(company, "Anna", act))
    assert carla.page is not None
    assert "Laat eerst een collega toe die ook anderen mag toelaten." in carla.page.text
    assert [form.action for form in carla.page.forms] == ["/uitloggen"]
    company.post(carla, url_of(company, "Anna", act), status=409)
    assert state_of(company, company.world.people["Anna"].id) == "active"


def test_a_reset_says_first_what_could_be_lost_for_good_and_what_to_do_instead(company: Company) -> None:
    """D-rule 18, design 2.3: without the back-up code the last key of a vault is gone."""
    carla = company.visitor("Carla", url_of(company, "Anna", "/wachtwoord-resetten"))
    page = carla.page
    assert page is not None
    for told in (
        "Alleen Anna kan dit openen, of iemand anders ertoe toelaten:",
        "Er is geen herstelblad op naam van iemand anders: met een nieuwe sleutel is alles daarin voorgoed weg.",
        "Vraag dan om eerst een collega toe te laten die ook anderen mag toelaten",
        "vraag dan of Anna de back-up code nog heeft.",
    ):
        assert told in page.text
    page = carla.submit(status=422)
    assert "Lees eerst wat er verloren kan gaan, en bevestig het hier." in page.text
    assert mails(company, "password_reset") == 0
    carla.submit({"accepts_loss": "y"})
    assert mails(company, "password_reset") == 1
    assert "voorgoed" not in carla.get(url_of(company, "Frits", "/wachtwoord-resetten")).text


def test_a_removed_user_is_in_no_list_any_more(company: Company) -> None:
    """U-22."""
    with company.preparing() as world:
        world.hire_arbo("Cor")
        company.portal.people["Cor"] = world.people["Cor"]
    carla = company.visitor("Carla", url_of(company, "Cor", "/verwijderen"))
    page = carla.submit()
    assert "De gebruiker is verwijderd." in page.text
    assert "Cor" not in page.text
    carla.get(url_of(company, "Cor"), status=404)
    carla.get(TREE)
    assert "Niemand gevonden" in carla.submit({"words": "Cor"}, action=f"{TREE}/zoeken").text


@pytest.mark.parametrize("act", ["/deactiveren", "/verwijderen"])
def test_an_account_is_ended_after_the_password_was_given_again_only(company: Company, act: str) -> None:
    carla = company.visitor("Carla", url_of(company, "Frits", act))
    company.portal.let_password_age(carla)
    carla.get(url_of(company, "Frits", act))
    carla.submit()
    assert state_of(company, company.world.people["Frits"].id) == "active"
    carla.submit({"confirmed_password": company.portal.people["Carla"].password}, action="/wachtwoord-bevestigen")
    assert state_of(company, company.world.people["Frits"].id) == "inactive"


def test_nothing_is_done_to_users_of_others_or_with_more_rights(company: Company) -> None:
    """D-rules 16 and 30."""
    with company.preparing() as world:
        sevda = world.hire("Sevda", world.service, "superbeheerder").id
    carla, dirk = company.visitor("Carla"), company.visitor("Dirk")
    acts = ("/deblokkeren", "/blokkeren", "/wachtwoord-resetten", "/deactiveren", "/activeren", "/verwijderen")
    for act in acts:
        for visitor, person_id, status in (
            (dirk, company.world.people["Anna"].id, 404),
            (carla, sevda, 403),
            (carla, company.world.people["Carla"].id, 403),
        ):
            visitor.get("/")
            company.post(visitor, f"{TREE}/{person_id}{act}", status=status)
    assert state_of(company, sevda) == "active"
