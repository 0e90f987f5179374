"""Plaatsvervanging: what goes along, from when to when, and what never does (M-05, M-06; D-rules 28 and 48)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from accounts.actor import Scope
from accounts.errors import PermissionDenied
from accounts.models import AccountState, Person
from accounts.permissions import Permission
from audit.actions import Action
from audit.models import AuditEntry
from audit.recording import record
from crypto.source import SeededSource
from delivery.models import OutgoingMessage
from organisation.errors import NotFound, SubstitutionFault, SubstitutionRefused
from organisation.memberships import give_role
from organisation.models import Membership, PeopleScope, Role, Substitution
from organisation.substituting import CARRIED
from organisation.substitution import (
    end_overdue,
    end_substitution,
    list_substitutions,
    substitutions_today,
)
from tests.organisation.substituting import DAY, RIGHT, TODAY, can_open, grants_of, make_office, register
from tests.world import World


@pytest.fixture
def office(world: World) -> World:
    """An office with Carla, Cor and Wim."""
    return make_office(world)


def fault(world: World, *arguments: object, **options: object) -> SubstitutionFault:
    with pytest.raises(SubstitutionRefused) as refused:
        register(world, *arguments, **options)  # type: ignore[arg-type]
    return refused.value.fault


def test_the_permissions_that_go_along_are_named_one_by_one() -> None:
    """D-rule 48: medical, vault, administrative and log rights stay where they are."""
    assert {
        Permission.DOSSIER_READ,
        Permission.EMPLOYEE_EXPORT,
        Permission.EMPLOYEE_IMPORT,
        Permission.EMPLOYEE_LIST,
        Permission.EMPLOYEE_WRITE,
        Permission.EMPLOYER_READ,
        Permission.START_SEE,
    } == CARRIED


def test_in_the_period_the_substitute_may_and_sees_what_the_absent_person_does(
    office: World, source: SeededSource
) -> None:
    """M-06. The periods are Dutch days, both included; midnight is an hour before that of UTC."""
    before = office.actor("Cor")
    assert before.scope == Scope(False, frozenset({office.garage.id}))
    register(office, "Carla", "Cor", 1, 2)
    assert office.actor("Cor").substitutes_for is None

    moments = {
        datetime(2026, 3, 2, 22, 59, tzinfo=UTC): False,
        datetime(2026, 3, 2, 23, 0, tzinfo=UTC): True,
        datetime(2026, 3, 4, 22, 59, tzinfo=UTC): True,
        datetime(2026, 3, 4, 23, 0, tzinfo=UTC): False,
    }
    for moment, substitutes in moments.items():
        source.advance(moment - source.now())
        actor = office.actor("Cor")
        assert actor.scope.whole is substitutes, moment
        assert (actor.substitutes_for == office.people["Carla"].id) is substitutes


def test_scopes_come_together(office: World) -> None:
    office.hire_arbo("Anouk", Scope(False, frozenset({office.employer.id})))
    register(office, "Anouk", "Cor")

    assert office.actor("Cor").scope == Scope(False, frozenset({office.garage.id, office.employer.id}))
    assert office.actor("Anouk").scope == Scope(False, frozenset({office.employer.id})), "nothing comes back"


@pytest.mark.parametrize(
    ("name", "side"),
    [("Carla", "service"), ("Anna", "employer")],
)
def test_no_right_that_must_stay_goes_along(office: World, name: str, side: str) -> None:
    """An absent person with every role there is leaves only what is carried."""
    organisation = office.service if side == "service" else office.employer
    for role in _all_roles(office, name):
        give_role(office.session, office.people[name].id, role, office.actor(name).who)
    office.hire("Leeg", organisation, "wg_inzage_specificaties" if side == "employer" else "privacyfunctionaris")
    own = office.actor("Leeg").permissions
    everything = office.actor(name).permissions
    register(office, name, "Leeg", by=name)

    gained = office.actor("Leeg").permissions - own
    assert gained == (everything & CARRIED) - own
    assert gained <= CARRIED
    assert everything - CARRIED, "there was something to leave behind"


def _all_roles(office: World, name: str) -> list[str]:
    kind = office.actor(name).audience
    return list(office.session.scalars(select(Role.key).where(Role.organisation_kind == kind)))


def test_rights_that_the_substitute_has_stay(office: World) -> None:
    give_role(office.session, office.people["Cor"].id, "bsn_inzage", office.actor("Carla").who)
    register(office, "Carla", "Cor")

    assert Permission.BSN_READ in office.actor("Cor").permissions
    assert Permission.USER_ADMINISTER not in office.actor("Cor").permissions


def test_a_substitute_of_a_substitute_gets_nothing_of_the_first(office: World) -> None:
    """No chain: Carla's whole scope goes to Cor, and not through him to Wim."""
    register(office, "Carla", "Cor", 0, 9)
    office.session.add(
        Substitution(
            id=uuid4(),
            organisation_id=office.service.id,
            absent_id=office.people["Cor"].id,
            substitute_id=office.people["Wim"].id,
            starts_on=TODAY,
            ends_on=TODAY,
            registered_by=office.people["Carla"].id,
            registered_at=office.session.source.now(),
        )
    )
    give_own_scope(office, "Wim")
    office.session.flush()

    wim = office.actor("Wim")
    assert wim.substitutes_for == office.people["Cor"].id
    assert wim.scope == Scope(False, frozenset({office.garage.id}))


def give_own_scope(world: World, name: str) -> None:
    """Take the whole scope from somebody, so that what comes along shows."""
    world.session.execute(
        update(Membership).where(Membership.person_id == world.people[name].id).values(whole_scope=False)
    )


def test_the_log_shows_both_persons(office: World) -> None:
    """LOG4."""
    register(office, "Carla", "Cor")
    record(office.session, Action.LOG_READ, by=office.actor("Cor").who)

    entry = office.session.scalars(select(AuditEntry).where(AuditEntry.action == Action.LOG_READ)).one()
    assert (entry.actor_id, entry.responsible_id) == (office.people["Cor"].id, office.people["Carla"].id)


def test_registering_is_logged_first_and_told_to_both(office: World) -> None:
    mails = len(office.session.scalars(select(OutgoingMessage)).all())
    register(office, "Cor", "Wim")

    entry = office.session.scalars(select(AuditEntry).where(AuditEntry.action == Action.SUBSTITUTION_REGISTER)).one()
    assert entry.object_id == office.people["Wim"].id
    assert entry.details == {
        "absent": str(office.people["Cor"].id),
        "first_day": "2026-03-02",
        "last_day": "2026-03-06",
    }
    assert len(office.session.scalars(select(OutgoingMessage)).all()) == mails + 2


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("Cor", "Cor"), SubstitutionFault.SAME_PERSON),
        (("Cor", "Carla"), SubstitutionFault.OWN_SUBSTITUTE),
        (("Cor", "Wim", -1, 3), SubstitutionFault.PAST),
        (("Cor", "Wim", 3, 2), SubstitutionFault.BACKWARDS),
        (("Cor", "Wim", 0, 366), SubstitutionFault.TOO_LONG),
    ],
)
def test_what_makes_no_sense_is_refused(office: World, arguments: tuple[object, ...], found: SubstitutionFault) -> None:
    assert fault(office, *arguments) is found
    assert office.session.scalar(select(func.count()).select_from(Substitution)) == 0


def test_periods_that_overlap_are_refused_and_neighbours_are_not(office: World) -> None:
    office.hire_arbo("Anouk")
    register(office, "Cor", "Wim", 5, 9)

    assert fault(office, "Cor", "Anouk", 9, 12) is SubstitutionFault.ABSENT_TAKEN
    assert fault(office, "Anouk", "Wim", 1, 5) is SubstitutionFault.SUBSTITUTE_TAKEN
    assert fault(office, "Anouk", "Cor", 7, 7) is SubstitutionFault.SUBSTITUTE_ABSENT
    register(office, "Cor", "Anouk", 10, 12)
    register(office, "Anouk", "Wim", 1, 4)


def test_only_who_has_the_right_registers(office: World) -> None:
    with pytest.raises(PermissionDenied):
        register(office, "Cor", "Wim", by="Cor")
    with pytest.raises(PermissionDenied):
        list_substitutions(office.session, office.actor("Cor"))


def test_the_right_to_register_does_not_go_along(office: World) -> None:
    register(office, "Carla", "Cor")

    with pytest.raises(PermissionDenied):
        register(office, "Cor", "Wim", 20, 21, by="Cor")


def test_somebody_elsewhere_or_out_of_sight_is_nobody(office: World) -> None:
    """D-rule 16 and U-16: an unknown person, one of another organisation and one who is not ticked are the same."""
    with pytest.raises(NotFound):
        register(office, "Cor", "Dirk")
    with pytest.raises(NotFound):
        register(office, "Anna", "Cor")
    office.people["Spook"] = replace(office.people["Cor"], person=Person(id=uuid4()))
    with pytest.raises(NotFound):
        register(office, "Spook", "Cor")

    carla = office.people["Carla"].id
    office.session.execute(update(Membership).where(Membership.person_id == carla).values(sees_all_people=False))
    office.session.add(
        PeopleScope(owner_id=carla, target_id=office.people["Cor"].id, organisation_id=office.service.id)
    )
    office.session.flush()
    register(office, "Carla", "Cor")
    with pytest.raises(NotFound):
        register(office, "Cor", "Wim", 30, 31)


def test_ending_early_takes_rights_and_key_at_once(office: World) -> None:
    substitution = register(office, "Cor", "Wim", 0, 9)
    give_own_scope(office, "Wim")
    assert office.actor("Wim").substitutes_for is not None
    assert can_open(office, "Wim")

    end_substitution(office.session, substitution.id, office.actor("Carla"))

    wim = office.actor("Wim")
    assert (wim.substitutes_for, wim.scope) == (None, Scope(False))
    assert Permission.DOSSIER_READ not in wim.permissions
    assert list_substitutions(office.session, office.actor("Carla")) == []
    assert office.session.scalars(select(AuditEntry).where(AuditEntry.action == Action.SUBSTITUTION_END)).one()
    with pytest.raises(NotFound):
        end_substitution(office.session, substitution.id, office.actor("Carla"))


def test_somebody_elses_substitution_is_nobodys_to_end(office: World) -> None:
    substitution = register(office, "Cor", "Wim")
    for name, organisation in (("Bea", office.service), ("Duko", office.other_service)):
        office.hire(name, organisation, "casemanager_arbo", RIGHT)
        with pytest.raises(NotFound):
            end_substitution(office.session, substitution.id, office.actor(name))
    give_role(office.session, office.people["Cor"].id, RIGHT, office.actor("Carla").who)
    end_substitution(office.session, substitution.id, office.actor("Cor"))


def test_when_one_of_both_leaves_the_substitution_ends(office: World) -> None:
    register(office, "Cor", "Wim", 0, 9)
    office.session.execute(
        update(Person).where(Person.id == office.people["Cor"].id).values(state=AccountState.INACTIVE.value)
    )
    office.session.expire_all()
    assert office.actor("Wim").substitutes_for is None
    assert end_overdue(office.session) == 1
    assert grants_of(office, "Wim") == []
    assert end_overdue(office.session) == 0


def test_the_lists_show_what_runs_or_is_to_come(office: World, source: SeededSource) -> None:
    register(office, "Carla", "Cor", 0, 1)
    register(office, "Cor", "Wim", 3, 4)

    assert [(line.absent, line.substitute) for line in list_substitutions(office.session, office.actor("Carla"))] == [
        ("Carla", "Cor"),
        ("Cor", "Wim"),
    ]
    assert [line.absent for line in substitutions_today(office.session, office.actor("Cor"))] == ["Carla"]
    assert substitutions_today(office.session, office.actor("Wim")) == []
    source.advance(2 * DAY)
    assert substitutions_today(office.session, office.actor("Cor")) == []
    assert [line.absent for line in list_substitutions(office.session, office.actor("Carla"))] == ["Cor"]
