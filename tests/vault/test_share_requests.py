"""Asking the employer to share, withdrawing that, and running out (design 2.6; D-rules 22, 23 and 26)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from accounts.errors import PermissionDenied
from audit.models import AuditEntry, AuditSubject
from crypto.source import SeededSource
from delivery.models import OutgoingMessage
from delivery.outbox import open_content
from keys.errors import NoKey
from keys.opened import OpenedKeys
from organisation.employer_models import EmployerPlacement
from organisation.errors import NoServiceAgreement, NotFound
from organisation.memberships import take_role
from organisation.models import Employment, ServiceAgreement
from tests.world import OPERATOR, World
from vault.errors import (
    AlreadyRequested,
    AlreadyShared,
    ExplanationMissing,
    ExplanationTooLong,
    NoVaultAccess,
    RequestDecided,
    VaultClosed,
)
from vault.models import CareQuestionKind, Share, ShareRequest, ShareRequestState, Vault
from vault.places import place_of_request
from vault.reasons import Reason
from vault.share_request_answers import refuse_request, share_on_request
from vault.share_request_reading import (
    latest_request,
    read_request,
    requests_of_service,
    requests_to_answer,
    waiting_request,
)
from vault.share_requests import expire_requests, request_share, withdraw_request
from vault.sharing import end_share, share_history, share_record

WORDS = "Meldt zich elke maandag"
REFUSED = "Zij is alweer aan het werk"
FORTNIGHT = timedelta(days=14)
REASON = Reason(CareQuestionKind.CONSULTATION, WORDS)


def ask(world: World, employee_id: UUID, *, by: str = "Carla", words: str = WORDS) -> ShareRequest:
    """Let somebody of the service ask for an employee."""
    return request_share(
        world.session,
        employee_id,
        CareQuestionKind.CONSULTATION,
        words,
        lifetime=FORTNIGHT,
        actor=world.actor(by),
    )


def share_it(world: World, request: ShareRequest, *, by: str = "Anna") -> Share:
    """Let the employer share in answer."""
    return share_on_request(world.session, request.id, CareQuestionKind.CONSULTATION, WORDS, world.actor(by))


def later(world: World, **duration: float) -> None:
    """Move the clock."""
    assert isinstance(world.session.source, SeededSource)
    world.session.source.advance(timedelta(**duration))


def entries(world: World, action: str) -> list[AuditEntry]:
    return list(world.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def mailed(world: World, kind: str) -> list[str]:
    """To whom mails of a kind wait, each of which has nothing to fill in."""
    messages = world.session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == kind)).all()
    contents = [open_content(world.session, message) for message in messages]
    assert all(content.values == {} for content in contents)
    return sorted(content.to for content in contents)


def state_of(world: World, request: ShareRequest) -> str:
    world.session.refresh(request)
    return request.state


def test_both_sides_read_why_and_nobody_else_can(world: World) -> None:
    """D-rule 22: sealed to each side by itself; the repr and the row hold nothing of it."""
    request = ask(world, world.employ("MS001", "Yılmaz"))
    for sealed in (request.reason_sealed, request.service_reason_sealed):
        assert sealed is not None
        assert WORDS.encode() not in sealed
        assert b"consultation" not in sealed
    assert read_request(world.session, request.id, world.actor("Anna")).reason == REASON
    seen = latest_request(world.session, request.employee_id, world.actor("Carla"))
    assert seen is not None
    assert seen.reason == REASON
    assert (seen.line.requested_by, seen.line.state) == ("Carla", ShareRequestState.WAITING)
    vault = world.session.get_one(Vault, world.employer.id)
    for name, holder_id in (("Bram", vault.holder_id), ("Dirk", world.service.holder_id)):
        keys: OpenedKeys = world.actor(name).keys
        assert holder_id is not None
        with pytest.raises(NoKey):
            keys.key_pair(world.session, holder_id, 1)


def test_each_text_is_bound_to_its_own_place(world: World) -> None:
    """Design 2.1: none of the four can be moved to another's place, side or person."""
    request = ask(world, world.employ("MS001", "Yılmaz"))
    columns = ("reason_sealed", "service_reason_sealed", "refusal_sealed", "service_refusal_sealed")
    places = {place_of_request(request, column, 1).encode() for column in columns}
    assert len(places) == 4
    before = place_of_request(request, "reason_sealed", 1).encode()
    with world.session.no_autoflush:
        request.employee_id = uuid4()
        assert place_of_request(request, "reason_sealed", 1).encode() != before
    world.session.refresh(request)


def test_only_arbo_staff_who_may_ask_in_scope_and_with_the_key_can_ask(world: World) -> None:
    """D-rules 16 and 17: an employer out of scope is not found."""
    employee_id = world.employ("MS001", "Yılmaz")
    elsewhere = world.employ("PE001", "Persman", "Pers", by="Bram")
    world.hire_arbo("Cor", scope=type(world.scope())(whole=False, units=frozenset({world.garage.id})))
    world.hire_arbo("Kees", roles=("klantbeheer",))
    world.hire("Nel", world.service, "casemanager_arbo")
    for name, whom, refusal in (
        ("Cor", employee_id, NotFound),
        ("Dirk", employee_id, NotFound),
        ("Carla", elsewhere, NotFound),
        ("Carla", uuid4(), NotFound),
        ("Kees", employee_id, PermissionDenied),
        ("Anna", employee_id, PermissionDenied),
        ("Nel", employee_id, NoVaultAccess),
    ):
        with pytest.raises(refusal):
            ask(world, whom, by=name)
    assert world.session.scalar(select(func.count()).select_from(ShareRequest)) == 0
    assert entries(world, "share_request:make") == []


def test_a_reason_is_demanded_within_the_limits_of_a_share(world: World) -> None:
    """S-03."""
    employee_id = world.employ("MS001", "Yılmaz")
    for words, refusal in (("  \n", ExplanationMissing), ("a" * 1_001, ExplanationTooLong)):
        with pytest.raises(refusal):
            ask(world, employee_id, words=words)


def test_one_request_waits_per_employee_and_service(world: World) -> None:
    """A second says so; after the first was withdrawn there may be another."""
    employee_id = world.employ("MS001", "Yılmaz")
    first = ask(world, employee_id)
    with pytest.raises(AlreadyRequested):
        ask(world, employee_id)
    withdraw_request(world.session, first.id, world.actor("Carla"))
    assert ask(world, employee_id).id != first.id


def test_nobody_asks_for_whom_is_shared_or_without_an_agreement_or_vault(world: World) -> None:
    employee_id = world.employ("MS001", "Yılmaz")
    share = world.share(employee_id)
    with pytest.raises(AlreadyShared):
        ask(world, employee_id)
    end_share(world.session, share.id, world.actor("Anna"))
    world.session.execute(update(ServiceAgreement).values(starts_on=world.session.source.now().date() + FORTNIGHT))
    with pytest.raises(NotFound):
        ask(world, employee_id)


def test_without_a_vault_nothing_can_be_asked(world: World) -> None:
    """There is no key to seal to."""
    employee_id = world.employ("MS001", "Yılmaz")
    vault = world.session.get_one(Vault, world.employer.id)
    world.session.delete(vault)
    world.session.flush()
    with pytest.raises(VaultClosed):
        ask(world, employee_id)


def test_every_step_is_in_the_log_of_both_sides_without_content(world: World) -> None:
    """Design 3."""
    people = [world.employ(f"MS00{number}", "Bos") for number in range(4)]
    requests = [ask(world, employee_id) for employee_id in people]
    withdraw_request(world.session, requests[0].id, world.actor("Carla"))
    refuse_request(world.session, requests[1].id, REFUSED, world.actor("Anna"))
    share_it(world, requests[2])
    later(world, days=14)
    assert expire_requests(world.session) == 1
    for action, request in zip(("withdraw", "refuse", "share", "expire"), requests, strict=True):
        found = entries(world, f"share_request:{action}")
        assert {entry.organisation_id for entry in found} == {world.employer.id, world.service.id}
        assert {entry.object_id for entry in found} == {request.id}
        subjects = select(AuditSubject.subject_id).where(AuditSubject.entry_id.in_([entry.id for entry in found]))
        assert list(world.session.scalars(subjects)) == [request.employee_id] * 2
        assert all(entry.details == {} for entry in found)
    assert len(entries(world, "share_request:make")) == 8
    assert len(entries(world, "share:make")) == 2


def test_the_mail_goes_to_vault_users_in_scope_and_says_nothing(world: World) -> None:
    """D-rule 26: not to a manager of another department, not to who may not share, not to who has no key."""
    world.hire_vault_user("Frits", "datakluisgebruiker", scope=world.scope("Oven"))
    world.hire_vault_user("Ilse", "datakluisgebruiker", scope=world.scope("Winkel"))
    world.hire("Gerda", world.employer, "leidinggevende")
    world.hire("Hans", world.employer, "datakluisgebruiker")
    ask(world, world.employ("MS001", "Yılmaz"))
    assert mailed(world, "share_request") == ["anna@example.org", "ilse@example.org"]
    assert mailed(world, "share_request_answered") == []


def test_who_asked_gets_a_mail_when_it_is_answered(world: World) -> None:
    first, second = (ask(world, world.employ(f"MS00{number}", "Bos")) for number in range(2))
    share_it(world, first)
    assert mailed(world, "share_request_answered") == ["carla@example.org"]
    refuse_request(world.session, second.id, REFUSED, world.actor("Anna"))
    assert mailed(world, "share_request_answered") == ["carla@example.org"] * 2


def test_sharing_in_answer_is_the_normal_share_and_the_history_says_so(world: World) -> None:
    """S-06: by whom, on what, in answer to what."""
    request = ask(world, world.employ("MS001", "Yılmaz"))
    share = share_it(world, request)
    assert (state_of(world, request), request.share_id) == ("shared", share.id)
    (view,) = share_history(world.session, request.employee_id, world.actor("Anna"))
    assert view.reason == REASON
    assert view.requested_at == request.requested_at
    with pytest.raises(RequestDecided):
        share_it(world, request)


def test_a_share_that_the_employer_makes_by_itself_answers_what_waits(world: World) -> None:
    """In the same transaction; a share without a request answers none."""
    other = world.share(world.employ("MS002", "Bos"))
    request = ask(world, world.employ("MS001", "Yılmaz"))
    share = world.share(request.employee_id)
    assert (state_of(world, request), request.share_id) == ("shared", share.id)
    (view,) = share_history(world.session, other.employee_id, world.actor("Anna"))
    assert view.requested_at is None


def test_a_refusal_is_read_by_both_sides(world: World) -> None:
    request = ask(world, world.employ("MS001", "Yılmaz"))
    refuse_request(world.session, request.id, REFUSED, world.actor("Anna"))
    assert request.refusal_sealed is not None
    assert REFUSED.encode() not in request.refusal_sealed
    assert read_request(world.session, request.id, world.actor("Anna")).refusal == REFUSED
    seen = latest_request(world.session, request.employee_id, world.actor("Carla"))
    assert seen is not None
    assert (seen.refusal, seen.line.state) == (REFUSED, ShareRequestState.REFUSED)
    with pytest.raises(RequestDecided) as decided:
        refuse_request(world.session, request.id, REFUSED, world.actor("Anna"))
    assert decided.value.state is ShareRequestState.REFUSED


def test_only_vault_users_in_scope_see_and_answer(world: World) -> None:
    """D-rules 16, 17 and 18; base roles without the vault see none."""
    world.hire_vault_user("Frits", "leidinggevende", "datakluisgebruiker", scope=world.scope("Oven"))
    world.hire("Gerda", world.employer, "leidinggevende")
    world.hire("Hans", world.employer, "datakluisgebruiker")
    request = ask(world, world.employ("MS001", "Yılmaz"))
    assert [line.id for line in requests_to_answer(world.session, world.actor("Anna"))] == [request.id]
    assert requests_to_answer(world.session, world.actor("Frits")) == []
    assert requests_to_answer(world.session, world.actor("Bram")) == []
    for name, refusal in (
        ("Frits", NotFound),
        ("Bram", NotFound),
        ("Gerda", PermissionDenied),
        ("Hans", NoVaultAccess),
        ("Carla", PermissionDenied),
    ):
        for act in (
            lambda name=name: read_request(world.session, request.id, world.actor(name)),
            lambda name=name: share_it(world, request, by=name),
            lambda name=name: refuse_request(world.session, request.id, REFUSED, world.actor(name)),
        ):
            with pytest.raises(refusal):
                act()
    assert waiting_request(world.session, request.employee_id, world.actor("Gerda")) is None
    assert state_of(world, request) == "waiting"


def test_who_may_see_but_not_share_is_shown_no_request(world: World) -> None:
    """U-24: the permission counts, not the key."""
    hans = world.hire_vault_user("Hans", "datakluisgebruiker", "werkgever")
    take_role(world.session, hans.id, "datakluisgebruiker", OPERATOR)
    request = ask(world, world.employ("MS001", "Yılmaz"))
    with pytest.raises(PermissionDenied):
        read_request(world.session, request.id, world.actor("Hans"))


def test_only_the_service_that_asked_withdraws(world: World) -> None:
    """Also a colleague in scope."""
    world.hire_arbo("Cor", scope=type(world.scope())(whole=False, units=frozenset({world.garage.id})))
    world.hire_arbo("Nel")
    request = ask(world, world.employ("MS001", "Yılmaz"))
    for name, refusal in (("Cor", NotFound), ("Dirk", NotFound), ("Anna", PermissionDenied)):
        with pytest.raises(refusal):
            withdraw_request(world.session, request.id, world.actor(name))
    withdraw_request(world.session, request.id, world.actor("Nel"))
    assert state_of(world, request) == "withdrawn"
    for act in (
        lambda: withdraw_request(world.session, request.id, world.actor("Carla")),
        lambda: refuse_request(world.session, request.id, REFUSED, world.actor("Anna")),
        lambda: share_it(world, request),
    ):
        with pytest.raises(RequestDecided) as decided:
            act()
        assert decided.value.state is ShareRequestState.WITHDRAWN
    assert requests_to_answer(world.session, world.actor("Anna")) == []


def test_after_its_time_nothing_is_decided_though_the_worker_has_not_come_by(world: World) -> None:
    """One second before it is in time."""
    first, second = (ask(world, world.employ(f"MS00{number}", "Bos")) for number in range(2))
    later(world, days=14, seconds=-1)
    assert expire_requests(world.session) == 0
    share_it(world, first)
    later(world, seconds=1)
    for act in (
        lambda: share_it(world, second),
        lambda: refuse_request(world.session, second.id, REFUSED, world.actor("Anna")),
        lambda: withdraw_request(world.session, second.id, world.actor("Carla")),
    ):
        with pytest.raises(RequestDecided) as decided:
            act()
        assert decided.value.state is ShareRequestState.EXPIRED
    assert requests_to_answer(world.session, world.actor("Anna")) == []
    seen = latest_request(world.session, second.employee_id, world.actor("Carla"))
    assert seen is not None
    assert seen.line.state is ShareRequestState.EXPIRED
    assert expire_requests(world.session) == 1
    assert expire_requests(world.session) == 0
    assert state_of(world, second) == "expired"


def test_what_ran_out_makes_room_and_is_answered_by_no_later_share(world: World) -> None:
    first, second = (ask(world, world.employ(f"MS00{number}", "Bos")) for number in range(2))
    later(world, days=15)
    assert ask(world, first.employee_id).id != first.id
    world.share(second.employee_id)
    assert (state_of(world, first), state_of(world, second)) == ("expired", "expired")
    assert second.share_id is None


def test_with_another_service_it_is_not_shared_in_answer(world: World) -> None:
    """The dossier goes to the service that asked, or to none."""
    request = ask(world, world.employ("MS001", "Yılmaz"))
    world.session.add(
        ServiceAgreement(
            id=uuid4(),
            service_id=world.other_service.id,
            employer_id=world.employer.id,
            starts_on=world.session.source.now().date() - timedelta(days=400),
            ends_on=None,
        )
    )
    world.session.flush()
    assert share_it(world, request).service_id == world.service.id
    with pytest.raises(NoServiceAgreement):
        share_record(
            world.session,
            world.employ("MS002", "Bos"),
            CareQuestionKind.OTHER,
            "x",
            world.actor("Anna"),
            service_id=world.garage.id,
        )


def test_another_service_of_the_same_employer_sees_nothing_of_it(world: World) -> None:
    """D-rule 16: what one service asks, and that it asked, is not the other's; nor can it end it."""
    request = ask(world, world.employ("MS001", "Yılmaz"))
    world.session.add(
        ServiceAgreement(
            id=uuid4(),
            service_id=world.other_service.id,
            employer_id=world.employer.id,
            starts_on=world.session.source.now().date(),
            ends_on=None,
        )
    )
    world.session.add(
        EmployerPlacement(
            service_id=world.other_service.id,
            employer_id=world.employer.id,
            published_at=world.session.source.now(),
        )
    )
    world.session.flush()
    dirk = world.actor("Dirk")
    assert latest_request(world.session, request.employee_id, dirk) is None
    assert waiting_request(world.session, request.employee_id, dirk) is None
    assert requests_of_service(world.session, dirk) == []
    with pytest.raises(NotFound):
        withdraw_request(world.session, request.id, dirk)
    assert ask(world, request.employee_id, by="Dirk").service_id == world.other_service.id
    assert state_of(world, request) == "waiting"


def test_of_someone_who_left_it_can_still_be_answered_and_both_sides_are_told(world: World) -> None:
    request = ask(world, world.employ("MS001", "Yılmaz"))
    yesterday = world.session.source.now().date() - timedelta(days=1)
    world.session.execute(update(Employment).values(ends_on=yesterday))
    assert read_request(world.session, request.id, world.actor("Anna")).has_left
    seen = latest_request(world.session, request.employee_id, world.actor("Carla"))
    assert seen is not None
    assert seen.has_left
    share_it(world, request)
