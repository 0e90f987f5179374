"""Roles are rows; the presets follow part C of domain.md."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select

from accounts.permissions import Permission
from database.session import Session
from organisation.errors import UnknownRole
from organisation.models import OrganisationKind, Role, RolePermission
from organisation.presets import PRESETS
from organisation.roles import find_roles, install_presets

ONLY_FOR_ADMINISTRATORS = {Permission.ACCESS_ADMINISTER, Permission.AGREEMENT_REGISTER, Permission.VAULT_OPEN}


def test_installing_twice_adds_nothing(session: Session) -> None:
    """Settled: roles are data."""
    install_presets(session)
    install_presets(session)
    assert session.scalar(select(func.count()).select_from(Role)) == len(PRESETS)


def test_installing_again_keeps_what_an_environment_took_away(session: Session) -> None:
    """U-24: environments differ."""
    install_presets(session)
    (role,) = find_roles(session, OrganisationKind.EMPLOYER, ["werkgever"])
    taken = (RolePermission.role_id == role.id) & (RolePermission.permission == Permission.EMPLOYEE_IMPORT.value)
    session.execute(delete(RolePermission).where(taken))
    install_presets(session)
    left = session.scalars(select(RolePermission.permission).where(RolePermission.role_id == role.id))
    assert Permission.EMPLOYEE_IMPORT.value not in set(left)


def test_no_role_of_the_arbo_side_touches_access_or_the_vault() -> None:
    """D-rule 18: the arbo side can neither approve vault users nor appoint administrators."""
    of_vault = ONLY_FOR_ADMINISTRATORS | {Permission.VAULT_READ, Permission.SHARE_MAKE, Permission.SHARE_END}
    for preset in PRESETS:
        if preset.organisation_kind is OrganisationKind.SERVICE:
            assert not preset.permissions & of_vault, preset.key


def test_only_the_vault_add_ons_give_names_and_sharing() -> None:
    """K-15, K-18: base roles without the add-on see Anoniem."""
    with_names = {preset.key for preset in PRESETS if Permission.VAULT_READ in preset.permissions}
    sharing = {preset.key for preset in PRESETS if Permission.SHARE_MAKE in preset.permissions}
    administering = {preset.key for preset in PRESETS if preset.permissions & ONLY_FOR_ADMINISTRATORS}
    assert with_names == sharing == {"datakluisbeheerder", "datakluisgebruiker"}
    assert administering == {"datakluisbeheerder"}


def test_only_the_separate_role_reads_a_bsn() -> None:
    """D-rule 37: the BSN is a switch of its own."""
    assert {preset.key for preset in PRESETS if Permission.BSN_READ in preset.permissions} == {"bsn_inzage"}


def test_a_role_of_the_other_side_is_unknown(session: Session) -> None:
    """C.1 and C.2: each side has roles of its own."""
    install_presets(session)
    with pytest.raises(UnknownRole):
        find_roles(session, OrganisationKind.SERVICE, ["datakluisbeheerder"])
