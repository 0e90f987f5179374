"""Who is chosen to take part, out of those whom one may invite, and where an invitation goes (D-07, signing.md 7.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from accounts.errors import MalformedAddress, MalformedNumber
from accounts.people import normalise_email
from accounts.phones import normalise_phone
from database.session import Session
from dialogs.candidates import Candidate
from dialogs.contents import Entry
from dialogs.errors import FieldFault, InvalidDialogue, NotFound
from dialogs.models import Dialogue, Participant, ParticipantKind, ParticipantState, PhoneSource
from dialogs.places import place_of_contact
from organisation.employer_fields import N_


@dataclass(frozen=True)
class NewParticipant:
    """Somebody to take part: the id of a person, of a contact person or of an employee, by kind.

    Mail address and mobile number are asked for where the record has none; what it has is used. With `with_history`
    whoever is added to a running dialogue can also open what was said before. `compared` is the generation of a renewed
    key whose check words were compared by telephone.
    """

    kind: ParticipantKind
    id: UUID
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    with_history: bool = True
    compared: int | None = None


@dataclass(frozen=True)
class Chosen:
    """Somebody who takes part: with a login as `person_id`, or to be invited at an address.

    Without a number the recipient gives one (signing.md 7.2).
    """

    entry: Entry
    kind: ParticipantKind
    person_id: UUID | None = None
    employee_id: UUID | None = None
    contact_person_id: UUID | None = None
    substitutes_for: UUID | None = None
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    phone_source: PhoneSource | None = None
    compared: int | None = None


def choose(
    known: Iterable[Candidate], wanted: Iterable[NewParticipant], *, taken: Collection[str] = ()
) -> list[Chosen]:
    """Those of the candidates who are wanted, each once, with the address and the number that an invitation goes to.

    `taken` are the addresses to which others of the dialogue were invited: of two at one address the second could only
    take part as the first. Raises `NotFound` for whoever is no candidate, `InvalidDialogue` for an address that is
    missing, none, or another's, for a number that gets no SMS, and for a renewed key whose check words were not
    compared.
    """
    by_key = {(candidate.kind, candidate.id): candidate for candidate in known}
    once = {(participant.kind, participant.id): participant for participant in wanted}
    if not once.keys() <= by_key.keys():
        raise NotFound
    faults: list[FieldFault] = []
    chosen = [_chosen(by_key[key], participant, faults) for key, participant in once.items()]
    _check_own_addresses(chosen, taken, faults)
    if faults:
        raise InvalidDialogue(faults)
    return chosen


def add_participant_row(
    session: Session, dialogue: Dialogue, chosen: Chosen, *, from_epoch: int, added_by: UUID
) -> Participant:
    """Add the row of a participant: with a login he or she takes part at once, else waits for the invitation."""
    now = session.source.now()
    participant = Participant(
        id=session.source.new_id(),
        dialogue_id=dialogue.id,
        organisation_id=dialogue.organisation_id,
        kind=chosen.kind.value,
        person_id=chosen.person_id,
        employee_id=chosen.employee_id,
        contact_person_id=chosen.contact_person_id,
        substitutes_for=chosen.substitutes_for,
        from_epoch=from_epoch,
        added_by=added_by,
        added_at=now,
        read_up_to=dialogue.message_count,
    )
    set_reach(session, participant, chosen)
    session.add(participant)
    session.flush()
    return participant


def set_reach(session: Session, participant: Participant, chosen: Chosen) -> None:
    """Let a participant take part or wait for an invitation, and seal where that goes."""
    has_login = chosen.person_id is not None
    participant.state = (ParticipantState.TAKING_PART if has_login else ParticipantState.INVITED).value
    participant.joined_at = participant.added_at if has_login else None
    participant.email_sealed = _sealed(session, participant.id, "email_sealed", chosen.email)
    participant.phone_sealed = _sealed(session, participant.id, "phone_sealed", chosen.phone)
    participant.phone_source = chosen.phone_source.value if chosen.phone_source else None


def reach_of(session: Session, participant: Participant) -> tuple[str | None, str | None]:
    """Mail address and mobile number of a participant, as they were when he or she was added."""
    key = session.package_key("dialogs")
    email, phone = (
        key.open(sealed, place_of_contact(participant.id, column)).decode() if sealed is not None else None
        for column, sealed in (("email_sealed", participant.email_sealed), ("phone_sealed", participant.phone_sealed))
    )
    return email, phone


def _sealed(session: Session, participant_id: UUID, column: str, value: str | None) -> bytes | None:
    if value is None:
        return None
    return session.package_key("dialogs").seal(value.encode(), place_of_contact(participant_id, column))


def _chosen(candidate: Candidate, typed: NewParticipant, faults: list[FieldFault]) -> Chosen:
    entry = Entry(candidate.name, candidate.label, candidate.kind.value)
    if candidate.kind is ParticipantKind.USER:
        _check_compared(candidate, typed, faults)
        return Chosen(
            entry,
            candidate.kind,
            candidate.id,
            substitutes_for=candidate.substitutes_for,
            compared=typed.compared,
        )
    is_employee = candidate.kind is ParticipantKind.EMPLOYEE
    phone = candidate.phone or _checked_phone(candidate.id, typed.phone, faults)
    given_by = PhoneSource.RECORD if candidate.phone else PhoneSource.SENDER
    return Chosen(
        entry,
        candidate.kind,
        employee_id=candidate.id if is_employee else None,
        contact_person_id=None if is_employee else candidate.id,
        email=_checked_email(candidate.id, candidate.email or typed.email, faults),
        phone=phone,
        phone_source=given_by if phone else None,
    )


def _check_own_addresses(chosen: Sequence[Chosen], taken: Collection[str], faults: list[FieldFault]) -> None:
    seen = set(taken)
    for one in chosen:
        if one.email in seen:
            message = N_("Een andere deelnemer heeft dit e-mailadres ook. Vraag ieder om een eigen adres.")
            faults.append(FieldFault(f"email {one.employee_id or one.contact_person_id}", message))
        elif one.email is not None:
            seen.add(one.email)


def _check_compared(candidate: Candidate, typed: NewParticipant, faults: list[FieldFault]) -> None:
    if candidate.renewed is not None and candidate.renewed.generation != typed.compared:
        message = N_("Vergelijk eerst de controlewoorden, en vink aan dat u dat hebt gedaan.")
        faults.append(FieldFault(f"compared {candidate.id}", message))


def _checked_email(candidate_id: UUID, email: str | None, faults: list[FieldFault]) -> str | None:
    try:
        return normalise_email(email or "")
    except MalformedAddress:
        faults.append(FieldFault(f"email {candidate_id}", N_("Vul een e-mailadres in, zoals naam@voorbeeld.nl.")))
        return None


def _checked_phone(candidate_id: UUID, phone: str | None, faults: list[FieldFault]) -> str | None:
    if not (phone or "").strip():
        return None
    try:
        return normalise_phone(phone or "")
    except MalformedNumber:
        faults.append(FieldFault(f"phone {candidate_id}", N_("Vul een mobiel nummer in, zoals 06 12345678.")))
        return None


def entries_of(people: Sequence[Participant], chosen: Sequence[Chosen]) -> dict[UUID, Entry]:
    """What each of some participants is called, by the row that was made for whom."""
    return {person.id: one.entry for person, one in zip(people, chosen, strict=True)}
