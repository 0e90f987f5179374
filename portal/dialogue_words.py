"""What happens in dialogues, in the words of the screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from dialogs.invitations import Delivery
from dialogs.models import ParticipantState
from dialogs.reading import MessageView, ParticipantView
from dialogs.who_can_open import DialogueOpener
from portal.formats import date_and_time
from portal.key_entries import KeyEntry

_EVENTS: Mapping[str, Any] = {
    "added": _("%(author)s heeft %(about)s toegevoegd."),
    "changed": _("De gegevens van %(about)s zijn gewijzigd. Nieuwe berichten komen daar niet meer aan."),
    "closed": _("%(author)s heeft de dialoog gesloten. Reden: %(reason)s"),
    "joined": _("%(about)s doet nu mee."),
    "left": _("%(about)s heeft de dialoog verlaten."),
    "readmitted": _("%(author)s heeft %(about)s weer toegelaten, met een nieuwe sleutel."),
    "removed": _("%(author)s heeft %(about)s verwijderd uit de dialoog."),
    "reopened": _("%(author)s heeft de dialoog heropend."),
    "replaced": _("%(author)s heeft de dialoog gesloten en met de nieuwe gegevens van %(about)s opnieuw gestart."),
    "signing_declined": _("%(about)s heeft geweigerd te ondertekenen. Reden: %(reason)s"),
    "signing_withdrawn": _("%(author)s heeft het verzoek om te ondertekenen ingetrokken. Reden: %(reason)s"),
}

STATES: Mapping[ParticipantState, tuple[str, Any]] = {
    ParticipantState.INVITED: ("waiting", _("uitgenodigd")),
    ParticipantState.TAKING_PART: ("active", _("doet mee")),
    ParticipantState.LEFT: ("former", _("weggegaan")),
    ParticipantState.REMOVED: ("former", _("verwijderd")),
    ParticipantState.CHANGED: ("fictitious", _("gegevens gewijzigd")),
}
"""The badge of each state of a participant, and its words."""


def event_sentence(message: MessageView) -> str:
    """Tell what happened, for a line that is no message; somebody whose name is not open here is *een deelnemer*."""
    unknown = gettext("een deelnemer")
    sentence = _EVENTS.get(message.event or "")
    if sentence is None:
        return str(gettext("Er is iets veranderd aan de dialoog."))
    author, about = message.author or unknown, message.about or unknown
    return str(sentence) % {"author": author, "about": about, "reason": message.reason or ""}


def state_of(participant: ParticipantView) -> tuple[str, str]:
    """The badge of a participant, and its words."""
    if participant.state is ParticipantState.INVITED and participant.delivery is Delivery.UNDELIVERED:
        return "late", gettext("niet bezorgd")
    if participant.state is ParticipantState.INVITED and participant.delivery is None:
        return "waiting", gettext("wordt later uitgenodigd")
    if participant.waits_for_key:
        return "new_key", gettext("nieuwe sleutel")
    kind, words = STATES[participant.state]
    return kind, str(words)


def dialogue_key_entries(openers: list[DialogueOpener]) -> list[KeyEntry]:
    """The lines of *Wie kan dit openen?* of a dialogue."""
    return [
        KeyEntry(f"{opener.name} ({opener.label})", date_and_time(opener.since), _how(opener), "person")
        for opener in openers
    ]


def _how(opener: DialogueOpener) -> str:
    if opener.invitation:
        return str(gettext("pas met de link in de uitnodiging en een code per sms"))
    if not opener.is_new_open:
        return str(gettext("alleen wat er tot het vertrek is gezegd"))
    if opener.from_start:
        return str(gettext("met alles van het begin af"))
    return str(gettext("alleen wat er daarna is gezegd"))
