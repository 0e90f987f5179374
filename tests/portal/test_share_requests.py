"""Deelverzoeken at the employer: the card, the list, one request, and its answers (design 2.6; D-rules 16..22, 26)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, open_content
from delivery.rendering import render
from tests.pages import elements, text_of
from tests.portal.company import Company
from tests.portal.test_requesting_shares import REFUSAL, WORDS, ask, card, request_id
from vault.models import Share, ShareRequest

LIST = "/deelverzoeken"
SHARED_WITH = {"kind": "sick_report", "explanation": "Graag deze week bellen"}


def asked(company: Company, name: str = "Eva") -> str:
    """Let Carla ask for an employee; return where the employer answers."""
    ask(company, company.visitor("Carla"), name)
    return f"{LIST}/{request_id(company)}"


def state(company: Company) -> tuple[str, int]:
    with company.portal.session() as session:
        shares = session.scalar(select(func.count()).select_from(Share)) or 0
        return session.scalars(select(ShareRequest.state)).one(), shares


def test_the_start_page_of_vault_users_in_scope_counts_what_waits(company: Company) -> None:
    """Not of a manager of another department, nor of who has no vault; and it names nobody."""
    asked(company)
    asked(company, "Noor")
    with company.preparing() as world:
        world.hire("Petra", world.employer, "privacyfunctionaris")
    for name, count in (("Anna", 2), ("Frits", 1)):
        page = company.page(name, "/")
        assert f"Deelverzoeken ({count})" in page.text
        assert "Yılmaz" not in card(page, "Deelverzoeken")
        assert page.links().count(LIST) == 1
    for name in ("Gerda", "Petra", "Bram"):
        assert "Deelverzoeken (" not in company.page(name, "/").text


def test_the_list_names_whom_it_is_about_and_the_look_is_logged(company: Company) -> None:
    asked(company)
    asked(company, "Noor")
    page = company.page("Frits", LIST)
    assert "E. Yılmaz" in page.text
    assert "Bakker" not in page.text.replace("Bakkerij", "")
    (entry,) = company.entries("share_request:list")
    assert entry.details == {"count": 1}
    assert "Geen deelverzoeken" in company.page("Bram", LIST).text


def test_a_request_shows_who_asked_when_and_why(company: Company) -> None:
    url = asked(company)
    page = company.page("Frits", url)
    assert page.heading == "Deelverzoek"
    for words in ("Eva Yılmaz", "WK001", "Noord", "Gevraagd door", "Carla", "Spreekuur", WORDS, "Wacht op uw antwoord"):
        assert words in page.text
    (entry,) = company.entries("share_request:read", company.world.employer.id)
    assert entry.details == {}


def test_sharing_shows_the_law_and_what_was_asked_and_shares(company_on_each_database: Company) -> None:
    """S-02, D-rule 21; the Toelichting can be changed."""
    company = company_on_each_database
    url = asked(company)
    visitor = company.visitor("Frits", f"{url}/delen")
    page = visitor.page
    assert page is not None
    assert "Delen is wettelijk alleen toegestaan als er een zorgvraag is." in page.text
    assert "Weet je zeker dat je alle beschikbare persoonsgegevens van Eva Yılmaz wilt delen met Noord?" in page.text
    assert page.form(f"{url}/delen").values["explanation"].strip() == WORDS
    assert page.form(f"{url}/delen").values["kind"] == "consultation"
    page = visitor.submit({"explanation": "Graag deze week bellen"}, action=f"{url}/delen")
    assert visitor.path == company.employee_url("Eva")
    assert "Het dossier is gedeeld." in page.text
    assert "De arbodienst vraagt om dit dossier te delen" not in page.text
    history = visitor.get(company.employee_url("Eva", "/deelgeschiedenis"))
    assert "Graag deze week bellen" in history.text
    assert "Deelverzoek van" in history.text
    assert "Het dossier is gedeeld met Noord op" in visitor.get(url).text
    assert state(company) == ("shared", 1)
    assert company.page("Carla", company.dossier_url("Eva")).heading == "Eva Yılmaz"


def test_without_an_explanation_nothing_is_decided(company: Company) -> None:
    url = asked(company)
    visitor = company.visitor("Frits", f"{url}/delen")
    page = visitor.submit({"explanation": " "}, action=f"{url}/delen", status=422)
    (box,) = [element for element in elements(page.root, "div") if element.get("class") == "dk-error-summary"]
    assert [text_of(line).partition(":")[0] for line in elements(box, "li")] == ["Toelichting"]
    visitor.get(f"{url}/weigeren")
    for words in (" ", "a" * 1_001):
        page = visitor.submit({"explanation": words}, action=f"{url}/weigeren", status=422)
        assert "Reden van weigering" in page.text
    assert state(company) == ("waiting", 0)


def test_of_two_who_answer_the_second_is_told(company_on_each_database: Company) -> None:
    """Twice sent, or two at once: one decision, no second entry."""
    company = company_on_each_database
    url = asked(company)
    first, second = company.visitor("Frits", f"{url}/weigeren"), company.visitor("Ilse", f"{url}/delen")
    third = company.visitor("Anna", f"{url}/weigeren")
    page = first.submit({"explanation": REFUSAL}, action=f"{url}/weigeren")
    assert "Het deelverzoek is geweigerd. Er is niets gedeeld." in page.text
    assert REFUSAL in page.text
    for late, action in ((second, f"{url}/delen"), (third, f"{url}/weigeren"), (first, f"{url}/weigeren")):
        if late is first:
            page = company.post(late, action, {"explanation": REFUSAL})
        else:
            page = late.submit(SHARED_WITH if late is second else {"explanation": REFUSAL}, action=action)
        assert late.path == url if late is not first else True
        assert "Dit deelverzoek is al beantwoord: het is geweigerd." in page.text
    assert state(company) == ("refused", 0)
    assert len(company.entries("share_request:refuse")) == 2
    assert company.entries("share:make") == []
    for how in ("delen", "weigeren"):
        assert "al beantwoord" in second.get(f"{url}/{how}").text


def test_what_was_withdrawn_can_be_answered_no_more(company: Company) -> None:
    url = asked(company)
    frits = company.visitor("Frits", f"{url}/delen")
    carla = company.visitor("Carla", company.dossier_url("Eva"))
    carla.submit(action=company.dossier_url("Eva", "/deelverzoek-intrekken"))
    page = frits.submit(action=f"{url}/delen")
    assert "Dit deelverzoek is ingetrokken. Er is niets gewijzigd." in page.text
    assert "Noord heeft dit verzoek ingetrokken op" in page.text
    assert state(company) == ("withdrawn", 0)


def test_the_employee_page_has_a_banner_that_leads_to_it(company: Company) -> None:
    """For who may share; sharing from there answers the request."""
    url = asked(company)
    visitor = company.visitor("Frits", company.employee_url("Eva"))
    assert visitor.page is not None
    assert "De arbodienst vraagt om dit dossier te delen" in visitor.page.text
    assert url in visitor.page.links()
    assert url not in company.page("Gerda", company.employee_url("Eva")).links()
    visitor.get(company.employee_url("Eva", "/delen"))
    visitor.submit(SHARED_WITH)
    assert state(company) == ("shared", 1)
    assert "vraagt om dit dossier" not in visitor.get(company.employee_url("Eva")).text
    assert "Het dossier is gedeeld met Noord op" in visitor.get(url).text


def test_what_is_anothers_is_not_found_and_who_may_not_is_refused(company: Company) -> None:
    """D-rules 16 and 17."""
    url = asked(company, "Noor")
    frits = company.visitor("Frits", LIST)
    for where in (url, f"{LIST}/{uuid4()}"):
        for rest in ("", "/delen", "/weigeren"):
            frits.get(where + rest, status=404)
        frits.get(LIST)
        company.post(frits, f"{where}/delen", SHARED_WITH, status=404)
        company.post(frits, f"{where}/weigeren", {"explanation": REFUSAL}, status=404)
    company.visitor("Gerda").get(LIST, status=403)
    with company.preparing() as world:
        world.hire("Hans", world.employer, "datakluisgebruiker")
    hans = company.visitor("Hans")
    for where in (LIST, url, f"{url}/delen", f"{url}/weigeren"):
        page = hans.get(where, status=403)
        assert "Bakker" not in page.text.replace("Bakkerij", "")
    assert state(company) == ("waiting", 0)


@pytest.mark.parametrize("kind", [MailKind.SHARE_REQUEST, MailKind.SHARE_REQUEST_ANSWERED])
def test_the_mails_hold_nothing_of_it(company: Company, kind: MailKind) -> None:
    """D-rule 26: no name, number, kind or reason, of nobody."""
    url = asked(company)
    visitor = company.visitor("Frits", f"{url}/weigeren")
    visitor.submit({"explanation": REFUSAL}, action=f"{url}/weigeren")
    with company.portal.session() as session:
        messages = session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == kind.value)).all()
        assert messages
        for message in messages:
            rendered = render(kind, open_content(session, message).values)
            text = f"{rendered.subject} {rendered.text} {rendered.html}"
            for word in ("Eva", "Yılmaz", "WK001", "Noord", "Mulder", "Carla", "Frits", "Spreekuur", WORDS, REFUSAL):
                assert word not in text


def test_hostile_words_are_shown_as_they_are(company: Company) -> None:
    hostile = "<script>alert(1)</script>\"'&amp;"
    visitor = company.visitor("Carla", company.dossier_url("Eva", "/deling-aanvragen"))
    visitor.submit({"kind": "other", "explanation": hostile}, action=company.dossier_url("Eva", "/deling-aanvragen"))
    page = company.page("Frits", f"{LIST}/{request_id(company)}")
    assert hostile in page.text
    assert "alert(1)" not in "".join(text_of(script) for script in elements(page.root, "script"))
