"""What can be used once: how each is made, and how each is used (security.md, goal K)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from accounts.authenticators import check_code
from accounts.backup_codes import begin_backup_code, use_backup_code
from accounts.errors import InvitationUsed, LoginNameTaken, ResetUsed, SessionEnded, TooManyTries, UsedBefore, WrongCode
from accounts.invitations import accept_invitation, make_invitation
from accounts.people import create_person
from accounts.recovering import make_reset, use_reset
from accounts.security_keys import Site, begin_check, begin_registration, finish_check, finish_registration
from accounts.sessions import promote_to_password_stage, start_visitor_session
from accounts.sms_codes import SmsPurpose, begin_phone, confirm_phone, send_code
from accounts.sms_codes import check_code as check_sms_code
from accounts.used_once import use_once
from crypto.passwords import split, stretch
from crypto.secret import Secret
from database.session import Session, SessionFactory
from delivery.models import OutgoingMessage
from delivery.sms import SmsRules, open_sms
from dialogs.codes import check_code as check_invitation_code
from dialogs.codes import send_code as send_invitation_code
from dialogs.joining import sign_up_and_join
from keys.errors import AlreadyDecided
from signing.agreeing import agree_by_code
from signing.beginning import SignerRole, add_signer
from signing.codes import send_code as send_signing_code
from signing.entries import SignerEntry
from signing.errors import NotYourTurn
from signing.models import SignerState
from tests.dialogs.guests import account, invite, token_in_mail
from tests.dialogs.talk import Talk
from tests.people import ACCESS_POINT, CHEAP_ARGON2, SALT_KEY, sign_up
from tests.signing.rows import bare_request
from tests.software_key import SoftwareKey
from tests.world import OPERATOR, World
from vault.access import approve, request_access, waiting_requests
from vault.errors import AlreadyShared
from vault.models import CareQuestionKind
from vault.sharing import share_record

Use = Callable[[Session], object]
ATTEMPTS = 16
RULES = SmsRules("datakluis.example", 1_000_000)
SITE = Site("datakluis.example", "https://datakluis.example")


@dataclass(frozen=True)
class OneTimeThing:
    """Something good once: `prepare` makes a new one and says how it is used, `refusals` are what a second use gets."""

    name: str
    prepare: Callable[[World, int], Use]
    refusals: tuple[type[Exception], ...]

    def successes_of_round(self, factory: SessionFactory, world: World, number: int) -> int:
        """Make one, use it 16 times at once and return how many uses succeeded.

        One that waited too long for SQLite's lock on a busy machine was refused as well.
        """
        with factory() as session, session.begin():
            world.session = session
            use = self.prepare(world, number)
        barrier = Barrier(ATTEMPTS)
        refusals: tuple[type[Exception], ...] = (*self.refusals, OperationalError)

        def attempt(_number: int) -> bool:
            barrier.wait(60)
            with factory() as session:
                try:
                    use(session)
                except refusals:
                    session.rollback()
                    return False
                session.commit()
                return True

        with ThreadPoolExecutor(ATTEMPTS) as threads:
            return sum(threads.map(attempt, range(ATTEMPTS)))


def _invitation(world: World, number: int) -> Use:
    person = create_person(
        world.session,
        organisation_id=world.employer.id,
        login_name=f"genodigde{number}",
        display_name="Genodigde",
        email="genodigde@example.org",
    )
    token = make_invitation(world.session, person.id)
    stretched = stretch("zeven paarse fietsen", SALT_KEY.salt_for(person.id), CHEAP_ARGON2)
    return lambda session: accept_invitation(session, token, stretched, CHEAP_ARGON2, access_point=ACCESS_POINT)


def _app_code(world: World, number: int) -> Use:
    person = sign_up(world.session, world.employer.id, f"App{number}")
    code = person.code(world.session)
    return lambda session: check_code(session, person.id, code, access_point=ACCESS_POINT)


def _backup_code(world: World, number: int) -> Use:
    person = sign_up(world.session, world.employer.id, f"Reserve{number}")
    challenge = begin_backup_code(world.session, person.id, ACCESS_POINT, salt_key=SALT_KEY)
    stretched = stretch(person.backup_code, challenge.salt, challenge.parameters)
    return lambda session: use_backup_code(session, challenge, stretched)


def _session(world: World, _number: int) -> Use:
    anna = world.people["Anna"]
    _cookie, visitor = start_visitor_session(world.session)
    key = split(stretch("een sleutel", bytes(16), CHEAP_ARGON2)).key
    return lambda session: promote_to_password_stage(session, visitor, person_id=anna.id, password_key=key)


def _share(world: World, number: int) -> Use:
    employee = world.employ(f"E{number:05}", "Yılmaz")
    return lambda session: share_record(
        session, employee, CareQuestionKind.SICK_REPORT, "Belt morgen zelf", world.actor("Anna", session)
    )


def _approval(world: World, number: int) -> Use:
    name = f"Nieuw{number}"
    world.hire(name, world.employer, "datakluisgebruiker")
    request_access(world.session, world.actor(name))
    (waiting,) = waiting_requests(world.session, world.actor("Anna"))
    return lambda session: approve(session, waiting.admission_id, world.actor("Anna", session))


def _security_key(world: World, number: int) -> Use:
    """A key that counts nothing, so that only its challenge says that the answer was given before."""
    person, key = sign_up(world.session, world.employer.id, f"Sleutel{number}"), SoftwareKey(SITE.origin, counts=False)
    ceremony = begin_registration(world.session, person.id, SITE, adding=True)
    finish_registration(
        world.session, person.id, key.register(ceremony.options), ceremony.challenge,
        name="Bos", site=SITE, access_point=ACCESS_POINT, adding=True,
    )  # fmt: skip
    check = begin_check(world.session, person.id, SITE)
    answer = key.answer(check.options)
    return lambda session: finish_check(
        session, person.id, answer, check.challenge, site=SITE, access_point=ACCESS_POINT
    )


def _sms_code(world: World, number: int) -> Use:
    person, phone = sign_up(world.session, world.employer.id, f"Telefoon{number}"), f"+316{number:08}"
    begin_phone(world.session, person.id, phone, access_point=ACCESS_POINT, rules=RULES, adding=True)
    confirm_phone(world.session, person.id, _sent(world), access_point=ACCESS_POINT, adding=True)
    send_code(world.session, person.id, SmsPurpose.LOGIN, access_point=ACCESS_POINT, rules=RULES)
    code = _sent(world)
    return lambda session: check_sms_code(session, person.id, code, access_point=ACCESS_POINT)


def _sent(world: World) -> str:
    """The code in the SMS that waits in the outbox, which is taken out of it."""
    (message,) = world.session.scalars(select(OutgoingMessage).where(OutgoingMessage.channel == "sms"))
    code = open_sms(world.session, message).code
    world.session.delete(message)
    assert code is not None
    return code


def _reset(world: World, _number: int) -> Use:
    token = make_reset(world.session, world.people["Anna"].id, renews_factors=False, by=OPERATOR)
    return lambda session: use_reset(session, token)


def _proof_of_work(world: World, number: int) -> Use:
    expires_at = world.session.source.now() + timedelta(minutes=5)
    return lambda session: use_once(session, "proof of work", f"proof {number}", expires_at)


def _dialogue_link(world: World, number: int) -> Use:
    token = _invited(world, number)
    send_invitation_code(world.session, token, access_point=ACCESS_POINT, rules=RULES)
    proof = check_invitation_code(world.session, token, _sent(world), access_point=ACCESS_POINT)
    new = account(world.session.source.new_id(), email=f"gast{number}@thuis.example", phone=f"+316{number:08}")
    stretched = stretch("zeven paarse fietsen", SALT_KEY.salt_for(new.person_id), CHEAP_ARGON2)
    return lambda session: sign_up_and_join(
        session, token, proof, new, stretched, CHEAP_ARGON2, access_point=ACCESS_POINT
    )


def _dialogue_code(world: World, number: int) -> Use:
    token = _invited(world, 10_000 + number)
    send_invitation_code(world.session, token, access_point=ACCESS_POINT, rules=RULES)
    code = _sent(world)
    return lambda session: check_invitation_code(session, token, code, access_point=ACCESS_POINT)


def _signing_code(world: World, number: int) -> Use:
    """A code to sign a document with, for somebody who has read it."""
    name = f"Tekenaar{number}"
    person = world.hire_vault_user(name, "datakluisgebruiker", "werkgever")
    talk = Talk(world)
    dialogue = talk.start("Anna", name)
    request = bare_request(world, dialogue_id=dialogue.id, base_sha256=bytes(32))
    signer = add_signer(
        world.session,
        request,
        Secret.random(world.session.source),
        SignerEntry(name, "Bakkerij Mulder", "Bakkerij Mulder"),
        position=1,
        role=SignerRole.EMPLOYER,
        person_id=person.id,
        participant_id=talk.place(name, dialogue).id,
    )
    signer.state = SignerState.READ.value
    send_signing_code(world.session, request.id, world.actor(name), given_number=f"+316{number:08}", rules=RULES)
    code = _sent(world)
    return lambda session: agree_by_code(session, request.id, code, world.actor(name, session))


def _invited(world: World, number: int) -> str:
    """The secret of the link of somebody whom Anna invited into a dialogue."""
    talk, name = Talk(world), f"Collega{number}"
    world.hire_vault_user(name, "datakluisgebruiker", "werkgever")
    invite(talk, talk.start("Anna", name), email=f"gast{number}@thuis.example", phone=f"+316{number:08}")
    return token_in_mail(world.session)


THINGS = (
    OneTimeThing("invitation", _invitation, (InvitationUsed,)),
    OneTimeThing("code of the app", _app_code, (WrongCode, TooManyTries)),
    OneTimeThing("back-up code", _backup_code, (WrongCode,)),
    OneTimeThing("code by SMS", _sms_code, (WrongCode, TooManyTries)),
    OneTimeThing("link into a dialogue", _dialogue_link, (InvitationUsed, LoginNameTaken)),
    OneTimeThing("code of an invitation", _dialogue_code, (WrongCode, TooManyTries)),
    OneTimeThing("code of a signature", _signing_code, (WrongCode, TooManyTries, NotYourTurn)),
    OneTimeThing("challenge of a security key", _security_key, (WrongCode, TooManyTries)),
    OneTimeThing("link to a new password", _reset, (ResetUsed,)),
    OneTimeThing("proof of work", _proof_of_work, (UsedBefore,)),
    OneTimeThing("session of a visitor", _session, (SessionEnded,)),
    OneTimeThing("share", _share, (AlreadyShared,)),
    OneTimeThing("access request", _approval, (AlreadyDecided,)),
)
