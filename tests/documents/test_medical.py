"""Medical documents do not exist for whoever is not in the circle (DOC-09, DOC-21; D-rules 34 and 35)."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select

from accounts.permissions import Permission
from documents.finding import find_document
from documents.labels import labels_to_move_to
from documents.listing import DocumentFilter, DocumentPage, list_documents
from documents.models import Document, FileKey
from documents.reach import is_in_medical_circle
from documents.relabelling import relabel_document
from documents.removing import remove_document
from documents.renaming import rename_document
from documents.uploading import NamedUpload, upload_version
from documents.who_can_open import who_can_open_document
from organisation.circles import give_medical, take_medical
from organisation.errors import NotFound
from organisation.memberships import give_role, take_role
from tests.dialogs.files import coming_in
from tests.documents.cabinet import CANARY, Cabinet
from tests.queries import statements_of
from tests.world import OPERATOR

OUTSIDE = ("Anna", "Kees", "Carla", "Cor", "Dirk")


@pytest.fixture
def medical(cabinet: Cabinet) -> Document:
    """A medical document that Cor uploaded, who is not in the circle."""
    return cabinet.add("Cor", cabinet.shared, "Medisch", "Diagnose.txt")


def test_who_uploads_without_being_in_the_circle_cannot_read_it_back(cabinet: Cabinet, medical: Document) -> None:
    assert cabinet.holders(medical) == {cabinet.circle_id}
    assert cabinet.read("Sanne", medical) == CANARY
    with pytest.raises(NotFound):
        cabinet.read("Cor", medical)


def test_nobody_else_finds_it_by_any_verb(cabinet: Cabinet, medical: Document) -> None:
    label_id = cabinet.label("Sanne", "Algemeen", cabinet.shared)
    for name in OUTSIDE:
        actor = cabinet.world.actor(name)
        upload = coming_in(cabinet.session, cabinet.intake, actor.organisation_id)
        acts = (
            partial(cabinet.read, name, medical),
            partial(find_document, cabinet.session, medical.id, actor, lock=True),
            partial(rename_document, cabinet.session, medical.id, "a", actor),
            partial(relabel_document, cabinet.session, medical.id, label_id, actor),
            partial(remove_document, cabinet.session, medical.id, actor),
            partial(upload_version, cabinet.session, medical.id, NamedUpload("a", upload), actor),
            partial(who_can_open_document, cabinet.session, medical.id, actor),
        )
        for act in acts:
            with pytest.raises(NotFound):
                act()
        upload.discard()
    assert cabinet.read("Sanne", medical) == CANARY


def test_it_is_in_no_list_count_or_search(cabinet: Cabinet) -> None:
    for number in range(3):
        cabinet.add("Anna", cabinet.shared, name=f"Stuk {number}.txt")

    def pages() -> dict[tuple[str, str], DocumentPage]:
        """What each person sees, without words and with those of the medical title."""
        place, people = cabinet.place(cabinet.shared), ("Anna", "Kees", "Carla", "Cor", "Sanne")
        wanted = {words: DocumentFilter(words=words) for words in ("", "diagnose", "txt")}
        return {
            (name, words): list_documents(cabinet.session, place, cabinet.world.actor(name), asked)
            for name in people
            for words, asked in wanted.items()
        }

    before = pages()
    cabinet.add("Cor", cabinet.shared, "Medisch", "Diagnose.txt")
    after = pages()
    assert {name for name, words in before if before[name, words] != after[name, words]} == {"Sanne"}


def test_a_right_without_the_key_finds_nothing(cabinet: Cabinet, medical: Document) -> None:
    """Whoever waits to be let into the circle, and whoever was put out of it."""
    give_role(cabinet.session, cabinet.world.people["Carla"].id, "medisch", OPERATOR)
    carla = cabinet.world.actor("Carla")
    assert Permission.MEDICAL_READ in carla.permissions
    assert not is_in_medical_circle(cabinet.session, carla)
    with pytest.raises(NotFound):
        cabinet.read("Carla", medical)


def test_a_key_without_the_right_finds_nothing(cabinet: Cabinet, medical: Document) -> None:
    take_role(cabinet.session, cabinet.world.people["Sanne"].id, "medisch", OPERATOR)
    sanne = cabinet.world.actor("Sanne")
    assert sanne.keys.can_open(cabinet.session, cabinet.circle_id)
    with pytest.raises(NotFound):
        cabinet.read("Sanne", medical)


def test_who_is_let_in_later_reads_it_and_who_is_put_out_does_not(cabinet: Cabinet, medical: Document) -> None:
    """New admissions need nothing: the circle has the key. Taken right, gone document, at once."""
    carla = cabinet.world.people["Carla"].id
    give_medical(cabinet.session, carla, cabinet.world.actor("Sanne"))
    assert cabinet.read("Carla", medical) == CANARY
    take_medical(cabinet.session, carla, cabinet.world.actor("Sanne"))
    with pytest.raises(NotFound):
        cabinet.read("Carla", medical)
    assert cabinet.read("Sanne", medical) == CANARY


def test_only_the_circle_moves_documents_into_it_and_out_of_it(cabinet: Cabinet, medical: Document) -> None:
    """D-rule 34; Cor may upload medical documents, and may not move one there."""
    document = cabinet.add("Carla", cabinet.shared)
    into = cabinet.label("Cor", "Medisch", cabinet.shared)
    place = cabinet.place(cabinet.shared)
    assert into not in {label.id for label in labels_to_move_to(cabinet.session, cabinet.world.actor("Cor"), place)}
    with pytest.raises(NotFound):
        relabel_document(cabinet.session, document.id, into, cabinet.world.actor("Cor"))
    relabel_document(cabinet.session, document.id, into, cabinet.world.actor("Sanne"))
    assert cabinet.holders(document) == {cabinet.circle_id}
    for name in ("Anna", "Carla"):
        with pytest.raises(NotFound):
            cabinet.read(name, document)
    out = cabinet.label("Sanne", "Alleen arbodienst", cabinet.shared)
    relabel_document(cabinet.session, medical.id, out, cabinet.world.actor("Sanne"))
    assert cabinet.holders(medical) == {cabinet.service_id}
    assert cabinet.read("Carla", medical) == CANARY


def test_a_look_asks_the_database_the_same_with_and_without_one(cabinet: Cabinet) -> None:
    """Not one query more or less, so that no time tells it either."""
    asked = []
    for _turn in range(2):
        actor = cabinet.world.actor("Carla")
        with statements_of(cabinet.session) as statements:
            list_documents(cabinet.session, cabinet.place(cabinet.shared), actor, DocumentFilter())
        asked.append(list(statements))
        cabinet.add("Cor", cabinet.shared, "Medisch")
    assert asked[0] == asked[1]
    assert cabinet.session.scalars(select(FileKey)).all()
