"""What happens around signatures, in the words of the screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from signing.errors import NotSignable, RequestEnded
from signing.models import RequestState
from signing.reading import RequestView, SigningAct
from signing.statuses import SigningStatus

STATUSES: Mapping[SigningStatus, tuple[str, Any]] = {
    SigningStatus.WAITING: ("waiting", _("Nog niet aan de beurt")),
    SigningStatus.SENT: ("waiting", _("Verstuurd")),
    SigningStatus.DELIVERED: ("waiting", _("Bezorgd")),
    SigningStatus.UNDELIVERED: ("late", _("Niet bezorgd")),
    SigningStatus.READ: ("waiting", _("Gelezen")),
    SigningStatus.AGREED: ("waiting", _("Wacht op tijdstempel")),
    SigningStatus.SIGNED: ("done", _("Ondertekend")),
    SigningStatus.DECLINED: ("refused", _("Geweigerd")),
    SigningStatus.EXPIRED: ("expired", _("Verlopen")),
    SigningStatus.REPLACED: ("former", _("Vervangen")),
    SigningStatus.CHANGED: ("fictitious", _("Gegevens gewijzigd")),
    SigningStatus.GONE: ("former", _("Doet niet meer mee")),
    SigningStatus.LAPSED: ("withdrawn", _("Vervallen")),
}
"""The badge of each status of a signer, and its words."""

STATES: Mapping[RequestState, tuple[str, Any]] = {
    RequestState.PREPARING: ("waiting", _("Wacht op tijdstempel")),
    RequestState.RUNNING: ("waiting", _("Wacht op ondertekening")),
    RequestState.CLOSING: ("waiting", _("Wacht op afsluiting")),
    RequestState.DONE: ("done", _("Ondertekend")),
    RequestState.DECLINED: ("refused", _("Geweigerd")),
    RequestState.WITHDRAWN: ("withdrawn", _("Ingetrokken")),
    RequestState.EXPIRED: ("expired", _("Verlopen")),
    RequestState.VOIDED: ("withdrawn", _("Vervallen")),
}
"""The badge of each state of a request, and its words."""

_ENDED: Mapping[RequestState, Any] = {
    RequestState.PREPARING: _("Het document is nog niet verzegeld. Ondertekenen kan zodra dat is gelukt."),
    RequestState.CLOSING: _("Iedereen heeft ondertekend. Er is niets meer te doen."),
    RequestState.DONE: _("Iedereen heeft ondertekend. Er is niets meer te doen."),
    RequestState.DECLINED: _("Iemand heeft geweigerd te ondertekenen. Daarmee is het verzoek afgelopen."),
    RequestState.WITHDRAWN: _("Het verzoek om te ondertekenen is ingetrokken."),
    RequestState.EXPIRED: _("De tijd om te ondertekenen is voorbij."),
    RequestState.VOIDED: _(
        "Er is een nieuwe versie van dit document. Wat hier klaarstond, kan niet meer worden ondertekend; ook een code "
        "die al is verstuurd, werkt niet meer."
    ),
}

_NOT_SIGNABLE: Mapping[str, Any] = {
    "attachments": _("In deze pdf zitten andere bestanden. Sla de pdf zonder bijlagen op en voeg hem opnieuw toe."),
    "damaged": _("Deze pdf is beschadigd of niet goed te lezen. Maak hem opnieuw en voeg hem toe."),
    "encrypted": _("Deze pdf heeft een wachtwoord. Sla hem zonder wachtwoord op en voeg hem opnieuw toe."),
    "evidence": _("Dit is het bewijs van een ondertekening. Dat wordt zelf niet ondertekend."),
    "form": _("Deze pdf heeft invulvelden. Druk hem af naar een nieuwe pdf en voeg die toe."),
    "layers": _("Deze pdf heeft lagen die aan en uit kunnen. Druk hem af naar een nieuwe pdf en voeg die toe."),
    "medical": _(
        "Medische documenten worden niet per sms ondertekend: de kring van wie ze mag zien, is daarvoor te klein."
    ),
    "not_pdf": _("Alleen een pdf zonder wachtwoord kan worden ondertekend."),
    "remarks": _("In deze pdf staan opmerkingen. Druk hem af naar een nieuwe pdf en voeg die toe."),
    "script": _("In deze pdf zit een programma. Druk hem af naar een nieuwe pdf en voeg die toe."),
    "signed": _("Deze pdf is al ondertekend. Een volgende handtekening zou de eerste ongeldig maken."),
    "too_large": _("Deze pdf is te groot om te ondertekenen."),
}

ENDED_LATE = frozenset({RequestState.DECLINED, RequestState.EXPIRED, RequestState.VOIDED, RequestState.WITHDRAWN})


def ended(refusal: RequestEnded) -> str:
    """Tell why a request takes no more acts."""
    return why_ended(refusal.state)


def why_ended(state: RequestState) -> str:
    """Tell what it means that a request is in a state in which nobody signs."""
    return str(_ENDED[state])


def not_signable(refusal: NotSignable) -> str:
    """Tell why a document can't be signed, and what to do about it."""
    return str(_NOT_SIGNABLE.get(refusal.code, _NOT_SIGNABLE["damaged"]))


def state_sentence(request: RequestView, *, has_dossier: bool) -> str:
    """Tell where a request stands, in one sentence; who has no dossier finds what was signed elsewhere."""
    own = request.own
    if request.state is RequestState.DONE and not has_dossier:
        return str(
            gettext("Iedereen heeft ondertekend. U vindt het document en het ondertekenbewijs ook bij Mijn documenten.")
        )
    if request.state is not RequestState.RUNNING:
        return str(_SENTENCES.get(request.state) or why_ended(request.state))
    if SigningAct.SIGN in request.can:
        return str(gettext("U bent aan de beurt. Lees het document en onderteken het, of weiger."))
    return str(_OWN_SENTENCES.get(own.status if own else None) or gettext("Nog niet iedereen heeft ondertekend."))


_SENTENCES: Mapping[RequestState, Any] = {
    RequestState.PREPARING: _(
        "Het document wacht op de tijdstempel waarmee het wordt verzegeld. Daarna gaan de verzoeken uit."
    ),
    RequestState.CLOSING: _(
        "Iedereen heeft ondertekend. Het document wacht op de laatste tijdstempel; u hoeft niets te doen."
    ),
    RequestState.DONE: _("Iedereen heeft ondertekend. Het document en het ondertekenbewijs staan in het dossier."),
}
_OWN_SENTENCES: Mapping[SigningStatus | None, Any] = {
    SigningStatus.SIGNED: _("U hebt ondertekend. Nog niet iedereen heeft dat gedaan."),
    SigningStatus.AGREED: _("U ging akkoord. Uw handtekening wacht op de tijdstempel; u hoeft niets meer te doen."),
    SigningStatus.WAITING: _("Anderen ondertekenen eerst. U krijgt een e-mail zodra u aan de beurt bent."),
    SigningStatus.CHANGED: _(
        "Uw e-mailadres of mobiele nummer is gewijzigd. Wie u dit vroeg, moet u opnieuw vragen met de gegevens van nu."
    ),
}
