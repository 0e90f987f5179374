"""The processing agreement and opening the vault, through the pages (K-07, K-09, N-07, D-rules 18 and 19)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from delivery.models import OutgoingMessage
from keys.models import Grant
from tests.pages import Visitor
from tests.portal.company import Company
from tests.portal.world import World
from vault.models import ProcessingAgreement, Vault

AGREEMENT = "/datakluis/verwerkersovereenkomst"
OPENING = "/datakluis/openen"
SIGNATORY = {"name": "Dirk Directeur", "function": "directeur", "email": "dirk@example.org"}
NEEDING_A_VAULT = (
    "/datakluis-beheer/autorisaties",
    "/datakluis-beheer/beheeracties",
    "/datakluis-beheer/beheerdersovereenkomsten",
    "/datakluis/openen",
    "/werknemers/importeren",
)


@pytest.fixture
def anna(world: World) -> Visitor:
    """Vault administrator of an employer whose vault is not open yet."""
    world.add("Anna", "datakluisbeheerder", "werkgever")
    return world.log_in("Anna")


def register(visitor: Visitor, **changes: str) -> None:
    visitor.get(AGREEMENT)
    visitor.submit(SIGNATORY | changes, action=AGREEMENT)


def rows(world: World, table: type[ProcessingAgreement] | type[Vault] | type[OutgoingMessage]) -> int:
    with world.session() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def confirmations(world: World) -> list[OutgoingMessage]:
    with world.session() as session:
        kind = OutgoingMessage.kind == "agreement_confirmation"
        return list(session.scalars(select(OutgoingMessage).where(kind)))


@pytest.mark.parametrize("url", NEEDING_A_VAULT)
def test_every_page_that_needs_the_vault_first_leads_to_who_signs(anna: Visitor, url: str) -> None:
    page = anna.get(url)

    assert anna.path == AGREEMENT
    assert "moet vastliggen wie de verwerkersovereenkomst mag tekenen" in page.text
    assert "Stap 1 van 2" in page.text


@pytest.mark.parametrize("url", [url for url in NEEDING_A_VAULT if url != OPENING])
def test_and_then_to_opening_it(anna: Visitor, url: str) -> None:
    register(anna)

    page = anna.get(url)

    assert anna.path == OPENING
    assert "De datakluis is nog niet open" in page.text


def test_whoever_may_not_open_it_reads_who_can(world: World) -> None:
    world.add("Gerda", "werkgever")

    page = world.log_in("Gerda").get("/werknemers/importeren", status=409)

    assert page.heading == "De datakluis is nog niet open"
    assert "datakluisbeheerder van Van Dam" in page.text


def test_registering_keeps_the_signatory_and_queues_the_confirmation(world: World, anna: Visitor) -> None:
    """K-09, N-07."""
    register(anna)

    page = anna.page
    assert page is not None
    assert "Vastgelegd. De ondertekenaar krijgt een bevestiging per e-mail." in page.text
    for told in (
        "Dirk Directeur",
        "Functiedirecteur",
        "dirk@example.org",
        "Vastgelegd doorAnna",
        "22-11-2026 om 10:00",
    ):
        assert told in page.text
    assert OPENING in page.links()
    assert len(confirmations(world)) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "Vul in wie mag tekenen"),
        ({"function": ""}, "Vul de functie in"),
        ({"email": "dirk"}, "Vul een e-mailadres in, zoals naam@bedrijf.nl"),
        ({"name": "x" * 10_000}, "Gebruik ten hoogste 120 tekens"),
        ({"function": "x" * 10_000}, "Gebruik ten hoogste 120 tekens"),
        ({"email": "x" * 10_000 + "@example.org"}, "Vul een e-mailadres in"),
        ({"name": "=HYPERLINK(1)"}, "Naam"),
    ],
)
def test_what_cannot_be_kept_comes_back_as_typed_and_nothing_is_done(
    world: World, anna: Visitor, changes: dict[str, str], told: str
) -> None:
    anna.get(AGREEMENT)

    page = anna.submit(SIGNATORY | changes, action=AGREEMENT, status=422)

    assert told in page.text
    assert page.form(AGREEMENT).values["email"] == (SIGNATORY | changes)["email"]
    assert rows(world, ProcessingAgreement) == 0
    assert confirmations(world) == []


def test_a_hostile_name_is_text(anna: Visitor) -> None:
    register(anna, function="<img src=x>")

    assert anna.page is not None
    assert "<img src=x>" in anna.page.text
    assert "<img" not in anna.page.response.get_data(as_text=True)


def test_registering_someone_else_adds_to_what_is_on_record(world: World, anna: Visitor) -> None:
    register(anna)
    world.source.advance(timedelta(minutes=1))
    anna.get(AGREEMENT + "/wijzigen")
    anna.submit(SIGNATORY | {"name": "Els Eigenaar"}, action=AGREEMENT)

    assert anna.page is not None
    assert "Els Eigenaar" in anna.page.text
    assert rows(world, ProcessingAgreement) == 2


def test_the_text_of_the_agreement_is_there_by_version(anna: Visitor) -> None:
    """AVG art. 28 lid 3."""
    page = anna.get(AGREEMENT + "/tekst/2026-1")

    for subject in ("Alleen op uw opdracht", "Geheimhouding", "Andere verwerkers", "Einde", "Controle"):
        assert subject in page.text
    anna.get(AGREEMENT + "/tekst/2025-1", status=404)


def test_opening_says_what_it_means_and_hands_the_first_key_to_whoever_does_it(world: World, anna: Visitor) -> None:
    register(anna)

    page = anna.get(OPENING)
    assert "Alleen u kunt de datakluis openen, tot u anderen toelaat" in page.text
    assert "dan zijn alle gegevens erin verloren" in page.text
    page = anna.submit(action=OPENING)

    assert "De datakluis is open" in page.text
    with world.session() as session:
        vault = session.get_one(Vault, world.employer_id)
        (grant,) = session.scalars(select(Grant).where(Grant.holder_id == vault.holder_id))
        assert grant.recipient_id == world.people["Anna"].id


def test_opening_twice_changes_nothing(world: World, anna: Visitor) -> None:
    register(anna)
    anna.get(OPENING)
    form = anna.page
    anna.submit(action=OPENING)
    anna.page = form

    page = anna.submit(action=OPENING)

    assert "De datakluis was al open" in page.text
    assert rows(world, Vault) == 1


def test_without_a_signatory_the_vault_stays_closed_whatever_is_sent(world: World, anna: Visitor) -> None:
    """D-rule 19."""
    register_form = anna.get(AGREEMENT).form(AGREEMENT)

    response = anna.client.post(
        OPENING,
        data={"csrf_token": register_form.values["csrf_token"]},
        base_url=anna.base_url,
        environ_overrides=anna.environment,
    )

    assert response.status_code == 303
    assert response.location == AGREEMENT
    assert rows(world, Vault) == 0


@pytest.mark.parametrize("name", ["Frits", "Gerda", "Carla"])
@pytest.mark.parametrize("url", [AGREEMENT, AGREEMENT + "/wijzigen", AGREEMENT + "/tekst/2026-1", OPENING])
def test_only_administrators_of_the_employer_come_here(company: Company, name: str, url: str) -> None:
    """D-rule 18."""
    company.visitor(name, url, status=403)


def test_once_open_the_pages_lead_on_to_vault_management(company: Company) -> None:
    anna = company.visitor("Anna", OPENING)
    assert anna.path == "/datakluis-beheer/autorisaties"

    page = anna.get(AGREEMENT)
    assert "Stap" not in page.text
    assert "/datakluis-beheer/beheerdersovereenkomsten" in page.links()
