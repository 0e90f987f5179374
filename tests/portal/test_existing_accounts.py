"""Whether somebody has an account shows to no sender: twin worlds, byte for byte (design 2.6; issue 5, shown 6).

In one of them the employee has talked to another organisation before, and has an account; the employer does the same in
both, before and after the employee joins. Nothing that the employer can see differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.people import person_logging_in
from database.session import Session
from delivery.composing import compose
from delivery.languages import Language
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, open_content, queue_mail
from dialogs import invitations
from dialogs.listing import DialogueFilter, list_dialogues
from dialogs.models import DialogueInvitation, ParticipantKind
from dialogs.posting import post_message
from dialogs.reading import read_dialogue
from dialogs.starting import NewDialogue, NewParticipant, start_dialogue
from tests.dialogs import guests
from tests.dialogs.guests import PASSWORD
from tests.pages import Visitor
from tests.portal.company import Company
from tests.portal.invited import NAMES, URL
from tests.portal.twins import SourceOfEach, twin_of

EVA, EARLIER_EVA, ANNA = "192.0.2.77", "192.0.2.78", "192.0.2.10"
EMAIL, NUMBER = "eva@bakkerij.example", "+31612345678"
STARTED, LOOKED, JOINED, AFTERWARDS = (timedelta(hours=hours) for hours in (1, 2, 3, 4))


@dataclass
class Twin:
    """One of the two worlds."""

    company: Company
    source: SourceOfEach
    dialogue_id: UUID | None = None

    def session(self) -> Session:
        return self.company.portal.session()

    def sign_up_before(self) -> None:
        """Let Eva answer an invitation of Zuid, of whom the employer of Anna knows nothing."""
        self.source.act("Dirk")
        with self.session() as session, session.begin():
            dirk = self.company.portal.actor(session, "Dirk")
            self.company.world.session = session
            self.company.world.hire("Daan", self.company.world.other_service, "casemanager_arbo")
            draft = draft_for(NewParticipant(ParticipantKind.USER, self.company.world.people["Daan"].id), session)
            dialogue = start_dialogue(session, draft, dirk, base_url=self.base_url)
            guests.invite_as(session, dialogue, dirk, email=EMAIL, phone=NUMBER)
        visitor = self.visitor(EARLIER_EVA)
        self.open_link(visitor)
        self.sign_up(visitor)
        visitor.get("/tweede-stap/klaar")
        visitor.submit(action="/back-upcode")
        self.send(visitor, "/back-upcode/bewaard")

    def start(self) -> None:
        """Let Anna start a dialogue with Eva, whose address and number are in the vault."""
        self.source.at(STARTED)
        self.source.act("Anna starts")
        with self.session() as session, session.begin():
            anna = self.company.portal.actor(session, "Anna")
            eva = self.company.employees["Eva"]
            draft = draft_for(NewParticipant(ParticipantKind.EMPLOYEE, eva), session, eva)
            self.dialogue_id = start_dialogue(session, draft, anna, base_url=self.base_url).id

    def join(self, *, has_account: bool) -> None:
        """Let Eva answer, with the account that she has or with a new one."""
        self.source.at(JOINED)
        visitor = self.visitor(EVA)
        page = self.open_link(visitor).page
        assert page is not None
        if not has_account:
            return self.sign_up(visitor)
        visitor.get(next(link for link in page.links() if link.startswith("/inloggen?")))
        visitor.submit({"login_name": EMAIL, "password": PASSWORD})
        visitor.submit({"code": self.code()}, action="/inloggen/sms")
        visitor.submit()
        visitor.submit({"code": self.code()})
        self.send(visitor, f"{URL}/deelnemen")
        return None

    def sign_up(self, visitor: Visitor) -> None:
        visitor.get(f"{URL}/voorwaarden")
        visitor.submit()
        visitor.submit({"password": PASSWORD, "repeated": PASSWORD})
        visitor.submit()
        visitor.submit({"code": self.code()})
        visitor.submit(NAMES)

    def write(self) -> None:
        """Let Eva write something, with whichever account it is."""
        self.source.act("Eva writes")
        with self.session() as session, session.begin():
            person = person_logging_in(session, EMAIL)
            assert person is not None
            actor = guests.actor_with_password(session, person)
            assert self.dialogue_id is not None
            request_id = session.source.new_id()
            post_message(session, self.dialogue_id, "Ik kan om tien uur", (), request_id, actor, base_url=self.base_url)

    def seen(self, moment: timedelta) -> Mapping[str, object]:
        """All that Anna's side can see: every page with its headers, and the mails and SMS of the organisation."""
        self.source.at(moment)
        visitor = self.visitor(ANNA)
        self.company.portal.log_in("Anna", visitor)
        pages: dict[str, object] = {}
        for url in self.pages():
            response = visitor.client.get(url, base_url=visitor.base_url, environ_overrides=visitor.environment)
            pages[url] = (response.status_code, sorted(response.headers.items()), response.get_data())
        assert all(page[0] == 200 for page in pages.values())  # type: ignore[index]
        self.source.act("Anna looks")
        with self.session() as session, session.begin():
            anna = self.company.portal.actor(session, "Anna")
            assert self.dialogue_id is not None
            return {
                **pages,
                "mails": mails_of(session, self.company.world.employer.id),
                "conversation": asdict(read_dialogue(session, self.dialogue_id, anna)),
                "list": asdict(list_dialogues(session, anna, DialogueFilter())),
            }

    def pages(self) -> tuple[str, ...]:
        eva = f"/werknemers/{self.company.employees['Eva']}"
        talk = f"/berichten/{self.dialogue_id}"
        return "/berichten", talk, f"{talk}/deelnemers/toevoegen", "/logboek", "/", eva, f"{eva}/berichten"

    @property
    def base_url(self) -> str:
        return self.company.portal.services.settings.base_url

    def visitor(self, address: str) -> Visitor:
        return self.company.portal.visitor(address)

    def open_link(self, visitor: Visitor) -> Visitor:
        with self.session() as session:
            token = guests.token_in_mail(session)
        visitor.get(URL)
        visitor.submit({"link": token})
        return visitor

    def code(self) -> str:
        with self.session() as session:
            return guests.code_in_sms(session, NUMBER)

    def send(self, visitor: Visitor, action: str) -> None:
        assert visitor.page is not None
        values = visitor.page.form(action).values
        where = {"environ_overrides": visitor.environment, "base_url": visitor.base_url}
        assert visitor.client.post(action, data=values, **where).status_code == 303


def draft_for(guest: NewParticipant, session: Session, employee_id: UUID | None = None) -> NewDialogue:
    return NewDialogue(
        subject="Even bijpraten",
        text="Hoe laat kunt u?",
        employee_id=employee_id,
        employer_id=None,
        participants=(guest,),
        file_ids=(),
        request_id=session.source.new_id(),
    )


def mails_of(session: Session, organisation_id: UUID) -> list[object]:
    """The outbox of an organisation: what is sent, in which state, and each mail as it is written."""
    rows = select(OutgoingMessage).where(OutgoingMessage.organisation_id == organisation_id)
    found: list[object] = []
    for row in session.scalars(rows.order_by(OutgoingMessage.created_at, OutgoingMessage.kind, OutgoingMessage.id)):
        about = (row.kind, row.channel, row.state, row.created_at, row.expires_at, row.language)
        mail = b""
        if row.channel == "mail":
            written = compose(
                MailKind(row.kind),
                open_content(session, row),
                sender="datakluis@example.org",
                identity=row.message_id,
                date=row.created_at,
                language=Language(row.language),
            )
            written.set_boundary("boundary")
            mail = bytes(written)
        found.append((about, mail))
    return found


def worlds(template: Company, folder: Path) -> tuple[Twin, Twin]:
    """The world in which Eva has an account, and the one in which she has none."""
    known, unknown = (Twin(*twin_of(template, folder / name)) for name in ("known", "unknown"))
    known.sign_up_before()
    return known, unknown


def differences(known: Mapping[str, object], unknown: Mapping[str, object]) -> list[str]:
    assert known.keys() == unknown.keys()
    return [name for name in known if known[name] != unknown[name]]


def test_the_employer_sees_no_difference_before_and_after_the_employee_joins(
    tmp_path: Path, company_template: Company
) -> None:
    known, unknown = twins = worlds(company_template, tmp_path)
    for twin in twins:
        twin.start()
    assert differences(known.seen(LOOKED), unknown.seen(LOOKED)) == []

    known.join(has_account=True)
    unknown.join(has_account=False)
    for twin in twins:
        twin.write()
    afterwards = known.seen(AFTERWARDS)
    assert differences(afterwards, unknown.seen(AFTERWARDS)) == []

    # It is no comparison of nothing: the employee joined and wrote in both.
    assert "Ik kan om tien uur" in str(afterwards[f"/berichten/{known.dialogue_id}"])
    for twin in twins:
        with twin.session() as session:
            assert all(session.scalars(select(DialogueInvitation.used_at)))


def test_a_mail_in_the_language_of_an_account_is_found(
    tmp_path: Path, company_template: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a sender's mail that knows of the account differs."""

    def knowing(session: Session, *, to: str, **values: object) -> OutgoingMessage:
        person = person_logging_in(session, to)
        language = Language.ENGLISH if person is not None else Language.DUTCH
        return queue_mail(session, to=to, **{**values, "language": language})  # type: ignore[arg-type]

    known, unknown = twins = worlds(company_template, tmp_path)
    monkeypatch.setattr(invitations, "queue_mail", knowing)
    for twin in twins:
        twin.start()
    assert differences(known.seen(LOOKED), unknown.seen(LOOKED)) == ["mails"]
