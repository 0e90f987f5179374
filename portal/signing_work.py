"""Going on with what waits of signatures, at somebody's visit (design 2.7)."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from accounts.actor import Actor
from portal.logs import log_failure
from portal.services import current_services
from portal.transactions import database, release
from signing.authority_keys import load_authority
from signing.completing import continue_signing
from signing.due_work import continue_waiting, is_waiting
from signing.errors import LockedOut, NoAuthority
from signing.finding import find_request
from signing.request_keys import open_to_write
from signing.turns import begin_turns, is_somebody_due
from signing.working_files import Workshop


def workshop() -> Workshop:
    """With what this installation signs. Raises `signing.errors.NoAuthority` before it has certificates."""
    services = current_services()
    authority = load_authority(database())
    return Workshop(services.intake, authority, services.timestamper(authority))


def go_on(request_id: UUID, actor: Actor) -> None:
    """Do all of a request that waits and can be done now; what can't stays for the next visit of any party.

    What the request did so far is committed before the work on the document begins.
    """
    release()
    base_url = current_services().settings.base_url
    try:
        continue_signing(database(), request_id, actor, workshop(), release=release, base_url=base_url)
    except NoAuthority as error:
        # The request stays, and the operator's log says what is missing.
        log_failure(type(error), error.__traceback__)


def continue_what_waits(actor: Actor) -> None:
    """Go on with what waits of any request that the actor has a key of; most visits find nothing."""
    try:
        base_url = current_services().settings.base_url
        continue_waiting(database(), actor, workshop, release=release, base_url=base_url)
    except NoAuthority as error:
        log_failure(type(error), error.__traceback__)


def continue_if_waiting(request_id: UUID, actor: Actor) -> None:
    """Go on with one request where something of it waits, or somebody's turn has come who was not asked yet.

    After a failure it is not tried at every visit (`signing.due_work`). Nobody is asked by whoever can't open what is
    new. Raises `PermissionDenied`, `signing.errors.NotFound`.
    """
    session = database()
    place = find_request(session, request_id, actor)
    if is_waiting(session, place.request):
        continue_what_waits(actor)
        place = find_request(session, request_id, actor)
    if is_somebody_due(session, place.request):
        place = find_request(session, request_id, actor, lock=True)
        with suppress(LockedOut):
            open_to_write(session, place.request, actor)
            begin_turns(session, place.request, actor, base_url=current_services().settings.base_url)
