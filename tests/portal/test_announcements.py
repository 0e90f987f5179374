"""Beheer > Mededelingen, and the start page (T-06)."""

from __future__ import annotations

from tests.pages import Visitor
from tests.portal.company import Company


def written(company: Company, **other: str) -> Visitor:
    """Carla, who has written an announcement for all."""
    carla = company.visitor("Carla", "/beheer/mededelingen/nieuw")
    values = {"title": "Onderhoud", "text": "Zaterdag dicht.\n<b>Zie</b> https://example.org", "audience": "both"}
    carla.submit({**values, **other}, action="")
    return carla


def test_an_announcement_is_written_shown_changed_and_removed(company: Company) -> None:
    """As plain text: neither tags nor addresses become anything."""
    carla = written(company)
    assert carla.path == "/beheer/mededelingen"
    assert carla.page is not None
    removal = next(link for link in carla.page.links() if link.endswith("/verwijderen"))
    start = company.page("Anna", "/")
    assert "<b>Zie</b> https://example.org" in start.text
    assert "https://example.org" not in start.links()
    carla.get(removal.removesuffix("/verwijderen"))
    carla.submit({"title": "Groot onderhoud"}, action="")
    assert "Groot onderhoud" in company.page("Anna", "/").text
    assert "Groot onderhoud" in carla.get(removal).text
    carla.submit(action=removal)
    assert "Groot onderhoud" not in company.page("Anna", "/").text


def test_faults_stand_beside_their_fields_and_what_was_typed_stays(company: Company) -> None:
    """screens.md."""
    carla = company.visitor("Carla", "/beheer/mededelingen/nieuw")
    values = {"title": "Onderhoud", "text": "", "starts_on": "31-12-2026", "ends_on": "30-12-2026"}
    page = carla.submit(values, action="", status=422)
    assert "Vul de tekst in." in page.text
    assert "niet voor de eerste" in page.text
    assert page.form("").values["title"] == "Onderhoud"
    assert "zoals 01-12-2026" in carla.submit({"starts_on": ""}, action="", status=422).text
    assert (
        "Vul een titel"
        in carla.submit(
            {"title": "  ", "text": " ", "starts_on": "31-12-2026", "ends_on": ""}, action="", status=422
        ).text
    )


def test_somebody_elses_announcement_is_not_found(company: Company) -> None:
    """D-rule 16: the same answer as for what does not exist."""
    carla = written(company)
    assert carla.page is not None
    address = next(link for link in carla.page.links() if link.endswith("/verwijderen"))
    dirk = company.visitor("Dirk")
    dirk.get(address, status=404)
    dirk.get(address.removesuffix("/verwijderen"), status=404)
    company.visitor("Anna").get(address, status=403)
