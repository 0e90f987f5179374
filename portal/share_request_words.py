"""What became of a deelverzoek, in a sentence for each side (design 2.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from portal.formats import date_and_time
from vault.models import ShareRequestState
from vault.share_request_reading import RequestLine

BADGES: Mapping[ShareRequestState, tuple[str, Any]] = {
    ShareRequestState.WAITING: ("waiting", None),
    ShareRequestState.SHARED: ("shared", None),
    ShareRequestState.REFUSED: ("refused", None),
    ShareRequestState.WITHDRAWN: ("withdrawn", None),
    ShareRequestState.EXPIRED: ("expired", None),
    ShareRequestState.ENDED: ("former", _("Vervallen")),
}
"""The badge of each state, and its label where that is not the badge's own."""

_FOR_EMPLOYER: Mapping[ShareRequestState, Any] = {
    ShareRequestState.WAITING: _("Wacht op uw antwoord, tot %(expires)s."),
    ShareRequestState.SHARED: _("Het dossier is gedeeld met %(service)s op %(decided)s."),
    ShareRequestState.REFUSED: _("Geweigerd op %(decided)s. %(service)s leest de reden."),
    ShareRequestState.WITHDRAWN: _("%(service)s heeft dit verzoek ingetrokken op %(decided)s. Er is niets gedeeld."),
    ShareRequestState.EXPIRED: _("Verlopen op %(expires)s, zonder antwoord. Er is niets gedeeld."),
    ShareRequestState.ENDED: _("Vervallen: de overeenkomst met %(service)s is geëindigd. Er is niets gedeeld."),
}
_FOR_SERVICE: Mapping[ShareRequestState, Any] = {
    ShareRequestState.WAITING: _("%(employer)s kan antwoorden tot %(expires)s."),
    ShareRequestState.SHARED: _("%(employer)s heeft het dossier gedeeld op %(decided)s."),
    ShareRequestState.REFUSED: _("%(employer)s heeft het verzoek geweigerd op %(decided)s."),
    ShareRequestState.WITHDRAWN: _("Uw arbodienst heeft het verzoek ingetrokken op %(decided)s."),
    ShareRequestState.EXPIRED: _("Verlopen op %(expires)s: %(employer)s heeft niet geantwoord."),
    ShareRequestState.ENDED: _("Vervallen: de overeenkomst met %(employer)s was geëindigd."),
}
_SHARED_ONCE = _("%(employer)s heeft het dossier gedeeld op %(decided)s; die deling is later beëindigd.")
_TOO_LATE: Mapping[ShareRequestState, Any] = {
    ShareRequestState.SHARED: _("Dit deelverzoek is al beantwoord: het dossier is gedeeld."),
    ShareRequestState.REFUSED: _("Dit deelverzoek is al beantwoord: het is geweigerd."),
    ShareRequestState.WITHDRAWN: _("Dit deelverzoek is ingetrokken. Er is niets gewijzigd."),
    ShareRequestState.EXPIRED: _("Dit deelverzoek is verlopen. Er is niets gewijzigd."),
    ShareRequestState.ENDED: _("Dit deelverzoek is vervallen: de overeenkomst is geëindigd. Er is niets gewijzigd."),
}


def for_employer(line: RequestLine) -> str:
    """What became of a request, as the employer reads it."""
    return _told(_FOR_EMPLOYER[line.state], line)


def for_service(line: RequestLine) -> str:
    """What became of a request, as the arbo service reads it."""
    once = line.state is ShareRequestState.SHARED and not line.share_runs
    return _told(_SHARED_ONCE if once else _FOR_SERVICE[line.state], line)


def too_late(state: ShareRequestState) -> str:
    """Why an answer, or a withdrawal, did not count any more."""
    return str(_TOO_LATE[state])


def _told(sentence: Any, line: RequestLine) -> str:
    facts = {
        "employer": line.employer,
        "service": line.service,
        "expires": date_and_time(line.expires_at),
        "decided": date_and_time(line.decided_at),
    }
    return str(sentence) % facts
