"""From consent to a signed document in the dossier, each step once and whatever fails (G-02, G-09, G-13, G-14)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from uuid import UUID

import pikepdf
import pytest
from sqlalchemy import select, update

from audit.models import AuditEntry
from crypto.source import SeededSource
from database.session import SessionFactory
from documents.errors import StoreUnavailable
from documents.models import Document, DocumentKind, DocumentVersion, StoredFile
from documents.store import FolderStore, IncomingFile
from documents.storing import Intake
from documents.sweeping import UNUSED, sweep_files
from signing.errors import LockedOut, NotFound
from signing.events import EventKind, add_event, events_of, is_unbroken
from signing.expiring import expire_requests
from signing.models import RequestState, SignerState, SigningRequest
from signing.pades import revisions
from signing.record_schema import RECORD_FILE, decode_record
from signing.request_keys import open_request, rekey
from tests.documents.cabinet import make_cabinet
from tests.signing.sitting import NAME, Sitting, sit_down
from tests.signing.stamping import stamping
from tests.world import World

WHOLE = ["Portaalzegel", "Handtekening1", "Handtekening2", "Slotzegel", "Archieftijdstempel"]


@pytest.fixture
def sitting(world: World, tmp_path: Path) -> Sitting:
    """Hans of Bakkerij Mulder, with somebody beside him who signs as well."""
    made = sit_down(make_cabinet(world, tmp_path))
    made.session.commit()
    return made


def kinds(sitting: Sitting, request: SigningRequest) -> list[str]:
    """What happened to a request."""
    return [event.kind for event in events_of(sitting.session, request.id)]


def fields(sitting: Sitting, document: Document, by: str = "Hans") -> list[str]:
    """The signatures in the newest version of a document."""
    return [revision.field for revision in revisions(sitting.cabinet.read(by, document))]


def entries(sitting: Sitting, action: str, organisation_id: UUID) -> list[AuditEntry]:
    """What the log of an organisation has of an action."""
    statement = select(AuditEntry).where(AuditEntry.action == action, AuditEntry.organisation_id == organisation_id)
    return list(sitting.session.scalars(statement.order_by(AuditEntry.moment, AuditEntry.id)))


def agreed_by_both(sitting: Sitting) -> tuple[Document, SigningRequest]:
    """A request with which both agreed, and nothing was signed yet."""
    document = sitting.document()
    request = sitting.request(document)
    sitting.go_on(request)
    for position in (1, 2):
        sitting.agree(request, position)
    return document, request


def test_the_document_is_sealed_before_anybody_signs(sitting: Sitting) -> None:
    document = sitting.document()
    request = sitting.request(document)
    assert request.state == RequestState.PREPARING
    sitting.go_on(request)
    offered = sitting.working_file(request)
    assert sitting.now(request).state == RequestState.RUNNING
    assert offered.startswith(sitting.cabinet.read("Hans", document))
    assert [revision.field for revision in revisions(offered)] == ["Portaalzegel"]
    assert sitting.now(request).base_sha256 == hashlib.sha256(offered).digest()
    assert kinds(sitting, request) == [EventKind.REQUESTED, EventKind.CERTIFIED]
    sitting.go_on(request)
    assert sitting.now(request).revision == 1


def test_one_signature_of_two_is_set_and_nothing_more(sitting: Sitting) -> None:
    document = sitting.document()
    request = sitting.request(document)
    sitting.go_on(request)
    sitting.agree(request, 2)
    sitting.go_on(request)
    assert sitting.now(request).state == RequestState.RUNNING
    assert [signer.state for signer in sitting.signers(request)] == [SignerState.WAITING, SignerState.SIGNED]
    assert [one.field for one in revisions(sitting.working_file(request))] == ["Portaalzegel", "Handtekening2"]
    assert sitting.session.get_one(Document, document.id).version == 1


def test_the_last_signature_puts_the_document_and_the_evidence_in_the_dossier(sitting: Sitting) -> None:
    document, request = agreed_by_both(sitting)
    sitting.go_on(request)
    now = sitting.now(request)
    assert (now.state, now.signed_version, now.ended_at is not None) == (RequestState.DONE, 2, True)
    signed = sitting.session.get_one(Document, document.id, populate_existing=True)
    assert (signed.state, signed.version) == ("signed", 2)
    version = sitting.session.get_one(DocumentVersion, (document.id, 2))
    assert (version.state, version.signing_id) == ("signed", request.id)
    assert fields(sitting, document) == WHOLE
    evidence = sitting.evidence(request)
    assert (evidence.kind, evidence.label_id) == (DocumentKind.EVIDENCE, document.label_id)
    assert (evidence.employee_id, evidence.employer_id) == (document.employee_id, document.employer_id)
    assert sitting.names(document) == [NAME, NAME]
    assert sitting.names(evidence) == [f"Ondertekenbewijs {NAME}"]
    assert kinds(sitting, request) == [
        EventKind.REQUESTED,
        EventKind.CERTIFIED,
        EventKind.AGREED,
        EventKind.AGREED,
        EventKind.SIGNED,
        EventKind.SIGNED,
        EventKind.SEALED,
    ]


def test_vault_service_and_signers_can_open_both(sitting: Sitting) -> None:
    document, request = agreed_by_both(sitting)
    sitting.go_on(request)
    hans = sitting.world.people["Hans"].id
    cabinet, evidence = sitting.cabinet, sitting.evidence(request)
    for one in (document, evidence):
        assert cabinet.holders(one) == {cabinet.vault_id, cabinet.service_id, hans}
    assert cabinet.read("Carla", document) == cabinet.read("Hans", document)
    assert cabinet.read("Carla", evidence) == cabinet.read("Anna", evidence)


def test_of_the_working_files_nothing_is_left(sitting: Sitting, source: SeededSource) -> None:
    document, request = agreed_by_both(sitting)
    sitting.go_on(request)
    now = sitting.now(request)
    assert (now.base_file_id, now.base_key_sealed, now.latest_file_id, now.latest_key_sealed) == (None,) * 4
    versions = set(sitting.session.scalars(select(DocumentVersion.file_id)))
    assert set(sitting.session.scalars(select(StoredFile.id))) == versions
    assert sitting.cabinet.read("Hans", document, 1)


def test_the_files_of_a_running_request_are_not_swept_away(sitting: Sitting, source: SeededSource) -> None:
    request = sitting.request(sitting.document())
    sitting.go_on(request)
    sitting.agree(request, 1)
    sitting.go_on(request)
    source.advance(UNUSED * 3)
    for shard in range(256):
        sweep_files(sitting.session, sitting.workshop.intake.store, shard)
    assert len(revisions(sitting.working_file(request))) == 2
    base = sitting.now(request).base_file_id
    assert base is not None
    assert sitting.session.get(StoredFile, base) is not None


def test_the_head_of_the_events_stands_in_the_log_of_both_sides(sitting: Sitting) -> None:
    _document, request = agreed_by_both(sitting)
    sitting.go_on(request)
    head = events_of(sitting.session, request.id)[-1].hash.hex()
    for organisation in (sitting.world.employer, sitting.world.service):
        (entry,) = entries(sitting, "signing:close", organisation.id)
        assert (entry.details, entry.object_id) == ({"events_head": head, "version": 2}, request.id)
    signed = entries(sitting, "signing:sign", sitting.world.employer.id)
    assert [(entry.object_type, entry.details["method"]) for entry in signed] == [("signer", "together")] * 2
    assert entries(sitting, "signing:close", sitting.world.other_service.id) == []


def test_a_document_for_the_employer_alone_stays_there(sitting: Sitting) -> None:
    document = sitting.document(label=sitting.label_for("employer"))
    request = sitting.request(document)
    sitting.go_on(request)
    for position in (1, 2):
        sitting.agree(request, position)
    sitting.go_on(request)
    hans = sitting.world.people["Hans"].id
    assert sitting.cabinet.holders(document) == {sitting.cabinet.vault_id, hans}
    assert sitting.cabinet.holders(sitting.evidence(request)) == {sitting.cabinet.vault_id, hans}
    assert entries(sitting, "signing:close", sitting.world.service.id) == []


def test_nobody_goes_on_with_what_is_not_theirs(sitting: Sitting) -> None:
    _document, request = agreed_by_both(sitting)
    for stranger in ("Anna", "Carla", "Bram"):
        with pytest.raises(NotFound):
            sitting.go_on(request, by=stranger)
        sitting.session.rollback()
    sitting.world.renew_key("Hans")
    with pytest.raises(LockedOut):
        sitting.go_on(request)
    sitting.session.rollback()
    assert sitting.now(request).state == RequestState.RUNNING


@pytest.mark.parametrize("kind", ["refusing", "hanging", "garbage"])
def test_without_a_timestamp_nothing_is_signed_and_nothing_is_lost(sitting: Sitting, kind: str) -> None:
    document = sitting.document()
    request = sitting.request(document)
    with stamping(kind) as stamper:
        poor = replace(sitting.workshop, timestamper=stamper)
        sitting.go_on(request, workshop=poor)
        assert sitting.now(request).state == RequestState.PREPARING
        sitting.go_on(request)
        for position in (1, 2):
            sitting.agree(request, position)
        sitting.go_on(request, workshop=poor)
        assert [signer.state for signer in sitting.signers(request)] == [SignerState.AGREED] * 2
        assert [one.field for one in revisions(sitting.working_file(request))] == ["Portaalzegel"]
        sitting.take_steps(request, 2)
        assert sitting.now(request).state == RequestState.CLOSING
        sitting.go_on(request, workshop=poor)
        assert sitting.now(request).state == RequestState.CLOSING
        sitting.take_steps(request, 1)
        sitting.go_on(request, workshop=poor)
        assert sitting.now(request).state == RequestState.CLOSING
        assert sitting.session.get_one(Document, document.id, populate_existing=True).version == 1
    sitting.go_on(request)
    assert sitting.now(request).state == RequestState.DONE
    assert fields(sitting, document) == WHOLE
    waited = [event for event in events_of(sitting.session, request.id) if event.kind == EventKind.WAITING]
    assert [event.details for event in waited] == ['{"for":"timestamp"}'] * 4


class FullStore(FolderStore):
    """A store on a disk that is full."""

    def receive(self, file_id: UUID) -> IncomingFile:
        raise StoreUnavailable


def test_a_full_disk_loses_nothing(sitting: Sitting) -> None:
    document, request = agreed_by_both(sitting)
    intake = sitting.workshop.intake
    assert isinstance(intake.store, FolderStore)
    full = Intake(FullStore(intake.store._kept.parent), intake.limit_mib)
    for _visit in range(2):
        sitting.go_on(request, workshop=replace(sitting.workshop, intake=full))
        assert [signer.state for signer in sitting.signers(request)] == [SignerState.AGREED] * 2
    sitting.go_on(request)
    assert fields(sitting, document) == WHOLE


def test_a_document_that_is_not_what_it_was_is_not_signed(sitting: Sitting) -> None:
    _document, request = agreed_by_both(sitting)
    file_id = sitting.now(request).latest_file_id
    assert file_id is not None
    sitting.workshop.intake.store.remove(file_id)
    sitting.go_on(request)
    assert [signer.state for signer in sitting.signers(request)] == [SignerState.AGREED] * 2
    assert events_of(sitting.session, request.id)[-1].details == '{"for":"storage"}'


@pytest.mark.parametrize("what", ["withdrawn", "rekeyed", "signed by another visit"])
def test_what_changed_while_the_pdf_was_worked_on_is_never_overwritten(sitting: Sitting, what: str) -> None:
    document, request = agreed_by_both(sitting)

    def meanwhile() -> None:
        if what == "withdrawn":
            ended = {"state": RequestState.WITHDRAWN.value, "ended_at": sitting.session.source.now()}
            sitting.session.execute(update(SigningRequest).values(**ended))
        elif what == "rekeyed":
            actor, row = sitting.world.actor("Hans"), sitting.now(request)
            rekey(sitting.session, row, open_request(sitting.session, row, actor), actor)
        else:
            sitting.take_steps(request, 1)
        sitting.session.commit()

    sitting.go_on(request, release=once_after_the_first_read(sitting, meanwhile))
    now = sitting.now(request)
    if what == "withdrawn":
        assert now.state == RequestState.WITHDRAWN
        assert {signer.state for signer in sitting.signers(request)} == {SignerState.AGREED}
        assert sitting.session.get_one(Document, document.id, populate_existing=True).version == 1
    else:
        assert now.state == RequestState.DONE
        assert fields(sitting, document) == WHOLE
        assert kinds(sitting, request).count(EventKind.SIGNED) == 2


def test_another_version_that_comes_while_the_last_signature_is_set_voids_it(sitting: Sitting) -> None:
    """D-rule 33: until everybody has signed."""
    document, request = agreed_by_both(sitting)
    sitting.take_steps(request, 1)
    meanwhile = once_after_the_first_read(sitting, lambda: sitting.new_version(document))
    sitting.go_on(request, release=meanwhile)
    assert sitting.now(request).state == RequestState.VOIDED
    assert [signer.state for signer in sitting.signers(request)] == [SignerState.SIGNED, SignerState.AGREED]
    assert sitting.session.get_one(Document, document.id, populate_existing=True).version == 2


def test_a_document_that_is_removed_while_it_is_closed_is_not_put_back(sitting: Sitting) -> None:
    document, request = agreed_by_both(sitting)
    sitting.take_steps(request, 2)

    def remove() -> None:
        sitting.session.execute(update(Document).values(removed_at=sitting.session.source.now()))
        sitting.session.commit()

    sitting.go_on(request, release=once_after_the_first_read(sitting, remove))
    assert sitting.now(request).state == RequestState.VOIDED
    assert kinds(sitting, request).count(EventKind.SEALED) == 0
    assert sitting.session.get_one(Document, document.id, populate_existing=True).version == 1


def test_what_happens_while_the_evidence_is_made_is_told_in_it(sitting: Sitting) -> None:
    _document, request = agreed_by_both(sitting)
    sitting.take_steps(request, 3)

    def meanwhile() -> None:
        add_event(sitting.session, sitting.now(request), EventKind.READ, actor=sitting.world.actor("Hans"))
        sitting.session.commit()

    sitting.go_on(request, release=once_after_the_first_read(sitting, meanwhile))
    assert sitting.now(request).state == RequestState.DONE
    record = decode_record(sitting.record(request))
    assert [event["kind"] for event in record["events"]] == kinds(sitting, request)
    assert record["events"][-1]["kind"] == EventKind.READ


def once_after_the_first_read(sitting: Sitting, meanwhile: Callable[[], None]) -> Callable[[], None]:
    """Releases the database, and the first time lets something happen before the PDF is worked on."""
    acts = iter([meanwhile])

    def release() -> None:
        sitting.session.commit()
        next(acts, lambda: None)()

    return release


def test_two_who_sign_in_the_same_second_both_sign(sitting: Sitting, session_factory: SessionFactory) -> None:
    document = sitting.document()
    request = sitting.request(document)
    sitting.go_on(request)
    barrier, errors = Barrier(2), []
    for position in (1, 2):
        sitting.agree(request, position)

    def sign() -> None:
        try:
            with session_factory() as session:
                released = iter([barrier.wait])

                def release() -> None:
                    session.commit()
                    # Both have read the same state before either goes on.
                    next(released, int)()

                sitting.go_on(request, session=session, release=release)
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=sign) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert sitting.now(request).state == RequestState.DONE
    assert fields(sitting, document) == WHOLE
    assert kinds(sitting, request).count(EventKind.SIGNED) == 2
    assert len([one for one in sitting.documents() if one.kind == DocumentKind.EVIDENCE]) == 1


def test_who_agreed_in_time_signs_though_the_request_ran_out(sitting: Sitting, source: SeededSource) -> None:
    document, request = agreed_by_both(sitting)
    source.advance(timedelta(days=2))
    assert expire_requests(sitting.session) == 0
    sitting.session.commit()
    sitting.go_on(request)
    assert sitting.now(request).state == RequestState.DONE
    assert fields(sitting, document) == WHOLE


def test_a_request_that_ran_out_ends_with_its_evidence(sitting: Sitting, source: SeededSource) -> None:
    document = sitting.document()
    request = sitting.request(document)
    sitting.go_on(request)
    sitting.agree(request, 1)
    sitting.go_on(request)
    source.advance(timedelta(days=2))
    sitting.go_on(request)
    now = sitting.now(request)
    assert (now.state, now.signed_version) == (RequestState.EXPIRED, None)
    assert sitting.session.get_one(Document, document.id, populate_existing=True).version == 1
    record = decode_record(sitting.record(request))
    assert record["document"]["final_sha256"] == ""
    assert [signer["name"] for signer in record["signers"]] == ["Hans"]
    assert now.latest_file_id is None
    assert entries(sitting, "signing:close", sitting.world.employer.id)[0].details.keys() == {"events_head"}
    sitting.go_on(request)
    assert len([one for one in sitting.documents() if one.kind == DocumentKind.EVIDENCE]) == 1


def test_another_version_of_the_document_voids_the_request(sitting: Sitting) -> None:
    document, request = agreed_by_both(sitting)
    sitting.new_version(document)
    sitting.go_on(request)
    assert sitting.now(request).state == RequestState.VOIDED
    assert {signer.state for signer in sitting.signers(request)} == {SignerState.AGREED}
    assert sitting.now(request).evidence_id is not None


def test_a_document_that_was_removed_gets_no_signed_version(sitting: Sitting) -> None:
    document, request = agreed_by_both(sitting)
    sitting.take_steps(request, 2)
    assert sitting.now(request).state == RequestState.CLOSING
    sitting.session.execute(update(Document).values(removed_at=sitting.session.source.now()))
    sitting.session.commit()
    sitting.go_on(request)
    assert sitting.now(request).state == RequestState.VOIDED
    assert sitting.session.get_one(Document, document.id, populate_existing=True).version == 1


def test_the_chain_of_a_whole_signing_is_unbroken(sitting: Sitting) -> None:
    _document, request = agreed_by_both(sitting)
    sitting.go_on(request)
    assert is_unbroken(events_of(sitting.session, request.id))
    assert is_attached(sitting.cabinet.read("Hans", sitting.evidence(request)))


def is_attached(evidence: bytes) -> bool:
    """Whether the record goes along with the evidence."""
    with pikepdf.open(io.BytesIO(evidence)) as pdf:
        return list(pdf.attachments) == [RECORD_FILE]
