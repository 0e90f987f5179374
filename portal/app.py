"""The application, as a table of contents."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, request
from flask_babel import gettext
from werkzeug.middleware.proxy_fix import ProxyFix

import accounts.errors
import keys.errors
import organisation.errors
import vault.errors
from crypto.source import Source
from portal.application import Portal
from portal.authorisation import authorise_each_request
from portal.check_words import show_own_check_words
from portal.csrf import SessionCsrfProtect
from portal.errors import handle_errors
from portal.headers import send_security_headers
from portal.languages import speak_languages
from portal.logs import log_each_request
from portal.navigation import add_frame
from portal.routes import add_routes
from portal.services import Services, attach, open_services
from portal.session import keep_sessions
from portal.settings import Settings, is_own_host
from portal.static_files import fingerprint_static_files
from portal.transactions import end_with_request
from portal.uploads import limit_each_request

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"

DENIED = (accounts.errors.PermissionDenied,)
# Access can be withdrawn while whoever had it is at work.
KEYLESS = (keys.errors.CheckWordsNotCompared, keys.errors.NoKey, vault.errors.NoVaultAccess, vault.errors.VaultClosed)
NOT_FOUND = (keys.errors.NotFound, organisation.errors.NotFound, organisation.errors.NotAMember)


def create_app(settings: Settings, *, source: Source | None = None, services: Services | None = None) -> Portal:
    """Return the portal for `settings`. Raises `SettingsError` when its key files are not there."""
    app = Portal(__name__, template_folder=str(TEMPLATES), static_folder="static")
    # What a template can reach, a mistake in a template can show: settings are not among it.
    app.jinja_env.globals.pop("config", None)
    attach(app, services or open_services(settings, source))
    believe_proxies(app, settings.trusted_proxies)
    limit_each_request(app)
    log_each_request(app)
    send_security_headers(app)
    keep_sessions(app)
    end_with_request(app)
    answer_to_own_name(app, settings)
    authorise_each_request(app)
    SessionCsrfProtect(app)
    handle_errors(app, denied=DENIED, keyless=KEYLESS, not_found=NOT_FOUND)
    speak_languages(app)
    fingerprint_static_files(app)
    add_frame(app)
    show_own_check_words(app)
    add_routes(app)
    return app


def believe_proxies(app: Flask, count: int) -> None:
    """Take the visitor's address and scheme from the headers of `count` proxies; of none, from nobody's headers."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]


def answer_to_own_name(app: Flask, settings: Settings) -> None:
    """Answer 400 to a request under another name than the portal's: a site whose name leads here reads nothing."""

    def check_host() -> Response | None:
        if is_own_host(request.host, settings.base_url):
            return None
        return Response(f"{gettext('Onder deze naam is Datakluis niet te bereiken.')}\n", 400, mimetype="text/plain")

    app.before_request(check_host)
