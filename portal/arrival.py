"""What happens when someone has logged in completely: a session with the keys, and asking for those still missing."""

from __future__ import annotations

from uuid import UUID

from flask import Response, make_response, redirect, request, url_for
from flask_babel import format_datetime

from accounts.actor import Actor
from accounts.login import SecondFactor, complete_login
from accounts.people import notify, person_by_id
from accounts.permissions import Permission
from accounts.sessions import end_sessions_of
from delivery.outbox import MailKind
from keys.opened import OpenedKeys
from organisation.admission import enter_service
from organisation.circles import enter_circle
from organisation.errors import NotAMember
from organisation.memberships import actor_for
from organisation.models import OrganisationKind
from organisation.session_limits import limits_for
from portal import password_reset
from portal.authorisation import safe_next
from portal.session import current_session, device_token, enter_complete_stage, opened_session, remember_device
from portal.transactions import database
from vault.access import request_access

NEXT = "next"


def access_point() -> str:
    """Return the network address of the visitor, for the log."""
    return request.remote_addr or ""


def arrive(second_factor: SecondFactor, to: str | None = None) -> Response:
    """Complete the login of someone in the password stage, and lead on to where he or she was going, or `to`.

    Where only one session may be open, all older ones end here (L-29). From a device that was not there before a notice
    goes by mail, but for the first login. Raises `WrongLogin` when the password was changed between the two steps,
    `SessionEnded` when another request was faster.
    """
    if password_reset.is_under_way():
        # Mail and second factor are not enough for anything: a password is still to be chosen (design 2.3).
        password_reset.note_factor(second_factor)
        return make_response(redirect(url_for("resetting.show_choice"), 303))
    target = to or safe_next(current_session().get(NEXT))
    password_key = opened_session().password_key
    logged_in = complete_login(
        database(), password_key, second_factor, access_point=access_point(), device=device_token()
    )
    opened = logged_in.opened
    actor = _actor(OpenedKeys(opened.person_id, opened.generation, opened.secret))
    in_force = limits_for(database(), opened.person_id)
    if in_force.single_session:
        end_sessions_of(database(), opened.person_id, sparing=opened_session())
    enter_complete_stage(opened, in_force.limits)
    if actor is not None:
        ask_for_keys(actor)
    if logged_in.is_new_device:
        _tell_of_new_device(opened.person_id)
    response = make_response(redirect(target, 303))
    remember_device(response, logged_in.device_token)
    return response


def ask_for_keys(actor: Actor) -> None:
    """Ask, where it is due, for the key of the vault (K-11), or those of the service and its medical circle."""
    if actor.audience == OrganisationKind.SERVICE and Permission.DOSSIER_READ in actor.permissions:
        enter_service(database(), actor)
    if actor.audience == OrganisationKind.EMPLOYER and Permission.VAULT_READ in actor.permissions:
        request_access(database(), actor)
    if actor.audience == OrganisationKind.SERVICE and Permission.MEDICAL_READ in actor.permissions:
        enter_circle(database(), actor)


def _tell_of_new_device(person_id: UUID) -> None:
    moment = format_datetime(database().source.now(), "dd-MM-yyyy HH:mm")
    notify(database(), person_by_id(database(), person_id), MailKind.NEW_DEVICE_LOGIN, {"moment": moment})


def _actor(keys: OpenedKeys) -> Actor | None:
    try:
        return actor_for(database(), keys.person_id, access_point(), keys)
    except NotAMember:
        # Whoever has lost the place in the organisation may log in, and is told so by every page.
        return None
