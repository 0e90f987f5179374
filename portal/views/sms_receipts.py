"""What the SMS gateway tells afterwards. The address has a secret that only the operator and the gateway know."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, abort, request

from delivery.receipts import note_reports, read_reports
from portal.authorisation import public
from portal.csrf import from_machines
from portal.services import current_services
from portal.transactions import database

blueprint = Blueprint("sms_receipts", __name__)


@blueprint.post("/sms/ontvangst/<secret>")
@public
@from_machines
def note(secret: str) -> Response:
    """Write down what became of an SMS; whether there is such an SMS shows to nobody."""
    settings = current_services().settings
    expected = settings.sms_receipt_secret.reveal()
    if not expected or not hmac.compare_digest(secret.encode(), expected):
        abort(404)
    gateway = settings.sms.gateway if settings.sms else "http"
    try:
        reports = read_reports(gateway, request.get_data(), request.mimetype, request.args)
    except (ValueError, RecursionError):
        return Response("unreadable\n", 400, mimetype="text/plain")
    note_reports(database(), reports)
    return Response(status=204)
