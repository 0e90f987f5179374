"""What can be refused about organisations and their members."""

from __future__ import annotations


class OrganisationError(Exception):
    """The root of every error of this package."""


class NotFound(OrganisationError):
    """There is no such thing, or not for this actor: the answer is the same (D-rule 16)."""

    def __init__(self) -> None:
        super().__init__("there is no such thing for this actor")


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


class NotFoundedYet(OrganisationError):
    """The service has no key yet: its first member has not logged in (design 2.1)."""
