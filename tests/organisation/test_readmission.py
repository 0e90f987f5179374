"""Being let in again with a renewed key, by somebody who compared the check words (design 2.3)."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from accounts.models import AccountState, Person
from audit.models import AuditEntry
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, open_content
from keys.check_words import renewed_key
from keys.errors import CheckWordsNotCompared
from keys.models import Admission, AdmissionState, HolderKind
from organisation.admission import Admittance, admit, admittance, enter_service, waiting_members
from organisation.readmission import what_closes
from tests.world import World
from vault.access import VaultStanding, approve, request_access, standing, waiting_requests


def mails_to(world: World, kind: MailKind) -> list[str]:
    """Return to whom mails of a kind went; they say nothing."""
    mails = world.session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == kind)).all()
    contents = [open_content(world.session, mail) for mail in mails]
    assert not any(content.values for content in contents)
    return sorted(content.to for content in contents)


def waiting(world: World, name: str) -> int:
    """Return how many requests of a person wait."""
    of_person = select(func.count()).where(
        Admission.recipient_id == world.people[name].id, Admission.state == AdmissionState.WAITING
    )
    return world.session.scalar(of_person) or 0


def test_the_service_stays_shut_until_a_colleague_compared_the_words(world: World) -> None:
    world.hire_arbo("Cor")
    assert enter_service(world.session, world.actor("Cor")) is Admittance.OPEN

    world.renew_key("Cor")

    assert admittance(world.session, world.actor("Cor")) is Admittance.WAITING
    assert mails_to(world, MailKind.READMISSION_REQUEST) == ["carla@example.org"]
    (line,) = waiting_members(world.session, world.actor("Carla"))
    assert line.renewed == renewed_key(world.session, world.people["Cor"].id)
    assert line.renewed is not None
    with world.session.begin_nested() as savepoint:
        with pytest.raises(CheckWordsNotCompared):
            admit(world.session, line.admission_id, world.actor("Carla"))
        savepoint.rollback()
    assert admittance(world.session, world.actor("Cor")) is Admittance.WAITING

    admit(world.session, line.admission_id, world.actor("Carla"), compared=line.renewed.generation)
    assert admittance(world.session, world.actor("Cor")) is Admittance.OPEN


def test_the_vault_stays_shut_until_an_administrator_compared_the_words(world: World) -> None:
    world.hire_vault_user("Frits", "leidinggevende", "datakluisgebruiker")

    world.renew_key("Frits")

    assert standing(world.session, world.actor("Frits")) is VaultStanding.WAITING
    assert mails_to(world, MailKind.READMISSION_REQUEST) == ["anna@example.org"]
    (request,) = waiting_requests(world.session, world.actor("Anna"))
    assert request.renewed is not None
    with world.session.begin_nested() as savepoint:
        with pytest.raises(CheckWordsNotCompared):
            approve(world.session, request.admission_id, world.actor("Anna"))
        savepoint.rollback()

    approve(world.session, request.admission_id, world.actor("Anna"), compared=request.renewed.generation)
    assert standing(world.session, world.actor("Frits")) is VaultStanding.OPEN


def test_who_waits_for_the_first_time_has_no_words(world: World) -> None:
    world.hire("Frits", world.employer, "leidinggevende", "datakluisgebruiker")
    request_access(world.session, world.actor("Frits"))

    (request,) = waiting_requests(world.session, world.actor("Anna"))
    assert request.renewed is None


def test_who_waited_already_waits_once_and_with_the_new_words(world: World) -> None:
    world.hire("Cor", world.service, "casemanager_arbo")
    enter_service(world.session, world.actor("Cor"))

    world.renew_key("Cor")

    assert waiting(world, "Cor") == 1
    (line,) = waiting_members(world.session, world.actor("Carla"))
    assert line.renewed is not None


def test_the_log_of_the_organisation_tells_why_it_was_asked(world: World) -> None:
    world.hire_arbo("Cor")
    world.renew_key("Cor")

    entries = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "admission:request")).all()
    assert [entry.details for entry in entries if entry.object_id == world.people["Cor"].id] == [
        {},
        {"reason": "new key"},
    ]
    assert {entry.organisation_id for entry in entries} == {world.service.id}


def test_what_closes_names_each_holder_and_who_else_could_admit(world: World) -> None:
    """The last way into a vault is told as such: nobody else has its key."""
    world.hire_vault_user("Frits", "leidinggevende", "datakluisgebruiker")
    anna = world.people["Anna"].id
    (closing,) = what_closes(world.session, anna)
    assert (closing.kind, closing.organisation, closing.others) == (HolderKind.VAULT, "Bakkerij Mulder", 1)

    world.session.get_one(Person, world.people["Frits"].id).state = AccountState.INACTIVE
    world.session.flush()
    (closing,) = what_closes(world.session, anna)
    assert closing.others == 0
    assert [holder.kind for holder in what_closes(world.session, world.people["Carla"].id)] == [HolderKind.SERVICE]


def test_a_colleague_with_a_renewed_key_is_nobody_who_could_admit(world: World) -> None:
    world.hire_vault_user("Frits", "leidinggevende", "datakluisgebruiker")
    world.renew_key("Frits")

    assert [holder.others for holder in what_closes(world.session, world.people["Anna"].id)] == [0]
    assert what_closes(world.session, world.people["Frits"].id) == []
