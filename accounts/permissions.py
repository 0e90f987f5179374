"""What one may be allowed to do."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Permission(StrEnum):
    """A right, as ``resource:action``: the thing in the singular, the verb in the infinitive, in alphabetical order.

    Roles are rows of the organisation package that map to these (U-02, U-24). A permission opens nothing by itself:
    what is encrypted needs a key as well (design 2).
    """

    ACCESS_ADMINISTER = "access:administer"
    """Give and withdraw access to the vault (*Datakluis beheer*)."""
    ADMISSION_DECIDE = "admission:decide"
    """Admit colleagues of the arbo service to its key (*Toelatingen*)."""
    AGREEMENT_REGISTER = "agreement:register"
    """Register who signs the processing agreement."""
    ANNOUNCEMENT_ADMINISTER = "announcement:administer"
    """Write the announcements on the start page (T-06)."""
    AUTHORISATION_ADMINISTER = "authorisation:administer"
    """Change what groups and users may do and see (U-13..U-18)."""
    BSN_GRANT = "bsn:grant"
    """Decide who may see a BSN (U-29)."""
    BSN_READ = "bsn:read"
    """See a BSN in full."""
    CASE_MANAGER_ASSIGN = "case_manager:assign"
    """Say who supervises the cases of an employer (O-21)."""
    DIALOGUE_READ = "dialogue:read"
    """See and write in the dialogues in which one takes part (*Berichten*)."""
    DIALOGUE_START = "dialogue:start"
    """Start a dialogue (*Nieuwe dialoog*)."""
    DOCUMENT_EDIT = "document:edit"
    """Make a document from a form, give it a new version, another name or another label."""
    DOCUMENT_LABEL_ADMINISTER = "document_label:administer"
    """Decide which labels there are, and who sees what has one (*Kenmerken*; DOC-18)."""
    DOCUMENT_MAIL = "document:mail"
    """Send a document by mail, with the warning (DOC-14, DOC-15)."""
    DOCUMENT_READ = "document:read"
    """See the documents of the dossiers one may see (*Trajectendossier*)."""
    DOCUMENT_READ_ALL = "document:read_all"
    """See those too whose label is for few at the employer (DOC-04)."""
    DOCUMENT_UPLOAD = "document:upload"
    """Add a document to a dossier (DOC-17)."""
    DOSSIER_READ = "dossier:read"
    """The arbo side's tree and pages of employees."""
    EMPLOYEE_EXPORT = "employee:export"
    """Export the employees one may see, to a file."""
    EMPLOYEE_IMPORT = "employee:import"
    """Import employees from a file."""
    EMPLOYEE_LIST = "employee:list"
    """The employer's tree and pages of employees."""
    EMPLOYEE_WRITE = "employee:write"
    """Add and edit employees."""
    EMPLOYER_ADMINISTER = "employer:administer"
    """Add, change and publish employers, with their departments and sites (O-01..O-26)."""
    EMPLOYER_READ = "employer:read"
    """See the master data and contact persons of an employer (O-29, O-31)."""
    LOG_READ = "log:read"
    """Read the log of one's organisation."""
    MEDICAL_DOCUMENT_UPLOAD = "medical_document:upload"
    """Upload a document with a medical mark (U-26)."""
    MEDICAL_GRANT = "medical:grant"
    """Give medical rights, for whoever has them (U-10)."""
    MEDICAL_READ = "medical:read"
    """See medical data, with the key of the medical circle."""
    OWN_DATA_LINK = "own_data:link"
    """Let an employee see what the vault holds about him or her (*Mijn gegevens*)."""
    OWN_DATA_READ = "own_data:read"
    """See what is held about oneself, and who looked at it (LOG10)."""
    SERVICE_AGREEMENT_ADMINISTER = "service_agreement:administer"
    """Decide which arbo service serves an employer, from when to when (O-33, O-34, U-31)."""
    SESSION_SETTING_ADMINISTER = "session_setting:administer"
    """Let the sessions of a user or a group end sooner (L-30, L-31)."""
    SHARE_END = "share:end"
    """Withdraw a share."""
    SHARE_MAKE = "share:make"
    """Share an employee's data with the arbo service."""
    SHARE_READ = "share:read"
    """See the share history."""
    SHARE_REQUEST = "share:request"
    """Ask an employer to share an employee (*Deling aanvragen*)."""
    SIGNING_REQUEST = "signing:request"
    """Have a document signed (*Ondertekening via sms*, *Digitaal ondertekenen*)."""
    STANDARD_TEXT_ADMINISTER = "standard_text:administer"
    """Write the standard texts of the organisation's dialogues."""
    START_SEE = "start:see"
    """See the start page."""
    SUBSTITUTION_REGISTER = "substitution:register"
    """Register a substitute (M-05)."""
    USER_ADMINISTER = "user:administer"
    """Add, change, block and remove users and their groups (U-01..U-09, U-19..U-22)."""
    VAULT_OPEN = "vault:open"
    """Open the vault for the first time, which makes its keys."""
    VAULT_READ = "vault:read"
    """See names that lie in the vault."""


SMS_FORBIDDEN = frozenset(
    {
        Permission.ACCESS_ADMINISTER,
        Permission.ADMISSION_DECIDE,
        Permission.ANNOUNCEMENT_ADMINISTER,
        Permission.AUTHORISATION_ADMINISTER,
        Permission.BSN_GRANT,
        Permission.EMPLOYER_ADMINISTER,
        Permission.MEDICAL_DOCUMENT_UPLOAD,
        Permission.MEDICAL_GRANT,
        Permission.MEDICAL_READ,
        Permission.SERVICE_AGREEMENT_ADMINISTER,
        Permission.SESSION_SETTING_ADMINISTER,
        Permission.USER_ADMINISTER,
        Permission.VAULT_OPEN,
    }
)
"""Of administrators and medical users: who has one of these does not log in with codes by SMS alone (L-35, settled)."""


def sms_allowed(permissions: Iterable[Permission]) -> bool:
    """Tell whether codes by SMS are enough as second factor for someone with these permissions."""
    return SMS_FORBIDDEN.isdisjoint(permissions)
