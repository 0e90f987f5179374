"""What a portal lived through before its files were stolen: every kind of value was planted in it through its forms.

Bakkerij Mulder has Anna (administrator) and Frits (user); Drukkerij Visser has Bram; Carla works at their arbo service.
Employees are called by personnel number here; `NAMES` says who is who, `LATER` who got which name after the backup.
"""

from __future__ import annotations

import http.client
import io
import shutil
import sqlite3
import threading
import time
import urllib.parse
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL
from typing import Any

from tests.threats.running import BORDER, RunningPortal, Someone
from tests.vault.importing.files import HEADINGS, row, text_file

PASSWORDS = {
    "anna": "vijf lauwe koffers op zolder",
    "frits": "zeven paarse fietsen in de gracht",
    "carla": "negen stille trommels onder water",
    "bram": "elf houten kranen naast het spoor",
}
WRONG_PASSWORD = "Mijn echte geheim van thuis 71"
NAMES = {
    "MS001": "Kwartelstaart", "MS002": "Zonnebloemer", "MS003": "Vergeetmijniet", "MS004": "Dauwdruppel",
    "MS005": "Blijvertje", "DV001": "Drukinktman",
}  # fmt: skip
LATER = {"MS002": "Hernoemdezon", "MS003": "Hernoemdeviool", "MS007": "Nieuwkomertje"}
WAITING_NAME, HALF_NAME = "Wachtkamerman", "Halfgeschreven"
REASONS = {"MS001": "Belt morgen zelf met planning", "MS002": "Is gezien in de wachtruimte"}
LATER_REASON = "Vraagt na de zomer om een gesprek"
ASKED = {"MS003": "Komt al weken niet op gesprek", "MS005": "Belde zelf met de casemanager"}
REFUSAL = "Hierover is al overlegd met personeelszaken"
STREET, PHONE, BSN = "Straatje van Onbekend", "0687654321", "999990020"
SHARED, UNSHARED = "MS001", "MS003"
FUNCTION = "Zeldzame functie"
SIGNATORY, LATER_SIGNATORY = "Dirkje Directeursma", "Tweede Tekenaarster"
HALF_ROWS = 1_100


@dataclass
class Loot:
    """What was taken, and what a thief could be told besides."""

    folder: Path
    people: dict[str, Someone]
    cookies: dict[str, str]
    open_files: dict[str, bytes]
    spooled: set[str]
    tokens: list[str] = field(default_factory=list)

    @property
    def secrets_of_people(self) -> dict[str, str]:
        """Passwords, app secrets, codes and tokens that were used, by what they are."""
        found = {"wrong password": WRONG_PASSWORD}
        for name, person in self.people.items():
            found |= {f"{name}'s password": person.password, f"{name}'s app": person.totp_secret}
            found |= {f"{name}'s back-up code": person.backup_code, f"{name}'s invitation": person.token}
            found |= {f"{name}'s cookie": self.cookies[name]}
        return found


PERSON_DATA: Mapping[str, str] = {
    **{f"last name of {number}": name for number, name in NAMES.items()},
    **{f"later last name of {number}": name for number, name in LATER.items()},
    "street": STREET, "phone": PHONE, "BSN": BSN, "waiting import": WAITING_NAME, "half import": HALF_NAME,
    **{f"reason of {number}": text for number, text in REASONS.items()}, "later reason": LATER_REASON,
    **{f"request for {number}": text for number, text in ASKED.items()}, "refusal": REFUSAL,
    "signatory": SIGNATORY,
}  # fmt: skip


def invite(login: str, organisation: str, *roles: str) -> list[str]:
    """The command that invites someone."""
    given = [part for role in roles for part in ("--role", role)]
    named = ["--organisation", organisation, "--login", login, "--email", f"{login}@example.org"]
    return ["invite", login.capitalize(), *named, *given]


def commit_burglary(folder: Path) -> Loot:
    """Let people use a portal for a while, kill it in the middle of an import, and take its files."""
    portal = RunningPortal(folder)
    try:
        portal.operate(
            ["init"],
            ["create-service", "Noord", "--first-member", "Carla", "--login", "carla", "--email", "carla@example.org",
             "--role", "klantbeheer", "--role", "casemanager_arbo"],
            ["create-employer", "Bakkerij Mulder", "--service", "Noord", "--department", "Winkel"],
            ["create-employer", "Drukkerij Visser", "--service", "Noord", "--department", "Pers"],
            invite("anna", "Bakkerij Mulder", "datakluisbeheerder", "werkgever"),
            invite("frits", "Bakkerij Mulder", "datakluisgebruiker", "leidinggevende"),
            invite("bram", "Drukkerij Visser", "datakluisbeheerder", "werkgever"),
        )  # fmt: skip
        portal.start()
        people = _begin(portal)
        loot = Loot(folder / "loot", people, {}, {}, set())
        loot.folder.mkdir()
        back_up(portal, loot.folder / "before.sqlite3")
        _go_on(portal, people, loot)
        portal.stop()
        _fill_outbox(portal, people, loot)
        _break_off_import(portal, people["anna"])
        loot.cookies = {name: person.loopback.cookie() for name, person in people.items()}
    finally:
        portal.stop(SIGKILL)
    _take(portal, loot)
    return loot


def back_up(portal: RunningPortal, path: Path) -> None:
    """Copy the database of the running portal, as a backup does."""
    with closing(sqlite3.connect(portal.database)) as live, closing(sqlite3.connect(path)) as copy:
        live.backup(copy)


def _begin(portal: RunningPortal) -> dict[str, Someone]:
    people = {login: Someone(portal.base_url, login, password) for login, password in PASSWORDS.items()}
    anna, bram = people["anna"], people["bram"]
    for administrator in (anna, bram):
        administrator.sign_up(portal.invitation(f"{administrator.login}@example.org"))
        open_vault(administrator, SIGNATORY)
    # Access is asked for at the first login, once there is a vault (K-11).
    for login in ("frits", "carla"):
        people[login].sign_up(portal.invitation(f"{login}@example.org"))
    anna.get("/datakluis-beheer/beheeracties")
    anna.button("/akkoord")
    upload(anna, [employee_row(number, name) for number, name in NAMES.items() if number != "DV001"])
    anna.button("/bevestigen")
    add_employee(bram, "DV001", NAMES["DV001"], "Pers")
    for number, text in REASONS.items():
        share(anna, number, text)
    # Each looks once, so that what was handed over is re-wrapped under keys of their own.
    people["frits"].get("/werknemers?afdeling=" + _department(people["frits"]))
    people["carla"].get("/dossiers")
    stranger = Someone(portal.base_url, "anna")
    stranger.get("/inloggen")
    stranger.submit({"login_name": "anna", "password": WRONG_PASSWORD}, status=422)
    return people


def open_vault(person: Someone, signatory: str) -> None:
    """Register who signs and open the vault."""
    person.get("/datakluis/verwerkersovereenkomst")
    register(person, signatory)
    person.get("/datakluis/openen")
    person.fill({}, "/datakluis/openen")


def register(person: Someone, signatory: str) -> None:
    """Fill in who signs, on the page that asks for it."""
    address = signatory.split(maxsplit=1)[0].lower() + "@example.org"
    values = {"name": signatory, "function": "directeur", "email": address}
    person.fill(values, "/datakluis/verwerkersovereenkomst")


def employee_row(number: str, name: str, **other: Any) -> list[Any]:
    """A row for the import of an employee with planted values."""
    values = {"bsn": BSN if number == SHARED else "", "mobile": PHONE, "city": STREET, "function": FUNCTION, **other}
    return row(number=number, last_name=name, department="Winkel", prefix="", **values)


def upload(person: Someone, rows: list[list[Any]]) -> None:
    """Upload a file of employees and look at its preview."""
    person.get("/werknemers/importeren")
    content = text_file([HEADINGS, *rows])
    person.submit({"file": (io.BytesIO(content), "werknemers.csv")}, action="/werknemers/importeren")
    assert person.path.startswith("/werknemers/importeren/"), person.path


def add_employee(person: Someone, number: str, name: str, department: str) -> None:
    """Type in an employee."""
    person.get("/werknemers/nieuw")
    values = {
        "last_name": name, "first_name": "Noor", "birth_date": "31-12-1990", "personnel_number": number,
        "street": STREET, "phone_mobile": PHONE, "department_id": person.choice("department_id", department),
        "starts_on": "01-03-2020", "function_group": "Techniek", "function": FUNCTION, "kind": "Vast",
    }  # fmt: skip
    person.fill(values, "/werknemers/nieuw")
    assert "/nieuw" not in person.path, person.page and person.page.text


def employee_path(person: Someone, number: str) -> str:
    """The address of an employee's page, as the search by number finds it."""
    person.get("/werknemers/zoeken")
    person.fill({"personnel_number": number}, "/werknemers/zoeken")
    if person.path.startswith("/werknemers/zoeken"):
        assert person.page is not None
        return next(link for link in person.page.links() if link.startswith("/werknemers/") and len(link) == 48)
    return person.path


def share(person: Someone, number: str, text: str) -> None:
    """Share an employee."""
    path = employee_path(person, number) + "/delen"
    person.get(path)
    person.fill({"kind": "sick_report", "explanation": text}, path)


def ask(person: Someone, employer: Someone, number: str, text: str) -> None:
    """Let arbo staff ask for an employee, whom the employer finds by number."""
    path = "/dossiers/" + employee_path(employer, number).rpartition("/")[2] + "/deling-aanvragen"
    person.get(path)
    person.fill({"kind": "consultation", "explanation": text}, path)


def refuse(person: Someone, text: str) -> None:
    """Refuse the request that has waited longest."""
    person.get("/deelverzoeken")
    assert person.page is not None
    path = next(link for link in person.page.links() if link.startswith("/deelverzoeken/")) + "/weigeren"
    person.get(path)
    person.fill({"explanation": text}, path)


def rename(person: Someone, number: str, name: str) -> None:
    """Give an employee another last name."""
    path = employee_path(person, number) + "/bewerken"
    person.get(path)
    person.fill({"last_name": name}, path)


def _go_on(portal: RunningPortal, people: dict[str, Someone], loot: Loot) -> None:
    """What happens after the backup: Frits loses his access, a share ends, and things are written."""
    anna = people["anna"]
    anna.get("/datakluis-beheer/autorisaties")
    frits = next(link for link in (anna.page.links() if anna.page else []) if link.endswith("/toegang-intrekken")
                 and "Frits" in _page_text(anna, link))  # fmt: skip
    anna.get(frits)
    anna.fill({}, frits)
    path = employee_path(anna, "MS002") + "/deling-intrekken"
    anna.get(path)
    anna.fill({}, path)
    for number in ("MS002", "MS003"):
        rename(anna, number, LATER[number])
    add_employee(anna, "MS007", LATER["MS007"], "Winkel")
    share(anna, "MS004", LATER_REASON)
    people["carla"].get("/dossiers")
    for number, text in ASKED.items():
        ask(people["carla"], anna, number, text)
    refuse(anna, REFUSAL)
    loot.open_files, loot.spooled = watch_upload(portal, anna)


def _page_text(person: Someone, link: str) -> str:
    person.get(link)
    assert person.page is not None
    return person.page.text


def watch_upload(portal: RunningPortal, person: Someone) -> tuple[dict[str, bytes], set[str]]:
    """Send a large file slowly, and read meanwhile whatever files the server holds open, deleted ones too."""
    rows = [employee_row(f"WA{index:05}", WAITING_NAME) for index in range(6_500)]
    person.get("/werknemers/importeren")
    assert person.page is not None
    token = person.page.form("/werknemers/importeren").values["csrf_token"]
    content = (io.BytesIO(text_file([HEADINGS, *rows])), "werknemers.csv")
    request = person.loopback.request("/werknemers/importeren", {"csrf_token": token, "file": content})
    body = bytes(request.data)  # type: ignore[arg-type]
    half = len(body) * 4 // 5
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=120)
    connection.putrequest("POST", "/werknemers/importeren")
    connection.putheader("Cookie", f"datakluis={person.loopback.cookie()}")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BORDER}")
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    connection.send(body[:half])
    assert half > 600_000
    time.sleep(1)
    seen, stop = open_files(portal.process_ids()), threading.Event()
    spooled: set[str] = set()

    def watch() -> None:
        while not stop.wait(0.02):
            seen.update(open_files(portal.process_ids()))
            spooled.update(str(path) for path in (portal.folder / "tmp").rglob("*"))

    watching = threading.Thread(target=watch)
    watching.start()
    connection.send(body[half:])
    answer = connection.getresponse()
    answer.read()
    connection.close()
    stop.set()
    watching.join()
    assert answer.status == 303, portal.log()
    person.get(urllib.parse.urlsplit(answer.headers["Location"]).path)
    return seen, spooled


def open_files(process_ids: Iterable[int]) -> dict[str, bytes]:
    """The content of every ordinary file that processes have open."""
    found = {}
    for process in process_ids:
        for descriptor in Path(f"/proc/{process}/fd").iterdir():
            try:
                target = str(descriptor.readlink())
                if target.startswith("/") and not target.startswith("/dev/") and descriptor.is_file():
                    found[target] = descriptor.read_bytes()
            except OSError:
                continue
    return found


def _fill_outbox(portal: RunningPortal, people: dict[str, Someone], loot: Loot) -> None:
    """Go on without a mail server, so that an invitation and a confirmation stay in the outbox."""
    portal.changes = {
        "MAIL_FOLDER": "", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": "9", "MAIL_SENDER": "kluis@datakluis.example",
        "SMTP_STARTTLS": "no",
    }  # fmt: skip
    portal.start()
    portal.operate(invite("hans", "Bakkerij Mulder", "werkgever"))
    people["anna"].get("/datakluis/verwerkersovereenkomst/wijzigen")
    register(people["anna"], LATER_SIGNATORY)


def _break_off_import(portal: RunningPortal, person: Someone) -> None:
    """Begin an import of several transactions and kill every process of the server after the first."""
    upload(person, [employee_row(f"HG{index:05}", HALF_NAME) for index in range(HALF_ROWS)])
    assert person.page is not None
    form = next(form for form in person.page.forms if form.action.endswith("/bevestigen"))
    with closing(person.loopback.open(person.loopback.request(form.action, form.values))):
        while not half_written(portal.database):
            time.sleep(0.01)
        portal.stop(SIGKILL)


def half_written(database: Path) -> int:
    """How many employees lie in a batch that nobody sees yet."""
    unseen = "SELECT count(*) FROM employee JOIN batch ON batch.id = batch_id WHERE visible_at IS NULL"
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(unseen).fetchone()[0])


def _take(portal: RunningPortal, loot: Loot) -> None:
    for path in portal.database.parent.iterdir():
        if path.is_file() and not path.name.startswith("."):
            shutil.copy2(path, loot.folder / path.name)
    for name in ("mail", "log", "tmp"):
        shutil.copytree(portal.folder / name, loot.folder / name)


def _department(person: Someone) -> str:
    assert person.page is not None
    query = next(link for link in person.page.links() if "afdeling=" in link)
    return query.partition("afdeling=")[2].partition("&")[0]
