"""The start page: what waits, what is new, what is next (H-01, H-03, K-09, K-11, L-34)."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.people import person_by_id
from accounts.permissions import Permission
from organisation.admission import Admittance, admittance, waiting_members
from organisation.models import OrganisationKind
from portal.authorisation import requires
from portal.formats import local_hour
from portal.transactions import database
from vault.access import VaultStanding, standing, waiting_requests
from vault.opening import VaultState, vault_state

blueprint = Blueprint("start", __name__)


@blueprint.get("/")
@requires(Permission.START_SEE)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show the start page of the actor's side."""
    person = person_by_id(database(), actor.person_id)
    page = _employer_page if actor.audience == OrganisationKind.EMPLOYER else _service_page
    return page(actor, greeting=greeting(local_hour()), previous_login=person.previous_login_at)


def greeting(hour: int) -> str:
    """Return the greeting at an hour of the day, 0 to 23 (L-34)."""
    if hour < 12:
        return str(_("Goedemorgen"))
    return str(_("Goedemiddag") if hour < 18 else _("Goedenavond"))


def _employer_page(actor: Actor, **values: object) -> str:
    state = vault_state(database(), actor)
    administers = Permission.ACCESS_ADMINISTER in actor.permissions
    requests = waiting_requests(database(), actor) if administers and state is VaultState.OPEN else []
    return render_template(
        "start/employer.html",
        state=state,
        VaultState=VaultState,
        requests=requests,
        administers=administers,
        waits=_waits_for_vault(actor),
        **values,
    )


def _waits_for_vault(actor: Actor) -> bool:
    asks = Permission.VAULT_READ in actor.permissions
    return asks and standing(database(), actor) is VaultStanding.WAITING


def _service_page(actor: Actor, **values: object) -> str:
    decides = Permission.ADMISSION_DECIDE in actor.permissions
    admitted = admittance(database(), actor)
    return render_template(
        "start/service.html",
        decides=decides,
        members=waiting_members(database(), actor) if decides else [],
        admittance=admitted,
        Admittance=Admittance,
        **values,
    )
