"""Importing employees through the pages (X-22; design 5, step 2; D-rule 19)."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

import pytest
from flask import request
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from organisation.memberships import add_member
from organisation.models import Department, Employee, Membership
from portal.views import imports
from tests.pages import Page, Visitor, checked
from tests.people import sign_up
from tests.portal.company import Company
from tests.vault.importing.files import HEADINGS, row, text_file, workbook, zip_of
from tests.world import OPERATOR, WHOLE
from vault.importing.jobs import discard, keep_upload, read_upload
from vault.importing.previewing import examine, examine_by_steps
from vault.importing.writing import write_rows
from vault.models import ImportChunk

URL = "/werknemers/importeren"
NOBODY = uuid5(UUID(int=0), "nobody")
ACTS = ("bevestigen", "afdelingen", "verwijderen")


def good_rows(count: int, first: int = 0, **changes: Any) -> list[list[Any]]:
    """Rows of different people of the Winkel, without a BSN."""
    return [row(number=f"NW{first + index:05}", bsn="", department="Winkel", **changes) for index in range(count)]


def upload(visitor: Visitor, data: bytes, name: str = "werknemers.csv", *, status: int = 200) -> Page:
    visitor.get(URL)
    return visitor.submit({"file": (io.BytesIO(data), name)}, action=URL, status=status)


def import_id(visitor: Visitor) -> str:
    return visitor.path.rpartition("/")[2]


def kept_by(company: Company, name: str, data: bytes) -> UUID:
    """An upload of a person, made without a browser."""
    with company.preparing() as world:
        return keep_upload(world.session, read_upload(io.BytesIO(data)), world.actor(name)).id


def employees(company: Company) -> int:
    with company.portal.session() as session:
        own = Employee.organisation_id == company.world.employer.id
        return session.scalar(select(func.count()).select_from(Employee).where(own)) or 0


def pieces(company: Company) -> int:
    with company.portal.session() as session:
        return session.scalar(select(func.count()).select_from(ImportChunk)) or 0


def send(visitor: Visitor, url: str, **values: Any) -> Any:
    assert visitor.page is not None
    return visitor.client.post(
        url,
        data={"csrf_token": visitor.page.forms[0].values["csrf_token"], **values},
        base_url=visitor.base_url,
        environ_overrides=visitor.environment,
    )


def send_file(visitor: Visitor, data: bytes) -> Any:
    """Send a file as a browser does; the test client would spool a large one to disk itself."""
    assert visitor.page is not None
    token = visitor.page.forms[0].values["csrf_token"]
    before = (
        f'--grens\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        '--grens\r\nContent-Disposition: form-data; name="file"; filename="w.csv"\r\n\r\n'
    )
    return visitor.client.post(
        URL,
        data=before.encode() + data + b"\r\n--grens--\r\n",
        content_type="multipart/form-data; boundary=grens",
        base_url=visitor.base_url,
        environ_overrides=visitor.environment,
    )


@pytest.fixture
def anna(company: Company) -> Visitor:
    return company.visitor("Anna", URL)


def test_the_page_says_what_is_expected_and_hands_out_a_template(anna: Visitor) -> None:
    assert anna.page is not None
    assert "Personeelsnummer, Achternaam, Geboortedatum" in anna.page.text
    assert "ten hoogste 20 MB" in anna.page.text

    response = anna.client.get(URL + "/sjabloon.xlsx", base_url=anna.base_url, environ_overrides=anna.environment)

    assert response.headers["Content-Disposition"] == "attachment; filename=werknemers-voorbeeld.xlsx"
    book = load_workbook(io.BytesIO(response.data))
    assert next(cell.value for cell in book.worksheets[0][1]) == "Personeelsnummer*"


@pytest.mark.parametrize("make", [text_file, workbook])
def test_a_good_file_is_shown_confirmed_and_visible(company: Company, anna: Visitor, make: Any) -> None:
    page = upload(anna, make([HEADINGS, *good_rows(3)]))
    assert page.heading == "Controle van het bestand"
    assert "3 van de 3 rijen kunnen nu worden geïmporteerd" in page.text
    assert "Alle rijen zijn goed" in page.text
    assert "NW00000 Anna van Dijk 31-12-1990 Winkel" in page.text
    before, number = employees(company), import_id(anna)

    page = anna.submit(action=f"{URL}/{number}/bevestigen")

    assert "Nieuw in uw datakluis: 3. Gewijzigd: 0." in page.text
    assert employees(company) == before + 3
    assert pieces(company) == 0
    result = anna.get(f"{URL}/{number}/resultaat")
    assert "De import is sinds 22-11-2026 om" in result.text
    assert "3 nieuwe werknemers. 0 werknemers gewijzigd. 0 rijen veranderden niets." in result.text
    assert len(company.entries("import:confirm")) == 1


def test_each_fault_is_shown_by_row_and_column_with_what_to_do(company: Company, anna: Visitor) -> None:
    faulty = row(number="NW9", bsn="123456789", birth_date="31-02-1990", department="Winkel")
    page = upload(anna, text_file([[*HEADINGS, "Salaris"], [*good_rows(1)[0], "1"], [*faulty, "2"]]))

    assert "1 van de 2 rijen kan nu worden geïmporteerd" in page.text
    assert "gaan alleen de goede rijen mee" in page.text
    assert "3 BSN Dit nummer is geen BSN" in page.text
    assert "3 Geboortedatum Deze dag bestaat niet. Vul eerst de dag in" in page.text
    assert "Kolommen die worden overgeslagen Salaris" in page.text
    assert "123456789" not in page.text

    page = anna.submit(action=f"{URL}/{import_id(anna)}/bevestigen")
    assert "Nieuw in uw datakluis: 1." in page.text


def test_of_many_faults_fifty_are_on_a_page_with_the_total(anna: Visitor) -> None:
    page = upload(anna, text_file([HEADINGS, *good_rows(120, birth_date="gisteren")]))

    assert "120 fouten." in page.text
    assert "Pagina 1 van 3, 120 fouten" in page.text
    assert page.text.count("Dit is geen datum") == 50
    assert "Er is geen rij die nu iets verandert" in page.text
    assert f"{URL}/{import_id(anna)}/bevestigen" not in [form.action for form in page.forms]
    page = anna.get(f"{anna.path}?fouten=3")
    assert page.text.count("Dit is geen datum") == 20
    assert "121 Geboortedatum" in page.text
    assert "Dit is geen datum" not in anna.get(f"{anna.path}?fouten=99999999999").text


def test_unknown_departments_are_made_with_one_button(company: Company, anna: Visitor) -> None:
    rows = [row(number="NW1", bsn="", department="Magazijn"), row(number="NW2", bsn="", department="Kantine")]
    page = upload(anna, text_file([HEADINGS, *rows]))
    assert "2 afdelingen zijn nog niet bekend" in page.text
    assert "Magazijn, Kantine" in page.text
    assert "Maak 2 afdelingen aan" in page.text

    page = anna.submit(action=f"{URL}/{import_id(anna)}/afdelingen")

    assert "Er zijn 2 afdelingen aangemaakt" in page.text
    assert "2 van de 2 rijen kunnen nu worden geïmporteerd" in page.text
    with company.portal.session() as session:
        own = Department.organisation_id == company.world.employer.id
        assert {"Magazijn", "Kantine"} <= set(session.scalars(select(Department.name).where(own)))


def test_nobody_waits_while_the_rows_are_checked_for_departments(
    company: Company, anna: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Design 5: SQLite has one writer at a time, and checking 100,000 rows takes seconds."""
    upload(anna, text_file([HEADINGS, row(number="NW1", bsn="", department="Magazijn")]))
    others: list[str] = []

    def while_another_writes(examining: Callable[..., Any]) -> Callable[..., Any]:
        def examine_meanwhile(*arguments: Any) -> Any:
            with company.portal.session() as session:
                session.execute(update(Department).values(name=Department.name))
                others.append(request.method)
            return examining(*arguments)

        return examine_meanwhile

    monkeypatch.setattr(imports, "examine", while_another_writes(examine))
    monkeypatch.setattr(imports, "examine_by_steps", while_another_writes(examine_by_steps))
    anna.submit(action=f"{URL}/{import_id(anna)}/afdelingen")
    assert others == ["POST", "GET"]


def test_a_column_that_cannot_be_departments_makes_none(anna: Visitor) -> None:
    rows = [row(number=f"NW{index}", bsn="", department=f"Afdeling {index}") for index in range(301)]
    upload(anna, text_file([HEADINGS, *rows]))

    page = anna.submit(action=f"{URL}/{import_id(anna)}/afdelingen")

    assert "meer dan 300 onbekende afdelingen" in page.text
    assert "Maak 301 afdelingen aan" in page.text


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "Het bestand is leeg."),
        (b"%PDF-1.7", "Dit is geen Excel-werkmap (.xlsx) en geen CSV-bestand."),
        (zip_of({"a.txt": b"x"}), "Dit bestand is ingepakt (zip), maar het is geen Excel-werkmap."),
        (text_file([["Naam", "Leeftijd"], ["Jansen", "40"]]), "Er is geen rij met koppen gevonden."),
        (text_file([["Personeelsnummer", "Achternaam"], ["1", "Jansen"]]), "Deze kolommen ontbreken: Geboortedatum"),
        (text_file([HEADINGS]), "Onder de koppen staan geen werknemers."),
    ],
)
def test_a_file_that_is_no_list_of_employees_is_refused_beside_the_field(
    company: Company, anna: Visitor, data: bytes, told: str
) -> None:
    page = upload(anna, data, "werknemers.xlsx", status=422)

    assert f"Fout: {told}" in page.text
    assert pieces(company) == 0
    assert company.entries("import:upload") == []


def test_no_file_is_told_beside_the_field(anna: Visitor) -> None:
    anna.get(URL)

    assert "Kies een .xlsx- of .csv-bestand" in anna.submit(action=URL, status=422).text


def test_a_file_above_the_limit_gets_the_page_of_its_own(company: Company, anna: Visitor) -> None:
    page = checked(send_file(anna, b"x" * (21 * 1024 * 1024)))

    assert page.status == 413
    assert page.heading == "Dit bestand is te groot"
    assert pieces(company) == 0


def test_an_upload_never_reaches_a_temporary_file(
    company: Company, anna: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Design 5, step 2: werkzeug would spool above 500 kB."""
    data = text_file([HEADINGS, *good_rows(5_000)])
    assert len(data) > 500 * 1024

    def refuse(*_arguments: Any, **_values: Any) -> None:
        raise AssertionError("a temporary file")

    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    response = send_file(anna, data)

    assert response.status_code == 303
    assert pieces(company) > 1


def test_what_a_cell_or_heading_says_is_text(anna: Visitor) -> None:
    headings = [*HEADINGS, "<script>kop</script>"]
    rows = [row(number="NW1", bsn="", department="<img src=x>"), row(number="NW2", bsn="", last_name="O'Neil")]
    page = upload(anna, text_file([headings, *[[*cells, "x"] for cells in rows]]))

    assert "<script>kop</script>" in page.text
    assert "<img src=x>" in page.text
    assert "O'Neil" in page.text
    assert "<img" not in page.response.get_data(as_text=True)


def test_a_cell_of_ten_thousand_characters_is_a_fault_and_is_not_repeated(anna: Visitor) -> None:
    page = upload(anna, text_file([HEADINGS, *good_rows(1, last_name="x" * 10_000)]))

    assert "De tekst is te lang. Kort de tekst in." in page.text
    assert "x" * 100 not in page.text


def test_a_discarded_file_is_gone(company: Company, anna: Visitor) -> None:
    upload(anna, text_file([HEADINGS, *good_rows(1)]))
    number = import_id(anna)

    page = anna.submit(action=f"{URL}/{number}/verwijderen")

    assert "Het bestand is verwijderd. Er is niets geïmporteerd." in page.text
    assert pieces(company) == 0
    for act in ACTS:
        assert send(anna, f"{URL}/{number}/{act}").location == URL
    page = anna.get(f"{URL}/{number}")
    assert "Deze import is al klaar, verwijderd of ouder dan 24 uur." in page.text


def test_a_file_older_than_a_day_is_gone(company: Company, anna: Visitor) -> None:
    number = kept_by(company, "Anna", text_file([HEADINGS, *good_rows(1)]))
    company.portal.source.advance(timedelta(hours=25))
    later = company.visitor("Anna", f"{URL}/{number}")

    assert later.page is not None
    assert "ouder dan 24 uur" in later.page.text


def test_two_clicks_import_once(company: Company, anna: Visitor) -> None:
    page = upload(anna, text_file([HEADINGS, *good_rows(2)]))
    before, url = employees(company), f"{URL}/{import_id(anna)}/bevestigen"
    anna.submit(action=url)
    anna.page = page

    again = anna.submit(action=url)

    assert "Deze import is al klaar" in again.text
    assert employees(company) == before + 2


def test_progress_is_told_while_the_rows_are_written(company: Company, anna: Visitor) -> None:
    """Screens.md, *Long work*: the answer grows; each step is in it before the next is written."""
    upload(anna, text_file([HEADINGS, *good_rows(1_100)]))
    before = employees(company)
    response = send(anna, f"{URL}/{import_id(anna)}/bevestigen")

    written = {}
    for piece in response.iter_encoded():
        for step in re.findall(r"(\d+) van 1100", piece.decode()):
            written[step] = employees(company) - before

    assert written == {"500": 500, "1000": 1000, "1100": 1100}
    assert response.headers["X-Accel-Buffering"] == "no"


def begin(company: Company, name: str, number: UUID) -> Iterator[Any]:
    """Write the first part of an import and stop there, as a closed tab does."""
    with company.preparing() as world:
        actor = world.actor(name)
    steps = write_rows(company.portal.services.factory, number, actor)
    return islice(steps, 1)


def test_a_half_written_import_can_be_resumed(company: Company, anna: Visitor) -> None:
    number = kept_by(company, "Anna", text_file([HEADINGS, *good_rows(600)]))
    before = employees(company)
    list(begin(company, "Anna", number))
    page = anna.get(URL)
    assert "Opslaan is begonnen maar niet klaar; nog niets is zichtbaar" in page.text

    page = anna.submit(action=f"{URL}/{number}/bevestigen")

    assert "Nieuw in uw datakluis: 600. Gewijzigd: 0." in page.text
    assert employees(company) == before + 600


def test_a_half_written_import_can_be_discarded(company: Company, anna: Visitor) -> None:
    number = kept_by(company, "Anna", text_file([HEADINGS, *good_rows(600)]))
    before = employees(company)
    list(begin(company, "Anna", number))
    assert employees(company) == before + 500
    anna.get(URL)

    anna.submit(action=f"{URL}/{number}/verwijderen")

    assert employees(company) == before


def test_while_one_import_is_written_another_waits(company: Company, anna: Visitor) -> None:
    first = kept_by(company, "Anna", text_file([HEADINGS, *good_rows(600)]))
    list(begin(company, "Anna", first))
    upload(anna, text_file([HEADINGS, *good_rows(1, first=900)]))

    page = anna.submit(action=f"{URL}/{import_id(anna)}/bevestigen")

    assert "Er loopt al een import van uw organisatie" in page.text
    assert page.heading == "Controle van het bestand"


def test_an_import_that_stops_half_way_says_so_on_the_page(
    company: Company, anna: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status has left by then, so that the page itself must tell."""
    upload(anna, text_file([HEADINGS, *good_rows(600)]))
    number, before = import_id(anna), employees(company)

    def discarded_meanwhile(*arguments: Any) -> Iterator[Any]:
        steps = write_rows(*arguments)
        yield next(steps)
        with company.preparing() as world:
            discard(world.session, arguments[1], world.actor("Anna"))
        yield from steps

    monkeypatch.setattr("portal.views.imports.write_rows", discarded_meanwhile)
    page = anna.submit(action=f"{URL}/{number}/bevestigen")

    assert "De import is gestopt. Er is niets zichtbaar geworden." in page.text
    assert "Deze import is op een andere plaats opnieuw begonnen of verwijderd." in page.text
    assert "Nieuw in uw datakluis" not in page.text
    anna.get(f"{URL}/{number}/resultaat", status=404)
    assert employees(company) == before


@pytest.mark.parametrize("act", ["", "/resultaat", *(f"/{act}" for act in ACTS)])
def test_the_import_of_another_employer_is_not_there(company: Company, anna: Visitor, act: str) -> None:
    """D-rule 16."""
    with company.preparing() as world:
        other = text_file([HEADINGS, row(number="DR1", bsn="", department="Pers")])
        theirs = keep_upload(world.session, read_upload(io.BytesIO(other)), world.actor("Bram")).id
    if act in {"", "/resultaat"}:
        anna.get(f"{URL}/{theirs}{act}", status=404)
        anna.get(f"{URL}/{NOBODY}{act}", status=404)
    else:
        assert send(anna, f"{URL}/{theirs}{act}").status_code == 404
        assert send(anna, f"{URL}/{NOBODY}{act}").status_code == 404
    assert "niet afgemaakt" not in anna.get(URL).text.lower()
    assert pieces(company) == 1


def test_the_result_of_another_employer_is_not_there(company: Company, anna: Visitor) -> None:
    """D-rule 16."""
    with company.preparing() as world:
        other = text_file([HEADINGS, row(number="DR1", bsn="", department="Pers")])
        bram = world.actor("Bram")
        theirs = keep_upload(world.session, read_upload(io.BytesIO(other)), bram).id
    assert list(write_rows(company.portal.services.factory, theirs, bram))[-1].finished

    anna.get(f"{URL}/{theirs}/resultaat", status=404)


@pytest.mark.parametrize("name", ["Frits", "Gerda", "Carla", "Dirk"])
def test_whoever_may_not_import_does_not_come_here(company: Company, name: str) -> None:
    """D-rules 17 and 18."""
    visitor = company.visitor(name, URL, status=403)
    visitor.get(URL + "/sjabloon.xlsx", status=403)
    visitor.get("/")

    assert send(visitor, URL).status_code == 403


def test_whoever_sees_one_department_only_cannot_import(company: Company) -> None:
    """An import reaches every department."""
    with company.preparing() as world:
        world.session.get_one(Membership, world.people["Ilse"].id).whole_scope = False

    ilse = company.visitor("Ilse", URL, status=403)
    for page in ("/", "/werknemers"):
        assert URL not in ilse.get(page).links()


def test_whoever_waits_for_a_key_is_told_so(company: Company) -> None:
    """D-rule 17."""
    with company.preparing() as world:
        person = sign_up(world.session, world.employer.id, "Hans")
        add_member(world.session, person.id, world.employer.id, ["datakluisbeheerder"], WHOLE, OPERATOR)
        company.portal.people["Hans"] = person

    page = company.page("Hans", URL, status=403)

    assert page.heading == "U kunt nu nog niet importeren"
    assert "Een datakluisbeheerder van uw organisatie moet u eerst toelaten" in page.text


def test_a_right_that_was_taken_between_two_requests_is_gone(company: Company) -> None:
    ilse = company.visitor("Ilse")
    upload(ilse, text_file([HEADINGS, *good_rows(1)]))
    number, before = import_id(ilse), employees(company)
    company.take_role("Ilse", "werkgever")

    ilse.submit(action=f"{URL}/{number}/bevestigen", status=403)

    assert employees(company) == before


def test_an_import_that_is_not_done_has_no_result(company: Company, anna: Visitor) -> None:
    number = kept_by(company, "Anna", text_file([HEADINGS, *good_rows(600)]))
    list(begin(company, "Anna", number))

    anna.get(f"{URL}/{number}/resultaat", status=404)
