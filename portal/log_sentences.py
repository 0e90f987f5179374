"""What happened: a sentence for each action of the log, without its subject (security.md LOG10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from audit.actions import REQUIRED_DETAILS, Action
from audit.models import AuditEntry
from audit.recording import Outcome
from portal.permission_words import permission_label
from portal.role_words import role_label

SENTENCES: Mapping[Action, Any] = {
    Action.ACCESS_GRANT: _("Liet een gebruiker toe tot de datakluis"),
    Action.ACCESS_REQUEST: _("Vroeg om toegang tot de datakluis"),
    Action.ACCESS_WITHDRAW: _("Trok de toegang van een gebruiker tot de datakluis in"),
    Action.ADMISSION_GRANT: _("Liet een collega toe tot de sleutel van de arbodienst"),
    Action.ADMISSION_REFUSE: _("Weigerde iemand de sleutel"),
    Action.ADMISSION_REQUEST: _("Vroeg om toelating tot de sleutel van de arbodienst"),
    Action.AGREEMENT_REGISTER: _("Legde vast wie de verwerkersovereenkomst tekent"),
    Action.ANNOUNCEMENT_CREATE: _("Schreef een mededeling"),
    Action.ANNOUNCEMENT_REMOVE: _("Verwijderde een mededeling"),
    Action.ANNOUNCEMENT_UPDATE: _("Wijzigde een mededeling"),
    Action.ATTACHMENT_READ: _("Bekeek een bestand van een dialoog"),
    Action.ATTACHMENT_REMOVE: _("Haalde een bestand weg dat nog niet verstuurd was"),
    Action.ATTACHMENT_UPLOAD: _("Zette een bestand klaar in een dialoog"),
    Action.AUTHENTICATOR_COUPLE: _("Koppelde een authenticator-app"),
    Action.AUTHENTICATOR_REMOVE: _("Maakte de authenticator-app los"),
    Action.BACKUP_CODE_MAKE: _("Kreeg een nieuwe back-up code"),
    Action.BACKUP_CODE_USE: _("Logde in met de back-up code"),
    Action.BSN_READ: _("Bekeek een BSN"),
    Action.CASE_MANAGER_ASSIGN: _("Wijzigde de vaste begeleider van een werkgever"),
    Action.CIRCLE_ADMIT: _("Gaf een collega de sleutel van de medische kring"),
    Action.CIRCLE_CREATE: _("Wees aan wie de sleutel van de medische kring maakt"),
    Action.CIRCLE_REFUSE: _("Weigerde iemand de sleutel van de medische kring"),
    Action.CIRCLE_REQUEST: _("Vroeg om toelating tot de medische kring"),
    Action.CIRCLE_WITHDRAW: _("Nam iemand de sleutel van de medische kring af"),
    Action.COMMAND_RUN: _("Gaf een opdracht op de server"),
    Action.CONTACT_PERSON_CREATE: _("Voegde een contactpersoon van een werkgever toe"),
    Action.CONTACT_PERSON_REMOVE: _("Verwijderde een contactpersoon van een werkgever"),
    Action.CONTACT_PERSON_UPDATE: _("Wijzigde een contactpersoon van een werkgever"),
    Action.DEPARTMENT_CREATE: _("Maakte afdelingen aan"),
    Action.DEPARTMENT_REMOVE: _("Verwijderde een afdeling"),
    Action.DEPARTMENT_UPDATE: _("Wijzigde een afdeling"),
    Action.DIALOGUE_CLOSE: _("Sloot een dialoog"),
    Action.DIALOGUE_EXPORT: _("Downloadde een dialoog"),
    Action.DIALOGUE_INVITATION_SEND: _("Nodigde iemand uit voor een dialoog"),
    Action.DIALOGUE_INVITATION_USE: _("Nam een uitnodiging voor een dialoog aan"),
    Action.DIALOGUE_LEAVE: _("Verliet een dialoog"),
    Action.DIALOGUE_LIST: _("Bekeek de eigen dialogen"),
    Action.DIALOGUE_POST: _("Schreef in een dialoog"),
    Action.DIALOGUE_READ: _("Las een dialoog"),
    Action.DIALOGUE_REOPEN: _("Heropende een dialoog"),
    Action.DIALOGUE_SEARCH: _("Zocht in de eigen dialogen"),
    Action.DIALOGUE_START: _("Startte een dialoog"),
    Action.EMPLOYEE_CREATE: _("Voegde een werknemer toe"),
    Action.EMPLOYEE_EXPORT: _("Exporteerde werknemers naar een bestand"),
    Action.EMPLOYEE_LIST: _("Bekeek een lijst met werknemers"),
    Action.EMPLOYEE_READ: _("Bekeek de gegevens van een werknemer"),
    Action.EMPLOYEE_SEARCH: _("Zocht een werknemer"),
    Action.EMPLOYEE_UPDATE: _("Wijzigde de gegevens van een werknemer"),
    Action.EMPLOYER_MOVE: _("Plaatste een werkgever in een andere map"),
    Action.EMPLOYER_PUBLISH: _("Publiceerde een werkgever"),
    Action.EMPLOYER_READ: _("Bekeek de contactpersonen van een werkgever"),
    Action.EMPLOYER_UPDATE: _("Wijzigde de gegevens van een werkgever"),
    Action.EMPLOYMENT_CHANGE: _("Wijzigde een dienstverband"),
    Action.EMPLOYMENT_CREATE: _("Voegde een dienstverband toe"),
    Action.EMPLOYMENT_END: _("Meldde een werknemer uit dienst"),
    Action.EMPLOYMENT_HISTORY: _("Bekeek de historie van een dienstverband"),
    Action.FACTOR_CONFIRM: _("Liet de tweede stap van het inloggen nog een keer zien"),
    Action.FACTOR_PREFER: _("Koos welke tweede stap het eerst gevraagd wordt"),
    Action.FOLDER_CREATE: _("Maakte een map voor werkgevers"),
    Action.FOLDER_REMOVE: _("Verwijderde een map voor werkgevers"),
    Action.FOLDER_UPDATE: _("Wijzigde de naam van een map voor werkgevers"),
    Action.GROUP_PERMISSION_CHANGE: _("Wijzigde wat een gebruikersgroep mag"),
    Action.IMPORT_COLUMNS: _("Koppelde de kolommen van een importbestand"),
    Action.IMPORT_COMPARE: _("Vergeleek een importbestand met gegevens van werknemers"),
    Action.IMPORT_CONFIRM: _("Importeerde werknemers"),
    Action.IMPORT_DISCARD: _("Verwijderde een importbestand"),
    Action.IMPORT_EXPORT: _("Downloadde de rijen met een fout uit een importbestand"),
    Action.IMPORT_PREVIEW: _("Bekeek de controle van een importbestand"),
    Action.IMPORT_UPLOAD: _("Stuurde een importbestand in"),
    Action.INDEX_WRITE: _("Werkte de zoekindex bij"),
    Action.INVITATION_SEND: _("Stuurde een uitnodiging"),
    Action.INVITATION_USE: _("Gebruikte een uitnodiging"),
    Action.KEY_MAKE: _("Maakte een nieuwe sleutel"),
    Action.KEY_RENEW: _("Vernieuwde de sleutels van dossiers"),
    Action.KEY_REWRAP: _("Verpakte sleutels opnieuw"),
    Action.LOGIN_ASK: _("Vroeg om vergeten inloggegevens"),
    Action.LOGIN_FAIL: _("Inloggen mislukte"),
    Action.LOGIN_REMIND: _("Stuurde iemand de eigen inlognaam"),
    Action.LOGIN_SUCCEED: _("Logde in"),
    Action.LOGOUT_DO: _("Logde uit"),
    Action.LOG_READ: _("Bekeek het logboek"),
    Action.ORGANISATION_CREATE: _("Maakte een organisatie aan"),
    Action.OWN_DATA_EXPORT: _("Downloadde de eigen gegevens"),
    Action.OWN_DATA_LINK: _("Liet een werknemer de eigen gegevens zien"),
    Action.OWN_DATA_LOG: _("Bekeek wie de eigen gegevens zag"),
    Action.OWN_DATA_READ: _("Bekeek de eigen gegevens"),
    Action.OWN_DATA_UNLINK: _("Sloot de eigen gegevens weer af voor een werknemer"),
    Action.PARTICIPANT_ADD: _("Voegde iemand toe aan een dialoog"),
    Action.PARTICIPANT_CHANGE: _("Sloot een deelnemer af van wat nieuw is, omdat de gegevens gewijzigd zijn"),
    Action.PARTICIPANT_READMIT: _("Liet een deelnemer met een nieuwe sleutel weer toe"),
    Action.PARTICIPANT_REMOVE: _("Haalde iemand uit een dialoog"),
    Action.PASSWORD_CONFIRM: _("Gaf het wachtwoord nog een keer"),
    Action.PASSWORD_RESET_SEND: _("Stuurde een link om een nieuw wachtwoord te kiezen"),
    Action.PASSWORD_RESET_USE: _("Gebruikte de link om een nieuw wachtwoord te kiezen"),
    Action.PASSWORD_SET: _("Stelde een wachtwoord in"),
    Action.PEOPLE_SCOPE_CHANGE: _("Wijzigde of iemand alle gebruikers ziet"),
    Action.PEOPLE_SCOPE_GIVE: _("Liet iemand een gebruiker of groep zien"),
    Action.PEOPLE_SCOPE_TAKE: _("Liet iemand een gebruiker of groep niet meer zien"),
    Action.PHONE_COUPLE: _("Koppelde een mobiel nummer voor codes per sms"),
    Action.PHONE_REMOVE: _("Ontkoppelde het mobiele nummer voor codes per sms"),
    Action.RECOVERY_SHEET_CHECK: _("Vulde de code van een herstelblad in"),
    Action.RECOVERY_SHEET_MAKE: _("Maakte een herstelblad"),
    Action.RECOVERY_SHEET_PRINT: _("Downloadde een herstelblad om het af te drukken"),
    Action.RECOVERY_SHEET_USE: _("Kwam binnen met een herstelblad"),
    Action.RECOVERY_SHEET_VOID: _("Verklaarde een herstelblad vervallen"),
    Action.REQUEST_REFUSE: _("Vroeg iets wat niet mag of niet bestaat"),
    Action.ROLE_GIVE: _("Gaf iemand een rol"),
    Action.ROLE_TAKE: _("Nam iemand een rol af"),
    Action.SCOPE_CHANGE: _("Wijzigde welk deel van de organisatie iemand ziet"),
    Action.SCOPE_GIVE: _("Liet iemand een deel van de organisatie zien"),
    Action.SCOPE_TAKE: _("Liet iemand een deel van de organisatie niet meer zien"),
    Action.SECURITY_KEY_ADD: _("Voegde een beveiligingssleutel of passkey toe"),
    Action.SECURITY_KEY_REMOVE: _("Verwijderde een beveiligingssleutel of passkey"),
    Action.SECURITY_KEY_RENAME: _("Gaf een beveiligingssleutel of passkey een andere naam"),
    Action.SERVICE_AGREEMENT_END: _("Legde de laatste dag van de overeenkomst met de arbodienst vast"),
    Action.SERVICE_AGREEMENT_MAKE: _("Voegde een overeenkomst tussen werkgever en arbodienst toe"),
    Action.SERVICE_AGREEMENT_REMOVE: _("Verwijderde een overeenkomst die nog niet liep"),
    Action.SERVICE_AGREEMENT_UPDATE: _("Wijzigde de gegevens van een overeenkomst"),
    Action.SESSION_END: _("Meldde zichzelf op andere apparaten af"),
    Action.SESSION_SETTING_CHANGE: _("Wijzigde hoe lang sessies duren"),
    Action.SHARE_END: _("Trok een deling in"),
    Action.SHARE_HISTORY: _("Bekeek de deelgeschiedenis van een werknemer"),
    Action.SHARE_INTAKE: _("Nam gedeelde dossiers in ontvangst"),
    Action.SHARE_LAPSE: _("Beëindigde delingen: de overeenkomst met de arbodienst is geëindigd"),
    Action.SHARE_MAKE: _("Deelde een dossier met de arbodienst"),
    Action.SHARE_REQUEST_EXPIRE: _("Liet een deelverzoek verlopen"),
    Action.SHARE_REQUEST_LAPSE: _("Beëindigde deelverzoeken: de overeenkomst met de arbodienst is geëindigd"),
    Action.SHARE_REQUEST_LIST: _("Bekeek de deelverzoeken"),
    Action.SHARE_REQUEST_MAKE: _("Vroeg om een dossier te delen"),
    Action.SHARE_REQUEST_READ: _("Bekeek een deelverzoek"),
    Action.SHARE_REQUEST_REFUSE: _("Weigerde een deelverzoek"),
    Action.SHARE_REQUEST_SHARE: _("Beantwoordde een deelverzoek door te delen"),
    Action.SHARE_REQUEST_WITHDRAW: _("Trok een deelverzoek in"),
    Action.SITE_CREATE: _("Voegde een vestiging toe"),
    Action.SITE_REMOVE: _("Verwijderde een vestiging"),
    Action.SITE_UPDATE: _("Wijzigde een vestiging"),
    Action.SMS_CODE_SEND: _("Liet een code per sms sturen"),
    Action.STANDARD_TEXT_CREATE: _("Schreef een standaardtekst"),
    Action.STANDARD_TEXT_REMOVE: _("Verwijderde een standaardtekst"),
    Action.STANDARD_TEXT_UPDATE: _("Wijzigde een standaardtekst"),
    Action.SUBSTITUTION_END: _("Beëindigde een plaatsvervanging"),
    Action.SUBSTITUTION_KEY_HAND: _("Gaf een plaatsvervanger de sleutel van de arbodienst"),
    Action.SUBSTITUTION_LAPSE: _("Beëindigde een plaatsvervanging die voorbij was"),
    Action.SUBSTITUTION_REGISTER: _("Registreerde een plaatsvervanging"),
    Action.TERMS_ACCEPT: _("Ging akkoord met de gebruiksvoorwaarden"),
    Action.USER_ACTIVATE: _("Activeerde een gebruiker weer"),
    Action.USER_BLOCK: _("Blokkeerde een gebruiker"),
    Action.USER_CREATE: _("Voegde een gebruiker toe"),
    Action.USER_DEACTIVATE: _("Deactiveerde een gebruiker"),
    Action.USER_GROUP_CREATE: _("Voegde een gebruikersgroep toe"),
    Action.USER_GROUP_MOVE: _("Verplaatste een gebruikersgroep"),
    Action.USER_GROUP_REMOVE: _("Verwijderde een gebruikersgroep"),
    Action.USER_GROUP_RENAME: _("Hernoemde een gebruikersgroep"),
    Action.USER_MOVE: _("Verplaatste een gebruiker naar een andere groep"),
    Action.USER_READ: _("Bekeek de gegevens van een gebruiker"),
    Action.USER_REMOVE: _("Verwijderde een gebruiker"),
    Action.USER_UNBLOCK: _("Deblokkeerde een gebruiker"),
    Action.USER_UPDATE: _("Wijzigde de gegevens van een gebruiker"),
    Action.USER_VALIDITY: _("Wijzigde de geldigheidsperiode van een account"),
    Action.USER_WARN: _("Waarschuwde een gebruiker dat het account wordt geblokkeerd"),
    Action.VAULT_OPEN: _("Opende de datakluis"),
}

# What stands in brackets behind the sentence, from a detail that the action demands.
_PERIOD = _("van %(first_day)s tot en met %(last_day)s")
_DETAILS: Mapping[Action, Any] = {
    Action.AGREEMENT_REGISTER: _("versie %(text_version)s"),
    Action.COMMAND_RUN: "%(command)s",
    Action.DEPARTMENT_CREATE: "%(count)s",
    Action.EMPLOYEE_EXPORT: "%(count)s",
    Action.EMPLOYEE_SEARCH: _("gevonden: %(count)s"),
    Action.GROUP_PERMISSION_CHANGE: _("%(permission)s: was %(old)s, nu %(new)s"),
    Action.IMPORT_COMPARE: "%(count)s",
    Action.IMPORT_CONFIRM: _("nieuw: %(count)s, gewijzigd: %(updated)s"),
    Action.IMPORT_UPLOAD: "%(kind)s",
    Action.INDEX_WRITE: "%(count)s",
    Action.KEY_MAKE: _("nummer %(generation)s"),
    Action.KEY_RENEW: "%(count)s",
    Action.KEY_REWRAP: "%(count)s",
    Action.PEOPLE_SCOPE_CHANGE: _("was %(old)s, nu %(new)s"),
    Action.PEOPLE_SCOPE_GIVE: "%(target)s",
    Action.PEOPLE_SCOPE_TAKE: "%(target)s",
    Action.ROLE_GIVE: "%(role)s",
    Action.ROLE_TAKE: "%(role)s",
    Action.SCOPE_CHANGE: _("was %(old)s, nu %(new)s"),
    Action.SCOPE_GIVE: "%(unit)s",
    Action.SCOPE_TAKE: "%(unit)s",
    Action.SERVICE_AGREEMENT_END: "%(last_day)s",
    Action.SERVICE_AGREEMENT_MAKE: "%(first_day)s",
    Action.SERVICE_AGREEMENT_REMOVE: "%(first_day)s",
    Action.SHARE_INTAKE: "%(count)s",
    Action.SHARE_LAPSE: "%(count)s",
    Action.SHARE_REQUEST_LAPSE: "%(count)s",
    Action.SHARE_REQUEST_LIST: "%(count)s",
    Action.SUBSTITUTION_END: _PERIOD,
    Action.SUBSTITUTION_KEY_HAND: _PERIOD,
    Action.SUBSTITUTION_LAPSE: _PERIOD,
    Action.SUBSTITUTION_REGISTER: _PERIOD,
    Action.USER_CREATE: "%(role)s",
    Action.USER_GROUP_CREATE: "%(role)s",
}

OUTCOMES: Mapping[str, tuple[str, Any]] = {
    Outcome.SUCCESS.value: ("done", _("Gelukt")),
    Outcome.REFUSED.value: ("refused", _("Geweigerd")),
    Outcome.FAILED.value: ("late", _("Mislukt")),
}


_VALUES = {
    "yes": _("ja"),
    "no": _("nee"),
    "whole": _("alles"),
    "ticked": _("wat is aangevinkt"),
    "whole or taken over": _("alles, en met overname van de groep"),
    "ticked or taken over": _("wat is aangevinkt, en met overname van de groep"),
}


def sentence(entry: AuditEntry) -> str:
    """What happened in this entry."""
    action = Action(entry.action)
    words = str(SENTENCES[action])
    if action not in _DETAILS:
        return words
    details = {name: str(entry.details.get(name, "?")) for name in REQUIRED_DETAILS[action].required}
    if "role" in details:
        details["role"] = role_label(details["role"])
    if "permission" in details:
        details["permission"] = permission_label(details["permission"])
    for name in {"old", "new"} & details.keys():
        details[name] = str(_VALUES.get(details[name], details[name]))
    return f"{words} ({str(_DETAILS[action]) % details})"


def choices() -> dict[Action, str]:
    """Each action in words, for a filter, in the order of the alphabet."""
    words = {action: str(sentence) for action, sentence in SENTENCES.items()}
    return dict(sorted(words.items(), key=lambda item: item[1]))


def role_labels(entry: AuditEntry) -> str:
    """The roles in which somebody acted."""
    return ", ".join(role_label(key) for key in entry.actor_roles.split())
