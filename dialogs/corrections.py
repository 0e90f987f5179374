"""*Klopt er iets niet?*: an employee asks the employer to correct the own data (AVG art. 16).

It is the one dialogue that an employee starts: about the own record, with one person of that employer.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from accounts.actor import Actor
from accounts.models import Person
from accounts.permissions import Permission
from accounts.standing import may_log_in
from audit.actions import Action
from database.session import Session
from dialogs.choosing import Chosen
from dialogs.contents import Content, Entry
from dialogs.errors import NobodyToAsk
from dialogs.messages import write_message
from dialogs.models import Dialogue, ParticipantKind
from dialogs.notices import queue_notices
from dialogs.posting import check_text
from dialogs.recording import record_act
from dialogs.starting import begin, id_of_request, new_dialogue
from keys.grants import recipients
from organisation.calendar import today
from organisation.effective_roles import people_with_permission
from organisation.seeing import members_who_see
from vault.models import Vault
from vault.own_records import OwnLink, find_own_link


def ask_correction(
    session: Session,
    employee_id: UUID,
    subject: str,
    text: str,
    request_id: UUID,
    actor: Actor,
    *,
    base_url: str,
) -> Dialogue:
    """Start a dialogue about the own record with the employer; the same `request_id` gives the one that is there.

    It goes to who linked the account or, if that one may not take part any more, to another vault user who sees the
    employee. Raises `PermissionDenied`, `NotFound`, `InvalidDialogue`, `NobodyToAsk`.
    """
    link = find_own_link(session, employee_id, actor)
    dialogue_id = id_of_request(actor.person_id, request_id)
    # Of two requests at once the second finds what the first has started.
    session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update(key_share=True))
    started_before = session.get(Dialogue, dialogue_id)
    if started_before is not None:
        return started_before
    clean = check_text(text)
    asked = _whom_to_ask(session, link)
    dialogue = new_dialogue(session, dialogue_id, actor, employee_id=employee_id, employer_id=None)
    # It is the employer's, as if it had written first: its log tells of it, and its list of the employee has it.
    dialogue.organisation_id = link.employer.id
    record_act(session, Action.DIALOGUE_START, dialogue, actor, {"participants": 1})
    people, epoch = begin(session, dialogue, subject, [_self(actor, link), asked], actor)
    write_message(session, dialogue, people[0], epoch, Content(text=clean), request_id)
    queue_notices(session, dialogue, people[0], base_url=base_url)
    return dialogue


def _self(actor: Actor, link: OwnLink) -> Chosen:
    kind = ParticipantKind.EMPLOYEE
    entry = Entry(actor.person_name, link.employer.name, kind.value)
    return Chosen(entry, kind, actor.person_id, employee_id=link.employee.id)


def _whom_to_ask(session: Session, link: OwnLink) -> Chosen:
    """The one who linked the account, else whoever comes first of those with the key who see the employee."""
    vault = session.get_one(Vault, link.employer.id)
    with_key = [grant.recipient_id for grant in recipients(session, vault.holder_id)]
    statement = (
        select(Person.id, Person.display_name)
        .where(
            Person.id.in_(with_key),
            Person.id.in_(people_with_permission(Permission.VAULT_READ)),
            Person.id.in_(people_with_permission(Permission.DIALOGUE_READ)),
            Person.id.in_(members_who_see(link.employer.id, link.employee, today(session))),
            may_log_in(today(session)),
        )
        .order_by(Person.id != link.link.linked_by, func.lower(Person.display_name), Person.id)
        .limit(1)
    )
    found = session.execute(statement).first()
    if found is None:
        raise NobodyToAsk
    person_id, name = found
    return Chosen(Entry(name, link.employer.name, ParticipantKind.USER.value), ParticipantKind.USER, person_id)
