"""Flask's session over the rows of `accounts.sessions` (design 2.3): nothing readable lies in the cookie.

A session is read when it is first used, so a static file or the health page costs no query, and a visitor gets a row
only when something must be remembered (the token of a form). Flask-Login stands on top of it, thinly: who has logged in
is what the row says, and no cookie of its own remembers anyone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from flask import Flask, Request, Response, g, request
from flask import session as flask_session
from flask.sessions import SessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin

from accounts.credentials import PersonSecret
from accounts.errors import SessionEnded
from accounts.models import SessionStage
from accounts.sessions import (
    PASSWORD_STAGE,
    Limits,
    OpenSession,
    Origin,
    end_session,
    end_sessions_of,
    load_session,
    promote_to_complete,
    promote_to_password_stage,
    renew_session,
    save_data,
    start_visitor_session,
)
from crypto.secret import Secret
from database.session import Session
from portal import transactions
from portal.device_names import device_name
from portal.services import current_services
from portal.transactions import database

COOKIE = "datakluis"
DEVICE_COOKIE = "datakluis-apparaat"
DEVICE_COOKIE_AGE = timedelta(days=365)
JOINING = "joining"
"""In the session of who answers an invitation into a dialogue: it goes along through the login (`portal.joining`)."""


class PortalSession(SessionMixin):
    """What a visitor's session holds; it also knows how far the visitor has come in logging in."""

    def __init__(self, cookie: str | None) -> None:
        self._given_cookie = cookie
        self._forget()

    def _forget(self) -> None:
        self._opened: OpenSession | None = None
        self._loaded = False
        self._ended = False
        self._fresh: dict[str, Any] = {}
        self._changed = False
        self._new_cookie: str | None = None

    @property
    def opened(self) -> OpenSession | None:
        """The session row behind the cookie, opened; None for a visitor of whom nothing is remembered."""
        if not self._loaded and not g.get("out_of_service", False):
            self._loaded = True
            if self._given_cookie:
                self._opened = _load(self._given_cookie)
        return self._opened

    @property
    def _data(self) -> dict[str, Any]:
        return self.opened.data if self.opened else self._fresh

    def __getitem__(self, key: str) -> Any:
        return self._data[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._data[key] = value
        self._changed = True

    def __delitem__(self, key: str) -> None:
        del self._data[key]
        self._changed = True

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def started(self) -> OpenSession:
        """Return the session row, made now if there was none."""
        if self.opened is None:
            data = self._fresh
            self.become(start_visitor_session(database()))
            self._data.update(data)
            self._changed = bool(data)
        return cast(OpenSession, self.opened)

    def become(self, promoted: tuple[str, OpenSession]) -> None:
        """Go on with another row and another cookie: what an earlier cookie opened ends here (security.md, goal M)."""
        self._new_cookie, self._opened = promoted
        self._loaded, self._changed = True, False

    def go_on(self, promoted: tuple[str, OpenSession]) -> None:
        """Go on as `become` says, with the invitation that somebody logs in to answer."""
        invitation = self.get(JOINING)
        self.become(promoted)
        if invitation is not None:
            self[JOINING] = invitation

    def end(self) -> None:
        """End the session: the cookie is worth nothing from the commit on (L-28)."""
        if self.opened is not None:
            end_session(database(), self.opened)
        self._opened, self._fresh, self._ended = None, {}, True

    def save(self, response: Response) -> None:
        """Keep what was changed, and let the browser have a new cookie or lose an old one."""
        if self._changed and self._data:
            save_data(database(), self.started())
        if self._new_cookie:
            response.set_cookie(cookie_name(COOKIE), self._new_cookie, **cookie_attributes())
        elif self._given_cookie and self._loaded and self.opened is None:
            response.delete_cookie(cookie_name(COOKIE), **cookie_attributes())

    def undo(self) -> None:
        """Go back to what the browser's cookie says, after a rollback."""
        self._forget()


class RowSessions(SessionInterface):
    """Opens and saves the session of each request."""

    def open_session(self, app: Flask, request: Request) -> PortalSession:
        """Return the session of the request, not read yet."""
        return PortalSession(request.cookies.get(cookie_name(COOKIE)))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save the session; it is committed with the rest of the request."""
        if not g.get("out_of_service", False):
            cast(PortalSession, session).save(response)


class SignedIn(UserMixin):  # type: ignore[misc]
    """Someone who has logged in completely, as Flask-Login wants to see it."""

    def __init__(self, person_id: UUID) -> None:
        self.id = person_id


def keep_sessions(app: Flask) -> None:
    """Let `app` keep its sessions in the database, and Flask-Login read them."""
    app.session_interface = RowSessions()
    manager = LoginManager()
    manager.session_protection = None
    manager.request_loader(_signed_in)
    # Not `init_app`: that would add a cookie that remembers people, which this portal does not have.
    app.login_manager = manager  # type: ignore[attr-defined]


def current_session() -> PortalSession:
    """Return the session of this request."""
    return cast(PortalSession, flask_session._get_current_object())  # type: ignore[attr-defined]


def enter_password_stage(person_id: UUID, password_key: Secret, lifetime: timedelta = PASSWORD_STAGE) -> None:
    """Go on as someone whose password was right. Raises `SessionEnded`."""
    session = current_session()
    promoted = promote_to_password_stage(
        database(), session.started(), person_id=person_id, password_key=password_key, lifetime=lifetime
    )
    session.go_on(promoted)


def enter_complete_stage(opened: PersonSecret, limits: Limits = Limits()) -> OpenSession:  # noqa: B008
    """Go on as someone who has logged in, whose secret is open. Raises `SessionEnded`."""
    session = current_session()
    promoted = promote_to_complete(
        database(),
        session.started(),
        person_id=opened.person_id,
        key_generation=opened.generation,
        secret=opened.secret,
        limits=limits,
        origin=Origin(device_name(request.user_agent.string), request.remote_addr or ""),
    )
    session.go_on(promoted)
    return promoted[1]


def renew_current_session() -> OpenSession:
    """Go on under another cookie, now that the password was given once more or is a new one. Raises `SessionEnded`."""
    session = current_session()
    renewed = renew_session(database(), session.started())
    session.become(renewed)
    return renewed[1]


def end_own_sessions_elsewhere() -> None:
    """End all other sessions of this visitor, after a change of the ways in (security.md, goal M)."""
    end_sessions_of(database(), person_in_session(), sparing=opened_session())


def session_anew() -> Callable[[Session], OpenSession]:
    """Return what reads this visitor's session once more, for an answer that is still being made after the request.

    It raises `SessionEnded` when the session has ended since, or is not that of someone who has logged in.
    """
    cookie = request.cookies.get(cookie_name(COOKIE), "")

    def read(session: Session) -> OpenSession:
        opened = load_session(session, cookie)
        if opened is None or opened.stage != SessionStage.COMPLETE:
            raise SessionEnded
        return opened

    return read


def stage() -> SessionStage:
    """Return how far this visitor has come."""
    opened = current_session().opened
    return opened.stage if opened else SessionStage.VISITOR


def opened_session() -> OpenSession:
    """Return the row of someone who has come past the password; the route's declaration has seen to that."""
    return current_session().started()


def person_in_session() -> UUID:
    """Return who has come past the password; the route's declaration has seen to that."""
    return cast(UUID, opened_session().person_id)


def undo_request() -> None:
    """Undo what this request did, in the database and in the session."""
    transactions.rollback()
    current_session().undo()


def remember_device(response: Response, token: str) -> None:
    """Let this device have its own count of wrong tries (L-18)."""
    age = int(DEVICE_COOKIE_AGE.total_seconds())
    response.set_cookie(cookie_name(DEVICE_COOKIE), token, max_age=age, **cookie_attributes())


def device_token() -> str | None:
    """Return the token of a device that logged in before."""
    return request.cookies.get(cookie_name(DEVICE_COOKIE))


def cookie_name(name: str) -> str:
    """Return the full name of a cookie: `__Host-` ties it to this host and TLS; plain http is for this machine only."""
    return f"__Host-{name}" if current_services().settings.is_https else name


def _load(cookie: str) -> OpenSession | None:
    session = database()
    began_here = not session.in_transaction()
    opened = load_session(session, cookie, is_activity=not g.get("is_quiet", False))
    # Whoever withdraws a right deletes the session rows of who loses it: no request may hold its own while it works.
    if began_here:
        transactions.release()
    return opened


def cookie_attributes() -> dict[str, Any]:
    """Return what every cookie of the portal is set with."""
    secure = current_services().settings.is_https
    return {"httponly": True, "secure": secure, "samesite": "Lax", "path": "/"}


def _signed_in(_request: Request) -> SignedIn | None:
    opened = current_session().opened
    complete = opened is not None and opened.stage == SessionStage.COMPLETE
    return SignedIn(cast(UUID, opened.person_id)) if complete and opened else None
