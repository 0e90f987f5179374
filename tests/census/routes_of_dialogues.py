"""Berichten, its settings and standard texts (C.2: start dialogue, participate; D-03, D-rule 28)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.route import LISTERS, SERVICE, Route

OF_BOTH = ("message_settings.", "standard_texts.")

TALKERS = LISTERS | SERVICE
WRITERS_OF_TEXTS = frozenset({"werkgever", "klantbeheer"})
TEXT = {"title": "Welkom", "text": "Goedendag"}

ROUTES: Mapping[tuple[str, str], Route] = {
    ("message_settings.show", "GET"): Route(TALKERS),
    ("message_settings.save_signature", "POST"): Route(TALKERS, values={"signature": "Met groet"}),
    ("message_settings.show_new", "GET"): Route(TALKERS),
    ("message_settings.add", "POST"): Route(TALKERS, values=TEXT),
    ("message_settings.show_one", "GET"): Route(TALKERS),
    ("message_settings.change", "POST"): Route(TALKERS, values=TEXT),
    ("message_settings.show_removal", "GET"): Route(TALKERS),
    ("message_settings.remove", "POST"): Route(TALKERS),
    ("standard_texts.show", "GET"): Route(WRITERS_OF_TEXTS),
    ("standard_texts.show_new", "GET"): Route(WRITERS_OF_TEXTS),
    ("standard_texts.add", "POST"): Route(WRITERS_OF_TEXTS, values=TEXT),
    ("standard_texts.show_one", "GET"): Route(WRITERS_OF_TEXTS),
    ("standard_texts.change", "POST"): Route(WRITERS_OF_TEXTS, values=TEXT),
    ("standard_texts.show_removal", "GET"): Route(WRITERS_OF_TEXTS),
    ("standard_texts.remove", "POST"): Route(WRITERS_OF_TEXTS),
}
