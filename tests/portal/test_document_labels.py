"""Beheer > Kenmerken (DOC-05, DOC-18)."""

from __future__ import annotations

import pytest

from tests.pages import Visitor
from tests.portal.company import Company

URL = "/beheer/kenmerken"
TYPED = {"name": "Casus", "dossier": "werknemer", "audience": "service"}


@pytest.fixture
def carla(company: Company) -> Visitor:
    """Who administers the labels of Noord."""
    return company.visitor("Carla", f"{URL}/nieuw")


def test_a_label_is_made_changed_and_taken_out_of_use(carla: Visitor) -> None:
    page = carla.submit(TYPED, action="")
    assert carla.path == URL
    assert "Alleen de arbodienst" in page.text
    removal = next(link for link in page.links() if link.endswith("/uit-gebruik"))
    address = removal.removesuffix("/uit-gebruik")
    carla.get(address)
    assert "Casuïstiek" in carla.submit({"name": "Casuïstiek"}, action="").text
    assert "Niemand kan een document daarna nog het kenmerk" in carla.get(removal).text
    assert "Uit gebruik" in carla.submit(action=removal).text
    carla.get(address, status=404)
    carla.get(URL)
    assert "Het kenmerk is weer in gebruik." in carla.submit(action=f"{address}/in-gebruik").text
    carla.get(address)


def test_one_whose_name_is_taken_stays_out_of_use(carla: Visitor) -> None:
    removal = next(link for link in carla.submit(TYPED, action="").links() if link.endswith("/uit-gebruik"))
    carla.get(removal)
    carla.submit(action=removal)
    carla.get(f"{URL}/nieuw")
    carla.submit(TYPED, action="")
    page = carla.submit(action=removal.replace("/uit-gebruik", "/in-gebruik"))
    assert "Er is al een kenmerk met deze naam." in page.text
    assert "Uit gebruik" in page.text


def test_faults_stand_beside_their_fields_and_what_was_typed_stays(carla: Visitor) -> None:
    page = carla.submit({"name": "x" * 61}, action="", status=422)
    assert "Kies wie documenten met dit kenmerk kan openen." in page.text
    page = carla.submit({**TYPED, "name": "Algemeen"}, action="", status=422)
    assert "Er is al een kenmerk met deze naam." in page.text
    assert page.form("").values["name"] == "Algemeen"


def test_it_says_why_for_whom_a_label_is_cannot_be_changed(carla: Visitor) -> None:
    carla.submit({**TYPED, "audience": "medical"}, action="")
    assert carla.page is not None
    removal = next(link for link in carla.page.links() if link.endswith("/uit-gebruik"))
    page = carla.get(removal.removesuffix("/uit-gebruik"))
    assert "Dit ligt vast." in page.text
    assert "audience" not in page.form("").values


def test_somebody_elses_label_is_not_found(company: Company, carla: Visitor) -> None:
    carla.submit(TYPED, action="")
    assert carla.page is not None
    removal = next(link for link in carla.page.links() if link.endswith("/uit-gebruik"))
    dirk = company.visitor("Dirk")
    for address in (removal, removal.removesuffix("/uit-gebruik")):
        dirk.get(address, status=404)
    company.visitor("Anna").get(URL, status=403)
