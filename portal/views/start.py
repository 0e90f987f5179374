"""The start page: what waits, what is new, what is next (H-01, H-03, K-09, K-11, L-34)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.people import person_by_id
from accounts.permissions import Permission
from organisation.admission import Admittance, admittance, waiting_members
from organisation.announcements import announcements_for
from organisation.circles import read_circle
from organisation.models import OrganisationKind
from organisation.substitution import substitutions_today
from organisation.tree import departments_in_scope, employers_in_scope
from portal.authorisation import requires
from portal.due_work import do_due_work
from portal.formats import local_hour
from portal.share_request_words import for_service
from portal.transactions import database
from vault.access import standing, waiting_requests
from vault.opening import VaultState, vault_state
from vault.recent_shares import recent_shares
from vault.recent_visits import recent_visits
from vault.recovery_sheets import WaysBack, may_make, ways_back
from vault.share_request_reading import open_requests_of_service, requests_to_answer
from vault.sides import side_of

blueprint = Blueprint("start", __name__)


@blueprint.get("/")
@requires(Permission.START_SEE)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show the start page of the actor's side."""
    do_due_work(actor)
    person = person_by_id(database(), actor.person_id)
    template, cards_for = _PAGES[actor.audience]
    return render_template(
        template,
        greeting=greeting(local_hour()),
        previous_login=person.previous_login_at,
        sentence=for_service,
        announcements=announcements_for(database(), actor),
        may={permission.name for permission in actor.permissions},
        substitutions=substitutions_today(database(), actor),
        **cards_for(actor),
    )


def greeting(hour: int) -> str:
    """Return the greeting at an hour of the day, 0 to 23 (L-34)."""
    if hour < 12:
        return str(_("Goedemorgen"))
    return str(_("Goedemiddag") if hour < 18 else _("Goedenavond"))


def _employer_cards(actor: Actor) -> dict[str, Any]:
    state = vault_state(database(), actor)
    is_open = state is VaultState.OPEN
    has_key = side_of(database(), actor) is not None
    return {
        "state": state.value,
        "standing": standing(database(), actor).value if Permission.VAULT_READ in actor.permissions else None,
        "requests": _if_allowed(actor, Permission.ACCESS_ADMINISTER, waiting_requests) if is_open else None,
        "share_requests": _if_allowed(actor, Permission.SHARE_MAKE, requests_to_answer) if has_key else None,
        "shares": _if_allowed(actor, Permission.SHARE_READ, recent_shares) if is_open else None,
        "ways": _ways_back(actor) if is_open else None,
        "visits": _if_allowed(actor, Permission.EMPLOYEE_LIST, recent_visits),
        "departments": _if_allowed(actor, Permission.EMPLOYEE_LIST, departments_in_scope),
    }


def _service_cards(actor: Actor) -> dict[str, Any]:
    reads = Permission.DOSSIER_READ in actor.permissions
    admitted = admittance(database(), actor) if reads else None
    is_admitted = admitted is Admittance.OPEN
    return {
        "admittance": admitted.value if admitted else None,
        "members": _if_allowed(actor, Permission.ADMISSION_DECIDE, waiting_members),
        "circle": _if_allowed(actor, Permission.MEDICAL_READ, read_circle),
        "ways": _ways_back(actor),
        "share_requests": open_requests_of_service(database(), actor) if is_admitted else None,
        # That somebody was shared tells of a question of care, also without a name.
        "shares": recent_shares(database(), actor) if is_admitted else None,
        "visits": recent_visits(database(), actor) if is_admitted else None,
        "employers": _if_allowed(actor, Permission.DOSSIER_READ, employers_in_scope),
    }


def _employees_cards(_actor: Actor) -> dict[str, Any]:
    return {}


def _ways_back(actor: Actor) -> WaysBack | None:
    """For whoever may make a recovery sheet: it is asked for until there are ways enough (design 2.1)."""
    return ways_back(database(), actor) if may_make(database(), actor) else None


def _if_allowed(actor: Actor, permission: Permission, verb: Callable[..., Any]) -> Any:
    return verb(database(), actor) if permission in actor.permissions else None


_PAGES: Mapping[str, tuple[str, Callable[[Actor], dict[str, Any]]]] = {
    OrganisationKind.EMPLOYER: ("start/employer.html", _employer_cards),
    OrganisationKind.SERVICE: ("start/service.html", _service_cards),
    OrganisationKind.EMPLOYEES: ("start/employees.html", _employees_cards),
}
