"""Beheer > Standaardteksten, and the tab *Berichten* of Instellingen."""

from __future__ import annotations

import pytest

from tests.portal.company import Company

SHARED, OWN = "/beheer/standaardteksten", "/instellingen/berichten"


@pytest.mark.parametrize(("url", "new"), [(SHARED, f"{SHARED}/nieuw"), (OWN, f"{OWN}/teksten/nieuw")])
def test_a_text_is_written_changed_and_removed(company: Company, url: str, new: str) -> None:
    """As plain text; before it goes a page tells that it can't come back."""
    carla = company.visitor("Carla", url)
    assert "nog geen" in carla.get(url).text
    carla.get(new)
    page = carla.submit({"title": "Welkom", "text": "<b>Dag</b>"}, action="")
    assert carla.path == url
    assert "<b>Dag</b>" in page.text
    removal = next(link for link in page.links() if link.endswith("/verwijderen"))
    carla.get(removal.removesuffix("/verwijderen"))
    assert "Goedendag" in carla.submit({"text": "Goedendag"}, action="").text
    assert "Terughalen kan niet." in carla.get(removal).text
    assert "Goedendag" not in carla.submit(action=removal).text


def test_faults_stand_beside_their_fields_and_what_was_typed_stays(company: Company) -> None:
    carla = company.visitor("Carla", f"{SHARED}/nieuw")
    page = carla.submit({"title": "x" * 121, "text": ""}, action="", status=422)
    assert "Vul een tekst in van ten hoogste 2.000 tekens." in page.text
    page = carla.submit({"title": "x" * 121, "text": "Dag"}, action="", status=422)
    assert "Vul een titel in van ten hoogste 120 tekens." in page.text
    assert page.form("").values["text"] == "Dag"


def test_somebody_elses_text_is_not_found(company: Company) -> None:
    """Neither under the own address nor under that of the organisation (D-rule 16)."""
    carla = company.visitor("Carla", f"{SHARED}/nieuw")
    carla.submit({"title": "Welkom", "text": "Dag"}, action="")
    assert carla.page is not None
    address = next(link for link in carla.page.links() if link.endswith("/verwijderen")).removesuffix("/verwijderen")
    company.visitor("Dirk").get(address, status=404)
    carla.get(address.replace(SHARED, f"{OWN}/teksten"), status=404)


def test_a_signature_is_kept_and_one_that_is_too_long_is_not(company: Company) -> None:
    anna = company.visitor("Anna", OWN)
    page = anna.submit({"signature": "x" * 501}, action=f"{OWN}/afsluiting", status=422)
    assert "Gebruik ten hoogste 500 tekens." in page.text
    page = anna.submit({"signature": "Met vriendelijke groet,\nAnna"}, action=f"{OWN}/afsluiting")
    assert page.form(f"{OWN}/afsluiting").values["signature"].strip() == "Met vriendelijke groet,\nAnna"
    assert "Anna" not in company.page("Bram", OWN).form(f"{OWN}/afsluiting").values["signature"]


def test_who_takes_no_part_in_dialogues_has_no_such_tab(company: Company) -> None:
    with company.preparing() as world:
        world.hire("Petra", world.employer, "privacyfunctionaris")
    petra = company.visitor("Petra", "/instellingen")
    assert petra.page is not None
    assert OWN not in petra.page.links()
    petra.get(OWN, status=403)
    assert OWN in company.page("Anna", "/instellingen").links()


def test_the_weekly_overview_is_chosen_and_unchosen(company: Company) -> None:
    """N-01; nothing is ticked before one asks for it."""
    anna = company.visitor("Anna", OWN)
    assert anna.page is not None
    assert "weekly" not in anna.page.form(f"{OWN}/weekoverzicht").values
    page = anna.submit({"weekly": "y"}, action=f"{OWN}/weekoverzicht")
    values = page.form(f"{OWN}/weekoverzicht").values
    assert values.pop("weekly") == "y"
    response = anna.client.post(
        f"{OWN}/weekoverzicht", data=values, environ_overrides=anna.environment, base_url=anna.base_url
    )
    assert response.status_code == 303
    assert "weekly" not in anna.get(OWN).form(f"{OWN}/weekoverzicht").values
