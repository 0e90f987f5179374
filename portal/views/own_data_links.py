"""*Inzage geven*: letting an employee see the own record, and ending that (design 2.2)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from dialogs.own_accounts import JoinedAccount, joined_account
from keys.check_words import renewed_key
from keys.errors import CheckWordsNotCompared
from portal.authorisation import requires
from portal.check_words import compared_generation, not_compared
from portal.errors import refuse
from portal.transactions import database
from portal.vault_access import refuse_without_key
from portal.views.employees import employee_url
from vault.dossiers import EmployeePage, Sight, read_employee
from vault.errors import AlreadyLinked, LinkEnded, NoVaultAccess, VaultClosed
from vault.own_data import link_own_data, own_data_link, unlink_own_data

blueprint = Blueprint("own_data_links", __name__, url_prefix="/werknemers/<uuid:employee_id>/inzage")


@blueprint.get("")
@requires(Permission.OWN_DATA_LINK, fresh=True)
def show(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what the employee will see, and ask once."""
    page = read_employee(database(), employee_id, actor)
    if page.sight is not Sight.OPEN:
        return refuse_without_key(actor, _("Inzage geven"))
    if own_data_link(database(), employee_id, actor) is not None:
        return _back(employee_id, _("Deze werknemer heeft al inzage."), "info")
    return _link_page(page, joined_account(database(), employee_id, actor))


@blueprint.post("")
@requires(Permission.OWN_DATA_LINK, fresh=True)
def link(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Let the account see the record that joined a dialogue as this employee."""
    joined = joined_account(database(), employee_id, actor)
    if joined is None:
        return _link_page(read_employee(database(), employee_id, actor), None), 422
    try:
        with database().begin_nested():
            link_own_data(database(), employee_id, joined.person_id, actor, compared=compared_generation())
    except AlreadyLinked:
        return _back(employee_id, _("Deze werknemer heeft al inzage."), "info")
    except CheckWordsNotCompared:
        refuse(409, "not compared")
        flash(not_compared(), "error")
        return _link_page(read_employee(database(), employee_id, actor), joined), 409
    except (NoVaultAccess, VaultClosed):
        return refuse_without_key(actor, _("Inzage geven"))
    return _back(employee_id, _("De werknemer ziet de eigen gegevens nu bij Mijn gegevens."), "success")


@blueprint.get("/beeindigen")
@requires(Permission.OWN_DATA_LINK, fresh=True)
def show_end(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what ends, for whom and since when, and ask once."""
    page = read_employee(database(), employee_id, actor)
    if page.sight is not Sight.OPEN:
        return refuse_without_key(actor, _("Inzage beëindigen"))
    running = own_data_link(database(), employee_id, actor)
    if running is None:
        return _back(employee_id, _("Deze werknemer heeft geen inzage."), "info")
    return render_template("own_data_links/end.html", page=page, running=running)


@blueprint.post("/beeindigen")
@requires(Permission.OWN_DATA_LINK, fresh=True)
def end(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Take the key of the record from the account at once."""
    try:
        unlink_own_data(database(), employee_id, actor)
    except LinkEnded:
        return _back(employee_id, _("Deze werknemer heeft geen inzage."), "info")
    except (NoVaultAccess, VaultClosed):
        return refuse_without_key(actor, _("Inzage beëindigen"))
    return _back(employee_id, _("De inzage is beëindigd. De sleutel van de werknemer is vernietigd."), "success")


def _link_page(page: EmployeePage, joined: JoinedAccount | None) -> str:
    return render_template(
        "own_data_links/link.html",
        page=page,
        joined=joined,
        renewed=renewed_key(database(), joined.person_id) if joined else None,
    )


def _back(employee_id: UUID, message: str, category: str) -> ResponseReturnValue:
    flash(message, category)
    return redirect(employee_url(employee_id), 303)
