"""The roles that come along, as data; they are installed as rows, and an environment may add its own (U-02, U-24).

Permissions follow part C of domain.md. The two vault roles are add-ons to a base role of the employer, not roles of
their own: a base role without one of them sees *Anoniem* (K-15, K-18).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from accounts.permissions import Permission
from database.session import Session
from organisation.errors import UnknownRole
from organisation.models import OrganisationKind, Role, RolePermission

VAULT_ADMINISTRATOR = "datakluisbeheerder"
VAULT_USER = "datakluisgebruiker"
SERVICE_MANAGER = "klantbeheer"

_SHARING = frozenset({Permission.SHARE_MAKE, Permission.SHARE_READ, Permission.SHARE_END})


@dataclass(frozen=True)
class Preset:
    """A role that comes along: its key, for which kind of organisation, its Dutch label, what it may."""

    key: str
    organisation_kind: OrganisationKind
    label: str
    permissions: frozenset[Permission]


PRESETS: tuple[Preset, ...] = (
    Preset(
        VAULT_ADMINISTRATOR,
        OrganisationKind.EMPLOYER,
        "Datakluisbeheerder",
        _SHARING
        | {
            Permission.ACCESS_ADMINISTER,
            Permission.AGREEMENT_REGISTER,
            Permission.EMPLOYEE_EXPORT,
            Permission.EMPLOYEE_IMPORT,
            Permission.EMPLOYEE_LIST,
            Permission.EMPLOYEE_WRITE,
            Permission.LOG_READ,
            Permission.START_SEE,
            Permission.VAULT_OPEN,
            Permission.VAULT_READ,
        },
    ),
    Preset(
        VAULT_USER,
        OrganisationKind.EMPLOYER,
        "Datakluisgebruiker",
        _SHARING | {Permission.EMPLOYEE_LIST, Permission.START_SEE, Permission.VAULT_READ},
    ),
    Preset(
        "werkgever",
        OrganisationKind.EMPLOYER,
        "Werkgever",
        frozenset(
            {
                Permission.EMPLOYEE_EXPORT,
                Permission.EMPLOYEE_IMPORT,
                Permission.EMPLOYEE_LIST,
                Permission.EMPLOYEE_WRITE,
                Permission.START_SEE,
            }
        ),
    ),
    Preset(
        "leidinggevende",
        OrganisationKind.EMPLOYER,
        "Leidinggevende",
        frozenset({Permission.EMPLOYEE_LIST, Permission.START_SEE}),
    ),
    Preset(
        "privacyfunctionaris",
        OrganisationKind.EMPLOYER,
        "Privacyfunctionaris",
        frozenset({Permission.LOG_READ, Permission.START_SEE}),
    ),
    Preset("bsn_inzage", OrganisationKind.EMPLOYER, "BSN-inzage", frozenset({Permission.BSN_READ})),
    Preset(
        SERVICE_MANAGER,
        OrganisationKind.SERVICE,
        "Klantbeheer",
        frozenset(
            {
                Permission.ADMISSION_DECIDE,
                Permission.DOSSIER_READ,
                Permission.EMPLOYEE_EXPORT,
                Permission.START_SEE,
            }
        ),
    ),
    Preset(
        "casemanager_arbo",
        OrganisationKind.SERVICE,
        "Casemanager arbo",
        frozenset(
            {
                Permission.ADMISSION_DECIDE,
                Permission.DOSSIER_READ,
                Permission.EMPLOYEE_EXPORT,
                Permission.SHARE_REQUEST,
                Permission.START_SEE,
            }
        ),
    ),
    Preset(
        "privacyfunctionaris",
        OrganisationKind.SERVICE,
        "Privacyfunctionaris",
        frozenset({Permission.LOG_READ, Permission.START_SEE}),
    ),
    Preset("bsn_inzage", OrganisationKind.SERVICE, "BSN-inzage", frozenset({Permission.BSN_READ})),
)


def install_presets(session: Session) -> None:
    """Add the presets that are not there yet. A role that is there keeps the permissions an environment gave it."""
    present = set(session.execute(select(Role.organisation_kind, Role.key)))
    for preset in PRESETS:
        if (preset.organisation_kind.value, preset.key) not in present:
            _install(session, preset)
    session.flush()


def find_roles(session: Session, organisation_kind: str, keys: Iterable[str]) -> list[Role]:
    """The roles with those keys for one kind of organisation. Raises `UnknownRole` when one is missing."""
    wanted = set(keys)
    statement = select(Role).where(Role.organisation_kind == organisation_kind, Role.key.in_(wanted)).order_by(Role.key)
    found = list(session.scalars(statement))
    if {role.key for role in found} != wanted:
        raise UnknownRole(", ".join(sorted(wanted - {role.key for role in found})))
    return found


def _install(session: Session, preset: Preset) -> None:
    role = Role(
        id=session.source.new_id(),
        key=preset.key,
        organisation_kind=preset.organisation_kind.value,
        label=preset.label,
    )
    session.add(role)
    session.flush()
    session.add_all(
        RolePermission(role_id=role.id, permission=permission.value) for permission in sorted(preset.permissions)
    )
