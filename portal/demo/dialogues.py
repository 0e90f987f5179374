"""What people of the demo say to each other: some lines of the past weeks, and what waits for the visitor."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from dialogs.closing import close_dialogue
from dialogs.models import ParticipantKind
from dialogs.posting import post_message
from dialogs.reading import mark_read, read_dialogue
from dialogs.starting import NewDialogue, NewParticipant, start_dialogue
from portal.demo.history import History
from portal.demo.shares import PLANNED, PlannedShare


@dataclass(frozen=True)
class PlannedLine:
    """A message to be: so many working days back, at which time, by whom, saying what."""

    ago: int
    clock: str
    by: str
    text: str


@dataclass(frozen=True)
class PlannedDialogue:
    """A dialogue to be: its first line starts it; about whom was shared, where that is given."""

    subject: str
    others: tuple[str, ...]
    lines: tuple[PlannedLine, ...]
    about: PlannedShare | None = None
    closed: PlannedLine | None = None


_SURGERY = next(share for share in PLANNED if share.department == "Verpleging Chirurgie")

DIALOGUES = (
    PlannedDialogue(
        "Opbouw van de uren",
        ("c.meijer",),
        (
            PlannedLine(19, "10:12", "j.scholten", "Goedemorgen. Past drie keer vier uur bij jullie rooster?"),
            PlannedLine(
                19, "13:40", "c.meijer", "Dat past, op maandag, woensdag en vrijdag. De teamleider weet ervan."
            ),
            PlannedLine(
                18, "09:05", "j.scholten", "Mooi. Ik bel over twee weken weer en laat hier weten wat we afspreken."
            ),
            PlannedLine(
                1,
                "11:20",
                "j.scholten",
                "Zoals beloofd: vanaf volgende week kan het naar vier keer vier uur. Lukt dat?",
            ),
        ),
        about=_SURGERY,
    ),
    PlannedDialogue(
        "Rooster rond de feestdagen",
        ("n.haddad", "e.hoekstra"),
        (
            PlannedLine(6, "08:55", "c.meijer", "Wie kan er tussen kerst en oud en nieuw meekijken met ziekmeldingen?"),
            PlannedLine(6, "09:30", "n.haddad", "Ik ben er op 28 en 29 december."),
            PlannedLine(5, "16:10", "e.hoekstra", "Ik neem de andere dagen. Bel me gerust."),
            PlannedLine(1, "15:45", "n.haddad", "Voor 31 december zoek ik nog iemand voor de middag."),
        ),
    ),
    PlannedDialogue(
        "Vragen over de nieuwe werkgever",
        ("s.elmas", "j.scholten"),
        (
            PlannedLine(
                4, "10:00", "p.vandermeer", "Wie doet het eerste gesprek met het ziekenhuis over volgend jaar?"
            ),
            PlannedLine(4, "10:25", "s.elmas", "Ik plan het in en stuur jullie hier de agenda."),
            PlannedLine(1, "09:10", "j.scholten", "Ik sluit graag aan. Dinsdag en donderdag kan ik."),
        ),
    ),
    PlannedDialogue(
        "Nieuw formulier voor verlof",
        ("f.bakker",),
        (
            PlannedLine(15, "14:00", "m.dejong", "Het nieuwe formulier staat klaar. Kijk jij of alles erin staat?"),
            PlannedLine(14, "09:20", "f.bakker", "Bekeken, het klopt."),
        ),
        closed=PlannedLine(14, "09:45", "m.dejong", "Het formulier is goedgekeurd."),
    ),
)


def tell_dialogues(history: History) -> None:
    """Put on the agenda what everybody says, and that the others read it until the last line."""
    for planned in DIALOGUES:
        _tell(history, planned)


def _tell(history: History, planned: PlannedDialogue) -> None:
    moment, started = history.agenda.moment, list[UUID]()
    first, *answers = planned.lines
    history.at(moment(first.ago, first.clock), lambda: started.append(_start(history, planned)))
    for line in answers:
        history.at(moment(line.ago, line.clock), lambda line=line: _answer(history, started[0], line))  # type: ignore[misc]
    end = planned.closed
    if end is not None:
        history.at(moment(end.ago, end.clock), lambda: history.act(end.by, close_dialogue, started[0], end.text))


def _start(history: History, planned: PlannedDialogue) -> UUID:
    first, others = planned.lines[0], [history.people[login].person_id for login in planned.others]
    draft = NewDialogue(
        subject=planned.subject,
        text=first.text,
        employee_id=history.shared_employee(planned.about) if planned.about else None,
        employer_id=None,
        participants=tuple(NewParticipant(ParticipantKind.USER, person_id) for person_id in others),
        file_ids=(),
        request_id=history.clock.new_id(),
    )
    return history.act(first.by, start_dialogue, draft, base_url=history.services.settings.base_url).id


def _answer(history: History, dialogue_id: UUID, line: PlannedLine) -> None:
    """Let somebody read what is there and answer."""
    seen = history.act(line.by, read_dialogue, dialogue_id).messages
    history.act(line.by, mark_read, dialogue_id, up_to=seen[-1].number)
    base_url = history.services.settings.base_url
    history.act(line.by, post_message, dialogue_id, line.text, (), history.clock.new_id(), base_url=base_url)
