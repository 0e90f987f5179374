"""Instellingen (T-01, T-02, N-03)."""

from __future__ import annotations

from accounts.muted_notices import muted_by
from delivery.outbox import MailKind
from tests.pages import elements
from tests.portal.company import Company
from tests.portal.test_languages import kept_language, language_of
from tests.portal.world import World


def test_the_language_is_kept_and_works_at_once_also_elsewhere(world: World) -> None:
    world.add("Anna", "werkgever")
    elsewhere, visitor = world.log_in("Anna"), world.log_in("Anna")
    visitor.get("/instellingen")

    page = visitor.submit({"language": "en"})

    assert (language_of(page), page.heading) == ("en", "Settings: general")
    assert language_of(elsewhere.get("/")) == "en"
    assert kept_language(world, "Anna") == "en"


def test_the_language_of_a_colleague_stays_what_it_was(world: World) -> None:
    world.add("Anna", "werkgever")
    world.add("Bram", "werkgever")
    visitor = world.log_in("Anna")
    visitor.get("/instellingen")
    visitor.submit({"language": "en"})

    page = world.log_in("Bram").page

    assert page is not None
    assert language_of(page) == "nl"


def test_an_unknown_language_is_refused_beside_the_field(world: World) -> None:
    world.add("Anna", "werkgever")
    visitor = world.log_in("Anna")
    visitor.get("/instellingen")

    page = visitor.submit({"language": "xx"}, status=422)

    assert "Kies een taal uit de lijst." in page.text
    assert kept_language(world, "Anna") == "nl"


def test_the_tab_of_mails_shows_the_address_and_keeps_what_is_wanted(company: Company) -> None:
    """N-03."""
    anna = company.visitor("Anna", "/instellingen/e-mail")
    assert anna.page is not None
    assert "anna@example.org" in anna.page.text
    assert "Deze mails krijgt u altijd" in anna.page.text

    anna.submit({"wanted": ["share_request", "password_changed", "nonsense"]})

    with company.portal.session() as session:
        muted = muted_by(session, company.world.people["Anna"].id)
    assert muted == {MailKind.ACCESS_REQUEST, MailKind.ACCESS_GRANTED, MailKind.DIALOGUE_NOTICE}
    page = anna.get("/instellingen/e-mail")
    ticked = [box.get("value") for box in elements(page.root, "input") if "checked" in box.attrib]
    assert ticked == ["share_request"]


def test_who_gets_nothing_that_can_be_done_without_is_told_so(world: World) -> None:
    world.add("Anna", "privacyfunctionaris")

    page = world.log_in("Anna").get("/instellingen/e-mail")

    assert "Met uw rol krijgt u nu geen mails die u kunt uitzetten." in page.text


def test_the_tab_of_tasks_says_that_there_is_nothing_to_set_yet(world: World) -> None:
    world.add("Anna", "werkgever")

    page = world.log_in("Anna").get("/instellingen/taken")

    assert "Er is nog niets in te stellen" in page.text
