"""Reporting an employee out of service through the forms (E-15)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.portal.company import Company
from tests.portal.employments import all_employments, only_employment
from tests.portal.test_employee_editing import faults
from tests.portal.test_employments import typed


def test_leaving_is_told_before_it_happens_and_can_lie_ahead(company_on_each_database: Company) -> None:
    company = company_on_each_database
    company.share("Eva")
    visitor = company.visitor("Ilse", company.employee_url("Eva", "/uit-dienst"))
    page = visitor.submit({"last_day": "31-12-2026"})
    assert "De laatste dag in dienst wordt 31 december 2026." in page.text
    assert "Het dossier blijft gedeeld met Noord, tot u de deling intrekt." in page.text
    assert only_employment(company, "Eva").ends_on is None
    page = visitor.submit({"stap": "bevestigen"})

    assert "De werknemer gaat uit dienst op 31 december 2026." in page.text
    assert "Gaat uit dienst op 31 december 2026" in page.text
    assert only_employment(company, "Eva").ends_on == date(2026, 12, 31)
    assert "StatusGedeeld met Noord" in page.text


def test_who_left_is_found_with_the_box_ticked_only_until_it_is_undone(company: Company) -> None:
    """E-09, E-15."""
    visitor = company.visitor("Ilse", company.employee_url("Eva", "/uit-dienst"))
    visitor.submit({"last_day": "31-10-2026"})
    page = visitor.submit({"stap": "bevestigen"})
    assert "De werknemer is uit dienst sinds 31 oktober 2026." in page.text
    visitor.get("/werknemers/zoeken")
    assert "Niemand gevonden" in visitor.submit({"personnel_number": "WK001"}, action="/werknemers/zoeken").text
    found = visitor.submit({"personnel_number": "WK001", "former": "y"}, action="/werknemers/zoeken")
    assert "Yılmaz" in found.text

    page = visitor.get(company.employee_url("Eva", "/uit-dienst"))
    assert "Deze werknemer is al uit dienst." in page.text
    visitor.get(company.employee_url("Eva", f"/dienstverbanden/{only_employment(company, 'Eva').id}/corrigeren"))
    visitor.submit({"ends_on": ""})
    assert only_employment(company, "Eva").ends_on is None


def test_of_several_employments_one_or_all_can_end(company: Company) -> None:
    """E-14, E-15."""
    visitor = company.visitor("Ilse", company.employee_url("Eva", "/dienstverbanden/nieuw"))
    visitor.submit({**typed(company), "stap": "bevestigen"})
    first, second = all_employments(company, "Eva")
    page = visitor.get(company.employee_url("Eva", f"/uit-dienst?dienstverband={second.id}"))
    assert page.form().values["employment_id"] == str(second.id)
    page = visitor.submit({"last_day": "31-12-2024"}, status=422)
    assert "Het dienstverband begint op 1 januari 2025" in faults(page)[0]
    page = visitor.submit({"last_day": "31-12-2026"})
    assert "Loopt door: Verkoper" in page.text
    visitor.submit({"stap": "aanpassen"})
    visitor.submit({"employment_id": "alle"})
    visitor.submit({"stap": "bevestigen"})
    assert {row.ends_on for row in all_employments(company, "Eva")} == {date(2026, 12, 31)}
    assert first.ends_on is None


def test_a_change_in_between_is_told_and_nothing_ends(company: Company) -> None:
    first = company.visitor("Ilse", company.employee_url("Eva", "/uit-dienst"))
    first.submit({"last_day": "31-12-2026"})
    other = company.visitor(
        "Anna", company.employee_url("Eva", f"/dienstverbanden/{only_employment(company, 'Eva').id}/corrigeren")
    )
    other.submit({"function": "Chef"})
    page = first.submit({"stap": "bevestigen"}, status=422)
    assert "iemand anders heeft een dienstverband van deze werknemer gewijzigd" in page.text
    assert page.form().values["last_day"] == "31-12-2026"
    assert only_employment(company, "Eva").ends_on is None
    first.submit({"stap": "bevestigen"})
    assert only_employment(company, "Eva").ends_on == date(2026, 12, 31)


@pytest.mark.parametrize("versions", ["", "x", "=1", "é=1", "a=b=c"])
def test_a_form_that_nobody_made_ends_nothing(company: Company, versions: str) -> None:
    visitor = company.visitor("Ilse", company.employee_url("Eva", "/uit-dienst"))
    visitor.submit({"last_day": "31-12-2026", "versions": versions, "stap": "bevestigen"}, status=422)
    assert only_employment(company, "Eva").ends_on is None


def test_from_the_start_page_one_searches_first(company: Company) -> None:
    """E-15, H-03 D."""
    visitor = company.visitor("Ilse", "/")
    assert visitor.page is not None
    assert "/werknemers/uit-dienst-melden" in visitor.page.links()
    visitor.get("/werknemers/uit-dienst-melden")
    page = visitor.submit({"last_name": "Yılmaz"}, status=422)
    assert "Vul een personeelsnummer in, of een achternaam met een geboortedatum, zoals 31-12-1990." in page.text
    page = visitor.submit({"last_name": "Yılmaz", "birth_date": "31-12-1990"})
    assert company.employee_url("Eva", "/uit-dienst") in page.links()
    assert "Niemand gevonden" in visitor.submit({"personnel_number": "PE001", "last_name": "", "birth_date": ""}).text


def test_adding_begins_with_a_search(company: Company) -> None:
    """E-02, E-14: who is known gets a further employment; of somebody new what was typed is kept."""
    visitor = company.visitor("Ilse", "/werknemers/toevoegen")
    page = visitor.submit({"last_name": "Yilmaz", "birth_date": "31-12-1990"})
    assert company.employee_url("Eva", "/dienstverbanden/nieuw") in page.links()
    page = visitor.submit({"stap": "nieuw"})
    assert page.form().values["last_name"] == "Yilmaz"
    visitor.get("/werknemers/toevoegen")
    page = visitor.submit({"personnel_number": "WK777", "last_name": "Vries", "birth_date": "1-2-1985"})
    assert page.form().action == "/werknemers/nieuw"
    page = visitor.submit(
        {
            "department_id": str(company.world.departments["Winkel"].id),
            "starts_on": "1-3-2020",
            "function_group": "Verkoop",
            "function": "Verkoper",
            "kind": "Vast",
        }
    )
    assert page.heading == "Vries"
