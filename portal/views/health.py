"""Whether the server runs; for what watches over it. It tells nothing else and touches neither database nor session."""

from __future__ import annotations

from flask import Blueprint, Response

from portal.authorisation import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@public
def show() -> Response:
    """Answer that requests are handled."""
    return Response("ok\n", mimetype="text/plain")
