"""*Document opstellen*, *Ingevulde gegevens bewerken*, and the same for Word (DOC-10..DOC-13)."""

from __future__ import annotations

import io
from uuid import UUID

import docx
import pypdfium2
import pytest

from tests.pages import Page, Visitor
from tests.portal.company import Company
from tests.portal.document_files import documents, label, upload

TYPED = {
    "case_manager": "Đặng Nguyễn",
    "first_day": "2 maart 2026",
    "analysis_day": "10-04-2026",
    "possibilities": 'Vier uur per dag <b>zittend</b> #read("/etc/passwd") werk.\nNiet tillen.',
    "goal": "Terug in het eigen werk",
    "contact": "Elke maandag",
    "evaluation_day": "22-05-2026",
    "agreements-0-who": "Werkgever",
    "agreements-0-what": "Hoge stoel",
    "agreements-0-when": "voor 1 mei",
}


@pytest.fixture
def shared(company: Company) -> Company:
    """The company with Eva shared."""
    company.share("Eva")
    return company


def form_url(company: Company, template: str = "plan_van_aanpak") -> str:
    """Where a document is made for Eva."""
    return f"/documenten/nieuw/{template}/{company.employees['Eva']}"


def typed(company: Company, **changed: str) -> dict[str, str]:
    """A form as somebody fills it in, with its label."""
    return {**TYPED, "label": label(company, "Algemeen"), **changed}


def made(company: Company, by: str = "Ilse") -> UUID:
    """A document that somebody made."""
    visitor = company.visitor(by, form_url(company))
    visitor.submit(typed(company), action="")
    return documents(company)[-1]


def content(visitor: Visitor, url: str) -> bytes:
    """What a file holds."""
    response = visitor.client.get(url, environ_overrides=visitor.environment, base_url=visitor.base_url)
    assert response.status_code == 200
    data: bytes = response.data
    return data


def told(visitor: Visitor, document_id: UUID, version: int) -> str:
    """What a version of a document says."""
    data = content(visitor, f"/documenten/{document_id}/bestand?versie={version}")
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data)).split())


def test_a_document_is_made_from_the_dossier_on_both_sides(shared: Company) -> None:
    ways = {"Ilse": shared.employee_url("Eva", "/documenten"), "Carla": shared.dossier_url("Eva", "/documenten")}
    for name, url in ways.items():
        visitor = shared.visitor(name, url)
        choose = visitor.get(f"/documenten/nieuw/{shared.employees['Eva']}")
        assert {form_url(shared), form_url(shared, "werkhervattingsplan")} <= set(choose.links())
        page = visitor.get(form_url(shared))
        values = page.form("").values
        assert values["employee"].startswith("Eva")
        assert values["employer"] == "Bakkerij Mulder"
        assert values["agreements-1-who"] == ""
        page = visitor.submit(typed(shared), action="")
        assert "Het document is opgeslagen." in page.text
        assert page.heading.startswith("Plan van aanpak_")
        assert "Definitief 1" in page.text
        text = told(visitor, documents(shared)[-1], 1)
        assert 'Vier uur per dag <b>zittend</b> #read("/etc/passwd") werk. Niet tillen.' in text
        assert "Đặng Nguyễn" in text


def test_what_was_typed_survives_an_error_and_more_lines(shared: Company) -> None:
    ilse = shared.visitor("Ilse", form_url(shared))
    page = ilse.submit(typed(shared, first_day="gisteren", label="", more="agreements"), action="")
    values = page.form("").values
    assert values["possibilities"].split() == TYPED["possibilities"].split()
    assert "agreements-4-who" in values
    page = ilse.submit({**values, "first_day": "gisteren", "label": "", "goal": ""}, action="", status=422)
    assert "Kies een kenmerk. Dat bepaalt wie het document kan openen." in page.text
    assert "Kies een van de mogelijkheden." in page.text
    assert page.text.index("Doel: Kies een van") < page.text.index("Kenmerk: Kies een"), "in the order of the page"
    assert page.form("").values["first_day"] == "gisteren"
    assert page.form("").values["agreements-0-what"] == "Hoge stoel"
    assert documents(shared) == []


def test_a_label_that_is_not_there_to_choose_is_refused(shared: Company) -> None:
    ilse = shared.visitor("Ilse", form_url(shared))
    for wrong in (
        label(shared, "Medisch"),
        label(shared, "Alleen arbodienst"),
        label(shared, "DVO", of_employer=True),
        "x",
    ):
        ilse.get(form_url(shared))
        page = shared.post(ilse, form_url(shared), typed(shared, label=wrong), status=422)
        assert "Kies een kenmerk." in page.text
    assert documents(shared) == []


def test_what_was_filled_in_is_changed_into_the_next_version(shared: Company) -> None:
    document_id = made(shared)
    carla = shared.visitor("Carla", f"/documenten/{document_id}/gegevens")
    assert carla.page is not None
    assert carla.page.form("").values["first_day"] == "02-03-2026"
    page = carla.submit({"contact": "Elke dinsdag"}, action="")
    assert "Versie 2 is opgeslagen." in page.text
    assert "Elke dinsdag" in told(carla, document_id, 2)
    assert "Elke maandag" in told(carla, document_id, 1)
    assert page.heading.startswith("Plan van aanpak_")


def test_who_saves_second_sees_what_differs_and_loses_nothing(shared: Company) -> None:
    document_id = made(shared)
    url = f"/documenten/{document_id}/gegevens"
    ilse, carla = shared.visitor("Ilse", url), shared.visitor("Carla", url)
    carla.submit({"contact": "Elke dinsdag"}, action="")
    lines = {"possibilities": TYPED["possibilities"].replace("\n", "\r\n")}
    typing = {"contact": "Elke woensdag", "agreements-1-who": "Eva", **lines}
    page: Page = ilse.submit(typing, action="", status=409)
    assert "Iemand anders heeft intussen versie 2 opgeslagen" in page.text
    assert "Contact Elke dinsdag Elke woensdag" in page.text
    assert "Mogelijkheden en beperkingen voor werk Vier uur" not in page.text, "that is the same in both"
    assert page.form("").values["contact"] == "Elke woensdag"
    page = ilse.submit({"agreements-1-what": "Belt", "agreements-1-when": "wekelijks"}, action="")
    assert "Versie 3 is opgeslagen." in page.text
    assert "Elke woensdag" in told(ilse, document_id, 3)


def test_the_document_is_there_for_word(shared: Company) -> None:
    document_id = made(shared)
    ilse = shared.visitor("Ilse", f"/documenten/{document_id}")
    assert ilse.page is not None
    assert f"/documenten/{document_id}/word" in ilse.page.links()
    url = f"/documenten/{document_id}/word"
    response = ilse.client.get(url, environ_overrides=ilse.environment, base_url=ilse.base_url)
    assert "attachment" in response.headers["Content-Disposition"]
    assert ".docx" in response.headers["Content-Disposition"]
    assert "Đặng Nguyễn" in "".join(part.text for part in docx.Document(io.BytesIO(response.data)).paragraphs)


def test_what_was_uploaded_has_no_form(shared: Company) -> None:
    upload(shared, "Ilse")
    (document_id,) = documents(shared)
    ilse = shared.visitor("Ilse", f"/documenten/{document_id}")
    assert ilse.page is not None
    assert not any(link.endswith(("/gegevens", "/word")) for link in ilse.page.links())
    ilse.get(f"/documenten/{document_id}/gegevens", status=404)
    ilse.get(f"/documenten/{document_id}/word", status=404)


def test_for_whoever_is_not_shared_the_arbo_side_makes_nothing(company: Company) -> None:
    """D-rule 23."""
    page = company.page("Carla", form_url(company))
    assert "Dit dossier is niet met u gedeeld." in page.text


def test_nobody_else_sees_or_makes_one(shared: Company) -> None:
    document_id = made(shared)
    for name in ("Bram", "Dirk"):
        visitor = shared.visitor(name)
        for url in (form_url(shared), f"/documenten/nieuw/{shared.employees['Eva']}"):
            visitor.get(url, status=404)
        for url in ("gegevens", "word"):
            visitor.get(f"/documenten/{document_id}/{url}", status=404)
    shared.visitor("Ilse").get(form_url(shared, "verzonnen"), status=404)
