"""*Trajectendossier* as a list: only what is reached, fifty a page, found by title (DOC-01..DOC-04, D-rules 23, 35)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from audit.models import AuditEntry
from crypto.source import SeededSource
from documents import listing
from documents.listing import DocumentFilter, DocumentPage, list_documents
from documents.models import DocumentKind, DocumentState, FileKey
from organisation.errors import NotFound
from tests.documents.cabinet import Cabinet
from tests.queries import statements_of
from vault.errors import NotShared

NOTHING = DocumentFilter()


def listed(cabinet: Cabinet, by: str, wanted: DocumentFilter = NOTHING, number: int = 1) -> DocumentPage:
    """The documents of MS001 as somebody sees them."""
    place = cabinet.place(cabinet.shared)
    return list_documents(cabinet.session, place, cabinet.world.actor(by), wanted, number)


def titles(page: DocumentPage) -> list[str]:
    """What is on a page, from above."""
    return [line.title for line in page.lines]


def later(cabinet: Cabinet) -> None:
    """Let a minute pass."""
    source = cabinet.session.source
    assert isinstance(source, SeededSource)
    source.advance(timedelta(minutes=1))


def test_each_side_sees_what_is_for_it(cabinet: Cabinet) -> None:
    for by, label, name in (
        ("Anna", "Algemeen", "Samen.txt"),
        ("Anna", "Alleen werkgever", "Van Anna.txt"),
        ("Carla", "Alleen arbodienst", "Van Carla.txt"),
        ("Sanne", "Medisch", "Van Sanne.txt"),
        ("Kees", "Gemigreerde documenten uit VDD", "Oud.txt"),
    ):
        cabinet.add(by, cabinet.shared, label, name)
        later(cabinet)
    cabinet.add("Anna", cabinet.unshared, name="Van een ander.txt")
    cabinet.add("Anna", None, name="Van de werkgever.txt")
    assert titles(listed(cabinet, "Hans")) == ["Van Anna.txt", "Samen.txt"]
    assert titles(listed(cabinet, "Kees")) == ["Oud.txt", "Van Anna.txt", "Samen.txt"]
    assert titles(listed(cabinet, "Carla")) == ["Oud.txt", "Van Carla.txt", "Samen.txt"]
    assert titles(listed(cabinet, "Cor")) == titles(listed(cabinet, "Carla"))
    assert titles(listed(cabinet, "Sanne")) == ["Oud.txt", "Van Sanne.txt", "Van Carla.txt", "Samen.txt"]
    assert [label.name for label in listed(cabinet, "Hans").labels] == ["Algemeen", "Alleen werkgever"]
    line = listed(cabinet, "Carla").lines[-1]
    assert (line.kind, line.label, line.state, line.version) == ("imported", "Algemeen", "final", 1)
    assert (line.of, line.size, line.file_kind) == ("Bakkerij Mulder", 43, "text")


def test_the_dossier_of_the_employer_is_a_list_of_its_own(cabinet: Cabinet) -> None:
    """DOC-23."""
    cabinet.add("Carla", None, "DVO", "Overeenkomst.txt")
    cabinet.add("Carla", cabinet.shared)
    for by in ("Anna", "Carla"):
        page = list_documents(cabinet.session, cabinet.place(None), cabinet.world.actor(by), NOTHING)
        assert titles(page) == ["Overeenkomst.txt"]


def test_there_is_no_list_where_there_is_no_dossier(cabinet: Cabinet) -> None:
    for by, employee_id, refusal in (
        ("Carla", cabinet.unshared, NotShared),
        ("Dirk", cabinet.shared, NotFound),
        ("Bram", None, NotFound),
    ):
        with pytest.raises(refusal):
            list_documents(cabinet.session, cabinet.place(employee_id), cabinet.world.actor(by), NOTHING)
    cabinet.world.hire_arbo("Inge", roles=("medewerker_facturatie",))
    with pytest.raises(PermissionDenied):
        listed(cabinet, "Inge")


def test_a_list_is_narrowed_and_the_log_tells_by_what(cabinet: Cabinet) -> None:
    cabinet.add("Anna", cabinet.shared, name="Rooster.txt")
    cabinet.add("Anna", cabinet.shared, "Mandaat – Algemeen", "Mandaat.txt")
    cabinet.add("Anna", cabinet.shared, name="Plan.txt", kind=DocumentKind.GENERATED)
    by_label = DocumentFilter(label_id=cabinet.label("Anna", "Mandaat – Algemeen", cabinet.shared))
    assert titles(listed(cabinet, "Anna", DocumentFilter(kind=DocumentKind.GENERATED))) == ["Plan.txt"]
    assert titles(listed(cabinet, "Anna", by_label)) == ["Mandaat.txt"]
    assert listed(cabinet, "Anna", DocumentFilter(state=DocumentState.SIGNED)).total == 0
    assert titles(listed(cabinet, "Anna", DocumentFilter(words="ROOST"))) == ["Rooster.txt"]
    entries = cabinet.session.scalars(select(AuditEntry).where(AuditEntry.action == "document:list"))
    told = {tuple(sorted(entry.details.items())) for entry in entries}
    assert told == {
        (("count", 1), ("filter", "kind"), ("page", 1), ("total", 1)),
        (("count", 1), ("filter", "label"), ("page", 1), ("total", 1)),
        (("count", 0), ("filter", "state"), ("page", 1), ("total", 0)),
        (("count", 3), ("filter", "words"), ("page", 1), ("total", 3)),
    }


def test_words_are_found_whatever_their_case_and_accents(cabinet: Cabinet) -> None:
    for name in ("Rooster.txt", "Congé Yılmaz.txt"):
        cabinet.add("Anna", cabinet.shared, name=name)
        later(cabinet)
    for words, found in (
        ("conge", ["Congé Yılmaz.txt"]),
        ("yilmaz CONGE", ["Congé Yılmaz.txt"]),
        ("txt", ["Congé Yılmaz.txt", "Rooster.txt"]),
        ("conge rooster", []),
    ):
        assert titles(listed(cabinet, "Hans", DocumentFilter(words=words))) == found


def test_so_many_are_not_opened_to_compare(cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_COMPARED", 2)
    for number in range(3):
        cabinet.add("Anna", cabinet.shared, name=f"Rooster {number}.txt")
    page = listed(cabinet, "Anna", DocumentFilter(words="rooster"))
    assert (page.is_too_many, page.lines) == (True, ())
    narrowed = DocumentFilter(kind=DocumentKind.GENERATED, words="rooster")
    assert not listed(cabinet, "Anna", narrowed).is_too_many


def test_fifty_are_on_a_page_in_as_many_queries_as_one(cabinet: Cabinet) -> None:
    """Style: no query in a loop, also where keys lie as they were sent."""
    cabinet.add("Anna", cabinet.shared, name="Eerste.txt")
    carla = cabinet.world.actor("Carla")
    with statements_of(cabinet.session) as for_one:
        list_documents(cabinet.session, cabinet.place(cabinet.shared), carla, NOTHING)
    for number in range(52):
        later(cabinet)
        cabinet.add("Anna", cabinet.shared, name=f"Stuk {number:02}.txt")
    carla = cabinet.world.actor("Carla")
    with statements_of(cabinet.session) as for_fifty:
        page = list_documents(cabinet.session, cabinet.place(cabinet.shared), carla, NOTHING)
    assert (len(page.lines), page.total, page.pages) == (50, 53, 2)
    assert len(for_fifty) == len(for_one)
    assert titles(listed(cabinet, "Carla", number=2)) == ["Stuk 01.txt", "Stuk 00.txt", "Eerste.txt"]
    found = listed(cabinet, "Carla", DocumentFilter(words="stuk"), number=2)
    assert (len(found.lines), found.total) == (2, 52)


def test_what_was_sent_is_laid_under_the_own_key_at_the_first_look(cabinet: Cabinet) -> None:
    document = cabinet.add("Anna", cabinet.shared)
    of_service = select(FileKey.form).where(FileKey.holder_id == cabinet.service_id)
    assert cabinet.session.scalars(of_service).all() == ["sealed"]
    listed(cabinet, "Carla")
    cabinet.session.expire_all()
    assert cabinet.session.scalars(of_service).all() == ["wrapped"]
    assert cabinet.read("Carla", document) == cabinet.read("Anna", document)


def test_a_line_shows_no_title_of_itself(cabinet: Cabinet) -> None:
    cabinet.add("Anna", cabinet.shared, name="Geheim.txt")
    page = listed(cabinet, "Anna", DocumentFilter(words="geheim"))
    assert "eheim" not in repr(page)
    assert "eheim" not in repr(replace(NOTHING, words="geheim"))
