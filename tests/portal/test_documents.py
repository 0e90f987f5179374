"""Pages of *Trajectendossier*: the lists, one document, and every change (DOC-01..DOC-05, DOC-09, DOC-12..DOC-23)."""

from __future__ import annotations

import re
from html import unescape

import pypdfium2
import pytest
from sqlalchemy import select, update

from documents.models import Document, DocumentVersion
from tests.documents.files import pdf, png
from tests.pages import Page, Visitor
from tests.portal.company import Company
from tests.portal.document_files import TEXT, add_doctor, documents, label, multipart, send, upload, upload_url


@pytest.fixture
def shared(company: Company) -> Company:
    """The company with Eva shared."""
    company.share("Eva")
    return company


def fetched(visitor: Visitor, url: str) -> tuple[int, bytes]:
    """What a file answers with."""
    response = visitor.client.get(url, environ_overrides=visitor.environment, base_url=visitor.base_url)
    return response.status_code, response.data


def test_a_document_is_uploaded_listed_read_and_downloaded_on_both_sides(shared: Company) -> None:
    upload(shared, "Ilse")
    (document_id,) = documents(shared)
    lists = {"Frits": shared.employee_url("Eva", "/documenten"), "Carla": shared.dossier_url("Eva", "/documenten")}
    for name, url in lists.items():
        visitor = shared.visitor(name, url)
        assert visitor.page is not None
        assert f"/documenten/{document_id}" in visitor.page.links()
        assert "verslag.txt" in visitor.page.text
        assert "Geïmporteerde documenten, 59 bytes Algemeen Definitief 1 Bakkerij Mulder" in visitor.page.text
        page = visitor.get(f"/documenten/{document_id}")
        assert page.heading == "verslag.txt"
        assert TEXT.decode() in page.text
        assert "Wie kan dit openen?" in page.text
        assert fetched(visitor, f"/documenten/{document_id}/bestand") == (200, TEXT)
    assert "Carla" not in shared.page("Ilse", f"/documenten/{document_id}").text


def test_the_way_back_leads_to_the_person_or_the_employer_and_the_dossier(shared: Company) -> None:
    upload(shared, "Ilse")
    (document_id,) = documents(shared)
    employer = shared.world.employer.id
    ways = {
        "Ilse": ["/werknemers", shared.employee_url("Eva"), shared.employee_url("Eva", "/documenten")],
        "Carla": [
            "/dossiers",
            f"/dossiers?werkgever={employer}",
            shared.dossier_url("Eva"),
            shared.dossier_url("Eva", "/documenten"),
        ],
    }
    for name, way in ways.items():
        page = shared.page(name, f"/documenten/{document_id}")
        assert crumbs(page) == way
        assert "Werknemer WK001 Trajectendossier" in page.text
    upload(shared, "Carla", None, into="DVO")
    (of_employer,) = set(documents(shared)) - {document_id}
    assert crumbs(shared.page("Carla", f"/documenten/{of_employer}/naam")) == [
        "/werkgevers",
        f"/werkgevers/{employer}",
        f"/werkgevers/{employer}/documenten",
        f"/documenten/{of_employer}",
    ]


def crumbs(page: Page) -> list[str]:
    """The addresses of the way that leads to a page."""
    html = page.response.get_data(as_text=True)
    (nav,) = re.findall(r'<nav class="dk-breadcrumbs".*?</nav>', html, re.DOTALL)
    return [unescape(link) for link in re.findall(r'<a href="([^"]*)"', nav)]


def test_the_tab_is_there_for_whoever_may_read_documents(shared: Company) -> None:
    assert "Trajectendossier" in shared.page("Frits", shared.employee_url("Eva")).text
    assert "Trajectendossier" in shared.page("Carla", shared.dossier_url("Eva")).text
    assert "Trajectendossier" in shared.page("Carla", f"/werkgevers/{shared.world.employer.id}").text
    with shared.preparing() as world:
        world.hire_arbo("Inge", roles=("medewerker_facturatie",))
    shared.portal.people = shared.world.people
    assert "Trajectendossier" not in shared.page("Inge", shared.dossier_url("Eva")).text
    shared.page("Inge", shared.dossier_url("Eva", "/documenten"), status=403)


def test_without_a_key_of_the_vault_the_page_explains(shared: Company) -> None:
    upload(shared, "Ilse")
    (document_id,) = documents(shared)
    page = shared.page("Gerda", shared.employee_url("Eva", "/documenten"))
    assert "Zonder die sleutel ziet u er geen, ook niet hoeveel het er zijn." in page.text
    assert "verslag" not in page.text
    shared.page("Gerda", f"/documenten/{document_id}", status=404)
    own = shared.page("Ilse", f"/werkgevers/{shared.world.employer.id}/documenten")
    assert "Nog geen documenten" in own.text


def test_of_somebody_not_shared_the_arbo_side_sees_nothing(shared: Company) -> None:
    """D-rule 23."""
    upload(shared, "Ilse", "Joris")
    (document_id,) = documents(shared)
    carla = shared.visitor("Carla", shared.dossier_url("Joris", "/documenten"))
    assert carla.path == shared.dossier_url("Joris")
    carla.get(f"/documenten/{document_id}", status=404)
    page = carla.get(upload_url(shared, "Joris"))
    assert "Dit dossier is niet met u gedeeld" in page.text


def test_documents_of_an_employer_have_a_dossier_of_their_own(shared: Company) -> None:
    """DOC-23."""
    upload(shared, "Carla", None, into="DVO")
    url = f"/werkgevers/{shared.world.employer.id}/documenten"
    for name in ("Carla", "Ilse"):
        assert "verslag.txt" in shared.page(name, url).text
    shared.page("Dirk", url, status=404)
    shared.page("Bram", url, status=404)


def test_a_list_is_filtered_in_the_address_and_searched_outside_it(shared: Company) -> None:
    upload(shared, "Ilse", files=[("rooster.txt", b"a"), ("plan.txt", b"b")])
    upload(shared, "Ilse", into="Mandaat – Algemeen", files=[("mandaat.txt", b"c")])
    url = shared.employee_url("Eva", "/documenten")
    ilse = shared.visitor("Ilse", url)
    page = ilse.get(f"{url}?kenmerk={label(shared, 'Mandaat – Algemeen')}")
    assert "mandaat.txt" in page.text
    assert "rooster.txt" not in page.text
    assert "Geen document past bij het filter" in ilse.get(f"{url}?status=signed").text
    for wrong in ("soort=geen", "kenmerk=x", "status=x"):
        ilse.get(f"{url}?{wrong}", status=404)
    ilse.get(url)
    page = ilse.submit({"words": "ROOSTER"}, action=url)
    assert "1 document gevonden" in page.text
    assert ilse.path == url
    assert "plan.txt" not in page.text
    page = ilse.submit({"words": "niets"}, action=url)
    assert "Geen document gevonden" in page.text
    page = ilse.submit({"words": "x" * 101}, action=url, status=422)
    assert "Gebruik ten hoogste 100 tekens" in page.text


def test_a_search_goes_on_by_a_button(shared: Company) -> None:
    for first in range(0, 60, 20):
        upload(shared, "Ilse", files=[(f"stuk{number}.txt", b"a") for number in range(first, first + 20)])
    url = shared.employee_url("Eva", "/documenten")
    ilse = shared.visitor("Ilse", url)
    assert "Pagina 1 van 2, 60 documenten" in ilse.submit({"words": ""}, action=url).text
    page = shared.post(ilse, url, {"words": "stuk", "pagina": "2"})
    assert "60 documenten gevonden" in page.text
    shown = {f"/documenten/{document_id}" for document_id in documents(shared)} & set(page.links())
    assert len(shown) == 10


def test_an_upload_says_what_is_missing_and_keeps_what_can_be_kept(shared: Company) -> None:
    page = upload(shared, "Ilse", files=[], status=422)
    assert page is not None
    assert "Kies een of meer bestanden." in page.text
    page = upload(shared, "Ilse", status=422, label="")
    assert page is not None
    assert "Kies een kenmerk. Dat bepaalt wie het document kan openen." in page.text
    assert documents(shared) == []
    page = upload(shared, "Ilse", files=[("goed.txt", b"goed"), ("leeg.txt", b"")], status=422)
    assert page is not None
    assert "leeg.txt: Dit bestand is leeg." in page.text
    assert len(documents(shared)) == 1


def test_files_are_merged_to_one_pdf(shared: Company) -> None:
    """DOC-17."""
    upload(shared, "Ilse", files=[("foto.png", png()), ("verslag.pdf", pdf())], save_as="samen")
    (document_id,) = documents(shared)
    ilse = shared.visitor("Ilse", f"/documenten/{document_id}")
    assert ilse.page is not None
    assert ilse.page.heading == "foto.pdf"
    status, data = fetched(ilse, f"/documenten/{document_id}/bestand")
    assert (status, len(pypdfium2.PdfDocument(data))) == (200, 2)
    (entry,) = shared.entries("document:upload")
    assert entry.details["merged"] == 2
    page = upload(shared, "Ilse", files=[("foto.png", png()), ("leeg.txt", b"")], save_as="samen", status=422)
    assert page is not None
    page = upload(shared, "Ilse", files=[("a.csv", b"a;b\n1;2\n3;4\n"), ("b.png", png())], save_as="samen", status=422)
    assert page is not None
    assert "a.csv" in page.text
    assert len(documents(shared)) == 1


def test_upload_begins_at_the_start_page_by_finding_the_dossier(shared: Company) -> None:
    """DOC-20."""
    for name, number in (("Ilse", "WK001"), ("Carla", "WK001")):
        visitor = shared.visitor(name, "/")
        assert visitor.page is not None
        assert "/documenten/uploaden" in visitor.page.links()
        visitor.get("/documenten/uploaden")
        page = visitor.submit({"personnel_number": number}, action="/documenten/uploaden/zoeken")
        assert upload_url(shared) in page.links()
        assert "Yılmaz" in page.text
        visitor.get("/documenten/uploaden")
        page = visitor.submit({}, action="/documenten/uploaden/zoeken", status=422)
        assert "Vul een personeelsnummer in" in page.text
    carla = shared.visitor("Carla", "/documenten/uploaden")
    page = carla.submit({"personnel_number": "WK002"}, action="/documenten/uploaden/zoeken")
    assert "Niet gedeeld" in page.text
    assert upload_url(shared, "Joris") not in page.links()
    assert "/documenten/uploaden" not in shared.page("Frits", "/").links()
    shared.page("Frits", upload_url(shared), status=403)
    carla.get(f"/documenten/uploaden/werknemer/{shared.world.employer.id}", status=404)
    employer_id = shared.world.employer.id
    assert carla.get(f"/documenten/uploaden?werkgever={employer_id}").heading == "Upload document(en)"
    assert carla.path == f"/documenten/uploaden/werkgever/{employer_id}"


def test_pages_and_pictures_are_shown(shared: Company) -> None:
    upload(shared, "Ilse", files=[("verslag.pdf", pdf(pages=3)), ("foto.png", png())])
    upload(shared, "Ilse", files=[("blad.csv", b"a;b\n1;2\n3;4\n")])
    by_name = {}
    ilse = shared.visitor("Ilse")
    for document_id in documents(shared):
        page = ilse.get(f"/documenten/{document_id}")
        by_name[page.heading] = f"/documenten/{document_id}"
    page = ilse.get(f"{by_name['verslag.pdf']}?pagina=2")
    assert "Pagina 2 van 3" in page.text
    assert "Verslag van het gesprek" in page.text
    status, data = fetched(ilse, f"{by_name['verslag.pdf']}/pagina/2")
    assert (status, data[:4]) == (200, b"\x89PNG")
    assert fetched(ilse, f"{by_name['foto.png']}/plaatje")[1] == png()
    assert "a;b" in ilse.get(by_name["blad.csv"]).text
    for name, wrong in (("foto.png", "/pagina/1"), ("verslag.pdf", "/plaatje"), ("blad.csv", "?versie=2")):
        assert fetched(ilse, by_name[name] + wrong)[0] == 404
    assert fetched(ilse, f"{by_name['blad.csv']}?versie=x")[0] == 404
    assert fetched(ilse, f"{by_name['blad.csv']}?pagina=x")[0] == 200


def test_a_document_gets_another_name(shared: Company) -> None:
    upload(shared, "Ilse")
    (document_id,) = documents(shared)
    url = f"/documenten/{document_id}/naam"
    carla = shared.visitor("Carla", url)
    page = carla.submit({"name": "  "}, status=422, action="")
    assert "Vul in hoe het document heet." in page.text
    page = carla.submit({"name": "Gesprek van 4 maart"}, action="")
    assert page.heading == "Gesprek van 4 maart.txt"
    assert "Het document heeft een andere naam." in page.text


def test_a_new_version_stands_beside_the_old_one(shared: Company) -> None:
    """DOC-12."""
    upload(shared, "Ilse")
    (document_id,) = documents(shared)
    url = f"/documenten/{document_id}/versie"
    ilse = shared.visitor("Ilse", url)
    for files, told in (([], "Kies één bestand."), ([("leeg.txt", b"")], "Dit bestand is leeg.")):
        refused = send(shared, ilse, url, {}, files)
        assert (refused.status_code, told in refused.text) == (422, True)
    assert send(shared, ilse, url, {}, [("tweede.txt", b"Twee")]).status_code == 303
    page = ilse.get(f"/documenten/{document_id}")
    assert page.heading == "tweede.txt"
    assert "Definitief 2" in page.text
    page = ilse.get(f"/documenten/{document_id}?versie=1")
    assert "Er is een nieuwere: versie 2." in page.text
    assert fetched(ilse, f"/documenten/{document_id}/bestand?versie=1") == (200, TEXT)
    assert fetched(ilse, f"/documenten/{document_id}/bestand") == (200, b"Twee")


def test_another_label_says_first_what_it_changes_for_whom(shared: Company) -> None:
    """DOC-05."""
    upload(shared, "Ilse")
    (document_id,) = documents(shared)
    url = f"/documenten/{document_id}/kenmerk"
    ilse = shared.visitor("Ilse", url)
    assert "Kies een kenmerk." in ilse.submit({"label": ""}, action="", status=422).text
    page = ilse.submit({"label": label(shared, "Alleen werkgever")}, action="")
    assert "Wie het dan niet meer kan openen" in page.text
    assert "De medewerkers van Noord" in page.text
    shared.visitor("Carla", f"/documenten/{document_id}")
    page = ilse.submit(action="")
    assert "Het document heeft nu het kenmerk Alleen werkgever." in page.text
    shared.page("Carla", f"/documenten/{document_id}", status=404)
    ilse.get(url)
    shared.post(ilse, url, {"label": label(shared, "Alleen arbodienst")}, status=404)


def test_only_who_added_it_relabels_and_removes(shared: Company) -> None:
    upload(shared, "Ilse")
    (document_id,) = documents(shared)
    carla = shared.visitor("Carla", f"/documenten/{document_id}")
    assert carla.page is not None
    assert f"/documenten/{document_id}/naam" in carla.page.links()
    for way in ("kenmerk", "verwijderen"):
        assert f"/documenten/{document_id}/{way}" not in carla.page.links()
        page = carla.get(f"/documenten/{document_id}/{way}", status=409)
        assert "Een andere organisatie heeft dit document toegevoegd." in page.text


def test_removal_asks_once_and_leaves_nothing(shared: Company) -> None:
    upload(shared, "Ilse")
    (document_id,) = documents(shared)
    with shared.portal.session() as session:
        (file_id,) = session.scalars(select(DocumentVersion.file_id))
    store = shared.portal.services.intake.store
    assert store.open(file_id).size
    ilse = shared.visitor("Ilse", f"/documenten/{document_id}/verwijderen")
    assert ilse.page is not None
    assert "met 1 versie" in ilse.page.text
    assert "Frits" in ilse.page.text
    page = ilse.submit(action="")
    assert "Het document is verwijderd." in page.text
    assert "Nog geen documenten" in page.text
    ilse.get(f"/documenten/{document_id}", status=404)
    assert list(store.kept_before(float("inf"), file_id.bytes[0])) == []


def test_what_was_signed_is_not_removed(shared: Company) -> None:
    upload(shared, "Ilse")
    (document_id,) = documents(shared)
    with shared.portal.services.factory() as session, session.begin():
        session.execute(update(DocumentVersion).values(state="signed"))
    ilse = shared.visitor("Ilse", f"/documenten/{document_id}")
    assert ilse.page is not None
    assert f"/documenten/{document_id}/verwijderen" not in ilse.page.links()
    assert "is ondertekend" in ilse.get(f"/documenten/{document_id}/verwijderen", status=409).text


def test_who_uploads_a_medical_document_is_told_that_it_cannot_be_read_back(shared: Company) -> None:
    """DOC-21."""
    add_doctor(shared)
    assert "na het uploaden kunt u het zelf niet teruglezen" in shared.page("Cor", upload_url(shared)).text
    for name in ("Sanne", "Carla", "Ilse"):
        assert "teruglezen" not in shared.page(name, upload_url(shared)).text
    cor = shared.visitor("Cor", upload_url(shared))
    values = {"csrf_token": shared.token(cor), "label": label(shared, "Medisch"), "save_as": "los"}
    data, headers = multipart(values, [("diagnose.txt", TEXT)])
    response = cor.client.post(
        upload_url(shared),
        data=data,
        headers=headers,
        environ_overrides=cor.environment,
        base_url=cor.base_url,
        follow_redirects=True,
    )
    assert "Alleen de medische kring kan het openen." in response.text
    assert "diagnose" not in response.text
    (document_id,) = documents(shared)
    cor.get(f"/documenten/{document_id}", status=404)
    sanne = shared.visitor("Sanne", shared.dossier_url("Eva", "/documenten"))
    assert sanne.page is not None
    assert "diagnose.txt" in sanne.page.text
    page = sanne.get(f"/documenten/{document_id}")
    assert "als lid van de medische kring" in page.text
    upload(shared, "Carla", into="Medisch", status=404)


def test_what_lies_in_the_store_and_is_not_what_was_kept_is_told(shared: Company) -> None:
    upload(shared, "Ilse")
    (document_id,) = documents(shared)
    with shared.portal.session() as session:
        (file_id,) = session.scalars(select(DocumentVersion.file_id))
        assert session.scalars(select(Document.id)).one() == document_id
    shared.portal.services.intake.store.remove(file_id)
    ilse = shared.visitor("Ilse")
    page = ilse.get(f"/documenten/{document_id}", status=410)
    assert "Wat er is opgeslagen, is weg of is veranderd." in page.text
    assert fetched(ilse, f"/documenten/{document_id}/bestand")[0] == 410
