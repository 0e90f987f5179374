"""`datakluis demo`: a world that is complete, that anybody can log in to, and that is made once (design 6)."""

from __future__ import annotations

import hashlib
import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyotp import TOTP
from sqlalchemy import func, select

from accounts.actor import Actor
from accounts.credentials import open_with_password, password_salt
from accounts.passwords import check_new_password
from accounts.people import person_by_login_name
from audit.actions import Action
from audit.models import AuditEntry, AuditPending
from audit.recording import Who, record
from audit.verification import verify
from crypto.passwords import split, stretch
from database.session import Session
from delivery.transports import list_mails
from keys.opened import OpenedKeys
from organisation.memberships import actor_for
from organisation.models import Employee, Employment, Organisation
from portal.app import create_app
from portal.demo.accounts import ACCOUNTS_FILE, INVITED, PASSWORD, PLANS, DemoAccount, Kept, read_kept
from portal.demo.employers import EMPLOYERS
from portal.demo.folder import ready_demo
from portal.demo.shares import PLANNED
from portal.demo.staff import TEST_BSNS
from portal.services import Services, open_services
from portal.settings import Settings
from tests.pages import Visitor
from tests.portal.demo.command import ROOT, run_demo
from tests.portal.world import World
from vault import records
from vault.fields import Details
from vault.models import Part, Share
from vault.sharing import share_history

STARTS = {
    "s.elmas": ("Toelatingen (1)", "Leyla Aydın", "Werkgevers (3)", "Pas gedeeld (5)"),
    "d.vermeulen": ("Beheer", "Werkgevers (3)"),
    "p.vandermeer": ("Werkgevers (2)", "Pas gedeeld (5)"),
    "j.scholten": ("Werkgevers (1)", "Deelverzoeken (1)", "Pas gedeeld (5)"),
    "l.aydin": ("Wacht op toelating", "Werkgevers (3)"),
    "h.brouwer": ("Logboek",),
    "m.dejong": ("Autorisatieverzoek datakluis (1)", "Pas gedeeld (5)", "Organisatie (12)"),
    "f.bakker": ("Pas gedeeld (5)", "Organisatie (12)"),
    "r.yilmaz": ("Pas gedeeld (1)", "Openbare Werken", "Organisatie (1)"),
    "k.visser": ("Burgerzaken", "Organisatie (1)"),
    "t.vandijk": ("Sociaal Domein", "Organisatie (1)"),
    "a.prins": ("Logboek",),
    "e.hoekstra": ("Autorisatieverzoek datakluis (1)", "Deelverzoeken (1)", "Pas gedeeld (5)", "Organisatie (19)"),
    "w.degroot": ("Autorisatieverzoek datakluis (1)", "Pas gedeeld (5)"),
    "c.meijer": ("Deelverzoeken (1)", "Pas gedeeld (5)", "Organisatie (19)"),
    "n.haddad": ("Pas gedeeld (3)", "Intensive Care", "Spoedeisende Hulp", "Organisatie (2)"),
    "b.kaya": ("Laboratorium", "Organisatie (1)"),
    "i.smit": ("Autorisatieverzoek datakluis", "Pas gedeeld (2)", "Organisatie (6)"),
}


@dataclass(frozen=True)
class Demo:
    """A finished demo."""

    folder: Path
    port: int
    settings: Settings
    kept: Kept
    services: Services

    def account(self, login: str) -> DemoAccount:
        return next(account for account in self.kept.accounts if account.login == login)

    def actor(self, session: Session, login: str) -> Actor:
        """The person with the keys that the printed password opens."""
        person = person_by_login_name(session, login)
        assert person is not None
        salt = password_salt(self.services.salt_key, person.id)
        stretched = stretch(self.account(login).password, salt, self.services.argon2)
        opened = open_with_password(session, person.id, split(stretched).key)
        return actor_for(session, person.id, "192.0.2.1", OpenedKeys(person.id, opened.generation, opened.secret))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo as the command makes it, with the real cost of Argon2id."""
    folder, port = tmp_path_factory.mktemp("demo") / "world", free_port()
    with ready_demo(folder, port, lambda _line: None) as (settings, kept):
        services = open_services(settings)
    yield Demo(folder, port, settings, kept, services)
    services.factory.engine.dispose()


def code(account: DemoAccount, *, steps_later: int = 0) -> str:
    return TOTP(account.totp_secret).generate_otp(int(time.time()) // 30 + steps_later)


def digest(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


class Client:
    """Somebody's own program that logs in through the forms, as it would at any other site."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        self.page = ""

    def get(self, path: str) -> str:
        with self._opener.open(self.base_url + path, timeout=20) as response:
            self.page = response.read().decode()
        return self.page

    def post(self, path: str, **values: str) -> str:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.page)
        assert token is not None
        data = urllib.parse.urlencode({"csrf_token": token[1], **values}).encode()
        with self._opener.open(self.base_url + path, data, timeout=20) as response:
            self.page = response.read().decode()
        return self.page


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def is_open(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def waiting_entries(demo: Demo) -> int | None:
    with demo.services.factory() as session:
        return session.scalar(select(func.count()).select_from(AuditPending))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="gunicorn needs processes that fork")
def test_any_client_logs_in_with_the_json_and_an_interrupt_stops_it_all(demo: Demo) -> None:
    """Design 6: the JSON to the letter, the server on this machine only, the worker in the same process tree."""
    command = [sys.executable, "-m", "portal", "demo", "--port", str(demo.port), "--json"]
    elsewhere = {"DATAKLUIS_DATABASE_URL": "sqlite:////nowhere/else.sqlite3", "DATAKLUIS_LISTEN": "0.0.0.0:1"}
    environment = {**os.environ, **elsewhere, "DATAKLUIS_DATA": str(demo.folder)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        wait_for(lambda: is_open("127.0.0.1", demo.port))
        listens_elsewhere = is_open("127.0.0.2", demo.port)
        account = next(account for account in told["accounts"] if account["login"] == "f.bakker")
        client = Client(told["base_url"])
        client.get("/inloggen")
        client.post("/inloggen", login_name=account["login"], password=account["password"])
        start = client.post("/inloggen/code", code=TOTP(account["totp_secret"]).now())
        accounts = client.get("/demo")
        # The worker beside the server seals what was logged.
        wait_for(lambda: waiting_entries(demo) == 0)
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=40)

    assert "Femke Bakker" in start
    assert "Pas gedeeld" in start
    assert all(account.login in accounts for account in demo.kept.accounts)
    assert not listens_elsewhere
    assert rest == ""
    assert not is_open("127.0.0.1", demo.port)


def test_everybody_logs_in_and_finds_something_on_the_start_page(demo: Demo) -> None:
    """Issue: every screen has something to show; H-13, K-11, K-15, design 2.1."""
    app = create_app(demo.settings, services=demo.services)
    for number, account in enumerate(demo.kept.accounts, start=1):
        visitor = Visitor(app, f"198.18.0.{number}", demo.settings.base_url)
        visitor.get("/inloggen")
        visitor.submit({"login_name": account.login, "password": account.password})
        page = visitor.submit({"code": code(account, steps_later=1)})

        assert page.heading == "Start", account.login
        assert account.name in page.text
        assert "Je vorige login was op" in page.text
        for text in STARTS[account.login]:
            assert text in page.text, account.login
    assert STARTS.keys() == {plan.login for plan in PLANS}


def test_the_json_has_the_shape_of_the_design_and_nothing_else_is_printed(demo: Demo) -> None:
    before = digest(demo.folder)
    started = time.monotonic()
    done = run_demo(demo.folder, demo.port, "--no-serve", "--json")

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told.keys() == {"base_url", "accounts"}
    assert told["base_url"] == f"http://localhost:{demo.port}"
    wanted = {"login", "password", "totp_secret", "backup_code", "role", "organisation"}
    assert all(account.keys() == wanted and all(account.values()) for account in told["accounts"])
    assert len(told["accounts"]) == len(PLANS)
    assert done.stderr == ""
    # The second start makes nothing, so that it is quick, and leaves everything as it is.
    assert time.monotonic() - started < 15
    assert digest(demo.folder) == before


def test_there_are_people_in_every_role(demo: Demo) -> None:
    roles = {role for plan in PLANS for role in plan.roles}

    assert roles == {
        "bsn_inzage", "casemanager_arbo", "datakluisbeheerder", "datakluisgebruiker", "klantbeheer", "leidinggevende",
        "medisch", "medische_documenten_uploaden", "plaatsvervanging", "privacyfunctionaris", "superbeheerder",
        "werkgever",
    }  # fmt: skip
    assert {account.organisation for account in demo.kept.accounts} == {
        "Arbodienst Zilverbeek",
        *(employer.name for employer in EMPLOYERS),
    }


def test_the_employers_have_240_and_35_and_1200_employees_and_some_left(demo: Demo) -> None:
    with demo.services.factory() as session:
        counted = (
            select(Organisation.name, func.count(Employee.id))
            .join(Employee, Employee.organisation_id == Organisation.id)
            .group_by(Organisation.name)
        )
        numbers = dict(session.execute(counted).all())
        left = session.scalar(select(func.count()).where(Employment.ends_on.is_not(None)))

    assert numbers == {
        "Gemeente Lindervoort": 240,
        "Ingenieursbureau Tornveld": 35,
        "Ziekenhuisgroep Rietmare": 1200,
    }
    assert left == sum(employer.former for employer in EMPLOYERS)


def test_each_test_bsn_is_used_once_and_no_other(demo: Demo) -> None:
    """B.7; read from the vaults themselves."""
    found: list[str] = []
    with demo.services.factory() as session, session.begin():
        for login in ("m.dejong", "e.hoekstra", "i.smit"):
            actor = demo.actor(session, login)
            own = session.scalars(select(Employee.id).where(Employee.organisation_id == actor.organisation_id)).all()
            # No verb hands out the BSNs of many at once, which is as it should be.
            opened = records._open(session, actor, own, [Part.DETAILS])
            found += [bsn for _, plaintext in opened if (bsn := Details.from_bytes(plaintext).bsn)]
        session.rollback()

    assert Counter(found) == Counter(TEST_BSNS)
    assert len(TEST_BSNS) == 909
    assert all(999_990_000 <= int(number) < 1_000_000_000 for number in found)


def test_shares_run_and_have_ended_over_the_last_weeks_with_a_reason(demo: Demo) -> None:
    """S-02, S-06, S-07."""
    with demo.services.factory() as session, session.begin():
        shares = list(session.scalars(select(Share)))
        actor = demo.actor(session, "i.smit")
        own = next(share for share in shares if share.organisation_id == actor.organisation_id)
        history = share_history(session, own.employee_id, actor)
        session.expunge_all()
        session.rollback()
    running = [share for share in shares if share.ended_at is None]

    assert (len(running), len(shares) - len(running)) == (25, 8)
    assert len({share.shared_at.date() for share in shares}) > 20
    assert max(share.shared_at for share in shares) - min(share.shared_at for share in shares) > timedelta(weeks=5)
    assert history[0].reason.explanation in {planned.explanation for planned in PLANNED}


def test_the_log_tells_of_weeks_and_verifies(demo: Demo) -> None:
    """Design 3: the log of the demo is a real one."""
    with demo.services.factory() as session, session.begin():
        report = verify(session)
        oldest, newest = session.execute(select(func.min(AuditEntry.moment), func.max(AuditEntry.moment))).one()
        actions = set(session.scalars(select(AuditEntry.action)))
        session.rollback()

    assert report.faults == []
    assert report.entries > 500
    assert newest - oldest > timedelta(weeks=7)
    assert newest <= datetime.now(UTC)
    assert {"access:withdraw", "bsn:read", "employee:update", "import:confirm", "login:fail", "share:end"} <= actions


def test_the_log_of_the_demo_would_show_a_change(demo: Demo, tmp_path: Path) -> None:
    """What the test before would say of a log that was changed."""
    copy = copied(demo, tmp_path)
    services = open_services(copy)
    with services.factory() as session, session.begin():
        record(session, Action.COMMAND_RUN, by=Who.system("test"), details={"command": "test"})
        session.connection().exec_driver_sql("DELETE FROM audit_pending")
        faults = verify(session).faults
    services.factory.engine.dispose()

    assert faults


def copied(demo: Demo, folder: Path) -> Settings:
    shutil.copytree(demo.folder, folder / "world")
    with ready_demo(folder / "world", demo.port, lambda _line: None) as (settings, _kept):
        return settings


def test_the_invitation_in_the_mailbox_lets_the_visitor_begin(demo: Demo) -> None:
    """L-03: the link works; answering it is left to the visitor."""
    mail = next(mail for mail in list_mails(demo.folder / "mail") if mail.to == INVITED.email)
    link = re.search(r"http://\S+/uitnodiging/\S+", mail.text)
    assert link is not None
    assert link[0].startswith(demo.settings.base_url)
    visitor = Visitor(create_app(demo.settings, services=demo.services), "198.18.1.1", demo.settings.base_url)

    page = visitor.get(link[0].removeprefix(demo.settings.base_url))

    assert INVITED.login in page.text


def test_another_port_or_another_day_sends_the_invitation_again(demo: Demo, tmp_path: Path) -> None:
    copied(demo, tmp_path)

    with ready_demo(tmp_path / "world", demo.port + 1, lambda _line: None) as (settings, kept):
        pass

    mail = next(mail for mail in list_mails(tmp_path / "world" / "mail") if mail.to == INVITED.email)
    assert f"{settings.base_url}/uitnodiging/" in mail.text
    assert kept.base_url == f"http://localhost:{demo.port + 1}"


def test_the_accounts_lie_in_a_file_for_this_user_only(demo: Demo) -> None:
    path = demo.folder / ACCOUNTS_FILE

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(demo.folder.stat().st_mode) == 0o700
    assert read_kept(demo.folder) == demo.kept
    assert demo.account("f.bakker").totp_secret not in repr(demo.kept)


def test_the_password_of_the_demo_is_a_good_one_for_everybody() -> None:
    """L-25."""
    for plan in (*PLANS, INVITED):
        check_new_password(PASSWORD, [plan.login, plan.name, plan.organisation])


# The page with the accounts


def test_the_page_with_the_accounts_shows_a_code_that_works(demo: Demo) -> None:
    visitor = Visitor(create_app(demo.settings, services=demo.services), "198.18.1.2", demo.settings.base_url)

    page = visitor.get("/demo")

    account = demo.account("c.meijer")
    codes = {f"{shown[:3]} {shown[3:]}" for shown in (code(account, steps_later=-1), code(account))}
    assert PASSWORD in page.text
    assert "Dit is een demo" in page.text
    assert any(shown in page.text for shown in codes)
    assert account.totp_secret not in page.response.text
    assert "/demo" in visitor.get("/inloggen").links()


def test_there_is_no_such_page_without_the_demo(world: World, demo: Demo) -> None:
    """Not even where the file with the accounts lies."""
    shutil.copyfile(demo.folder / ACCOUNTS_FILE, world.services.settings.data_directory / ACCOUNTS_FILE)
    visitor = world.visitor()

    visitor.get("/demo", status=404)
    visitor.get("/demo/postvak", status=404)
    assert "/demo" not in visitor.get("/inloggen").links()


def test_a_port_in_use_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        done = run_demo(tmp_path / "world", port)

    assert done.returncode == 1
    assert f"Poort {port} is al in gebruik" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "world").exists()
