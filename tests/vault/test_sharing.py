"""Sharing one record, its history and its end (S-01..S-08, S-15, K-27)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from audit.models import AuditEntry, AuditSubject
from keys.errors import PublicKeyForged
from keys.models import HolderGeneration, SealedForm
from organisation.employer_models import EmployerPlacement
from organisation.errors import NoServiceAgreement, NotFound, NotFoundedYet
from organisation.models import Organisation, ServiceAgreement
from organisation.registering import create_service
from tests.world import OPERATOR, World, card, details
from vault.access import withdraw_access
from vault.dossiers import Sight, read_employee
from vault.errors import (
    AlreadyEnded,
    AlreadyShared,
    ContentBegan,
    ExplanationMissing,
    ExplanationTooLong,
    NotShared,
    NoVaultAccess,
)
from vault.intake import take_in_shares
from vault.models import CareQuestionKind, RecordKey, RecordPart, Share
from vault.reasons import Reason
from vault.records import update_record
from vault.sharing import (
    begin_dossier_content,
    end_share,
    require_share,
    share_history,
    share_record,
)


def service_rows(world: World, employee_id: UUID) -> list[RecordKey]:
    """The keys of a record that the service has."""
    statement = select(RecordKey).where(
        RecordKey.employee_id == employee_id, RecordKey.holder_id == world.service.holder_id
    )
    return list(world.session.scalars(statement))


def test_sharing_hands_over_one_key_and_reads_no_data(world: World) -> None:
    """S-02, S-04, design 2.2: the row is the share; parts that do not even open are shared all the same."""
    shared, other = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bos")
    for part in world.session.scalars(select(RecordPart).where(RecordPart.employee_id == shared)):
        part.sealed = b"\x01 not a ciphertext"
    world.session.flush()
    world.share(shared)
    (row,) = service_rows(world, shared)
    assert (row.form, row.key_number) == (SealedForm.SEALED, 1)
    assert service_rows(world, other) == []


def test_the_reason_is_sealed_and_read_by_both_sides(world: World) -> None:
    """S-03, D-rule 22, design 2.2: kind and Toelichting are health data."""
    employee_id = world.employ("MS001", "Yılmaz")
    share = world.share(employee_id)
    for sealed in (share.reason_sealed, share.service_reason_sealed):
        assert sealed is not None
        assert b"Belt morgen" not in sealed
        assert b"sick_report" not in sealed
    reason = Reason(CareQuestionKind.SICK_REPORT, "Belt morgen zelf")
    assert repr(reason) == "Reason()"
    for name in ("Anna", "Carla"):
        view = read_employee(world.session, employee_id, world.actor(name)).share
        assert view is not None
        assert view.reason == reason
        assert (view.shared_by, view.service) == ("Anna", "Noord")


def test_both_organisations_have_it_in_their_log_under_one_ground(world: World) -> None:
    """S-06, K-27; no reason, name or number in it."""
    employee_id = world.employ("MS001", "Yılmaz")
    share = world.share(employee_id)
    end_share(world.session, share.id, world.actor("Anna"))
    for action in ("share:make", "share:end"):
        entries = world.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()
        assert {entry.organisation_id for entry in entries} == {world.employer.id, world.service.id}
        assert {entry.ground for entry in entries} == {str(share.id)}
        assert {entry.actor_id for entry in entries} == {world.people["Anna"].id}
        assert all(entry.details == {} for entry in entries)
        subjects = select(AuditSubject.subject_id).where(AuditSubject.entry_id.in_([entry.id for entry in entries]))
        assert list(world.session.scalars(subjects)) == [employee_id, employee_id]


def test_sharing_needs_the_permission_the_key_and_the_employee_in_scope(world: World) -> None:
    """S-01, K-08, K-15; D-rules 16, 17 and 18."""
    world.hire_vault_user("Frits", "leidinggevende", "datakluisgebruiker", scope=world.scope("Oven"))
    world.hire("Gerda", world.employer, "leidinggevende")
    world.hire("Hans", world.employer, "datakluisgebruiker")
    employee_id = world.employ("MS001", "Yılmaz")
    for name, refusal in (
        ("Frits", NotFound),
        ("Bram", NotFound),
        ("Gerda", PermissionDenied),
        ("Carla", PermissionDenied),
        ("Hans", NoVaultAccess),
    ):
        with pytest.raises(refusal):
            world.share(employee_id, by=name)
    carla = world.actor("Carla")
    forged = replace(carla, permissions=carla.permissions | set(Permission))
    with pytest.raises(NotFound):
        share_record(world.session, employee_id, CareQuestionKind.SICK_REPORT, "x", forged)
    assert world.session.scalar(select(func.count()).select_from(Share)) == 0


def test_someone_without_the_share_permission_cannot_share_with_the_key_either(world: World) -> None:
    """Part C: the key of the vault is not the right to share; environments differ (U-24)."""
    employee_id = world.employ("MS001", "Yılmaz")
    share = world.share(employee_id)
    anna = world.actor("Anna")
    without = replace(anna, permissions=frozenset({Permission.VAULT_READ, Permission.EMPLOYEE_LIST}))
    for act in (
        lambda: share_record(world.session, employee_id, CareQuestionKind.SICK_REPORT, "x", without),
        lambda: end_share(world.session, share.id, without),
        lambda: share_history(world.session, employee_id, without),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_an_employee_is_shared_once_at_a_time(world: World) -> None:
    """S-01, S-06: and again after the end, as a new act."""
    employee_id = world.employ("MS001", "Yılmaz")
    first = world.share(employee_id)
    with pytest.raises(AlreadyShared):
        world.share(employee_id)
    end_share(world.session, first.id, world.actor("Anna"))
    world.session.source.advance(timedelta(hours=1))  # type: ignore[attr-defined]
    second = world.share(employee_id)
    history = share_history(world.session, employee_id, world.actor("Anna"))
    assert [view.id for view in history] == [second.id, first.id]
    assert [view.can_end for view in history] == [True, False]
    assert history[1].ended_by == "Anna"
    assert read_employee(world.session, employee_id, world.actor("Carla")).sight is Sight.OPEN


def test_without_a_service_of_today_nothing_is_shared(world: World) -> None:
    """D-rule 21: the dialog names the receiving provider; settled: end of a service agreement."""
    employee_id = world.employ("MS001", "Yılmaz")
    agreement = world.session.scalars(
        select(ServiceAgreement).where(ServiceAgreement.employer_id == world.employer.id)
    ).one()
    oost = create_service(world.session, "Oost", OPERATOR)
    agreement.service_id = oost.id
    world.session.flush()
    with pytest.raises(NotFoundedYet):
        world.share(employee_id)
    agreement.ends_on = agreement.starts_on - timedelta(days=1)
    world.session.flush()
    with pytest.raises(NoServiceAgreement):
        world.share(employee_id)


def test_nothing_is_sealed_to_a_key_that_was_slipped_in(world: World) -> None:
    """Design 2.1: who can write the database can't slip in a key of his own."""
    employee_id = world.employ("MS001", "Yılmaz")
    holder_of = {
        organisation.name: organisation.holder_id for organisation in world.session.scalars(select(Organisation))
    }
    noord = world.session.get_one(HolderGeneration, (holder_of["Noord"], 1))
    zuid = world.session.get_one(HolderGeneration, (holder_of["Zuid"], 1))
    noord.public_key, noord.public_key_mac = zuid.public_key, zuid.public_key_mac
    world.session.flush()
    with pytest.raises(PublicKeyForged):
        world.share(employee_id)


@pytest.mark.parametrize(
    ("kind", "explanation", "refusal"),
    [
        (CareQuestionKind.OTHER, "  ", ExplanationMissing),
        (CareQuestionKind.SICK_REPORT, "\x07 \r\n", ExplanationMissing),
        (CareQuestionKind.CONSULTATION, "x" * 1_001, ExplanationTooLong),
    ],
)
def test_a_reason_is_complete(world: World, kind: CareQuestionKind, explanation: str, refusal: type[Exception]) -> None:
    """S-03, D-rule 22: whatever the kind, the explanation says why in at most 1,000 characters, as in the form."""
    employee_id = world.employ("MS001", "Yılmaz")
    with pytest.raises(refusal):
        share_record(world.session, employee_id, kind, explanation, world.actor("Anna"))


def test_the_end_destroys_the_keys_of_the_service(world: World) -> None:
    """S-07, S-15: Anoniem again, on the arbo side at once."""
    employee_id = world.employ("MS001", "Yılmaz")
    share = world.share(employee_id)
    take_in_shares(world.session, world.actor("Carla"))
    end_share(world.session, share.id, world.actor("Anna"))
    assert service_rows(world, employee_id) == []
    assert share.service_reason_sealed is None
    assert read_employee(world.session, employee_id, world.actor("Carla")).sight is Sight.NOT_SHARED
    assert read_employee(world.session, employee_id, world.actor("Anna")).sight is Sight.OPEN
    with pytest.raises(AlreadyEnded):
        end_share(world.session, share.id, world.actor("Anna"))


def test_ending_needs_the_same_as_sharing(world: World) -> None:
    """S-07, K-08; D-rules 16 to 18."""
    world.hire_vault_user("Frits", "datakluisgebruiker", scope=world.scope("Oven"))
    share = world.share(world.employ("MS001", "Yılmaz"))
    for name, refusal in (("Frits", NotFound), ("Bram", NotFound), ("Carla", PermissionDenied)):
        with pytest.raises(refusal):
            end_share(world.session, share.id, world.actor(name))
    with pytest.raises(NotFound):
        end_share(world.session, uuid4(), world.actor("Anna"))


def test_content_that_the_employer_sees_keeps_the_share(world: World) -> None:
    """S-07, D-rule 7: other content leaves no trace that the employer could notice."""
    share = world.share(world.employ("MS001", "Yılmaz"))
    begin_dossier_content(world.session, share.id, visible_to_employer=False)
    assert share.content_began_at is None
    begin_dossier_content(world.session, share.id, visible_to_employer=True)
    with pytest.raises(ContentBegan):
        end_share(world.session, share.id, world.actor("Anna"))
    page = read_employee(world.session, share.employee_id, world.actor("Anna"))
    assert page.share is not None
    assert not page.share.can_end


def test_nothing_begins_for_an_employee_who_is_not_shared(world: World) -> None:
    """S-08, D-rule 23: refused in the domain, not by hiding a button."""
    employee_id = world.employ("MS001", "Yılmaz")
    for name in ("Anna", "Carla"):
        with pytest.raises(NotShared):
            require_share(world.session, employee_id, world.actor(name))
    share = world.share(employee_id)
    for name in ("Anna", "Carla"):
        assert require_share(world.session, employee_id, world.actor(name)).id == share.id
    with pytest.raises(NotFound):
        require_share(world.session, employee_id, world.actor("Dirk"))
    end_share(world.session, share.id, world.actor("Anna"))
    for share_id in (share.id, uuid4()):
        with pytest.raises(NotShared):
            begin_dossier_content(world.session, share_id, visible_to_employer=True)


def test_another_service_gets_nothing_of_a_share_from_before_it_came(world: World) -> None:
    """Settled: end of a service agreement; D-rule 16: a share is with one service."""
    employee_id = world.employ("MS001", "Yılmaz")
    world.share(employee_id)
    agreement = world.session.scalars(
        select(ServiceAgreement).where(ServiceAgreement.employer_id == world.employer.id)
    ).one()
    agreement.service_id = world.other_service.id
    published = world.session.source.now()
    world.session.add(
        EmployerPlacement(service_id=world.other_service.id, employer_id=world.employer.id, published_at=published)
    )
    world.session.flush()
    assert read_employee(world.session, employee_id, world.actor("Dirk")).sight is Sight.NOT_SHARED
    with pytest.raises(NotShared):
        require_share(world.session, employee_id, world.actor("Dirk"))
    with pytest.raises(NotFound):
        read_employee(world.session, employee_id, world.actor("Carla"))


def test_a_key_that_somebody_may_still_know_is_replaced_for_both_sides_at_the_next_change(world: World) -> None:
    """Design 2.1: what is handed over opens the data as they lie; what comes next neither of them opens."""
    frits = world.hire_vault_user("Frits", "datakluisgebruiker")
    first, second = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bos")
    end_share(world.session, world.share(first).id, world.actor("Anna"))
    withdraw_access(world.session, frits.id, world.actor("Anna"))
    for employee_id in (first, second):
        share = world.share(employee_id)
        assert share.generation == 2
        assert {row.key_number for row in service_rows(world, employee_id)} == {1}
        update_record(
            world.session, employee_id, card=card(), details=details(), expected_version=1, actor=world.actor("Anna")
        )
        assert {row.key_number for row in service_rows(world, employee_id)} == {1, 2}
        page = read_employee(world.session, employee_id, world.actor("Carla"))
        assert page.sight is Sight.OPEN
        assert page.share is not None


def test_a_reason_stays_readable_after_a_withdrawal_and_for_who_is_admitted_later(world: World) -> None:
    """S-06, K-16, S-13: the vault's newest generation opens the ones before; the service's key is all it takes."""
    employee_id = world.employ("MS001", "Yılmaz")
    share = world.share(employee_id)
    frits = world.hire_vault_user("Frits", "datakluisgebruiker")
    withdraw_access(world.session, frits.id, world.actor("Anna"))
    (view,) = share_history(world.session, employee_id, world.actor("Anna"))
    assert (share.generation, view.reason.explanation) == (1, "Belt morgen zelf")
    world.hire_arbo("Cor")
    page = read_employee(world.session, employee_id, world.actor("Cor"))
    assert page.share is not None
    assert page.share.reason == view.reason


def test_the_history_is_the_employers(world: World) -> None:
    """S-06; logged as a look of its own."""
    employee_id = world.employ("MS001", "Yılmaz")
    world.share(employee_id)
    (view,) = share_history(world.session, employee_id, world.actor("Anna"))
    assert view.reason.explanation == "Belt morgen zelf"
    assert world.session.scalars(select(AuditEntry).where(AuditEntry.action == "share:history")).one()
    carla = world.actor("Carla")
    forged = replace(carla, permissions=carla.permissions | {Permission.SHARE_READ})
    with pytest.raises(PermissionDenied):
        share_history(world.session, employee_id, carla)
    with pytest.raises(NotFound):
        share_history(world.session, employee_id, forged)
