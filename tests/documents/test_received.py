"""*Mijn documenten*: what somebody signed stays readable for that person, and goes when the dossier's document goes."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import delete, select

from accounts.errors import PermissionDenied
from audit.models import AuditEntry
from documents.models import Document, DocumentVersion, FileKey, StoredFile
from documents.received import list_received, read_received
from documents.storing import read_content
from organisation.errors import NotFound
from tests.documents.cabinet import Cabinet
from tests.signing.sitting import NAME, Sitting, sit_down
from tests.vault.employees import hire_employee, link


@pytest.fixture
def sitting(cabinet: Cabinet) -> Sitting:
    """Hans of Bakkerij Mulder, and Eva, whose account may open her record."""
    hire_employee(cabinet.world, "Eva")
    link(cabinet.world, cabinet.shared, "Eva")
    return sit_down(cabinet)


def signed_by_eva(sitting: Sitting) -> Document:
    """A document that Hans and Eva signed, with its evidence."""
    document = sitting.document()
    request = sitting.request(document)
    sitting.signers(request)[1].person_id = sitting.world.people["Eva"].id
    sitting.go_on(request)
    for position in (1, 2):
        sitting.agree(request, position)
    sitting.go_on(request)
    return document


def test_a_signer_finds_the_document_and_the_evidence(sitting: Sitting) -> None:
    document = signed_by_eva(sitting)
    page = list_received(sitting.session, sitting.world.actor("Eva"))
    assert [(line.name, line.is_evidence, line.employer) for line in page.lines if not line.is_evidence] == [
        (NAME, False, "Bakkerij Mulder")
    ]
    assert {line.is_evidence for line in page.lines} == {True, False}
    assert (page.total, page.pages) == (2, 1)
    opened = read_received(sitting.session, document.id, 2, sitting.world.actor("Eva"))
    content = read_content(sitting.workshop.intake.store, opened.row, opened.key).read()
    assert content == sitting.cabinet.read("Hans", document)


def test_only_what_lies_for_the_own_person_is_found(sitting: Sitting) -> None:
    document = signed_by_eva(sitting)
    world = sitting.world
    world.open_account("Joop")
    assert list_received(sitting.session, world.actor("Joop")).lines == ()
    for name, number in (("Joop", 2), ("Eva", 1), ("Eva", 3)):
        with pytest.raises(NotFound):
            read_received(sitting.session, document.id, number, world.actor(name))
    with pytest.raises(NotFound):
        read_received(sitting.session, UUID(int=3), 1, world.actor("Eva"))
    with pytest.raises(PermissionDenied):
        list_received(sitting.session, world.actor("Hans"))


def test_a_renewed_key_opens_nothing_of_before(sitting: Sitting) -> None:
    document = signed_by_eva(sitting)
    sitting.world.renew_key("Eva")
    assert list_received(sitting.session, sitting.world.actor("Eva")).lines == ()
    with pytest.raises(NotFound):
        read_received(sitting.session, document.id, 2, sitting.world.actor("Eva"))


def test_what_was_removed_is_gone_for_its_signer_too(sitting: Sitting) -> None:
    document = signed_by_eva(sitting)
    document.removed_at = sitting.session.source.now()
    sitting.session.flush()
    with pytest.raises(NotFound):
        read_received(sitting.session, document.id, 2, sitting.world.actor("Eva"))
    document.removed_at = None
    files = select(DocumentVersion.file_id).where(DocumentVersion.document_id == document.id)
    ids = list(sitting.session.scalars(files))
    sitting.session.execute(delete(FileKey).where(FileKey.file_id.in_(ids)))
    sitting.session.execute(delete(DocumentVersion).where(DocumentVersion.document_id == document.id))
    sitting.session.execute(delete(StoredFile).where(StoredFile.id.in_(ids)))
    assert [line.is_evidence for line in list_received(sitting.session, sitting.world.actor("Eva")).lines] == [True]


def test_each_look_is_in_the_own_log_and_in_that_of_the_employer(sitting: Sitting) -> None:
    document = signed_by_eva(sitting)
    eva = sitting.world.actor("Eva")
    read_received(sitting.session, document.id, 2, eva)
    list_received(sitting.session, eva)
    statement = select(AuditEntry).where(AuditEntry.actor_id == eva.person_id, AuditEntry.action == "document:read")
    entries = list(sitting.session.scalars(statement))
    assert {entry.organisation_id for entry in entries} == {eva.organisation_id, sitting.world.employer.id}
    assert {entry.object_id for entry in entries} == {document.id}
    listed = select(AuditEntry.details).where(
        AuditEntry.action == "document:list", AuditEntry.actor_id == eva.person_id
    )
    assert sitting.session.scalars(listed).all() == [{"count": 2, "page": 1, "total": 2, "filter": "signed"}]
