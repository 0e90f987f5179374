"""What one may be allowed to do."""

from __future__ import annotations

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
    BSN_READ = "bsn:read"
    """See a BSN in full."""
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
    LOG_READ = "log:read"
    """Read the log of one's organisation."""
    SHARE_END = "share:end"
    """Withdraw a share."""
    SHARE_MAKE = "share:make"
    """Share an employee's data with the arbo service."""
    SHARE_READ = "share:read"
    """See the share history."""
    SHARE_REQUEST = "share:request"
    """Ask an employer to share an employee (*Deling aanvragen*)."""
    START_SEE = "start:see"
    """See the start page."""
    VAULT_OPEN = "vault:open"
    """Open the vault for the first time, which makes its keys."""
    VAULT_READ = "vault:read"
    """See names that lie in the vault."""
