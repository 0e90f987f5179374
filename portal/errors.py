"""From what went wrong to a page, in one place. The page never tells more than its status."""

from __future__ import annotations

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from accounts.errors import SessionEnded, WrongLogin
from audit import PLATFORM_ID
from audit.actions import Action
from audit.recording import Outcome, Who, record
from portal import transactions
from portal.session import undo_request

# A status without a page of its own gets that of the nearest: to the visitor they are the same.
PAGES = {400: "400", 403: "403", 404: "404", 405: "405", 413: "413", 429: "429", 500: "500", 503: "503"}


def handle_errors(
    app: Flask,
    *,
    denied: tuple[type[Exception], ...],
    keyless: tuple[type[Exception], ...],
    not_found: tuple[type[Exception], ...],
) -> None:
    """Let `app` answer every error of the domain: `denied` and `keyless` with 403, `not_found` with 404, all logged.

    What is another's and what does not exist get the same answer (security.md, goal A).
    """
    for error in denied:
        app.register_error_handler(error, _deny)
    for error in keyless:
        app.register_error_handler(error, _refuse_keyless)
    for error in not_found:
        app.register_error_handler(error, _not_find)
    for error in (SessionEnded, WrongLogin):
        app.register_error_handler(error, lambda _error: begin_again())
    app.register_error_handler(CSRFError, _refuse_forged)
    app.register_error_handler(HTTPException, _answer)


def begin_again() -> ResponseReturnValue:
    """Lead to the first step of logging in."""
    return redirect(url_for("login.show_password"), 303)


def error_page(status: int) -> Response:
    """Return the page for `status`, which uses nothing of the session."""
    return make_response(render_template(f"errors/{PAGES.get(status, '400' if status < 500 else '500')}.html"), status)


def refuse(status: int, reason: str) -> Response:
    """Undo what the request did, write the refusal in a transaction of its own, and return the page for `status`.

    Raises `LogUnavailable`, on which the request is answered with 503.
    """
    undo_request()
    details: dict[str, str | int] = {"endpoint": request.endpoint or "", "status": status, "reason": reason}
    with transactions.separately() as session:
        record(session, Action.REQUEST_REFUSE, by=_refused_one(), details=details, outcome=Outcome.REFUSED)
    return error_page(status)


def _refused_one() -> Who:
    actor = g.get("actor")
    return actor.who if actor else Who(None, PLATFORM_ID, (), request.remote_addr or "")


def _deny(_error: Exception) -> ResponseReturnValue:
    return refuse(403, "permission")


def _refuse_keyless(_error: Exception) -> ResponseReturnValue:
    return refuse(403, "no key")


def _not_find(_error: Exception) -> ResponseReturnValue:
    return refuse(404, "not found")


def _refuse_forged(_error: CSRFError) -> ResponseReturnValue:
    return refuse(400, "forged")


def _answer(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    if status == 403:
        return refuse(403, "undeclared")
    page = error_page(status)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        page.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return page
