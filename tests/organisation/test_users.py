"""The accounts of users (U-04..U-09, U-12, U-17; L-03, L-36; D-rules 18 and 54)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.actor import Scope
from accounts.errors import LoginNameTaken, MalformedAddress, MalformedNumber, PermissionDenied
from accounts.models import AccountState, Invitation, Person
from accounts.people import email_of
from accounts.phones import phone_of
from audit.models import AuditEntry
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, open_content
from organisation.calendar import today
from organisation.errors import (
    GroupMisplaced,
    LastDayPassed,
    LastWayIn,
    MayNotGrant,
    NotFound,
    OwnAccount,
    SharedMailbox,
)
from organisation.granting import permissions_of
from organisation.login_names import is_pattern, propose_login_name
from organisation.memberships import give_role, take_role
from organisation.models import Membership
from organisation.shared_mailboxes import is_shared
from organisation.users import add_user, change_user, change_valid_until, invite_again, move_user, require_changeable
from organisation.vault_roles import VaultRole, set_vault_role, vault_role_of, vault_roles_to_give
from tests.organisation.user_management import BASE_URL, make_group, make_user, user_data
from tests.world import OPERATOR, World


def mails(world: World, kind: MailKind) -> list[str]:
    """To whom mails of a kind are waiting to go."""
    rows = world.session.scalars(
        select(OutgoingMessage).where(OutgoingMessage.kind == kind.value).order_by(OutgoingMessage.created_at)
    )
    return [open_content(world.session, row).to for row in rows]


def details_of(world: World, action: str) -> dict[str, object]:
    entries = world.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()
    assert entries
    return dict(entries[-1].details)


def test_a_new_user_has_the_rights_of_the_group_and_gets_an_invitation(world: World) -> None:
    """U-17, L-03."""
    group = make_group(world, "Casemanagers")
    person = make_user(world, group)

    assert person.display_name == "Nieske van der Nieuw"
    assert person.state == AccountState.INVITED
    assert "dossier:read" in permissions_of(world.session, person.id)
    assert mails(world, MailKind.INVITATION) == ["nieske@example.org"]
    assert details_of(world, "user:create") == {"role": "casemanager_arbo", "group": str(group.id)}


def test_users_of_the_service_take_over_what_the_group_sees(world: World) -> None:
    """U-12: always of internal users; of an employer's that is ticked by hand."""
    inside = make_user(world, make_group(world, "Casemanagers"))
    outside = make_user(
        world,
        make_group(world, "Bakkers", "werkgever", at=world.employer),
        login_name="bakker.nieuw",
        email="nieuw@bakker.example",
    )
    assert world.session.get_one(Membership, inside.id).takes_over
    membership = world.session.get_one(Membership, outside.id)
    assert (membership.takes_over, membership.whole_scope) == (False, False)


def test_nobody_puts_a_user_in_a_group_that_may_administer_more(world: World) -> None:
    """U-10: the group was made by whoever may."""
    world.hire("Sevda", world.service, "superbeheerder")
    group = make_group(world, "Superbeheer", "superbeheerder", by="Sevda")
    with pytest.raises(MayNotGrant):
        make_user(world, group)
    user = make_user(world, make_group(world, "Casemanagers"))
    with pytest.raises(MayNotGrant):
        move_user(world.session, user.id, group.id, world.actor("Carla"))
    move_user(world.session, user.id, group.id, world.actor("Sevda"))


def test_who_may_administer_less_does_not_change_the_account(world: World) -> None:
    """Else whoever resets a login could take over rights that nobody handed out."""
    sevda = world.hire("Sevda", world.service, "superbeheerder")
    with pytest.raises(MayNotGrant):
        change_user(world.session, sevda.id, user_data(), world.actor("Carla"), base_url=BASE_URL)
    change_user(world.session, world.people["Carla"].id, user_data(), world.actor("Sevda"), base_url=BASE_URL)


def test_nobody_is_moved_who_alone_can_let_others_in(world: World) -> None:
    """D-rule 18: Sevda may decide too, but waits for the key herself."""
    world.hire("Sevda", world.service, "superbeheerder")
    carla = world.people["Carla"].id
    move_user(world.session, carla, make_group(world, "Klantbeheer", "klantbeheer").id, world.actor("Sevda"))
    for role in ("klantbeheer", "casemanager_arbo"):
        take_role(world.session, carla, role, OPERATOR)
    with pytest.raises(LastWayIn):
        move_user(world.session, carla, make_group(world, "AD", "ad").id, world.actor("Sevda"))


def test_who_sees_less_does_not_change_the_account_of_an_administrator(world: World) -> None:
    """Else whoever sees one employer resets the login of a colleague who administers them all."""
    garage = Scope(False, frozenset({world.garage.id}))
    world.hire_arbo("Clara", roles=("klantbeheer",), scope=garage)
    near = world.hire_arbo("Nel", roles=("klantbeheer",), scope=garage)
    cor = world.hire_arbo("Cor")
    with pytest.raises(MayNotGrant):
        require_changeable(world.session, world.people["Carla"].id, world.actor("Clara"))
    for colleague, by in ((near, "Clara"), (near, "Carla"), (world.people["Clara"], "Carla")):
        require_changeable(world.session, colleague.id, world.actor(by))
    take_role(world.session, cor.id, "casemanager_arbo", OPERATOR)
    give_role(world.session, cor.id, "ad", OPERATOR)
    require_changeable(world.session, cor.id, world.actor("Clara"))


def test_the_service_helps_the_vault_administrator_of_an_employer(world: World) -> None:
    """Who reads the employer's log is no obstacle to whoever may not."""
    change_user(world.session, world.people["Anna"].id, user_data(), world.actor("Carla"), base_url=BASE_URL)
    assert world.people["Anna"].person.display_name == "Nieske van der Nieuw"


def test_users_of_others_are_not_there(world: World) -> None:
    """D-rules 16 and 30: one condition in every loader."""
    world.hire("Berend", world.employer, "gebruikersbeheer")
    inside = make_user(world, make_group(world, "Casemanagers"))
    for by, whom in (("Carla", "Bram"), ("Berend", "Carla"), ("Dirk", "Anna")):
        with pytest.raises(NotFound):
            change_user(world.session, world.people[whom].id, user_data(), world.actor(by), base_url=BASE_URL)
    with pytest.raises(NotFound):
        move_user(world.session, inside.id, inside.id, world.actor("Carla"))


def test_only_who_administers_users_adds_and_changes_them(world: World) -> None:
    group = make_group(world, "Casemanagers")
    user = make_user(world, group)
    world.hire("Frank", world.service, "functioneel_beheerder")
    frank = world.actor("Frank")
    with pytest.raises(PermissionDenied):
        add_user(world.session, group.id, user_data(login_name="x"), frank, base_url=BASE_URL)
    with pytest.raises(PermissionDenied):
        change_user(world.session, user.id, user_data(), frank, base_url=BASE_URL)


def test_nobody_changes_the_own_account_here(world: World) -> None:
    carla = world.actor("Carla")
    with pytest.raises(OwnAccount):
        change_user(world.session, carla.person_id, user_data(), carla, base_url=BASE_URL)
    with pytest.raises(OwnAccount):
        move_user(world.session, carla.person_id, make_group(world, "Casemanagers").id, carla)


def test_a_login_name_and_an_address_must_do(world: World) -> None:
    group = make_group(world, "Casemanagers")
    with pytest.raises(LoginNameTaken):
        make_user(world, group, login_name="ANNA")
    with pytest.raises(MalformedAddress):
        make_user(world, group, email="nieske")
    with pytest.raises(LastDayPassed):
        add_user(
            world.session,
            group.id,
            user_data(),
            world.actor("Carla"),
            base_url=BASE_URL,
            valid_until=today(world.session) - timedelta(days=1),
        )
    user = make_user(world, group)
    with pytest.raises(LoginNameTaken):
        change_user(world.session, user.id, user_data(login_name="anna"), world.actor("Carla"), base_url=BASE_URL)


def test_an_address_of_another_user_needs_the_same_statement_and_that_of_another_organisation_does_not(
    world: World,
) -> None:
    """Of whoever has an account elsewhere no administrator hears."""
    group = make_group(world, "Bakkers", "werkgever", at=world.employer)
    with pytest.raises(SharedMailbox):
        make_user(world, group, email=" Anna@example.org")
    user = make_user(world, group, email="carla@example.org")
    change_user(
        world.session,
        user.id,
        user_data(email="carla@example.org", given_name="Anders"),
        world.actor("Carla"),
        base_url=BASE_URL,
    )
    with pytest.raises(SharedMailbox):
        change_user(
            world.session, user.id, user_data(email="anna@example.org"), world.actor("Carla"), base_url=BASE_URL
        )
    assert make_user(world, group, email="anna@example.org", login_name="twee", one_reader=True).state == "invited"


def test_a_shared_mailbox_needs_a_statement_that_one_person_reads_it(world: World) -> None:
    """D-rule 54, L-36."""
    group = make_group(world, "Bakkers", "werkgever", at=world.employer)
    with pytest.raises(SharedMailbox):
        make_user(world, group, email="info@bakker.example")
    user = make_user(world, group, email="info@bakker.example", one_reader=True)
    change_user(
        world.session,
        user.id,
        user_data(email="info@bakker.example", given_name="Anders"),
        world.actor("Carla"),
        base_url=BASE_URL,
    )
    with pytest.raises(SharedMailbox):
        change_user(
            world.session,
            user.id,
            user_data(email="administratie@bakker.example"),
            world.actor("Carla"),
            base_url=BASE_URL,
        )


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("info@bakker.example", True),
        ("HR-team@bakker.example", True),
        ("salaris.administratie@bakker.example", True),
        ("infante@bakker.example", False),
        ("n.post-de-vries@bakker.example", True),
        ("nieske@info.example", False),
    ],
)
def test_an_address_that_looks_like_that_of_many(address: str, shared: bool) -> None:
    assert is_shared(address) is shared


def test_a_new_address_is_told_to_the_old_one_and_opens_nothing(world: World) -> None:
    """A link that is on its way to the old address is worth nothing any more; an invitation goes to the new one."""
    user = make_user(world, make_group(world, "Casemanagers"))
    before = world.session.scalars(select(Invitation).where(Invitation.person_id == user.id)).one()
    change_user(world.session, user.id, user_data(email="anders@example.org"), world.actor("Carla"), base_url=BASE_URL)
    assert email_of(world.session, user) == "anders@example.org"
    assert mails(world, MailKind.EMAIL_CHANGED) == ["nieske@example.org"]
    assert mails(world, MailKind.INVITATION) == ["nieske@example.org", "anders@example.org"]
    world.session.refresh(before)
    assert before.expires_at <= world.session.source.now()
    assert details_of(world, "user:update") == {"fields": "email"}


def test_a_phone_number_counts_after_its_owner_confirmed_it(world: World) -> None:
    """U-07, L-07."""
    user = make_user(world, make_group(world, "Casemanagers"), phone="06 00000001")
    assert phone_of(world.session, user) == "+31600000001"
    carla = world.actor("Carla")
    change_user(world.session, user.id, user_data(phone="06 00000002"), carla, base_url=BASE_URL)
    assert (phone_of(world.session, user), user.phone_confirmed_at) == ("+31600000002", None)
    with pytest.raises(MalformedNumber):
        change_user(world.session, user.id, user_data(phone="12"), carla, base_url=BASE_URL)
    user.phone_confirmed_at = world.session.source.now()
    for typed in ("06 00000003", None):
        change_user(world.session, user.id, user_data(phone=typed), carla, base_url=BASE_URL)
    assert phone_of(world.session, user) == "+31600000002"
    assert user.phone_confirmed_at is not None


def test_what_did_not_change_is_not_written(world: World) -> None:
    user = make_user(world, make_group(world, "Casemanagers"))
    change_user(world.session, user.id, user_data(), world.actor("Carla"), base_url=BASE_URL)
    assert world.session.scalars(select(AuditEntry).where(AuditEntry.action == "user:update")).all() == []


def test_a_move_changes_the_rights_at_once_and_is_logged_with_both_roles(world: World) -> None:
    """U-17."""
    user = make_user(world, make_group(world, "Casemanagers"))
    other = make_group(world, "Loon", "loonspecialist_zw")
    assert "share:request" in permissions_of(world.session, user.id)
    move_user(world.session, user.id, other.id, world.actor("Carla"))
    assert "share:request" not in permissions_of(world.session, user.id)
    written = details_of(world, "user:move")
    assert (written["role_from"], written["role_to"]) == ("casemanager_arbo", "loonspecialist_zw")
    foreign = make_group(world, "Bakkers", "werkgever", at=world.employer)
    with pytest.raises(GroupMisplaced):
        move_user(world.session, user.id, foreign.id, world.actor("Carla"))


def test_the_last_day_of_an_account(world: World) -> None:
    """U-09."""
    user = make_user(world, make_group(world, "Casemanagers"))
    last_day = today(world.session) + timedelta(days=30)
    carla = world.actor("Carla")
    change_valid_until(world.session, user.id, last_day, carla)
    assert user.valid_until == last_day
    assert details_of(world, "user:validity") == {"from": "none", "to": last_day.isoformat()}
    with pytest.raises(LastDayPassed):
        change_valid_until(world.session, user.id, today(world.session) - timedelta(days=1), carla)
    change_valid_until(world.session, user.id, None, carla)
    assert user.valid_until is None


def test_a_new_invitation_goes_to_who_has_not_answered_only(world: World) -> None:
    """L-20."""
    user = make_user(world, make_group(world, "Casemanagers"))
    invite_again(world.session, user.id, world.actor("Carla"), base_url=BASE_URL)
    assert len(mails(world, MailKind.INVITATION)) == 2
    invite_again(world.session, world.people["Anna"].id, world.actor("Carla"), base_url=BASE_URL)
    assert len(mails(world, MailKind.INVITATION)) == 2


def test_the_vault_administrator_is_nominated_as_long_as_the_vault_has_no_key(world: World) -> None:
    """D-rule 18; C.1: switch the vault on for an employer, nominate administrator."""
    closed = make_group(world, "Garage Smit", "werkgever", at=world.garage)
    first = make_user(
        world, closed, vault_role=VaultRole.ADMINISTRATOR, login_name="garage.een", email="een@garage.example"
    )
    assert vault_role_of(world.session, first.id) is VaultRole.ADMINISTRATOR
    opened = make_group(world, "Bakkerij Mulder", "werkgever", at=world.employer)
    with pytest.raises(MayNotGrant):
        make_user(world, opened, vault_role=VaultRole.ADMINISTRATOR)
    assert vault_roles_to_give(world.session, world.employer, None) == (VaultRole.NONE, VaultRole.USER)
    assert vault_roles_to_give(world.session, world.service, None) == ()


def test_what_somebody_holds_a_key_for_is_the_vaults_administrators_to_withdraw(world: World) -> None:
    """K-16, D-rule 18: user management takes no role from who can open the vault, or administers it."""
    world.hire_vault_user("Frits", "datakluisgebruiker")
    carla = world.actor("Carla")
    for name in ("Frits", "Anna"):
        assert vault_roles_to_give(world.session, world.employer, world.people[name].id) == ()
        with pytest.raises(MayNotGrant):
            set_vault_role(world.session, world.people[name].id, VaultRole.NONE, carla)
    gerda = world.hire("Gerda", world.employer, "leidinggevende")
    set_vault_role(world.session, gerda.id, VaultRole.USER, carla)
    assert vault_role_of(world.session, gerda.id) is VaultRole.USER
    set_vault_role(world.session, gerda.id, VaultRole.NONE, carla)
    assert vault_role_of(world.session, gerda.id) is VaultRole.NONE


def test_a_login_name_is_proposed_by_the_pattern_with_a_number_where_it_is_taken(world: World) -> None:
    """U-08."""
    pattern = "NLGArbo.{organisatie}.{achternaam}"
    names = [
        propose_login_name(world.session, pattern, organisation="Bakkerij Mulder", last_name="Yılmaz-Øst"),
        propose_login_name(world.session, "{achternaam}", organisation="Bakkerij Mulder", last_name="Anna"),
        propose_login_name(
            world.session, "{voorletter}.{achternaam}", organisation="B", last_name="Élan", first_letter="Zoë"
        ),
        propose_login_name(world.session, "{achternaam}", organisation="B", last_name="山"),
    ]
    assert names == ["nlgarbo.bakkerijmulder.yilmazost", "anna2", "z.elan", "gebruiker"]


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("{organisatie}.{achternaam}", True),
        ("x-{voorletter}{achternaam}", True),
        ("{organisatie}", False),
        ("{achternaam}{naam}", False),
        ("{achternaam}}{", False),
        ("{achternaam", False),
    ],
)
def test_a_pattern_has_the_last_name_and_no_stray_braces(text: str, good: bool) -> None:
    assert is_pattern(text) is good


def test_an_invited_user_can_be_added_twice_only_under_two_names(world: World) -> None:
    """Adding never takes over an invitation that somebody else sent."""
    group = make_group(world, "Casemanagers")
    make_user(world, group)
    with pytest.raises(LoginNameTaken):
        make_user(world, group, email="dief@example.org")
    found = world.session.scalars(select(Person).where(Person.login_name == "noord.nieuw")).one()
    assert email_of(world.session, found) == "nieske@example.org"
