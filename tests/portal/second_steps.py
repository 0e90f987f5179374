"""What the people of the portal's tests have beside their app: a phone that gets text messages, a security key."""

from __future__ import annotations

import re

from sqlalchemy import delete

from accounts.models import Authenticator
from accounts.people import person_by_id
from accounts.phones import set_phone
from accounts.security_keys import begin_registration, finish_registration, site_of
from delivery.sending import send_due_sms
from delivery.sms_folder import FolderGateway, list_sms
from organisation.memberships import give_role
from tests.pages import Page
from tests.people import ACCESS_POINT
from tests.portal.world import OPERATOR, World
from tests.software_key import SoftwareKey

NUMBER = "+31600000001"
CODE = re.compile(r"\bis ([a-z2-9]{6})\.")


def text_messages(world: World) -> list[str]:
    """The texts that arrived, the newest first."""
    folder = world.services.settings.sms_folder
    assert folder is not None
    send_due_sms(world.services.factory, FolderGateway(folder))
    return [sms.text for sms in list_sms(folder)]


def newest_code(world: World) -> str:
    """The code in the newest text message."""
    found = CODE.search(text_messages(world)[0])
    assert found is not None
    return found[1]


def give_phone(world: World, name: str) -> None:
    """Let a person have a number that counts as a second factor."""
    with world.session() as session, session.begin():
        person = person_by_id(session, world.people[name].id)
        set_phone(session, person, NUMBER)
        person.phone_confirmed_at = session.source.now()


def give_key(world: World, name: str) -> SoftwareKey:
    """Let a person have a security key."""
    origin = world.services.settings.base_url
    key, site, person_id = SoftwareKey(origin), site_of(origin), world.people[name].id
    with world.session() as session, session.begin():
        ceremony = begin_registration(session, person_id, site, adding=True)
        answer = key.register(ceremony.options)
        finish_registration(
            session,
            person_id,
            answer,
            ceremony.challenge,
            name="Sleutelbos",
            site=site,
            access_point=ACCESS_POINT,
            adding=True,
        )
    return key


def take_app(world: World, name: str) -> None:
    """Leave a person without the authenticator app."""
    with world.session() as session, session.begin():
        session.execute(delete(Authenticator).where(Authenticator.person_id == world.people[name].id))


def promote(world: World, name: str, role: str) -> None:
    """Give a person one more role."""
    with world.session() as session, session.begin():
        give_role(session, world.people[name].id, role, OPERATOR)


def options_on(page: Page) -> str:
    """What the page hands to the browser for a security key."""
    (form,) = [element for element in page.root.iter("form") if element.get("data-security-key")]
    return form.get("data-options", "")
