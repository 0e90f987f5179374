"""Two on one screen: each reads, agrees and signs, and the host answers for who was there (G-01; signing.md 7.6)."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.errors import MalformedNumber, PermissionDenied, WrongCode
from audit.models import AuditEntry
from crypto.source import SeededSource
from documents.models import Document
from signing.drawings import clean_drawing
from signing.errors import InvalidRequest, NotAllSeen, NotFound, NotSignable, NotYourTurn, RequestEnded, TooManyCodes
from signing.events import EventKind, events_of
from signing.models import RequestState, Signer, SignerState, SigningMethod, SigningRequest
from signing.pades import revisions
from signing.record_schema import decode_record
from signing.together import (
    Beside,
    Consent,
    NewSitting,
    agree_beside,
    begin_sitting,
    finish_reading,
    note_seen,
    read_sitting,
    send_code_beside,
    state_presence,
)
from signing.withdrawing import withdraw
from tests.dialogs.guests import code_in_sms
from tests.documents.cabinet import make_cabinet
from tests.signing.office import RULES, make_office
from tests.signing.sitting import Sitting, sit_down
from tests.signing.test_drawings import png
from tests.vault.employees import hire_employee, link
from tests.world import World

NUMBER = "+31600000001"
PAGES = 3


@pytest.fixture
def sitting(world: World, tmp_path: Path) -> Sitting:
    """Hans of Bakkerij Mulder, with the employee of a dossier beside him."""
    made = sit_down(make_cabinet(world, tmp_path))
    made.session.commit()
    return made


def new(sitting: Sitting, document: Document, **changes: Any) -> NewSitting:
    beside = Beside("Eva Yılmaz", "zichzelf", is_employee=True)
    typed = NewSitting(document.id, sitting.session.source.new_id(), "Bakkerij Mulder", beside)
    return replace(typed, **changes)


def begin(sitting: Sitting, document: Document | None = None, by: str = "Hans", **changes: Any) -> SigningRequest:
    """Begin, and seal the document."""
    about = document or sitting.document()
    request = begin_sitting(sitting.session, new(sitting, about, **changes), sitting.world.actor(by))
    sitting.session.commit()
    sitting.go_on(request, by)
    return sitting.now(request)


def read(sitting: Sitting, request: SigningRequest, by: str = "Hans") -> None:
    """Let both see each page."""
    actor = sitting.world.actor(by)
    for page in range(1, PAGES + 1):
        note_seen(sitting.session, request.id, actor, page)
    finish_reading(sitting.session, request.id, actor, pages=PAGES)


def agree(sitting: Sitting, request: SigningRequest, position: int, **typed: Any) -> Signer:
    """Let one of the two agree."""
    signer = sitting.signers(request)[position - 1]
    names = {1: "Hans", 2: "Eva Yılmaz"}
    consent = replace(Consent(names[position]), **typed)
    return agree_beside(sitting.session, request.id, signer.id, consent, sitting.world.actor("Hans"))


def test_two_on_one_screen_sign_together(sitting: Sitting, source: SeededSource) -> None:
    document = sitting.document()
    request = begin(sitting, document)
    note_seen(sitting.session, request.id, sitting.world.actor("Hans"), 1)
    source.advance(timedelta(seconds=95))
    read(sitting, request)
    drawing = clean_drawing(png())
    agree(sitting, request, 1)
    agree(sitting, request, 2, name="  eva  YILMAZ ".replace("YILMAZ", "Yılmaz"), drawing=drawing)
    assert {signer.state for signer in sitting.signers(request)} == {SignerState.READ}
    sitting.go_on(request)
    assert len(revisions(sitting.working_file(request))) == 1
    state_presence(sitting.session, request.id, sitting.world.actor("Hans"))
    sitting.go_on(request)
    assert sitting.now(request).state == RequestState.DONE
    record: Any = decode_record(sitting.record(request))
    hans, eva = record["signers"]
    assert (hans["method"], eva["method"]) == (SigningMethod.TOGETHER, SigningMethod.TOGETHER)
    assert (eva["pages_seen"], eva["seconds_seen"]) == (PAGES, 95)
    assert (hans["drawing_sha256"], len(eva["drawing_sha256"])) == ("", 64)
    assert record["host"]["person"] == str(sitting.world.people["Hans"].id)
    assert record["host"]["stated_at"]
    kinds = [event.kind for event in events_of(sitting.session, request.id)]
    assert kinds[2:7] == [
        EventKind.READ,
        EventKind.READ,
        EventKind.AGREED,
        EventKind.AGREED,
        EventKind.PRESENCE_STATED,
    ]
    assert sitting.session.get_one(Document, document.id).state == "signed"


def test_the_same_form_sent_twice_begins_once(sitting: Sitting) -> None:
    typed = new(sitting, sitting.document())
    first = begin_sitting(sitting.session, typed, sitting.world.actor("Hans"))
    assert begin_sitting(sitting.session, typed, sitting.world.actor("Hans")).id == first.id


def test_the_own_account_of_the_employee_gets_the_keys(sitting: Sitting) -> None:
    hire_employee(sitting.world, "Eva")
    link(sitting.world, sitting.cabinet.shared, "Eva")
    sitting.session.commit()
    document = sitting.document()
    request = begin(sitting, document)
    read(sitting, request)
    agree(sitting, request, 1)
    agree(sitting, request, 2)
    state_presence(sitting.session, request.id, sitting.world.actor("Hans"))
    sitting.go_on(request)
    assert sitting.world.people["Eva"].id in sitting.cabinet.holders(document)
    other = sitting.document()
    begun = begin(sitting, other, beside=Beside("Piet Buur", "de vakbond", is_employee=False))
    assert sitting.signers(begun)[1].person_id is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"capacity": " "}, "capacity"),
        ({"capacity": "x" * 81}, "capacity"),
        ({"beside": Beside("", "zichzelf", is_employee=True)}, "name"),
        ({"beside": Beside("x" * 121, "zichzelf", is_employee=True)}, "name"),
        ({"beside": Beside("Eva", "", is_employee=True)}, "beside_capacity"),
    ],
)
def test_what_is_missing_is_asked_for(sitting: Sitting, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        begin(sitting, **changes)
    assert [fault.field for fault in refusal.value.faults] == [field]
    assert sitting.session.scalar(select(SigningRequest.id)) is None


def test_only_who_may_have_documents_signed_begins_and_goes_on(sitting: Sitting) -> None:
    world = sitting.world
    world.open_account("Joop")
    document = sitting.document()
    with pytest.raises(PermissionDenied):
        begin(sitting, document, by="Joop")
    with pytest.raises(NotFound):
        begin(sitting, document, by="Bram")
    request = begin(sitting, document)
    for stranger in ("Anna", "Carla"):
        with pytest.raises(NotFound):
            note_seen(sitting.session, request.id, world.actor(stranger), 1)
        with pytest.raises(NotFound):
            state_presence(sitting.session, request.id, world.actor(stranger))


def test_a_request_by_sms_is_not_signed_on_one_screen(world: World, tmp_path: Path) -> None:
    office = make_office(world, tmp_path)
    request = office.running()
    with pytest.raises(NotFound):
        read_sitting(office.session, request.id, office.actor("Anna"))
    with pytest.raises(NotFound):
        state_presence(office.session, request.id, office.actor("Anna"))


def test_what_is_no_pdf_is_not_signed(sitting: Sitting) -> None:
    note = sitting.cabinet.add("Hans", sitting.cabinet.shared)
    with pytest.raises(NotSignable):
        begin(sitting, note)


def test_nobody_agrees_before_every_page_was_shown(sitting: Sitting) -> None:
    request, actor = begin(sitting), sitting.world.actor("Hans")
    with pytest.raises(NotYourTurn):
        agree(sitting, request, 1)
    for page in (1, 3):
        note_seen(sitting.session, request.id, actor, page)
    with pytest.raises(NotAllSeen):
        finish_reading(sitting.session, request.id, actor, pages=PAGES)
    read(sitting, request)
    agree(sitting, request, 1)


def test_each_agrees_in_turn_and_once(sitting: Sitting) -> None:
    request = begin(sitting)
    read(sitting, request)
    with pytest.raises(NotYourTurn):
        agree(sitting, request, 2)
    agree(sitting, request, 1)
    with pytest.raises(NotYourTurn):
        agree(sitting, request, 1)
    with pytest.raises(NotYourTurn):
        state_presence(sitting.session, request.id, sitting.world.actor("Hans"))
    unknown, actor = UUID(int=1), sitting.world.actor("Hans")
    with pytest.raises(NotFound):
        agree_beside(sitting.session, request.id, unknown, Consent("Hans"), actor)


@pytest.mark.parametrize("name", ["", "Hans Worst", "Eva"])
def test_each_types_the_own_name(sitting: Sitting, name: str) -> None:
    request = begin(sitting)
    read(sitting, request)
    with pytest.raises(InvalidRequest):
        agree(sitting, request, 1, name=name)
    assert sitting.signers(request)[0].agreed_at is None


def test_a_code_by_sms_makes_it_stronger(sitting: Sitting) -> None:
    request, actor = begin(sitting), sitting.world.actor("Hans")
    read(sitting, request)
    agree(sitting, request, 1)
    eva = sitting.signers(request)[1]
    with pytest.raises(MalformedNumber):
        send_code_beside(sitting.session, request.id, eva.id, "12", actor, rules=RULES)
    assert send_code_beside(sitting.session, request.id, eva.id, NUMBER, actor, rules=RULES) == "•••• 01"
    with pytest.raises(WrongCode):
        agree(sitting, request, 2, code="aaaaaa")
    agree(sitting, request, 2, code=code_in_sms(sitting.session))
    state_presence(sitting.session, request.id, actor)
    sitting.session.commit()
    sitting.go_on(request)
    record: Any = decode_record(sitting.record(request))
    signer = record["signers"][1]
    assert (signer["method"], signer["number_masked"]) == (SigningMethod.TOGETHER_SMS, "•••• 01")
    assert (signer["number_source"], signer["proof"] != "") == ("host", True)
    assert [(code["tries"], code["used_at"] != "") for code in record["codes"]] == [(2, True)]
    assert NUMBER[3:] not in str(record)


def test_a_code_is_sent_three_times_at_most(sitting: Sitting) -> None:
    request, actor = begin(sitting), sitting.world.actor("Hans")
    read(sitting, request)
    hans = sitting.signers(request)[0]
    for _time in range(3):
        send_code_beside(sitting.session, request.id, hans.id, NUMBER, actor, rules=RULES)
    with pytest.raises(TooManyCodes):
        send_code_beside(sitting.session, request.id, hans.id, NUMBER, actor, rules=RULES)


def test_who_stops_signs_nothing(sitting: Sitting) -> None:
    request, actor = begin(sitting), sitting.world.actor("Hans")
    read(sitting, request)
    agree(sitting, request, 1)
    withdraw(sitting.session, request.id, "Eva wil er nog over denken", actor, base_url="https://portal.example")
    with pytest.raises(RequestEnded):
        agree(sitting, request, 2)
    sitting.session.commit()
    sitting.go_on(request)
    record: Any = decode_record(sitting.record(request))
    assert (record["outcome"], record["signers"]) == ("withdrawn", [])
    assert [other["name"] for other in record["others"]] == ["Hans", "Eva Yılmaz"]


def test_the_log_tells_who_agreed_and_no_name(sitting: Sitting) -> None:
    request = begin(sitting)
    read(sitting, request)
    agree(sitting, request, 1)
    agree(sitting, request, 2)
    statement = select(AuditEntry).where(AuditEntry.action == "signing:agree").order_by(AuditEntry.moment)
    entries = list(sitting.session.scalars(statement))
    assert {entry.object_id for entry in entries} == {signer.id for signer in sitting.signers(request)}
    assert [entry.details for entry in entries] == [{"method": "together"}] * 2


def test_the_log_tells_that_the_host_stated_who_was_there(sitting: Sitting) -> None:
    request = begin(sitting)
    read(sitting, request)
    agree(sitting, request, 1)
    agree(sitting, request, 2)
    state_presence(sitting.session, request.id, sitting.world.actor("Hans"))
    (entry,) = sitting.session.scalars(select(AuditEntry).where(AuditEntry.action == "signing:attest"))
    assert (entry.object_id, entry.details) == (request.id, {"signers": 2})
    assert entry.actor_id == sitting.world.actor("Hans").person_id


def test_a_drawing_lies_sealed(sitting: Sitting) -> None:
    request = begin(sitting)
    read(sitting, request)
    drawing = clean_drawing(png())
    assert drawing is not None
    signer = agree(sitting, request, 1, drawing=drawing)
    assert signer.drawing_sealed is not None
    assert drawing not in signer.drawing_sealed
    assert base64.b64encode(drawing) not in signer.drawing_sealed
