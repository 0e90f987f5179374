"""Somebody with a camera who walks through the demo, for the pictures of docs/screenshots (`tools/screenshots.py`)."""

from __future__ import annotations

import json
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
from playwright.sync_api import Browser, Locator, Page

from dev import ROOT
from tests.journeys.authenticator_app import AuthenticatorApp
from tests.journeys.running_portal import free_port

PICTURES = ROOT / "docs" / "screenshots"
DESKTOP, PHONE = 1100, 360
DEPARTMENT = "Financiën"
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
    before = count_sms(page)
    page.get_by_role("button", name="Code versturen").click()
    page.get_by_label("Code uit de sms").wait_for()
    page.get_by_label("Code uit de sms").fill(code_by_sms(page, before))
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


def count_sms(page: Page) -> int:
    """How many SMS the demo has sent, counted in another tab."""
    with page.context.new_page() as box:
        box.goto("/demo/postvak")
        return box.locator(".dk-sms").count()


def code_by_sms(page: Page, before: int) -> str:
    """The code in the newest SMS of the demo, once there are more than `before`; read in another tab."""
    with page.context.new_page() as box:
        for _ in range(60):
            box.goto("/demo/postvak")
            texts = box.locator(".dk-sms").all_inner_texts()
            found = SMS_CODE.search(texts[0]) if len(texts) > before else None
            if found:
                return found[1]
            time.sleep(0.5)
    sys.exit("the SMS does not come")


def print_page(pdf: Path, number: int, name: str) -> None:
    """Keep one page of a PDF as a picture, with the signatures on it."""
    document = pdfium.PdfDocument(pdf)
    document.init_forms()
    picture = document[number].render(scale=SHEET_SCALE).to_pil().convert("P")
    document.close()
    picture.save(PICTURES / f"{name}.png", optimize=True)
