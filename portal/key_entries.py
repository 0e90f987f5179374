"""Who can open something, and who can hand over the key to it, in the words of the screens (design 2, screens.md)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext, ngettext

from accounts.actor import Actor
from accounts.permissions import Permission
from documents.who_can_open import DocumentOpeners, SignerWhoCanOpen
from keys.grants import recipients
from organisation.memberships import members_with_permission
from portal.formats import long_date
from portal.transactions import database
from vault.who_can_open import AccountThatCanOpen, PersonWhoCanOpen, SheetThatCanOpen, SideThatCanOpen, WhoCanOpen


@dataclass(frozen=True)
class KeyEntry:
    """A line of *Wie kan dit openen?*."""

    who: str
    since: str
    through: str
    kind: str


def key_entries(who: WhoCanOpen) -> list[KeyEntry]:
    """The lines of *Wie kan dit openen?*, the own people first."""
    own = [_account_entry(who.own_account)] if who.own_account else []
    return [*map(_person_entry, who.people), *map(_sheet_entry, who.sheets), *own, *map(_side_entry, who.other_sides)]


def document_key_entries(who: DocumentOpeners) -> list[KeyEntry]:
    """The lines of *Wie kan dit openen?* of a document: the circle, the sides, and who signed it."""
    circle = [_circle_entry(person) for person in who.circle]
    return [*circle, *key_entries(who.sides), *map(_signer_entry, who.signers)]


def key_givers(actor: Actor, holder_id: UUID, permission: Permission) -> list[str]:
    """The names of colleagues who hold a key and may hand it over to someone who waits for it."""
    holding = {grant.recipient_id for grant in recipients(database(), holder_id)}
    able = members_with_permission(database(), actor.organisation_id, permission)
    return [member.name for member in able if member.person_id in holding]


def _person_entry(person: PersonWhoCanOpen) -> KeyEntry:
    through = gettext("toegelaten door %(name)s", name=person.granted_by) if person.granted_by != person.name else ""
    return KeyEntry(person.name, long_date(person.since), through, "person")


def _circle_entry(person: PersonWhoCanOpen) -> KeyEntry:
    return KeyEntry(person.name, long_date(person.since), gettext("als lid van de medische kring"), "circle")


def _signer_entry(signer: SignerWhoCanOpen) -> KeyEntry:
    return KeyEntry(signer.name, long_date(signer.since), gettext("als ondertekenaar, met een eigen sleutel"), "person")


def _sheet_entry(sheet: SheetThatCanOpen) -> KeyEntry:
    named = gettext("Herstelblad op naam van %(name)s", name=sheet.named)
    through = gettext("gemaakt door %(name)s, en alleen samen met die login", name=sheet.made_by)
    return KeyEntry(named, long_date(sheet.since), through, "sheet")


def _account_entry(account: AccountThatCanOpen) -> KeyEntry:
    through = gettext("inzage gegeven door %(name)s", name=account.linked_by)
    return KeyEntry(gettext("De werknemer zelf"), long_date(account.since), through, "employee")


def _side_entry(side: SideThatCanOpen) -> KeyEntry:
    if side.people is None:
        return KeyEntry(side.name, long_date(side.since), gettext("de werkgever, in de eigen datakluis"), "vault")
    people = ngettext("%(num)d medewerker", "%(num)d medewerkers", side.people)
    return KeyEntry(f"{side.name} ({people})", long_date(side.since), gettext("door dit dossier te delen"), "service")
