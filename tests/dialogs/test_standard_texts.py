"""Standard texts and signatures: whose they are, who may use and change them, and what the log tells."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from audit.models import AuditEntry
from dialogs import standard_texts
from dialogs.models import MessageSignature, StandardText
from dialogs.signatures import choose_signature, signature_of
from dialogs.standard_texts import (
    TextContent,
    change_text,
    find_text,
    list_texts,
    remove_text,
    texts_for,
    write_text,
)
from organisation.errors import InvalidValues, NotFound
from tests.world import World

WELCOME = TextContent("Welkom", "Goedendag,\r\n\r\nDit is een beveiligd bericht. ")


def titles(world: World, name: str) -> list[str]:
    """What somebody can begin a message with."""
    return [line.content.title for line in texts_for(world.session, world.actor(name))]


def logged(world: World, action: str) -> list[AuditEntry]:
    """The entries of one action."""
    return list(world.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_own_texts_are_ones_own_and_those_of_the_organisation_for_its_people(world: World) -> None:
    """Never for another organisation, nor another's own for a colleague."""
    world.hire_arbo("Cor")
    write_text(world.session, WELCOME, world.actor("Carla"), shared=True)
    write_text(world.session, TextContent("afscheid", "Tot ziens"), world.actor("Cor"), shared=False)
    assert titles(world, "Cor") == ["afscheid", "Welkom"]
    assert titles(world, "Carla") == ["Welkom"]
    assert titles(world, "Dirk") == []
    assert titles(world, "Anna") == []


def test_a_text_is_changed_and_removed_by_who_may_with_an_entry_for_each(world: World) -> None:
    row = write_text(world.session, WELCOME, world.actor("Carla"), shared=True)
    found = find_text(world.session, row.id, world.actor("Carla"), shared=True)
    assert found.content == TextContent("Welkom", "Goedendag,\n\nDit is een beveiligd bericht.")
    change_text(world.session, row.id, WELCOME, world.actor("Carla"), shared=True)
    assert logged(world, "standard_text:update") == []
    change_text(world.session, row.id, TextContent("Welkom", "Dag"), world.actor("Carla"), shared=True)
    assert list_texts(world.session, world.actor("Carla"), shared=True)[0].content.text == "Dag"
    remove_text(world.session, row.id, world.actor("Carla"), shared=True)
    assert titles(world, "Carla") == []
    for action in ("create", "update", "remove"):
        (entry,) = logged(world, f"standard_text:{action}")
        assert (entry.object_id, entry.organisation_id) == (row.id, world.service.id)
        assert "Welkom" not in str(entry.details)


def test_somebody_elses_text_is_as_unknown_as_none(world: World) -> None:
    """D-rule 16. The way to the own texts does not lead to those of the organisation either."""
    shared = write_text(world.session, WELCOME, world.actor("Carla"), shared=True)
    own = write_text(world.session, WELCOME, world.actor("Carla"), shared=False)
    world.hire("Cora", world.service, "klantbeheer")
    for name, text_id, is_shared in (
        ("Dirk", shared.id, True),
        ("Cora", own.id, False),
        ("Carla", shared.id, False),
        ("Carla", own.id, True),
        ("Carla", uuid4(), True),
    ):
        with pytest.raises(NotFound):
            change_text(world.session, text_id, WELCOME, world.actor(name), shared=is_shared)
        with pytest.raises(NotFound):
            remove_text(world.session, text_id, world.actor(name), shared=is_shared)


def test_only_who_may_writes_for_the_organisation(world: World) -> None:
    world.hire_arbo("Cor")
    world.hire("Petra", world.employer, "privacyfunctionaris")
    with pytest.raises(PermissionDenied):
        write_text(world.session, WELCOME, world.actor("Cor"), shared=True)
    with pytest.raises(PermissionDenied):
        list_texts(world.session, world.actor("Cor"), shared=True)
    for act in (texts_for, signature_of):
        with pytest.raises(PermissionDenied):
            act(world.session, world.actor("Petra"))
    with pytest.raises(PermissionDenied):
        choose_signature(world.session, "Groet", world.actor("Petra"))


def test_what_is_missing_or_too_long_is_told_beside_its_field(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    carla = world.actor("Carla")
    for content, fields in (
        (TextContent(" ", "\n"), ["title", "text"]),
        (TextContent("x" * 121, "y" * 2001), ["title", "text"]),
        (TextContent("x" * 121, "y" * 2000), ["title"]),
    ):
        with pytest.raises(InvalidValues) as refusal:
            write_text(world.session, content, carla, shared=False)
        assert [fault.field for fault in refusal.value.faults] == fields
    monkeypatch.setattr(standard_texts, "MOST_TEXTS", 1)
    write_text(world.session, WELCOME, carla, shared=False)
    with pytest.raises(InvalidValues):
        write_text(world.session, WELCOME, carla, shared=False)
    write_text(world.session, WELCOME, carla, shared=True)
    assert len(world.session.scalars(select(StandardText)).all()) == 2


def test_a_signature_is_ones_own_and_goes_when_it_is_emptied(world: World) -> None:
    world.hire_arbo("Cor")
    choose_signature(world.session, "Met vriendelijke groet,\r\nCarla ", world.actor("Carla"))
    assert signature_of(world.session, world.actor("Carla")) == "Met vriendelijke groet,\nCarla"
    assert signature_of(world.session, world.actor("Cor")) == ""
    choose_signature(world.session, "Groet, Carla", world.actor("Carla"))
    assert signature_of(world.session, world.actor("Carla")) == "Groet, Carla"
    with pytest.raises(InvalidValues):
        choose_signature(world.session, "x" * 501, world.actor("Carla"))
    choose_signature(world.session, "  ", world.actor("Carla"))
    assert signature_of(world.session, world.actor("Carla")) == ""
    assert world.session.scalars(select(MessageSignature)).all() == []


def test_neither_lies_readable_in_the_database(world: World) -> None:
    write_text(world.session, WELCOME, world.actor("Carla"), shared=True)
    choose_signature(world.session, "Met groet", world.actor("Carla"))
    sealed = [
        *world.session.scalars(select(StandardText.sealed)),
        *world.session.scalars(select(MessageSignature.sealed)),
    ]
    assert len(sealed) == 2
    assert not any(word in blob for blob in sealed for word in (b"Welkom", b"Goedendag", b"groet"))
