"""Several at one moment about one request or one ending agreement: exactly one counts (design 2.6, ASVS 15.4.2)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from audit.models import AuditEntry
from database.session import Session, SessionFactory
from organisation.service_agreements import end_agreement
from tests.vault.test_ending_agreements import LAST_DAY, MIDNIGHT, move_to
from tests.vault.test_races import Act, at_once
from tests.vault.test_share_requests import REFUSED, WORDS, ask
from tests.world import OPERATOR, World, card, details, make_world
from vault.dossiers import read_employee
from vault.ending_agreements import end_requests, end_shares
from vault.models import CareQuestionKind, RecordKey, RecordPart, Share, ShareRequest
from vault.records import update_record
from vault.renewing import renew_batch
from vault.share_request_answers import refuse_request, share_on_request
from vault.share_requests import expire_requests, request_share, withdraw_request
from vault.sharing import share_record

KIND = CareQuestionKind.CONSULTATION


@pytest.fixture
def committed(session_factory: SessionFactory) -> World:
    """A world that others see, with Hans as a second vault user and Nel as Carla's colleague."""
    with session_factory() as session:
        world = make_world(session)
        world.hire_vault_user("Hans", "datakluisbeheerder", "werkgever")
        world.hire_arbo("Nel")
        session.commit()
    return world


def employ(world: World, factory: SessionFactory) -> UUID:
    with factory() as session:
        world.session = session
        employee_id = world.employ("MS001", "Yılmaz")
        session.commit()
    return employee_id


def asked(world: World, factory: SessionFactory) -> UUID:
    """Employ somebody and ask for him or her."""
    employee_id = employ(world, factory)
    with factory() as session:
        world.session = session
        request_id = ask(world, employee_id).id
        session.commit()
    return request_id


def sharing(world: World, request_id: UUID, name: str) -> Act:
    return lambda session: share_on_request(session, request_id, KIND, WORDS, world.actor(name, session))


def refusing(world: World, request_id: UUID, name: str) -> Act:
    return lambda session: refuse_request(session, request_id, REFUSED, world.actor(name, session))


def withdrawing(world: World, request_id: UUID, name: str) -> Act:
    return lambda session: withdraw_request(session, request_id, world.actor(name, session))


def result(factory: SessionFactory, request_id: UUID) -> tuple[str, int, int]:
    """What became of the request, how many shares there are, and how many endings the log tells of."""
    with factory() as session:
        request = session.get_one(ShareRequest, request_id)
        shares = session.scalar(select(func.count()).select_from(Share)) or 0
        endings = ("share_request:share", "share_request:refuse", "share_request:withdraw", "share_request:expire")
        told = session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action.in_(endings))) or 0
        assert (request.share_id is not None) == (request.state == "shared")
        assert (request.refusal_sealed is not None) == (request.state == "refused")
        return request.state, shares, told


def test_of_all_who_decide_at_once_one_wins(committed: World, session_factory: SessionFactory) -> None:
    """Two who share, two who refuse, two who withdraw; what lost left nothing, not even an entry."""
    request_id = asked(committed, session_factory)
    acts = [
        sharing(committed, request_id, "Anna"),
        refusing(committed, request_id, "Hans"),
        withdrawing(committed, request_id, "Carla"),
        sharing(committed, request_id, "Hans"),
        refusing(committed, request_id, "Anna"),
        withdrawing(committed, request_id, "Nel"),
    ]
    assert at_once(session_factory, acts) == ["RequestDecided"] * 5 + ["done"]
    state, shares, told = result(session_factory, request_id)
    assert state in {"shared", "refused", "withdrawn"}
    assert (shares, told) == (int(state == "shared"), 2)


def test_who_decides_when_the_time_is_up_loses_against_the_worker(
    committed: World, session_factory: SessionFactory
) -> None:
    request_id = asked(committed, session_factory)
    with session_factory() as session:
        move_to(committed_in(committed, session), session.source.now() + timedelta(days=14))
    acts: list[Act] = [
        sharing(committed, request_id, "Anna"),
        expire_requests,
        withdrawing(committed, request_id, "Carla"),
        expire_requests,
        refusing(committed, request_id, "Hans"),
    ]
    assert at_once(session_factory, acts) == ["RequestDecided"] * 3 + ["done"] * 2
    assert result(session_factory, request_id) == ("expired", 0, 2)


def test_eight_who_ask_at_once_leave_one_request(committed: World, session_factory: SessionFactory) -> None:
    employee_id = employ(committed, session_factory)

    def asking(name: str) -> Act:
        return lambda session: request_share(
            session, employee_id, KIND, WORDS, lifetime=timedelta(days=14), actor=committed.actor(name, session)
        )

    assert at_once(session_factory, [asking("Carla"), asking("Nel")] * 4) == ["AlreadyRequested"] * 7 + ["done"]
    with session_factory() as session:
        made = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "share_request:make")
        assert session.scalar(made) == 2


def test_a_share_and_a_request_at_once_leave_nothing_that_waits(
    committed: World, session_factory: SessionFactory
) -> None:
    """Whichever comes first: the request is answered, or refused since it is shared."""
    employee_id = employ(committed, session_factory)

    def asking(session: Session) -> None:
        actor = committed.actor("Carla", session)
        request_share(session, employee_id, KIND, WORDS, lifetime=timedelta(days=14), actor=actor)

    def share(session: Session) -> None:
        share_record(session, employee_id, KIND, WORDS, committed.actor("Anna", session))

    outcomes = at_once(session_factory, [asking, share])
    with session_factory() as session:
        states = list(session.scalars(select(ShareRequest.state)))
    assert (outcomes, states) in [(["AlreadyShared", "done"], []), (["done", "done"], ["shared"])]


def committed_in(world: World, session: Session) -> World:
    world.session = session
    return world


def test_workers_at_once_end_an_agreement_once(committed: World, session_factory: SessionFactory) -> None:
    """Two web servers, each with its worker; and an administrator who edits meanwhile."""
    request_id = asked(committed, session_factory)
    with session_factory() as session:
        world = committed_in(committed, session)
        shared = [world.employ(f"MS10{number}", "Bos") for number in range(3)]
        for employee_id in shared:
            world.share(employee_id)
        end_agreement(session, world.employer.id, world.service.id, LAST_DAY, OPERATOR)
        session.commit()
        move_to(world, MIDNIGHT)

    def change(session: Session) -> None:
        update_record(
            session,
            shared[1],
            card=card("Nieuw"),
            details=details(),
            expected_version=1,
            actor=committed.actor("Anna", session),
        )

    acts: list[Act] = [end_shares, end_requests, end_shares, end_requests, change]
    assert at_once(session_factory, acts) == ["done"] * 5
    with session_factory() as session:
        assert session.get_one(ShareRequest, request_id).state == "ended"
        assert session.scalar(select(func.count()).select_from(Share).where(Share.ended_at.is_(None))) == 0
        assert not session.scalar(
            select(func.count()).select_from(RecordKey).where(RecordKey.holder_id == committed.service.holder_id)
        )
        for action in ("share:lapse", "share_request:lapse"):
            entries = session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()
            assert (
                sum(entry.details["count"] for entry in entries) == {"share:lapse": 6, "share_request:lapse": 2}[action]
            )


def test_two_who_log_in_at_once_renew_once_and_an_edit_is_not_lost(
    committed: World, session_factory: SessionFactory
) -> None:
    employee_id = employ(committed, session_factory)
    with session_factory() as session:
        world = committed_in(committed, session)
        world.share(employee_id)
        end_agreement(session, world.employer.id, world.service.id, LAST_DAY, OPERATOR)
        move_to(world, MIDNIGHT)
        end_shares(session)
        session.commit()

    def renewing(name: str) -> Act:
        return lambda session: renew_batch(session, committed.actor(name, session))

    def change(session: Session) -> None:
        update_record(
            session,
            employee_id,
            card=card("Nieuw"),
            details=details(),
            expected_version=1,
            actor=committed.actor("Anna", session),
        )

    assert at_once(session_factory, [renewing("Anna"), change, renewing("Hans")]) == ["done"] * 3
    with session_factory() as session:
        page = read_employee(session, employee_id, committed.actor("Anna", session))
        assert page.card is not None
        assert page.card.last_name == "Nieuw"
        assert set(session.scalars(select(RecordPart.key_number))) == {2}
