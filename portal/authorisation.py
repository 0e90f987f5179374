"""Who may use which route. Every route says so; one that does not answers 403 (design 4).

Five declarations: `@public`, `@after_password` (between password and second factor), `@setting_up` (who has no second
factor yet), `@signed_in` (what must be done before anything else: back-up code, terms) and `@requires(Permission...)`,
which hands the view its `actor`. What is dangerous says `@requires(..., fresh=True)`: it wants the password again when
that was given too long ago (screens.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from accounts.actor import Actor
from accounts.backup_codes import needs_backup_code
from accounts.errors import PermissionDenied
from accounts.models import SessionStage
from accounts.people import person_by_id
from accounts.permissions import Permission
from accounts.second_factors import factors_of
from accounts.sessions import FIRST_STEPS
from accounts.terms import has_accepted
from database.session import Session
from delivery.languages import Language
from organisation.memberships import actor_for
from portal import password_reset
from portal.confirmation import ask_factor_again, ask_password_again, factor_is_fresh, password_is_fresh
from portal.device_names import device_name
from portal.languages import chosen_in_browser, speak
from portal.second_factors import must_set_up
from portal.services import current_services
from portal.session import current_session, opened_session, person_in_session, session_anew, stage
from portal.terms import current_terms
from portal.transactions import database

View = TypeVar("View", bound=Callable[..., Any])


SETTING_UP = "setting_up"
"""In the session of someone who has just logged in for the first time, and may go on with further second factors."""


class Stage(Enum):
    """How far a visitor must have come."""

    VISITOR = "visitor"
    PASSWORD = "password"
    SETTING_UP = "setting up"
    SIGNED_IN = "signed in"
    READY = "ready"


@dataclass(frozen=True)
class Access:
    """What a route asks of who visits it; of several permissions one is enough.

    `fresh`: the password not long ago; `factor`: a second factor, shown in this session for such an act; `quiet`: asked
    for by a page by itself, so that it keeps no session alive (design 2.3).
    """

    stage: Stage
    permissions: frozenset[Permission] = frozenset()
    fresh: bool = False
    factor: bool = False
    quiet: bool = False


def public(view: View) -> View:
    """Let everyone use this view."""
    return _declare(view, Access(Stage.VISITOR))


def after_password(view: View) -> View:
    """Let those use this view whose password was right and whose second factor is still to come."""
    return _declare(view, Access(Stage.PASSWORD))


def setting_up(view: View) -> View:
    """Let those use this view who have no second factor that is enough, or are on their way through the options.

    A password alone adds no second factor where there is one; someone who logged in some time ago goes to the settings.
    """
    return _declare(view, Access(Stage.SETTING_UP))


def signed_in(view: View) -> View:
    """Let everyone use this view who has logged in, also before the back-up code and the terms are done with."""
    return _declare(view, Access(Stage.SIGNED_IN))


def requires(
    *permissions: Permission, fresh: bool = False, factor: bool = False, quiet: bool = False
) -> Callable[[View], View]:
    """Let those use this view who have one of `permissions`; it gets the `actor` as a keyword.

    With `fresh` the password must have been given in the last 15 minutes, else it is asked for on the way; with
    `factor` a second factor as well, apart from that of the login (L-32). With `quiet` it does not count as activity.
    """
    if not permissions:
        raise TypeError("name at least one permission, or declare the view @public")

    def declare(view: View) -> View:
        @wraps(view)
        def with_actor(*arguments: Any, **values: Any) -> Any:
            return view(*arguments, actor=g.actor, **values)

        return _declare(with_actor, Access(Stage.READY, frozenset(permissions), fresh, factor, quiet))  # type: ignore[return-value]

    return declare


def access_of(view: Callable[..., Any]) -> Access | None:
    """Return what `view` declared, None when it declared nothing."""
    return getattr(view, "access", None)


def safe_next(target: str | None) -> str:
    """Return `target` when it is a path of this portal, else the start page: no redirect ever leaves the house."""
    start = url_for("start.show")
    # Two slashes name another host, and browsers leave line ends and tabs out before they look.
    if not target or not target.startswith("/") or target.startswith("//"):
        return start
    return start if any(character in target for character in "\\\r\n\t\0") else target


def next_step(person_id: UUID) -> str | None:
    """Return where someone must go first: a second factor that is enough, the back-up code, the terms (L-05, L-33).

    None when nothing is left to do.
    """
    if must_set_up(person_id):
        return url_for("onboarding_factors.show")
    if needs_backup_code(database(), person_id):
        return url_for("onboarding.show_code")
    if not has_accepted(person_by_id(database(), person_id), current_terms().version):
        return url_for("onboarding.show_terms")
    return None


def authorise_each_request(app: Flask) -> None:
    """Check each request of `app` before anything else is done with it."""
    app.before_request(_authorise)


def actor_anew() -> Callable[[Session], Actor]:
    """Return what tells who acts as it is then: roles, scope, keys and session of that moment.

    For an answer that is still being made after the request. It raises `SessionEnded`, and
    `organisation.errors.NotAMember` for whoever lost the place in the organisation.
    """
    read, address = session_anew(), request.remote_addr or ""

    def look(session: Session) -> Actor:
        opened = read(session)
        return actor_for(session, opened.opened_keys().person_id, address, opened.opened_keys())

    return look


def _declare(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def _authorise() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    access = access_of(current_app.view_functions[request.endpoint])
    if access is None:
        abort(403)
    g.is_quiet = access.quiet
    return _CHECKS[access.stage](access)


def _check_nothing(_access: Access) -> None:
    return None


def _check_password(_access: Access) -> ResponseReturnValue | None:
    if stage() != SessionStage.PASSWORD:
        return _to_login()
    _speak_with(person_in_session())
    return None


def _check_setting_up(_access: Access) -> ResponseReturnValue | None:
    if stage() == SessionStage.PASSWORD:
        _speak_with(person_in_session())
        # Who came by the link of a mail has shown no password: mail alone sets up nothing.
        is_newcomer = not factors_of(database(), person_in_session()) and not password_reset.is_under_way()
        return None if is_newcomer else redirect(url_for("login_factors.show_others"), 303)
    if not current_user.is_authenticated:
        return _to_login()
    _speak_with(current_user.id)
    if must_set_up(current_user.id) or _is_on_first_way():
        return None
    return redirect(next_step(current_user.id) or url_for("start.show"), 303)


def _is_on_first_way() -> bool:
    now = current_services().source.now()
    return bool(current_session().get(SETTING_UP)) and now < opened_session().created_at + FIRST_STEPS


def _check_signed_in(_access: Access) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return _to_login()
    _speak_with(current_user.id)
    return None


def _check_ready(access: Access) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return _to_login()
    step = next_step(current_user.id)
    if step:
        return redirect(step, 303)
    opened = opened_session()
    actor = actor_for(database(), current_user.id, request.remote_addr or "", opened.opened_keys())
    g.actor = replace(actor, device=device_name(request.user_agent.string), session_digest=opened.digest)
    speak(g.actor.language)
    if not g.actor.permissions & access.permissions:
        raise PermissionDenied(", ".join(sorted(access.permissions)))
    if access.fresh and not password_is_fresh():
        return ask_password_again()
    return ask_factor_again() if access.factor and not factor_is_fresh() else None


_CHECKS: Mapping[Stage, Callable[[Access], ResponseReturnValue | None]] = {
    Stage.VISITOR: _check_nothing,
    Stage.PASSWORD: _check_password,
    Stage.SETTING_UP: _check_setting_up,
    Stage.SIGNED_IN: _check_signed_in,
    Stage.READY: _check_ready,
}


def _speak_with(person_id: UUID) -> None:
    """Until someone is in, what this browser chose comes first."""
    if chosen_in_browser() is None:
        speak(Language(person_by_id(database(), person_id).language))


def _to_login() -> ResponseReturnValue:
    # Only what is read can be asked for again; a form that someone filled in cannot.
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    if wanted in {None, url_for("start.show")}:
        return redirect(url_for("login.show_password"), 303)
    return redirect(url_for("login.show_password", next=wanted), 303)
