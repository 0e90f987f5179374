"""Berichten, its settings and standard texts (C.2: start dialogue, participate; D-03, D-rule 28)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.canaries import Kind
from tests.census.route import LISTERS, SERVICE, Route

OF_BOTH = (
    "conversations.", "dialogue_participants.", "dialogue_tabs.show_of_employer", "dialogues.", "message_settings.",
    "standard_texts.", "starting_dialogues.",
)  # fmt: skip
OF_SERVICES = ("dialogue_tabs.show_of_dossier",)

TALKERS = LISTERS | SERVICE
WRITERS_OF_TEXTS = frozenset({"werkgever", "klantbeheer"})
TEXT = {"title": "Welkom", "text": "Goedendag"}

REQUEST = "8c5e0c52-52ab-4f0c-9f0a-6a3c1f5d2b11"
NEW = {"subject": "Rooster", "text": "Dag", "participants": "user:{colleague}", "request_id": REQUEST}
ABOUT = ("werknemer={employee}", "over=niets")


def _dialogue(shows: Kind | None = None, **other: object) -> Route:
    return Route(TALKERS, shows=shows, **other)  # type: ignore[arg-type]


ROUTES: Mapping[tuple[str, str], Route] = {
    # Whoever takes part, and nobody else (D-03): everybody has a dialogue of his or her own in the town.
    ("dialogues.show_all", "GET"): _dialogue(Kind.DIALOGUE, queries=("werknemer={employee}", "stand=open", "pagina=2")),
    ("dialogues.show_search", "GET"): _dialogue(),
    ("dialogues.search", "POST"): _dialogue(
        Kind.DIALOGUE, values={"subject": ""}, others=({"employee": "{last_name}"}, {"participant": "Zqvx"})
    ),
    ("starting_dialogues.show", "GET"): _dialogue(queries=ABOUT, pairs=True),
    ("starting_dialogues.start", "POST"): _dialogue(values=NEW),
    ("conversations.show", "GET"): _dialogue(Kind.DIALOGUE, queries=("voor=1",)),
    ("conversations.post", "POST"): _dialogue(values={"text": "Ik wel", "request_id": REQUEST}),
    ("conversations.show_news", "GET"): _dialogue(Kind.DIALOGUE),
    ("conversations.keep_draft", "POST"): _dialogue(values={"text": "Nog niet af"}),
    ("dialogue_participants.show_adding", "GET"): _dialogue(Kind.DIALOGUE),
    ("dialogue_participants.add", "POST"): _dialogue(values={"history": "all"}, is_wrong=True),
    ("dialogue_participants.show_removal", "GET"): _dialogue(Kind.DIALOGUE),
    ("dialogue_participants.remove", "POST"): _dialogue(),
    ("dialogue_participants.invite_anew", "POST"): _dialogue(),
    ("dialogue_participants.show_replacing", "GET"): _dialogue(),
    ("dialogue_participants.replace", "POST"): _dialogue(),
    ("dialogue_participants.show_readmission", "GET"): _dialogue(),
    ("dialogue_participants.admit_again", "POST"): _dialogue(values={"history": "all", "compared": "2"}),
    ("dialogue_participants.reopen", "POST"): _dialogue(),
    ("dialogue_participants.leave_for_good", "POST"): _dialogue(),
    ("dialogue_participants.show_leaving", "GET"): _dialogue(Kind.DIALOGUE),
    ("dialogue_participants.show_closing", "GET"): _dialogue(Kind.DIALOGUE),
    ("dialogue_participants.close", "POST"): _dialogue(values={"reason": "Is rond"}),
    ("dialogue_tabs.show_of_employee", "GET"): Route(LISTERS, shows=Kind.PERSON),
    ("dialogue_tabs.show_of_dossier", "GET"): Route(SERVICE, shows=Kind.PERSON, needs_key=True),
    ("dialogue_tabs.show_of_employer", "GET"): _dialogue(Kind.ORGANISATION),
    ("message_settings.save_overview", "POST"): _dialogue(values={"weekly": "y"}),
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
