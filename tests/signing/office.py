"""An office in which documents are signed by SMS in tests: each act as a request of its own would do it.

Anna of Bakkerij Mulder asks; Hans is a colleague of hers, Eva Yılmaz (MS001) the employee, Carla her case manager.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from accounts.errors import InvitationError
from database.session import Session
from delivery.models import OutgoingMessage
from delivery.sms import SmsRules
from dialogs.choosing import NewParticipant
from dialogs.invitations import open_invitation
from dialogs.joining import join
from dialogs.models import Participant, ParticipantKind
from documents.adding import add_version
from documents.models import Document
from signing.codes import send_code
from signing.finding import signers_of
from signing.looking import begin_reading, note_page
from signing.models import RequestState, Signer, SignerState, SigningKind, SigningRequest
from signing.request_keys import open_to_write
from signing.requesting import NewRequest, NewSigner, request_signatures
from signing.turns import begin_turns
from tests.dialogs.guests import Guest, code_in_sms, prove, sign_up, token_in_mail
from tests.dialogs.talk import BASE_URL
from tests.documents.cabinet import Cabinet, make_cabinet
from tests.documents.files import pdf
from tests.vault.test_records import change
from tests.world import World, details

TITLE = "Werkhervattingsplan schoonmaak_Lange_20170714.pdf"
RULES = SmsRules("portal.example", 500)
EVA_NUMBER = "+31612345678"
BASE = b"b" * 32


@dataclass
class Office:
    """A world with a PDF about Eva, and those who sign it."""

    cabinet: Cabinet
    document: Document
    guests: dict[str, Guest] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.cabinet.world

    @property
    def session(self) -> Session:
        return self.cabinet.session

    @property
    def eva_id(self) -> UUID:
        """Eva as an employee."""
        return self.cabinet.shared

    def pdf(self, *, pages: int = 1) -> bytes:
        """What another document holds."""
        return pdf(pages=pages)

    def actor(self, name: str) -> Actor:
        """Somebody of the world, or somebody with an account of an employee."""
        guest = self.guests.get(name)
        return guest.actor(self.session) if guest else self.world.actor(name)

    def user(self, name: str, capacity: str = "Bakkerij Mulder") -> NewSigner:
        """A user as somebody to sign."""
        return NewSigner(NewParticipant(ParticipantKind.USER, self.world.people[name].id), capacity)

    def eva(self, phone: str | None = None) -> NewSigner:
        """Eva as somebody to sign, reached by what her record says."""
        return NewSigner(NewParticipant(ParticipantKind.EMPLOYEE, self.eva_id, phone=phone), "zichzelf")

    def ask(
        self,
        *signers: NewSigner,
        by: str = "Anna",
        in_order: bool = True,
        document: Document | None = None,
        request_id: UUID | None = None,
        days: int = 14,
    ) -> SigningRequest:
        """Let somebody have a document signed; Anna and Eva sign it, in this order, unless told otherwise."""
        new = NewRequest(
            document_id=(document or self.document).id,
            kind=SigningKind.SMS,
            signers=signers or (self.user("Anna"), self.eva()),
            in_order=in_order,
            request_id=request_id or self.session.source.new_id(),
            days=days,
            text="Wilt u dit lezen en ondertekenen?",
        )
        return request_signatures(self.session, new, self.actor(by))

    def signer(self, request: SigningRequest, position: int) -> Signer:
        """Who signs at a place, as it stands in the database."""
        return next(one for one in reversed(signers_of(self.session, request)) if one.position == position)

    def states(self, request: SigningRequest) -> list[str]:
        """Where each signer stands, by position."""
        return [signer.state for signer in signers_of(self.session, request)]

    def certify(self, request: SigningRequest, by: str = "Anna") -> SigningRequest:
        """Let a request run, as if its document had been sealed (no more than the rows that say so), and ask people."""
        request.state, request.base_sha256 = RequestState.RUNNING.value, BASE
        self.session.flush()
        return self.go_on(request, by)

    def go_on(self, request: SigningRequest, by: str = "Anna") -> SigningRequest:
        """Let somebody's visit ask whose turn it is."""
        actor = self.actor(by)
        open_to_write(self.session, request, actor)
        begin_turns(self.session, request, actor, base_url=BASE_URL)
        return request

    def running(self, *signers: NewSigner, by: str = "Anna", in_order: bool = True, days: int = 14) -> SigningRequest:
        """A request that runs, of which whose turn it is was asked."""
        return self.certify(self.ask(*signers, by=by, in_order=in_order, days=days), by)

    def sign(self, request: SigningRequest, position: int, by: str = "Anna") -> SigningRequest:
        """Let a signature be set, as if it were in the document, and let the next one be asked."""
        signer = self.signer(request, position)
        signer.state, signer.signed_at = SignerState.SIGNED.value, self.session.source.now()
        return self.go_on(request, by)

    def join(self, name: str = "Eva", number: str = EVA_NUMBER) -> Guest:
        """Let who was invited last sign up for an account, and join the dialogue."""
        token = token_in_mail(self.session)
        self.guests[name] = sign_up(self.session, token, prove(self.session, token, number=number))
        return self.guests[name]

    def join_again(self, name: str = "Eva") -> None:
        """Let who was invited last join with the account that she has."""
        token = token_in_mail(self.session)
        join(self.session, token, prove(self.session, token, number=EVA_NUMBER), self.actor(name))

    def read(self, request: SigningRequest, by: str, *, pages: int = 1) -> None:
        """Let a signer have the document before him or her."""
        begin_reading(self.session, request.id, self.actor(by))
        for page in range(1, pages + 1):
            note_page(self.session, request.id, self.actor(by), page, seconds=0)

    def send(self, request: SigningRequest, by: str, *, given: str | None = None, number: str = EVA_NUMBER) -> str:
        """Let a signer have a code sent, and read it on the phone with `number`."""
        send_code(self.session, request.id, self.actor(by), given_number=given, rules=RULES)
        return code_in_sms(self.session, number)

    def eva_reads(self) -> SigningRequest:
        """A request that Eva alone is to sign, who came in by the invitation and has the document before her."""
        request = self.running(self.eva())
        if "Eva" not in self.guests:
            self.join()
        self.read(request, "Eva")
        return request

    def change_contact(self, **values: str) -> None:
        """Let Eva have another mail address in her record."""
        change(self.world, self.eva_id, details=details(**values or {"email": "anders@bakkerij.example"}))

    def link_is_dead(self, link: str) -> bool:
        """Whether an invitation lets nobody in any more."""
        try:
            open_invitation(self.session, link.rpartition("#")[2])
        except InvitationError:
            return True
        return False

    def new_version(self, by: str = "Anna") -> None:
        """Give the document another version."""
        stored, key = self.cabinet.stored(by, pdf(text="Anders"), TITLE)
        actor = self.world.actor(by)
        add_version(self.session, self.document, stored, key, by=actor.who, keys=actor.keys)

    def mails(self, kind: str) -> list[OutgoingMessage]:
        """The mails of a kind that were queued, oldest first."""
        statement = select(OutgoingMessage).where(OutgoingMessage.kind == kind).order_by(OutgoingMessage.created_at)
        return list(self.session.scalars(statement))

    def participants(self, request: SigningRequest) -> list[Participant]:
        """Who is in the dialogue of a request."""
        return list(self.session.scalars(select(Participant).where(Participant.dialogue_id == request.dialogue_id)))


def make_office(world: World, folder: Path) -> Office:
    """The office of this module, in the world of all tests."""
    cabinet = make_cabinet(world, folder)
    document = cabinet.add("Anna", cabinet.shared, name=TITLE, data=pdf(pages=3))
    return Office(cabinet, document)
