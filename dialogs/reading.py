"""Reading a conversation: what the actor's own grants open of it, and nothing else (D-03, D-rule 28)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, func, select

from accounts.actor import Actor
from audit.actions import Action
from crypto.sealing import unseal
from crypto.secret import Secret
from database.session import Session
from dialogs.attachments import AttachmentView, attachments_of
from dialogs.authority import without_authority
from dialogs.changes import changed_participants
from dialogs.contents import Content, Entry, Roster
from dialogs.epochs import epochs_held, held_epochs
from dialogs.finding import STAYING, Taking, find_dialogue, may_remove, participants_of
from dialogs.invitations import Delivery, delivery_of
from dialogs.models import DialogueState, Epoch, Message, Participant, ParticipantKind, ParticipantState
from dialogs.places import place_of_message
from dialogs.receipts import Receipts, note_reading, receipts_of
from dialogs.recording import record_act
from dialogs.rosters import GENERATION, names_in, open_rosters
from dialogs.standing_then import is_before_end, place_seen, state_seen

PAGE_SIZE = 50


class DialogueAction(StrEnum):
    """What the page offers. Each is refused by its own verb as well."""

    POST = "post"
    ADD = "add"
    REMOVE = "remove"
    LEAVE = "leave"
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True)
class MessageView:
    """A line of a conversation. `event` is that of `contents.Content`, `about` the participant whom it concerns.

    `read_by` are the others who have read it, each with the moment of the first time.
    """

    number: int
    author: str = field(repr=False)
    is_own: bool
    kind: str
    text: str | None = field(repr=False)
    event: str | None
    about: str | None = field(repr=False)
    reason: str | None = field(repr=False)
    posted_at: datetime
    read_by: tuple[tuple[str, datetime], ...] = field(repr=False)
    attachments: tuple[AttachmentView, ...] = ()


@dataclass(frozen=True)
class ParticipantView:
    """Somebody who takes or took part, as far as the actor knows him or her: a name is in the rosters that open.

    `delivery` is what became of the invitation; `waits_for_key` says that the key was renewed, so that another lets in.
    Whose data have changed (D-08), or who may not see the employee any more (D-07), is shown as such before the next
    message closes him or her off.
    """

    id: UUID
    name: str = field(repr=False)
    label: str = field(repr=False)
    kind: ParticipantKind
    state: ParticipantState
    added_at: datetime
    from_start: bool
    delivery: Delivery | None
    is_self: bool
    waits_for_key: bool
    can_be_removed: bool


@dataclass(frozen=True)
class Conversation:
    """A dialogue with a part of its lines, the oldest first; `total` is how many of them the actor can open.

    `read_up_to` is the number of the last line that the actor had read before this look.
    `locked` says that what is new can't be opened: the actor's key was renewed, and another participant lets in;
    `barred` that the actor takes part but may not see the employee any more, and adds nothing (D-07).
    """

    id: UUID
    subject: str | None = field(repr=False)
    state: DialogueState
    employee_id: UUID | None
    employer_id: UUID | None
    can: frozenset[DialogueAction]
    participants: tuple[ParticipantView, ...]
    messages: tuple[MessageView, ...]
    total: int
    epoch_number: int
    locked: bool
    barred: bool
    read_up_to: int


@dataclass(frozen=True)
class _Opened:
    """What the actor can open of a dialogue: its epochs, their secrets and rosters, and who is called what."""

    taking: Taking
    epochs: Sequence[Epoch]
    wrap_keys: Mapping[int, Secret] = field(repr=False)
    rosters: Mapping[int, Roster] = field(repr=False)

    @property
    def names(self) -> dict[UUID, Entry]:
        return names_in(self.rosters[number] for number in sorted(self.rosters))


def read_dialogue(
    session: Session,
    dialogue_id: UUID,
    actor: Actor,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int = PAGE_SIZE,
) -> Conversation:
    """A dialogue with its newest lines, or those after or before a number; the log is told first.

    It takes the same number of queries whatever the number of lines, epochs and participants. Raises
    `PermissionDenied`, `NotFound` for whoever takes and took no part.
    """
    taking = find_dialogue(session, dialogue_id, actor)
    lines = _lines(session, taking, actor, after=after, before=before, limit=limit)
    _record_reading(session, taking, lines, actor)
    opened = _open(session, taking, actor)
    participants = participants_of(session, dialogue_id)
    receipts = receipts_of(session, participants, lines)
    barred = without_authority(session, taking.dialogue, participants)
    return Conversation(
        id=taking.dialogue.id,
        subject=opened.rosters[max(opened.rosters)].subject if opened.rosters else None,
        state=state_seen(taking.dialogue, taking.me),
        employee_id=taking.dialogue.employee_id,
        employer_id=taking.dialogue.employer_id,
        can=_can(taking, opened, barred),
        participants=_participants(session, opened, participants, barred),
        messages=_messages(session, opened, lines, receipts),
        total=count_lines(session, taking, actor),
        epoch_number=taking.dialogue.epoch_number,
        locked=_is_locked(taking, opened),
        barred=taking.me.id in barred,
        read_up_to=taking.me.read_up_to,
    )


def news(session: Session, dialogue_id: UUID, actor: Actor, after: int) -> tuple[MessageView, ...]:
    """The lines after a number, for who looks at the dialogue now: one query where there is nothing new.

    Raises as `read_dialogue`.
    """
    taking = find_dialogue(session, dialogue_id, actor)
    if taking.dialogue.message_count <= after or taking.me.state not in STAYING:
        return ()
    lines = _lines(session, taking, actor, after=after, before=None, limit=PAGE_SIZE)
    _record_reading(session, taking, lines, actor)
    opened = _open(session, taking, actor)
    receipts = receipts_of(session, participants_of(session, dialogue_id), lines)
    return _messages(session, opened, lines, receipts)


def mark_read(session: Session, dialogue_id: UUID, actor: Actor, up_to: int) -> None:
    """Note that the actor has read all up to a number, as far as it can be opened; less than before changes nothing.

    The others see when. From now on a notice by mail may follow again. Raises as `read_dialogue`.
    """
    taking = find_dialogue(session, dialogue_id, actor)
    if up_to <= taking.me.read_up_to and taking.me.notice_sent_at is None:
        return
    held = [epoch.number for epoch in epochs_held(session, dialogue_id, actor.keys)]
    newest = session.scalar(
        select(func.max(Message.number)).where(
            Message.dialogue_id == dialogue_id, Message.epoch_number.in_(held), Message.number <= up_to
        )
    )
    if newest is not None:
        note_reading(session, taking, newest, actor)


def count_lines(session: Session, taking: Taking, actor: Actor) -> int:
    """How many lines of a dialogue the actor can open; nothing is opened to tell."""
    return session.scalar(_of(taking, actor).with_only_columns(func.count())) or 0


def _record_reading(session: Session, taking: Taking, lines: Sequence[Message], actor: Actor) -> None:
    """Write which lines are about to be opened; a page that shows the participants only opens none."""
    details = {"count": len(lines)}
    if lines:
        details |= {"first": lines[0].number, "up_to": lines[-1].number}
    record_act(session, Action.DIALOGUE_READ, taking.dialogue, actor, details)


def _open(session: Session, taking: Taking, actor: Actor) -> _Opened:
    epochs = epochs_held(session, taking.dialogue.id, actor.keys)
    rosters = open_rosters(session, epochs, actor.keys)
    return _Opened(
        taking=taking,
        epochs=epochs,
        wrap_keys={epoch.number: actor.keys.wrap_key(session, epoch.holder_id, GENERATION) for epoch in epochs},
        rosters={number: roster for (_, number), roster in rosters.items()},
    )


def _of(taking: Taking, actor: Actor) -> Select[Message]:
    """The lines that the actor can open; whoever went sees none of after, which the same key may open for a while."""
    held = held_epochs(actor.keys).where(Epoch.dialogue_id == taking.dialogue.id).with_only_columns(Epoch.number)
    lines = select(Message).where(Message.dialogue_id == taking.dialogue.id, Message.epoch_number.in_(held))
    ended_at = taking.me.ended_at
    return lines if ended_at is None else lines.where(Message.posted_at <= ended_at)


def _lines(
    session: Session, taking: Taking, actor: Actor, *, after: int, before: int | None, limit: int
) -> list[Message]:
    """Some lines of a dialogue, sealed as they lie there."""
    statement = _of(taking, actor).limit(max(0, min(limit, 200)))
    if after:
        return list(session.scalars(statement.where(Message.number > after).order_by(Message.number)))
    if before is not None:
        statement = statement.where(Message.number < before)
    return list(session.scalars(statement.order_by(Message.number.desc())))[::-1]


def _messages(
    session: Session, opened: _Opened, lines: Sequence[Message], receipts: Receipts
) -> tuple[MessageView, ...]:
    names = opened.names
    files = attachments_of(session, lines, opened.wrap_keys)
    return tuple(replace(_message(opened, line, names, receipts), attachments=files.get(line.id, ())) for line in lines)


def _message(opened: _Opened, line: Message, names: Mapping[UUID, Entry], receipts: Receipts) -> MessageView:
    plain = unseal(opened.wrap_keys[line.epoch_number], line.sealed, place_of_message(line))
    content = Content.from_bytes(plain)
    about = names.get(content.participant_id) if content.participant_id else None
    author = names.get(line.participant_id)
    return MessageView(
        number=line.number,
        author=author.name if author else "",
        is_own=line.participant_id == opened.taking.me.id,
        kind=line.kind,
        text=content.text,
        event=content.event,
        about=about.name if about else None,
        reason=content.reason,
        posted_at=line.posted_at,
        read_by=tuple(
            (names[reader].name, moment)
            for reader, moment in receipts.of(line.number)
            if reader in names and reader != line.participant_id and is_before_end(moment, opened.taking.me)
        ),
    )


def _participants(
    session: Session, opened: _Opened, participants: Sequence[Participant], barred: set[UUID]
) -> tuple[ParticipantView, ...]:
    names, starter = opened.names, opened.taking.dialogue.started_by
    known = [person for person in participants if person.id in names]
    known.sort(key=lambda person: person.person_id != starter)
    # Who is gone hears no more of what becomes of the others.
    here = [person for person in known if person.state in STAYING and opened.taking.me.ended_at is None]
    ended = {person.id: ParticipantState.REMOVED for person in here if person.id in barred}
    ended |= dict.fromkeys(changed_participants(session, here), ParticipantState.CHANGED)
    sent = delivery_of(session, [person.id for person in here if person.state == ParticipantState.INVITED])
    return tuple(_participant(opened, person, names[person.id], ended, sent.get(person.id)) for person in known)


def _participant(
    opened: _Opened,
    person: Participant,
    entry: Entry,
    ended: Mapping[UUID, ParticipantState],
    delivery: Delivery | None,
) -> ParticipantView:
    taking = opened.taking
    is_self = person.id == taking.me.id
    is_barred = ended.get(person.id) is ParticipantState.REMOVED
    is_here = person.state in STAYING and taking.me.ended_at is None and not is_barred
    return ParticipantView(
        id=person.id,
        name=entry.name,
        label=entry.label,
        kind=ParticipantKind(person.kind),
        state=ended.get(person.id) or place_seen(person, taking.me),
        added_at=person.added_at,
        from_start=person.from_epoch == 1,
        delivery=delivery,
        is_self=is_self,
        waits_for_key=is_here and person.from_epoch > taking.dialogue.epoch_number,
        can_be_removed=is_here and not is_self and may_remove(taking, person),
    )


def _is_locked(taking: Taking, opened: _Opened) -> bool:
    numbers = {epoch.number for epoch in opened.epochs}
    return taking.me.state == ParticipantState.TAKING_PART and taking.dialogue.epoch_number not in numbers


def _can(taking: Taking, opened: _Opened, barred: set[UUID]) -> frozenset[DialogueAction]:
    is_barred = taking.me.id in barred
    if taking.me.state != ParticipantState.TAKING_PART or is_barred or _is_locked(taking, opened):
        return frozenset({DialogueAction.LEAVE} if taking.me.state == ParticipantState.TAKING_PART else ())
    if taking.dialogue.state != DialogueState.OPEN:
        is_starter = taking.dialogue.started_by == taking.me.person_id and taking.me.kind == ParticipantKind.USER
        return frozenset({DialogueAction.REOPEN} if is_starter else ())
    offered = {DialogueAction.POST, DialogueAction.LEAVE}
    if taking.me.kind == ParticipantKind.USER:
        offered |= {DialogueAction.ADD, DialogueAction.REMOVE, DialogueAction.CLOSE}
    return frozenset(offered)
