"""What can be refused about organisations and their members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from accounts.errors import PermissionDenied


class OrganisationError(Exception):
    """The root of every error of this package."""


class NotFound(OrganisationError):
    """There is no such thing, or not for this actor: the answer is the same (D-rule 16)."""

    def __init__(self) -> None:
        super().__init__("there is no such thing for this actor")


class MayNotGrant(PermissionDenied):
    """The actor may not hand out this permission, nor administer the account of somebody who has it."""


class SubstitutionFault(StrEnum):
    """What stands in the way of a substitution; the Dutch sentence for each is the portal's."""

    SAME_PERSON = "same_person"
    OWN_SUBSTITUTE = "own_substitute"
    """Nobody makes himself the substitute of another, and so gives himself that person's rights."""
    PAST = "past"
    """The first day lies before today."""
    BACKWARDS = "backwards"
    TOO_LONG = "too_long"
    """More than 366 days."""
    ABSENT_TAKEN = "absent_taken"
    """The absent person has a substitute on some of these days."""
    SUBSTITUTE_TAKEN = "substitute_taken"
    """The substitute does another's work on some of these days."""
    SUBSTITUTE_ABSENT = "substitute_absent"
    """The substitute is absent, and has a substitute, on some of these days."""


class SubstitutionRefused(OrganisationError):
    """A substitution is refused, for `fault`."""

    def __init__(self, fault: SubstitutionFault) -> None:
        super().__init__(f"the substitution is refused: {fault}")
        self.fault = fault


class NotAMember(OrganisationError):
    """The person has no active account with a place in an organisation."""


class AlreadyMember(OrganisationError):
    """The person has a place in an organisation already."""


class UnknownRole(OrganisationError):
    """There is no role with that key for this kind of organisation."""


class UnknownUnit(OrganisationError):
    """The scope names a part that is not of the organisation: a department, or an employer that it serves."""


class NameTaken(OrganisationError):
    """There is an organisation of that kind with that name already."""


class NameMissing(OrganisationError):
    """An organisation or department needs a name of 1 to 120 characters."""


class PersonnelNumberTaken(OrganisationError):
    """The employer has given that personnel number to somebody else (design 2.2)."""


class EmploymentExists(OrganisationError):
    """The employee has an employment with that start date already (E-14)."""


class EmploymentConflict(OrganisationError):
    """The employment was changed by someone else since it was read; whoever asked undoes what was begun."""


class OutsideEmployment(OrganisationError):
    """The day does not lie in the employment: a change begins after its first day and not after its last (E-11)."""


class NoServiceAgreement(OrganisationError):
    """No arbo service serves the employer today."""


class LastDayTooEarly(OrganisationError):
    """An agreement cannot end before its first day."""


class NotStricter(OrganisationError):
    """A limit of sessions is not between `least` and `most` minutes: it may only be stricter than by default (L-31)."""

    def __init__(self, name: str, least: int, most: int) -> None:
        super().__init__(f"{name} must lie between {least} and {most}")
        self.name, self.least, self.most = name, least, most


class NotFoundedYet(OrganisationError):
    """The service has no key yet: its first member has not logged in (design 2.1)."""


@dataclass(frozen=True)
class FieldFault:
    """What is wrong with one field of a form, and what to do; it never quotes the value.

    Attributes:
        field: the name of the field in what was handed over.
        message: a Dutch sentence (a msgid) that says what would be right.
    """

    field: str
    message: str


class InvalidValues(OrganisationError):
    """One or more values cannot be kept as they are.

    Attributes:
        faults: each of them.
    """

    def __init__(self, faults: Iterable[FieldFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("wrong values: " + ", ".join(fault.field for fault in self.faults))


class NameAmbiguous(OrganisationError):
    """There are several organisations of that kind with that name: two arbo services serve one each."""


class ProfileConflict(OrganisationError):
    """The master data of the employer were changed by someone else since they were read."""


class InUse(OrganisationError):
    """Something hangs on it, so that it cannot go: people, what lies below it, or a rule that one must stay."""


class BelowItself(OrganisationError):
    """A department cannot lie below itself or one of its own."""


class AgreementOverlaps(OrganisationError):
    """The two have another agreement on one of those days: that one ends first (O-20)."""


class NotReadyToPublish(OrganisationError):
    """Something that must be known before an employer is published is missing (O-25)."""


class AlreadyPublished(OrganisationError):
    """The employer is visible already; it can be moved, not published again (O-23)."""


class CircleNeedsGiver(OrganisationError):
    """Whoever makes the key of the medical circle must be able to let others in: both rights are needed (U-10)."""


class OwnRights(OrganisationError):
    """Nobody changes what he or she may do or see, nor what the own group may (U-18)."""


class GroupNameTaken(OrganisationError):
    """The organisation has a group of users with that name already."""


class GroupNotEmpty(OrganisationError):
    """The group has users or groups in it, which must go elsewhere first."""


class GroupMisplaced(OrganisationError):
    """A group can't lie in itself, in one below it, or deeper than the tree goes."""


class OwnAccount(PermissionDenied):
    """Nobody changes the own account here: a colleague does (U-04)."""

    def __init__(self) -> None:
        super().__init__("to change one's own account")


class LastDayPassed(OrganisationError):
    """The last day of an account lies before today."""


class SharedMailbox(OrganisationError):
    """Several people seem to read a mail address, or another user has it, and nobody confirmed that one does.

    Source: D-rule 54.
    """


class LastWayIn(OrganisationError):
    """Without this person nobody could open a vault or service any more, or let others in (D-rule 18)."""

    def __init__(self, holder_ids: Iterable[UUID]) -> None:
        super().__init__("nobody else could open it")
        self.holder_ids = frozenset(holder_ids)


class AnnouncementIncomplete(OrganisationError):
    """An announcement needs a title, a text of at most 2,000 characters, and a last day not before its first."""
