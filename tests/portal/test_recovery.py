"""The way back in with a recovery sheet, through the pages (design 2.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crypto.recovery_code import lines_of, write_code
from crypto.secret import Secret
from keys.errors import SheetEnded
from keys.recovery_sheets import MadeSheet
from tests.pages import Page
from tests.portal.company import Company
from vault.recovery_sheets import make, void

URL = "/herstel"
WRONG = write_code(Secret(bytes(32)))


@pytest.fixture
def made(company: Company) -> MadeSheet:
    """A sheet of the vault that names Gerda."""
    with company.preparing() as world:
        return make(world.session, world.people["Gerda"].id, None, world.actor("Anna"))


def code_of(made: MadeSheet) -> str:
    return write_code(made.printed_half)


def give_code(company: Company, name: str, code: str, *, status: int = 200) -> Page:
    return company.visitor(name, URL).submit({"code": code}, action=URL, status=status)


def test_the_page_names_the_sheets_in_ones_name_and_asks_for_the_code(company: Company, made: MadeSheet) -> None:
    page = company.page("Gerda", URL)

    assert page.heading == "Herstel"
    assert "Herstelbladen op uw naam" in page.text
    assert "Geldig" in page.text
    assert "Gemaakt op 22 november 2026 door Anna" in page.text
    assert "Er staat nu geen geldig herstelblad op uw naam" in company.page("Frits", URL).text


@pytest.mark.parametrize("shape", ["code", "groups", "address"])
def test_typed_pasted_or_scanned_it_leads_to_what_will_happen(company: Company, made: MadeSheet, shape: str) -> None:
    code = code_of(made)
    typed = {
        "code": code.lower(),
        "groups": "\r\n".join(" ".join(line) for line in lines_of(code)),
        "address": f"https://datakluis.example/herstel#{code}",
    }[shape]

    page = give_code(company, "Gerda", typed)

    assert page.heading == "Herstelblad gebruiken"
    assert "U krijgt de sleutel van de datakluis van Bakkerij Mulder." in page.text
    assert "U wordt datakluisbeheerder" in page.text
    assert company.entries("role:give", company.world.employer.id)[-1].actor_id is None
    assert page.form("/herstel/gebruiken").values["code"] == code


def test_using_it_opens_names_and_asks_for_a_new_sheet(company: Company, made: MadeSheet) -> None:
    gerda = company.visitor("Gerda", company.employee_url("Eva"))
    assert gerda.page is not None
    assert gerda.page.heading == "Anoniem (Persnr: WK001)"
    gerda.get(URL)
    gerda.submit({"code": code_of(made)}, action=URL)

    page = gerda.submit(action="/herstel/gebruiken")

    assert gerda.path == "/herstelblad"
    assert "U hebt nu de sleutel van de datakluis van Bakkerij Mulder. Het herstelblad is op." in page.text
    assert "Gebruikt op 22-11-2026" in page.text
    assert "daarna heeft niemand anders met een sleutel ingelogd" in page.text
    assert "Er is nog geen weg terug" in gerda.get("/").text
    assert "Yılmaz" in gerda.get(company.employee_url("Eva")).heading
    assert "Beheerder" in gerda.get("/datakluis-beheer/autorisaties").text
    assert len(company.entries("recovery_sheet:use")) == 1


def test_a_slip_is_told_by_its_line_and_what_was_typed_stays(company: Company, made: MadeSheet) -> None:
    code = code_of(made)
    other = "2" if code[20] != "2" else "3"
    slip = code[:20] + other + code[21:]

    page = give_code(company, "Gerda", slip, status=422)

    assert "In regel 2 zit een tikfout. Vergelijk die met het blad." in page.text
    assert page.form(URL).values["code"].strip() == slip
    assert company.entries("recovery_sheet:check") == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Scan de QR-code, of vul de vier regels van het herstelblad in."),
        ("   ", "Scan de QR-code, of vul de vier regels van het herstelblad in."),
        ("ABCD", "De code heeft 64 tekens, in vier regels van zestien. U vulde er 4 in."),
        ("\0é<script>", "U vulde er"),
        ("x" * 5_000, "Dit is te lang voor de code van een herstelblad"),
        ("U" * 64, "In de regels 1, 2, 3, 4 zit een tikfout."),
    ],
)
@pytest.mark.parametrize("action", [URL, "/herstel/gebruiken"])
def test_what_can_be_no_code_gets_a_sentence(company: Company, action: str, typed: str, told: str) -> None:
    gerda = company.visitor("Gerda", URL)

    page = company.post(gerda, action, {"code": typed}, status=422)

    assert told in page.text
    assert company.entries("recovery_sheet:use") == []


@pytest.mark.parametrize("action", [URL, "/herstel/gebruiken"])
def test_a_wrong_code_anothers_and_an_ended_one_get_the_same_answer(
    company: Company, made: MadeSheet, action: str
) -> None:
    with company.preparing() as world:
        void(world.session, made.sheet_id, world.actor("Anna"))
        world.hire("Petra", world.employer, "privacyfunctionaris")
        active = make(world.session, world.people["Petra"].id, None, world.actor("Anna"))
    gerda = company.visitor("Gerda", URL)
    answers = []
    for code in (WRONG, code_of(made), code_of(active)):
        page = company.post(gerda, action, {"code": code}, status=422)
        answers.append(page.text.replace(code, "CODE"))

    assert "Deze code hoort niet bij een geldig herstelblad op uw naam." in answers[0]
    assert answers[0] == answers[1] == answers[2]
    entries = company.entries("recovery_sheet:check" if action == URL else "recovery_sheet:use")
    assert [entry.outcome for entry in entries] == ["refused"] * 3


def test_after_five_wrong_codes_one_waits(company: Company, made: MadeSheet) -> None:
    """The count outlives each refusal, and holds for the right code too."""
    gerda = company.visitor("Gerda", URL)
    for _ in range(5):
        company.post(gerda, URL, {"code": WRONG}, status=422)

    page = company.post(gerda, URL, {"code": code_of(made)}, status=422)
    assert "Het is een paar keer mislukt. Probeer het om 10:0" in page.text

    company.portal.source.advance(timedelta(minutes=6))
    gerda.get(URL)
    assert company.post(gerda, URL, {"code": code_of(made)}).heading == "Herstelblad gebruiken"


def test_who_comes_second_is_told_so(company: Company, made: MadeSheet, monkeypatch: pytest.MonkeyPatch) -> None:
    def overtaken(*_arguments: object, **_values: object) -> None:
        raise SheetEnded

    monkeypatch.setattr("vault.recovery.use_sheet", overtaken)
    gerda = company.visitor("Gerda", URL)

    page = company.post(gerda, "/herstel/gebruiken", {"code": code_of(made)}, status=409)

    assert "Dit herstelblad is zojuist gebruikt of vervallen. Er is niets gewijzigd." in page.text
    assert company.entries("recovery_sheet:use") == []
    assert [entry.details["reason"] for entry in company.entries("request:refuse")] == ["overtaken"]


def test_whoever_waits_for_a_key_is_led_to_it(company: Company) -> None:
    with company.preparing() as world:
        world.hire("Cor", world.service, "casemanager_arbo")
        world.hire("Fleur", world.employer, "datakluisgebruiker", "leidinggevende")
    cor, fleur = company.visitor("Cor", "/dossiers"), company.visitor("Fleur", "/")

    for visitor in (cor, fleur):
        assert visitor.page is not None
        assert "Gebruik het herstelblad" in visitor.page.text
        assert URL in visitor.page.links()
    assert "Gebruik het herstelblad" in cor.get("/").text
    assert "Gebruik het herstelblad" in fleur.get(company.employee_url("Eva")).text


def test_everybody_finds_it_in_the_menu(company: Company) -> None:
    for name in ("Anna", "Gerda", "Carla"):
        assert URL in company.page(name, "/").links()


def test_who_has_not_logged_in_comes_back_to_it(company: Company) -> None:
    visitor = company.portal.visitor()
    visitor.get(URL)
    assert visitor.path == "/inloggen"
    company.portal.give_password(visitor, "Gerda")

    page = visitor.submit({"code": company.portal.next_code("Gerda")})

    assert page.heading == "Herstel"


def test_a_member_of_a_service_gets_its_key_and_the_role_that_admits(company: Company) -> None:
    company.share("Eva")
    with company.preparing() as world:
        world.hire("Paul", world.service, "privacyfunctionaris")
        made = make(world.session, world.people["Paul"].id, None, world.actor("Carla"))
    paul = company.visitor("Paul", URL)
    page = paul.submit({"code": code_of(made)}, action=URL)
    assert "U krijgt zo nodig de rol Klantbeheer" in page.text

    page = paul.submit(action="/herstel/gebruiken")

    assert "U hebt nu de sleutel van de dossiers van Noord." in page.text
    assert "Yılmaz" in paul.get(company.dossier_url("Eva")).heading
