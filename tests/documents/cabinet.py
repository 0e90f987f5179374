"""Documents of dossiers in tests: each is stored, labelled and opened as through the portal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from crypto.secret import Secret
from database.session import Session
from documents.adding import add_document
from documents.dossiers import DossierPlace
from documents.labels import labels_for
from documents.made_files import store_made
from documents.models import Document, DocumentKind, DocumentVersion, FileKey, StoredFile
from documents.opening import read_document
from documents.store import FolderStore
from documents.storing import Intake, read_content
from organisation.circles import enter_circle, name_first_member
from organisation.models import Circle, Organisation
from tests.world import OPERATOR, World
from vault.models import Vault

CANARY = b"Kanarie in het verslag van de bedrijfsarts."


@dataclass
class Cabinet:
    """A world with a store: MS001 (Yilmaz) is shared with Noord, MS002 (Bakker) is not.

    Sanne is the doctor of Noord, who made the key of its medical circle; Cor may upload medical documents without
    being in the circle, Carla may not. Of the employer's vault users Anna and Hans see no documents for few, Kees does.
    """

    world: World
    intake: Intake
    shared: UUID
    unshared: UUID

    @property
    def session(self) -> Session:
        return self.world.session

    @property
    def vault_id(self) -> UUID:
        return self.session.get_one(Vault, self.world.employer.id).holder_id

    @property
    def service_id(self) -> UUID:
        holder_id = self.session.get_one(Organisation, self.world.service.id).holder_id
        assert holder_id is not None
        return holder_id

    @property
    def circle_id(self) -> UUID:
        return self.session.get_one(Circle, (self.world.service.id, "medical")).holder_id

    def place(self, employee_id: UUID | None) -> DossierPlace:
        """The dossier of an employee of Bakkerij Mulder, or of that employer itself."""
        return DossierPlace(employee_id, self.world.employer.id)

    def label(self, by: str, name: str, employee_id: UUID | None = None) -> UUID:
        """One of the labels that somebody can choose, by its name."""
        labels = labels_for(self.session, self.world.actor(by), self.place(employee_id))
        return {label.name: label.id for label in labels}[name]

    def stored(self, by: str, data: bytes = CANARY, name: str = "verslag.txt") -> tuple[StoredFile, Secret]:
        """A file that somebody brought."""
        actor = self.world.actor(by)
        organisation_id, person_id = actor.organisation_id, actor.person_id
        return store_made(self.session, self.intake, data, name, organisation_id=organisation_id, by=person_id)

    def add(
        self,
        by: str,
        employee_id: UUID | None,
        label: str = "Algemeen",
        name: str = "verslag.txt",
        data: bytes = CANARY,
        kind: DocumentKind = DocumentKind.IMPORTED,
    ) -> Document:
        """Let somebody put a document in a dossier of Bakkerij Mulder."""
        label_id = self.label(by, label, employee_id)
        stored, key = self.stored(by, data, name)
        actor = self.world.actor(by)
        return add_document(self.session, self.place(employee_id), label_id, kind, stored, key, actor)

    def read(self, by: str, document: Document, number: int | None = None) -> bytes:
        """What a version of a document holds, for somebody. Raises `NotFound`."""
        opened = read_document(self.session, document.id, self.world.actor(by), number=number)
        return read_content(self.intake.store, opened.row, opened.key).read()

    def holders(self, document: Document, number: int | None = None) -> set[UUID]:
        """Who has the key of a version of a document."""
        statement = (
            select(FileKey.holder_id)
            .join(DocumentVersion, DocumentVersion.file_id == FileKey.file_id)
            .where(DocumentVersion.document_id == document.id, DocumentVersion.number == (number or document.version))
        )
        return set(self.session.scalars(statement))


def make_cabinet(world: World, folder: Path) -> Cabinet:
    """The world of this module, from the one of all tests."""
    world.hire_vault_user("Hans", "datakluisgebruiker", "werkgever")
    world.hire_vault_user("Kees", "datakluisgebruiker", "casemanager_werkgever")
    sanne = world.hire_arbo("Sanne", roles=("superbeheerder", "medisch", "medische_documenten_uploaden"))
    name_first_member(world.session, world.service, sanne.id, OPERATOR)
    enter_circle(world.session, world.actor("Sanne"))
    world.hire_arbo("Cor", roles=("casemanager_arbo", "medische_documenten_uploaden"))
    shared, unshared = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bakker")
    world.share(shared)
    return Cabinet(world, Intake(FolderStore(folder / "files"), limit_mib=5), shared, unshared)
