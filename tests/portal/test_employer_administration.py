"""Beheer > Werkgevers through its pages: from a new employer to a published one (O-01..O-26)."""

from __future__ import annotations

import pytest

from organisation.employer_folders import folder_tree
from organisation.employer_models import EmployerPlacement
from tests.organisation.employers import new_employer
from tests.pages import Page, elements, text_of
from tests.portal.company import Company, counted_queries

FIELDS = {
    "name": "Kwekerij Roos", "code": "VDD40173", "phone": "06 0000 0001", "sector": "99", "offer": "_",
    "visiting_street": "Kasweg", "visiting_house_number": "3", "visiting_postcode": "2671 AA",
    "visiting_city": "Rozendorp", "same_address": "y", "wage_tax_number": "000000000L01", "uwv_office": "Den Haag",
    "uwv_connection_number": "12345678912345", "personnel_system": "VerzuimXpert",
}  # fmt: skip


def waiting(company: Company, name: str = "Kwekerij Roos", *, filled_in: bool = False) -> str:
    """The address of an employer that waits to be published."""
    with company.preparing() as world:
        return f"/beheer/werkgevers/{new_employer(world, name, filled_in=filled_in).id}"


def url_of(company: Company, rest: str = "") -> str:
    return f"/beheer/werkgevers/{company.world.garage.id}{rest}"


def test_a_new_employer_is_filled_in_published_and_then_seen(company: Company) -> None:
    carla = company.visitor("Carla", "/beheer")
    assert "/beheer/werkgevers" in carla.get("/beheer").links()
    carla.get("/beheer/werkgevers/nieuw")
    page = carla.submit({"name": "Kwekerij Roos"})
    base = carla.path
    assert page.heading == "Organisatie"
    assert "Nog niet gepubliceerd" in page.text
    carla.get(f"{base}/publiceren")
    folder = next(value for value in folder_ids(company))
    page = carla.submit({"folder_id": folder}, action=f"{base}/publiceren", status=422)
    assert "Kwekerij Roos kan nog niet worden gepubliceerd: De werkgevergegevens zijn nog niet ingevuld." in page.text
    carla.get(base)
    page = carla.submit(FIELDS, action=base)
    assert page.text.count("Fictief") == 4
    carla.get(f"{base}/afdelingen")
    carla.submit({"name": "Kassen"}, action=f"{base}/afdelingen")
    assert "Kwekerij Roos" not in carla.get("/werkgevers").text
    carla.get(f"{base}/publiceren")
    page = carla.submit({"folder_id": folder}, action=f"{base}/publiceren")
    assert "Gepubliceerd" in page.text
    assert f"{base}/publiceren" not in page.links()
    carla.get(f"{base}/publiceren", status=404)
    assert "Kwekerij Roos" in carla.get("/werkgevers").text


def folder_ids(company: Company) -> list[str]:
    with company.preparing() as world:
        return [str(line.id) for line in folder_tree(world.session, world.actor("Carla"))]


def test_faults_stand_beside_their_fields_and_what_was_typed_stays(company: Company) -> None:
    base = waiting(company)
    carla = company.visitor("Carla", base)
    page = carla.submit(
        {**FIELDS, "wage_tax_number": "12", "visiting_postcode": "x", "phone": "bel"}, action=base, status=422
    )
    assert "Een loonheffingnummer heeft 9 cijfers, de letter L en nog 2 cijfers." in page.text
    assert page.form(base).values["wage_tax_number"] == "12"
    assert page.form(base).values["offer"] == "_"
    assert page.text.count("Vul vier cijfers en twee letters in, zoals 3511 AB.") == 2
    assert carla.get(base).form(base).values["wage_tax_number"] == ""


def test_the_second_of_two_editors_gets_a_sentence_and_loses_nothing(company: Company) -> None:
    base = waiting(company)
    first, second = company.visitor("Carla", base), company.visitor("Carla", base)
    first.submit({**FIELDS, "offer": "Rozen"}, action=base)
    page = second.submit({**FIELDS, "offer": "Tulpen"}, action=base, status=422)
    assert "Iemand anders heeft deze werkgever intussen gewijzigd" in page.text
    assert "Rozen" in page.text
    assert page.form(base).values["offer"] == "Tulpen"
    second.submit(action=base)
    assert second.get(base).form(base).values["offer"] == "Tulpen"


def test_departments_are_added_moved_led_and_removed_after_asking(company: Company) -> None:
    base = url_of(company, "/afdelingen")
    carla = company.visitor("Carla", base)
    page = carla.submit({"name": "werkplaats"}, action=base, status=422)
    assert "Deze werkgever heeft al een afdeling met deze naam." in page.text
    carla.submit({"name": "Balie", "parent_id": str(company.world.departments["Werkplaats"].id)}, action=base)
    page = carla.get(base)
    assert "Werkplaats › Balie" in page.text
    balie = next(link for link in page.links() if link.startswith(f"{base}/") and "Balie" in linked(page, link))
    carla.get(balie)
    carla.submit({"name": "Ontvangst", "parent_id": ""})
    assert "Ontvangst" in carla.get(base).text
    assert "heeft nooit iemand gewerkt" in carla.get(f"{balie}/verwijderen").text
    carla.submit()
    page = carla.get(f"{base}/{company.world.departments['Werkplaats'].id}/verwijderen")
    assert "Het is de enige afdeling." in page.text


def linked(page: Page, link: str) -> str:
    return " ".join(text_of(each) for each in elements(page.root, "a") if each.get("href") == link)


def test_a_manager_is_chosen_from_the_users_of_the_employer_and_shown_on_both_sides(company: Company) -> None:
    world = company.world
    department = world.departments["Winkel"].id
    base = f"/beheer/werkgevers/{world.employer.id}/afdelingen/{department}"
    carla = company.visitor("Carla", base)
    bram = str(world.people["Bram"].id)
    page = carla.submit({"manager_id": bram}, status=422)
    assert "Kies een van de mogelijkheden." in page.text
    carla.submit({"manager_id": str(world.people["Frits"].id)})
    dossier = f"/werkgevers/{world.employer.id}/afdelingen?afdeling={department}"
    for name in ("Carla", "Anna", "Frits"):
        page = company.page(name, dossier)
        assert "Leidinggevende voor de afdelingFrits" in page.text
    oven = world.departments["Oven"].id
    company.visitor("Frits", f"/werkgevers/{world.employer.id}/afdelingen?afdeling={oven}", status=404)
    assert "Oven" not in company.page("Frits", "/werkgevergegevens").text


def test_sites_and_contact_persons_are_kept_and_read_on_both_sides(company: Company) -> None:
    base = f"/beheer/werkgevers/{company.world.employer.id}"
    carla = company.visitor("Carla", f"{base}/vestigingen/nieuw")
    page = carla.submit({"name": "Filiaal Noord", "postcode": "x"}, status=422)
    assert "Vul vier cijfers en twee letters in, zoals 3511 AB." in page.text
    page = carla.submit({"postcode": "3511 AB", "city": "Utrecht"})
    assert "Filiaal Noord" in page.text
    carla.get(f"{base}/contactpersonen/nieuw")
    page = carla.submit({"name": "Sanne Zomer", "email": "sanne"}, status=422)
    assert "Vul een e-mailadres in, zoals naam@bedrijf.nl." in page.text
    page = carla.submit({"email": "sanne@mulder.example", "phone": "06 0000 0002"})
    assert "Sanne Zomer" in page.text
    for name in ("Carla", "Anna"):
        page = company.page(name, f"/werkgevers/{company.world.employer.id}")
        assert "Sanne Zomer" in page.text
        assert "+31 6 00000002" in page.text
    assert {entry.organisation_id for entry in company.entries("employer:read")} == {
        company.world.service.id,
        company.world.employer.id,
    }
    contact = next(link for link in carla.get(f"{base}/vestigingen").links() if link.endswith("/verwijderen"))
    assert "Sanne Zomer" in carla.get(contact).text
    carla.submit()
    assert "Sanne Zomer" not in carla.get(f"{base}/vestigingen").text


def test_ending_an_agreement_says_what_goes_with_it_and_asks(company: Company) -> None:
    company.share("Eva")
    base = f"/beheer/werkgevers/{company.world.employer.id}/overeenkomsten"
    carla = company.visitor("Carla", base)
    end = next(link for link in carla.page.links() if link.endswith("/beeindigen"))  # type: ignore[union-attr]
    carla.get(end)
    page = carla.submit({"last_day": "31-12-1999"}, status=422)
    assert "De einddatum ligt voor de ingangsdatum van de overeenkomst." in page.text
    page = carla.submit({"last_day": "31-12-2030"})
    assert "De 1 deling eindigt, die loopt sinds" in page.text
    assert company.entries("service_agreement:end") == []
    page = carla.submit({"stap": "bevestigen"})
    assert "31-12-2030" in page.text
    assert len(company.entries("service_agreement:end")) == 2
    carla.get(f"{base}/nieuw")
    page = carla.submit({"first_day": "31-12-2030"}, status=422)
    assert "Op een van deze dagen loopt al een overeenkomst." in page.text
    page = carla.submit({"first_day": "01-01-2031", "employer_identification": "BM-7"})
    assert "BM-7" in page.text
    removal = next(link for link in page.links() if link.endswith("/verwijderen"))
    carla.get(removal)
    assert "BM-7" not in carla.submit().text


def test_the_fixed_supervisor_is_chosen_or_to_follow(company: Company) -> None:
    base = url_of(company, "/casemanagementteam")
    carla = company.visitor("Carla", base)
    assert carla.page is not None
    assert "..... volgt" in carla.page.text
    assert "..... volgt Fictief" in carla.get(f"/werkgevers/{company.world.garage.id}").text
    carla.get(base)
    carla.submit({"person_id": str(company.world.people["Anna"].id)}, action=base, status=422)
    carla.submit({"person_id": str(company.world.people["Carla"].id)}, action=base)
    assert "Vaste begeleider: Carla" in carla.get(f"/werkgevers/{company.world.garage.id}").text


def test_folders_are_kept_and_an_employer_moves_between_them(company: Company) -> None:
    carla = company.visitor("Carla", "/beheer/werkgevers/mappen")
    carla.submit({"name": "3. Ex-klanten"}, action="/beheer/werkgevers/mappen")
    page = carla.submit({"name": "3. ex-klanten"}, action="/beheer/werkgevers/mappen", status=422)
    assert "Op deze plaats staat al een map met deze naam." in page.text
    first, gone = folder_ids(company)
    carla.get(url_of(company, "/map"))
    carla.submit({"folder_id": gone})
    page = carla.get(f"/beheer/werkgevers/mappen/{gone}/verwijderen")
    assert "Er staat 1 werkgever in." in page.text
    carla.get(f"/beheer/werkgevers/mappen/{first}")
    carla.submit({"name": "1. Klanten Noord"})
    assert "1. Klanten Noord" in carla.get("/beheer/werkgevers/mappen").text


def test_what_is_another_services_is_not_there(company: Company) -> None:
    theirs, own = company.world.other_employer.id, company.world.garage.id
    carla, dirk = company.visitor("Carla", "/"), company.visitor("Dirk", "/")
    for rest in ("", "/afdelingen", "/vestigingen", "/overeenkomsten", "/publiceren", "/casemanagementteam", "/map"):
        carla.get(f"/beheer/werkgevers/{theirs}{rest}", status=404)
        dirk.get(f"/beheer/werkgevers/{own}{rest}", status=404)
    carla.get(f"/werkgevers/{theirs}", status=404)
    for folder in folder_ids(company):
        dirk.get(f"/beheer/werkgevers/mappen/{folder}", status=404)
    assert "Garage Smit" not in dirk.get("/beheer/werkgevers").text


def test_an_employer_changes_nothing_of_its_master_data(company: Company) -> None:
    own = company.world.employer.id
    anna = company.visitor("Anna", "/werkgevergegevens")
    assert anna.page is not None
    assert "Vraag uw arbodienst per e-mail om het te wijzigen." in anna.page.text
    assert [form for form in anna.page.forms if form.action != "/uitloggen"] == []
    company.post(anna, f"/beheer/werkgevers/{own}", {**FIELDS}, status=403)
    anna.get(f"/beheer/werkgevers/{own}", status=403)


@pytest.mark.parametrize("url", ["/beheer/werkgevers", "/werkgevers"])
def test_a_longer_list_takes_no_more_queries(company: Company, url: str) -> None:
    carla = company.visitor("Carla", url)
    with counted_queries(company) as few:
        carla.get(url)
    with company.preparing() as world:
        for number in range(55):
            employer = new_employer(world, f"Klant {number:03}")
            placement = world.session.get_one(EmployerPlacement, (world.service.id, employer.id))
            placement.published_at = world.session.source.now()
    with counted_queries(company) as many:
        page = carla.get(f"{url}?pagina=2")
    assert "57 werkgevers" in page.text
    assert len(many) == len(few)


def test_odd_pages_and_searches_are_answered(company: Company) -> None:
    carla = company.visitor("Carla", "/werkgevers?zoek=smit")
    assert carla.page is not None
    assert "Garage Smit" in carla.page.text
    assert "Bakkerij" not in carla.page.text
    for query in ("pagina=0", "pagina=-1", "pagina=x", "pagina=99999999999", "zoek=%25", "zoek=%00"):
        for url in ("/werkgevers", "/beheer/werkgevers"):
            carla.get(f"{url}?{query}")
