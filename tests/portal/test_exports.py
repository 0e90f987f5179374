"""Exporting through the form: what arrives in the browser, and what does not (design 2.7; D-rules 17, 37, 43)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from werkzeug.test import TestResponse

from accounts.sessions import end_sessions_of
from audit import recording
from audit.errors import LogUnavailable
from portal.views.exports import ExportBrokenOff
from tests.pages import Visitor
from tests.portal.company import Company
from tests.portal.test_employee_editing import faults
from tests.world import TEST_BSN
from vault.exporting import people

CSV = {"file_format": "csv"}


def send(company: Company, visitor: Visitor, values: dict[str, str]) -> TestResponse:
    """Order an export; the answer is read by whoever gets it."""
    return visitor.client.post(
        "/exporteren",
        data={"csrf_token": company.token(visitor), **values},
        environ_overrides=visitor.environment,
        base_url=visitor.base_url,
        buffered=False,
    )


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_both_files_arrive_as_downloads_with_the_same_people(company_on_each_database: Company) -> None:
    company = company_on_each_database
    visitor = company.visitor("Anna", "/exporteren")
    text = send(company, visitor, CSV)
    assert text.headers["Content-Disposition"] == "attachment; filename=werknemers-2026-11-22.csv"
    assert text.headers["Cache-Control"] == "no-store"
    assert "Content-Length" not in text.headers
    names = [row["Achternaam"] for row in rows_of(text.get_data())]
    assert names == ["Bakker", "Yılmaz", "Janssen"]

    book = send(company, visitor, {"file_format": "xlsx"})
    assert book.headers["Content-Disposition"] == "attachment; filename=werknemers-2026-11-22.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(book.get_data())).active
    assert sheet is not None
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == names
    assert len(company.entries("employee:export", company.world.employer.id)) == 2


def test_the_page_says_what_is_in_it_and_what_it_is_for(company: Company) -> None:
    page = company.page("Anna", company.department_url("Winkel"))
    (link,) = [link for link in page.links() if link.startswith("/exporteren")]
    page = company.page("Anna", link)
    assert page.form().values["department_id"] == str(company.world.departments["Winkel"].id)
    assert "alleen voor het werk waarvoor u het nu nodig hebt" in page.text
    assert "Personeelsnummer, Achternaam, Tussenvoegsel" in page.text
    assert "with_bsn" not in page.response.get_data(as_text=True)
    assert company.entries("employee:export") == []


def test_the_bsn_is_offered_and_given_to_whom_may_read_it(company: Company) -> None:
    """D-rule 37."""
    anna = company.visitor("Anna", "/exporteren")
    data = send(company, anna, {**CSV, "with_bsn": "y"}).get_data()
    assert TEST_BSN.encode() not in data
    assert b"BSN" not in data
    ilse = company.visitor("Ilse", "/exporteren")
    assert ilse.page is not None
    assert "Ook het BSN" in ilse.page.text
    assert TEST_BSN.encode() not in send(company, ilse, CSV).get_data()
    assert TEST_BSN.encode() in send(company, ilse, {**CSV, "with_bsn": "y"}).get_data()


def test_the_arbo_side_gets_the_names_that_are_shared(company: Company) -> None:
    """K-02, K-19."""
    company.share("Eva")
    visitor = company.visitor("Carla", "/exporteren")
    assert visitor.page is not None
    assert "alle anderen heten Anoniem" in visitor.page.text
    found = {row["Personeelsnummer"]: row["Achternaam"] for row in rows_of(send(company, visitor, CSV).get_data())}
    assert found == {"OV001": "Anoniem", "WK001": "Yılmaz", "WK002": "Anoniem"}


def test_who_waits_to_be_admitted_is_told_so(company: Company) -> None:
    with company.preparing() as world:
        world.hire("Cora", world.service, "casemanager_arbo")
    visitor = company.visitor("Cora", "/exporteren")
    assert visitor.path == "/dossiers"
    response = send(company, visitor, CSV)
    assert (response.status_code, response.headers["Location"]) == (303, "/dossiers")


def test_without_the_key_there_is_nobody_in_it(company: Company) -> None:
    """D-rule 17."""
    with company.preparing() as world:
        world.hire("Joop", world.employer, "datakluisgebruiker", "werkgever")
    visitor = company.visitor("Joop", "/exporteren")
    assert visitor.page is not None
    assert "zonder persoonsgegevens" in visitor.page.text
    data = send(company, visitor, CSV).get_data()
    assert "Yılmaz".encode() not in data
    assert b"WK001" in data


@pytest.mark.parametrize("name", ["Frits", "Gerda"])
def test_whoever_may_not_export_gets_neither_page_nor_file(company: Company, name: str) -> None:
    visitor = company.visitor(name, "/werknemers")
    assert visitor.page is not None
    assert not [link for link in visitor.page.links() if link.startswith("/exporteren")]
    assert send(company, visitor, CSV).status_code == 403
    visitor.get("/exporteren", status=403)


def test_what_was_not_offered_is_refused_beside_its_field(company: Company) -> None:
    visitor = company.visitor("Anna", "/exporteren")
    page = visitor.submit({"file_format": "pdf", "department_id": "x"}, status=422)
    assert [line.partition(":")[0] for line in faults(page)] == ["Afdeling", "Soort bestand"]
    foreign = str(company.world.departments["Pers"].id)
    visitor.submit({"file_format": "csv", "department_id": foreign}, status=422)
    assert company.entries("employee:export") == []


@pytest.fixture
def one_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports of one person a batch, so that something can happen in between."""
    monkeypatch.setattr(people, "PEOPLE_A_BATCH", 1)


def pieces(response: TestResponse) -> Iterator[bytes]:
    """The answer as it arrives."""
    return iter(response.response)  # type: ignore[arg-type]


@pytest.mark.usefixtures("one_a_batch")
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_log_that_fails_breaks_the_download_off(
    company: Company, monkeypatch: pytest.MonkeyPatch, file_format: str
) -> None:
    """No log, no service: the next person is not in the bytes, and the answer does not end as a whole one does."""
    visitor = company.visitor("Anna", "/exporteren")
    response = send(company, visitor, {"file_format": file_format})
    arriving = pieces(response)
    received = [next(arriving)]

    def fail(*_arguments: Any) -> None:
        raise LogUnavailable

    monkeypatch.setattr(recording, "_write", fail)
    with pytest.raises(ExportBrokenOff):
        received.extend(arriving)

    if file_format == "csv":
        assert b"".join(received).endswith(b"De export is afgebroken: dit bestand is niet compleet.\r\n")
        assert "Yılmaz".encode() not in b"".join(received)
    else:
        with pytest.raises(Exception, match="not a zip file"):
            openpyxl.load_workbook(io.BytesIO(b"".join(received)))
    assert len(company.entries("employee:export")) == 1


@pytest.mark.usefixtures("one_a_batch")
def test_whoever_logs_out_or_is_put_out_gets_no_further_batch(company: Company) -> None:
    """L-28, K-16: a withdrawal ends sessions; an export that runs ends with them."""
    visitor = company.visitor("Anna", "/exporteren")
    arriving = pieces(send(company, visitor, CSV))
    received = [next(arriving)]
    with company.preparing() as world:
        end_sessions_of(world.session, world.people["Anna"].id)
    with pytest.raises(ExportBrokenOff):
        received.extend(arriving)
    assert "Yılmaz".encode() not in b"".join(received)


@pytest.mark.usefixtures("one_a_batch")
def test_a_role_that_is_taken_stops_it_as_well(company: Company) -> None:
    visitor = company.visitor("Ilse", "/exporteren")
    arriving = pieces(send(company, visitor, CSV))
    next(arriving)
    company.take_role("Ilse", "werkgever")
    with pytest.raises(ExportBrokenOff):
        list(arriving)
