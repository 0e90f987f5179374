"""Asking others to sign a document by SMS (G-03, G-04, D-11; D-rules 23, 28 and 33)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from audit.actions import Action
from audit.models import AuditEntry
from dialogs.choosing import NewParticipant
from dialogs.models import ParticipantKind, ParticipantState
from organisation.errors import NotFound
from signing.candidates import signer_candidates
from signing.entries import open_entry
from signing.errors import AlreadyRequested, InvalidRequest, NotSignable
from signing.events import events_of, is_unbroken
from signing.models import RequestState, SigningRequest
from signing.request_keys import open_request
from signing.requesting import NewSigner
from tests.documents.files import pdf
from tests.signing.office import TITLE, Office


def test_a_request_starts_a_dialogue_of_which_nobody_hears_yet(office: Office) -> None:
    request = office.ask(office.user("Hans"), office.eva())

    assert request.state == RequestState.PREPARING
    people = office.participants(request)
    assert {(person.kind, person.state) for person in people} == {
        (ParticipantKind.USER.value, ParticipantState.TAKING_PART.value),
        (ParticipantKind.EMPLOYEE.value, ParticipantState.INVITED.value),
    }
    assert not office.mails("dialogue_invitation")
    assert not office.mails("dialogue_notice")
    assert not office.mails("signing_turn")


def test_the_signers_are_known_by_name_and_on_behalf_of_whom_they_sign(office: Office) -> None:
    request = office.ask(office.user("Carla", "Noord"), office.user("Anna"), office.eva())

    secret = open_request(office.session, request, office.actor("Anna"))
    signers = [office.signer(request, position) for position in (1, 2, 3)]
    assert [open_entry(signer, secret).name for signer in signers] == ["Carla", "Anna", "Eva Yılmaz"]
    assert [open_entry(signer, secret).capacity for signer in signers] == ["Noord", "Bakkerij Mulder", "zichzelf"]
    assert [signer.role for signer in signers] == ["service", "employer", "employee"]
    assert len({signer.field_name for signer in signers}) == 3


def test_what_a_request_is_about_stands_nowhere_in_the_clear(office: Office) -> None:
    request = office.ask()

    words = [str(getattr(request, column.key)) for column in SigningRequest.__table__.columns]
    words += [str(getattr(office.signer(request, 2), key)) for key in ("field_name", "role", "entry_sealed")]
    assert not any(part in word for word in words for part in ("Werkhervattingsplan", "Yılmaz", TITLE))
    assert request.reference.isalnum()


def test_the_same_request_sent_twice_is_one(office: Office) -> None:
    request_id = office.session.source.new_id()

    assert office.ask(request_id=request_id).id == office.ask(request_id=request_id).id


def test_a_document_has_one_running_request(office: Office) -> None:
    office.ask()

    with pytest.raises(AlreadyRequested):
        office.ask()


def test_a_request_that_another_version_overtook_makes_room_for_the_next(office: Office) -> None:
    first = office.ask()
    office.new_version()

    second = office.ask()

    assert (first.state, second.state) == (RequestState.VOIDED, RequestState.PREPARING)
    assert first.ended_at is not None
    assert [event.kind for event in events_of(office.session, first.id)] == ["requested", "voided"]
    assert is_unbroken(events_of(office.session, first.id))


def test_the_log_tells_of_the_request_before_anything_is_opened(office: Office) -> None:
    request = office.ask()

    entry = office.session.scalars(select(AuditEntry).where(AuditEntry.action == Action.SIGNING_REQUEST)).one()
    assert (entry.object_id, entry.details) == (request.id, {"kind": "sms", "signers": 2})


def test_only_a_pdf_can_be_signed(office: Office) -> None:
    text = office.cabinet.add("Anna", office.eva_id)

    with pytest.raises(NotSignable, match="not_pdf"):
        office.ask(document=text)


def test_a_medical_document_is_signed_by_sms_by_nobody(office: Office) -> None:
    medical = office.cabinet.add("Sanne", office.eva_id, "Medisch", name="Verslag.pdf", data=pdf())

    with pytest.raises(NotSignable, match="medical"):
        office.ask(office.user("Sanne"), office.eva(), by="Sanne", document=medical)
    with pytest.raises(NotFound):
        office.ask(by="Carla", document=medical)


def test_whoever_may_not_ask_or_does_not_see_the_document_asks_nothing(office: Office) -> None:
    office.world.hire_vault_user("Kijker", "datakluisgebruiker", "wg_meekijken")

    with pytest.raises(PermissionDenied):
        office.ask(by="Kijker")
    with pytest.raises(NotFound):
        office.ask(by="Bram")


def test_the_service_asks_nothing_about_somebody_who_is_not_shared(office: Office) -> None:
    unshared = office.cabinet.add("Anna", office.cabinet.unshared, name=TITLE, data=pdf())

    with pytest.raises(NotFound):
        office.ask(by="Carla", document=unshared)


def test_nobody_signs_who_may_not_be_asked(office: Office) -> None:
    with pytest.raises(NotFound):
        office.ask(office.user("Bram"))
    with pytest.raises(NotFound):
        office.ask(NewSigner(NewParticipant(ParticipantKind.EMPLOYEE, office.cabinet.unshared), "zichzelf"))


def test_a_document_for_the_employer_alone_is_signed_by_nobody_of_the_service(office: Office) -> None:
    own = office.cabinet.add("Anna", office.eva_id, "Alleen werkgever", name=TITLE, data=pdf())

    names = {one.name for one in signer_candidates(office.session, own, office.actor("Anna")).all}
    assert {"Anna", "Hans"} <= names
    assert "Carla" not in names
    with pytest.raises(NotFound):
        office.ask(office.user("Carla"), document=own)


def test_what_can_not_be_kept_is_refused_field_by_field(office: Office) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        office.ask(office.user("Hans", " "), days=61)

    assert {fault.field for fault in refusal.value.faults} == {f"capacity {office.world.people['Hans'].id}", "days"}
    with pytest.raises(InvalidRequest) as refusal:
        office.ask(office.user("Hans"), office.user("Hans", "zichzelf"))
    assert {fault.field for fault in refusal.value.faults} == {"signers"}
