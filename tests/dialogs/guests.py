"""People who are invited into a dialogue by mail, and what they do with the link and the code."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from accounts.actor import Actor
from accounts.credentials import open_with_password, password_salt
from accounts.models import Person
from accounts.terms import TERMS_VERSION
from crypto.passwords import split, stretch
from crypto.secret import Secret
from database.session import Session
from delivery.models import OutgoingMessage
from delivery.outbox import open_content
from delivery.sms import SmsRules, open_sms
from dialogs.codes import check_code, send_code
from dialogs.contents import Entry
from dialogs.epochs import epochs_held, open_newest
from dialogs.invitations import hash_of, invite_participant
from dialogs.joining import sign_up_and_join
from dialogs.models import Dialogue, DialogueInvitation, Participant, ParticipantKind, ParticipantState, PhoneSource
from dialogs.places import place_of_contact
from dialogs.rosters import reseal_roster, with_entry
from keys.opened import OpenedKeys
from organisation.employee_accounts import NewAccount
from organisation.memberships import actor_for
from tests.dialogs.talk import BASE_URL, Talk
from tests.people import ACCESS_POINT, CHEAP_ARGON2, SALT_KEY

EMAIL = "eva@thuis.example"
NUMBER = "+31600000001"
RULES = SmsRules("portal.example", 500)
PASSWORD = "vijf lauwe koffers op zolder"


@dataclass(frozen=True)
class Guest:
    """Somebody with an account of an employee."""

    person: Person
    secret: Secret

    def actor(self, session: Session) -> Actor:
        """The guest as a new request would have it."""
        keys = OpenedKeys(self.person.id, 1, self.secret)
        return actor_for(session, self.person.id, ACCESS_POINT, keys)


def invite(
    talk: Talk, dialogue: Dialogue, *, by: str = "Anna", email: str = EMAIL, phone: str | None = NUMBER
) -> Participant:
    """Invite somebody into a dialogue, with all before."""
    return invite_as(talk.session, dialogue, talk.world.actor(by), email=email, phone=phone)


def invite_as(
    session: Session, dialogue: Dialogue, actor: Actor, *, email: str = EMAIL, phone: str | None = NUMBER
) -> Participant:
    """The same by an actor."""
    participant = _participant(session, dialogue, email, phone)
    epoch = open_newest(session, dialogue, actor)
    entry = Entry("E. Yılmaz", "Werknemer", ParticipantKind.EMPLOYEE.value)
    reseal_roster(session, epoch.row, with_entry(epoch.roster, participant.id, entry), epoch.secret)
    held = epochs_held(session, dialogue.id, actor.keys)
    holders = {row.holder_id: actor.keys.secret(session, row.holder_id, 1) for row in held}
    invite_participant(session, participant, holders, base_url=BASE_URL, by=actor.who)
    return participant


def token_in_mail(session: Session) -> str:
    """The secret of the last link that was mailed."""
    newest = select(DialogueInvitation).order_by(DialogueInvitation.expires_at.desc(), DialogueInvitation.created_at)
    unused = newest.where(DialogueInvitation.used_at.is_(None), DialogueInvitation.expires_at > session.source.now())
    invitation = session.scalars(unused.execution_options(populate_existing=True)).first()
    assert invitation is not None
    mail = session.get_one(OutgoingMessage, invitation.message_id)
    return open_content(session, mail).values["link"].rpartition("#")[2]


def holder_of(session: Session, token: str) -> UUID:
    """The holder of the invitation that a link is of."""
    invitation = select(DialogueInvitation.holder_id).where(DialogueInvitation.token_hash == hash_of(token))
    return session.scalars(invitation).one()


def code_in_sms(session: Session, number: str = NUMBER) -> str:
    """The last code that was sent to a number."""
    messages = select(OutgoingMessage).where(OutgoingMessage.channel == "sms").order_by(OutgoingMessage.created_at)
    contents = [open_sms(session, message) for message in session.scalars(messages)]
    codes = [content.code for content in contents if content.to == number and content.code]
    return codes[-1]


def send(session: Session, token: str, *, number: str = NUMBER, given: str | None = None) -> str:
    """Have a code sent, and read it."""
    send_code(session, token, given_number=given, access_point=ACCESS_POINT, rules=RULES)
    return code_in_sms(session, number)


def prove(session: Session, token: str, *, number: str = NUMBER, given: str | None = None) -> UUID:
    """Have a code sent, and show it."""
    code = send(session, token, number=number, given=given)
    return check_code(session, token, code, access_point=ACCESS_POINT)


def account(person_id: UUID, *, email: str = EMAIL, phone: str = NUMBER) -> NewAccount:
    """What somebody says who signs up."""
    return NewAccount(person_id, email, phone, "E.", "Eva", "Yılmaz", TERMS_VERSION)


def sign_up(session: Session, token: str, proof: UUID, new: NewAccount | None = None) -> Guest:
    """Make an account and join with it."""
    new = new or account(session.source.new_id())
    stretched = stretch(PASSWORD, password_salt(SALT_KEY, new.person_id), CHEAP_ARGON2)
    person, _participant = sign_up_and_join(
        session, token, proof, new, stretched, CHEAP_ARGON2, access_point=ACCESS_POINT
    )
    return Guest(person, open_with_password(session, person.id, split(stretched).key).secret)


def answer(talk: Talk, dialogue: Dialogue) -> Guest:
    """Invite somebody who has no account, and let that person join."""
    invite(talk, dialogue)
    token = token_in_mail(talk.session)
    return sign_up(talk.session, token, prove(talk.session, token))


def _participant(session: Session, dialogue: Dialogue, email: str, phone: str | None) -> Participant:
    key, participant_id = session.package_key("dialogs"), session.source.new_id()
    participant = Participant(
        id=participant_id,
        dialogue_id=dialogue.id,
        organisation_id=dialogue.organisation_id,
        kind=ParticipantKind.EMPLOYEE.value,
        state=ParticipantState.INVITED.value,
        email_sealed=key.seal(email.encode(), place_of_contact(participant_id, "email_sealed")),
        phone_sealed=key.seal(phone.encode(), place_of_contact(participant_id, "phone_sealed")) if phone else None,
        phone_source=PhoneSource.SENDER.value if phone else None,
        from_epoch=1,
        added_by=dialogue.started_by,
        added_at=session.source.now(),
        read_up_to=0,
    )
    session.add(participant)
    session.flush()
    return participant


def actor_with_password(session: Session, person: Person, password: str = PASSWORD) -> Actor:
    """Somebody of whom only the password is known, as a request after the login would have it."""
    stretched = stretch(password, password_salt(SALT_KEY, person.id), CHEAP_ARGON2)
    opened = open_with_password(session, person.id, split(stretched).key)
    return actor_for(session, person.id, ACCESS_POINT, OpenedKeys(person.id, opened.generation, opened.secret))
