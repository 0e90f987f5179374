"""Berichten: the list, starting, the conversation, and what asks first (D-01..D-12)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.actor import Actor
from accounts.models import LoginSession
from dialogs.models import Draft, Message
from dialogs.signatures import choose_signature
from keys.check_words import renewed_key
from organisation.contact_persons import Contact, add_contact, change_contact, remove_contact
from organisation.scope_setting import TickedPage, find_owner, set_scope
from tests.pages import Page, Visitor
from tests.portal.company import Company
from tests.world import World
from vault.models import Share
from vault.sharing import end_share


def started(company: Company, by: str = "Anna", *others: str, about: str = "over=niets", **typed: str) -> Visitor:
    """Somebody who has started a dialogue with others, users by name, and sees it."""
    visitor = company.visitor(by, f"/berichten/nieuw?{about}")
    chosen = [f"user:{company.world.people[name].id}" for name in others]
    values = {"subject": "Rooster van december", "text": "Wie kan er op zaterdag?", "participants": chosen, **typed}
    send(visitor, f"/berichten/nieuw?{about}", values)
    return visitor


def send(visitor: Visitor, url: str, values: Mapping[str, object], *, status: int = 200) -> Page:
    """Fill in the only form of the page and send it to its own address, the query included."""
    assert visitor.page is not None
    form = visitor.page.form("")
    return visitor._keep(visitor._send(url, {**form.values, **values}), status)


def test_a_dialogue_is_started_read_answered_and_counted(company: Company) -> None:
    anna = started(company, "Anna", "Ilse")
    assert anna.page is not None
    assert anna.page.heading == "Rooster van december"
    url = anna.path
    ilse = company.visitor("Ilse", "/berichten")
    assert ilse.page is not None
    assert "1 nieuw" in ilse.page.text
    assert "Rooster van december" in ilse.page.text
    page = ilse.get(url)
    assert "Nieuw voor u" in page.text
    assert "Wie kan er op zaterdag?" in page.text
    ilse.submit({"text": "Ik wel."}, action=url)
    assert "Nieuw voor u" not in ilse.get(url).text
    page = anna.get(url)
    assert "Ik wel." in page.text
    assert "Gelezen door 1 deelnemer" in page.text
    assert "ongelezen" not in anna.get("/berichten").text


def test_a_renewed_key_takes_part_once_its_words_were_compared(company: Company) -> None:
    """Design 2.3: who resets a login is asked for words that only its owner's screen shows."""
    with company.preparing() as world:
        world.renew_key("Ilse")
        company.portal.people["Ilse"] = world.people["Ilse"]
        renewed = renewed_key(world.session, world.people["Ilse"].id)
    assert renewed is not None
    words = " ".join(renewed.words)
    assert words in company.page("Ilse", "/instellingen/beveiliging").text

    url, ilse = "/berichten/nieuw?over=niets", company.world.people["Ilse"].id
    anna = company.visitor("Anna", url)
    assert anna.page is not None
    assert words in anna.page.text
    values = {"subject": "Even bellen", "text": "Dag", "participants": f"user:{ilse}"}
    page = send(anna, url, values, status=422)
    assert "Vergelijk eerst de controlewoorden" in page.text
    assert page.form("").values["subject"] == "Even bellen"
    assert send(anna, url, {**values, f"compared {ilse}": "2"}).heading == "Even bellen"
    assert "Dag" in company.page("Ilse", anna.path).text


def test_nobody_else_finds_it(company: Company) -> None:
    """D-03, D-rule 28: not a colleague with every right, nor the other side."""
    anna = started(company, "Anna", "Ilse")
    url = anna.path
    for name in ("Frits", "Carla", "Bram"):
        visitor = company.visitor(name)
        for rest in ("", "/nieuws", "/verlaten"):
            visitor.get(url + rest, status=404)
    assert "Rooster" not in company.page("Frits", "/berichten").text


def test_the_same_form_sent_twice_posts_once(company: Company) -> None:
    anna = started(company, "Anna", "Ilse")
    url = anna.path
    assert anna.page is not None
    values = {**anna.page.form(url).values, "text": "Dubbel"}
    for _ in range(2):
        anna._keep(anna._send(url, values), 200)
    assert anna.page.text.count("Dubbel") == 1
    fresh = anna.page.form(url).values["request_id"]
    assert fresh != values["request_id"]


def test_faults_stand_beside_their_fields_and_what_was_typed_stays(company: Company) -> None:
    anna = company.visitor("Anna", "/berichten/nieuw?over=niets")
    page = send(anna, "/berichten/nieuw?over=niets", {"subject": "", "text": "Dag"}, status=422)
    assert "onderwerp" in page.text.lower()
    assert page.form("").values["text"].strip() == "Dag"
    anna = started(company, "Anna", "Ilse")
    url = anna.path
    assert "Schrijf een bericht." in anna.submit({"text": " "}, action=url, status=422).text


def test_a_contact_person_without_address_is_asked_for_it(company: Company) -> None:
    """D-07; without scripts the fields stand beside the name."""
    with company.preparing() as world:
        contact = Contact("Sanne Zomer")
        made = add_contact(world.session, world.employer.id, None, contact, world.actor("Carla"))
        about, contact_id = f"werkgever={world.employer.id}", made.id
    url = f"/berichten/nieuw?{about}"
    carla = company.visitor("Carla", url)
    values = {"subject": "Tarieven", "text": "Dag", "participants": f"contact_person:{contact_id}"}
    page = send(carla, url, values, status=422)
    assert "Vul een e-mailadres in, zoals naam@voorbeeld.nl." in page.text
    more = {f"email {contact_id}": "sanne@example.org", f"phone {contact_id}": "06 0000 0001"}
    page = send(carla, url, {**values, **more})
    assert page.heading == "Tarieven"
    assert "uitgenodigd" in page.text
    (removal,) = [link for link in page.links() if link.endswith("/verwijderen")]
    asked = carla.get(removal).text
    assert "doet nog niet mee" in asked
    assert "blijven lezen" not in asked


def test_nobody_may_be_chosen_who_is_not_offered(company: Company) -> None:
    """D-rule 30: a user of another employer is neither in the list nor let in by id."""
    bram = company.world.people["Bram"].id
    anna = company.visitor("Anna", "/berichten/nieuw?over=niets")
    assert anna.page is not None
    assert "Bram" not in anna.page.text
    values: dict[str, object] = {"subject": "S", "text": "T", "participants": [f"user:{bram}"]}
    assert "Bram" not in send(anna, "/berichten/nieuw?over=niets", values, status=422).text
    for about in (
        f"werkgever={company.world.other_employer.id}",
        f"werknemer={company.employees['Piet']}",
        "werknemer=x",
    ):
        anna.get(f"/berichten/nieuw?{about}", status=404)


def test_of_somebody_not_shared_the_service_starts_nothing(company: Company) -> None:
    """D-rule 23; once shared it does, and the tab shows it."""
    url = f"/berichten/nieuw?werknemer={company.employees['Eva']}"
    carla = company.visitor("Carla", url)
    assert carla.path == company.dossier_url("Eva")
    company.share("Eva")
    carla.get(company.dossier_url("Eva"))
    assert carla.get(url).heading == "Nieuwe dialoog"
    eva = f"employee:{company.employees['Eva']}"
    send(carla, url, {"subject": "Spreekuur", "text": "Dag", "participants": eva})
    assert "Spreekuur" in carla.get(company.dossier_url("Eva", "/berichten")).text
    assert "Spreekuur" not in company.page("Anna", company.employee_url("Eva", "/berichten")).text


def test_what_is_typed_is_kept_until_it_is_sent(company: Company) -> None:
    anna = started(company, "Anna", "Ilse")
    url = anna.path
    response = anna.client.post(
        f"{url}/concept",
        data={"csrf_token": company.token(anna), "text": "Nog niet af"},
        environ_overrides=anna.environment,
        base_url=anna.base_url,
    )
    assert response.status_code == 204
    assert anna.get(url).form(url).values["text"].strip() == "Nog niet af"
    with company.portal.session() as session:
        assert b"Nog niet af" not in session.scalars(select(Draft.sealed)).one()
    anna.submit({}, action=url)
    assert anna.page is not None
    assert "Nog niet af" in anna.page.text
    assert anna.get(url).form(url).values["text"].strip() == ""


def test_news_is_what_came_after_and_keeps_no_session_alive(company: Company) -> None:
    anna = started(company, "Anna", "Ilse")
    url = anna.path
    ilse = company.visitor("Ilse", url)
    ilse.submit({"text": "Ik wel."}, action=url)

    def news(after: int) -> tuple[int, str]:
        answer = anna.client.get(f"{url}/nieuws?na={after}", environ_overrides=anna.environment, base_url=anna.base_url)
        return answer.status_code, answer.get_data(as_text=True)

    def active_at() -> list[datetime]:
        with company.portal.session() as session:
            own = select(LoginSession.active_at).where(LoginSession.person_id == company.world.people["Anna"].id)
            return sorted(session.scalars(own))

    before = active_at()
    company.portal.source.advance(timedelta(minutes=5))
    status, markup = news(1)
    assert status == 200
    assert "Ik wel." in markup
    assert "Wie kan er op zaterdag?" not in markup
    assert news(2) == (204, "")
    assert active_at() == before
    anna.get("/berichten")
    assert active_at() != before


def test_a_removed_one_reads_nothing_new_and_is_told_so(company: Company) -> None:
    anna = started(company, "Anna", "Ilse", "Frits")
    url = anna.path
    assert anna.page is not None
    removals = [link for link in anna.page.links() if link.endswith("/verwijderen")]
    frits = company.visitor("Frits", url)
    pages = {link: anna.get(link) for link in removals}
    (of_frits,) = [link for link, page in pages.items() if "Frits" in page.text]
    anna.get(of_frits)
    anna.submit(action=of_frits)
    anna.submit({"text": "Zonder Frits"}, action=url)
    page = frits.get(url)
    assert "U doet niet meer mee" in page.text
    assert "Zonder Frits" not in page.text
    assert not [form for form in page.forms if form.action == url]


def test_adding_asks_from_now_on_or_all_before(company: Company) -> None:
    anna = started(company, "Anna", "Ilse")
    url = anna.path
    adding = f"{url}/deelnemers/toevoegen"
    anna.get(adding)
    chosen = f"user:{company.world.people['Frits'].id}"
    page = anna.submit({"participants": chosen}, action="", status=422)
    assert "Kies wat deze deelnemer mag lezen." in page.text
    anna.submit({"participants": chosen, "history": "from_now"}, action="")
    assert anna.path == url
    assert "Wie kan er op zaterdag?" not in company.page("Frits", url).text
    anna.get(adding)
    page = anna.submit({"participants": "", "history": "all"}, action="", status=422)
    assert "Kies een deelnemer." in page.text


def test_closing_asks_why_and_only_the_starter_opens_again(company: Company) -> None:
    anna = started(company, "Anna", "Ilse")
    url = anna.path
    ilse = company.visitor("Ilse", f"{url}/sluiten")
    assert "Schrijf in een zin" in ilse.submit({"reason": ""}, action=f"{url}/sluiten", status=422).text
    page = ilse.submit({"reason": "Rooster is rond"}, action=f"{url}/sluiten")
    assert "Rooster is rond" in page.text
    assert "Deze dialoog is gesloten." in page.text
    assert "Rooster van december" in ilse.get("/berichten?stand=gesloten").text
    assert "Rooster van december" not in ilse.get("/berichten?stand=open").text
    ilse.get(url)
    company.post(ilse, f"{url}/heropenen", status=403)
    anna.get(url)
    assert "De dialoog is weer open." in anna.submit(action=f"{url}/heropenen").text


def test_leaving_ends_it_for_who_leaves(company: Company) -> None:
    anna = started(company, "Anna", "Ilse")
    url = anna.path
    ilse = company.visitor("Ilse", f"{url}/verlaten")
    ilse.submit(action=f"{url}/verlaten")
    assert "U doet niet meer mee" in ilse.get(url).text
    ilse.get(f"{url}/verlaten", status=404)


def test_who_can_open_it_comes_from_the_keys(company: Company) -> None:
    page = started(company, "Anna", "Ilse").page
    assert page is not None
    assert "Wie kan dit openen?" in page.text
    assert len(re.findall("met alles van het begin af", page.text)) == 2


def test_search_finds_by_participant_and_subject_in_no_address(company: Company) -> None:
    anna = started(company, "Anna", "Ilse")
    anna.get("/berichten/zoeken")
    page = anna.submit({"participant": "ilse"}, action="")
    assert "Rooster van december" in page.text
    assert "ilse" not in page.response.request.full_path.lower()
    assert "Niets gevonden" in anna.submit({"subject": "iets anders", "participant": ""}, action="").text
    assert "niet voor de eerste" in anna.submit(
        {"since": "02-12-2026", "until": "01-12-2026"}, action="", status=422
    ).text  # fmt: skip


def test_a_text_is_inserted_also_without_scripts(company: Company) -> None:
    with company.preparing() as world:
        choose_signature(world.session, "Met groet, Anna", world.actor("Anna"))
    anna = started(company, "Anna", "Ilse", text="Eerst")
    url = anna.path
    page = anna.submit({"text": "Tekst", "insert": "1", "insertion": "signature"}, action=url)
    assert page.form(url).values["text"].strip() == "Tekst\n\nMet groet, Anna"
    with company.portal.session() as session:
        assert len(session.scalars(select(Message)).all()) == 1
    assert "Met groet, Anna" in anna.get("/berichten/nieuw?over=niets").form("").values["text"]


def test_earlier_messages_are_a_page_further(company: Company) -> None:
    anna = started(company, "Anna", "Ilse")
    url = anna.path
    for number in range(2, 54):
        anna.submit({"text": f"bericht nummer {number}."}, action=url)
    page = anna.get(url)
    assert "bericht nummer 53." in page.text
    assert "Wie kan er op zaterdag?" not in page.text
    (earlier,) = [link for link in page.links() if "voor=" in link]
    page = anna.get(earlier)
    assert "Wie kan er op zaterdag?" in page.text
    assert "bericht nummer 53." not in page.text


@pytest.mark.parametrize("name", ["Anna", "Carla"])
def test_every_frame_leads_to_messages(company: Company, name: str) -> None:
    """H-02, D-01: side bar, top bar and the card on the start page."""
    page = company.page(name, "/")
    assert page.links().count("/berichten") >= 3
    assert "Geen nieuwe berichten" in page.text


def test_nobody_is_replaced_or_let_in_again_without_need(company: Company) -> None:
    """D-09, design 2.3: the page of the dialogue says why nothing happened."""
    anna = started(company, "Anna", "Ilse")
    url = anna.path
    assert anna.page is not None
    (removal,) = [link for link in anna.page.links() if link.endswith("/verwijderen")]
    for act, words in (("vervangen", "zijn niet gewijzigd"), ("toelaten", "geen nieuwe sleutel")):
        assert words in anna.get(removal.replace("verwijderen", act)).text
        assert anna.path == url
        assert words in company.post(anna, removal.replace("verwijderen", act), {"history": "all"}).text


def with_contact_person(company: Company) -> tuple[Visitor, UUID, str]:
    """Anna in a dialogue with a contact person whose mail address is gone since, that person, and where to replace."""
    with company.preparing() as world:
        wil = add_contact(
            world.session,
            world.employer.id,
            None,
            Contact("Wil", "HR", "+31600000002", "wil@example.org"),
            carla(world),
        ).id
    about = f"werkgever={company.world.employer.id}"
    anna = started(company, "Anna", about=about, participants=f"contact_person:{wil}")
    company.portal.source.advance(timedelta(minutes=1))
    with company.preparing() as world:
        contact = Contact("Wil", "HR", "+31600000002", None)
        change_contact(world.session, world.employer.id, wil, None, contact, carla(world))
    page = anna.get(anna.path)
    (url,) = [link for link in page.links() if link.endswith("/vervangen")]
    return anna, wil, url


def carla(world: World) -> Actor:
    return world.actor("Carla")


def test_replacing_asks_for_the_address_that_is_not_known(company: Company) -> None:
    """D-09: what is missing is asked for where one is, typed values are kept."""
    anna, wil, url = with_contact_person(company)
    old = anna.path
    page = anna.get(url)
    assert "Er is nu geen e-mailadres bekend. Hierheen gaat de uitnodiging." in page.text
    page = anna.submit({f"email {wil}": "wil@"}, action=url, status=422)
    assert "Vul een e-mailadres in, zoals naam@voorbeeld.nl." in page.text
    assert page.form(url).values[f"email {wil}"] == "wil@"
    page = anna.submit({f"email {wil}": "wil@anders.example"}, action=url)
    assert "De oude dialoog is gesloten." in page.text
    assert anna.path != old


def test_who_is_nobody_s_contact_person_any_more_is_not_replaced_and_the_page_says_what_can_be_done(
    company: Company,
) -> None:
    anna, wil, url = with_contact_person(company)
    old = anna.path
    with company.preparing() as world:
        remove_contact(world.session, world.employer.id, wil, carla(world))
    page = anna.get(url)
    assert "Wil staat niet meer bij de contactpersonen of werknemers" in page.text
    assert {f"{old}/deelnemers/toevoegen", f"{old}/sluiten"} <= set(page.links())
    assert "Wil staat niet meer bij" in company.post(anna, url).text


def test_who_may_not_see_the_employee_any_more_reads_on_and_writes_no_more(company: Company) -> None:
    """D-07."""
    ilse = started(company, "Ilse", "Anna", about=f"werknemer={company.employees['Eva']}")
    url = ilse.path
    with company.preparing() as world:
        owner = find_owner(world.session, world.people["Ilse"].id, carla(world), group=False)
        oven = frozenset({world.departments["Oven"].id})
        set_scope(world.session, owner, TickedPage(False, oven, oven), carla(world))
    page = company.post(ilse, url, {"text": "Nog iets"})
    assert "U mag deze werknemer niet meer zien. Uw bericht is niet verstuurd." in page.text
    assert "Wie kan er op zaterdag?" in page.text
    assert "schrijven kan niet meer" in page.text
    assert url not in {form.action for form in page.forms}


def test_a_number_beyond_any_message_is_a_page_like_another(company: Company) -> None:
    anna = started(company, "Anna", "Ilse")
    url = anna.path
    for number in (0, -1, 2**31, 10**30):
        anna.get(f"{url}?voor={number}")
        anna.get(f"/berichten?pagina={number}")


def test_of_somebody_not_shared_any_more_the_service_adds_nobody(company: Company) -> None:
    """D-rule 23: a dialogue of the service alone does not keep the share (D-rule 7)."""
    company.share("Eva")
    carla = company.visitor("Carla", company.dossier_url("Eva"))
    about = f"/berichten/nieuw?werknemer={company.employees['Eva']}"
    carla.get(about)
    send(carla, about, {"subject": "Spreekuur", "text": "Dag", "participants": f"employee:{company.employees['Eva']}"})
    url = carla.path
    with company.portal.services.factory() as session, session.begin():
        share = session.scalars(select(Share).where(Share.employee_id == company.employees["Eva"])).one()
        end_share(session, share.id, company.world.actor("Anna", session))
    page = carla.get(f"{url}/deelnemers/toevoegen")
    assert carla.path == url
    assert "Dit dossier is niet meer met u gedeeld" in page.text
