"""Signing (C.2: start signing, sign; G-01..G-09): only for who takes part in the dialogue, or is the host."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.canaries import Kind
from tests.census.route import SERVICE, Route
from tests.census.routes_of_dialogues import TALKERS

OF_BOTH = ("signing.", "signing_requests.", "signing_results.", "signing_together.")

REQUESTERS = frozenset({"werkgever", "leidinggevende"}) | SERVICE

ROUTES: Mapping[tuple[str, str], Route] = {
    ("signing_requests.show_choosing", "GET"): Route(REQUESTERS, needs_key=True, pairs=True),
    # Nobody is chosen: of people, each has ids of their own.
    ("signing_requests.ask", "POST"): Route(REQUESTERS, needs_key=True, pairs=True, is_wrong=True),
    ("signing_requests.show", "GET"): Route(TALKERS, shows=Kind.STAFF),
    ("signing_requests.finish", "POST"): Route(TALKERS),
    ("signing_requests.show_withdrawing", "GET"): Route(REQUESTERS),
    ("signing_requests.withdraw_request", "POST"): Route(REQUESTERS, values={"reason": "Verkeerd document"}),
    ("signing_requests.show_replacing", "GET"): Route(REQUESTERS, needs_key=True, pairs=True),
    ("signing_requests.replace", "POST"): Route(REQUESTERS, needs_key=True, pairs=True, is_wrong=True),
    ("signing.read", "GET"): Route(TALKERS),
    ("signing.show_page", "GET"): Route(TALKERS),
    ("signing.download", "GET"): Route(TALKERS),
    ("signing.show_agreeing", "GET"): Route(TALKERS, queries=("manier=app",)),
    ("signing.send_sms", "POST"): Route(TALKERS, values={"agreed": "y", "number": "0600000007"}),
    ("signing.save_code", "POST"): Route(TALKERS, values={"code": "aaaaaa"}, is_wrong=True),
    ("signing.check_app", "POST"): Route(TALKERS, values={"agreed": "y", "code": "000000"}, is_wrong=True),
    ("signing.check_key", "POST"): Route(TALKERS, values={"agreed": "y", "answer": "{}"}, is_wrong=True),
    ("signing.show_declining", "GET"): Route(TALKERS),
    ("signing.decline_request", "POST"): Route(TALKERS, values={"reason": "De datum klopt niet"}),
    # The requests of the town go by SMS and are not done: these are for nobody here.
    ("signing_results.download_signed", "GET"): Route(),
    ("signing_results.download_evidence", "GET"): Route(),
    ("signing_together.show_beginning", "GET"): Route(REQUESTERS, needs_key=True, pairs=True),
    # Nobody is named.
    ("signing_together.begin", "POST"): Route(REQUESTERS, needs_key=True, pairs=True, is_wrong=True),
    ("signing_together.show", "GET"): Route(),
    ("signing_together.finish", "POST"): Route(),
    ("signing_together.send_code", "POST"): Route(values={"number": "0600000001"}),
    ("signing_together.agree", "POST"): Route(),
    ("signing_together.sign", "POST"): Route(values={"stated": "y"}),
}
