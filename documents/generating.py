"""Documents that are made from a form: the first version, the next ones, and what was filled in (DOC-10..DOC-12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action, Detail
from crypto.secret import Secret
from database.session import Session
from documents.adding import add_document, add_version
from documents.dossiers import DossierPlace, dossier_of_employee
from documents.drawing import draw_form
from documents.errors import NewerVersion
from documents.filling_in import Answers, checked
from documents.finding import find_document
from documents.labels import labels_for
from documents.made_files import store_made
from documents.models import Audience, Document, DocumentKind, DocumentLabel, DocumentVersion, StoredFile
from documents.opening import open_version
from documents.recording import record_document
from documents.storing import Intake
from documents.templates import TEMPLATES, Field, Known, Template
from organisation.calendar import today
from organisation.errors import NotFound
from vault.dossiers import EmployeePage, read_employee
from vault.errors import NoVaultAccess


@dataclass(frozen=True)
class FilledIn:
    """What was filled in to make version `number` of a document, and when; `name` is that of its file."""

    document: Document
    number: int
    made_at: datetime
    template: Template
    answers: Answers = field(repr=False)
    name: str = field(repr=False)


def find_template(key: str | None) -> Template:
    """A form by its key. Raises `organisation.errors.NotFound`."""
    template = TEMPLATES.get(key or "")
    if template is None:
        raise NotFound
    return template


def labels_to_generate(session: Session, actor: Actor, place: DossierPlace) -> tuple[DocumentLabel, ...]:
    """The labels that a document made from a form can have: it is for work, so never a medical one."""
    return tuple(label for label in labels_for(session, actor, place) if label.audience != Audience.MEDICAL)


def begin_form(session: Session, template: Template, employee_id: UUID, actor: Actor) -> Answers:
    """The form with what the dossier knows already; looking there is told to the log.

    Raises `PermissionDenied`, and as `documents.dossiers.dossier_of_employee` does.
    """
    actor.require(Permission.DOCUMENT_EDIT)
    dossier_of_employee(session, employee_id, actor)
    known = _known(read_employee(session, employee_id, actor))
    asked = (part for part in template.parts if isinstance(part, Field))
    return Answers({part.name: known[part.known] for part in asked if part.known is not None})


def generate_document(
    session: Session,
    intake: Intake,
    employee_id: UUID,
    template: Template,
    typed: Answers,
    label_id: UUID,
    actor: Actor,
) -> Document:
    """*Definitief opslaan* of a new document in the dossier of an employee (DOC-10).

    Its file is called by the form, the last name and the day (G-14). Raises `PermissionDenied`,
    `documents.errors.FormRefused`, `organisation.errors.NotFound` also for a label that is not there to choose,
    `StoreUnavailable`, and as `documents.dossiers.dossier_of_employee` does.
    """
    actor.require(Permission.DOCUMENT_EDIT)
    place = dossier_of_employee(session, employee_id, actor)
    if label_id not in {label.id for label in labels_to_generate(session, actor, place)}:
        raise NotFound
    answers = checked(template, typed)
    name = f"{template.title}_{_last_name(session, employee_id, actor)}_{today(session):%Y%m%d}.pdf"
    stored, key = _draw(session, intake, template, answers, name, 1, actor)
    return add_document(
        session,
        place,
        label_id,
        DocumentKind.GENERATED,
        stored,
        key,
        actor,
        template=template.key,
        form=answers.to_bytes(),
    )


def change_document(
    session: Session, intake: Intake, document_id: UUID, typed: Answers, seen: int, actor: Actor
) -> DocumentVersion:
    """*Ingevulde gegevens bewerken*, then *Definitief opslaan*: the next version, beside the others (DOC-11, DOC-12).

    `seen` is the number of the version whose answers were changed. Raises `PermissionDenied`,
    `organisation.errors.NotFound`, `documents.errors.FormRefused`, `StoreUnavailable`, and
    `documents.errors.NewerVersion` when somebody else was earlier.
    """
    document = find_document(session, document_id, actor, permission=Permission.DOCUMENT_EDIT)
    template = find_template(document.template)
    _require_newest(document, seen)
    answers = checked(template, typed)
    name = open_version(session, document, seen, actor).about.name.rpartition(".")[0]
    # Before anybody has to wait for the lock.
    stored, key = _draw(session, intake, template, answers, f"{name}.pdf", seen + 1, actor)
    document = find_document(session, document_id, actor, permission=Permission.DOCUMENT_EDIT, lock=True)
    _require_newest(document, seen)
    details: dict[str, Detail] = {"template": template.key, "version": seen + 1}
    record_document(session, Action.DOCUMENT_GENERATE, document, actor, details)
    return add_version(session, document, stored, key, by=actor.who, keys=actor.keys, form=answers.to_bytes())


def values_of(
    session: Session, document_id: UUID, actor: Actor, *, shown_as: Literal["form", "word"] = "form"
) -> FilledIn:
    """What was filled in to make a document: of the newest version that was made so; the log is told first.

    To fill it in anew takes `document:edit`. Raises `PermissionDenied`, `organisation.errors.NotFound` also for a
    document that was not made from a form.
    """
    permission = Permission.DOCUMENT_EDIT if shown_as == "form" else Permission.DOCUMENT_READ
    document = find_document(session, document_id, actor, permission=permission)
    template = find_template(document.template)
    number = _newest_filled_in(session, document)
    record_document(session, Action.DOCUMENT_READ, document, actor, {"version": number, "format": shown_as})
    opened = open_version(session, document, number, actor)
    answers = Answers.from_bytes(opened.form or b"")
    return FilledIn(document, number, opened.version.made_at, template, answers, opened.about.name)


def _newest_filled_in(session: Session, document: Document) -> int:
    """What was uploaded or signed since has no answers of its own."""
    statement = select(func.max(DocumentVersion.number)).where(
        DocumentVersion.document_id == document.id, DocumentVersion.form_sealed.is_not(None)
    )
    number = session.scalar(statement)
    if number is None:
        raise NotFound
    return number


def _draw(
    session: Session, intake: Intake, template: Template, answers: Answers, name: str, number: int, actor: Actor
) -> tuple[StoredFile, Secret]:
    data = draw_form(template, answers, number=number, moment=session.source.now())
    return store_made(session, intake, data, name, organisation_id=actor.organisation_id, by=actor.person_id)


def _require_newest(document: Document, seen: int) -> None:
    if document.version != seen:
        raise NewerVersion(document.version)


def _last_name(session: Session, employee_id: UUID, actor: Actor) -> str:
    page = read_employee(session, employee_id, actor)
    if page.card is None:
        raise NoVaultAccess
    return page.card.last_name


def _known(page: EmployeePage) -> Mapping[Known, str]:
    employment = page.employments[0] if page.employments else None
    return {
        Known.EMPLOYEE: page.card.full_name if page.card else "",
        Known.PERSONNEL_NUMBER: page.personnel_number,
        Known.FUNCTION: (employment and employment.function) or "",
        Known.DEPARTMENT: (employment and employment.department) or "",
        Known.HOURS: f"{float(employment.hours):g}".replace(".", ",") if employment and employment.hours else "",
        Known.EMPLOYER: page.employer,
    }
