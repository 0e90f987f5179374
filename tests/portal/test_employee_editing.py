"""Adding and editing employees through the forms (E-02, E-03, E-05, E-06, E-11, B.7; D-rules 16, 19, 37)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from organisation.employments import add_employment
from organisation.models import Employment
from organisation.tree import find_employee
from tests.pages import Page, Visitor, elements, text_of
from tests.portal.company import Company
from tests.world import TEST_BSN

OTHER_TEST_BSN = "999990202"
NEW = {
    "last_name": "Vries",
    "prefix": "de",
    "first_name": "Sanne",
    "initials": "S.M.",
    "birth_date": "1-2-1985",
    "gender": "female",
    "bsn": OTHER_TEST_BSN,
    "personnel_number": "WK100",
    "email": "sanne@bakkerij.example",
    "email_private": "sanne@thuis.example",
    "phone_work": "030 1234567",
    "phone_home": "030 7654321",
    "phone_mobile": "06 12345678",
    "street": "Kerkstraat",
    "house_number": "7",
    "house_number_addition": "bis",
    "postcode": "1234ab",
    "city": "Zeist",
    "site": "Filiaal Oost",
    "starts_on": "01-03-2020",
    "function_group": "Verkoop",
    "function": "Kassamedewerker",
    "kind": "Vast",
    "hours": "32,5",
}
HOSTILE = "<img src=x onerror=alert(1)>\"'&amp;"


def winkel(company: Company) -> dict[str, str]:
    return {"department_id": str(company.world.departments["Winkel"].id)}


def faults(page: Page) -> list[str]:
    """What the summary above the form says, in order."""
    boxes = [element for element in elements(page.root, "div") if element.get("class") == "dk-error-summary"]
    return [text_of(line) for box in boxes for line in elements(box, "li")]


def add(company: Company, visitor: Visitor, changes: dict[str, str] | None = None, *, status: int = 200) -> Page:
    visitor.get("/werknemers/nieuw")
    return visitor.submit({**NEW, **winkel(company), **(changes or {})}, status=status)


def test_all_fields_come_back_as_they_were_typed(company_on_each_database: Company) -> None:
    """E-02, E-03, E-06."""
    company = company_on_each_database
    visitor = company.visitor("Ilse", "/werknemers")
    page = add(company, visitor)

    assert page.heading == "Sanne de Vries"
    assert "De werknemer is toegevoegd aan de datakluis." in page.text
    edit = visitor.get(visitor.path + "/bewerken").form().values
    expected = {
        **NEW,
        **winkel(company),
        "birth_date": "01-02-1985",
        "postcode": "1234 AB",
        "hours": "32,50",
        "bsn": "",
    }
    expected |= {"phone_work": "0301234567", "phone_home": "0307654321", "phone_mobile": "0612345678"}
    assert {name: edit[name] for name in expected} == expected
    (entry,) = [e for e in company.entries("employee:create") if e.actor_id == company.world.people["Ilse"].id]
    assert entry.outcome == "success"


def test_every_fault_is_shown_at_once_beside_its_field_and_what_was_typed_stays(company: Company) -> None:
    visitor = company.visitor("Ilse", "/werknemers")
    page = add(
        company,
        visitor,
        {
            "last_name": "",
            "birth_date": "31-02-1990",
            "bsn": "999990018",
            "email": "geen adres",
            "postcode": "12 AB",
            "hours": "veel",
            "starts_on": "01-01-2021",
            "ends_on": "01-01-2020",
        },
        status=422,
    )

    assert [line.partition(":")[0] for line in faults(page)] == [
        "Achternaam",
        "Geboortedatum",
        "BSN",
        "E-mail",
        "Postcode",
        "Einddatum",
        "Aantal uren",
    ]
    assert page.form().values["first_name"] == "Sanne"
    assert page.form().values["hours"] == "veel"
    assert company.page("Ilse", company.department_url("Winkel")).text.count("Persnr: WK100") == 0


def test_a_personnel_number_is_given_once_and_a_form_sent_twice_adds_one(company: Company) -> None:
    visitor = company.visitor("Ilse", "/werknemers/nieuw")
    assert visitor.page is not None
    form = {**visitor.page.form().values, **NEW, **winkel(company)}
    company.post(visitor, "/werknemers/nieuw", form)
    page = company.post(visitor, "/werknemers/nieuw", form, status=422)
    assert faults(page) == ["Personeelsnr: Dit personeelsnummer is al van een andere werknemer."]
    created = [e for e in company.entries("employee:create") if e.actor_id == company.world.people["Ilse"].id]
    assert len(created) == 1


@pytest.mark.parametrize("department", ["Oven", "Pers"])
def test_nobody_is_put_in_a_department_out_of_scope(company: Company, department: str) -> None:
    """H-13, D-rule 16."""
    with company.preparing() as world:
        world.hire_vault_user("Joop", "datakluisgebruiker", "werkgever", scope=world.scope("Winkel"))
    visitor = company.visitor("Joop", "/werknemers")
    foreign = str(company.world.departments[department].id)
    page = add(company, visitor, {"department_id": foreign}, status=422)
    assert [line.partition(":")[0] for line in faults(page)] == ["Afdeling"]
    visitor.get(company.employee_url("Eva", "/bewerken"))
    visitor.submit({"department_id": foreign}, status=422)
    assert company.entries("employee:update") == []


@pytest.mark.parametrize("rest", ["/werknemers/nieuw", "edit"])
@pytest.mark.parametrize("name", ["Frits", "Gerda", "Carla"])
def test_only_who_may_write_adds_and_edits(company: Company, name: str, rest: str) -> None:
    url = company.employee_url("Eva", "/bewerken") if rest == "edit" else rest
    visitor = company.visitor(name, "/")
    visitor.get(url, status=403)
    visitor.get("/")
    company.post(visitor, url, {**NEW, **winkel(company)}, status=403)


def test_a_right_that_was_taken_meanwhile_stores_nothing(company: Company) -> None:
    visitor = company.visitor("Ilse", company.employee_url("Eva", "/bewerken"))
    company.take_role("Ilse", "werkgever")
    visitor.submit({"last_name": "Anders"}, status=403)
    assert company.entries("employee:update") == []
    assert company.page("Anna", company.employee_url("Eva")).heading == "Eva Yılmaz"


def test_without_the_vault_nothing_is_added_and_the_page_says_why(company: Company) -> None:
    """D-rule 19: a base role alone, and a vault that is not open."""
    with company.preparing() as world:
        world.hire("Karel", world.employer, "werkgever")
        world.hire("Smitje", world.garage, "werkgever", "datakluisgebruiker")
    for name, reason in (("Karel", "die opent alleen voor datakluisgebruikers"), ("Smitje", "nog niet geopend")):
        visitor = company.visitor(name, "/")
        assert reason in company.post(visitor, "/werknemers/nieuw", {**NEW, **winkel(company)}, status=403).text
        assert reason in visitor.get("/werknemers/nieuw", status=403).text
        refusals = [e for e in company.entries("request:refuse") if e.actor_id == company.world.people[name].id]
        assert [entry.details["reason"] for entry in refusals] == ["no key", "no key"]
    page = company.page("Karel", company.employee_url("Eva", "/bewerken"), status=403)
    assert "Yılmaz" not in page.response.get_data(as_text=True)
    assert [e for e in company.entries("employee:create") if e.actor_id == company.world.people["Karel"].id] == []


@pytest.mark.parametrize("name", ["Noor", "Piet"])
def test_an_employee_out_of_scope_is_not_edited(company: Company, name: str) -> None:
    """D-rule 16."""
    with company.preparing() as world:
        world.hire_vault_user("Joop", "datakluisgebruiker", "werkgever", scope=world.scope("Winkel"))
    visitor = company.visitor("Joop", "/werknemers/nieuw")
    url = company.employee_url(name, "/bewerken")
    company.post(visitor, url, {**NEW, **winkel(company), "version": "1"}, status=404)
    visitor.get(url, status=404)
    assert company.entries("employee:update") == []


def test_a_change_is_stored_and_seen(company: Company) -> None:
    """E-05, E-11: the person, the number and the employment."""
    visitor = company.visitor("Ilse", company.employee_url("Eva", "/bewerken"))
    page = visitor.submit(
        {"last_name": "Demir", "personnel_number": "WK900", "hours": "24", "ends_on": "31-12-2027", "city": ""}
        | {"department_id": str(company.world.departments["Oven"].id)}
    )
    assert page.heading == "Eva Demir"
    assert "De wijzigingen zijn opgeslagen." in page.text
    for shown in ("WK900", "24,00 uur", "AfdelingOven", "tot en met 31 december 2027"):
        assert shown in page.text
    assert "Utrecht" not in page.text
    assert len(company.entries("employee:update")) == 1


def test_of_two_who_edit_the_second_sees_what_changed_and_keeps_what_was_typed(
    company_on_each_database: Company,
) -> None:
    """Two tabs: nothing is overwritten unseen; saving once more is a choice."""
    company = company_on_each_database
    first = company.visitor("Anna", company.employee_url("Eva", "/bewerken"))
    second = company.visitor("Ilse", company.employee_url("Eva", "/bewerken"))
    first.submit({"last_name": "Demir", "phone_home": "0301234567"})

    page = second.submit({"street": "Dorpsstraat"}, status=422)

    assert "Iemand anders heeft deze werknemer gewijzigd" in page.text
    rows = [[text_of(cell) for cell in row] for row in elements(page.root, "tr")][1:]
    assert rows == [
        ["Achternaam", "Demir", "Yılmaz"],
        ["Tel. thuis", "0301234567", "leeg"],
        ["Straat", "Tulpenlaan", "Dorpsstraat"],
    ]
    assert page.form().values["street"] == "Dorpsstraat"
    assert company.page("Anna", company.employee_url("Eva")).heading == "Eva Demir"
    saved = second.submit({"last_name": "Demir", "phone_home": "0301234567"})
    assert saved.heading == "Eva Demir"
    assert "Dorpsstraat 12" in saved.text


@pytest.mark.parametrize("version", ["", "0", "-1", "2", "99999999999999999999", "eerste", "²"])
def test_a_version_that_was_tampered_with_overwrites_nothing(company: Company, version: str) -> None:
    visitor = company.visitor("Ilse", company.employee_url("Eva", "/bewerken"))
    page = visitor.submit({"version": version, "last_name": "Demir"}, status=422)
    assert "Iemand anders heeft deze werknemer gewijzigd" in page.text
    assert company.entries("employee:update") == []


@pytest.mark.parametrize("of", ["Joris", "Piet", None])
def test_the_employment_of_somebody_else_is_not_changed(company: Company, of: str | None) -> None:
    """D-rule 16: an id that was tampered with is not there, and nothing else of the form is stored."""
    foreign = "eenofander"
    if of:
        with company.preparing() as world:
            belongs_to = Employment.employee_id == company.employees[of]
            foreign = str(world.session.scalars(select(Employment.id).where(belongs_to)).one())
    visitor = company.visitor("Ilse", company.employee_url("Eva", "/bewerken"))
    visitor.submit({"employment_id": foreign, "function": "Directeur"}, status=404)
    assert company.entries("employee:update") == []


def test_an_employment_out_of_scope_is_not_changed_through_an_employee_in_scope(company: Company) -> None:
    """H-13: Eva works in the Oven as well, which Joop does not see."""
    eva = company.employees["Eva"]
    with company.preparing() as world:
        world.hire_vault_user("Joop", "datakluisgebruiker", "werkgever", scope=world.scope("Winkel"))
        elsewhere = world.employment("Oven", starts_on=date(2022, 1, 1))
        anna = world.actor("Anna")
        added = add_employment(world.session, anna, find_employee(world.session, anna, eva), elsewhere)
    visitor = company.visitor("Joop", company.employee_url("Eva", "/bewerken"))
    assert visitor.page is not None
    assert visitor.page.form().values["employment_id"] != str(added.id)
    visitor.submit({"employment_id": str(added.id), "function": "Directeur"}, status=404)
    assert company.entries("employee:update") == []


def test_a_taken_number_leaves_the_rest_of_the_form_unstored(company: Company) -> None:
    """Nothing is half done, and the version stays, so that the same form can be sent again."""
    visitor = company.visitor("Ilse", company.employee_url("Eva", "/bewerken"))
    page = visitor.submit({"personnel_number": "WK002", "last_name": "Demir"}, status=422)
    assert faults(page) == ["Personeelsnr: Dit personeelsnummer is al van een andere werknemer."]
    assert company.entries("employee:update") == []
    assert visitor.submit({"personnel_number": "WK003"}).heading == "Eva Demir"


def test_whoever_may_not_see_a_bsn_neither_sees_nor_changes_it(company: Company) -> None:
    """D-rule 37: Anna edits, and the BSN stays what it was, also when the form was forged."""
    visitor = company.visitor("Anna", company.employee_url("Eva", "/bewerken"))
    assert visitor.page is not None
    assert "BSN" not in visitor.page.text
    visitor.submit({"city": "Zeist", "bsn": OTHER_TEST_BSN, "remove_bsn": "y"})
    ilse = company.visitor("Ilse", company.employee_url("Eva"))
    assert "9999 90 019" in ilse.submit(action=company.employee_url("Eva", "/bsn")).text


def test_whoever_may_see_a_bsn_keeps_replaces_or_removes_it(company: Company) -> None:
    """B.7: an empty field leaves it as it is."""
    visitor = company.visitor("Ilse", company.employee_url("Eva", "/bewerken"))
    assert visitor.page is not None
    assert TEST_BSN not in visitor.page.response.get_data(as_text=True)
    assert "••• •• •19" in visitor.submit({"city": "Zeist"}).text
    visitor.get(company.employee_url("Eva", "/bewerken"))
    assert "••• •• •02" in visitor.submit({"bsn": OTHER_TEST_BSN}).text
    visitor.get(company.employee_url("Eva", "/bewerken"))
    assert "BSN" not in visitor.submit({"remove_bsn": "y"}).text


TEXT_FIELDS = [name for name in NEW if name not in {"gender"}]


@pytest.mark.parametrize(
    "value", [HOSTILE, "a" * 10_000, "\u202e\u0000\u200b\u202e", "=1+1"], ids=["html", "long", "odd", "formula"]
)
def test_hostile_text_in_every_field_is_refused_or_shown_as_text(company: Company, value: str) -> None:
    visitor = company.visitor("Ilse", "/werknemers")
    page = add(company, visitor, dict.fromkeys(TEXT_FIELDS, value), status=422)
    markup = page.response.get_data(as_text=True)
    assert "<img" not in markup
    assert len(faults(page)) > 10
    assert "WK100" not in company.page("Ilse", company.department_url("Winkel")).text


def test_what_passes_for_text_is_shown_as_text_everywhere(company: Company) -> None:
    """A function and a street may hold almost anything; no page takes it for markup."""
    visitor = company.visitor("Ilse", "/werknemers")
    odd = dict.fromkeys(("function", "function_group", "kind", "site", "street", "city"), "<b>&amp;\"'")
    page = add(company, visitor, odd)
    assert page.text.count("<b>&amp;\"'") >= 5
    assert not elements(page.root, "b")
    edit = visitor.get(visitor.path + "/bewerken")
    assert edit.form().values["function"] == "<b>&amp;\"'"
    visitor.get("/werknemers/zoeken")
    assert not elements(visitor.submit({"personnel_number": "WK100"}).root, "b")


@pytest.mark.parametrize(
    ("gender", "department"), [("<b>", ""), ("overig", "0"), ("", "00000000-0000-0000-0000-000000000000")]
)
def test_choices_that_were_not_offered_are_refused(company: Company, gender: str, department: str) -> None:
    visitor = company.visitor("Ilse", "/werknemers")
    page = add(company, visitor, {"gender": gender, "department_id": department}, status=422)
    assert "Afdeling" in " ".join(faults(page))
