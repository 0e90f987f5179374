"""The operator's commands: what they do, what they log, and one sentence for each mistake (issue 2, *the operator*)."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from accounts import failed_tries
from accounts.models import FailedTries, Invitation, Person
from audit import PLATFORM_ID
from audit.models import AuditEntry
from database.session import Session as DatabaseSession
from delivery.models import OutgoingMessage
from organisation.models import (
    Department,
    Membership,
    MembershipRole,
    MembershipScope,
    Organisation,
    Role,
    ServiceAgreement,
)
from portal.commands import main
from portal.services import open_services
from tests.portal.world import make_settings

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def run(folder: Path, tmp_path: Path) -> Run:
    """Run `datakluis` with these words."""
    environment = {
        "DATAKLUIS_DATA_DIRECTORY": str(folder),
        "DATAKLUIS_BASE_URL": "https://datakluis.example",
        "DATAKLUIS_MAIL_FOLDER": str(tmp_path / "mail"),
    }

    def command(*words: str, **changes: str) -> Result:
        return CliRunner().invoke(main, words, env={**environment, **changes})

    return command


@pytest.fixture
def ready(run: Run) -> Run:
    """A portal with an arbo service and an employer."""
    done = [
        run("init"),
        run("create-service", "Arbo Zorg", "--first-member", "Carla", "--login", "carla", "--email", "c@example.org"),
        run("create-employer", "Van Dam", "--service", "Arbo Zorg", "--department", "Oven", "--department", "Winkel"),
    ]
    assert [result.exit_code for result in done] == [0, 0, 0], [result.output for result in done]
    return run


@pytest.fixture
def stored(folder: Path) -> Session:
    """What is in the database, read only."""
    return Session(create_engine(f"sqlite:///{folder / 'datakluis.sqlite3'}"))


def commands_logged(stored: Session) -> list[str]:
    with stored:
        runs = stored.scalars(select(AuditEntry).where(AuditEntry.action == "command:run"))
        return [entry.details["command"] for entry in sorted(runs, key=lambda entry: entry.moment)]


def test_init_makes_keys_that_only_the_owner_reads_and_says_to_move_them(run: Run, folder: Path) -> None:
    result = run("init")

    assert result.exit_code == 0
    assert result.output.count("move it out of the data directory") == 2
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_init_twice_keeps_everything(ready: Run, folder: Path, stored: Session) -> None:
    before = (folder / "root.key").read_bytes()

    result = ready("init")

    assert result.output == "Ready. Next: datakluis create-service, create-employer, invite, serve.\n"
    assert (folder / "root.key").read_bytes() == before
    with stored:
        assert stored.get(Organisation, PLATFORM_ID) is not None
        assert len(stored.scalars(select(Organisation)).all()) == 4
        assert len(stored.scalars(select(Role).where(Role.key == "werkgever")).all()) == 1


def test_a_service_gets_its_first_member_with_an_invitation(ready: Run, stored: Session) -> None:
    with stored:
        service = stored.scalars(select(Organisation).where(Organisation.name == "Arbo Zorg")).one()
        carla = stored.scalars(select(Person).where(Person.login_name == "carla")).one()
        mails = stored.scalars(select(OutgoingMessage)).all()

    assert service.first_member_id == carla.id
    assert [mail.kind for mail in mails] == ["invitation"]


def test_invite_gives_role_and_scope(ready: Run, stored: Session) -> None:
    words = ("--organisation", "Van Dam", "--login", "frits", "--email", "f@example.org")

    result = ready("invite", "Frits", *words, "--role", "datakluisgebruiker", "--department", "Oven")

    assert result.exit_code == 0, result.output
    with stored:
        frits = stored.scalars(select(Person).where(Person.login_name == "frits")).one()
        membership = stored.get(Membership, frits.id)
        units = stored.scalars(select(MembershipScope.unit_id).where(MembershipScope.person_id == frits.id)).all()
        oven = stored.scalars(select(Department.id).where(Department.name == "Oven")).one()
    assert membership is not None
    assert not membership.whole_scope
    assert units == [oven]


def test_who_let_an_invitation_expire_is_invited_again_with_the_roles_and_scope_of_now(
    ready: Run, stored: Session
) -> None:
    """L-04: a link is good for 24 hours; the older one no longer works."""
    words = ("invite", "Frits", "--organisation", "Van Dam", "--login", "frits", "--email", "f@example.org")
    ready(*words, "--role", "werkgever")

    result = ready(*words, "--role", "datakluisgebruiker", "--department", "Oven")

    assert result.exit_code == 0, result.output
    with stored:
        frits = stored.scalars(select(Person).where(Person.login_name == "frits")).one()
        links = stored.scalars(select(Invitation).where(Invitation.person_id == frits.id)).all()
        roles = select(Role.key).join(MembershipRole).where(MembershipRole.person_id == frits.id)
        scoped = select(Department.name).join(MembershipScope, MembershipScope.unit_id == Department.id)
        assert stored.scalars(roles).all() == ["datakluisgebruiker"]
        assert stored.scalars(scoped.where(MembershipScope.person_id == frits.id)).all() == ["Oven"]
    assert len(links) == 2
    assert sum(link.expires_at > link.created_at + timedelta(hours=23) for link in links) == 1


def test_a_service_waits_for_its_first_member_also_when_that_one_is_invited_again(ready: Run, stored: Session) -> None:
    """Design 2.1: the first member makes the key; without an answer in 24 hours there would never be one."""
    words = ("invite", "Carla", "--organisation", "Arbo Zorg", "--login", "carla", "--email", "c@example.org")

    result = ready(*words, "--role", "casemanager_arbo")

    assert result.exit_code == 0, result.output
    with stored:
        service = stored.scalars(select(Organisation).where(Organisation.name == "Arbo Zorg")).one()
        carla = stored.scalars(select(Person).where(Person.login_name == "carla")).one()
    assert service.first_member_id == carla.id


def test_every_command_is_in_the_log_of_the_platform(ready: Run, stored: Session) -> None:
    """Design 3: the operator's acts are logged as well."""
    ready("migrate")

    assert commands_logged(stored) == ["init", "create-service", "create-employer", "migrate"]
    with stored:
        by = stored.execute(text("SELECT DISTINCT actor_organisation_id, actor_roles FROM audit_entry")).all()
    assert [(row[0].replace("-", ""), row[1]) for row in by] == [(PLATFORM_ID.hex, "operator")]


INVITE = ("invite", "Frits", "--organisation", "Van Dam", "--login", "frits", "--email", "f@example.org")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("create-employer", "Nieuw", "--service", "Nergens"), "There is no service called Nergens."),
        (("create-employer", "Van Dam", "--service", "Arbo Zorg"), "There is an organisation with this name already."),
        (("create-employer", " ", "--service", "Arbo Zorg"), "A name has 1 to 120 characters."),
        ((*INVITE, "--role", "baas"), "There is no such role for this kind of organisation"),
        ((*INVITE, "--role", "werkgever", "--department", "Dak"), "Van Dam has no department called Dak."),
        ((*INVITE, "--role", "werkgever", "--employer", "Van Dam"), "use --department"),
        ((*INVITE[:3], "Weg", *INVITE[4:], "--role", "werkgever"), "There is no organisation called Weg."),
        ((*INVITE[:5], "carla", *INVITE[6:], "--role", "werkgever"), "Somebody has this login name already"),
        ((*INVITE[:7], "geen adres", "--role", "werkgever"), "This is not a mail address"),
        (INVITE, "Missing option '--role'"),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(
    ready: Run, stored: Session, words: tuple[str, ...], told: str
) -> None:
    before = commands_logged(stored)

    result = ready(*words)

    assert result.exit_code != 0
    assert told in result.output
    assert "Traceback" not in result.output
    assert commands_logged(stored) == before


def test_without_settings_the_command_says_what_to_set(run: Run) -> None:
    result = run("init", DATAKLUIS_BASE_URL="")

    assert result.exit_code == 1
    assert result.output.startswith("Error: Set DATAKLUIS_BASE_URL.")


def test_before_init_the_command_says_to_run_it(run: Run) -> None:
    result = run("invite", *INVITE[1:], "--role", "werkgever")

    assert result.exit_code == 1
    assert "Has `datakluis init` been run?" in result.output


def test_a_whole_log_verifies_and_a_changed_one_does_not(ready: Run, folder: Path) -> None:
    whole = ready("audit", "verify")
    assert (whole.exit_code, whole.output.endswith("no faults.\n")) == (0, True)

    engine = create_engine(f"sqlite:///{folder / 'datakluis.sqlite3'}")
    with engine.begin() as connection:
        for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text("UPDATE audit_entry SET actor_roles = 'nobody' WHERE action = 'organisation:create'"))
    engine.dispose()

    changed = ready("audit", "verify")

    assert changed.exit_code == 1
    assert "the entry or its subjects were changed" in changed.output


def test_an_account_that_a_stranger_closed_is_opened_by_the_operator(ready: Run, stored: Session, folder: Path) -> None:
    """L-18: a hundred wrong tries close the count of unknown devices, and nothing but help opens it."""
    with one_session(folder) as session:
        for subject in (failed_tries.subject_of(session, "carla", "unknown"), b"another"):
            session.add(closed_count(subject, session.source.now()))

    result = ready("unblock", "Carla")

    assert result.exit_code == 0
    assert commands_logged(stored)[-1] == "unblock"
    with stored:
        assert stored.scalars(select(FailedTries.subject)).all() == [b"another"]


def test_unblocking_nobody_says_so(ready: Run, stored: Session) -> None:
    result = ready("unblock", "niemand")

    assert result.exit_code == 1
    assert "There is nobody with this login name." in result.output
    assert "unblock" not in commands_logged(stored)


@contextmanager
def one_session(folder: Path) -> Iterator[DatabaseSession]:
    settings = make_settings(folder.parent, f"sqlite:///{folder / 'datakluis.sqlite3'}")
    with open_services(settings, None).factory() as session, session.begin():
        yield session


def closed_count(subject: bytes, now: datetime) -> FailedTries:
    return FailedTries(
        kind="password", subject=subject, in_a_row=100, window_started_at=now, in_window=5, not_before=now
    )


def test_an_agreement_gets_a_last_day(ready: Run, stored: Session) -> None:
    """Settled: end of a service agreement."""
    result = ready("end-agreement", "Van Dam", "--service", "Arbo Zorg", "--last-day", "2099-12-31")

    assert result.output == "Arbo Zorg serves Van Dam until 2099-12-31, that day included.\n"
    with stored:
        assert stored.scalars(select(ServiceAgreement.ends_on)).one() == date(2099, 12, 31)
        entries = stored.scalars(select(AuditEntry).where(AuditEntry.action == "service_agreement:end")).all()
        assert len({entry.organisation_id for entry in entries}) == 2
    assert commands_logged(stored)[-1] == "end-agreement"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Van Dam", "--service", "Arbo Zorg", "--last-day", "2000-01-01"), "The agreement began after that day"),
        (("Van Dam", "--service", "Arbo Zorg", "--last-day", "31-12-2099"), "does not match the format"),
        (("Van Dam", "--service", "Niets", "--last-day", "2099-12-31"), "There is no service called Niets."),
        (("Niemand", "--service", "Arbo Zorg", "--last-day", "2099-12-31"), "There is no employer called Niemand."),
    ],
)
def test_an_agreement_that_cannot_end_so_says_why(
    ready: Run, stored: Session, words: tuple[str, ...], said: str
) -> None:
    result = ready("end-agreement", *words)

    assert result.exit_code != 0
    assert said in result.output
    assert "end-agreement" not in commands_logged(stored)


def test_without_an_agreement_there_is_nothing_to_end(ready: Run) -> None:
    ready("create-service", "Elders", "--first-member", "Dirk", "--login", "dirk", "--email", "d@example.org")

    result = ready("end-agreement", "Van Dam", "--service", "Elders", "--last-day", "2099-12-31")

    assert "No agreement between these two runs" in result.output
