"""Permissions in words, by subject (U-13, U-14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _

from accounts.permissions import Permission


@dataclass(frozen=True)
class Subject:
    """A subject with its permissions, in the order of the page."""

    label: Any
    words: Mapping[Permission, Any]


SUBJECTS: tuple[Subject, ...] = (
    Subject(
        _("Algemeen"),
        {
            Permission.START_SEE: _("De startpagina zien"),
            Permission.ANNOUNCEMENT_ADMINISTER: _("Mededelingen schrijven"),
            Permission.SUBSTITUTION_REGISTER: _("Plaatsvervanging registreren"),
            Permission.LOG_READ: _("Het logboek lezen"),
        },
    ),
    Subject(
        _("Werknemers"),
        {
            Permission.EMPLOYEE_LIST: _("Werknemers en afdelingen zien"),
            Permission.EMPLOYEE_WRITE: _("Werknemers toevoegen en wijzigen"),
            Permission.EMPLOYEE_IMPORT: _("Werknemers importeren"),
            Permission.EMPLOYEE_EXPORT: _("Werknemers exporteren"),
            Permission.BSN_READ: _("BSN inzien"),
        },
    ),
    Subject(
        _("Dossiers"),
        {
            Permission.DOSSIER_READ: _("Dossiers en werkgevers zien"),
            Permission.SHARE_REQUEST: _("Deling aanvragen"),
            Permission.MEDICAL_READ: _("Medische gegevens"),
            Permission.MEDICAL_DOCUMENT_UPLOAD: _("Mag medische documenten uploaden"),
        },
    ),
    Subject(
        _("Documenten"),
        {
            Permission.DOCUMENT_READ: _("Documenten van dossiers zien"),
            Permission.DOCUMENT_READ_ALL: _("Ook documenten zien met een beperkt kenmerk"),
            Permission.DOCUMENT_UPLOAD: _("Documenten uploaden"),
            Permission.DOCUMENT_EDIT: _("Documenten opstellen en wijzigen"),
            Permission.DOCUMENT_MAIL: _("Documenten e-mailen"),
            Permission.SIGNING_REQUEST: _("Documenten laten ondertekenen"),
            Permission.DOCUMENT_LABEL_ADMINISTER: _("Kenmerken van documenten beheren"),
        },
    ),
    Subject(
        _("Berichten"),
        {
            Permission.DIALOGUE_READ: _("Dialogen lezen waaraan men deelneemt"),
            Permission.DIALOGUE_START: _("Een dialoog starten"),
            Permission.STANDARD_TEXT_ADMINISTER: _("Standaardteksten van de organisatie schrijven"),
        },
    ),
    Subject(
        _("Datakluis"),
        {
            Permission.VAULT_READ: _("Namen in de datakluis zien"),
            Permission.SHARE_MAKE: _("Dossiers delen"),
            Permission.SHARE_READ: _("Deelgeschiedenis zien"),
            Permission.SHARE_END: _("Deling intrekken"),
            Permission.ACCESS_ADMINISTER: _("Toegang tot de datakluis geven en intrekken"),
            Permission.AGREEMENT_REGISTER: _("Verwerkersovereenkomst vastleggen"),
            Permission.VAULT_OPEN: _("De datakluis openen"),
            Permission.OWN_DATA_LINK: _("Een werknemer de eigen gegevens laten zien"),
            Permission.OWN_DATA_READ: _("De eigen gegevens zien"),
        },
    ),
    Subject(
        _("Werkgevers"),
        {
            Permission.EMPLOYER_READ: _("Stamgegevens en contactpersonen zien"),
            Permission.EMPLOYER_ADMINISTER: _("Werkgevers toevoegen, wijzigen en publiceren"),
            Permission.SERVICE_AGREEMENT_ADMINISTER: _("Bepalen welke arbodienst een werkgever bedient"),
            Permission.CASE_MANAGER_ASSIGN: _("Casemanager van een werkgever bepalen"),
        },
    ),
    Subject(
        _("Accounts"),
        {
            Permission.USER_ADMINISTER: _("Gebruikers en gebruikersgroepen beheren"),
            Permission.AUTHORISATION_ADMINISTER: _("Autorisaties van gebruikers en groepen beheren"),
            Permission.SESSION_SETTING_ADMINISTER: _("Sessie-instellingen beheren"),
            Permission.ADMISSION_DECIDE: _("Collega's toelaten tot de sleutel"),
            Permission.MEDICAL_GRANT: _("Medische rechten geven aan anderen"),
            Permission.BSN_GRANT: _("Bepalen wie een BSN mag inzien"),
        },
    ),
)

WORDS: Mapping[Permission, Any] = {
    permission: label for subject in SUBJECTS for permission, label in subject.words.items()
}


def label_of(permission: Permission) -> str:
    """The Dutch words for a permission."""
    return str(WORDS[permission])


def permission_label(word: str) -> str:
    """The Dutch words for a permission by its word in the log, which keeps those that no longer exist."""
    return label_of(Permission(word)) if word in WORDS else word
