"""The keys of documents go along with shares and agreements, by the real verbs (design 2.2, 2.7; D-rule 23)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from audit.models import AuditEntry
from crypto.source import SeededSource
from documents.finding import find_document
from documents.handing_over import hand_over_to_serving, take_back_documents
from documents.listing import DocumentFilter, list_documents
from documents.models import FileKey
from documents.uploading import NamedUpload, upload_version
from organisation.calendar import today
from organisation.employer_models import EmployerPlacement
from organisation.errors import NotFound
from organisation.service_agreements import end_agreement, make_agreement
from tests.dialogs.files import coming_in
from tests.documents.cabinet import CANARY, Cabinet
from tests.world import OPERATOR
from vault.ending_agreements import end_shares
from vault.errors import NotShared
from vault.models import Share
from vault.sharing import end_share


def end_all(cabinet: Cabinet) -> None:
    """Let the agreement of Noord with the bakery end, and the worker come by."""
    source = cabinet.session.source
    assert isinstance(source, SeededSource)
    employer_id, service_id = cabinet.world.employer.id, cabinet.world.service.id
    end_agreement(cabinet.session, employer_id, service_id, today(cabinet.session), OPERATOR)
    source.advance(timedelta(days=2))
    while end_shares(cabinet.session) + take_back_documents(cabinet.session):
        pass
    cabinet.session.expire_all()


def test_a_new_share_hands_over_what_is_for_both(cabinet: Cabinet) -> None:
    both = cabinet.add("Anna", cabinet.unshared)
    upload = coming_in(cabinet.session, cabinet.intake, cabinet.world.employer.id, b"Twee")
    upload_version(cabinet.session, both.id, NamedUpload("b.txt", upload), cabinet.world.actor("Anna"))
    own = cabinet.add("Anna", cabinet.unshared, "Alleen werkgever")
    cabinet.world.share(cabinet.unshared)
    assert (cabinet.read("Carla", both), cabinet.read("Carla", both, 1)) == (b"Twee", CANARY)
    assert cabinet.holders(own) == {cabinet.vault_id}
    with pytest.raises(NotFound):
        cabinet.read("Carla", own)
    entries = cabinet.session.scalars(select(AuditEntry).where(AuditEntry.action == "document:hand")).all()
    logs = {cabinet.world.employer.id, cabinet.world.service.id}
    assert {(entry.organisation_id, entry.details["count"]) for entry in entries} == {(log, 2) for log in logs}


def test_a_share_without_documents_tells_the_log_nothing(cabinet: Cabinet) -> None:
    cabinet.world.share(cabinet.unshared)
    assert cabinet.session.scalars(select(AuditEntry).where(AuditEntry.action == "document:hand")).all() == []


def test_the_end_of_a_share_destroys_the_keys_of_the_employers_documents(cabinet: Cabinet) -> None:
    employers, services = cabinet.add("Anna", cabinet.shared), cabinet.add("Carla", cabinet.shared, "Alleen arbodienst")
    other = cabinet.add("Anna", cabinet.unshared)
    cabinet.world.share(cabinet.unshared)
    share = cabinet.session.scalars(select(Share).where(Share.employee_id == cabinet.shared)).one()
    end_share(cabinet.session, share.id, cabinet.world.actor("Anna"))
    assert cabinet.holders(employers) == {cabinet.vault_id}
    assert cabinet.holders(services) == {cabinet.service_id}
    assert cabinet.holders(other) == {cabinet.vault_id, cabinet.service_id}
    carla = cabinet.world.actor("Carla")
    for document in (employers, services):
        with pytest.raises(NotFound):
            find_document(cabinet.session, document.id, carla)
    with pytest.raises(NotShared):
        list_documents(cabinet.session, cabinet.place(cabinet.shared), carla, DocumentFilter())
    cabinet.world.share(cabinet.shared)
    assert cabinet.read("Carla", employers) == cabinet.read("Carla", services) == CANARY


def test_a_version_made_between_two_shares_comes_with_the_next(cabinet: Cabinet) -> None:
    """Also of a document that the service put there itself."""
    document = cabinet.add("Anna", cabinet.shared)
    share = cabinet.session.scalars(select(Share)).one()
    end_share(cabinet.session, share.id, cabinet.world.actor("Anna"))
    upload = coming_in(cabinet.session, cabinet.intake, cabinet.world.employer.id, b"Tussendoor")
    upload_version(cabinet.session, document.id, NamedUpload("b.txt", upload), cabinet.world.actor("Anna"))
    assert cabinet.holders(document) == {cabinet.vault_id}
    cabinet.world.share(cabinet.shared)
    assert cabinet.read("Carla", document) == b"Tussendoor"


def test_the_end_of_an_agreement_takes_both_dossiers_back(cabinet: Cabinet) -> None:
    of_employee, of_employer = cabinet.add("Anna", cabinet.shared), cabinet.add("Anna", None)
    services_own = cabinet.add("Carla", None, "DVO")
    assert cabinet.holders(of_employer) == {cabinet.vault_id, cabinet.service_id}
    end_all(cabinet)
    for document in (of_employee, of_employer):
        assert cabinet.holders(document) == {cabinet.vault_id}
        assert cabinet.read("Anna", document) == CANARY
    assert cabinet.holders(services_own) == {cabinet.vault_id, cabinet.service_id}
    assert cabinet.read("Anna", services_own) == CANARY
    with pytest.raises(NotFound):
        find_document(cabinet.session, services_own.id, cabinet.world.actor("Carla"))


def test_another_service_gets_what_is_the_employers_and_not_what_is_of_the_first(cabinet: Cabinet) -> None:
    employers, firsts = cabinet.add("Anna", cabinet.shared), cabinet.add("Carla", cabinet.shared)
    of_employer = cabinet.add("Anna", None)
    end_all(cabinet)
    zuid, mulder = cabinet.world.other_service, cabinet.world.employer
    make_agreement(cabinet.session, mulder.id, zuid.id, today(cabinet.session), None, OPERATOR)
    published = cabinet.session.source.now()
    cabinet.session.add(EmployerPlacement(service_id=zuid.id, employer_id=mulder.id, published_at=published))
    cabinet.world.share(cabinet.shared)
    assert cabinet.read("Dirk", employers) == CANARY
    with pytest.raises(NotFound):
        cabinet.read("Dirk", firsts)
    upload = coming_in(cabinet.session, cabinet.intake, mulder.id, b"Later")
    upload_version(cabinet.session, firsts.id, NamedUpload("b.txt", upload), cabinet.world.actor("Anna"))
    assert cabinet.holders(firsts) == {cabinet.vault_id}
    with pytest.raises(NotFound):
        cabinet.read("Dirk", of_employer)
    assert hand_over_to_serving(cabinet.session, cabinet.place(None), cabinet.world.actor("Hans")) == 1
    assert hand_over_to_serving(cabinet.session, cabinet.place(None), cabinet.world.actor("Hans")) == 0
    assert cabinet.read("Dirk", of_employer) == CANARY


def test_without_a_key_nothing_is_handed_over(cabinet: Cabinet) -> None:
    cabinet.world.hire("Gerda", cabinet.world.employer, "datakluisgebruiker", "werkgever")
    cabinet.add("Anna", None)
    cabinet.session.query(FileKey).filter(FileKey.holder_id == cabinet.service_id).delete()
    assert hand_over_to_serving(cabinet.session, cabinet.place(None), cabinet.world.actor("Gerda")) == 0
    assert hand_over_to_serving(cabinet.session, cabinet.place(None), cabinet.world.actor("Hans")) == 1
