"""Handing a holder's secret to a recipient, and taking it back (design 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select

from audit import PLATFORM_ID
from audit.recording import Who
from crypto.hybrid import seal_to
from crypto.secret import Secret
from database.session import Session
from keys.check_words import require_compared
from keys.models import Grant, Holder, HolderGeneration, HolderKind, SealedForm
from keys.opened import OpenedKeys
from keys.places import place_of_grant
from keys.present_keys import is_in_force, newest_generation_of, sheets_without_effect
from keys.public_keys import PublicKey, current_generation, lock_holder, lock_holders, public_key


@dataclass(frozen=True)
class GrantView:
    """Someone who can open a holder: since when, and by whose hand first."""

    recipient_id: UUID
    since: datetime
    granted_by: UUID


@dataclass(frozen=True)
class Period:
    """For how long somebody is handed a key for a substitution (M-05): from `not_before`, until `not_after` (UTC)."""

    substitution_id: UUID
    not_before: datetime
    not_after: datetime


def hand_over(
    session: Session,
    holder_id: UUID,
    *,
    to: UUID,
    secret: Secret,
    generation: int,
    by: Who,
    period: Period | None = None,
) -> Grant:
    """Seal the holder's secret of one generation to the recipient's newest public key, and return the grant.

    A grant of the same generation that the recipient had is replaced, so that someone with a renewed key can be
    admitted again, and who had the key for a period only gets it for good. Raises `NoGeneration` when the recipient
    has no key yet, `PublicKeyForged` when the recipient's public key was not made by this server: then nothing is
    sealed.
    """
    recipient = public_key(session, to)
    session.execute(
        delete(Grant).where(Grant.holder_id == holder_id, Grant.generation == generation, Grant.recipient_id == to)
    )
    grant = Grant(
        id=session.source.new_id(),
        holder_id=holder_id,
        generation=generation,
        recipient_id=to,
        recipient_generation=recipient.generation,
        form=SealedForm.SEALED,
        granted_by=by.person_id or PLATFORM_ID,
        granted_at=session.source.now(),
        substitution_id=period.substitution_id if period else None,
        not_before=period.not_before if period else None,
        not_after=period.not_after if period else None,
    )
    grant.sealed = _seal_secret(secret, recipient, grant)
    session.add(grant)
    session.flush()
    return grant


def hand_over_current(
    session: Session,
    holder_id: UUID,
    *,
    to: UUID,
    keys: OpenedKeys,
    by: Who,
    compared: int | None = None,
    period: Period | None = None,
) -> Grant:
    """Hand the newest generation of a holder to `to`, for good or for a period; it opens all earlier ones (K-14, K-15).

    To a renewed key only when its check words were compared: `compared` is the generation whose they were. Raises
    `CheckWordsNotCompared`, `NoKey` when `keys` can't open the holder, and as `hand_over` does.
    """
    lock_holder(session, holder_id)
    require_compared(session, to, compared)
    generation = current_generation(session, holder_id)
    secret = keys.secret(session, holder_id, generation)
    return hand_over(session, holder_id, to=to, secret=secret, generation=generation, by=by, period=period)


def destroy_grants(session: Session, holder_id: UUID, *, recipient_id: UUID) -> int:
    """Destroy what a recipient was handed of a holder, of all generations, at once (K-16); return how many.

    The next generation is another act (`holders.make_next_generation`), or due work where the actor can't make it.
    """
    lock_holder(session, holder_id)
    gone = delete(Grant).where(Grant.holder_id == holder_id, Grant.recipient_id == recipient_id).returning(Grant.id)
    return len(session.scalars(gone).all())


def destroy_grants_of_kind(session: Session, kind: HolderKind, *, recipient_id: UUID) -> int:
    """Destroy what a recipient was handed of all holders of a kind; the caller has locked them. Return how many."""
    of_kind = select(Holder.id).where(Holder.kind == kind.value)
    gone = delete(Grant).where(Grant.recipient_id == recipient_id, Grant.holder_id.in_(of_kind)).returning(Grant.id)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())


def destroy_grants_to(session: Session, recipient_id: UUID) -> set[UUID]:
    """Destroy whatever a recipient was handed, of all holders; return the holders that its present key could open.

    What was handed over for a substitution is destroyed too, but not among them: it was never the recipient's own.
    """
    lock_holders(session, session.scalars(select(Grant.holder_id).where(Grant.recipient_id == recipient_id)))
    # Last, as everybody does: what somebody is handing over at this moment is there by then, and goes as well.
    lock_holder(session, recipient_id)
    opened = holders_opened_by(session, recipient_id)
    session.execute(delete(Grant).where(Grant.recipient_id == recipient_id))
    return opened


def holders_opened_by(session: Session, recipient_id: UUID) -> set[UUID]:
    """Return the holders that a recipient's present key can open, without those of a substitution."""
    return set(session.scalars(_opened_by_present_key(recipient_id).distinct()))


def destroy_substitution(session: Session, substitution_id: UUID) -> set[UUID]:
    """Destroy what was handed over for a substitution, at once; return the holders that it opened (D-rule 48).

    Their next generation is due work, for this needs no key.
    """
    of_it = Grant.substitution_id == substitution_id
    for holder_id in session.scalars(select(Grant.holder_id).where(of_it).distinct().order_by(Grant.holder_id)).all():
        # A generation that is being made would carry it along.
        lock_holder(session, holder_id)
    return set(session.scalars(delete(Grant).where(of_it).returning(Grant.holder_id)))


def overdue_substitutions(session: Session) -> set[UUID]:
    """Return the substitutions that are over and for which something is still handed over."""
    overdue = select(Grant.substitution_id).where(
        Grant.substitution_id.is_not(None), Grant.not_after <= session.source.now()
    )
    return {substitution_id for substitution_id in session.scalars(overdue) if substitution_id is not None}


def periods_of(session: Session, holder_id: UUID, generation: int) -> dict[UUID, Period]:
    """Return who was handed one generation for a period only, and which."""
    for_a_while = select(Grant).where(
        Grant.holder_id == holder_id, Grant.generation == generation, Grant.substitution_id.is_not(None)
    )
    return {grant.recipient_id: _period(grant) for grant in session.scalars(for_a_while)}


def holders_handed_to(session: Session, recipient_id: UUID) -> list[Holder]:
    """Return the holders of which a recipient was handed any generation, also for a substitution, in id order."""
    handed = select(Grant.holder_id).where(Grant.recipient_id == recipient_id)
    return list(session.scalars(select(Holder).where(Holder.id.in_(handed)).order_by(Holder.id)))


def lasting_recipients(session: Session, holder_id: UUID) -> set[UUID]:
    """Return the people who hold the newest generation for their present key, and not for a substitution only.

    Who decides by it takes `public_keys.lock_holder` first.
    """
    held = select(Grant.recipient_id).where(
        _to_person(holder_id),
        Grant.generation == _newest_generation(session, holder_id),
        Grant.recipient_generation == newest_generation_of(Grant.recipient_id),
        Grant.substitution_id.is_(None),
    )
    return set(session.scalars(held))


def recipients(session: Session, holder_id: UUID) -> list[GrantView]:
    """Return the people who hold the newest generation now, with moment and giver of the first grant; oldest first.

    A recovery sheet holds it too, but is nobody: `recovery_sheets.sheets_for` has those.
    """
    rows = session.scalars(
        select(Grant)
        .where(_to_person(holder_id), is_in_force(session))
        .order_by(Grant.granted_at, Grant.generation, Grant.id)
    ).all()
    newest = _newest_generation(session, holder_id)
    present = {grant.recipient_id for grant in rows if grant.generation == newest}
    first: dict[UUID, Grant] = {}
    for grant in rows:
        first.setdefault(grant.recipient_id, grant)
    return [GrantView(who, grant.granted_at, grant.granted_by) for who, grant in first.items() if who in present]


def count_recipients(session: Session, holder_id: UUID) -> int:
    """Return how many people hold the newest generation now: 0 for a holder without a key.

    Who decides by it takes `public_keys.lock_holder` first, so that two acts at once don't both leave the last one.
    """
    newest = _newest_generation(session, holder_id)
    counted = select(func.count()).select_from(Grant).where(_to_person(holder_id), Grant.generation == newest)
    return session.scalar(counted.where(is_in_force(session))) or 0


def ever_recipients(session: Session, holder_id: UUID) -> set[UUID]:
    """Return who has a grant of any generation, also one for a key that was renewed since."""
    return set(session.scalars(select(Grant.recipient_id).where(Grant.holder_id == holder_id).distinct()))


def recipients_with_present_key(session: Session, holder_id: UUID, generation: int) -> list[UUID]:
    """Return the recipients of one generation whose own key was not renewed after they were handed it, in id order.

    Recovery sheets are among them, as long as the key of the person whom they name was not renewed either; so are
    substitutes (`periods_of`) until their period is over.
    """
    held = select(Grant.recipient_id).where(
        Grant.holder_id == holder_id,
        Grant.generation == generation,
        Grant.recipient_generation == newest_generation_of(Grant.recipient_id),
        Grant.recipient_id.not_in(sheets_without_effect()),
        or_(Grant.not_after.is_(None), Grant.not_after > session.source.now()),
    )
    return list(session.scalars(held.order_by(Grant.recipient_id)))


def _opened_by_present_key(recipient_id: UUID) -> Select[UUID]:
    return select(Grant.holder_id).where(
        Grant.recipient_id == recipient_id,
        Grant.recipient_generation == newest_generation_of(Grant.recipient_id),
        Grant.substitution_id.is_(None),
    )


def _to_person(holder_id: UUID) -> ColumnElement[bool]:
    people = select(Holder.id).where(Holder.kind == HolderKind.PERSON)
    return and_(Grant.holder_id == holder_id, Grant.recipient_id.in_(people))


def _period(grant: Grant) -> Period:
    assert grant.substitution_id and grant.not_before and grant.not_after  # noqa: S101, PT018 - handed over as one
    return Period(grant.substitution_id, grant.not_before, grant.not_after)


def _seal_secret(secret: Secret, recipient: PublicKey, grant: Grant) -> bytes:
    place = place_of_grant(
        grant.id,
        holder_id=grant.holder_id,
        generation=grant.generation,
        recipient_id=grant.recipient_id,
        recipient_generation=recipient.generation,
    )
    return seal_to(recipient.value, secret.reveal(), place)


def _newest_generation(session: Session, holder_id: UUID) -> int | None:
    return session.scalar(select(func.max(HolderGeneration.number)).where(HolderGeneration.holder_id == holder_id))
