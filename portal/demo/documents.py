"""Documents that people of the demo put in dossiers in the past weeks, one of them medical (DOC-09, DOC-23)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from accounts.actor import Actor
from database.session import Session
from documents.dossiers import DossierPlace
from documents.kinds import FileKind
from documents.labels import labels_for
from documents.merging import merge_to_pdf
from documents.uploading import MergedFile, upload_merged
from organisation.models import Employee
from portal.demo.employers import LINDERVOORT
from portal.demo.groups import SUPER_ADMINISTRATOR
from portal.demo.history import History
from portal.demo.shares import PLANNED, PlannedShare
from portal.services import Services


@dataclass(frozen=True)
class PlannedDocument:
    """A document to be: so many working days back, by whom, in which dossier, under which label, saying what.

    It is about whom was shared, or else about the employer.
    """

    ago: int
    clock: str
    by: str
    label: str
    name: str
    text: str
    about: PlannedShare | None = None
    employer: str = ""


_SURGERY = next(share for share in PLANNED if share.department == "Verpleging Chirurgie")
_DESK = next(share for share in PLANNED if share.department == "Klantcontact")

DOCUMENTS = (
    PlannedDocument(
        20, "14:20", "c.meijer", "Algemeen", "Rooster voor de opbouw van de uren.pdf",
        "Rooster voor de opbouw van de uren\n\nWeek 1 en 2: maandag, woensdag en vrijdag, telkens vier uur.\n"
        "Week 3 en 4: een dag erbij.\nDaarna bespreken we hoe het gaat.\n",
        about=_SURGERY,
    ),
    PlannedDocument(
        18, "10:40", "j.scholten", "Alleen arbodienst", "Verslag van het gesprek.pdf",
        "Verslag van het gesprek\n\nAfgesproken is om de uren in stappen op te bouwen. Over twee weken bellen we.\n",
        about=_SURGERY,
    ),
    PlannedDocument(
        17, "16:05", SUPER_ADMINISTRATOR, "Medisch", "Brief van de bedrijfsarts.pdf",
        "Brief van de bedrijfsarts\n\nDeze brief opent alleen voor wie in de medische kring zit.\n",
        about=_SURGERY,
    ),
    PlannedDocument(
        15, "11:30", "f.bakker", "Mandaat – Algemeen", "Mandaat voor de casemanager.pdf",
        "Mandaat\n\nDe casemanager mag namens de werkgever afspraken maken over de opbouw van de uren.\n",
        about=_DESK,
    ),
    PlannedDocument(
        30, "09:15", "s.elmas", "DVO", "Overeenkomst over de dienstverlening.pdf",
        "Overeenkomst over de dienstverlening\n\nWat de arbodienst voor de gemeente doet, en wanneer.\n",
        employer=LINDERVOORT.name,
    ),
    PlannedDocument(
        28, "13:50", "f.bakker", "RI&E", "Risico's en plan voor het stadhuis.pdf",
        "Risico-inventarisatie en -evaluatie van het stadhuis\n\nMet een plan: wat er wanneer aan wordt gedaan.\n",
        employer=LINDERVOORT.name,
    ),
)  # fmt: skip


def tell_documents(history: History) -> None:
    """Put on the agenda who adds what to which dossier."""
    for planned in DOCUMENTS:
        history.at(history.agenda.moment(planned.ago, planned.clock), partial(_add, history, planned))


def _add(history: History, planned: PlannedDocument) -> None:
    employee_id = history.shared_employee(planned.about) if planned.about else None
    employer_id = history.places.organisations.get(planned.employer)
    data = merge_to_pdf([(planned.name, FileKind.TEXT, planned.text.encode())])
    history.act(planned.by, _upload, history.services, planned, data, employee_id, employer_id)


def _upload(
    session: Session,
    services: Services,
    planned: PlannedDocument,
    data: bytes,
    employee_id: UUID | None,
    employer_id: UUID | None,
    *,
    actor: Actor,
) -> None:
    if employee_id is not None:
        employer_id = session.get_one(Employee, employee_id).organisation_id
    assert employer_id is not None  # noqa: S101 - a planned document is about one or the other
    place = DossierPlace(employee_id, employer_id)
    label_id = next(label.id for label in labels_for(session, actor, place) if label.name == planned.label)
    upload_merged(session, services.intake, place, label_id, MergedFile(planned.name, data, 1), actor)
