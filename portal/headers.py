"""The headers that every response carries, with a strict content security policy (security.md, ASVS 3.4 and 14.3)."""

from __future__ import annotations

import base64

from flask import Flask, Response, g, request

from portal.services import current_services

POLICY = (
    "default-src 'none'",
    "script-src 'nonce-{nonce}' 'strict-dynamic'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
# For what somebody uploaded: it runs nothing, fetches nothing, and has no origin.
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
FIXED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
A_DAY = 24 * 3600
A_YEAR = 365 * A_DAY


def csp_nonce() -> str:
    """Return the nonce of this response's scripts.

    It is made at the first call, since an early refusal answers before any `before_request` of ours has run.
    """
    if "csp_nonce" not in g:
        g.csp_nonce = base64.b64encode(current_services().source.token(16)).decode()
    return str(g.csp_nonce)


def put_in_sandbox() -> None:
    """Send this response with the policy for what somebody uploaded, instead of that for our pages."""
    g.in_sandbox = True


def send_security_headers(app: Flask) -> None:
    """Add the headers to every response of `app`, errors included."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    policy = SANDBOX if g.get("in_sandbox") else "; ".join(POLICY).format(nonce=csp_nonce())
    response.headers["Content-Security-Policy"] = policy
    response.headers.update(FIXED)
    if current_services().settings.is_https:
        response.headers["Strict-Transport-Security"] = f"max-age={A_YEAR}; includeSubDomains"
    response.headers["Cache-Control"] = _caching(response)
    return response


def _caching(response: Response) -> str:
    if request.endpoint != "static" or response.status_code >= 400:
        # Everything else may be personal, also in a browser that is shared.
        return "no-store"
    # A file asked for by its fingerprint never changes; fonts are named in the style sheet without one.
    return f"public, max-age={A_YEAR}, immutable" if "v" in request.args else f"public, max-age={A_DAY}"
