"""The way back into a vault or a service with a recovery sheet, for the person whom it names (design 2.1)."""

from __future__ import annotations

from accounts import failed_tries
from accounts.actor import Actor
from accounts.errors import TooManyTries, WrongCode
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import Outcome, record
from crypto.secret import Secret
from database.session import Session
from delivery.outbox import MailKind
from keys.admissions import close_waiting
from keys.models import AdmissionState
from keys.opened import OpenedKeys
from keys.recovery_sheets import SheetView, open_sheet, sheets_naming, use_sheet
from organisation.memberships import give_role
from organisation.notices import notify_concerned
from vault.recovery_sheets import SheetLine, move_on, sheet_lines, sheet_side


def sheets_in_name_of(session: Session, actor: Actor) -> list[SheetLine]:
    """The sheets that name the actor, the newest first."""
    actor.require(Permission.START_SEE)
    named = [sheet for sheet in sheets_naming(session, actor.person_id) if _is_own(sheet, actor)]
    return sheet_lines(session, actor, named)


def check(session: Session, half: Secret, actor: Actor) -> SheetLine:
    """Which sheet the code on paper is of, when it names the actor. It opens no vault or service.

    A code of nothing, of another's sheet and of one that has ended get the same answer. Raises `PermissionDenied`, and
    `accounts.errors.WrongCode` or `TooManyTries`, which are counted and in the log by then.
    """
    sheet, _keys = _matching(session, half, Action.RECOVERY_SHEET_CHECK, actor)
    record(session, Action.RECOVERY_SHEET_CHECK, by=actor.who, object_type="person", object_id=actor.person_id)
    return sheet_lines(session, actor, [sheet])[0]


def use(session: Session, half: Secret, actor: Actor) -> None:
    """Hand the actor, whom a sheet names, the key of the vault or service; the sheet is used up.

    The actor becomes somebody who can admit others, since perhaps nobody else can; the vault or service moves on in the
    same act, and all concerned get a mail. Raises as `check`, and `keys.errors.SheetEnded` when another act was faster.
    """
    sheet, sheet_keys = _matching(session, half, Action.RECOVERY_SHEET_USE, actor)
    side = sheet_side(session, actor)
    record(session, Action.RECOVERY_SHEET_USE, by=actor.who, object_type="person", object_id=actor.person_id)
    use_sheet(session, sheet, sheet_keys, by=actor.who)
    notify_concerned(session, sheet.for_holder_id, actor.organisation_id, side.permission, MailKind.RECOVERY_SHEET_USED)
    if not side.needed <= actor.permissions:
        give_role(session, actor.person_id, side.role, actor.who)
    close_waiting(session, sheet.for_holder_id, actor.person_id, state=AdmissionState.ADMITTED, by=actor.who)
    move_on(session, sheet.for_holder_id, actor)


def _matching(session: Session, half: Secret, action: Action, actor: Actor) -> tuple[SheetView, OpenedKeys]:
    """The active sheet in the actor's name that the code belongs to, with what it opens; a wrong code is counted."""
    actor.require(Permission.START_SEE)
    subject = failed_tries.subject_of(session, str(actor.person_id))
    try:
        failed_tries.count_try(session, failed_tries.RECOVERY_CODE, subject)
    except TooManyTries:
        _record_refusal(session, action, "too many tries", actor)
        raise
    for sheet in sheets_naming(session, actor.person_id):
        keys = open_sheet(session, sheet.sheet_id, half, actor.keys) if _is_own(sheet, actor) else None
        if keys is not None:
            failed_tries.forget(session, failed_tries.RECOVERY_CODE, subject)
            return sheet, keys
    _record_refusal(session, action, "code", actor)
    raise WrongCode


def _is_own(sheet: SheetView, actor: Actor) -> bool:
    return sheet.organisation_id == actor.organisation_id


def _record_refusal(session: Session, action: Action, reason: str, actor: Actor) -> None:
    record(session, action, by=actor.who, details={"reason": reason}, outcome=Outcome.REFUSED)
