"""Every text is in English too, whole and with the same places to fill in (design 7)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from babel.messages.catalog import Message

from tools.translations import extracted, forms, translated

PLACE = re.compile(r"%(?:\([a-z_]+\))?[a-z%]")
ADVICE = "run `make translations`, and fill in what it names in translations/en/LC_MESSAGES/messages.po"


def faults(message: Message) -> Iterable[str]:
    """Return what is wrong with a translation."""
    dutch, english = forms(message.id), forms(message.string)
    if message.fuzzy:
        yield "is a guess that nobody looked at"
    if len(english) != len(dutch) or not all(english):
        yield "is not translated"
    elif {*places(*dutch)} != {*places(*english)}:
        yield f"fills in {sorted({*places(*english)})} and not {sorted({*places(*dutch)})}"
    elif any(before[:1].isspace() != after[:1].isspace() for before, after in zip(dutch, english, strict=True)):
        yield "begins otherwise"


def places(*texts: str) -> list[str]:
    """Return what the texts leave to be filled in."""
    return [place for text in texts for place in PLACE.findall(text) if message_fills_in(text)]


def message_fills_in(text: str) -> bool:
    """Tell whether a text has named places; others may say *100 %*."""
    return "%(" in text


def test_every_text_of_the_sources_has_a_translation_that_fits() -> None:
    catalogue = translated()
    untranslated = [str(message.id) for message in extracted() if message.id and message.id not in catalogue]
    wrong = [f"{message.id}: {fault}" for message in catalogue if message.id for fault in faults(message)]

    assert untranslated == [], ADVICE
    assert wrong == [], ADVICE


def test_no_translation_is_left_of_a_text_that_went() -> None:
    sources = extracted()
    left = [str(message.id) for message in translated() if message.id and message.id not in sources]

    assert left == [], ADVICE
    assert not translated().obsolete, ADVICE


def test_the_rule_sees_what_is_wrong() -> None:
    assert [*faults(Message("Hallo"))] == ["is not translated"]
    assert [*faults(Message("Hallo", "Hello", flags=["fuzzy"]))] == ["is a guess that nobody looked at"]
    assert [*faults(Message("Dag %(name)s", "Hello"))] == ["fills in [] and not ['%(name)s']"]
    assert [*faults(Message(("%(num)d dag", "%(num)d dagen"), ("%(num)d day", "")))] == ["is not translated"]
    assert [*faults(Message("Dag %(name)s", "Hello %(name)s"))] == []
