"""Mails about dialogues: that there is something new, never what, from whom or about whom (N-01, N-02, D-rule 26)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select

from accounts.actor import Actor
from accounts.models import Person
from accounts.muted_notices import wants
from accounts.people import notify
from accounts.permissions import Permission
from accounts.standing import may_log_in
from database.insertion import insert_into
from database.session import Session
from delivery.outbox import MailKind
from dialogs.models import Dialogue, Participant, ParticipantState, WeeklyOverview
from dialogs.unread import unread_by_person
from organisation.calendar import today
from organisation.effective_roles import people_with_permission
from organisation.models import Organisation

PATH = "/berichten"
BATCH_SIZE = 20


def queue_notices(session: Session, dialogue: Dialogue, author: Participant, *, base_url: str) -> None:
    """Queue a mail to each of the others who takes part, unless one went out that was not followed by a visit (N-02).

    Nobody gets one whose account has ended, who does without such mails (N-03), or who can't open what is new. The
    caller has locked the dialogue and settled who hears it, so that nobody whose address became another is among them
    (D-10). Who was invited has the invitation.
    """
    waiting = select(Participant).where(
        Participant.dialogue_id == dialogue.id,
        Participant.id != author.id,
        Participant.state == ParticipantState.TAKING_PART.value,
        Participant.from_epoch <= dialogue.epoch_number,
        Participant.notice_sent_at.is_(None),
    )
    participants = list(session.scalars(waiting.order_by(Participant.id)))
    by_person = {person.person_id: person for person in participants}
    organisation = session.get_one(Organisation, dialogue.organisation_id)
    for person in reachable_people(session, [key for key in by_person if key], MailKind.DIALOGUE_NOTICE):
        by_person[person.id].notice_sent_at = session.source.now()
        values = {"link": f"{base_url.rstrip('/')}{PATH}/{dialogue.id}", "organisation": organisation.name}
        notify(session, person, MailKind.DIALOGUE_NOTICE, values)
    session.flush()


def wants_overview(session: Session, actor: Actor) -> bool:
    """Tell whether the actor gets a mail once a week that says how many messages wait."""
    return session.get(WeeklyOverview, actor.person_id) is not None


def choose_overview(session: Session, actor: Actor, wanted: bool) -> None:
    """Let the actor get that mail, or no longer (N-01). Raises `PermissionDenied`."""
    actor.require(Permission.DIALOGUE_READ)
    if not wanted:
        own = delete(WeeklyOverview).where(WeeklyOverview.person_id == actor.person_id)
        session.execute(own.execution_options(synchronize_session=False))
        return
    # The first one comes at the beginning of next week.
    row = {"person_id": actor.person_id, "organisation_id": actor.organisation_id, "sent_on": today(session)}
    session.execute(insert_into(session, WeeklyOverview).on_conflict_do_nothing(), [row])


def send_weekly_overviews(session: Session) -> int:
    """Queue at most 20 mails that are due, one for each week from its Monday on; return how many people it looked at.

    Who has nothing unread gets none that week. It needs no key: only numbers are counted (N-01).
    """
    day = today(session)
    monday = day - timedelta(days=day.weekday())
    statement = (
        select(WeeklyOverview)
        .where(or_(WeeklyOverview.sent_on.is_(None), WeeklyOverview.sent_on < monday))
        .order_by(WeeklyOverview.person_id)
        .limit(BATCH_SIZE)
        .with_for_update(skip_locked=True)
    )
    due = list(session.scalars(statement.execution_options(populate_existing=True)))
    unread = unread_by_person(session, [row.person_id for row in due])
    for person in reachable_people(session, unread, MailKind.DIALOGUE_OVERVIEW):
        notify(session, person, MailKind.DIALOGUE_OVERVIEW, {"count": str(unread[person.id])})
    for row in due:
        row.sent_on = day
    session.flush()
    return len(due)


def reachable_people(session: Session, person_ids: Iterable[UUID], kind: MailKind) -> list[Person]:
    """Of some people those who can log in, may take part in dialogues, and do not do without that kind of mail."""
    statement = select(Person).where(
        Person.id.in_(list(person_ids)),
        may_log_in(today(session)),
        Person.id.in_(people_with_permission(Permission.DIALOGUE_READ)),
        wants(kind),
    )
    return list(session.scalars(statement.order_by(Person.id)))
