"""Somebody's desk in tests, at which documents are signed: real files, real certificates, real keys.

Each act is as a visit would do it. Who signs sits together at the screen of a host; nobody has to be invited for that.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pikepdf
from sqlalchemy import select

from database.session import Session
from documents.adding import add_version
from documents.finding import find_document
from documents.models import Document, DocumentLabel
from documents.opening import open_version
from documents.storing import Intake, read_content
from signing.agreeing import note_agreement
from signing.beginning import Offered, SignerRole, add_signer, keep_request, new_request
from signing.completing import continue_signing
from signing.entries import SignerEntry
from signing.events import EventKind, add_event
from signing.finding import signers_of
from signing.models import Signer, SignerState, SigningKind, SigningMethod, SigningRequest
from signing.record_schema import RECORD_FILE
from signing.request_keys import open_request
from signing.statements import CURRENT, statement_sha256
from signing.working_files import Workshop, open_latest
from tests.documents.cabinet import Cabinet
from tests.signing.signed_documents import authority, plain_document, timestamper
from tests.world import World

BASE_URL = "https://portal.example"
DEVICE = "Firefox/Linux"
NAME = "Werkhervattingsplan_Yılmaz_20261127.pdf"


class _VisitEnds(Exception):
    """The visit of a test is over."""


@dataclass
class Sitting:
    """A cabinet with a document to sign in it, and with what signatures are made."""

    cabinet: Cabinet
    workshop: Workshop

    @property
    def world(self) -> World:
        return self.cabinet.world

    @property
    def session(self) -> Session:
        return self.cabinet.session

    def document(self, by: str = "Hans", *, label: str = "Algemeen", employee_id: UUID | None = None) -> Document:
        """A document about an employee, which somebody of the employer or the service put in the dossier."""
        about = employee_id or self.cabinet.shared
        return self.cabinet.add(by, about, label=label, name=NAME, data=plain_document())

    def request(self, document: Document, by: str = "Hans", *others: str, capacity: str = "zichzelf") -> SigningRequest:
        """A request of a host and one other (Eva Yılmaz) to sign a document; nobody did anything yet."""
        actor = self.world.actor(by)
        found = find_document(self.session, document.id, actor)
        request = new_request(
            self.session,
            self.session.source.new_id(),
            found,
            SigningKind.TOGETHER,
            actor,
            in_order=False,
            lifetime=timedelta(days=1),
        )
        opened = open_version(self.session, found, found.version, actor)
        secret = keep_request(self.session, request, Offered(opened.row, opened.key, opened.about.name), actor)
        names = others or ("Eva Yılmaz",)
        for position, name in enumerate((actor.person_name, *names), 1):
            add_signer(
                self.session,
                request,
                secret,
                SignerEntry(name, "Bakkerij Mulder", "Bakkerij Mulder" if position == 1 else capacity),
                position=position,
                role=SignerRole.EMPLOYER if position == 1 else SignerRole.EMPLOYEE,
                person_id=actor.person_id if position == 1 else None,
            )
        add_event(self.session, request, EventKind.REQUESTED, actor=actor, details={"signers": 1 + len(names)})
        self.session.commit()
        return request

    def signers(self, request: SigningRequest) -> list[Signer]:
        """Who is to sign, by position."""
        return signers_of(self.session, request)

    def agree(self, request: SigningRequest, position: int, by: str = "Hans") -> Signer:
        """Let somebody agree, as the verbs do that are told of it."""
        signer = self.signers(request)[position - 1]
        signer.state, signer.method = SignerState.AGREED.value, SigningMethod.TOGETHER.value
        signer.agreed_at, signer.agreed_sha256 = self.session.source.now(), self.now(request).base_sha256
        signer.statement_sha256 = statement_sha256(CURRENT)
        signer.pages_seen, signer.seconds_seen = 3, 42
        note_agreement(self.session, request, signer, replace(self.world.actor(by), device=DEVICE))
        self.session.commit()
        return signer

    def go_on(
        self,
        request: SigningRequest,
        by: str = "Hans",
        *,
        workshop: Workshop | None = None,
        session: Session | None = None,
        release: Callable[[], None] | None = None,
    ) -> None:
        """Let somebody visit the request, which goes on as far as it can."""
        used = session or self.session
        actor = self.world.actor(by, used)
        through = release or used.commit
        continue_signing(used, request.id, actor, workshop or self.workshop, release=through, base_url=BASE_URL)
        used.commit()

    def take_steps(self, request: SigningRequest, steps: int, by: str = "Hans") -> None:
        """Let a visit end after so many steps, as when its process is stopped then."""
        ends = [False] * (2 * steps - 1) + [True]

        def release() -> None:
            self.session.commit()
            if ends and ends.pop(0):
                raise _VisitEnds

        with suppress(_VisitEnds):
            self.go_on(request, by, release=release)
        self.session.rollback()

    def new_version(self, document: Document, by: str = "Hans") -> None:
        """Give a document another version."""
        stored, key = self.cabinet.stored(by, plain_document(1), NAME)
        actor = self.world.actor(by)
        add_version(self.session, document, stored, key, by=actor.who, keys=actor.keys)
        self.session.commit()

    def working_file(self, request: SigningRequest, by: str = "Hans") -> bytes:
        """The document with the signatures so far."""
        row, actor = self.now(request), self.world.actor(by)
        latest = open_latest(self.session, row, open_request(self.session, row, actor))
        return read_content(self.workshop.intake.store, latest.row, latest.key).read()

    def evidence(self, request: SigningRequest) -> Document:
        """The evidence of a request."""
        return self.session.get_one(Document, self.now(request).evidence_id)

    def record(self, request: SigningRequest, by: str = "Hans") -> bytes:
        """The record that goes along with the evidence of a request."""
        with pikepdf.open(io.BytesIO(self.cabinet.read(by, self.evidence(request)))) as pdf:
            return bytes(pdf.attachments[RECORD_FILE].get_file().read_bytes())

    def names(self, document: Document, by: str = "Hans") -> list[str]:
        """What the files of the versions of a document are called."""
        numbers, actor = range(1, document.version + 1), self.world.actor(by)
        return [open_version(self.session, document, number, actor).about.name for number in numbers]

    def label_for(self, audience: str) -> str:
        """The name of a label that has documents of employees be for some only."""
        found = select(DocumentLabel.name).where(
            DocumentLabel.audience == audience,
            DocumentLabel.of_employer.is_(False),
            DocumentLabel.is_limited.is_(False),
        )
        return self.session.scalars(found.order_by(DocumentLabel.name)).first() or ""

    def now(self, request: SigningRequest) -> SigningRequest:
        """The request as it is in the database."""
        return self.session.get_one(SigningRequest, request.id, populate_existing=True)

    def documents(self) -> list[Document]:
        """All documents, the newest last."""
        return list(self.session.scalars(select(Document).order_by(Document.created_at, Document.kind.desc())))


def sit_down(cabinet: Cabinet) -> Sitting:
    """The desk of this module; its clock is the one of the tests."""
    intake: Intake = replace(cabinet.intake)
    return Sitting(cabinet, Workshop(intake, authority(), timestamper()))
