"""Another name, another label, another version, and removal (DOC-05, DOC-12, DOC-13; D-rule 34)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from audit.models import AuditEntry
from documents.adding import add_version
from documents.errors import BeingSigned, NameMissing, OfOtherSide, SignedStays
from documents.models import Document, DocumentState, DocumentVersion, FileKey, StoredFile
from documents.opening import read_document
from documents.relabelling import KeyHolder, describe_change, labels_to_choose, relabel_document
from documents.removing import removal_consequences, remove_document
from documents.renaming import rename_document
from documents.uploading import NamedUpload, upload_documents, upload_version
from documents.who_can_open import who_can_open_document
from keys.models import HolderKind
from organisation.errors import NotFound
from signing.models import SigningRequest
from tests.dialogs.files import coming_in
from tests.documents.cabinet import CANARY, Cabinet
from vault.models import Share


def name_of(cabinet: Cabinet, by: str, document: Document, number: int | None = None) -> str:
    """What a version is called, for somebody."""
    return read_document(cabinet.session, document.id, cabinet.world.actor(by), number=number).about.name


def incoming(cabinet: Cabinet, by: str, data: bytes = b"Twee", name: str = "twee.txt") -> NamedUpload:
    """A file that somebody sends."""
    organisation_id = cabinet.world.actor(by).organisation_id
    return NamedUpload(name, coming_in(cabinet.session, cabinet.intake, organisation_id, data))


def sign(cabinet: Cabinet, document: Document, *signers: UUID) -> None:
    """Give a document a signed version."""
    stored, key = cabinet.stored("Anna", b"Getekend")
    anna = cabinet.world.actor("Anna")
    state = DocumentState.SIGNED
    add_version(cabinet.session, document, stored, key, by=anna.who, keys=anna.keys, state=state, signers=signers)


def test_several_files_become_as_many_documents(cabinet: Cabinet) -> None:
    label_id = cabinet.label("Anna", "Algemeen", cabinet.shared)
    files = [incoming(cabinet, "Anna", data, name) for data, name in ((b"een", "een.txt"), (b"twee", "twee.txt"))]
    anna = cabinet.world.actor("Anna")
    added = upload_documents(cabinet.session, cabinet.place(cabinet.shared), label_id, files, anna)
    assert [cabinet.read("Carla", document) for document in added] == [b"een", b"twee"]
    assert {document.kind for document in added} == {"imported"}


def test_uploading_and_changing_take_their_permissions(cabinet: Cabinet) -> None:
    cabinet.world.hire_vault_user("Gijs", "datakluisgebruiker", "leidinggevende")
    cabinet.world.hire_arbo("Wim", roles=("wga_wac",))
    label_id = cabinet.label("Anna", "Algemeen", cabinet.shared)
    document = cabinet.add("Anna", cabinet.shared)
    file, place = incoming(cabinet, "Gijs"), cabinet.place(cabinet.shared)
    with pytest.raises(PermissionDenied):
        upload_documents(cabinet.session, place, label_id, [file], cabinet.world.actor("Gijs"))
    wim = cabinet.world.actor("Wim")
    acts: tuple[Callable[[], object], ...] = (
        lambda: upload_version(cabinet.session, document.id, file, wim),
        lambda: rename_document(cabinet.session, document.id, "a", wim),
        lambda: relabel_document(cabinet.session, document.id, label_id, wim),
        lambda: remove_document(cabinet.session, document.id, wim),
    )
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()
    file.upload.discard()


def test_a_new_version_is_read_by_the_same_and_the_old_one_stays(cabinet: Cabinet) -> None:
    document = cabinet.add("Anna", cabinet.shared)
    version = upload_version(cabinet.session, document.id, incoming(cabinet, "Carla"), cabinet.world.actor("Carla"))
    assert (version.number, document.version) == (2, 2)
    assert cabinet.read("Hans", document) == b"Twee"
    assert cabinet.read("Hans", document, 1) == CANARY
    share = cabinet.session.scalars(select(Share)).one()
    assert share.content_began_at is not None
    entry = cabinet.session.scalars(select(AuditEntry).where(AuditEntry.action == "document:replace")).one()
    assert entry.details == {"version": 2, "kind": "text", "size": 4}


def test_a_name_changes_for_all_who_open_it(cabinet: Cabinet) -> None:
    document = cabinet.add("Anna", cabinet.shared, name="Oud.txt")
    rename_document(cabinet.session, document.id, " Nieuw/naam ", cabinet.world.actor("Carla"))
    assert name_of(cabinet, "Hans", document) == name_of(cabinet, "Carla", document) == "naam.txt"
    with pytest.raises(NameMissing):
        rename_document(cabinet.session, document.id, "  ", cabinet.world.actor("Anna"))
    upload_version(cabinet.session, document.id, incoming(cabinet, "Anna"), cabinet.world.actor("Anna"))
    assert (name_of(cabinet, "Anna", document), name_of(cabinet, "Anna", document, 1)) == ("twee.txt", "naam.txt")
    stored = cabinet.session.scalars(select(StoredFile.about_sealed)).all()
    assert not any(b"naam" in sealed for sealed in stored)


def test_another_label_hands_keys_over_and_destroys_the_others(cabinet: Cabinet) -> None:
    document = cabinet.add("Carla", cabinet.shared, "Alleen arbodienst")
    upload_version(cabinet.session, document.id, incoming(cabinet, "Carla"), cabinet.world.actor("Carla"))
    both, own = (cabinet.label("Carla", name, cabinet.shared) for name in ("Algemeen", "Alleen arbodienst"))
    described = describe_change(cabinet.session, document.id, both, cabinet.world.actor("Carla"))
    vault = KeyHolder(HolderKind.VAULT, "Bakkerij Mulder")
    assert (described.gains, described.loses) == ((vault,), ())
    with pytest.raises(NotFound):
        cabinet.read("Anna", document)
    assert relabel_document(cabinet.session, document.id, both, cabinet.world.actor("Carla")) == described
    assert (cabinet.read("Anna", document), cabinet.read("Anna", document, 1)) == (b"Twee", CANARY)
    assert cabinet.session.scalars(select(Share)).one().content_began_at is not None
    back = relabel_document(cabinet.session, document.id, own, cabinet.world.actor("Carla"))
    assert (back.gains, back.loses) == ((), (vault,))
    for number in (1, 2):
        assert cabinet.holders(document, number) == {cabinet.service_id}
    entries = cabinet.session.scalars(select(AuditEntry).where(AuditEntry.action == "document:relabel")).all()
    assert [entry.details for entry in entries] == [
        {"old": str(own), "new": str(both)},
        {"old": str(both), "new": str(own)},
    ]


def test_a_signer_keeps_the_key_whatever_the_label(cabinet: Cabinet) -> None:
    eva = cabinet.world.open_account("Eva")
    document = cabinet.add("Anna", cabinet.shared)
    sign(cabinet, document, eva.id)
    own = cabinet.label("Anna", "Alleen werkgever", cabinet.shared)
    relabel_document(cabinet.session, document.id, own, cabinet.world.actor("Anna"))
    assert cabinet.holders(document) == {cabinet.vault_id, eva.id}
    openers = who_can_open_document(cabinet.session, document.id, cabinet.world.actor("Anna"))
    assert [signer.name for signer in openers.signers] == ["Eva"]


def test_only_who_put_it_there_decides_who_sees_it_and_removes_it(cabinet: Cabinet) -> None:
    document = cabinet.add("Anna", cabinet.shared)
    label_id, carla = cabinet.label("Carla", "Alleen arbodienst", cabinet.shared), cabinet.world.actor("Carla")
    for act in (
        lambda: labels_to_choose(cabinet.session, document, carla),
        lambda: relabel_document(cabinet.session, document.id, label_id, carla),
        lambda: remove_document(cabinet.session, document.id, carla),
        lambda: removal_consequences(cabinet.session, document.id, carla),
    ):
        with pytest.raises(OfOtherSide):
            act()
    with pytest.raises(NotFound):
        relabel_document(cabinet.session, document.id, uuid4(), cabinet.world.actor("Anna"))


def test_a_removed_document_leaves_no_key_no_file_and_no_version(cabinet: Cabinet) -> None:
    document, other = cabinet.add("Anna", cabinet.shared), cabinet.add("Anna", cabinet.shared)
    upload_version(cabinet.session, document.id, incoming(cabinet, "Anna"), cabinet.world.actor("Anna"))
    told = removal_consequences(cabinet.session, document.id, cabinet.world.actor("Anna"))
    assert (told.versions, told.since) == (2, document.created_at)
    files = remove_document(cabinet.session, document.id, cabinet.world.actor("Anna"))
    assert len(files) == 2
    for table, column in ((StoredFile, StoredFile.id), (FileKey, FileKey.file_id)):
        assert cabinet.session.scalars(select(table).where(column.in_(files))).all() == []
    assert cabinet.session.scalars(select(DocumentVersion.document_id)).all() == [other.id]
    for name in ("Anna", "Carla"):
        with pytest.raises(NotFound):
            cabinet.read(name, document)
    with pytest.raises(NotFound):
        remove_document(cabinet.session, document.id, cabinet.world.actor("Anna"))


def test_what_was_signed_stays(cabinet: Cabinet) -> None:
    document = cabinet.add("Anna", cabinet.shared)
    sign(cabinet, document)
    upload_version(cabinet.session, document.id, incoming(cabinet, "Anna"), cabinet.world.actor("Anna"))
    with pytest.raises(SignedStays):
        remove_document(cabinet.session, document.id, cabinet.world.actor("Anna"))


def test_what_is_being_signed_stays_until_that_has_ended(cabinet: Cabinet) -> None:
    document = cabinet.add("Anna", cabinet.shared)
    request = _request(cabinet, document)
    cabinet.session.add(request)
    cabinet.session.flush()
    with pytest.raises(BeingSigned):
        remove_document(cabinet.session, document.id, cabinet.world.actor("Anna"))
    request.ended_at = cabinet.session.source.now()
    cabinet.session.flush()
    remove_document(cabinet.session, document.id, cabinet.world.actor("Anna"))


def test_while_it_is_being_signed_a_document_is_taken_from_nobody(cabinet: Cabinet) -> None:
    document = cabinet.add("Anna", cabinet.shared)
    anna = cabinet.world.actor("Anna")
    labels = labels_to_choose(cabinet.session, document, anna)
    narrower = next(label for label in labels if label.audience == "employer")
    same = next(label for label in labels if label.audience == "both")
    request = _request(cabinet, document)
    cabinet.session.add(request)
    cabinet.session.flush()

    for verb in (describe_change, relabel_document):
        with pytest.raises(BeingSigned):
            verb(cabinet.session, document.id, narrower.id, anna)
    assert relabel_document(cabinet.session, document.id, same.id, anna).loses == ()
    request.ended_at = cabinet.session.source.now()
    cabinet.session.flush()
    assert relabel_document(cabinet.session, document.id, narrower.id, anna).loses


def test_who_can_open_it_is_told_from_the_keys(cabinet: Cabinet) -> None:
    document = cabinet.add("Anna", cabinet.shared)
    for_anna = who_can_open_document(cabinet.session, document.id, cabinet.world.actor("Anna"))
    assert {person.name for person in for_anna.sides.people} == {"Anna", "Hans", "Kees"}
    assert [(side.name, side.people) for side in for_anna.sides.other_sides] == [("Noord", 3)]
    for_carla = who_can_open_document(cabinet.session, document.id, cabinet.world.actor("Carla"))
    assert {person.name for person in for_carla.sides.people} == {"Carla", "Sanne", "Cor"}
    assert [(side.name, side.people) for side in for_carla.sides.other_sides] == [("Bakkerij Mulder", None)]
    assert all(person.since >= document.created_at for person in for_carla.sides.people)
    medical = cabinet.add("Cor", cabinet.shared, "Medisch")
    in_circle = who_can_open_document(cabinet.session, medical.id, cabinet.world.actor("Sanne"))
    assert ([person.name for person in in_circle.circle], in_circle.sides.people) == (["Sanne"], ())
    of_employer = cabinet.add("Carla", None, "DVO")
    for name in ("Anna", "Carla"):
        assert who_can_open_document(cabinet.session, of_employer.id, cabinet.world.actor(name)).sides.people


def _request(cabinet: Cabinet, document: Document) -> SigningRequest:
    now = cabinet.session.source.now()
    return SigningRequest(
        id=cabinet.session.source.new_id(),
        organisation_id=document.organisation_id,
        document_id=document.id,
        version_number=1,
        employee_id=document.employee_id,
        employer_id=document.employer_id,
        kind="sms",
        in_order=False,
        state="running",
        key_number=1,
        title_sealed=b"",
        reference="ABC",
        statement_version="1",
        revision=0,
        requested_by=document.created_by,
        requested_at=now,
        expires_at=now,
    )
