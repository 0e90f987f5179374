"""Documents in the dossiers of the town: of each employee and each employer, from either side, each title a canary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from crypto.secret import Secret
from database.session import Session
from documents.adding import add_document
from documents.dossiers import DossierPlace
from documents.generating import generate_document
from documents.labels import labels_for
from documents.made_files import store_made
from documents.models import Document, DocumentKind, StoredFile
from documents.templates import ACTION_PLAN
from organisation.memberships import actor_for
from tests.census.canaries import Kind
from tests.census.town import EMPLOYERS, SERVICES, Town
from tests.documents.files import pdf, png
from tests.documents.forms import action_plan
from tests.people import ACCESS_POINT
from vault.models import Share

MAKERS = {"B": "hr", "G": "garage", "D": "printer", "N": "customer manager", "Z": "south"}
"""Who of each organisation puts documents in dossiers."""
PICTURE = "document_pages.show_picture"
REMOVAL = "document_changes.remove"
WITH_FILES = frozenset(
    {
        "dialogue_files.add",
        "document_changes.add_version",
        "document_uploads.add_for_employee",
        "document_uploads.add_for_employer",
    }
)
"""The routes to which a form sends files."""
FORMS = ("document_forms.",)
PARTS = (
    "document_changes.", "document_mail.", "document_pages.", "signing_requests.ask", "signing_requests.show_choosing",
    "signing_together.begin", "signing_together.show_beginning",
    *FORMS,
)  # fmt: skip


@dataclass
class Papers:
    """The ids of the documents, by who made them and whose they are, and of labels that each side can choose."""

    labels: dict[str, UUID]
    documents: dict[tuple[str, str], UUID] = field(default_factory=dict)
    pictures: dict[tuple[str, str], UUID] = field(default_factory=dict)
    spares: dict[tuple[str, str], UUID] = field(default_factory=dict)
    plans: dict[tuple[str, str], UUID] = field(default_factory=dict)

    def id_of(self, endpoint: str, unit: str, *, of_service: bool) -> UUID | None:
        """The document in the dossier of a unit that the asker's own side would have made."""
        # What is removed is gone from the store, also once the database is put back.
        found = {PICTURE: self.pictures, REMOVAL: self.spares}.get(endpoint, self.documents)
        if endpoint.startswith(FORMS):
            found = self.plans
        by_service = found.get((EMPLOYERS[unit[0]], unit)) if of_service else None
        return by_service or found.get((unit[0], unit))


def give_papers(town: Town, session: Session) -> Papers:
    """Let both sides put a PDF, a picture and a plan in the dossier of every employee whom they see by name."""
    actors = {organisation: actor_named(town, session, name) for organisation, name in MAKERS.items()}
    shared = set(session.scalars(select(Share.employee_id).where(Share.ended_at.is_(None))))
    papers = Papers(_labels(town, session, actors["B"]))
    for unit, employee_id in town.employees.items():
        makers = [unit[0]] + ([EMPLOYERS[unit[0]]] if employee_id in shared else [])
        for maker in makers:
            title = town.flock.text(Kind.PERSON, unit[0], unit[1:])
            place = DossierPlace(employee_id, town.organisations[unit[0]])
            files = (("pdf", papers.documents, pdf()), ("png", papers.pictures, png()), ("txt", papers.spares, b"Dag"))
            for kind, of_kind, data in files:
                name = f"{title}.{kind}"
                of_kind[maker, unit] = _add(town, session, actors[maker], place, papers.labels["label"], name, data)
            papers.plans[maker, unit] = generate_document(
                session,
                town.portal.services.intake,
                employee_id,
                ACTION_PLAN,
                action_plan(employee=title),
                papers.labels["label"],
                actors[maker],
            ).id
    assert set(SERVICES) == {maker for maker, _unit in papers.documents} - set(EMPLOYERS)
    return papers


def document_path(papers: Papers, endpoint: str, unit: str | None, *, of_service: bool) -> Mapping[str, UUID | str]:
    """What stands in the address of a route of documents; an id of none where there is no document."""
    asks = unit is not None and endpoint.startswith(PARTS)
    found = papers.id_of(endpoint, unit, of_service=of_service) if asks and unit else None
    template = ACTION_PLAN.key if unit else "diagnose"
    return {"document_id": found or UUID("0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f"), "template": template}


def add_paper(
    town: Town, session: Session, actor: Actor, unit: str, label_id: UUID, name: str
) -> tuple[Document, StoredFile, Secret]:
    """Let somebody put one PDF more in the dossier of a unit; its file and key come along."""
    place = DossierPlace(town.employees[unit], town.organisations[unit[0]])
    stored, key = store_made(
        session,
        town.portal.services.intake,
        pdf(),
        name,
        organisation_id=actor.organisation_id,
        by=actor.person_id,
    )
    document = add_document(session, place, label_id, DocumentKind.IMPORTED, stored, key, actor)
    return document, stored, key


def actor_named(town: Town, session: Session, name: str) -> Actor:
    """Somebody of the town as a request would have it."""
    person = town.people[name]
    return actor_for(session, person.id, ACCESS_POINT, person.keys())


def _labels(town: Town, session: Session, actor: Actor) -> dict[str, UUID]:
    of_employee = DossierPlace(town.employees["B1s"], town.organisations["B"])
    found = {label.name: label.id for label in labels_for(session, actor, of_employee)}
    of_employer = labels_for(session, actor, DossierPlace(None, town.organisations["B"]))
    return {
        "label": found["Algemeen"],
        "other_label": found["Mandaat – Algemeen"],
        "label_of_employer": next(label.id for label in of_employer if label.name == "Algemeen"),
    }


def _add(
    town: Town, session: Session, actor: Actor, place: DossierPlace, label_id: UUID, name: str, data: bytes
) -> UUID:
    intake, organisation_id = town.portal.services.intake, actor.organisation_id
    stored, key = store_made(session, intake, data, name, organisation_id=organisation_id, by=actor.person_id)
    return add_document(session, place, label_id, DocumentKind.IMPORTED, stored, key, actor).id
