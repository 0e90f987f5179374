"""Instellingen (T-01, T-02)."""

from __future__ import annotations

from tests.portal.test_languages import kept_language, language_of
from tests.portal.world import World


def test_the_language_is_kept_and_works_at_once_also_elsewhere(world: World) -> None:
    world.add("Anna", "werkgever")
    elsewhere, visitor = world.log_in("Anna"), world.log_in("Anna")
    visitor.get("/instellingen")

    page = visitor.submit({"language": "en"})

    assert (language_of(page), page.heading) == ("en", "Settings")
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
