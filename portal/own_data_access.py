"""What an employee's page offers about *Mijn gegevens*, to whoever may link (design 2.2, 2.6)."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from dialogs.own_accounts import joined_account
from portal.transactions import database
from vault.dossiers import EmployeePage, Sight
from vault.own_data import own_data_link


def own_data_action(page: EmployeePage, actor: Actor) -> list[dict[str, object]]:
    """Offer to end the link that runs, or to link whoever joined a dialogue as this employee; else nothing."""
    if page.sight is not Sight.OPEN or Permission.OWN_DATA_LINK not in actor.permissions:
        return []
    if own_data_link(database(), page.employee_id, actor) is not None:
        return [_entry(_("Inzage beëindigen"), "own_data_links.show_end", page)]
    if joined_account(database(), page.employee_id, actor) is not None:
        return [_entry(_("Inzage geven"), "own_data_links.show", page)]
    return []


def _entry(label: str, endpoint: str, page: EmployeePage) -> dict[str, object]:
    return {"label": label, "url": url_for(endpoint, employee_id=page.employee_id), "icon": "eye", "dialog": False}
