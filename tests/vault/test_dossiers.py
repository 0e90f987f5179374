"""One employee's page, for both sides (K-02, K-18, K-21, K-24; D-rules 17, 23 and 37)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import delete, select, text

from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from audit.errors import LogUnavailable
from audit.models import AuditEntry, AuditSubject
from organisation.employments import add_employment
from organisation.errors import NotFound
from organisation.memberships import give_role
from organisation.tree import find_employee
from tests.world import OPERATOR, TEST_BSN, World, card, details
from vault import records
from vault.dossiers import DossierAction, EmployeePage, Sight, read_bsn, read_employee
from vault.errors import BsnUnknown, NotShared, NoVaultAccess
from vault.models import RecordPart
from vault.records import update_record
from vault.sharing import begin_dossier_content, end_share


def with_bsn(world: World, name: str) -> None:
    """Let a person of the world have the role that reads BSNs."""
    give_role(world.session, world.people[name].id, "bsn_inzage", OPERATOR)


def entries(world: World, action: str) -> list[AuditEntry]:
    """The entries of an action."""
    return list(world.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_a_vault_user_sees_everybody_in_scope_shared_or_not(world: World) -> None:
    """K-18, K-21, K-24."""
    world.hire_vault_user("Frits", "leidinggevende", "datakluisgebruiker", scope=world.scope("Winkel"))
    here, elsewhere = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bos", "Oven")
    page = read_employee(world.session, here, world.actor("Frits"))
    assert (page.sight, page.is_shared, page.personnel_number) == (Sight.OPEN, False, "MS001")
    assert page.card == card("Yılmaz")
    assert page.employments[0].function == "Verkoper"
    with pytest.raises(NotFound):
        read_employee(world.session, elsewhere, world.actor("Frits"))


@pytest.mark.parametrize(
    ("name", "roles", "sight"),
    [
        ("Gerda", ("leidinggevende",), Sight.NO_KEY),
        ("Frits", ("leidinggevende", "datakluisgebruiker"), Sight.NO_KEY),
    ],
)
def test_without_the_key_of_the_vault_only_the_employment_shows(
    world: World, name: str, roles: tuple[str, ...], sight: Sight
) -> None:
    """K-15, D-rule 17."""
    world.hire(name, world.employer, *roles)
    employee_id = world.employ("MS001", "Yılmaz")
    world.share(employee_id)
    page = read_employee(world.session, employee_id, world.actor(name))
    assert page.sight is sight
    assert (page.card, page.details, page.bsn_masked, page.share) == (None, None, None, None)
    assert page.actions == frozenset()
    assert page.employments[0].department == "Winkel"


def test_an_anonymous_employee_is_an_employment_without_any_action_to_the_service(world: World) -> None:
    """K-02, S-08, D-rule 23."""
    with_bsn(world, "Carla")
    employee_id = world.employ("MS001", "Yılmaz")
    page = read_employee(world.session, employee_id, world.actor("Carla"))
    assert (page.sight, page.is_shared, page.card, page.details) == (Sight.NOT_SHARED, None, None, None)
    assert (page.bsn_masked, page.share, page.actions) == (None, None, frozenset())
    assert page.personnel_number == "MS001"
    with pytest.raises(NotShared):
        read_bsn(world.session, employee_id, world.actor("Carla"))


def test_the_service_sees_what_is_shared_live_and_its_looks_have_the_share_as_ground(world: World) -> None:
    """S-05, S-13, LOG6."""
    employee_id = world.employ("MS001", "Yılmaz")
    read_employee(world.session, employee_id, world.actor("Carla"))
    share = world.share(employee_id)
    page = read_employee(world.session, employee_id, world.actor("Carla"))
    assert page.card == card("Yılmaz")
    update_record(
        world.session,
        employee_id,
        card=card("Dijk"),
        details=details(city="Zeist"),
        expected_version=1,
        actor=world.actor("Anna"),
    )
    page = read_employee(world.session, employee_id, world.actor("Carla"))
    assert page.card == card("Dijk")
    assert page.details == details(city="Zeist", bsn=None)
    end_share(world.session, share.id, world.actor("Anna"))
    assert read_employee(world.session, employee_id, world.actor("Carla")).card is None
    read_employee(world.session, employee_id, world.actor("Anna"))
    grounds = sorted(str(entry.ground) for entry in entries(world, "employee:read"))
    assert grounds == sorted(["None", str(share.id), str(share.id), "None", "None"])


def test_who_waits_to_be_admitted_sees_the_employment(world: World) -> None:
    """Design 2.1."""
    world.hire("Cor", world.service, "casemanager_arbo")
    employee_id = world.employ("MS001", "Yılmaz")
    world.share(employee_id)
    page = read_employee(world.session, employee_id, world.actor("Cor"))
    assert (page.sight, page.is_shared, page.card, page.share) == (Sight.NO_KEY, None, None, None)


def test_whether_someone_is_shared_is_for_whom_the_record_is_open_and_who_may_see_shares(world: World) -> None:
    """D-rules 16 and 17: to a manager without the vault everybody is Anoniem, shared or not."""
    world.hire("Gerda", world.employer, "leidinggevende")
    world.hire("Hans", world.employer, "datakluisgebruiker")
    employee_id, other = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bos")
    world.share(employee_id)

    def told(name: str) -> list[bool | None]:
        return [read_employee(world.session, one, world.actor(name)).is_shared for one in (employee_id, other)]

    assert told("Gerda") == [None, None]
    assert told("Hans") == [True, False]
    assert told("Anna") == [True, False]
    assert told("Carla") == [True, None]


def test_the_employments_are_those_in_departments_that_the_actor_sees(world: World) -> None:
    """D-rule 16: what someone does or did elsewhere is not the manager's of one department."""
    world.hire_vault_user("Frits", "leidinggevende", "datakluisgebruiker", scope=world.scope("Winkel"))
    employee_id, anna = world.employ("MS001", "Yılmaz"), world.actor("Anna")
    add_employment(
        world.session,
        anna,
        find_employee(world.session, anna, employee_id),
        world.employment("Oven", starts_on=date(2021, 1, 1)),
    )

    def departments(name: str) -> set[str]:
        page = read_employee(world.session, employee_id, world.actor(name))
        return {line.department for line in page.employments}

    assert departments("Frits") == {"Winkel"}
    assert departments("Anna") == departments("Carla") == {"Winkel", "Oven"}


def test_every_look_is_an_entry_of_the_own_organisation_about_that_person(world: World) -> None:
    """LOG1, design 3; nothing of the person in it."""
    employee_id = world.employ("MS001", "Yılmaz")
    read_employee(world.session, employee_id, world.actor("Anna"))
    read_employee(world.session, employee_id, world.actor("Carla"))
    looks = entries(world, "employee:read")
    assert {entry.organisation_id for entry in looks} == {world.employer.id, world.service.id}
    subjects = select(AuditSubject.subject_id).where(AuditSubject.entry_id.in_([entry.id for entry in looks]))
    assert set(world.session.scalars(subjects)) == {employee_id}
    assert not any("lmaz" in str(entry.details) or "MS001" in str(entry.details) for entry in looks)


def test_nothing_is_opened_when_the_log_cannot_be_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Design 3: no log, no service; the entry comes first."""
    employee_id = world.employ("MS001", "Yılmaz")
    world.session.execute(text("DROP TABLE audit_pending"))
    opened: list[object] = []
    monkeypatch.setattr(records, "unseal", lambda *place: opened.append(place))
    with pytest.raises(LogUnavailable):
        read_employee(world.session, employee_id, world.actor("Anna"))
    assert opened == []


def test_the_bsn_leaves_by_its_own_verb_only(world: World) -> None:
    """B.7, D-rule 37."""
    employee_id = world.employ("MS001", "Yılmaz")
    page = read_employee(world.session, employee_id, world.actor("Anna"))
    assert page.details is not None
    assert (page.details.bsn, page.bsn_masked) == (None, None)
    assert DossierAction.READ_BSN not in page.actions
    with pytest.raises(PermissionDenied):
        read_bsn(world.session, employee_id, world.actor("Anna"))
    with_bsn(world, "Anna")
    page = read_employee(world.session, employee_id, world.actor("Anna"))
    assert page.details is not None
    assert (page.details.bsn, page.bsn_masked) == (None, "•••• •• •19")
    assert DossierAction.READ_BSN in page.actions
    assert entries(world, "bsn:read") == []
    assert read_bsn(world.session, employee_id, world.actor("Anna")) == TEST_BSN
    (entry,) = entries(world, "bsn:read")
    assert TEST_BSN not in str(entry.details)


def test_the_service_reads_a_bsn_of_whom_is_shared_with_the_separate_role(world: World) -> None:
    """B.7: only of those in care or guidance."""
    employee_id = world.employ("MS001", "Yılmaz")
    share = world.share(employee_id)
    with pytest.raises(PermissionDenied):
        read_bsn(world.session, employee_id, world.actor("Carla"))
    with_bsn(world, "Carla")
    assert read_bsn(world.session, employee_id, world.actor("Carla")) == TEST_BSN
    assert entries(world, "bsn:read")[0].ground == str(share.id)
    with_bsn(world, "Dirk")
    with pytest.raises(NotFound):
        read_bsn(world.session, employee_id, world.actor("Dirk"))


def test_a_bsn_needs_a_bsn_and_a_key(world: World) -> None:
    """D-rule 17."""
    world.hire("Frits", world.employer, "datakluisgebruiker", "bsn_inzage")
    with_bsn(world, "Anna")
    employee_id = world.employ("MS001", "Yılmaz")
    with pytest.raises(NoVaultAccess):
        read_bsn(world.session, employee_id, world.actor("Frits"))
    update_record(
        world.session,
        employee_id,
        card=card(),
        details=details(bsn=None),
        expected_version=1,
        actor=world.actor("Anna"),
        remove_bsn=True,
    )
    with pytest.raises(BsnUnknown):
        read_bsn(world.session, employee_id, world.actor("Anna"))


def test_a_page_offers_what_its_actor_may_do_now(world: World) -> None:
    """S-01, S-05, S-07."""
    world.hire_vault_user("Frits", "leidinggevende", "datakluisgebruiker")
    employee_id = world.employ("MS001", "Yılmaz")

    def offered(name: str) -> set[DossierAction]:
        return set(read_employee(world.session, employee_id, world.actor(name)).actions)

    assert offered("Frits") == {DossierAction.SHARE, DossierAction.SHARE_HISTORY}
    writing = {DossierAction.EDIT, DossierAction.ADD_EMPLOYMENT, DossierAction.REPORT_LEAVING}
    assert offered("Anna") == {DossierAction.SHARE, DossierAction.SHARE_HISTORY, *writing}
    share = world.share(employee_id)
    assert offered("Frits") == {DossierAction.END_SHARE, DossierAction.SHARE_HISTORY}
    assert offered("Carla") == set()
    begin_dossier_content(world.session, share.id, visible_to_employer=True)
    assert offered("Frits") == {DossierAction.SHARE_HISTORY}


def test_the_reason_of_a_share_needs_the_permission_at_the_employer(world: World) -> None:
    """Part C: see Deelgeschiedenis; design 2.2: the kind of zorgvraag is health data."""
    employee_id = world.employ("MS001", "Yılmaz")
    world.share(employee_id)
    anna = world.actor("Anna")
    without = replace(anna, permissions=anna.permissions - {Permission.SHARE_READ})
    page = read_employee(world.session, employee_id, without)
    assert (page.is_shared, page.share) == (True, None)


def test_a_record_whose_rows_are_gone_says_so(world: World) -> None:
    """Never half a page: what does not open is no page."""
    employee_id: UUID = world.employ("MS001", "Yılmaz")
    world.session.execute(delete(RecordPart).where(RecordPart.part == "details"))
    with pytest.raises(NoVaultAccess):
        read_employee(world.session, employee_id, world.actor("Anna"))


def test_the_page_has_no_field_that_could_carry_a_bsn_unmasked() -> None:
    """D-rule 37: a new field needs a thought."""
    assert {field.name for field in fields(EmployeePage)} == {
        "employee_id",
        "employer_id",
        "employer",
        "personnel_number",
        "version",
        "employments",
        "sight",
        "is_shared",
        "card",
        "details",
        "bsn_masked",
        "share",
        "actions",
    }
