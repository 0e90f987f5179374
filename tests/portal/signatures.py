"""Documents that are signed through the real routes, by the people of `tests.portal.company`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from crypto.secret import Secret
from database.session import Session
from delivery.models import OutgoingMessage
from delivery.outbox import open_content
from delivery.sms import open_sms
from dialogs.joining import join
from documents.adding import add_document, add_version
from documents.dossiers import DossierPlace
from documents.labels import labels_for
from documents.made_files import store_made
from documents.models import Document, DocumentKind, StoredFile
from signing.finding import signers_of
from signing.models import Signer, SigningRequest
from tests.dialogs import guests
from tests.documents.files import pdf
from tests.pages import Page, Visitor
from tests.portal.company import Company

TITLE = "Werkhervattingsplan schoonmaak_Lange_20170714.pdf"
EVA_NUMBER = "+31612345678"


@dataclass
class Signatures:
    """A company with a PDF about Eva; Anna has it signed."""

    company: Company
    document_id: UUID

    @property
    def choosing_url(self) -> str:
        return f"/documenten/{self.document_id}/ondertekening-via-sms"

    def request_url(self, rest: str = "") -> str:
        """The address of the newest request, or below it."""
        return f"/ondertekeningen/{self.request_id}{rest}"

    @property
    def request_id(self) -> UUID:
        with self.company.portal.session() as session:
            newest = select(SigningRequest.id).order_by(SigningRequest.requested_at.desc())
            return session.scalars(newest.limit(1)).one()

    def choice(self, *names: str, **more: str) -> dict[str, object]:
        """What is typed to have people sign, in that order: users by name, and Eva."""
        ids = {
            name: self.company.employees[name] if name == "Eva" else self.company.world.people[name].id
            for name in names
        }
        values: dict[str, object] = {
            "participants": [f"{'employee' if name == 'Eva' else 'user'}:{ids[name]}" for name in names]
        }
        for place, name in enumerate(names, 1):
            values[f"capacity {ids[name]}"] = "zichzelf" if name == "Eva" else "Bakkerij Mulder"
            values[f"place {ids[name]}"] = str(place)
        return {**values, **more}

    def ask(self, *names: str, by: str = "Anna", status: int = 200, **more: str) -> Visitor:
        """Let somebody press *Verstuur verzoek*, and see where the signatures stand."""
        visitor = self.company.visitor(by, self.choosing_url)
        visitor.submit(self.choice(*(names or ("Anna", "Eva")), **more), action="", status=status)
        return visitor

    @property
    def dialogue_url(self) -> str:
        """The address of the dialogue of the newest request."""
        with self.company.portal.session() as session:
            return f"/berichten/{session.get_one(SigningRequest, self.request_id).dialogue_id}"

    def signer(self, position: int) -> Signer:
        """Who signs at a place, as the database has it."""
        with self.company.portal.session() as session:
            request = session.get_one(SigningRequest, self.request_id)
            return next(one for one in signers_of(session, request) if one.position == position)

    def new_version(self) -> None:
        """Let Anna give the document another version."""
        with self.company.preparing() as world:
            actor = world.actor("Anna")
            stored, key = self._stored(world.session, actor, pdf(text="Anders"))
            document = world.session.get_one(Document, self.document_id)
            add_version(world.session, document, stored, key, by=actor.who, keys=actor.keys)

    def everything_sent(self) -> str:
        """What stands in all mails and SMS that were queued."""
        with self.company.portal.session() as session:
            rows = list(session.scalars(select(OutgoingMessage)))
            mails = [open_content(session, row) for row in rows if row.channel == "mail"]
            texts = [open_sms(session, row) for row in rows if row.channel == "sms"]
            return f"{mails} {texts} {[(mail.to, mail.values) for mail in mails]}"

    def read(self, visitor: Visitor) -> Page:
        """Read the document and go on to the statement."""
        visitor.get(self.request_url("/ondertekenen"))
        return visitor.get(self.request_url("/akkoord"))

    def code(self, number: str) -> str:
        """The last code that was sent to a number."""
        with self.company.portal.session() as session:
            return guests.code_in_sms(session, number)

    def sign(self, visitor: Visitor, number: str, **typed: str) -> Page:
        """Read, agree, and sign with the code of an SMS."""
        self.read(visitor)
        visitor.submit({"agreed": "y", **typed}, action=self.request_url("/akkoord/sms"))
        return visitor.submit({"code": self.code(number)}, action=self.request_url("/akkoord/code"))

    def eva(self) -> Visitor:
        """Eva, who answers the invitation with the account that she has, and logs in."""
        with self.company.preparing() as world:
            if "Eva" not in world.people:
                world.open_account("Eva")
                self.company.portal.people = world.people
            token = guests.token_in_mail(world.session)
            join(world.session, token, guests.prove(world.session, token, number=EVA_NUMBER), world.actor("Eva"))
        return self.company.visitor("Eva", self.request_url())

    def _stored(self, session: Session, actor: Actor, data: bytes) -> tuple[StoredFile, Secret]:
        intake = self.company.portal.services.intake
        organisation_id, by = actor.organisation_id, actor.person_id
        return store_made(session, intake, data, TITLE, organisation_id=organisation_id, by=by)


def make_signatures(company: Company, data: bytes | None = None) -> Signatures:
    """The company with a PDF about Eva in her dossier."""
    with company.preparing() as world:
        actor = world.actor("Anna")
        place = DossierPlace(company.employees["Eva"], world.employer.id)
        label = next(one for one in labels_for(world.session, actor, place) if one.name == "Algemeen")
        signatures = Signatures(company, label.id)
        stored, key = signatures._stored(world.session, actor, data or pdf(pages=2))
        document = add_document(world.session, place, label.id, DocumentKind.IMPORTED, stored, key, actor)
        return replace(signatures, document_id=document.id)
