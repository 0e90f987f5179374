"""An arbo service has labels of its own, and what one means stays so for documents that have it (DOC-05, DOC-18)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from audit.models import AuditEntry
from documents.finding import find_document
from documents.label_administration import (
    LabelContent,
    LabelLine,
    change_label,
    create_label,
    find_own_label,
    list_labels,
    restore_label,
    retire_label,
)
from documents.labels import labels_for
from documents.models import Audience, DocumentLabel
from organisation.errors import InvalidValues, NotFound
from tests.documents.cabinet import Cabinet

SERVICE = LabelContent("Casus", of_employer=False, audience=Audience.SERVICE)


def create(cabinet: Cabinet, content: LabelContent = SERVICE) -> UUID:
    """Let Carla make a label."""
    return create_label(cabinet.session, content, cabinet.world.actor("Carla")).id


def change(cabinet: Cabinet, label_id: UUID, content: LabelContent) -> None:
    """Let Carla change a label."""
    change_label(cabinet.session, label_id, content, cabinet.world.actor("Carla"))


def line_of(cabinet: Cabinet, label_id: UUID) -> LabelLine:
    """The label as Carla sees it."""
    return next(line for line in list_labels(cabinet.session, cabinet.world.actor("Carla")) if line.id == label_id)


def faults(refused: pytest.ExceptionInfo[InvalidValues]) -> list[str]:
    """The fields in which something is wrong."""
    return [fault.field for fault in refused.value.faults]


def test_a_label_of_a_service_is_there_for_its_people_and_the_employers_it_serves(cabinet: Cabinet) -> None:
    create(cabinet, LabelContent(" Mandaat  2027 ", of_employer=False, audience=Audience.BOTH))
    create(cabinet)
    of_carla = {
        label.name for label in labels_for(cabinet.session, cabinet.world.actor("Carla"), cabinet.place(cabinet.shared))
    }
    of_anna = {
        label.name for label in labels_for(cabinet.session, cabinet.world.actor("Anna"), cabinet.place(cabinet.shared))
    }
    assert {"Mandaat 2027", "Casus"} <= of_carla
    assert "Mandaat 2027" in of_anna
    assert "Casus" not in of_anna
    document = cabinet.add("Carla", cabinet.shared, "Casus")
    assert cabinet.holders(document) == {cabinet.service_id}


def test_those_that_come_along_are_shown_and_stay(cabinet: Cabinet) -> None:
    lines = list_labels(cabinet.session, cabinet.world.actor("Carla"))
    medical = next(line for line in lines if line.content.audience is Audience.MEDICAL)
    assert medical.is_fixed
    for act in (find_own_label, retire_label):
        with pytest.raises(NotFound):
            act(cabinet.session, medical.id, cabinet.world.actor("Carla"))
    with pytest.raises(NotFound):
        change(cabinet, medical.id, SERVICE)


def test_for_whom_a_label_is_can_change_until_a_document_has_it(cabinet: Cabinet) -> None:
    label_id = create(cabinet)
    change(cabinet, label_id, replace(SERVICE, name="Casus 2", audience=Audience.BOTH, is_limited=True))
    assert not line_of(cabinet, label_id).audience_stays
    change(cabinet, label_id, SERVICE)
    cabinet.add("Carla", cabinet.shared, "Casus")
    assert line_of(cabinet, label_id).audience_stays
    for content in (replace(SERVICE, audience=Audience.BOTH), replace(SERVICE, of_employer=True)):
        with pytest.raises(InvalidValues) as refused:
            change(cabinet, label_id, content)
        assert faults(refused) == ["audience"]
    change(cabinet, label_id, replace(SERVICE, name="Casuïstiek"))
    assert line_of(cabinet, label_id).content.name == "Casuïstiek"


def test_whether_medical_documents_have_a_label_is_not_to_be_seen(cabinet: Cabinet) -> None:
    """D-rule 35: with and without such documents the page is the same."""
    label_id = create(cabinet, LabelContent("Spreekuur", of_employer=False, audience=Audience.MEDICAL))
    before = list_labels(cabinet.session, cabinet.world.actor("Carla"))
    cabinet.add("Sanne", cabinet.shared, "Spreekuur")
    assert list_labels(cabinet.session, cabinet.world.actor("Carla")) == before
    assert line_of(cabinet, label_id).audience_stays
    with pytest.raises(InvalidValues):
        change(cabinet, label_id, replace(SERVICE, name="Spreekuur"))


def test_a_label_for_few_holds_at_once_for_documents_that_have_it(cabinet: Cabinet) -> None:
    """DOC-04."""
    content = LabelContent("Dossier", of_employer=False, audience=Audience.BOTH)
    label_id = create(cabinet, content)
    document = cabinet.add("Carla", cabinet.shared, "Dossier")
    assert find_document(cabinet.session, document.id, cabinet.world.actor("Hans"))
    change(cabinet, label_id, replace(content, is_limited=True))
    with pytest.raises(NotFound):
        find_document(cabinet.session, document.id, cabinet.world.actor("Hans"))
    assert find_document(cabinet.session, document.id, cabinet.world.actor("Kees"))


def test_one_out_of_use_is_given_to_no_document_and_kept_by_those_that_have_it(cabinet: Cabinet) -> None:
    label_id = create(cabinet)
    document = cabinet.add("Carla", cabinet.shared, "Casus")
    retire_label(cabinet.session, label_id, cabinet.world.actor("Carla"))
    assert line_of(cabinet, label_id).is_retired
    assert cabinet.read("Carla", document)
    with pytest.raises(KeyError):
        cabinet.label("Carla", "Casus", cabinet.shared)
    with pytest.raises(NotFound):
        retire_label(cabinet.session, label_id, cabinet.world.actor("Carla"))
    assert create(cabinet) != label_id, "its name is free again"


def test_one_out_of_use_comes_back_with_what_it_meant(cabinet: Cabinet) -> None:
    label_id, carla = create(cabinet), cabinet.world.actor("Carla")
    with pytest.raises(NotFound):
        restore_label(cabinet.session, label_id, carla)
    retire_label(cabinet.session, label_id, carla)
    restore_label(cabinet.session, label_id, carla)
    assert line_of(cabinet, label_id).content == SERVICE
    assert cabinet.label("Carla", "Casus", cabinet.shared) == label_id


def test_one_whose_name_another_has_does_not_come_back(cabinet: Cabinet) -> None:
    label_id, carla = create(cabinet), cabinet.world.actor("Carla")
    retire_label(cabinet.session, label_id, carla)
    create(cabinet)
    with pytest.raises(InvalidValues) as refused:
        restore_label(cabinet.session, label_id, carla)
    assert faults(refused) == ["name"]
    assert line_of(cabinet, label_id).is_retired


def test_what_no_label_can_be_is_refused_by_field(cabinet: Cabinet) -> None:
    create(cabinet)
    wrong = (
        (replace(SERVICE, name=" "), ["name"]),
        (replace(SERVICE, name="x" * 61), ["name"]),
        (replace(SERVICE, name="CASUS"), ["name"]),
        (replace(SERVICE, name="algemeen"), ["name"]),
        (replace(SERVICE, name="Nieuw", audience=Audience.MEDICAL, of_employer=True), ["audience"]),
        (replace(SERVICE, name="Nieuw", is_limited=True), ["is_limited"]),
    )
    for content, fields in wrong:
        with pytest.raises(InvalidValues) as refused:
            create(cabinet, content)
        assert faults(refused) == fields


def test_labels_of_another_service_are_not_found(cabinet: Cabinet) -> None:
    label_id = create(cabinet)
    dirk = cabinet.world.actor("Dirk")
    assert "Casus" not in {line.content.name for line in list_labels(cabinet.session, dirk)}
    for unknown in (label_id, uuid4()):
        with pytest.raises(NotFound):
            find_own_label(cabinet.session, unknown, dirk)
        with pytest.raises(NotFound):
            change_label(cabinet.session, unknown, SERVICE, dirk)
        with pytest.raises(NotFound):
            retire_label(cabinet.session, unknown, dirk)
    retire_label(cabinet.session, label_id, cabinet.world.actor("Carla"))
    with pytest.raises(NotFound):
        restore_label(cabinet.session, label_id, dirk)


def test_only_who_administers_labels_does(cabinet: Cabinet) -> None:
    label_id = create(cabinet)
    for name in ("Cor", "Anna"):
        actor = cabinet.world.actor(name)
        with pytest.raises(PermissionDenied):
            list_labels(cabinet.session, actor)
        with pytest.raises(PermissionDenied):
            create_label(cabinet.session, SERVICE, actor)
        with pytest.raises(PermissionDenied):
            change_label(cabinet.session, label_id, SERVICE, actor)
        for act in (retire_label, restore_label):
            with pytest.raises(PermissionDenied):
                act(cabinet.session, label_id, actor)


def test_the_log_tells_what_it_was_and_is_and_not_how_it_is_called(cabinet: Cabinet) -> None:
    label_id = create(cabinet)
    change(cabinet, label_id, replace(SERVICE, audience=Audience.EMPLOYER, is_limited=True))
    change(cabinet, label_id, replace(SERVICE, audience=Audience.EMPLOYER, is_limited=True))
    retire_label(cabinet.session, label_id, cabinet.world.actor("Carla"))
    restore_label(cabinet.session, label_id, cabinet.world.actor("Carla"))
    told = [
        (entry.action, entry.details)
        for entry in cabinet.session.scalars(select(AuditEntry).where(AuditEntry.object_id == label_id))
    ]
    assert sorted(told, key=lambda entry: entry[0]) == [
        ("document_label:create", {"audience": "service"}),
        ("document_label:remove", {"audience": "employer"}),
        ("document_label:restore", {"audience": "employer"}),
        ("document_label:update", {"old": "service", "new": "employer, limited", "name": "same"}),
    ]
    assert cabinet.session.get_one(DocumentLabel, label_id).name == "Casus"
