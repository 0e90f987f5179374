"""What somebody with the whole database can open with one person's secret (issue 2, shown 2; design 2).

The thief of these tests goes round every permission, scope and filter: he has all rows, and tries every key that a
person's secret leads to on every one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import select

from crypto.errors import UnsealError
from crypto.hybrid import KeyPair, open_with
from crypto.sealing import unseal
from crypto.secret import Secret
from database.session import Session
from keys.errors import KeysError
from keys.models import Holder, HolderGeneration, SealedForm
from keys.opened import OpenedKeys
from organisation.employer_models import EmployerPlacement
from organisation.models import ServiceAgreement
from tests.people import SignedUp
from tests.world import World, card, details
from vault.access import withdraw_access
from vault.dossiers import read_employee
from vault.fields import Card
from vault.models import CareQuestionKind, RecordKey, RecordPart, Share
from vault.places import place_of_part, place_of_reason, place_of_record_key, place_of_service_reason
from vault.reasons import Reason
from vault.records import update_record
from vault.sharing import end_share, share_history, share_record


class Thief:
    """Someone with every row of the database and the secret of some people, or of nobody.

    What he once opened he keeps: `record_keys` and `holder_secrets` go along to a later look at the rows.
    """

    def __init__(self, *people: SignedUp) -> None:
        self._people = people
        self.holder_secrets: list[OpenedKeys] = [person.keys() for person in people]
        self.record_keys: list[Secret] = []

    def names(self, session: Session) -> set[str]:
        """The last names that he reads now."""
        self._collect(session)
        parts = session.scalars(select(RecordPart).where(RecordPart.part == "card"))
        return {Card.from_bytes(opened).last_name for part in parts for opened in self._open_part(part)}

    def explanations(self, session: Session) -> set[str]:
        """The Toelichtingen that he reads now."""
        self._collect(session)
        return {text for share in session.scalars(select(Share)) for text in self._open_reasons(session, share)}

    def _collect(self, session: Session) -> None:
        session.expire_all()
        self.holder_secrets += [person.keys() for person in self._people]
        for row in session.scalars(select(RecordKey)):
            self.record_keys += [key for key in self._open_row(session, row) if key not in self.record_keys]

    def _open_row(self, session: Session, row: RecordKey) -> Iterator[Secret]:
        holders = list(session.scalars(select(Holder.id)))
        generations = list(session.scalars(select(HolderGeneration.number).distinct()))
        for keys in self.holder_secrets:
            for holder_id in holders:
                for generation in generations:
                    yield from _try(session, keys, holder_id, generation, row)

    def _open_part(self, part: RecordPart) -> Iterator[bytes]:
        place = place_of_part(part.employee_id, part.part, part.version, part.key_number)
        for key in self.record_keys:
            try:
                yield unseal(key, part.sealed, place)
            except UnsealError:
                continue

    def _open_reasons(self, session: Session, share: Share) -> Iterator[str]:
        secrets = list(self._secrets(session))
        for key in [*self.record_keys, *(key for key, _ in secrets)]:
            with suppress(UnsealError):
                yield Reason.from_bytes(unseal(key, share.reason_sealed, place_of_reason(share))).explanation
        for _, key_pair in secrets:
            if share.service_reason_sealed is not None:
                with suppress(UnsealError):
                    plain = open_with(key_pair, share.service_reason_sealed, place_of_service_reason(share))
                    yield Reason.from_bytes(plain).explanation

    def _secrets(self, session: Session) -> Iterator[tuple[Secret, KeyPair]]:
        generations = session.execute(select(HolderGeneration.holder_id, HolderGeneration.number)).all()
        for keys in self.holder_secrets:
            for holder_id, generation in generations:
                with suppress(KeysError, UnsealError):
                    yield (
                        keys.wrap_key(session, holder_id, generation),
                        keys.key_pair(session, holder_id, generation),
                    )


def _try(session: Session, keys: OpenedKeys, holder_id: object, generation: int, row: RecordKey) -> Iterator[Secret]:
    try:
        if row.form == SealedForm.WRAPPED:
            wrap_key = keys.wrap_key(session, holder_id, generation)  # type: ignore[arg-type]
            yield Secret(unseal(wrap_key, row.sealed, place_of_record_key(row)))
        else:
            pair = keys.key_pair(session, holder_id, generation)  # type: ignore[arg-type]
            yield Secret(open_with(pair, row.sealed, place_of_record_key(row)))
    except (UnsealError, KeysError):
        return


def change(world: World, employee_id: object, last_name: str, version: int) -> None:
    """Let Anna give an employee another name."""
    update_record(
        world.session,
        employee_id,  # type: ignore[arg-type]
        card=card(last_name),
        details=details(),
        expected_version=version,
        actor=world.actor("Anna"),
    )


def test_the_database_alone_opens_nothing_and_a_vault_users_secret_opens_the_vault(world: World) -> None:
    """Shown 2, first sentence, with its positive control."""
    world.share(world.employ("MS001", "Yılmaz"))
    world.employ("MS002", "Bos")
    world.employ("DV001", "Visser", "Pers", by="Bram")
    assert Thief().names(world.session) == set()
    assert Thief(world.people["Anna"]).names(world.session) == {"Yılmaz", "Bos"}
    assert Thief(world.people["Bram"]).names(world.session) == {"Visser"}


def test_arbo_staffs_secret_opens_the_shared_record_and_no_other(world: World) -> None:
    """Shown 2: with one arbo user's password the shared ones and no other."""
    shared = world.employ("MS001", "Yılmaz")
    world.employ("MS002", "Bos")
    world.share(shared)
    world.hire("Cor", world.service, "casemanager_arbo")
    assert Thief(world.people["Carla"]).names(world.session) == {"Yılmaz"}
    assert Thief(world.people["Carla"]).explanations(world.session) == {"Belt morgen zelf"}
    for outsider in ("Dirk", "Cor", "Bram"):
        assert Thief(world.people[outsider]).names(world.session) == set()
        assert Thief(world.people[outsider]).explanations(world.session) == set()


def test_after_the_end_of_a_share_an_old_copy_of_its_key_opens_nothing_written_later(world: World) -> None:
    """Shown 2: an arbo user whose share ended, with an old backup; S-15."""
    employee_id = world.employ("MS001", "Yılmaz")
    share = world.share(employee_id)
    carla = Thief(world.people["Carla"])
    assert carla.names(world.session) == {"Yılmaz"}
    end_share(world.session, share.id, world.actor("Anna"))
    assert Thief(world.people["Carla"]).names(world.session) == set()
    change(world, employee_id, "Nieuw", 1)
    assert carla.names(world.session) == set()
    assert Thief(world.people["Anna"]).names(world.session) == {"Nieuw"}


def test_a_new_service_opens_no_reason_of_a_former_one(world: World) -> None:
    """S-03, S-15; design 2.2: the record's key still opens the data, the reasons are the former service's alone."""
    employee_id = world.employ("MS001", "Yılmaz")
    share = world.share(employee_id)
    assert Thief(world.people["Carla"]).explanations(world.session) == {"Belt morgen zelf"}
    end_share(world.session, share.id, world.actor("Anna"))
    assert Thief(world.people["Carla"]).explanations(world.session) == set()
    agreement = world.session.scalars(
        select(ServiceAgreement).where(ServiceAgreement.employer_id == world.employer.id)
    ).one()
    agreement.service_id = world.other_service.id
    published = world.session.source.now()
    world.session.add(
        EmployerPlacement(service_id=world.other_service.id, employer_id=world.employer.id, published_at=published)
    )
    world.session.flush()
    world.session.source.advance(timedelta(hours=1))  # type: ignore[attr-defined]
    share_record(world.session, employee_id, CareQuestionKind.OTHER, "Voor de nieuwe", world.actor("Anna"))
    dirk = Thief(world.people["Dirk"])
    assert (dirk.names(world.session), dirk.explanations(world.session)) == ({"Yılmaz"}, {"Voor de nieuwe"})
    page = read_employee(world.session, employee_id, world.actor("Dirk"))
    assert page.share is not None
    assert page.share.reason == Reason(CareQuestionKind.OTHER, "Voor de nieuwe")
    history = share_history(world.session, employee_id, world.actor("Anna"))
    assert [view.reason.explanation for view in history] == ["Voor de nieuwe", "Belt morgen zelf"]
    assert Thief(world.people["Carla"]).explanations(world.session) == set()


def test_a_withdrawn_user_with_all_that_he_ever_opened_reads_nothing_written_later(world: World) -> None:
    """Shown 2: the password of a withdrawn vault user and an old backup; K-16."""
    frits = world.hire_vault_user("Frits", "datakluisgebruiker")
    changed, shared = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bos")
    thief = Thief(frits)
    assert thief.names(world.session) == {"Yılmaz", "Bos"}
    withdraw_access(world.session, frits.id, world.actor("Anna"))
    assert Thief(frits).names(world.session) == set()
    change(world, changed, "Nieuw", 1)
    world.employ("MS003", "Later")
    world.session.source.advance(timedelta(hours=1))  # type: ignore[attr-defined]
    world.share(shared)
    assert thief.names(world.session) == {"Bos"}
    assert thief.explanations(world.session) == set()
    assert Thief(world.people["Anna"]).names(world.session) == {"Nieuw", "Bos", "Later"}
    assert Thief(world.people["Carla"]).explanations(world.session) == {"Belt morgen zelf"}


def test_a_row_that_was_handed_to_someone_elses_holder_opens_for_nobody(world: World) -> None:
    """Design 2.1: who can write the database can't hand a key to a holder of his choice."""
    employee_id = world.employ("MS001", "Yılmaz")
    world.share(employee_id)
    row = world.session.scalars(select(RecordKey).where(RecordKey.holder_id == world.service.holder_id)).one()
    row.holder_id = world.other_service.holder_id  # type: ignore[assignment]
    world.session.flush()
    assert Thief(world.people["Dirk"]).names(world.session) == set()
    assert Thief(world.people["Carla"]).names(world.session) == set()
