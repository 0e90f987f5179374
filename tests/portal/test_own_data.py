"""*Mijn gegevens*, for the employee and for whoever lets him or her see it (AVG art. 15, 16 and 20; LOG10)."""

from __future__ import annotations

import io
import json
from datetime import timedelta

from pypdfium2 import PdfDocument

from audit.models import AuditEntry
from organisation.models import EMPLOYEES_ID
from tests.pages import Page, Visitor, elements
from tests.portal.company import Company
from tests.portal.own_data import linked, with_account
from tests.vault.employees import hire_employee
from tests.vault.test_records import change
from tests.world import TEST_BSN, card, details
from vault.dossiers import read_employee
from vault.models import OwnDataLink

GIVE, END = "/inzage", "/inzage/beeindigen"
CORRECTION = "Mijn huisnummer is 14."


def pdf_text(content: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_bounded() for page in PdfDocument(io.BytesIO(content)))


def downloaded(visitor: Visitor, url: str) -> bytes:
    response = visitor.client.get(url, environ_overrides=visitor.environment, base_url=visitor.base_url)
    assert response.status_code == 200
    return bytes(response.data)


def links(company: Company) -> list[OwnDataLink]:
    with company.portal.session() as session:
        return session.query(OwnDataLink).filter(OwnDataLink.ended_at.is_(None)).all()


def offered(company: Company, name: str, employee: str = "Eva") -> set[str]:
    text = company.page(name, company.employee_url(employee)).text
    return {label for label in ("Inzage geven", "Inzage beëindigen", "De werknemer zelf") if label in text}


def test_linking_is_offered_for_who_joined_and_asks_once(company: Company) -> None:
    assert offered(company, "Anna") == set()
    with_account(company)
    assert offered(company, "Anna") == offered(company, "Ilse") == {"Inzage geven"}
    for name, employee in (("Gerda", "Eva"), ("Anna", "Joris")):
        assert offered(company, name, employee) == set()
    anna = company.visitor("Anna", company.employee_url("Eva", GIVE))
    page = anna.page
    assert page is not None
    assert "Eva Yılmaz ziet dan bij Mijn gegevens" in page.text
    assert links(company) == []
    page = anna.submit(action=company.employee_url("Eva", GIVE))
    assert "De werknemer ziet de eigen gegevens nu bij Mijn gegevens." in page.text
    assert len(links(company)) == 1
    assert offered(company, "Anna") == {"Inzage beëindigen", "De werknemer zelf"}
    assert offered(company, "Gerda") == set()


def test_nobody_without_the_right_or_the_joined_account_links(company: Company) -> None:
    page = company.page("Anna", company.employee_url("Eva", GIVE))
    assert "heeft nog aan geen dialoog van uw organisatie deelgenomen" in page.text
    anna = company.visitor("Anna", "/")
    company.post(anna, company.employee_url("Eva", GIVE), status=422)
    with_account(company)
    for name, status in (("Gerda", 403), ("Bram", 404), ("Carla", 403)):
        visitor = company.visitor(name, "/")
        company.post(visitor, company.employee_url("Eva", GIVE), status=status)
        visitor.get(company.employee_url("Eva", GIVE), status=status)
    assert links(company) == []


def test_a_password_that_is_not_fresh_is_asked_again(company: Company) -> None:
    with_account(company)
    anna = company.visitor("Anna", "/")
    company.portal.let_password_age(anna)
    page = anna.get(company.employee_url("Eva", GIVE))
    assert page.heading == "Vul uw wachtwoord in"


def test_ending_says_what_goes_and_closes_the_page_of_the_employee_at_once(company: Company) -> None:
    linked(company)
    eva = company.visitor("Eva", "/mijn-gegevens")
    assert eva.page is not None
    assert "Yılmaz" in eva.page.text
    anna = company.visitor("Anna", company.employee_url("Eva", END))
    assert anna.page is not None
    assert "meteen vernietigd" in anna.page.text
    page = anna.submit(action=company.employee_url("Eva", END))
    assert "De inzage is beëindigd." in page.text
    after = eva.get("/mijn-gegevens")
    assert "Yılmaz" not in after.text
    assert "Hier staat nog niets" in after.text
    page = anna.get(company.employee_url("Eva", END))
    assert "Deze werknemer heeft geen inzage." in page.text


def test_the_employee_sees_the_record_and_the_bsn_when_it_is_asked_for(company: Company) -> None:
    linked(company)
    company.share("Eva")
    eva = company.visitor("Eva", "/mijn-gegevens")
    page = eva.page
    assert page is not None
    for value in ("Bakkerij Mulder", "WK001", "31-12-1990", "eva@bakkerij.example", "Tulpenlaan", "Noord", "Verkoper"):
        assert value in page.text, value
    assert TEST_BSN not in page.text.replace(" ", "")
    url = f"/mijn-gegevens/{company.employees['Eva']}/bsn"
    shown = eva.submit(action=url)
    assert TEST_BSN in shown.text.replace(" ", "")
    assert {entry.organisation_id for entry in company.entries("bsn:read")} == {EMPLOYEES_ID, company.world.employer.id}
    company.post(eva, f"/mijn-gegevens/{company.employees['Joris']}/bsn", status=404)


def test_a_correction_starts_a_dialogue_once(company: Company) -> None:
    linked(company)
    url = f"/mijn-gegevens/{company.employees['Eva']}/klopt-niet"
    eva = company.visitor("Eva", url)
    page = eva.submit({"text": ""}, action=url, status=422)
    assert "Schrijf wat er niet klopt." in page.text
    form = page.form(url).values
    for _ in range(2):
        response = eva.client.post(
            url,
            data={**form, "text": CORRECTION},
            environ_overrides=eva.environment,
            base_url=eva.base_url,
        )
        assert response.status_code == 303
        assert response.headers["Location"].startswith("/berichten/")
    started = company.entries("dialogue:start", company.world.employer.id)
    assert len(started) == 1
    eva.get(f"/mijn-gegevens/{company.employees['Joris']}/klopt-niet", status=404)


def log_page(company: Company, url: str = "/wie-zag-mijn-gegevens", name: str = "Eva") -> Page:
    return company.page(name, url)


def test_who_saw_the_data_is_told_in_plain_words_without_names(company: Company) -> None:
    linked(company)
    company.share("Eva")
    company.page("Carla", company.dossier_url("Eva"))
    text = log_page(company).text
    assert "Noord" in text
    assert "Bekeek uw gegevens" in text
    assert "voor een zorgvraag" in text
    assert "Gaf u inzage in uw gegevens" in text
    for name in ("Anna", "Carla"):
        assert name not in text
    # Whoever has no link sees how it comes, and nothing of Eva.
    with company.preparing() as world:
        hire_employee(world, "Ed")
    assert "Hier staat nog niets" in log_page(company, name="Ed").text


def test_a_period_is_chosen_and_paged(company: Company) -> None:
    linked(company)
    for _ in range(60):
        company.portal.source.advance(timedelta(days=1))
        with company.preparing() as world:
            read_employee(world.session, company.employees["Eva"], world.actor("Anna"))
    first = log_page(company)
    assert "Pagina 1 van 2" in first.text
    second = log_page(company, "/wie-zag-mijn-gegevens?pagina=2")
    assert "Pagina 2 van 2" in second.text
    page = log_page(company, "/wie-zag-mijn-gegevens?van=1-1-2020&tot=2-1-2020")
    assert "Niets in deze periode" in page.text
    visitor = company.visitor("Eva", "/")
    page = visitor.get("/wie-zag-mijn-gegevens?van=99-99-9999", status=422)
    assert "99-99-9999" in {control.get("value") for control in elements(page.root, "input")}


def test_the_period_comes_as_a_pdf(company: Company) -> None:
    linked(company)
    eva = company.visitor("Eva", "/")
    text = pdf_text(downloaded(eva, "/wie-zag-mijn-gegevens/pdf"))
    assert "Bakkerij Mulder" in text
    assert "Gaf u inzage" in text
    assert "Anna" not in text
    (entry,) = company.entries("own_data:log")
    assert entry.details["format"] == "pdf"


def test_the_whole_copy_has_all_of_one_person_and_nothing_of_another(company: Company) -> None:
    """AVG art. 15 and 20: data, sources, recipients and dialogues."""
    linked(company)
    company.share("Eva")
    with company.preparing() as world:
        for number, name in enumerate(("Eva", "Joris", "Noor")):
            employee_id = company.employees[name]
            canary = f"Kanarie{'abc'[number]}"
            change(
                world,
                employee_id,
                card=card(canary, first_name=f"{canary}voor"),
                details=details(
                    bsn=TEST_BSN if name == "Eva" else "999990020",
                    street=f"{canary}straat",
                    city=f"{canary}stad",
                    phone_home=f"030123456{number}",
                ),
            )
    url = f"/mijn-gegevens/{company.employees['Eva']}/klopt-niet"
    eva = company.visitor("Eva", url)
    response = eva.client.post(
        url,
        data={**eva.page.form(url).values, "text": "Kanarie in een dialoog"},  # type: ignore[union-attr]
        environ_overrides=eva.environment,
        base_url=eva.base_url,
    )
    assert response.status_code == 303
    whole = downloaded(eva, "/mijn-gegevens/download.json")
    content = json.loads(whole)
    (record,) = content["records"]
    assert record["details"]["bsn"] == TEST_BSN
    assert record["source"] == "employer"
    assert [shared["service"] for shared in record["shared_with"]] == ["Noord"]
    assert {line["what"] for line in content["recipients"]} >= {"Gaf u inzage in uw gegevens", "Wijzigde uw gegevens"}
    said = [message["text"] for dialogue in content["dialogues"] for message in dialogue["messages"]]
    assert said == ["Kanarie in een dialoog"]
    printed = pdf_text(downloaded(eva, "/mijn-gegevens/download.pdf"))
    for text in (whole.decode(), printed):
        for canary in (
            "Kanariea",
            "Kanarieavoor",
            "Kanarieastraat",
            "Kanarieastad",
            "0301234560",
            "Kanarie in een dialoog",
        ):
            assert canary in text, canary
        assert "Kanarieb" not in text
        assert "Kanariec" not in text
        assert "999990020" not in text.replace(" ", "")
    entries: list[AuditEntry] = company.entries("own_data:export", company.world.employer.id)
    assert [entry.details for entry in entries] == [{"format": "json"}, {"format": "pdf"}]


def test_the_documents_page_says_how_they_come(company: Company) -> None:
    linked(company)
    assert "Nog geen bestanden" in company.page("Eva", "/mijn-documenten").text
    for name in ("Anna", "Carla"):
        company.page(name, "/mijn-documenten", status=403)


def test_nothing_of_another_employer_shows(company: Company) -> None:
    """Design 2.6: also not that there is an account, or a link, elsewhere."""
    pages = [company.employee_url("Eva"), company.employee_url("Eva", GIVE)]
    before = [company.page("Anna", url).text for url in pages]
    linked(company, employee="Piet", by="Bram")
    assert [company.page("Anna", url).text for url in pages] == before
    assert "own_data" not in {
        entry.action.partition(":")[0] for entry in company.entries("own_data:link", company.world.employer.id)
    }
