"""Who saw or did what with one's own data, in plain words and without a name (security.md LOG10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from audit.actions import Action
from audit.recording import Outcome
from portal.formats import clock_time, long_date
from portal.log_sentences import OUTCOMES, SENTENCES
from portal.role_words import role_label
from vault.own_log import Basis, OwnLogLine

ABOUT_YOU: Mapping[Action, Any] = {
    Action.BSN_READ: _("Bekeek uw BSN"),
    Action.DIALOGUE_CLOSE: _("Sloot een dialoog over u"),
    Action.DIALOGUE_EXPORT: _("Downloadde een dialoog over u"),
    Action.DIALOGUE_LIST: _("Bekeek een lijst met dialogen, waaronder een over u"),
    Action.DIALOGUE_POST: _("Schreef in een dialoog over u"),
    Action.DIALOGUE_READ: _("Las een dialoog over u"),
    Action.DIALOGUE_SEARCH: _("Zocht in dialogen en vond een dialoog over u"),
    Action.DIALOGUE_START: _("Startte een dialoog over u"),
    Action.EMPLOYEE_CREATE: _("Legde uw gegevens vast in de datakluis"),
    Action.EMPLOYEE_EXPORT: _("Zette uw gegevens in een bestand"),
    Action.EMPLOYEE_LIST: _("Bekeek een lijst waarin u staat"),
    Action.EMPLOYEE_READ: _("Bekeek uw gegevens"),
    Action.EMPLOYEE_SEARCH: _("Zocht en vond u"),
    Action.EMPLOYEE_UPDATE: _("Wijzigde uw gegevens"),
    Action.EMPLOYMENT_CHANGE: _("Wijzigde uw dienstverband"),
    Action.EMPLOYMENT_CREATE: _("Voegde een dienstverband van u toe"),
    Action.EMPLOYMENT_END: _("Meldde u uit dienst"),
    Action.EMPLOYMENT_HISTORY: _("Bekeek de historie van uw dienstverband"),
    Action.IMPORT_COMPARE: _("Vergeleek een bestand met uw gegevens"),
    Action.INDEX_WRITE: _("Maakte uw gegevens vindbaar voor wie ze mag zien"),
    Action.KEY_RENEW: _("Vernieuwde de sleutel van uw gegevens"),
    Action.LOG_READ: _("Bekeek in het logboek wie uw gegevens zag"),
    Action.OWN_DATA_EXPORT: _("Downloadde alle eigen gegevens"),
    Action.OWN_DATA_LINK: _("Gaf u inzage in uw gegevens"),
    Action.OWN_DATA_READ: _("Bekeek de eigen gegevens"),
    Action.OWN_DATA_UNLINK: _("Beëindigde uw inzage in uw gegevens"),
    Action.SHARE_END: _("Trok de deling van uw dossier met de arbodienst in"),
    Action.SHARE_HISTORY: _("Bekeek wanneer uw dossier gedeeld was"),
    Action.SHARE_INTAKE: _("Nam uw gedeelde dossier in ontvangst"),
    Action.SHARE_LAPSE: _("Beëindigde de deling van uw dossier: de overeenkomst met de arbodienst is geëindigd"),
    Action.SHARE_MAKE: _("Deelde uw dossier met de arbodienst"),
    Action.SHARE_REQUEST_EXPIRE: _("Liet een verzoek om uw dossier te delen verlopen"),
    Action.SHARE_REQUEST_LAPSE: _("Beëindigde een verzoek om uw dossier te delen"),
    Action.SHARE_REQUEST_LIST: _("Bekeek een lijst met verzoeken, waaronder een over u"),
    Action.SHARE_REQUEST_MAKE: _("Vroeg uw werkgever om uw dossier te delen"),
    Action.SHARE_REQUEST_READ: _("Bekeek een verzoek om uw dossier te delen"),
    Action.SHARE_REQUEST_REFUSE: _("Weigerde om uw dossier te delen"),
    Action.SHARE_REQUEST_SHARE: _("Deelde uw dossier op verzoek van de arbodienst"),
    Action.SHARE_REQUEST_WITHDRAW: _("Trok een verzoek om uw dossier te delen in"),
}
"""For what happens to an employee's data; other actions are told as the log of the organisation tells them."""

GROUNDS: Mapping[Basis, Any] = {
    Basis.CONFIDENTIAL: _("Vertrouwelijke hulpvraag: uw werkgever ziet dit niet"),
    Basis.EMPLOYER: _("Personeelsadministratie van de werkgever"),
    Basis.OWN: _("U deed dit zelf"),
    Basis.PARTICIPANT: _("Deelnemer aan de dialoog"),
    Basis.SYSTEM: _("Gaat vanzelf, zonder dat iemand iets ziet"),
    Basis.WITHOUT_NAME: _("Geen deling: uw naam was niet te zien"),
}


@dataclass(frozen=True)
class ShownLine:
    """A line in words; `role` is empty where there is nothing to add to who it was."""

    day: date
    times: str
    who: str
    role: str
    what: str
    ground: str
    employer: str


def shown_line(line: OwnLogLine) -> ShownLine:
    """Say who did what, how often, and on which ground."""
    return ShownLine(
        day=line.day,
        times=_times(line),
        who=_who(line),
        role="" if line.is_own or line.basis in {Basis.SYSTEM, Basis.PARTICIPANT} else _role(line),
        what=_what(line),
        ground=_ground(line),
        employer=line.employer,
    )


def _times(line: OwnLogLine) -> str:
    first, last = clock_time(line.first_at), clock_time(line.last_at)
    if line.times == 1 or first == last:
        return last if line.times == 1 else f"{last}, {_count(line.times)}"
    return str(gettext("%(first)s tot %(last)s, %(count)s", first=first, last=last, count=_count(line.times)))


def _count(times: int) -> str:
    return str(ngettext("%(num)d keer", "%(num)d keer", times))


def _who(line: OwnLogLine) -> str:
    if line.is_own:
        return str(gettext("Uzelf"))
    if line.organisation is not None:
        return line.organisation
    if line.basis is Basis.PARTICIPANT:
        return str(gettext("Een deelnemer aan een dialoog"))
    return str(gettext("Datakluis"))


def _role(line: OwnLogLine) -> str:
    roles = ", ".join(role_label(key) for key in line.roles)
    return str(gettext("%(roles)s (plaatsvervanger)", roles=roles)) if line.is_substitute else roles


def _what(line: OwnLogLine) -> str:
    words = str(ABOUT_YOU.get(line.action) or SENTENCES[line.action])
    if line.outcome == Outcome.SUCCESS.value:
        return words
    outcome = OUTCOMES.get(line.outcome, ("", line.outcome))[1]
    return str(gettext("%(what)s (%(outcome)s)", what=words, outcome=str(outcome).lower()))


def _ground(line: OwnLogLine) -> str:
    if line.basis is Basis.SHARE:
        return str(gettext("Deling van %(date)s, voor een zorgvraag", date=long_date(line.shared_on)))
    return str(GROUNDS[line.basis])
