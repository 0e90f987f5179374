"""SMS by the settings: which gateway, and the rules that the verbs are told."""

from __future__ import annotations

from urllib.parse import urlsplit

from delivery.gateways import (
    CM_URL,
    SPRYNG_URL,
    CmGateway,
    HttpGateway,
    SmsGateway,
    SpryngGateway,
    form_filler,
    json_filler,
)
from delivery.https import HttpsPost
from delivery.sms import SmsRules
from delivery.sms_folder import FolderGateway
from portal.settings import PREFIX, Settings, SettingsError, SmsSettings

_CONTENT_TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}


def sms_rules(settings: Settings) -> SmsRules:
    """Return what a verb that sends a code needs to know: the host it is bound to, and the budget of a day."""
    return SmsRules(urlsplit(settings.base_url).hostname or "", settings.sms_per_organisation_a_day)


def make_gateway(settings: Settings) -> SmsGateway | None:
    """Return where text messages go; None where there are none. Raises `SettingsError` for what no gateway takes."""
    if settings.sms_folder is not None:
        return FolderGateway(settings.sms_folder)
    if settings.sms is None:
        return None
    sms = settings.sms
    post = _post(sms)
    token = sms.token.reveal().decode()
    if sms.gateway == "cm":
        return CmGateway(post, sms.sender, token)
    if sms.gateway == "spryng":
        return SpryngGateway(post, sms.sender, token)
    return _http_gateway(sms, post)


def _post(sms: SmsSettings) -> HttpsPost:
    addresses = {"cm": CM_URL, "spryng": SPRYNG_URL}
    try:
        return HttpsPost(sms.url or addresses[sms.gateway])
    except ValueError:
        raise SettingsError(f"Let {PREFIX}SMS_URL begin with https://; a code is a way in.") from None


def _http_gateway(sms: SmsSettings, post: HttpsPost) -> HttpGateway:
    try:
        fill = json_filler(sms.body) if sms.format == "json" else form_filler(sms.body)
    except ValueError:
        raise SettingsError(
            f"Set {PREFIX}SMS_BODY to {sms.format} that has {{number}} and {{text}}; see docs/settings.md."
        ) from None
    name, colon, value = sms.header.reveal().decode().partition(":")
    if name and (not colon or not value.strip()):
        raise SettingsError(f"Set {PREFIX}SMS_HEADER to a header such as `Authorization: Bearer ...`.")
    header = (name.strip(), value.strip()) if name else None
    return HttpGateway(post, sms.sender, _CONTENT_TYPES[sms.format], fill, header)
