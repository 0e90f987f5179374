"""Sharing a dossier, its history, and withdrawing (S-01..S-08, S-13, S-15; D-rules 16, 17, 21, 22)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from delivery.models import OutgoingMessage
from organisation.models import ServiceAgreement
from tests.pages import Page, Visitor, elements, text_of
from tests.portal.company import Company
from vault.models import RecordKey, Share
from vault.sharing import begin_dossier_content

REASON = "Belt morgen zelf met de casemanager"
TYPED = {"kind": "sick_report", "explanation": REASON}
HOSTILE = "<script>alert(1)</script>\"'&amp;"
PARTS = ("/delen", "/deelgeschiedenis", "/deling-intrekken")


def shared(company: Company, visitor: Visitor, name: str = "Eva") -> Page:
    visitor.get(company.employee_url(name, "/delen"))
    return visitor.submit(TYPED)


def shares(company: Company) -> int:
    with company.portal.session() as session:
        return session.scalar(select(func.count()).select_from(Share)) or 0


def keys_of_noord(company: Company, name: str) -> int:
    """How many keys of this record the service has: sharing is the existence of that row."""
    with company.portal.session() as session:
        statement = (
            select(func.count())
            .select_from(RecordKey)
            .where(
                RecordKey.employee_id == company.employees[name],
                RecordKey.holder_id == company.world.service.holder_id,
            )
        )
        return session.scalar(statement) or 0


def test_the_dialog_names_the_service_and_the_law_and_asks(company: Company) -> None:
    """S-01, S-02, K-01, D-rule 21."""
    page = company.page("Frits", company.employee_url("Eva", "/delen"))
    assert page.heading == "Dossier delen"
    assert "De gegevens van Eva Yılmaz zijn niet zichtbaar voor Noord." in page.text
    assert "Delen is wettelijk alleen toegestaan als er een zorgvraag is." in page.text
    assert "Weet je zeker dat je alle beschikbare persoonsgegevens van Eva Yılmaz wilt delen met Noord?" in page.text
    assert "geen medische informatie" in page.text
    assert "Annuleren" in page.text
    kinds = [control.get("value") for control in elements(page.root, "input") if control.get("type") == "radio"]
    assert kinds == ["sick_report", "case_manager", "consultation", "pregnancy", "other"]
    assert keys_of_noord(company, "Eva") == 0


def test_sharing_hands_over_the_key_and_shows_the_name_on_both_sides(company_on_each_database: Company) -> None:
    """S-02..S-05, K-20: with an entry in the log of each side."""
    company = company_on_each_database
    visitor = company.visitor("Frits", "/werknemers")
    page = shared(company, visitor)

    assert visitor.path == company.employee_url("Eva")
    assert "Het dossier is gedeeld met Noord." in page.text
    assert "Dossierdeling" in page.text
    assert keys_of_noord(company, "Eva") == 1
    assert "E. Yılmaz" in visitor.get(company.department_url("Winkel")).text
    organisations = {entry.organisation_id for entry in company.entries("share:make")}
    assert organisations == {company.world.employer.id, company.world.service.id}
    assert company.page("Carla", company.dossier_url("Eva")).heading == "Eva Yılmaz"


@pytest.mark.parametrize(
    ("typed", "faulty"),
    [
        ({}, ["Soort zorgvraag", "Toelichting"]),
        ({"kind": "sick_report"}, ["Toelichting"]),
        ({"kind": "sick_report", "explanation": "   "}, ["Toelichting"]),
        ({"explanation": REASON}, ["Soort zorgvraag"]),
        ({"kind": "nieuwsgierig", "explanation": REASON}, ["Soort zorgvraag"]),
        ({"kind": "other", "explanation": "a" * 1_001}, ["Toelichting"]),
        ({"kind": "other", "explanation": "a" * 10_000}, ["Toelichting"]),
    ],
)
def test_without_a_care_question_and_an_explanation_nothing_is_shared(
    company: Company, typed: dict[str, str], faulty: list[str]
) -> None:
    """S-03, D-rule 21: and what was typed stays."""
    visitor = company.visitor("Frits", company.employee_url("Eva", "/delen"))
    page = visitor.submit(typed, status=422)
    (box,) = [element for element in elements(page.root, "div") if element.get("class") == "dk-error-summary"]
    assert [text_of(line).partition(":")[0] for line in elements(box, "li")] == faulty
    assert page.form().values["explanation"].strip() == typed.get("explanation", "").strip()
    assert (shares(company), keys_of_noord(company, "Eva")) == (0, 0)


def test_a_thousand_characters_fit(company: Company) -> None:
    visitor = company.visitor("Frits", company.employee_url("Eva", "/delen"))
    visitor.submit({"kind": "other", "explanation": "é" * 1_000})
    assert "é" * 1_000 in visitor.get(company.employee_url("Eva", "/deelgeschiedenis")).text


def test_what_is_sent_twice_is_shared_once(company_on_each_database: Company) -> None:
    """Two clicks, or two colleagues."""
    company = company_on_each_database
    first = company.visitor("Frits", company.employee_url("Eva", "/delen"))
    second = company.visitor("Ilse", company.employee_url("Eva", "/delen"))
    first.submit(TYPED)

    page = second.submit(TYPED)

    assert "Dit dossier is al gedeeld." in page.text
    assert (shares(company), keys_of_noord(company, "Eva")) == (1, 1)
    assert len(company.entries("share:make")) == 2
    assert "Dit dossier is al gedeeld." in second.get(company.employee_url("Eva", "/delen")).text
    assert second.path == company.employee_url("Eva")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", ["Gerda", "Carla"])
def test_only_vault_users_share_see_the_history_and_withdraw(company: Company, name: str, part: str) -> None:
    """D-rule 17: a base role without the vault, and the arbo side."""
    company.share("Eva")
    url = company.employee_url("Eva", part)
    visitor = company.visitor(name, url, status=403)
    visitor.get("/")
    if part != "/deelgeschiedenis":
        company.post(visitor, url, TYPED, status=403)
    assert (shares(company), keys_of_noord(company, "Eva")) == (1, 1)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", ["Noor", "Piet"])
def test_an_employee_out_of_scope_is_not_there(company: Company, name: str, part: str) -> None:
    """H-13, D-rule 16: another department and another employer."""
    if name == "Noor":
        company.share("Noor")
    visitor = company.visitor("Frits", "/werknemers")
    if part != "/deelgeschiedenis":
        company.post(visitor, company.employee_url(name, part), TYPED, status=404)
    visitor.get(company.employee_url(name, part), status=404)
    assert company.entries("employee:read") == []
    assert keys_of_noord(company, "Noor") == (1 if name == "Noor" else 0)


def test_a_right_that_was_taken_meanwhile_shares_nothing(company: Company) -> None:
    visitor = company.visitor("Frits", company.employee_url("Eva", "/delen"))
    company.take_role("Frits", "datakluisgebruiker")
    visitor.submit(TYPED, status=403)
    assert shares(company) == 0


def test_without_an_arbo_service_nothing_is_shared_and_the_page_says_so(company: Company) -> None:
    """O-07: the agreement has ended."""
    visitor = company.visitor("Frits", company.employee_url("Eva", "/delen"))
    with company.portal.session() as session, session.begin():
        yesterday = company.portal.source.now().date() - timedelta(days=1)
        session.execute(
            update(ServiceAgreement)
            .where(ServiceAgreement.employer_id == company.world.employer.id)
            .values(ends_on=yesterday)
        )
    page = visitor.submit(TYPED, status=422)
    assert "Uw organisatie heeft nu geen arbodienst om mee te delen." in page.text
    assert page.form().values["explanation"].strip() == REASON
    assert shares(company) == 0
    assert company.entries("share:make") == []
    page = visitor.get(company.employee_url("Eva"))
    assert "Uw organisatie heeft nu geen arbodienst om mee te delen." in page.text
    assert "kan dit dossier niet openen" not in page.text


def test_the_history_tells_when_by_whom_and_why(company: Company) -> None:
    """S-06."""
    visitor = company.visitor("Frits", "/werknemers")
    shared(company, visitor)
    page = company.page("Ilse", company.employee_url("Eva", "/deelgeschiedenis"))
    assert page.heading == "Deelgeschiedenis"
    assert "Dit dossier is gedeeld met Noord" in page.text
    for told in (
        "Dossier gedeeld",
        "Gedeeld op22-11-2026 om 10:00",
        "Gedeeld doorFrits",
        "ZorgvraagZiekmelding",
        f"Reden{REASON}",
    ):
        assert told in page.text
    assert len(company.entries("share:history")) == 1


def test_the_history_of_whom_was_never_shared_says_so(company: Company) -> None:
    page = company.page("Frits", company.employee_url("Eva", "/deelgeschiedenis"))
    assert "Dit dossier is nooit gedeeld" in page.text
    assert company.employee_url("Eva", "/deling-intrekken") not in page.links()


def test_a_withdrawn_share_makes_anoniem_again_and_the_history_keeps_both(company_on_each_database: Company) -> None:
    """S-07, S-15, and sharing once more after it."""
    company = company_on_each_database
    visitor = company.visitor("Frits", "/werknemers")
    shared(company, visitor)
    assert (
        company.employee_url("Eva", "/deling-intrekken")
        in visitor.get(company.employee_url("Eva", "/deelgeschiedenis")).links()
    )
    asked = visitor.get(company.employee_url("Eva", "/deling-intrekken"))
    assert "zijn sinds 22-11-2026 om 10:00 gedeeld met Noord" in asked.text
    assert "Anoniem (Persnr: WK001)" in asked.text

    page = visitor.submit()

    assert "De deling is ingetrokken." in page.text
    assert keys_of_noord(company, "Eva") == 0
    arbo = company.visitor("Carla", company.dossier_url("Eva"))
    assert arbo.page is not None
    assert arbo.page.heading == "Anoniem (Persnr: WK001)"
    assert "Yılmaz" not in arbo.page.response.get_data(as_text=True)
    history = visitor.get(company.employee_url("Eva", "/deelgeschiedenis"))
    titles = [text_of(title) for title in elements(history.root, "h3")]
    assert titles == ["Deling ingetrokken", "Dossier gedeeld"]
    assert {entry.organisation_id for entry in company.entries("share:end")} == {
        company.world.employer.id,
        company.world.service.id,
    }
    shared(company, visitor)
    assert arbo.get(company.dossier_url("Eva")).heading == "Eva Yılmaz"


def test_a_share_is_withdrawn_once(company: Company) -> None:
    """Two clicks, or two colleagues."""
    company.share("Eva")
    first = company.visitor("Frits", company.employee_url("Eva", "/deling-intrekken"))
    second = company.visitor("Ilse", company.employee_url("Eva", "/deling-intrekken"))
    first.submit()
    assert "Dit dossier is niet meer gedeeld." in second.submit().text
    assert len(company.entries("share:end")) == 2
    page = second.get(company.employee_url("Eva", "/deling-intrekken"))
    assert "Dit dossier is niet meer gedeeld." in page.text


def test_with_content_a_share_is_not_withdrawn_any_more(company: Company) -> None:
    """S-07: neither offered, nor done when content began after the page was shown."""
    share_id = company.share("Eva")
    visitor = company.visitor("Frits", company.employee_url("Eva", "/deling-intrekken"))
    with company.preparing() as world:
        begin_dossier_content(world.session, share_id, visible_to_employer=True)

    page = visitor.submit(status=409)

    assert "De deling kan niet meer worden ingetrokken" in page.text
    assert [entry.details["reason"] for entry in company.entries("request:refuse")] == ["content began"]
    assert keys_of_noord(company, "Eva") == 1
    for part in ("/deling-intrekken", "/deelgeschiedenis"):
        page = visitor.get(company.employee_url("Eva", part))
        assert "De deling kan niet meer worden ingetrokken" in page.text
        assert "share_id" not in page.response.get_data(as_text=True)


@pytest.mark.parametrize("whose", ["Noor", "Joris", "made up", "nonsense"])
def test_the_share_of_somebody_else_is_not_withdrawn_through_this_page(company: Company, whose: str) -> None:
    """D-rule 16: nor one that is in scope, of another employee."""
    company.share("Eva")
    others = {name: str(company.share(name)) for name in ("Noor", "Joris")}
    visitor = company.visitor("Frits", company.employee_url("Eva", "/deling-intrekken"))
    made_up = {"made up": "00000000-0000-4000-8000-000000000000", "nonsense": HOSTILE}
    visitor.submit({"share_id": {**others, **made_up}[whose]}, status=404)
    assert company.entries("share:end") == []
    assert [keys_of_noord(company, name) for name in ("Eva", "Noor", "Joris")] == [1, 1, 1]


def test_an_explanation_is_text_on_both_sides_and_in_no_address_log_or_mail(company: Company) -> None:
    """D-rule 22."""
    visitor = company.visitor("Frits", company.employee_url("Eva", "/delen"))
    page = visitor.submit({"kind": "other", "explanation": HOSTILE})
    assert not page.response.request.query_string
    history = visitor.get(company.employee_url("Eva", "/deelgeschiedenis"))
    dossier = company.page("Carla", company.dossier_url("Eva"))
    for shown in (history, dossier):
        assert f"Reden{HOSTILE}" in shown.text
    assert not any("alert" in str(entry.details) + str(entry.ground) for entry in company.entries("share:make"))
    with company.portal.session() as session:
        assert not any(b"alert" in (message.sealed or b"") for message in session.scalars(select(OutgoingMessage)))


@pytest.mark.parametrize("part", PARTS)
def test_whoever_has_no_key_is_refused_and_that_is_in_the_log(company: Company, part: str) -> None:
    """K-11: Hans has the role, and waits for the key."""
    share_id = company.share("Eva")
    with company.preparing() as world:
        world.hire("Hans", world.employer, "datakluisgebruiker", "werkgever")
        company.portal.people["Hans"] = world.people["Hans"]
    hans = company.visitor("Hans", "/")
    url = company.employee_url("Eva", part)

    pages = [hans.get(url, status=403)]
    if part != "/deelgeschiedenis":
        hans.get("/")
        pages.append(company.post(hans, url, {**TYPED, "share_id": str(share_id)}, status=403))

    assert all("Dit kan pas als u de datakluis kunt openen." in page.text for page in pages)
    refusals = company.entries("request:refuse", company.world.employer.id)
    assert [entry.details["reason"] for entry in refusals] == ["no key"] * len(pages)
