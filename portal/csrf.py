"""Protection against forged requests: a random token of the session in every form that changes something.

The session lies on the server, so the token needs no signature and no life of its own: it is as old as the session and
changes with it at each step of logging in. It comes from the injected source (design 2.6).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from portal.services import current_services

View = TypeVar("View", bound=Callable[..., Any])

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"


def csrf_token() -> str:
    """Return the token of this session, made (with the session itself, if need be) at the first call."""
    if FIELD not in session:
        session[FIELD] = current_services().source.token(32).hex()
    return str(session[FIELD])


class SessionCsrf(CSRF):
    """Gives forms the token of the session; `SessionCsrfProtect` has checked it before any view runs."""

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        return csrf_token()

    def validate_csrf_token(self, form: BaseForm, field: CSRFTokenField) -> None:
        if not g.get("csrf_checked", False):
            raise ValidationError("the request was not checked")


class SessionCsrfProtect(CSRFProtect):  # type: ignore[misc]
    """Refuses every request that changes something and lacks the session's token, or that another site has sent."""

    def init_app(self, app: Flask) -> None:
        """Check each request of `app` and give its templates `csrf_token()`."""
        super().init_app(app)
        app.jinja_env.globals[FIELD] = csrf_token
        app.context_processor(lambda: {FIELD: csrf_token})

    def protect(self, apply_exemptions: bool = False) -> None:
        """Raises `CSRFError` (400)."""
        if not request.endpoint or request.method in {"GET", "HEAD", "OPTIONS"} or _is_from_machine():
            return
        # Browsers say where a request comes from; under `Referrer-Policy: no-referrer` they send no Referer or Origin.
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise CSRFError("the request comes from another site")
        given = request.form.get(FIELD) or request.headers.get(HEADER) or ""
        expected = str(session.get(FIELD, ""))
        if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
            raise CSRFError("the token is not that of the session")
        g.csrf_checked = True


def from_machines(view: View) -> View:
    """Let a machine that knows the secret in the address use this view: it has no session, and gets none."""
    view.from_machines = True  # type: ignore[attr-defined]
    return view


def _is_from_machine() -> bool:
    return bool(getattr(current_app.view_functions[str(request.endpoint)], "from_machines", False))
