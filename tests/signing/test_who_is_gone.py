"""Who left a dialogue, or was taken out, opens nothing of what is signed afterwards, without being replaced (D-03)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy import select

from accounts.models import AccountState
from crypto.errors import UnsealError
from crypto.sealing import unseal
from crypto.secret import Secret
from dialogs.participants import leave, remove_participant
from documents.models import DocumentVersion, FileKey
from signing.completing import continue_signing
from signing.declining import decline
from signing.errors import LockedOut, NotFound, NotYourTurn
from signing.models import RequestState, SignerState, SigningMethod, SigningRequest
from signing.places import place_in_request, place_in_signer
from signing.reading import read_request
from signing.request_keys import open_request
from signing.withdrawing import withdraw
from signing.working_files import Workshop, open_latest
from tests.dialogs.talk import BASE_URL
from tests.signing.office import Office
from tests.signing.signed_documents import authority, timestamper
from vault.models import Share


def visit(
    office: Office, request: SigningRequest, by: str = "Anna", each_time: Callable[[], None] = lambda: None
) -> None:
    """Let somebody's visit go on with a request; `each_time` happens whenever it ends a transaction."""
    workshop = Workshop(office.cabinet.intake, authority(), timestamper())

    def release() -> None:
        office.session.flush()
        each_time()

    continue_signing(office.session, request.id, office.actor(by), workshop, release=release, base_url=BASE_URL)


def take_out(office: Office, request: SigningRequest, name: str) -> None:
    """Let Anna take somebody out of the dialogue of a request."""
    person = next(one for one in office.participants(request) if one.person_id == office.world.people[name].id)
    assert request.dialogue_id is not None
    remove_participant(office.session, request.dialogue_id, person.id, office.actor("Anna"))


def key_of(office: Office, request: SigningRequest, name: str) -> Secret:
    return open_request(office.session, request, office.actor(name))


def opens_latest(request: SigningRequest, secret: Secret) -> bool:
    """Whether a key of a request opens the key of the document as it is now."""
    assert request.latest_key_sealed is not None
    with suppress(UnsealError):
        return bool(unseal(secret, request.latest_key_sealed, place_in_request(request, "latest_key_sealed")))
    return False


def test_a_document_that_is_sealed_after_somebody_went_is_not_opened_by_the_old_key(office: Office) -> None:
    request = office.ask(office.user("Anna"), office.user("Hans"), office.user("Kees"), in_order=False)
    old = key_of(office, request, "Hans")

    take_out(office, request, "Hans")
    visit(office, request)

    assert request.state == RequestState.RUNNING
    assert opens_latest(request, key_of(office, request, "Kees"))
    assert not opens_latest(request, old)
    with pytest.raises(LockedOut):
        key_of(office, request, "Hans")


def test_what_was_made_while_somebody_went_is_made_anew_under_another_key(office: Office) -> None:
    request = office.ask(office.user("Anna"), office.user("Hans"), office.user("Kees"), in_order=False)
    old = key_of(office, request, "Hans")
    committed: list[bool] = []

    def meanwhile() -> None:
        if not committed:
            take_out(office, request, "Hans")
        office.session.refresh(request)
        committed.append(request.latest_key_sealed is not None and opens_latest(request, old))

    visit(office, request, each_time=meanwhile)

    assert request.state == RequestState.RUNNING
    assert opens_latest(request, key_of(office, request, "Kees"))
    assert len(committed) > 2
    assert not any(committed)


def test_a_signature_that_is_set_after_somebody_left_is_not_opened_by_the_old_key(office: Office) -> None:
    request = office.ask(office.user("Anna"), office.user("Hans"), office.user("Kees"), in_order=False)
    visit(office, request)
    assert request.dialogue_id is not None
    old = key_of(office, request, "Hans")
    leave(office.session, request.dialogue_id, office.actor("Hans"))
    signer = office.signer(request, 1)
    signer.state, signer.method = SignerState.AGREED.value, SigningMethod.AUTHENTICATOR.value
    signer.agreed_at, signer.agreed_sha256 = office.session.source.now(), request.base_sha256

    visit(office, request, "Kees")

    assert office.states(request)[0] == SignerState.SIGNED
    assert open_latest(office.session, request, key_of(office, request, "Kees"))
    assert not opens_latest(request, old)


def test_the_reason_to_decline_is_not_opened_by_the_old_key(office: Office) -> None:
    request = office.running(office.user("Hans"), office.user("Kees"), office.user("Anna"), in_order=False)
    old = key_of(office, request, "Hans")
    office.world.people["Hans"].person.state = AccountState.INACTIVE.value

    decline(office.session, request.id, "Er staat een fout in.", office.actor("Kees"), base_url=BASE_URL)

    signer = office.signer(request, 2)
    assert signer.refusal_sealed is not None
    with pytest.raises(UnsealError):
        unseal(old, signer.refusal_sealed, place_in_signer(signer, "refusal_sealed"))
    assert read_request(office.session, request.id, office.actor("Anna")).present[1].refusal == "Er staat een fout in."


def test_the_reason_to_withdraw_is_not_opened_by_the_old_key(office: Office) -> None:
    request = office.running(office.user("Hans"), office.user("Kees"), in_order=False)
    old = key_of(office, request, "Hans")
    take_out(office, request, "Hans")

    withdraw(office.session, request.id, "Het plan is veranderd.", office.actor("Anna"), base_url=BASE_URL)

    assert request.reason_sealed is not None
    with pytest.raises(UnsealError):
        unseal(old, request.reason_sealed, place_in_request(request, "reason_sealed"))
    assert read_request(office.session, request.id, office.actor("Kees")).reason == "Het plan is veranderd."


def test_who_was_taken_out_and_did_not_sign_gets_no_key_of_the_evidence(office: Office) -> None:
    request = office.ask(office.user("Hans"), office.user("Kees"), office.user("Anna"), in_order=False)
    visit(office, request)
    take_out(office, request, "Hans")
    withdraw(office.session, request.id, "Het plan is veranderd.", office.actor("Anna"), base_url=BASE_URL)

    visit(office, request)

    assert request.evidence_id is not None
    version = office.session.get_one(DocumentVersion, (request.evidence_id, 1))
    holders = set(office.session.scalars(select(FileKey.holder_id).where(FileKey.file_id == version.file_id)))
    assert office.world.people["Kees"].id in holders
    assert office.world.people["Hans"].id not in holders


def test_who_may_not_see_the_employee_any_more_signs_nothing_and_opens_nothing_new(office: Office) -> None:
    request = office.running(office.user("Carla", "Noord"), office.user("Kees"), office.user("Anna"), in_order=False)
    old = key_of(office, request, "Carla")
    share = office.session.scalars(select(Share).where(Share.employee_id == office.eva_id)).one()
    share.ended_at = office.session.source.now()
    office.session.flush()

    with pytest.raises(NotYourTurn):
        office.read(request, "Carla")
    withdraw(office.session, request.id, "Het plan is veranderd.", office.actor("Anna"), base_url=BASE_URL)

    assert request.reason_sealed is not None
    with pytest.raises(UnsealError):
        unseal(old, request.reason_sealed, place_in_request(request, "reason_sealed"))
    with pytest.raises(NotFound):
        read_request(office.session, request.id, office.actor("Carla"))
