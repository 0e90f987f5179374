"""What can be refused in the vault. No message ever holds anything of an employee."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vault.models import ShareRequestState


class VaultError(Exception):
    """The root of every error of this package."""


class VaultClosed(VaultError):
    """The employer's vault has not been opened yet, so that nothing can be written to it (K-09, D-rule 19)."""


class VaultAlreadyOpen(VaultError):
    """The vault was opened before; that happens once."""


class SignatoryMissing(VaultError):
    """Nobody has been registered who may sign the processing agreement (K-09)."""


class NoVaultAccess(VaultError):
    """The actor holds no key of the vault or service, and so can do nothing with what lies in it (D-rule 17)."""


class LastKeyHolder(VaultError):
    """The only one who can open the vault cannot lose that: all in it would be lost (K-16, D-rule 18)."""


class LastAdministrator(VaultError):
    """The last administrator who can open the vault cannot stop being one (D-rule 18)."""


class NotAVaultUser(VaultError):
    """Only someone with a key of the vault can become its administrator (K-16)."""


class CannotBeNamed(VaultError):
    """A recovery sheet names an active member with a key of his or her own, who holds none of what it opens."""


class OtherSheetMade(VaultError):
    """Another recovery sheet is active than the one that the new one was to replace."""


class EditConflict(VaultError):
    """The record was changed by someone else since it was read; nothing was written."""


class AlreadyShared(VaultError):
    """A share of this employee with this service is running (S-01)."""


class AlreadyEnded(VaultError):
    """The share has ended already."""


class NotShared(VaultError):
    """The employee is not shared, so that nothing can be begun for him or her (S-08, D-rule 23)."""


class ContentBegan(VaultError):
    """The dossier has content that the employer can see, so that the share cannot be withdrawn any more (S-07)."""


class ExplanationMissing(VaultError):
    """The explanation says why someone is shared, whatever the kind of care question (S-03, D-rule 22)."""


class ExplanationTooLong(VaultError):
    """The explanation is longer than its limit."""


class AlreadyRequested(VaultError):
    """A request of this service to share this employee waits already (design 2.6)."""


class RequestDecided(VaultError):
    """The request waits no more: it was answered, withdrawn, ran out, or the agreement ended.

    Attributes:
        state: what became of it.
    """

    def __init__(self, state: ShareRequestState) -> None:
        super().__init__(f"the request is {state.value}")
        self.state = state


class AlreadyLinked(VaultError):
    """The employee sees the own data already, with this account or another; that is ended first."""


class LinkEnded(VaultError):
    """The employee's account is linked to the record no more."""


class BsnUnknown(VaultError):
    """The record holds no BSN."""


class SearchTooShort(VaultError):
    """A search needs something to look for, a letter of a last name, and at least four characters of a postcode."""


@dataclass(frozen=True)
class FieldFault:
    """What is wrong with one field, and what to do; it never quotes the value.

    Attributes:
        field: the name of the field in `Card`, `Details` or the employment.
        message: a Dutch sentence (a msgid) that says what would be right.
    """

    field: str
    message: str


class InvalidFields(VaultError):
    """One or more fields cannot be kept as they are.

    Attributes:
        faults: each of them.
    """

    def __init__(self, faults: Iterable[FieldFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("wrong fields: " + ", ".join(fault.field for fault in self.faults))
