"""Employments on the employee's page and through their forms (E-06..E-14; D-rules 16, 17)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.pages import Page, elements, text_of
from tests.portal.company import Company
from tests.portal.employments import all_employments, only_employment
from tests.portal.test_employee_editing import faults


def url(company: Company, rest: str, name: str = "Eva") -> str:
    """The address of something about the only employment of an employee."""
    return company.employee_url(name, f"/dienstverbanden/{only_employment(company, name).id}/{rest}")


def dots(page: Page) -> list[list[str]]:
    """What the three dots of each employment offer."""
    menus = [element for element in elements(page.root, "details") if element.get("class") == "dk-menu dk-dots"]
    return [[text_of(link) for link in elements(menu, "a")] for menu in menus]


def typed(company: Company, **changes: str) -> dict[str, str]:
    """An employment as it is typed."""
    values = {
        "department_id": str(company.world.departments["Oven"].id),
        "starts_on": "1-1-2025",
        "function_group": "Bakkerij",
        "function": "Bakker",
        "kind": "Vast",
        "hours": "24",
    }
    return {**values, **changes}


def test_the_card_of_an_employment_has_its_dots(company: Company) -> None:
    """E-08, E-10."""
    page = company.page("Ilse", company.employee_url("Eva"))
    assert dots(page) == [["Wijzigen dienstverband", "Uit dienst melden", "Historie weergave"]]
    assert "Sinds 1 januari 2020 (6 jaar in dienst)" in page.text


@pytest.mark.parametrize("name", ["Frits", "Gerda"])
def test_without_the_right_or_the_key_there_are_no_dots_and_no_forms(company: Company, name: str) -> None:
    visitor = company.visitor(name, company.employee_url("Eva"))
    assert visitor.page is not None
    assert dots(visitor.page) == []
    for rest in ("wijzigen", "corrigeren", "veranderen", "historie"):
        visitor.get(url(company, rest), status=403)
    visitor.get(company.employee_url("Eva", "/dienstverbanden/nieuw"), status=403)


def test_who_waits_for_the_key_is_told_so(company: Company) -> None:
    """D-rule 17: the right alone does not do."""
    with company.preparing() as world:
        world.hire("Joop", world.employer, "datakluisgebruiker", "werkgever")
    visitor = company.visitor("Joop", "/werknemers")
    for address in (
        url(company, "corrigeren"),
        url(company, "historie"),
        company.employee_url("Eva", "/dienstverbanden/nieuw"),
        company.employee_url("Eva", "/uit-dienst"),
        "/werknemers/toevoegen",
        "/werknemers/uit-dienst-melden",
    ):
        assert "Dit kan pas als u de datakluis kunt openen." in visitor.get(address, status=403).text
    visitor.get("/werknemers")
    for rest in ("corrigeren", "veranderen"):
        company.post(visitor, url(company, rest), typed(company, version="1", stap="bevestigen"), status=403)
    assert only_employment(company, "Eva").version == 1


def test_a_wrong_employment_is_corrected(company_on_each_database: Company) -> None:
    """E-11, E-12: question, form, and the employee hangs under the new department."""
    company = company_on_each_database
    visitor = company.visitor("Ilse", url(company, "wijzigen"))
    assert faults(visitor.submit({}, status=422)) == ["Wat wilt u doen? Kies wat u wilt doen."]
    page = visitor.submit({"kind": "corrigeren"})
    assert page.heading == "Dienstverbandgegevens corrigeren"
    assert page.form().values["function"] == "Verkoper"
    page = visitor.submit({"department_id": str(company.world.departments["Oven"].id), "function": "Bakker"})

    assert "Het dienstverband is gecorrigeerd." in page.text
    assert "AfdelingOven" in page.text
    assert "Persnr: WK001" in visitor.get(company.department_url("Oven")).text


def test_a_change_is_told_before_it_happens(company_on_each_database: Company) -> None:
    """E-11: from a day on; nothing is stored before the confirmation."""
    company = company_on_each_database
    visitor = company.visitor("Ilse", url(company, "wijzigen"))
    page = visitor.submit({"kind": "veranderen"})
    assert page.form().values["starts_on"] == ""
    page = visitor.submit({"starts_on": "1-7-2026", "function": "Bedrijfsleider", "hours": "40"})

    assert "Tot en met 30 juni 2026" in page.text
    assert "Vanaf 1 juli 2026" in page.text
    assert len(all_employments(company, "Eva")) == 1
    again = visitor.submit({"stap": "aanpassen"})
    assert again.form().values["function"] == "Bedrijfsleider"
    visitor.submit({})
    page = visitor.submit({"stap": "bevestigen"})

    assert "Het dienstverband verandert vanaf 1 juli 2026." in page.text
    first, second = all_employments(company, "Eva")
    assert (first.ends_on, first.function) == (date(2026, 6, 30), "Verkoper")
    assert (second.starts_on, second.ends_on, second.function) == (date(2026, 7, 1), None, "Bedrijfsleider")
    assert page.text.index("Dienstverband 2") < page.text.index("Dienstverband 1")


@pytest.mark.parametrize(
    ("day", "advice"),
    [
        ("1-1-2020", "Kies een dag na de startdatum van dit dienstverband, vanaf 2 januari 2020."),
        ("1-1-2019", "Kies een dag na de startdatum van dit dienstverband, vanaf 2 januari 2020."),
        ("", "Vul de startdatum in, zoals 01-03-2020."),
        (
            "32-1-2026",
            "Deze dag bestaat niet. Vul eerst de dag in, dan de maand, dan het jaar, zoals 31-12-1990.",
        ),
    ],
)
def test_a_change_on_a_day_that_cannot_be_says_which_can(company: Company, day: str, advice: str) -> None:
    visitor = company.visitor("Ilse", url(company, "veranderen"))
    page = visitor.submit({"starts_on": day, "function": "Chef", "stap": "bevestigen"}, status=422)
    assert [line.partition(": ")[2] for line in faults(page)] == [advice]
    assert page.form().values["function"] == "Chef"


def test_of_two_people_with_one_page_open_the_second_is_told(company: Company) -> None:
    """Optimistic lock: what was typed is kept, what somebody else stored stands beside it."""
    first, second = (
        company.visitor("Ilse", url(company, "corrigeren")),
        company.visitor("Anna", url(company, "corrigeren")),
    )
    first.submit({"function": "Bedrijfsleider"})
    page = second.submit({"function": "Chef"}, status=422)

    assert "Iemand anders heeft dit dienstverband gewijzigd terwijl u bezig was" in page.text
    assert "Bedrijfsleider" in page.text
    assert page.form().values["function"] == "Chef"
    assert only_employment(company, "Eva").function == "Bedrijfsleider"
    second.submit({})
    assert only_employment(company, "Eva").function == "Chef"


def test_the_form_of_the_employee_uses_the_same_lock(company: Company) -> None:
    """E-05 beside E-11: neither overwrites the other unseen."""
    whole = company.visitor("Anna", company.employee_url("Eva", "/bewerken"))
    company.visitor("Ilse", url(company, "corrigeren")).submit({"function": "Bedrijfsleider"})
    page = whole.submit({"function": "Chef"}, status=422)
    assert "Iemand anders heeft deze werknemer gewijzigd terwijl u bezig was" in page.text
    assert only_employment(company, "Eva").function == "Bedrijfsleider"
    whole.submit({})
    assert (only_employment(company, "Eva").function, only_employment(company, "Eva").version) == ("Chef", 3)


def test_a_further_employment_that_overlaps_is_asked_about_once(company_on_each_database: Company) -> None:
    """E-14."""
    company = company_on_each_database
    visitor = company.visitor("Ilse", company.employee_url("Eva", "/dienstverbanden/nieuw"))
    page = visitor.submit(typed(company))
    assert "Het nieuwe dienstverband loopt tegelijk met een ander" in page.text
    assert len(all_employments(company, "Eva")) == 1
    page = visitor.submit({"stap": "bevestigen"})
    assert "Het dienstverband is toegevoegd." in page.text
    assert [row.function for row in all_employments(company, "Eva")] == ["Verkoper", "Bakker"]


def test_the_same_start_is_refused_beside_its_field(company: Company) -> None:
    visitor = company.visitor("Ilse", company.employee_url("Eva", "/dienstverbanden/nieuw"))
    page = visitor.submit(typed(company, starts_on="1-1-2020"), status=422)
    assert faults(page) == ["Startdatum: Deze werknemer heeft al een dienstverband met deze startdatum."]


def test_a_function_that_is_not_in_the_list_can_be_typed(company: Company) -> None:
    """E-07."""
    visitor = company.visitor("Ilse", url(company, "corrigeren"))
    assert visitor.page is not None
    lists = {element.get("id"): element for element in elements(visitor.page.root, "datalist")}
    assert [option.get("value") for option in elements(lists["functions"], "option")] == ["Verkoper"]
    visitor.submit({"function": "Broodsommelier"})
    page = visitor.get(url(company, "corrigeren", "Joris"))
    lists = {element.get("id"): element for element in elements(page.root, "datalist")}
    assert "Broodsommelier" in [option.get("value") for option in elements(lists["functions"], "option")]


def test_the_history_names_who_and_which_fields(company: Company) -> None:
    """E-10: *Historie weergave*."""
    company.visitor("Ilse", url(company, "corrigeren")).submit({"function": "Chef", "hours": "40"})
    page = company.page("Anna", url(company, "historie"))
    assert "Gewijzigd: Functie, Aantal uren" in page.text
    assert "Ilse" in page.text
    assert "Werknemer toegevoegd met dit dienstverband" in page.text
    assert "Verkoper" not in page.text


def test_who_has_left_is_shown_so(company: Company) -> None:
    """E-09."""
    company.visitor("Ilse", url(company, "corrigeren")).submit({"ends_on": "31-12-2021"})
    page = company.page("Ilse", company.employee_url("Eva"))
    assert "Deze werknemer heeft nu geen lopend dienstverband." in page.text
    assert dots(page) == [["Wijzigen dienstverband", "Historie weergave"]]


def test_another_departments_employment_does_not_exist(company: Company) -> None:
    """K-08, D-rule 16: not of somebody else, and not under another's address."""
    with company.preparing() as world:
        world.hire_vault_user("Wim", "datakluisgebruiker", "werkgever", scope=world.scope("Winkel"))
    visitor = company.visitor("Wim", company.employee_url("Eva"))
    foreign = only_employment(company, "Noor").id
    for rest in ("wijzigen", "corrigeren", "veranderen", "historie"):
        visitor.get(url(company, rest, "Noor"), status=404)
        visitor.get(company.employee_url("Eva", f"/dienstverbanden/{foreign}/{rest}"), status=404)
    visitor.get(company.employee_url("Eva"))
    company.post(
        visitor,
        company.employee_url("Eva", f"/dienstverbanden/{foreign}/corrigeren"),
        typed(company, version="1"),
        status=404,
    )
    assert only_employment(company, "Noor").version == 1
