"""A document is made of a form, and anew of what was filled in; who opens it opens that too (DOC-10..DOC-12, G-14)."""

from __future__ import annotations

from typing import Any

import pypdfium2
import pytest
from sqlalchemy import func, select

from accounts.errors import PermissionDenied
from audit.models import AuditEntry
from crypto.errors import UnsealError
from documents import drawing, generating
from documents.adding import add_version
from documents.errors import FormRefused, NewerVersion
from documents.filling_in import Answers
from documents.generating import (
    begin_form,
    change_document,
    generate_document,
    labels_to_generate,
    values_of,
)
from documents.models import Document, DocumentKind, DocumentVersion, StoredFile
from documents.opening import open_version, read_document
from documents.places import place_of_form
from documents.templates import ACTION_PLAN, RETURN_PLAN
from organisation.errors import NotFound
from tests.documents.cabinet import Cabinet
from tests.documents.forms import return_plan
from vault.errors import NotShared


def generate(cabinet: Cabinet, by: str = "Anna", label: str = "Algemeen", typed: Answers | None = None) -> Document:
    """Let somebody make a *Werkhervattingsplan* for Yılmaz."""
    label_id = cabinet.label(by, label, cabinet.shared)
    return generate_document(
        cabinet.session,
        cabinet.intake,
        cabinet.shared,
        RETURN_PLAN,
        typed or return_plan(),
        label_id,
        cabinet.world.actor(by),
    )


def change(cabinet: Cabinet, document: Document, by: str, seen: int, **changed: str) -> DocumentVersion:
    """Let somebody change what was filled in."""
    actor = cabinet.world.actor(by)
    return change_document(cabinet.session, cabinet.intake, document.id, return_plan(**changed), seen, actor)


def told(data: bytes) -> str:
    """What a PDF says."""
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data)).split())


def test_a_form_begins_with_what_the_dossier_knows(cabinet: Cabinet) -> None:
    answers = begin_form(cabinet.session, ACTION_PLAN, cabinet.shared, cabinet.world.actor("Anna"))
    assert answers.fields["employee"].endswith("Yılmaz")
    assert answers.fields["personnel_number"] == "MS001"
    assert answers.fields["employer"] == "Bakkerij Mulder"
    assert answers.fields["contract_hours"]
    assert "goal" not in answers.fields
    assert "employee:read" in {entry.action for entry in cabinet.session.scalars(select(AuditEntry))}


def test_a_document_is_made_and_opens_for_both_sides(cabinet: Cabinet) -> None:
    document = generate(cabinet)
    assert (document.kind, document.version, document.template) == (DocumentKind.GENERATED, 1, "werkhervattingsplan")
    assert cabinet.holders(document) == {cabinet.vault_id, cabinet.service_id}
    for reader in ("Anna", "Carla"):
        assert "Casemanager: Đặng Nguyễn" in told(cabinet.read(reader, document))
    day = cabinet.session.source.now()
    about = read_document(cabinet.session, document.id, cabinet.world.actor("Anna")).about
    assert about.name == f"Werkhervattingsplan_Yılmaz_{day:%Y%m%d}.pdf"


def test_changing_what_was_filled_in_makes_the_next_version(cabinet: Cabinet) -> None:
    document = generate(cabinet)
    first = cabinet.read("Anna", document)
    filled = values_of(cabinet.session, document.id, cabinet.world.actor("Carla"))
    assert filled.answers.fields["work"] == "Deeg maken en kassa.\n\nNiet tillen."
    change(cabinet, document, "Carla", 1, work="Alleen de kassa.")
    assert document.version == 2
    assert "Alleen de kassa." in told(cabinet.read("Anna", document))
    assert "versie 2 van" in told(cabinet.read("Anna", document))
    assert cabinet.read("Anna", document, 1) == first
    again = values_of(cabinet.session, document.id, cabinet.world.actor("Anna"))
    assert (again.number, again.answers.fields["work"]) == (2, "Alleen de kassa.")
    assert again.name == filled.name


def test_who_is_second_is_told_and_nothing_is_lost(cabinet: Cabinet) -> None:
    document = generate(cabinet)
    change(cabinet, document, "Carla", 1, work="Alleen de kassa.")
    files = cabinet.session.scalar(select(func.count()).select_from(StoredFile))
    with pytest.raises(NewerVersion) as refused:
        change(cabinet, document, "Anna", 1, work="Niets.")
    assert refused.value.number == 2
    assert document.version == 2
    assert cabinet.session.scalar(select(func.count()).select_from(StoredFile)) == files
    change(cabinet, document, "Anna", 2, work="Niets.")
    assert document.version == 3


def test_who_is_overtaken_while_the_document_is_drawn_is_told_too(
    cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawing takes its time, and nobody waits for it: the version is looked at once more under the lock."""
    document = generate(cabinet)
    draw = drawing.draw_form

    def draw_after_carla(*arguments: Any, **more: Any) -> bytes:
        monkeypatch.setattr(generating, "draw_form", draw)
        change(cabinet, document, "Carla", 1, work="Alleen de kassa.")
        return draw(*arguments, **more)

    monkeypatch.setattr(generating, "draw_form", draw_after_carla)
    with pytest.raises(NewerVersion):
        change(cabinet, document, "Anna", 1, work="Niets.")
    assert "Alleen de kassa." in told(cabinet.read("Anna", document))
    assert document.version == 2


def test_an_uploaded_version_leaves_what_was_filled_in(cabinet: Cabinet) -> None:
    document = generate(cabinet)
    stored, key = cabinet.stored("Anna", b"Ondertekend.", "plan.txt")
    actor = cabinet.world.actor("Anna")
    add_version(cabinet.session, document, stored, key, by=actor.who, keys=actor.keys)
    filled = values_of(cabinet.session, document.id, actor)
    assert (filled.number, filled.document.version) == (1, 2)
    assert change(cabinet, document, "Anna", 2).number == 3


def test_a_form_that_is_wrong_makes_nothing(cabinet: Cabinet) -> None:
    with pytest.raises(FormRefused):
        generate(cabinet, typed=Answers())
    assert cabinet.session.scalar(select(func.count()).select_from(Document)) == 0
    assert cabinet.session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_it_is_never_a_medical_document(cabinet: Cabinet) -> None:
    labels = labels_to_generate(cabinet.session, cabinet.world.actor("Sanne"), cabinet.place(cabinet.shared))
    assert {label.audience for label in labels} == {"both", "service"}
    with pytest.raises(NotFound):
        generate(cabinet, "Sanne", "Medisch")


def test_who_may_not_edit_makes_and_changes_nothing(cabinet: Cabinet) -> None:
    world = cabinet.world
    document = generate(cabinet)
    label_id = cabinet.label("Anna", "Algemeen", cabinet.shared)
    world.hire_vault_user("Lotte", "datakluisgebruiker", "wg_meekijken")
    lotte = world.actor("Lotte")
    with pytest.raises(PermissionDenied):
        begin_form(cabinet.session, RETURN_PLAN, cabinet.shared, lotte)
    with pytest.raises(PermissionDenied):
        generate_document(cabinet.session, cabinet.intake, cabinet.shared, RETURN_PLAN, return_plan(), label_id, lotte)
    with pytest.raises(PermissionDenied):
        values_of(cabinet.session, document.id, lotte)
    with pytest.raises(PermissionDenied):
        change(cabinet, document, "Lotte", 1)
    assert values_of(cabinet.session, document.id, lotte, shown_as="word").answers.fields["employee"] == "Ünal Çelik"


def test_nothing_is_made_for_who_is_not_shared_or_out_of_reach(cabinet: Cabinet) -> None:
    """D-rule 23."""
    label_id = cabinet.label("Carla", "Algemeen", cabinet.shared)
    session, typed = cabinet.session, return_plan()
    with pytest.raises(NotShared):
        generate_document(
            session, cabinet.intake, cabinet.unshared, RETURN_PLAN, typed, label_id, cabinet.world.actor("Carla")
        )
    with pytest.raises(NotFound):
        generate_document(
            session, cabinet.intake, cabinet.shared, RETURN_PLAN, typed, label_id, cabinet.world.actor("Dirk")
        )
    document = generate(cabinet)
    for stranger in ("Dirk", "Bram"):
        with pytest.raises(NotFound):
            values_of(session, document.id, cabinet.world.actor(stranger), shown_as="word")
        with pytest.raises(NotFound):
            change(cabinet, document, stranger, 1)


def test_what_was_not_made_from_a_form_has_no_form(cabinet: Cabinet) -> None:
    document = cabinet.add("Anna", cabinet.shared)
    with pytest.raises(NotFound):
        values_of(cabinet.session, document.id, cabinet.world.actor("Anna"))
    with pytest.raises(NotFound):
        change(cabinet, document, "Anna", 1)


def test_the_log_tells_which_form_and_version_and_no_word_of_it(cabinet: Cabinet) -> None:
    document = generate(cabinet)
    change(cabinet, document, "Carla", 1)
    entries = [
        (entry.actor_id, entry.details)
        for entry in cabinet.session.scalars(select(AuditEntry).where(AuditEntry.action == "document:generate"))
    ]
    ids = {name: cabinet.world.people[name].id for name in ("Anna", "Carla")}
    assert sorted(details["version"] for _actor, details in entries) == [1, 2]
    assert {actor for actor, _details in entries} == set(ids.values())
    assert all(set(details) == {"template", "version"} for _actor, details in entries)


def test_what_was_filled_in_is_bound_to_its_version(cabinet: Cabinet) -> None:
    document = generate(cabinet)
    change(cabinet, document, "Anna", 1)
    one, two = cabinet.session.scalars(select(DocumentVersion).order_by(DocumentVersion.number))
    assert place_of_form(one) != place_of_form(two)
    one.form_sealed = two.form_sealed
    cabinet.session.flush()
    opened = open_version(cabinet.session, document, 1, cabinet.world.actor("Anna"))
    with pytest.raises(UnsealError):
        _form = opened.form
