"""Handing an SMS over to a gateway on the internet: CM.com, Spryng, or any that takes one HTTP request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from delivery.errors import DeliveryFailed, Reason
from delivery.https import HttpsPost

# Not through Cloudflare, as CM's other address is: that would be one more processor of phone numbers.
CM_URL = "https://gw.cmtelecom.com/v1.0/message"
SPRYNG_URL = "https://rest.spryngsms.com/v1/messages"
PLACEHOLDERS = frozenset({"number", "reference", "sender", "text"})

# Refusals that say something of us or of the address that was set, nothing of this SMS.
_NOT_ABOUT_THE_SMS = frozenset({401, 402, 403, 404, 405, 407, 408, 425, 429, 502, 503, 504})
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True)
class Sms:
    """A text message on its way. `to` is in E.164; a repeat has the same `reference`, by which a gateway knows it."""

    to: str = field(repr=False)
    text: str = field(repr=False)
    reference: str
    date: datetime


class SmsGateway(Protocol):
    """Where text messages go."""

    def send(self, sms: Sms) -> None:
        """Hand over one; when this returns, someone else keeps it. Raises `DeliveryFailed`."""


@dataclass(frozen=True)
class CmGateway:
    """CM.com's Business Messaging API (https://developers.cm.com/messaging/docs)."""

    post: HttpsPost
    sender: str
    product_token: str = field(repr=False)

    def send(self, sms: Sms) -> None:
        """Hand over one. Raises `DeliveryFailed` without the gateway's words, which may quote the number."""
        message = {
            "allowedChannels": ["SMS"],
            "from": self.sender,
            "to": [{"number": "00" + sms.to.removeprefix("+")}],
            "body": {"type": "auto", "content": sms.text},
            "reference": sms.reference,
        }
        headers = {"Content-Type": "application/json", "X-CM-PRODUCTTOKEN": self.product_token}
        status, answer = self.post.send(json.dumps({"messages": {"msg": [message]}}).encode(), headers)
        found = _read_json(answer)
        if _is_done(status) and found.get("errorCode") == 0:
            return
        # 101 to 199 are about the account (no such token, nothing left to pay with), not about this message.
        is_ours = isinstance(found.get("errorCode"), int) and 100 < found["errorCode"] < 200
        raise DeliveryFailed(Reason.UNREACHABLE if is_ours else _refusal(status, is_known=bool(found)))


@dataclass(frozen=True)
class SpryngGateway:
    """Spryng's REST API (https://docs.spryngsms.com)."""

    post: HttpsPost
    sender: str
    token: str = field(repr=False)

    def send(self, sms: Sms) -> None:
        """Hand over one. Raises `DeliveryFailed` without the gateway's words, which may quote the number."""
        message = {
            "body": sms.text,
            "encoding": "auto",
            "originator": self.sender,
            "recipients": [sms.to.removeprefix("+")],
            "reference": sms.reference,
            "route": "business",
        }
        headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
        }
        status, answer = self.post.send(json.dumps(message).encode(), headers)
        found = _read_json(answer)
        if not _is_done(status) or not found.get("id"):
            raise DeliveryFailed(_refusal(status, is_known=bool(found)))


@dataclass(frozen=True)
class HttpGateway:
    """Any gateway that takes one POST. `fill` makes its body, `header` is its secret, as ``Name: value``."""

    post: HttpsPost
    sender: str
    content_type: str
    fill: Callable[[Mapping[str, str]], bytes]
    header: tuple[str, str] | None = field(default=None, repr=False)

    def send(self, sms: Sms) -> None:
        """Hand over one: each answer 2xx means that it was taken. Raises `DeliveryFailed`."""
        values = {"number": sms.to, "text": sms.text, "reference": sms.reference, "sender": self.sender}
        headers = {"Content-Type": self.content_type, **dict([self.header] if self.header else [])}
        status, _answer = self.post.send(self.fill(values), headers)
        if not _is_done(status):
            raise DeliveryFailed(_refusal(status, is_known=True))


def json_filler(template: str) -> Callable[[Mapping[str, str]], bytes]:
    """Return what fills in `template`, a JSON text with ``{number}`` and the like inside its strings.

    Filled in after it was read, so that no text breaks out of its place. Raises `ValueError` for no JSON, and for one
    without number or text or with another word in braces.
    """
    parsed = json.loads(template)
    _check_placeholders(json.dumps(_strings_of(parsed)))
    return lambda values: json.dumps(_filled(parsed, values)).encode()


def form_filler(template: str) -> Callable[[Mapping[str, str]], bytes]:
    """Return what fills in `template`, fields as in an address: ``to={number}&message={text}``. Raises `ValueError`."""
    fields = parse_qsl(template, keep_blank_values=True, strict_parsing=True)
    _check_placeholders(json.dumps([value for _name, value in fields]))
    return lambda values: urlencode([(name, _filled(value, values)) for name, value in fields]).encode()


def _is_done(status: int) -> bool:
    return 200 <= status < 300


def _refusal(status: int, *, is_known: bool) -> Reason:
    if status >= 500 and status not in _NOT_ABOUT_THE_SMS:
        return Reason.LATER
    # An answer that is none of this gateway's own comes from something in between, or from a wrong address.
    is_about_us = status in _NOT_ABOUT_THE_SMS or status < 400 or not is_known
    return Reason.UNREACHABLE if is_about_us else Reason.NEVER


def _read_json(answer: bytes) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _check_placeholders(text: str) -> None:
    found = set(_PLACEHOLDER.findall(text))
    if not {"number", "text"} <= found or found - PLACEHOLDERS:
        raise ValueError("the template has {number} and {text}, and besides only {reference} and {sender}")


def _strings_of(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for child in children for text in _strings_of(child)]


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda found: values[found[1]], value)
    if isinstance(value, dict):
        return {name: _filled(child, values) for name, child in value.items()}
    return [_filled(child, values) for child in value] if isinstance(value, list) else value
