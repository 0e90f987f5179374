"""Who may do what and see what, written from domain.md (part C, rows of K and S, part D) and issue 2, not from the app.

A route that is not in `ROUTES` fails the census. Write down for it, from the rows that it serves: which preset roles
may use it, what is sent to it, and what it shows of its own organisation (nothing, for a page without data).
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.census import (
    routes_of_administration,
    routes_of_dialogue_files,
    routes_of_dialogues,
    routes_of_documents,
    routes_of_employers,
    routes_of_forgotten,
    routes_of_joining,
    routes_of_logging_in,
    routes_of_making_documents,
    routes_of_own_data,
    routes_of_own_security,
    routes_of_rights,
    routes_of_signing,
    routes_of_signing_check,
    routes_of_substitution,
    routes_of_users,
)
from tests.census.canaries import Canary, Kind
from tests.census.route import (
    ADMINISTRATOR,
    ASKERS,
    BSN,
    EVERYBODY,
    INVITED,
    KEY_GIVERS,
    LISTERS,
    LOGGERS,
    PUBLIC,
    SERVICE,
    SIGNED_IN,
    VAULT,
    WRITERS,
    Route,
)  # fmt: skip
from tests.census.town import ASKS, EMPLOYERS, Role

EMPLOYEE = {
    "last_name": "Nieuweling", "gender": "", "birth_date": "31-12-1990", "personnel_number": "NW001", "street": "Laan",
    "department_id": "{department}", "starts_on": "01-03-2020", "function_group": "Techniek", "function": "Monteur",
    "kind": "Vast",
}  # fmt: skip
EDIT = {**EMPLOYEE, "version": "1", "employment_id": "{employment}", "employment_version": "1"}
EMPLOYMENT = {
    "department_id": "{department}", "starts_on": "01-04-2024", "function_group": "Techniek", "function": "Monteur",
    "kind": "Vast", "hours": "24", "version": "1", "stap": "bevestigen",
}  # fmt: skip
PERSON = {"personnel_number": "{number}", "last_name": "", "birth_date": ""}
SHARE = {"kind": "sick_report", "explanation": "Belt morgen zelf"}
PASSWORD_TWICE = {"password": "vijf lauwe koffers op zolder", "repeated": "vijf lauwe koffers op zolder"}
SIGNATORY = {"name": "Sietske Signatuur", "function": "Directeur", "email": "sietske@example.org"}
NEW_SHEET = {"named": "{named}", "replaces": "{sheet}"}
SEARCH = {"personnel_number": "{number}", "last_name": "", "department_id": ""}
FOUND_BY = (
    SEARCH,
    {"personnel_number": "", "last_name": "{last_name}", "department_id": ""},
    {"personnel_number": "", "last_name": "Zqvx", "department_id": "{department}"},
)
ADVANCED = {"personnel_number": "{number}", "last_name": "", "order": "number", "former": "y"}
ADVANCED_BY = (
    ADVANCED,
    {"last_name": "{last_name}"},
    {"departments": "{department}"},
    {"employer_id": "{employer}"},
    {"former": "y"},
)

ROUTES: Mapping[tuple[str, str], Route] = {
    # Public, and the steps of logging in (L-01..L-33).
    ("health.show", "GET"): Route(stage=PUBLIC),
    ("static", "GET"): Route(stage=PUBLIC),
    ("sms_receipts.note", "POST"): Route(stage=PUBLIC, values={"reference": "0" * 32, "status": "delivered"}),
    ("login.show_password", "GET"): Route(stage=PUBLIC, queries=("next=/werknemers/{employee}",)),
    ("login.check_password", "POST"): Route(stage=PUBLIC, values={"login_name": "{login}", "password": "{password}"}),
    ("login.leave", "POST"): Route(stage=PUBLIC),
    ("languages.choose", "POST"): Route(stage=PUBLIC, values={"language": "nl"}),
    ("invitations.open_link", "GET"): Route(stage=PUBLIC),
    ("invitations.show", "GET"): Route(stage=PUBLIC),
    ("invitations.accept", "POST"): Route(stage=INVITED, values=PASSWORD_TWICE),
    ("onboarding.show_code", "GET"): Route(stage=SIGNED_IN),
    ("onboarding.make_code", "POST"): Route(stage=SIGNED_IN),
    ("onboarding.download_code", "POST"): Route(stage=SIGNED_IN, values={"code": "AAAA-BBBB-CCCC-DDDD-EEEE"}),
    ("onboarding.keep_code", "POST"): Route(stage=SIGNED_IN),
    ("onboarding.show_terms", "GET"): Route(stage=SIGNED_IN),
    ("onboarding.accept", "POST"): Route(stage=SIGNED_IN, values={"version": "2026-1"}),
    ("start.show", "GET"): Route(EVERYBODY, shows=Kind.ORGANISATION),
    # The employer's people (K-18..K-24, E-02..E-11); NAW only with the vault (C.2).
    ("employees.show_tree", "GET"): Route(
        LISTERS, shows=Kind.NUMBER, queries=("afdeling={department}", "afdeling={department}&uit-dienst=1")
    ),
    ("employees.show_search", "GET"): Route(LISTERS),
    ("employees.search", "POST"): Route(LISTERS, values=SEARCH, shows=Kind.NUMBER, others=FOUND_BY),
    ("employees.show_advanced_search", "GET"): Route(LISTERS),
    ("employees.search_advanced", "POST"): Route(LISTERS, values=ADVANCED, shows=Kind.NUMBER, others=ADVANCED_BY),
    ("employees.show", "GET"): Route(LISTERS, shows=Kind.PERSON),
    ("employees.show_bsn", "POST"): Route(BSN, shows=Kind.PERSON),
    ("employee_editing.show_new", "GET"): Route(WRITERS, needs_key=True, shows=Kind.DEPARTMENT),
    ("employee_editing.add", "POST"): Route(
        WRITERS, values=EMPLOYEE, needs_key=True, others=({**EMPLOYEE, "personnel_number": "{number}"}, EMPLOYEE)
    ),
    ("employee_editing.show_edit", "GET"): Route(WRITERS, needs_key=True, shows=Kind.PERSON),
    ("employee_editing.edit", "POST"): Route(WRITERS, values=EDIT, needs_key=True, others=(EDIT,)),
    ("employee_editing.show_look_up", "GET"): Route(WRITERS, needs_key=True),
    ("employee_editing.look_up", "POST"): Route(
        WRITERS, values=PERSON, needs_key=True, shows=Kind.PERSON, others=(PERSON, {"last_name": "{last_name}"})
    ),
    # Employments and their end (E-07..E-15): who may write, with the key.
    ("employments.show_new", "GET"): Route(WRITERS, needs_key=True, shows=Kind.PERSON),
    ("employments.add", "POST"): Route(WRITERS, values=EMPLOYMENT, needs_key=True, others=(EMPLOYMENT,)),
    ("employments.ask_change", "GET"): Route(WRITERS, needs_key=True, shows=Kind.PERSON),
    ("employments.go_on", "POST"): Route(WRITERS, values={"kind": "corrigeren"}, needs_key=True, shows=Kind.PERSON),
    ("employments.show_correction", "GET"): Route(WRITERS, needs_key=True, shows=Kind.PERSON),
    ("employments.correct", "POST"): Route(WRITERS, values=EMPLOYMENT, needs_key=True, others=(EMPLOYMENT,)),
    ("employments.show_change", "GET"): Route(WRITERS, needs_key=True, shows=Kind.PERSON),
    ("employments.change", "POST"): Route(WRITERS, values=EMPLOYMENT, needs_key=True, others=(EMPLOYMENT,)),
    ("employments.show_history", "GET"): Route(WRITERS, needs_key=True, shows=Kind.PERSON),
    ("leaving.show_search", "GET"): Route(WRITERS, needs_key=True),
    ("leaving.search", "POST"): Route(WRITERS, values=PERSON, needs_key=True, shows=Kind.PERSON, others=(PERSON,)),
    ("leaving.show", "GET"): Route(WRITERS, needs_key=True, shows=Kind.PERSON),
    ("leaving.report", "POST"): Route(
        WRITERS, values={"last_day": "31-12-2029"}, needs_key=True, shows=Kind.PERSON, others=({"last_day": "x"},)
    ),
    # Export, on both sides (C.2: Werknemersbestand; D-rules 37, 43).
    ("exports.show", "GET"): Route(
        WRITERS | SERVICE, shows=Kind.ORGANISATION, queries=("afdeling={department}", "werkgever={employer}")
    ),
    ("exports.download", "POST"): Route(
        WRITERS | SERVICE,
        values={"file_format": "csv"},
        shows=Kind.PERSON,
        others=({"department_id": "{department}"}, {"employer_id": "{employer}"}, {"with_bsn": "y"}),
    ),
    # Sharing (S-01..S-08).
    ("sharing.show_form", "GET"): Route(VAULT, needs_key=True, shows=Kind.PERSON),
    ("sharing.share", "POST"): Route(VAULT, values=SHARE, needs_key=True),
    ("sharing.show_history", "GET"): Route(VAULT, needs_key=True, shows=Kind.REASON),
    ("sharing.show_withdrawal", "GET"): Route(VAULT, needs_key=True, shows=Kind.PERSON),
    ("sharing.withdraw", "POST"): Route(
        VAULT, values={"share_id": "{share}"}, needs_key=True, others=({"share_id": "{share}"},)
    ),
    # What the service asks to be shared, and the answer (design 2.6): whoever may share, with the key.
    ("share_requests.show_all", "GET"): Route(VAULT, needs_key=True, shows=Kind.PERSON),
    ("share_requests.show", "GET"): Route(VAULT, needs_key=True, shows=Kind.REASON),
    ("share_requests.show_sharing", "GET"): Route(VAULT, needs_key=True, shows=Kind.REASON),
    ("share_requests.share", "POST"): Route(VAULT, values=SHARE, needs_key=True),
    ("share_requests.show_refusal", "GET"): Route(VAULT, needs_key=True, shows=Kind.PERSON),
    ("share_requests.refuse", "POST"): Route(VAULT, values={"explanation": "Is alweer aan het werk"}, needs_key=True),
    # Import.
    ("imports.show", "GET"): Route(WRITERS, needs_key=True, whole=True),
    ("imports.upload", "POST"): Route(WRITERS, needs_key=True, whole=True),
    ("imports.download_template", "GET"): Route(WRITERS, needs_key=True, whole=True),
    ("imports.show_columns", "GET"): Route(WRITERS, needs_key=True, whole=True, shows=Kind.PERSON),
    ("imports.choose", "POST"): Route(WRITERS, needs_key=True, whole=True),
    ("imports.preview", "GET"): Route(WRITERS, needs_key=True, whole=True, shows=Kind.PERSON),
    ("imports.download_faults", "GET"): Route(WRITERS, needs_key=True, whole=True),
    ("imports.add_departments", "POST"): Route(WRITERS, needs_key=True, whole=True),
    ("imports.confirm", "POST"): Route(WRITERS, needs_key=True, whole=True),
    ("imports.show_result", "GET"): Route(WRITERS, needs_key=True, whole=True),
    ("imports.remove", "POST"): Route(WRITERS, needs_key=True, whole=True),
    # The vault and who opens it (K-07..K-17): the administrator and nobody else (C.2).
    ("vault_management.show", "GET"): Route(ADMINISTRATOR, shows=Kind.STAFF),
    ("vault_management.show_actions", "GET"): Route(ADMINISTRATOR, shows=Kind.STAFF),
    ("vault_management.show_agreements", "GET"): Route(ADMINISTRATOR, shows=Kind.SIGNATORY),
    ("vault_management.approve_request", "POST"): Route(ADMINISTRATOR),
    ("vault_management.refuse_request", "POST"): Route(ADMINISTRATOR),
    ("vault_management.give_rights", "POST"): Route(ADMINISTRATOR),
    ("vault_management.ask_take_rights", "GET"): Route(ADMINISTRATOR, shows=Kind.STAFF),
    ("vault_management.take_rights", "POST"): Route(ADMINISTRATOR, needs_colleague=True),
    ("vault_management.ask_withdraw", "GET"): Route(ADMINISTRATOR, shows=Kind.STAFF),
    ("vault_management.withdraw", "POST"): Route(ADMINISTRATOR, needs_colleague=True),
    ("agreements.show_agreement", "GET"): Route(ADMINISTRATOR, shows=Kind.SIGNATORY),
    ("agreements.show_form", "GET"): Route(ADMINISTRATOR),
    ("agreements.register", "POST"): Route(ADMINISTRATOR, values=SIGNATORY),
    ("agreements.show_text", "GET"): Route(ADMINISTRATOR),
    ("agreements.show_opening", "GET"): Route(ADMINISTRATOR),
    ("agreements.open_own_vault", "POST"): Route(ADMINISTRATOR),
    ("admissions.ask_for_vault", "POST"): Route(VAULT),
    # The recovery sheet (design 2.1): made by who hands out the key, used by whom it names, whoever that is.
    ("recovery_sheets.show", "GET"): Route(KEY_GIVERS, shows=Kind.STAFF),
    ("recovery_sheets.make_new", "POST"): Route(
        KEY_GIVERS, values=NEW_SHEET, needs_key=True, shows=Kind.STAFF, others=(NEW_SHEET,)
    ),
    ("recovery_sheets.download", "POST"): Route(KEY_GIVERS, values={"code": "{recovery_code}"}, sheet="made"),
    ("recovery_sheets.ask_void", "GET"): Route(KEY_GIVERS, shows=Kind.STAFF),
    ("recovery_sheets.declare_void", "POST"): Route(KEY_GIVERS, needs_key=True),
    ("recovery.show", "GET"): Route(EVERYBODY, shows=Kind.STAFF),
    ("recovery.check_code", "POST"): Route(
        EVERYBODY, values={"code": "{recovery_code}"}, shows=Kind.STAFF, sheet="named"
    ),
    ("recovery.use_sheet", "POST"): Route(EVERYBODY, values={"code": "{recovery_code}"}, sheet="named"),
    # The log (LOG2, LOG9, LOG11): who administers, and the privacy officers.
    ("log.show", "GET"): Route(
        LOGGERS,
        shows=Kind.STAFF,
        queries=("persoon={person}", "werknemer={employee}", "handeling=employee:create", "pagina=2"),
    ),
    ("log.find_employee", "POST"): Route(LOGGERS, values={"persnr": "{number}"}, others=({"persnr": "{number}"},)),
    # The arbo side (K-02, K-19, S-05, S-13; C.1).
    ("dossiers.show_tree", "GET"): Route(
        SERVICE, shows=Kind.NUMBER, queries=("afdeling={department}", "werkgever={employer}")
    ),
    ("dossiers.show_search", "GET"): Route(SERVICE),
    ("dossiers.search", "POST"): Route(SERVICE, values=SEARCH, shows=Kind.NUMBER, others=FOUND_BY),
    ("dossiers.show_advanced_search", "GET"): Route(SERVICE),
    ("dossiers.search_advanced", "POST"): Route(SERVICE, values=ADVANCED, shows=Kind.NUMBER, others=ADVANCED_BY),
    ("dossiers.show", "GET"): Route(SERVICE, shows=Kind.PERSON),
    ("dossiers.show_bsn", "POST"): Route(BSN, shows=Kind.PERSON),
    ("requesting_shares.show_all", "GET"): Route(SERVICE, shows=Kind.NUMBER),
    ("requesting_shares.show_form", "GET"): Route(ASKERS, shows=Kind.NUMBER),
    ("requesting_shares.ask", "POST"): Route(ASKERS, values=SHARE),
    ("requesting_shares.withdraw", "POST"): Route(
        ASKERS, values={"request_id": "{request}"}, others=({"request_id": "{request}"},)
    ),
    ("admissions.show", "GET"): Route(SERVICE, shows=Kind.STAFF),
    ("admissions.admit_member", "POST"): Route(SERVICE, needs_key=True),
    ("admissions.refuse_member", "POST"): Route(SERVICE, needs_key=True),
    ("admissions.ask", "POST"): Route(SERVICE),
    **routes_of_administration.ROUTES,
    **routes_of_dialogue_files.ROUTES,
    **routes_of_dialogues.ROUTES,
    **routes_of_documents.ROUTES,
    **routes_of_employers.ROUTES,
    **routes_of_forgotten.ROUTES,
    **routes_of_joining.ROUTES,
    **routes_of_logging_in.ROUTES,
    **routes_of_making_documents.ROUTES,
    **routes_of_own_data.ROUTES,
    **routes_of_own_security.ROUTES,
    **routes_of_signing.ROUTES,
    **routes_of_users.ROUTES,
    **routes_of_rights.ROUTES,
    **routes_of_signing_check.ROUTES,
    **routes_of_substitution.ROUTES,
}

OF_SERVICES = (
    "dossiers.", "requesting_shares.", "admissions.show", "admissions.admit", "admissions.refuse", "admissions.ask",
    *routes_of_making_documents.OF_SERVICES, *routes_of_rights.OF_SERVICES,
    *routes_of_dialogues.OF_SERVICES, *routes_of_documents.OF_SERVICES, *routes_of_employers.OF_SERVICES,
)  # fmt: skip
OF_BOTH = (
    "start.", "log.", "exports.", "joining.", "recovery.", "recovery_sheets.", *routes_of_administration.OF_BOTH,
    *routes_of_dialogue_files.OF_BOTH, *routes_of_dialogues.OF_BOTH, *routes_of_documents.OF_BOTH,
    *routes_of_making_documents.OF_BOTH,
    *routes_of_employers.OF_BOTH,
    *routes_of_own_security.OF_BOTH,
    *routes_of_users.OF_BOTH, *routes_of_substitution.OF_BOTH,
    *routes_of_rights.OF_BOTH, *routes_of_signing.OF_BOTH,
    *routes_of_users.OF_BOTH,
)  # fmt: skip


def may_use(role: Role, endpoint: str, route: Route) -> bool:
    """Whether a role may use a route that asks for one."""
    if not set(role.presets) & route.presets or (route.whole and role.sees):
        return False
    if role.name == "withdrawn user" and not {"leidinggevende"} & route.presets:
        # The roles of the vault were taken with its key (K-16).
        return False
    if endpoint.startswith(OF_BOTH):
        return True
    of_service = endpoint.startswith(OF_SERVICES) and endpoint != "admissions.ask_for_vault"
    return of_service == role.is_service


def may_see(role: Role | None, canary: Canary) -> bool:
    """Whether somebody may ever read a value (K-02, K-18, K-19; D-rules 16 to 25)."""
    if role is None:
        return False
    return role.name in canary.unit.split("|") if canary.kind is Kind.DIALOGUE else _may_see(role, canary)


def may_talk_with(role: Role, canary: Canary) -> bool:
    """Whether a value is the name of somebody of the other side of an agreement, never of another employer (D-07)."""
    employer, service = sorted((role.organisation, canary.organisation), key=lambda name: name not in EMPLOYERS)
    return canary.kind is Kind.STAFF and EMPLOYERS.get(employer) == service


def _may_see(role: Role, canary: Canary) -> bool:
    if canary.organisation not in EMPLOYERS:
        # An employer knows by name the service that it shares with; a service's people are known to their colleagues.
        own = role.organisation == canary.organisation
        if canary.kind is Kind.WAITING:
            # An employer that is not published is seen only by who administers employers (O-23).
            return own and bool(routes_of_employers.KLANTBEHEER & set(role.presets))
        if canary.unit == ASKS and role.opens and EMPLOYERS.get(role.organisation) == canary.organisation:
            # Who asks the employer to share gives his or her name.
            return bool(VAULT & set(role.presets))
        return own or (canary.kind is Kind.ORGANISATION and EMPLOYERS.get(role.organisation) == canary.organisation)
    if role.is_service:
        return _service_may_see(role, canary)
    return role.organisation == canary.organisation and _employer_may_see(role, canary)


def _service_may_see(role: Role, canary: Canary) -> bool:
    if EMPLOYERS[canary.organisation] != role.organisation:
        return False
    reads_log = "privacyfunctionaris" in role.presets
    if reads_log:
        # The log names employees by number, and the employers that the service serves.
        return canary.kind in {Kind.NUMBER, Kind.ORGANISATION}
    if role.sees and canary.organisation not in role.sees:
        return False
    if canary.kind in {Kind.CONTACT, Kind.DEPARTMENT, Kind.ORGANISATION}:
        # Master data are no dossier: they take no key (O-29, O-30).
        return True
    if canary.kind in {Kind.PERSON, Kind.REASON}:
        # The reason of a share, or what the service itself wrote when it asked.
        return role.opens and (canary.kind is Kind.REASON or canary.unit.endswith("s"))
    # Who administers the accounts of the employers' users (U-04), or says who leads a department (O-30).
    administrators = routes_of_users.USER_ADMINISTRATORS | routes_of_employers.KLANTBEHEER
    knows_staff = canary.kind is Kind.STAFF and bool(administrators & set(role.presets))
    return knows_staff or (role.opens and canary.kind in {Kind.EMPLOYMENT, Kind.NUMBER} and not _waits(canary))


def _employer_may_see(role: Role, canary: Canary) -> bool:
    presets = set(role.presets)
    if canary.kind is Kind.SIGNATORY:
        return bool(ADMINISTRATOR & presets)
    if canary.kind in {Kind.ORGANISATION, Kind.STAFF}:
        return True
    if _waits(canary):
        return role.opens and not role.sees and bool(WRITERS & presets)
    department = "1" if canary.unit.startswith("i") else canary.unit[:1]
    in_scope = not role.sees or department in role.sees or canary.kind is Kind.CONTACT
    if canary.kind in {Kind.PERSON, Kind.REASON}:
        return role.opens and in_scope
    if canary.kind is Kind.NUMBER and "privacyfunctionaris" in presets:
        return True
    return bool(LISTERS & presets) and in_scope


def _waits(canary: Canary) -> bool:
    """Whether it is in a file that was not imported yet."""
    return canary.unit == "i2"
