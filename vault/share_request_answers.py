"""How the employer answers a deelverzoek: share the dossier, or refuse with a reason (design 2.6)."""

from __future__ import annotations

import uuid

from accounts.actor import Actor
from accounts.permissions import Permission
from database.session import Session
from delivery.outbox import MailKind
from organisation.models import Organisation
from organisation.notices import notify_person
from organisation.tree import find_employee
from vault.errors import RequestDecided
from vault.models import CareQuestionKind, Share, ShareRequest, ShareRequestState
from vault.reasons import check_explanation
from vault.share_requests import decide, find_request, lock_open, seal_text
from vault.sharing import share_record
from vault.sides import require_vault


def share_on_request(
    session: Session, request_id: uuid.UUID, kind: CareQuestionKind, explanation: str, actor: Actor
) -> Share:
    """*Dossier delen* in answer to a request: the normal share, with the service that asked.

    Raises as `vault.sharing.share_record`, and `RequestDecided` when the request does not wait any more.
    """
    actor.require(Permission.SHARE_MAKE)
    require_vault(session, actor)
    request = find_request(session, request_id, actor)
    find_employee(session, actor, request.employee_id, lock=True)
    lock_open(session, request)
    share = share_record(session, request.employee_id, kind, explanation, actor, service_id=request.service_id)
    if request.share_id != share.id:
        # Its time was up between the two looks at the clock.
        raise RequestDecided(ShareRequestState(request.state))
    return share


def refuse_request(session: Session, request_id: uuid.UUID, explanation: str, actor: Actor) -> ShareRequest:
    """*Weigeren*: the reason is sealed to both sides, and who asked gets a mail that says nothing.

    Raises `PermissionDenied`, `VaultClosed`, `NoVaultAccess`, `organisation.errors.NotFound`, `RequestDecided`,
    `ExplanationMissing`, `ExplanationTooLong`.
    """
    actor.require(Permission.SHARE_MAKE)
    holder_id = require_vault(session, actor)
    text = check_explanation(explanation).encode()
    request = decide(session, find_request(session, request_id, actor), ShareRequestState.REFUSED, by=actor.who)
    request.refusal_generation, request.refusal_sealed = seal_text(session, request, "refusal_sealed", holder_id, text)
    service_holder_id = session.get_one(Organisation, request.service_id).holder_id
    if service_holder_id is not None:
        request.service_refusal_generation, request.service_refusal_sealed = seal_text(
            session, request, "service_refusal_sealed", service_holder_id, text
        )
    session.flush()
    notify_person(session, request.requested_by, MailKind.SHARE_REQUEST_ANSWERED)
    return request
