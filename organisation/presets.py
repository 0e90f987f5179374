"""The roles that come along (U-03, U-24). What each may do follows part C of domain.md.

A base role is that of a user's group (U-17). An add-on is given to one person besides: the two vault roles, without
which a base role of the employer sees *Anoniem* (K-15, K-18), medical rights (U-10), the BSN (U-29), and what part C
calls a separate authorisation.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.permissions import Permission
from organisation.models import OrganisationKind

N_ = str

EMPLOYEE = "werknemer"
VAULT_ADMINISTRATOR = "datakluisbeheerder"
VAULT_USER = "datakluisgebruiker"
SERVICE_MANAGER = "klantbeheer"
SUPER_ADMINISTRATOR = "superbeheerder"
MEDICAL = "medisch"
BSN_READER = "bsn_inzage"

_SHARING = frozenset({Permission.SHARE_MAKE, Permission.SHARE_READ, Permission.SHARE_END})
_OF_EMPLOYER = frozenset({Permission.EMPLOYER_READ, Permission.START_SEE})
_TALKING = frozenset({Permission.DIALOGUE_READ, Permission.DIALOGUE_START})
_READING = frozenset({Permission.DOCUMENT_READ})
_SIGNING = _READING | {Permission.DOCUMENT_EDIT, Permission.SIGNING_REQUEST}
_FILING = _SIGNING | {Permission.DOCUMENT_MAIL, Permission.DOCUMENT_UPLOAD}
_COLLECTING = _READING | {Permission.DOCUMENT_UPLOAD}
_LISTING = _OF_EMPLOYER | _TALKING | {Permission.EMPLOYEE_LIST}
_WRITING = _LISTING | {Permission.EMPLOYEE_IMPORT, Permission.EMPLOYEE_WRITE}
_OF_SERVICE = _TALKING | {Permission.DOSSIER_READ, Permission.EMPLOYER_READ, Permission.START_SEE}
_GUIDING = _OF_SERVICE | {Permission.EMPLOYEE_EXPORT}
_ADMINISTERING = frozenset(
    {
        Permission.ANNOUNCEMENT_ADMINISTER,
        Permission.AUTHORISATION_ADMINISTER,
        Permission.CASE_MANAGER_ASSIGN,
        Permission.DOCUMENT_LABEL_ADMINISTER,
        Permission.EMPLOYER_ADMINISTER,
        Permission.SERVICE_AGREEMENT_ADMINISTER,
        Permission.STANDARD_TEXT_ADMINISTER,
        Permission.USER_ADMINISTER,
    }
)


@dataclass(frozen=True)
class Preset:
    """A role that comes along: its key, for which kind of organisation, its Dutch label, what it may.

    An `is_add_on` is given to one person besides the role of the group.
    """

    key: str
    organisation_kind: OrganisationKind
    label: str
    permissions: frozenset[Permission]
    is_add_on: bool = False


def _employer(key: str, label: str, permissions: frozenset[Permission]) -> Preset:
    return Preset(key, OrganisationKind.EMPLOYER, label, permissions)


def _service(key: str, label: str, permissions: frozenset[Permission]) -> Preset:
    return Preset(key, OrganisationKind.SERVICE, label, permissions)


def _add_on(kind: OrganisationKind, key: str, label: str, *permissions: Permission) -> Preset:
    return Preset(key, kind, label, frozenset(permissions), is_add_on=True)


OF_EMPLOYERS: tuple[Preset, ...] = (
    _employer(
        "werkgever",
        N_("Werkgever"),
        _WRITING | _FILING | {Permission.EMPLOYEE_EXPORT, Permission.STANDARD_TEXT_ADMINISTER},
    ),
    _employer(
        "casemanager_werkgever",
        N_("Casemanager Werkgever"),
        _WRITING | _FILING | {Permission.DOCUMENT_READ_ALL, Permission.EMPLOYEE_EXPORT},
    ),
    _employer("leidinggevende", N_("Leidinggevende"), _LISTING | _SIGNING),
    _employer(
        "wg_combi_incl",
        N_("WG | Combi (incl. factuur- en claimspecificaties)"),
        _WRITING | _FILING | {Permission.EMPLOYEE_EXPORT},
    ),
    _employer(
        "wg_combi_excl",
        N_("WG | Combi (excl. factuur- en claimspecificaties)"),
        _WRITING | _FILING | {Permission.EMPLOYEE_EXPORT},
    ),
    _employer(
        "wg_meekijken",
        N_("WG | Meekijken (excl. factuur- en claimspecificaties)"),
        _LISTING | _READING | {Permission.EMPLOYEE_EXPORT},
    ),
    _employer(
        "wg_inzage_specificaties",
        N_("WG | Inzage factuur- en claimspecificaties"),
        frozenset({Permission.START_SEE}),
    ),
    _employer("wg_verzuimmelder_met_mutaties", N_("WG | Verzuimmelder (met werknemersmutaties)"), _WRITING),
    _employer("wg_verzuimmelder_zonder_mutaties", N_("WG | Verzuimmelder (zonder werknemersmutaties)"), _LISTING),
    _employer("wg_salarisadministratie", N_("WG | Salarisadministratie"), _LISTING | {Permission.EMPLOYEE_EXPORT}),
    _employer("privacyfunctionaris", N_("Privacyfunctionaris"), frozenset({Permission.LOG_READ, Permission.START_SEE})),
    Preset(
        VAULT_ADMINISTRATOR,
        OrganisationKind.EMPLOYER,
        N_("Datakluisbeheerder"),
        _SHARING
        | _WRITING
        | {
            Permission.ACCESS_ADMINISTER,
            Permission.AGREEMENT_REGISTER,
            Permission.EMPLOYEE_EXPORT,
            Permission.LOG_READ,
            Permission.OWN_DATA_LINK,
            Permission.VAULT_OPEN,
            Permission.VAULT_READ,
        },
        is_add_on=True,
    ),
    Preset(
        VAULT_USER,
        OrganisationKind.EMPLOYER,
        N_("Datakluisgebruiker"),
        _SHARING | _LISTING | {Permission.OWN_DATA_LINK, Permission.VAULT_READ},
        is_add_on=True,
    ),
    _add_on(
        OrganisationKind.EMPLOYER,
        "gebruikersbeheer",
        N_("Gebruikersbeheer"),
        Permission.AUTHORISATION_ADMINISTER,
        Permission.USER_ADMINISTER,
    ),
    _add_on(OrganisationKind.EMPLOYER, BSN_READER, N_("BSN-inzage"), Permission.BSN_READ),
    _add_on(OrganisationKind.EMPLOYER, "plaatsvervanging", N_("Plaatsvervanging"), Permission.SUBSTITUTION_REGISTER),
)

OF_SERVICES: tuple[Preset, ...] = (
    _service(
        SUPER_ADMINISTRATOR,
        N_("Superbeheerder"),
        _GUIDING
        | _ADMINISTERING
        | _FILING
        | {
            Permission.ADMISSION_DECIDE,
            Permission.BSN_GRANT,
            Permission.LOG_READ,
            Permission.MEDICAL_GRANT,
            Permission.SESSION_SETTING_ADMINISTER,
        },
    ),
    _service(
        "functioneel_beheerder",
        N_("Functioneel beheerder"),
        _GUIDING
        | {
            Permission.ANNOUNCEMENT_ADMINISTER,
            Permission.DOCUMENT_LABEL_ADMINISTER,
            Permission.EMPLOYER_ADMINISTER,
            Permission.SESSION_SETTING_ADMINISTER,
        },
    ),
    _service(SERVICE_MANAGER, N_("Klantbeheer"), _GUIDING | _ADMINISTERING | _FILING | {Permission.ADMISSION_DECIDE}),
    _service("ad", N_("AD"), _OF_SERVICE | _COLLECTING),
    _service("casemanager_administratief", N_("Casemanager Administratief"), _GUIDING | _FILING),
    _service(
        "casemanager_arbo",
        N_("Casemanager Arbo"),
        _GUIDING | _FILING | {Permission.ADMISSION_DECIDE, Permission.SHARE_REQUEST},
    ),
    _service("casemanager_erd_administratief", N_("Casemanager ERD administratief"), _GUIDING | _FILING),
    _service(
        "casemanager_taakdelegatie", N_("Casemanager Taakdelegatie"), _GUIDING | _FILING | {Permission.SHARE_REQUEST}
    ),
    _service("casemanager_wga", N_("Casemanager WGA"), _GUIDING | _FILING | {Permission.SHARE_REQUEST}),
    _service("casemanager_zw", N_("Casemanager ZW"), _GUIDING | _FILING | {Permission.SHARE_REQUEST}),
    _service("loonspecialist_zw", N_("Loonspecialist ZW"), _OF_SERVICE | _COLLECTING),
    _service("medewerker_facturatie", N_("Medewerker facturatie"), _OF_SERVICE),
    _service("medische_gebruikers", N_("Medische gebruikers"), _OF_SERVICE | _FILING | {Permission.SHARE_REQUEST}),
    _service("wga_wac", N_("WGA WAC"), _OF_SERVICE | _COLLECTING),
    _service("privacyfunctionaris", N_("Privacyfunctionaris"), frozenset({Permission.LOG_READ, Permission.START_SEE})),
    _add_on(OrganisationKind.SERVICE, MEDICAL, N_("Medische gegevens"), Permission.MEDICAL_READ),
    _add_on(
        OrganisationKind.SERVICE,
        "medische_documenten_uploaden",
        N_("Mag medische documenten uploaden"),
        Permission.MEDICAL_DOCUMENT_UPLOAD,
    ),
    _add_on(OrganisationKind.SERVICE, BSN_READER, N_("BSN-inzage"), Permission.BSN_READ),
    _add_on(OrganisationKind.SERVICE, "plaatsvervanging", N_("Plaatsvervanging"), Permission.SUBSTITUTION_REGISTER),
)

OF_EMPLOYEES: tuple[Preset, ...] = (
    Preset(
        EMPLOYEE,
        OrganisationKind.EMPLOYEES,
        N_("Werknemer"),
        frozenset({Permission.DIALOGUE_READ, Permission.OWN_DATA_READ, Permission.START_SEE}),
    ),
)

PRESETS: tuple[Preset, ...] = (*OF_EMPLOYERS, *OF_SERVICES, *OF_EMPLOYEES)
