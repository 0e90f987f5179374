"""Take the pictures of docs/screenshots: start the demo in a folder of its own, walk it in a browser, and photograph.

    .venv/bin/python tools/screenshots.py

It needs what `make test` installs. The people in the pictures are those of the demo: all are invented.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2 as pdfium
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from dev import BROWSER_NOTE, ROOT
from tests.journeys.authenticator_app import AuthenticatorApp
from tests.journeys.running_portal import free_port

PICTURES = ROOT / "docs" / "screenshots"
DESKTOP, PHONE = 1100, 360
DEPARTMENT = "Financiën"
ASKED_FOR = "Communicatie"
SMS_CODE = re.compile(r"is ([a-z0-9]{6})\.")
SHEET_SCALE = 1.0
HEIGHTS = {DESKTOP: 760, PHONE: 720}


@dataclass
class Demo:
    """A running demo and who can log in to it."""

    base_url: str
    accounts: dict[str, dict[str, str]]
    apps: dict[str, AuthenticatorApp] = field(default_factory=dict)

    def code(self, login: str) -> str:
        """The code that the app of somebody shows."""
        if login not in self.apps:
            self.apps[login] = AuthenticatorApp(self.accounts[login]["totp_secret"])
        return self.apps[login].code()


@contextmanager
def running_demo() -> Iterator[Demo]:
    """Make the demo's world in a temporary folder and serve it."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = [sys.executable, "-m", "portal", "demo", "--port", str(port), "--data", f"{folder}/demo"]
        made = subprocess.run([*command, "--no-serve", "--json"], cwd=ROOT, check=True, capture_output=True)  # noqa: S603
        told = json.loads(made.stdout)
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as server:  # noqa: S603
            wait_until_it_answers(f"http://127.0.0.1:{port}/health")
            yield Demo(told["base_url"], {account["login"]: account for account in told["accounts"]})
            server.terminate()


def wait_until_it_answers(url: str) -> None:
    """Wait for the first answer, for at most a minute."""
    for _ in range(240):
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - loopback only
                return
        except OSError:
            time.sleep(0.25)
    sys.exit("the demo does not start")


class Photographer:
    """Somebody of the demo with a camera; without a login, somebody who was only sent a mail."""

    def __init__(self, browser: Browser, demo: Demo, login: str | None, width: int = DESKTOP) -> None:
        self._context = browser.new_context(
            base_url=demo.base_url,
            viewport={"width": width, "height": HEIGHTS[width]},
            locale="nl-NL",
            timezone_id="Europe/Amsterdam",
        )
        self.page: Page = self._context.new_page()
        if login:
            self._log_in(demo, login)

    def picture(self, name: str, height: int | None = None) -> None:
        """Keep what the window shows, under `name`; with another `height` it grows first."""
        if height:
            self.page.set_viewport_size({"width": DESKTOP, "height": height})
        self.page.mouse.move(0, 0)
        self.page.screenshot(path=PICTURES / f"{name}.png")

    def follow(self, link: str) -> None:
        """Click on the first link with this name."""
        self.page.get_by_role("link", name=link).first.click()

    def open_department(self, name: str) -> None:
        """Open a department in the tree."""
        self.page.locator("[data-tree]").get_by_role("link", name=name).first.click()
        self.page.get_by_role("heading", level=2, name=name, exact=True).wait_for()

    def choose_action(self, name: str) -> None:
        """Choose from the menu *Acties*."""
        self.page.locator("main summary", has_text="Acties").click()
        self.page.get_by_role("link", name=name, exact=True).click()

    def _log_in(self, demo: Demo, login: str) -> None:
        self.page.goto("/inloggen")
        self.page.get_by_label("Gebruikersnaam").fill(login)
        self.page.get_by_label("Wachtwoord", exact=True).fill(demo.accounts[login]["password"])
        self.page.get_by_role("button", name="INLOGGEN").click()
        self.page.get_by_label("Authentication App Token").fill(demo.code(login))
        self.page.get_by_role("button", name="LOG IN").click()
        self.page.get_by_role("heading", level=1, name="Start").wait_for()


def photograph_administrator(browser: Browser, demo: Demo) -> None:
    """The start page, the check of a file that waits, and Datakluis beheer."""
    for width, prefix in ((DESKTOP, ""), (PHONE, "phone-")):
        administrator = Photographer(browser, demo, "m.dejong", width)
        administrator.picture(f"{prefix}start-administrator")
        if width == PHONE:
            continue
        administrator.page.goto("/werknemers/importeren")
        administrator.follow("Bekijk de controle")
        administrator.page.get_by_role("heading", level=1, name="Controle van het bestand").wait_for()
        administrator.picture("import-preview", height=1100)
        administrator.page.goto("/datakluis-beheer/beheeracties")
        administrator.picture("vault-management", height=900)


def photograph_share(browser: Browser, demo: Demo) -> None:
    """An employee who is not shared, what the arbo service sees of her, the dialog, and what the service sees then."""
    user = Photographer(browser, demo, "f.bakker")
    user.follow("Naar alle werknemers")
    user.open_department(DEPARTMENT)
    user.picture("tree", height=1000)
    user.follow("Anoniem (Persnr")
    user.page.get_by_text("Let op: dit dossier is niet gedeeld").wait_for()
    user.picture("employee-unshared")
    arbo = Photographer(browser, demo, "p.vandermeer")
    arbo.page.goto(user.page.url.replace("/werknemers/", "/dossiers/"))
    arbo.page.get_by_text("Dit dossier is niet gedeeld").wait_for()
    arbo.picture("arbo-before")
    user.choose_action("Dossier delen")
    user.page.get_by_label("Ziekmelding", exact=True).check()
    user.page.get_by_label("Toelichting").fill("Heeft zich vanochtend ziek gemeld. Graag deze week bellen.")
    user.picture("share-dialog", height=1000)
    user.page.get_by_role("button", name="Dossier delen").click()
    user.page.get_by_role("heading", name="Dossierdeling").wait_for()
    arbo.page.reload()
    arbo.page.get_by_role("heading", name="Grond").wait_for()
    arbo.picture("arbo-after")


def photograph_dialogue(browser: Browser, demo: Demo) -> None:
    """An employee is invited, joins and answers, and reads who saw the data that were shared before."""
    user = Photographer(browser, demo, "f.bakker")
    user.page.goto("/werknemers")
    user.open_department(DEPARTMENT)
    user.page.locator("[data-tree] details[open] details[open] > ul a").filter(has_not_text="Anoniem").first.click()
    user.page.get_by_role("heading", name="Dossierdeling").wait_for()
    address, name = user.page.url, user.page.get_by_role("heading", level=1).inner_text()
    user.page.goto(f"{address}/berichten")
    user.page.get_by_role("main").get_by_role("link", name="Nieuwe dialoog").click()
    user.page.get_by_label("Onderwerp").fill("Rooster na uw verlof")
    user.page.locator("input[name=participants]").first.check()
    fill_in_contact(user.page)
    user.page.get_by_label("Eerste bericht").fill("Welkom terug. Zullen we dinsdag het rooster doornemen?")
    user.page.get_by_role("button", name="Dialoog starten").click()
    user.page.get_by_role("heading", level=1, name="Rooster na uw verlof").wait_for()
    conversation = user.page.url
    employee = Photographer(browser, demo, None)
    join(employee.page, name)
    employee.page.get_by_label("Uw bericht").fill("Graag, om tien uur. Ik neem mijn vragen mee.")
    employee.page.get_by_role("button", name="Versturen").click()
    employee.page.locator(".dk-own").wait_for()
    user.page.goto(conversation)
    user.page.locator(".dk-message", has_text="om tien uur").wait_for()
    user.page.evaluate("scrollTo(0, 0)")
    user.picture("dialogue", height=1000)
    user.page.goto(address)
    user.choose_action("Inzage geven")
    user.page.get_by_role("button", name="Inzage geven").click()
    user.page.get_by_text("ziet de eigen gegevens nu").wait_for()
    employee.page.goto("/wie-zag-mijn-gegevens")
    employee.picture("own-log", height=900)


def fill_in_contact(page: Page) -> None:
    """Fill in the mobile number, and the address, where the record has none."""
    for name, value in (("email", "werknemer@post.example"), ("phone", "06 00000001")):
        missing = page.locator(f"[data-for] input[name^={name}]:visible")
        if missing.count():
            missing.first.fill(value)


def join(page: Page, name: str) -> None:
    """Follow the newest invitation in the box of the demo, and take the five steps under this name."""
    first_name, last_name = name.split(" ", 1)
    newest_mail(page).click()
    page.locator("main a[href*='/berichten/uitnodiging#']").click()
    page.get_by_role("link", name="Ik ben hier nieuw").click()
    page.get_by_role("button", name="Ik ga akkoord").click()
    page.get_by_label("Wachtwoord", exact=True).fill("acht andere fietsen rijden")
    page.get_by_label("Herhaal het wachtwoord", exact=True).fill("acht andere fietsen rijden")
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("button", name="Code versturen").click()
    page.get_by_label("Code uit de sms").wait_for()
    page.get_by_label("Code uit de sms").fill(code_by_sms(page))
    page.get_by_role("button", name="Verder").click()
    for label, value in (("Voorletters", f"{name[0]}."), ("Voornaam", first_name), ("Achternaam", last_name)):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Account maken").click()
    for way in ("Gebruik een beveiligingssleutel of passkey", "Koppel een authenticator-app"):
        page.get_by_role("heading", level=1, name=way).wait_for()
        page.get_by_role("link", name="Overslaan").click()
    page.get_by_role("button", name="Toon mijn back-up code").click()
    page.get_by_role("button", name="Doorgaan").click()
    page.get_by_label("Uw bericht").wait_for()


def newest_mail(page: Page) -> Locator:
    """The newest invitation in the box of the demo, once it is there."""
    mail = page.get_by_role("link", name="Uitnodiging voor een dialoog").first
    for _ in range(60):
        page.goto("/demo/postvak")
        if mail.count():
            return mail
        time.sleep(0.5)
    sys.exit("the invitation does not come")


def code_by_sms(page: Page) -> str:
    """The code in the newest SMS of the demo, read in another tab."""
    with page.context.new_page() as box:
        for _ in range(60):
            box.goto("/demo/postvak")
            texts = box.locator(".dk-sms").all_inner_texts()
            found = SMS_CODE.search(texts[0]) if texts else None
            if found:
                return found[1]
            time.sleep(0.5)
    sys.exit("the SMS does not come")


def photograph_phone(browser: Browser, demo: Demo) -> None:
    """The tree and an employee on a phone."""
    user = Photographer(browser, demo, "r.yilmaz", PHONE)
    user.page.goto("/werknemers")
    user.open_department("Openbare Werken")
    user.picture("phone-tree")
    user.follow("Anoniem (Persnr")
    user.page.get_by_text("Let op: dit dossier is niet gedeeld").wait_for()
    user.picture("phone-employee")


def photograph_log(browser: Browser, demo: Demo) -> None:
    """The log of the arbo service, each look with its ground."""
    officer = Photographer(browser, demo, "h.brouwer")
    officer.page.goto("/logboek?handeling=employee:read")
    officer.picture("log", height=900)


def photograph_import(browser: Browser, demo: Demo) -> None:
    """A file with a heading that the portal does not know, and what it would change."""
    user = Photographer(browser, demo, "f.bakker")
    user.page.goto("/exporteren")
    user.page.get_by_label("Tekst met puntkomma's (.csv)").check()
    with user.page.expect_download() as download:
        user.page.get_by_role("button", name="Exporteren").click()
    user.page.goto("/werknemers/importeren")
    content = changed_file(download.value.path())
    user.page.locator("input[type=file]").set_input_files(
        {"name": "personeel.csv", "mimeType": "text/csv", "buffer": content}
    )
    user.page.get_by_role("button", name="Bestand controleren").click()
    user.page.get_by_role("heading", level=1, name="Kolommen koppelen").wait_for()
    user.page.get_by_label("Stamnr", exact=True).select_option("Personeelsnummer *")
    user.picture("import-columns", height=1000)
    user.page.get_by_role("button", name="Controle bekijken").click()
    user.page.get_by_role("heading", level=1, name="Controle van het bestand").wait_for()
    user.picture("import-changes", height=1280)


def changed_file(exported: Path) -> bytes:
    """The file that was exported, with a heading of its own, a new function, a new phone number and somebody new."""
    heads, *people = csv.reader(io.StringIO(exported.read_text(encoding="utf-8-sig"), newline=""), delimiter=";")
    at = {head: index for index, head in enumerate(heads)}
    people[0][at["Functie"]] = "Voorman"
    people[1][at["Tel. mobiel"]] = "06 12345678"
    people.append([*people[2]])
    people[-1][at["Personeelsnummer"]], people[-1][at["Achternaam"]] = "GL2001", "Nieuwenhuis"
    heads[at["Personeelsnummer"]] = "Stamnr"
    output = io.StringIO(newline="")
    csv.writer(output, delimiter=";").writerows([heads, *people])
    return output.getvalue().encode()


def photograph_search(browser: Browser, demo: Demo) -> None:
    """Who is found by the first letters of a name."""
    user = Photographer(browser, demo, "f.bakker")
    user.page.goto("/werknemers/uitgebreid-zoeken")
    user.page.get_by_label("Achternaam").fill("de")
    user.page.get_by_role("button", name="Zoeken", exact=True).click()
    user.page.get_by_role("heading", level=2, name="gevonden").wait_for()
    user.picture("search")


def photograph_share_request(browser: Browser, demo: Demo) -> None:
    """The arbo service asks for somebody whom it cannot see, and the employer reads who it is."""
    arbo = Photographer(browser, demo, "p.vandermeer")
    arbo.page.goto("/dossiers")
    arbo.follow("Gemeente Lindervoort")
    arbo.open_department(ASKED_FOR)
    arbo.follow("Anoniem (Persnr")
    arbo.choose_action("Deling aanvragen")
    arbo.page.get_by_label("Spreekuur", exact=True).check()
    arbo.page.get_by_label("Toelichting").fill("Belde zelf voor het spreekuur van volgende week.")
    arbo.page.get_by_role("button", name="Deling aanvragen").click()
    arbo.page.get_by_role("heading", name="Deelverzoek wacht op de werkgever").wait_for()
    arbo.picture("request-arbo", height=900)
    user = Photographer(browser, demo, "f.bakker")
    user.follow("Naar de deelverzoeken")
    user.page.get_by_role("main").get_by_role("rowheader").get_by_role("link").first.click()
    user.page.get_by_role("heading", level=1, name="Deelverzoek", exact=True).wait_for()
    user.picture("request-employer")


def photograph_recovery_sheet(browser: Browser, demo: Demo) -> None:
    """The sheet itself, as it comes out of the printer; the vault that it opens is gone when this program ends."""
    administrator = Photographer(browser, demo, "m.dejong")
    administrator.page.goto("/herstelblad")
    administrator.page.get_by_label("Op naam van", exact=True).select_option(label="Astrid Prins")
    administrator.page.get_by_role("button", name="Herstelblad maken").click()
    with administrator.page.expect_download() as download:
        administrator.page.get_by_role("button", name="Herstelblad downloaden (PDF)").click()
    document = pdfium.PdfDocument(download.value.path())
    picture = document[0].render(scale=SHEET_SCALE).to_pil().convert("P")
    document.close()
    picture.save(PICTURES / "recovery-sheet.png", optimize=True)


PHOTOGRAPHS = (
    photograph_administrator,
    photograph_share,
    photograph_dialogue,
    photograph_phone,
    photograph_log,
    photograph_import,
    photograph_search,
    photograph_share_request,
    photograph_recovery_sheet,
)


def main() -> None:
    """Take all pictures."""
    note = json.loads(BROWSER_NOTE.read_text(encoding="utf-8"))
    settings = note["browser"]
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", note["node"])
    PICTURES.mkdir(parents=True, exist_ok=True)
    with running_demo() as demo, sync_playwright() as playwright:
        environment: dict[str, str | float | bool] = {**os.environ, **settings["env"]}
        browser = playwright.chromium.launch(
            executable_path=settings["exe"] or None, args=settings["args"], env=environment
        )
        for photograph in PHOTOGRAPHS:
            photograph(browser, demo)
        browser.close()
    for path in sorted(PICTURES.glob("*.png")):
        sys.stdout.write(f"{path.name}: {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
