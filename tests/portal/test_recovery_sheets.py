"""Making, printing and ending a recovery sheet through the pages (design 2.1)."""

from __future__ import annotations

import re
from uuid import UUID, uuid5

import pypdfium2 as pdfium
import pytest
import zxingcpp
from werkzeug.test import TestResponse

from crypto.recovery_code import lines_of, read_code, write_code
from crypto.secret import Secret
from keys.errors import PublicKeyForged
from organisation.memberships import give_role
from tests.pages import Page, Visitor
from tests.portal.company import Company
from tests.world import OPERATOR
from vault.access import approve, request_access, waiting_requests, withdraw_access
from vault.errors import CannotBeNamed
from vault.recovery_sheets import make, may_make

URL = "/herstelblad"
NOBODY = uuid5(UUID(int=0), "nobody")


def person_id(company: Company, name: str) -> str:
    return str(company.world.people[name].id)


def make_through_page(company: Company, visitor: Visitor, named: str) -> Page:
    """Choose somebody on the page of the sheets."""
    visitor.get(URL)
    return visitor.submit({"named": person_id(company, named)}, action=URL)


def download(visitor: Visitor, page: Page) -> TestResponse:
    """Press the button on the page of a new sheet, which keeps the page where it is."""
    form = next(form for form in page.forms if form.action.endswith("/pdf"))
    return visitor.client.post(
        form.action, data=form.values, base_url=visitor.base_url, environ_overrides=visitor.environment
    )


def leave_one_key(company: Company) -> None:
    """Let Anna be the only one who can open the vault."""
    with company.preparing() as world:
        for name in ("Frits", "Ilse"):
            withdraw_access(world.session, world.people[name].id, world.actor("Anna"))


def test_the_page_explains_it_and_offers_whoever_has_no_key(company: Company) -> None:
    page = company.page("Anna", URL)

    assert page.heading == "Herstelblad"
    assert "Het blad alleen opent niets, en die login alleen ook niet." in page.text
    assert "3 personen kunnen de datakluis van Bakkerij Mulder openen" in page.text
    assert "Er is nog geen herstelblad" in page.text
    options = re.findall(r"<option [^>]*>([^<]*)", page.response.get_data(as_text=True))
    assert options == ["Kies een naam", "Gerda"]


def test_it_is_made_downloaded_and_listed(company: Company) -> None:
    anna = company.visitor("Anna", URL)

    page = make_through_page(company, anna, "Gerda")
    assert page.heading == "Druk het herstelblad nu af"
    answer = download(anna, page)

    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert re.fullmatch(
        r'attachment; filename="Herstelblad [0-9A-F]{4}-[0-9A-F]{4}.pdf"', answer.headers["Content-Disposition"]
    )
    assert answer.headers["Cache-Control"] == "no-store"
    document = pdfium.PdfDocument(answer.get_data())
    text = document[0].get_textpage().get_text_range()
    (found,) = zxingcpp.read_barcodes(document[0].render(scale=2).to_pil())
    document.close()
    address, _, code = found.text.partition("#")
    assert address == "https://datakluis.example/herstel"
    assert " ".join(lines_of(code)[0]) in text
    assert isinstance(read_code(code), Secret)
    listed = anna.get(URL).text
    assert "Geldig" in listed
    assert "Gerda" in listed
    assert "door Anna" in listed
    assert len(company.entries("recovery_sheet:print")) == 1


def test_the_code_is_on_that_one_page_and_in_nothing_else(company: Company) -> None:
    """Not on the list, in no header, no address, no cookie, no mail, no log, no column (issue 3)."""
    anna = company.visitor("Anna", URL)
    page = make_through_page(company, anna, "Gerda")
    code = next(form.values["code"] for form in page.forms if "code" in form.values)
    answer = download(anna, page)
    sought = {code, code.lower(), "".join(lines_of(code)[0]), " ".join(lines_of(code)[1])}
    raw = read_code(code).reveal()

    listed = anna.get(URL).response
    headers = "".join(map(str, (page.response.headers, answer.headers, listed.headers, listed.get_data(as_text=True))))
    assert not [text for text in sought if text in headers]
    database = company.portal.services.settings.database_url.removeprefix("sqlite:///")
    company.portal.services.factory.engine.dispose()
    with open(database, "rb") as file:
        content = file.read()
    assert raw not in content
    assert not [text for text in sought if text.encode() in content]


def test_a_new_one_says_which_it_replaces_and_the_old_form_replaces_nothing(company: Company) -> None:
    """Back, refresh or a second click must not void the paper that is being printed."""
    with company.preparing() as world:
        world.hire("Petra", world.employer, "privacyfunctionaris")
    anna = company.visitor("Anna", URL)
    before = anna.page
    make_through_page(company, anna, "Gerda")
    anna.page = before

    page = anna.submit({"named": person_id(company, "Petra")}, action=URL, status=409)
    assert "Er is intussen al een herstelblad gemaakt" in page.text
    assert "Het blad op naam van Gerda" in page.text
    assert [entry.details["reason"] for entry in company.entries("request:refuse")] == ["overtaken"]

    page = anna.submit({"named": person_id(company, "Petra")}, action=URL)
    assert page.heading == "Druk het herstelblad nu af"
    text = anna.get(URL).text
    assert "Geldig" in text
    assert "Vervallen op 22-11-2026" in text


@pytest.mark.parametrize("named", ["", "x", "Anna", "Bram", str(NOBODY)])
def test_whoever_cannot_be_named_gets_a_sentence_beside_the_field(company: Company, named: str) -> None:
    anna = company.visitor("Anna", URL)
    value = person_id(company, named) if named in company.world.people else named

    page = anna.submit({"named": value}, action=URL, status=422)

    assert "Kies op wiens naam het herstelblad komt te staan." in page.text
    assert company.entries("recovery_sheet:make") == []


def test_somebody_who_was_admitted_meanwhile_is_not_named(company: Company) -> None:
    """The page was shown before; the answer is that for whoever chose nobody."""
    anna = company.visitor("Anna", URL)
    with company.preparing() as world:
        world.hire("Petra", world.employer, "privacyfunctionaris")
        give_role(world.session, world.people["Gerda"].id, "datakluisgebruiker", OPERATOR)
        request_access(world.session, world.actor("Gerda"))
        for request in waiting_requests(world.session, world.actor("Anna")):
            approve(world.session, request.admission_id, world.actor("Anna"))

    page = anna.submit({"named": person_id(company, "Gerda")}, action=URL, status=422)

    assert "Kies op wiens naam het herstelblad komt te staan." in page.text
    assert company.entries("recovery_sheet:make") == []


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (CannotBeNamed, "Op deze naam kan geen herstelblad meer staan."),
        (PublicKeyForged, "De sleutel van deze persoon is niet door deze server gemaakt."),
    ],
)
def test_what_changed_between_the_form_and_the_lock_gets_its_sentence(
    company: Company, monkeypatch: pytest.MonkeyPatch, refusal: type[Exception], told: str
) -> None:
    """The verb looks again under the lock; that it does is shown in tests/vault and tests/keys."""

    def refuse(*_arguments: object) -> None:
        raise refusal

    anna = company.visitor("Anna", URL)
    monkeypatch.setattr("portal.views.recovery_sheets.make", refuse)

    page = anna.submit({"named": person_id(company, "Gerda")}, action=URL, status=409)

    assert told in page.text
    assert [entry.details["reason"] for entry in company.entries("request:refuse")] == ["overtaken"]


def test_declaring_void_asks_once_and_does_it_once(company: Company) -> None:
    with company.preparing() as world:
        made = make(world.session, world.people["Gerda"].id, None, world.actor("Anna"))
    url = f"{URL}/{made.sheet_id}/vervallen"
    anna = company.visitor("Anna", url)
    question = anna.page
    assert question is not None
    assert "staat op naam van Gerda en is er sinds 22 november 2026" in question.text

    page = anna.submit(action=url)
    assert "Het herstelblad is vervallen en opent niets meer." in page.text
    anna.page = question
    page = anna.submit(action=url, status=409)
    assert "Dit herstelblad was al gebruikt of vervallen." in page.text
    assert len(company.entries("recovery_sheet:void")) == 1
    assert anna.get(url).heading == "Herstelblad"


def test_an_administrator_without_the_key_sees_the_sheets_and_does_nothing(company: Company) -> None:
    with company.preparing() as world:
        world.hire("Hans", world.employer, "datakluisbeheerder")
        made = make(world.session, world.people["Gerda"].id, None, world.actor("Anna"))
    hans = company.visitor("Hans", URL)
    assert hans.page is not None
    assert "U hebt zelf nog geen sleutel" in hans.page.text
    assert [form.action for form in hans.page.forms] == ["/uitloggen"]

    page = company.post(hans, f"{URL}/{made.sheet_id}/vervallen", status=403)
    assert "U kunt zelf niet bij de sleutel." in page.text
    hans.get(URL)
    values = {"named": person_id(company, "Gerda"), "replaces": str(made.sheet_id)}
    page = company.post(hans, URL, values, status=403)
    assert "Er is niets gemaakt." in page.text
    assert [entry.details["reason"] for entry in company.entries("request:refuse")] == ["no key", "no key"]


def test_the_code_of_another_or_an_ended_sheet_is_not_printed(company: Company) -> None:
    with company.preparing() as world:
        made = make(world.session, world.people["Gerda"].id, None, world.actor("Anna"))
    anna, bram = company.visitor("Anna"), company.visitor("Bram")
    code = {"code": write_code(made.printed_half)}

    for visitor, sheet_id in ((bram, made.sheet_id), (anna, NOBODY)):
        visitor.get("/")
        company.post(visitor, f"{URL}/{sheet_id}/pdf", code, status=404)
    for typed in ("", "x", code["code"][:-1]):
        anna.get("/")
        company.post(anna, f"{URL}/{made.sheet_id}/pdf", {"code": typed}, status=400)
    assert company.entries("recovery_sheet:print") == []


@pytest.mark.parametrize("name", ["Frits", "Gerda", "Ilse"])
def test_who_does_not_hand_out_the_key_does_not_come_here(company: Company, name: str) -> None:
    visitor = company.visitor(name, URL, status=403)
    visitor.get("/")
    company.post(visitor, URL, {"named": person_id(company, "Gerda")}, status=403)


def test_the_start_page_and_the_management_keep_asking_until_there_is_a_way_back(company: Company) -> None:
    assert "Er is nog geen weg terug" not in company.page("Anna", "/").text
    leave_one_key(company)
    anna = company.visitor("Anna", "/")
    assert anna.page is not None
    assert "Er is nog geen weg terug" in anna.page.text
    assert URL in anna.page.links()
    assert "Alleen u kunt de datakluis openen" in anna.get("/datakluis-beheer/autorisaties").text
    assert "Maak er nu een." in anna.get(URL).text

    make_through_page(company, anna, "Gerda")

    assert "Er is nog geen weg terug" not in anna.get("/").text
    text = anna.get("/datakluis-beheer/autorisaties").text
    assert "Alleen u kunt de datakluis openen" not in text
    assert "Herstelblad op naam van Gerda Sinds 22 november 2026" in text
    assert "er is een geldig herstelblad op naam van Gerda" in anna.get(URL).text


def test_the_service_keeps_asking_too(company: Company) -> None:
    with company.preparing() as world:
        world.hire("Paul", world.service, "privacyfunctionaris")
    carla = company.visitor("Carla", "/")
    assert carla.page is not None
    assert "Er is nog geen weg terug" in carla.page.text
    assert URL in carla.get("/toelatingen").links()

    page = make_through_page(company, carla, "Paul")

    assert "opent dit blad de dossiers van Noord" in page.text
    assert "Er is nog geen weg terug" not in carla.get("/").text
    text = carla.get("/toelatingen").text
    assert "Alleen u hebt de sleutel" not in text
    assert "Herstelblad op naam van Paul" in text
    assert "Er is nog geen weg terug" not in company.page("Paul", "/").text


def test_the_page_of_an_employee_names_the_sheet_to_the_employer_only(company: Company) -> None:
    company.share("Eva")
    with company.preparing() as world:
        make(world.session, world.people["Gerda"].id, None, world.actor("Anna"))

    assert "Herstelblad op naam van Gerda" in company.page("Frits", company.employee_url("Eva")).text
    assert "Herstelblad op naam van" not in company.page("Carla", company.dossier_url("Eva")).text


def test_with_nobody_to_name_the_page_says_whom_to_invite(company: Company) -> None:
    page = company.page("Bram", URL)

    assert "Er is nog niemand op wiens naam het blad kan staan." in page.text
    assert [form.action for form in page.forms] == ["/uitloggen"]


def test_nothing_was_changed_by_looking(company: Company) -> None:
    company.page("Anna", URL)
    with company.preparing() as world:
        assert may_make(world.session, world.actor("Anna"))
    assert company.entries("recovery_sheet:make") == []
