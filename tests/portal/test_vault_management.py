"""Datakluis beheer through the pages (K-10..K-17, D-rules 17 and 18)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid5

import pytest
from sqlalchemy import func, select, update

from accounts.models import Person
from accounts.permissions import Permission
from keys.check_words import renewed_key
from keys.models import Grant, HolderGeneration
from organisation.models import Membership
from tests.pages import Visitor
from tests.portal.company import Company
from vault.access import request_access, waiting_requests
from vault.agreements import register_signatory
from vault.models import RecordKey, Vault
from vault.opening import open_vault

ACCESS = "/datakluis-beheer/autorisaties"
ACTIONS = "/datakluis-beheer/beheeracties"
AGREEMENTS = "/datakluis-beheer/beheerdersovereenkomsten"
NOBODY = uuid5(UUID(int=0), "nobody")


def hire(company: Company, name: str, *roles: str) -> None:
    """Let a further person of Anna's employer come and ask for access."""
    with company.preparing() as world:
        world.hire(name, world.employer, *roles)
        request_access(world.session, world.actor(name))
        company.portal.people[name] = world.people[name]


def hire_administrator(company: Company, name: str) -> None:
    with company.preparing() as world:
        world.hire_vault_user(name, "datakluisbeheerder")
        company.portal.people[name] = world.people[name]


def request_of(company: Company, name: str, *, seen_by: str = "Anna") -> UUID:
    with company.preparing() as world:
        requests = waiting_requests(world.session, world.actor(seen_by))
        return next(request.admission_id for request in requests if request.name == name)


def person_url(company: Company, name: str, act: str) -> str:
    return f"{ACCESS}/{company.world.people[name].id}/{act}"


def keys_of(company: Company, name: str) -> int:
    with company.portal.session() as session:
        vault = session.get_one(Vault, company.world.employer.id)
        statement = select(func.count()).where(
            Grant.holder_id == vault.holder_id, Grant.recipient_id == company.world.people[name].id
        )
        return session.scalar(statement) or 0


def record_generations(company: Company) -> set[int]:
    """Under which generations of the vault the record keys lie."""
    with company.preparing() as world:
        return set(
            world.session.scalars(
                select(RecordKey.generation)
                .join(Vault, Vault.holder_id == RecordKey.holder_id)
                .where(Vault.organisation_id == world.employer.id)
            )
        )


def generations(company: Company) -> int:
    with company.portal.session() as session:
        vault = session.get_one(Vault, company.world.employer.id)
        return session.scalar(select(func.count()).where(HolderGeneration.holder_id == vault.holder_id)) or 0


def send(visitor: Visitor, url: str, *, token_from: str = ACCESS) -> tuple[int, str]:
    """Send a form that the present pages no longer offer; return the status and where it leads."""
    if visitor.page is None or "csrf_token" not in visitor.page.forms[0].values:
        visitor.get(token_from)
    assert visitor.page is not None
    response = visitor.client.post(
        url,
        data={"csrf_token": visitor.page.forms[0].values["csrf_token"]},
        base_url=visitor.base_url,
        environ_overrides=visitor.environment,
    )
    return response.status_code, response.location or ""


def test_the_list_tells_who_has_access_since_when_by_whom_and_to_what(company: Company) -> None:
    """K-16."""
    page = company.page("Anna", ACCESS)

    for told in ("Anna (u)", "Frits", "Ilse", "Beheerder", "Gebruiker", "Hele organisatie", "Winkel", "22-11-2026"):
        assert told in page.text
    assert "Gerda" not in page.text
    assert "Winkel 22-11-2026 Anna" in page.text
    assert "Wie kan dit openen?" in page.text


def test_the_three_tabs_lead_to_each_other_with_the_count_of_what_waits(company: Company) -> None:
    """K-13."""
    hire(company, "Hans", "datakluisgebruiker")

    anna = company.visitor("Anna")
    for url in (ACCESS, ACTIONS, AGREEMENTS):
        page = anna.get(url)
        assert {ACCESS, ACTIONS, AGREEMENTS} <= set(page.links())
        assert "Beheeracties (1)" in page.text


def test_an_action_card_says_what_k_14_says(company: Company) -> None:
    hire(company, "Hans", "datakluisgebruiker")

    page = company.page("Anna", ACTIONS)

    for told in (
        "Datum22-11-2026",
        "Tijd10:0",
        "TypeAkkoordverzoek nieuwe gebruiker",
        "De (arbo)dienstverlener/beheerder vraagt u om de volgende gebruiker te autoriseren",
        "Hans",
        "Gekoppeld aan de volgende werkgever(s) Bakkerij Mulder",
        "Bent u akkoord met de voorgestelde autorisatie(s)? Akkoord",
        "Niet akkoord",
    ):
        assert told in page.text


def test_without_requests_the_tab_says_how_one_comes(company: Company) -> None:
    page = company.page("Anna", ACTIONS)

    assert "Er zijn geen beheeracties" in page.text
    assert "vraagt vanzelf om toegang" in page.text


def test_akkoord_hands_over_the_key(company: Company) -> None:
    """K-14, K-15, D-rule 17."""
    hire(company, "Hans", "datakluisgebruiker")
    anna = company.visitor("Anna", ACTIONS)
    url = f"{ACTIONS}/{request_of(company, 'Hans')}/akkoord"
    before = company.page("Hans", company.employee_url("Eva"))

    page = anna.submit(action=url)

    assert "Yılmaz" not in before.text
    assert "kan de datakluis nu openen" in page.text
    assert "Yılmaz" in company.page("Hans", company.employee_url("Eva")).text
    assert len(company.entries("access:grant", company.world.employer.id)) == 3


def test_two_clicks_on_akkoord_are_one_akkoord(company: Company) -> None:
    hire(company, "Hans", "datakluisgebruiker")
    anna = company.visitor("Anna", ACTIONS)
    url = f"{ACTIONS}/{request_of(company, 'Hans')}/akkoord"
    form = anna.page
    anna.submit(action=url)
    anna.page = form

    page = anna.submit(action=url, status=409)

    assert "Over dit verzoek is al beslist" in page.text
    assert keys_of(company, "Hans") == 1


def test_a_key_that_this_server_did_not_make_gets_nothing(company: Company) -> None:
    """Design 2.1: whoever can write the database cannot slip in a key of his own."""
    hire(company, "Hans", "datakluisgebruiker")
    with company.preparing() as world:
        theirs = HolderGeneration.holder_id == world.people["Hans"].id
        forged = update(HolderGeneration).where(theirs).values(public_key_mac=b"forged")
        world.session.execute(forged)
    anna = company.visitor("Anna", ACTIONS)

    page = anna.submit(action=f"{ACTIONS}/{request_of(company, 'Hans')}/akkoord", status=409)

    assert "niet door deze server gemaakt" in page.text
    assert keys_of(company, "Hans") == 0
    assert "Hans" in anna.get(ACTIONS).text


def test_niet_akkoord_hands_over_nothing_and_can_be_asked_again(company: Company) -> None:
    hire(company, "Hans", "datakluisgebruiker")
    anna = company.visitor("Anna", ACTIONS)

    page = anna.submit(action=f"{ACTIONS}/{request_of(company, 'Hans')}/niet-akkoord")

    assert "krijgt geen toegang" in page.text
    assert keys_of(company, "Hans") == 0
    hans = company.visitor("Hans")
    hans.submit(action="/toegang/vragen")
    assert "Hans" in anna.get(ACTIONS).text


def test_administrators_rights_are_given_and_taken(company: Company) -> None:
    """K-16."""
    anna = company.visitor("Anna", ACCESS)

    page = anna.submit(action=person_url(company, "Frits", "beheer-geven"))
    assert "is nu ook datakluisbeheerder" in page.text
    assert company.page("Frits", ACCESS).heading == "Datakluis beheer: autorisaties"

    page = anna.get(person_url(company, "Frits", "beheer-intrekken"))
    assert "U trekt de beheer rechten van Frits in" in page.text
    page = anna.submit(action=person_url(company, "Frits", "beheer-intrekken"))
    assert "De beheerrechten zijn ingetrokken" in page.text
    company.visitor("Frits", ACCESS, status=403)
    assert keys_of(company, "Frits") > 0


def test_withdrawing_asks_first_and_says_what_goes(company: Company) -> None:
    """Screens.md, *Can't be undone*."""
    page = company.page("Anna", person_url(company, "Frits", "toegang-intrekken"))

    for told in (
        "van Frits",
        "sinds 22 november 2026",
        "De sleutel van deze gebruiker wordt vernietigd",
        "meteen uitgelogd",
    ):
        assert told in page.text
    assert "over op een nieuwe sleutel" in page.text
    assert keys_of(company, "Frits") == 1


def test_withdrawing_takes_the_key_and_the_open_session_at_once(company: Company) -> None:
    """K-16, D-rule 17."""
    frits = company.visitor("Frits", company.employee_url("Eva"))
    anna = company.visitor("Anna", person_url(company, "Frits", "toegang-intrekken"))

    page = anna.submit(action=person_url(company, "Frits", "toegang-intrekken"))

    assert "Frits kan de datakluis niet meer openen" in page.text
    assert keys_of(company, "Frits") == 0
    assert generations(company) == 2
    frits.get(company.employee_url("Eva"))
    assert frits.path == "/inloggen"
    assert "Yılmaz" in anna.get(company.employee_url("Eva")).text


def test_after_a_withdrawal_the_next_with_the_key_moves_the_records_along(company: Company) -> None:
    """Design 2.7: what needs a key waits for a person, who does it by coming by."""
    anna = company.visitor("Anna", person_url(company, "Frits", "toegang-intrekken"))
    anna.submit(action=person_url(company, "Frits", "toegang-intrekken"))
    assert record_generations(company) == {1}

    anna.get("/")

    assert record_generations(company) == {2}
    assert "Yılmaz" in anna.get(company.employee_url("Eva")).text


def test_the_last_one_who_can_open_the_vault_cannot_be_withdrawn(company: Company) -> None:
    """D-rule 18."""
    anna = company.visitor("Anna")
    for name in ("Frits", "Ilse"):
        anna.get(person_url(company, name, "toegang-intrekken"))
        anna.submit(action=person_url(company, name, "toegang-intrekken"))
    assert anna.page is not None
    assert "Alleen u kunt de datakluis openen" in anna.page.text
    anna.get(person_url(company, "Anna", "toegang-intrekken"))

    page = anna.submit(action=person_url(company, "Anna", "toegang-intrekken"), status=409)

    assert "Dit is de enige die de datakluis kan openen" in page.text
    assert keys_of(company, "Anna") > 0
    assert anna.get(ACCESS).heading == "Datakluis beheer: autorisaties"


@pytest.mark.parametrize("act", ["toegang-intrekken", "beheer-intrekken"])
def test_the_last_administrator_stays_one(company: Company, act: str) -> None:
    """D-rule 18: others can open the vault, but nobody could admit anyone any more."""
    anna = company.visitor("Anna", person_url(company, "Anna", act))

    page = anna.submit(action=person_url(company, "Anna", act), status=409)

    assert "Dit is de laatste datakluisbeheerder" in page.text
    assert anna.get(ACCESS).heading == "Datakluis beheer: autorisaties"


def test_whoever_withdraws_the_own_access_is_logged_out(company: Company) -> None:
    hire_administrator(company, "Hans")
    anna = company.visitor("Anna", person_url(company, "Anna", "toegang-intrekken"))

    page = anna.submit(action=person_url(company, "Anna", "toegang-intrekken"))

    assert anna.path == "/inloggen"
    assert "U kunt de datakluis niet meer openen en bent uitgelogd" in page.text
    assert keys_of(company, "Anna") == 0
    assert keys_of(company, "Hans") > 0


def test_taking_ones_own_rights_leads_to_a_page_that_one_may_see(company: Company) -> None:
    hire_administrator(company, "Hans")
    anna = company.visitor("Anna", person_url(company, "Anna", "beheer-intrekken"))

    anna.submit(action=person_url(company, "Anna", "beheer-intrekken"))

    assert anna.path == "/"
    anna.get(ACCESS, status=403)


@pytest.mark.parametrize("act", ["toegang-intrekken", "beheer-intrekken"])
def test_two_administrators_who_remove_each_other_at_once_leave_one(
    company_on_each_database: Company, act: str
) -> None:
    """D-rule 18, as two browsers do it."""
    company = company_on_each_database
    hire_administrator(company, "Hans")
    visitors = {name: company.visitor(name, ACCESS) for name in ("Anna", "Hans")}
    # By now both requests also note that their own session is in use.
    company.portal.source.advance(timedelta(minutes=1))
    start = Barrier(2)

    def remove(name: str, other: str) -> int:
        start.wait()
        return send(visitors[name], person_url(company, other, act))[0]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(remove, ("Anna", "Hans"), ("Hans", "Anna")))

    assert 303 in answers
    assert set(answers) <= {303, 403, 404, 409}
    with company.preparing() as world:
        actors = [world.actor(name) for name in ("Anna", "Hans")]
        (left,) = [actor for actor in actors if Permission.ACCESS_ADMINISTER in actor.permissions]
        vault = world.session.get_one(Vault, world.employer.id)
        assert left.keys.can_open(world.session, vault.holder_id)


@pytest.mark.parametrize("act", ["beheer-geven", "beheer-intrekken", "toegang-intrekken"])
@pytest.mark.parametrize("name", ["Bram", "Carla", "Gerda", "nobody"])
def test_another_ones_person_is_not_there(company: Company, act: str, name: str) -> None:
    """D-rule 16; Gerda has no access, so that there is nothing of hers to take."""
    person_id = NOBODY if name == "nobody" else company.world.people[name].id
    anna = company.visitor("Anna", ACCESS)

    status, _location = send(anna, f"{ACCESS}/{person_id}/{act}")
    assert status == 404
    if act != "beheer-geven":
        anna.get(f"{ACCESS}/{person_id}/{act}", status=404)


@pytest.mark.parametrize("act", ["akkoord", "niet-akkoord"])
def test_another_ones_request_is_not_there(company: Company, act: str) -> None:
    """D-rule 16."""
    with company.preparing() as world:
        world.hire("Xander", world.other_employer, "datakluisgebruiker")
        request_access(world.session, world.actor("Xander"))
    theirs = request_of(company, "Xander", seen_by="Bram")
    anna = company.visitor("Anna", ACCESS)

    assert send(anna, f"{ACTIONS}/{theirs}/{act}")[0] == 404
    assert send(anna, f"{ACTIONS}/{NOBODY}/{act}")[0] == 404
    assert request_of(company, "Xander", seen_by="Bram") == theirs
    assert "Xander" not in anna.get(ACTIONS).text


@pytest.mark.parametrize("name", ["Frits", "Gerda", "Carla", "Dirk"])
@pytest.mark.parametrize("url", [ACCESS, ACTIONS, AGREEMENTS])
def test_whoever_does_not_administer_the_vault_does_not_come_here(company: Company, name: str, url: str) -> None:
    """D-rule 18: neither does the arbo side."""
    company.visitor(name, url, status=403)


def test_a_right_that_was_taken_between_two_requests_is_gone(company: Company) -> None:
    hire_administrator(company, "Hans")
    hans = company.visitor("Hans", person_url(company, "Frits", "toegang-intrekken"))
    company.take_role("Hans", "datakluisbeheerder")

    hans.submit(action=person_url(company, "Frits", "toegang-intrekken"), status=403)

    assert keys_of(company, "Frits") == 1


def test_an_administrator_without_a_key_sees_what_there_is_and_changes_nothing(company: Company) -> None:
    """D-rule 17."""
    hire(company, "Hans", "datakluisbeheerder")
    hire(company, "Kees", "datakluisgebruiker")
    hans = company.visitor("Hans", ACTIONS)

    assert hans.page is not None
    assert "U hebt zelf nog geen sleutel" in hans.page.text
    assert "Kees" in hans.page.text
    assert [form.action for form in hans.page.forms] == ["/uitloggen"]
    url = f"{ACTIONS}/{request_of(company, 'Kees')}/akkoord"
    page = company.post(hans, url, status=403)
    assert "U kunt de datakluis zelf niet openen" in page.text
    (entry,) = company.entries("request:refuse")
    assert (entry.actor_id, entry.details["reason"]) == (company.world.people["Hans"].id, "no key")
    assert keys_of(company, "Kees") == 0


def test_the_agreements_are_listed_with_who_registered_them(company: Company) -> None:
    """K-17."""
    page = company.page("Anna", AGREEMENTS)

    for told in ("Dirk Directeur", "directeur@example.org", "Anna", "Versie 2026-1", "22-11-2026 om 10:00"):
        assert told in page.text


def test_a_hostile_name_is_text(company: Company) -> None:
    hire(company, "Hans", "datakluisgebruiker")
    with company.preparing() as world:
        for name in ("Frits", "Hans"):
            world.session.get_one(Person, world.people[name].id).display_name = f"<script>{name}</script>"
    anna = company.visitor("Anna")

    for url, name in (
        (ACCESS, "Frits"),
        (ACTIONS, "Hans"),
        (person_url(company, "Frits", "toegang-intrekken"), "Frits"),
    ):
        assert f"<script>{name}</script>" in anna.get(url).text


def test_someone_who_sees_nothing_is_told_so(company: Company) -> None:
    with company.preparing() as world:
        world.hire_vault_user("Hans", "datakluisgebruiker")
        world.session.get_one(Membership, world.people["Hans"].id).whole_scope = False

    assert "Niemand" in company.page("Anna", ACCESS).text


def test_a_refused_or_doubled_act_leaves_the_vault_as_it_was(company: Company) -> None:
    anna = company.visitor("Anna", ACCESS)

    assert send(anna, person_url(company, "Ilse", "toegang-intrekken"))[0] == 303
    assert send(anna, person_url(company, "Ilse", "toegang-intrekken"))[0] == 404
    assert generations(company) == 2


def test_opening_of_another_vault_changes_nothing_here(company: Company) -> None:
    with company.preparing() as world:
        world.hire("Smit", world.garage, "datakluisbeheerder")
        register_signatory(world.session, name="Gerrit", email="g@example.org", actor=world.actor("Smit"))
        open_vault(world.session, world.actor("Smit"))
        company.portal.people["Smit"] = world.people["Smit"]

    page = company.page("Smit", ACCESS)

    assert "Smit (u)" in page.text
    assert "Frits" not in page.text
    assert "Alleen u kunt de datakluis openen" in page.text


def test_a_renewed_key_gets_akkoord_once_its_words_were_compared(company: Company) -> None:
    """Design 2.3: *nieuwe sleutel*."""
    with company.preparing() as world:
        world.hire_vault_user("Kees", "leidinggevende", "datakluisgebruiker")
        world.renew_key("Kees")
        company.portal.people["Kees"] = world.people["Kees"]
        renewed = renewed_key(world.session, world.people["Kees"].id)
    assert renewed is not None
    words = " ".join(renewed.words)
    for address in ("/", "/werknemers"):
        assert words in company.page("Kees", address).text
    url = f"{ACTIONS}/{request_of(company, 'Kees')}/akkoord"
    anna = company.visitor("Anna", ACTIONS)
    assert anna.page is not None
    assert "Nieuwe sleutel" in anna.page.text
    assert words in anna.page.text

    page = anna.submit(action=url, status=422)

    assert "vergelijk eerst de controlewoorden" in page.text
    assert words in page.text
    assert keys_of(company, "Kees") == 0

    page = anna.submit({"compared": "2"}, action=url)

    assert "kan de datakluis nu openen" in page.text
    assert keys_of(company, "Kees") == 1
