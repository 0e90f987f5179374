"""Documents of dossiers: whose keys open them, and that versions stay (DOC-05, DOC-12, DOC-21; D-rules 23, 36)."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from audit.models import AuditEntry, AuditSubject
from documents.adding import add_document, add_version
from documents.finding import find_document
from documents.labels import labels_for
from documents.models import Document, DocumentKind, DocumentLabel, DocumentState, DocumentVersion, FileKey
from documents.opening import open_version, read_document
from organisation.errors import NotFound
from tests.documents.cabinet import CANARY, Cabinet
from tests.world import World
from vault.errors import ContentBegan, NotShared, NoVaultAccess, VaultClosed
from vault.models import Share
from vault.sharing import end_share


def names_of(cabinet: Cabinet, by: str, *, of_employer: bool = False) -> set[str]:
    """The labels that somebody can choose."""
    place = cabinet.place(None if of_employer else cabinet.shared)
    return {label.name for label in labels_for(cabinet.session, cabinet.world.actor(by), place)}


def test_the_label_decides_to_whom_the_key_goes(cabinet: Cabinet) -> None:
    both = cabinet.add("Anna", cabinet.shared)
    assert cabinet.holders(both) == {cabinet.vault_id, cabinet.service_id}
    assert cabinet.holders(cabinet.add("Anna", cabinet.shared, "Alleen werkgever")) == {cabinet.vault_id}
    assert cabinet.holders(cabinet.add("Carla", cabinet.shared)) == {cabinet.vault_id, cabinet.service_id}
    assert cabinet.holders(cabinet.add("Carla", cabinet.shared, "Alleen arbodienst")) == {cabinet.service_id}
    assert cabinet.holders(cabinet.add("Sanne", cabinet.shared, "Medisch")) == {cabinet.circle_id}
    assert cabinet.holders(cabinet.add("Anna", cabinet.unshared)) == {cabinet.vault_id}
    for reader in ("Anna", "Hans", "Carla", "Sanne"):
        assert cabinet.read(reader, both) == CANARY


def test_documents_of_an_employer_go_to_the_service_that_serves_it(cabinet: Cabinet) -> None:
    """DOC-23."""
    document = cabinet.add("Carla", None, "DVO")
    assert cabinet.holders(document) == {cabinet.vault_id, cabinet.service_id}
    assert cabinet.read("Anna", document) == CANARY
    assert cabinet.holders(cabinet.add("Anna", None, "Alleen werkgever")) == {cabinet.vault_id}
    with pytest.raises(NotFound):
        find_document(cabinet.session, document.id, cabinet.world.actor("Bram"))


def test_the_labels_are_those_of_the_side_and_the_dossier(cabinet: Cabinet) -> None:
    of_employees = {"Algemeen", "Mandaat – Algemeen", "Verzuim Support - Algemeen"}
    migrated = "Gemigreerde documenten uit VDD"
    assert names_of(cabinet, "Anna") == of_employees | {"Alleen werkgever"}
    assert names_of(cabinet, "Kees") == of_employees | {"Alleen werkgever", migrated}
    assert names_of(cabinet, "Carla") == of_employees | {"Alleen arbodienst", migrated}
    assert names_of(cabinet, "Cor") == names_of(cabinet, "Sanne") == names_of(cabinet, "Carla") | {"Medisch"}
    assert names_of(cabinet, "Sanne", of_employer=True) == {"Algemeen", "DVO", "RI&E", "Alleen arbodienst"}


def test_a_label_of_a_service_is_for_its_employers(cabinet: Cabinet) -> None:
    """DOC-18: environments differ."""
    for service in (cabinet.world.service, cabinet.world.other_service):
        cabinet.session.add(
            DocumentLabel(
                id=cabinet.session.source.new_id(),
                organisation_id=service.id,
                name=f"Van {service.name}",
                of_employer=False,
                audience="both",
                is_limited=False,
                created_at=cabinet.session.source.now(),
            )
        )
    cabinet.session.flush()
    for by in ("Anna", "Carla"):
        assert "Van Noord" in names_of(cabinet, by)
        assert "Van Zuid" not in names_of(cabinet, by)
    label = cabinet.session.scalars(select(DocumentLabel).where(DocumentLabel.name == "Van Noord")).one()
    label.retired_at = cabinet.session.source.now()
    assert "Van Noord" not in names_of(cabinet, "Carla")


def test_nobody_gives_a_label_that_is_not_offered(cabinet: Cabinet) -> None:
    medical = cabinet.label("Cor", "Medisch", cabinet.shared)
    for by, label_id in (("Carla", medical), ("Anna", medical), ("Anna", uuid4())):
        stored, key = cabinet.stored(by)
        place, actor = cabinet.place(cabinet.shared), cabinet.world.actor(by)
        with pytest.raises(NotFound):
            add_document(cabinet.session, place, label_id, DocumentKind.IMPORTED, stored, key, actor)
    assert cabinet.session.scalars(select(Document)).all() == []


def test_nothing_is_added_for_who_is_not_shared(cabinet: Cabinet) -> None:
    """D-rule 23, on the arbo side; out of view there is no such dossier."""
    label_id = cabinet.label("Carla", "Algemeen", cabinet.shared)
    for by, refusal in (("Carla", NotShared), ("Bram", NotFound), ("Dirk", NotFound)):
        stored, key = cabinet.stored(by)
        place, actor = cabinet.place(cabinet.unshared), cabinet.world.actor(by)
        with pytest.raises(refusal):
            add_document(cabinet.session, place, label_id, DocumentKind.IMPORTED, stored, key, actor)


def test_without_a_key_of_the_vault_nothing_is_added_or_found(cabinet: Cabinet) -> None:
    cabinet.world.hire("Gerda", cabinet.world.employer, "datakluisgebruiker", "werkgever")
    document = cabinet.add("Anna", cabinet.shared)
    label_id = cabinet.label("Anna", "Algemeen", cabinet.shared)
    stored, key = cabinet.stored("Gerda")
    gerda = cabinet.world.actor("Gerda")
    with pytest.raises(NoVaultAccess):
        add_document(
            cabinet.session, cabinet.place(cabinet.shared), label_id, DocumentKind.IMPORTED, stored, key, gerda
        )
    with pytest.raises(NotFound):
        find_document(cabinet.session, document.id, gerda)


def test_what_the_employer_sees_ends_withdrawing(cabinet: Cabinet) -> None:
    """S-07, D-rule 7: content that it does not see leaves no trace."""
    share = cabinet.session.scalars(select(Share).where(Share.employee_id == cabinet.shared)).one()
    cabinet.add("Anna", cabinet.shared)
    cabinet.add("Carla", cabinet.shared, "Alleen arbodienst")
    cabinet.add("Cor", cabinet.shared, "Medisch")
    assert share.content_began_at is None
    cabinet.add("Carla", cabinet.shared)
    with pytest.raises(ContentBegan):
        end_share(cabinet.session, share.id, cabinet.world.actor("Anna"))


def test_a_version_stays_and_the_next_goes_to_the_same(cabinet: Cabinet) -> None:
    """DOC-12."""
    document = cabinet.add("Anna", cabinet.shared)
    stored, key = cabinet.stored("Carla", b"Een nieuwe versie.")
    carla = cabinet.world.actor("Carla")
    version = add_version(
        cabinet.session, document, stored, key, by=carla.who, keys=carla.keys, state=DocumentState.SIGNED, form=b"{}"
    )
    assert (document.version, document.state, version.number) == (2, "signed", 2)
    for reader in ("Anna", "Carla"):
        assert cabinet.read(reader, document) == b"Een nieuwe versie."
        assert cabinet.read(reader, document, 1) == CANARY
        with pytest.raises(NotFound):
            cabinet.read(reader, document, 3)
    assert b"{}" not in (version.form_sealed or b"")
    assert open_version(cabinet.session, document, 2, cabinet.world.actor("Hans")).form == b"{}"
    assert open_version(cabinet.session, document, 1, cabinet.world.actor("Hans")).form is None


def test_who_signs_gets_a_key_of_the_own(cabinet: Cabinet) -> None:
    """signing.md 9: and opens with it what others signed too."""
    eva = cabinet.world.open_account("Eva")
    document = cabinet.add("Anna", cabinet.shared)
    stored, key = cabinet.stored("Anna", b"Getekend.")
    actor = cabinet.world.actor("Eva")
    add_version(cabinet.session, document, stored, key, by=actor.who, keys=actor.keys, signers=[eva.id])
    assert cabinet.holders(document) == {cabinet.vault_id, cabinet.service_id, eva.id}
    assert cabinet.read("Anna", document) == cabinet.read("Carla", document) == b"Getekend."


def test_the_log_is_told_before_anything_opens(cabinet: Cabinet) -> None:
    """LOG3, LOG6: with ids and numbers only."""
    document = cabinet.add("Carla", cabinet.shared)
    read_document(cabinet.session, document.id, cabinet.world.actor("Carla"), page=3)
    statement = select(AuditEntry, AuditSubject).join(AuditSubject, AuditSubject.entry_id == AuditEntry.id)
    found = cabinet.session.execute(statement.where(AuditEntry.object_id == document.id)).all()
    share = cabinet.session.scalars(select(Share)).one()
    assert {(entry.action, str(entry.details), subject.subject_id, subject.ground) for entry, subject in found} == {
        ("document:upload", "{'kind': 'text', 'size': 43}", cabinet.shared, str(share.id)),
        ("document:read", "{'version': 1, 'page': 3}", cabinet.shared, str(share.id)),
    }


def test_few_see_what_is_for_few(cabinet: Cabinet) -> None:
    """DOC-04, on the employer's side only."""
    document = cabinet.add("Kees", cabinet.shared, "Gemigreerde documenten uit VDD")
    for reader in ("Kees", "Carla"):
        assert cabinet.read(reader, document) == CANARY
    with pytest.raises(NotFound):
        cabinet.read("Hans", document)


def test_reading_takes_its_permission(cabinet: Cabinet) -> None:
    document = cabinet.add("Carla", cabinet.shared)
    cabinet.world.hire_arbo("Inge", roles=("medewerker_facturatie",))
    with pytest.raises(PermissionDenied):
        find_document(cabinet.session, document.id, cabinet.world.actor("Inge"))
    carla = cabinet.world.actor("Carla")
    blind = replace(carla, permissions=carla.permissions - {Permission.DOCUMENT_READ})
    with pytest.raises(PermissionDenied):
        find_document(cabinet.session, document.id, blind, permission=Permission.DOCUMENT_EDIT)
    cabinet.world.hire_arbo("Wim", roles=("wga_wac",))
    assert find_document(cabinet.session, document.id, cabinet.world.actor("Wim")) is document
    with pytest.raises(PermissionDenied):
        find_document(
            cabinet.session, document.id, cabinet.world.actor("Wim"), permission=Permission.DOCUMENT_EDIT, lock=True
        )


def test_what_is_out_of_scope_is_not_there(cabinet: Cabinet) -> None:
    """D-rule 16: another department, another organisation, an employee who is not shared any more."""
    cabinet.world.hire_vault_user("Frits", "datakluisgebruiker", "werkgever", scope=cabinet.world.scope("Oven"))
    document = cabinet.add("Anna", cabinet.shared)
    for reader in ("Frits", "Bram", "Dirk"):
        with pytest.raises(NotFound):
            find_document(cabinet.session, document.id, cabinet.world.actor(reader))
    share = cabinet.session.scalars(select(Share)).one()
    assert cabinet.read("Carla", document) == CANARY
    end_share(cabinet.session, share.id, cabinet.world.actor("Anna"))
    with pytest.raises(NotFound):
        find_document(cabinet.session, document.id, cabinet.world.actor("Carla"))


def test_a_closed_vault_takes_no_document(closed_world: World) -> None:
    anna = closed_world.actor("Anna")
    cabinet = Cabinet(closed_world, None, uuid4(), uuid4())  # type: ignore[arg-type]
    with pytest.raises(VaultClosed):
        add_document(
            closed_world.session,
            cabinet.place(None),
            uuid4(),
            DocumentKind.IMPORTED,
            None,  # type: ignore[arg-type]
            None,  # type: ignore[arg-type]
            anna,
        )


def test_each_version_has_a_file_and_a_key_of_its_own(cabinet: Cabinet) -> None:
    document = cabinet.add("Anna", cabinet.shared)
    stored, key = cabinet.stored("Anna", b"Twee")
    anna = cabinet.world.actor("Anna")
    add_version(cabinet.session, document, stored, key, by=anna.who, keys=anna.keys)
    files = set(cabinet.session.scalars(select(DocumentVersion.file_id)))
    assert len(files) == 2
    assert len(cabinet.session.scalars(select(FileKey).where(FileKey.file_id.in_(files))).all()) == 4
