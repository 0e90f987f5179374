"""The people of the journeys: what each does and sees in the browser, told in their own words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.authenticator_app import AuthenticatorApp
from tests.journeys.visit import Visit

GROUPED_KEY = re.compile(r"[A-Z2-7]{4}( [A-Z2-7]{4}){7}")
BACKUP_CODE = re.compile(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){4}")


@dataclass
class Person:
    """Somebody with a login, a phone with an authenticator app, and a browser window."""

    name: str
    login: str
    visit: Visit
    password: str = field(default="", repr=False)
    app: AuthenticatorApp | None = field(default=None, repr=False)

    @property
    def email(self) -> str:
        """Where mail for this person goes."""
        return f"{self.login}@bedrijf.example"

    # The first time

    def opens_invitation(self, link: str) -> None:
        """Follow the link in the mail."""
        self.visit.open(link)
        self.visit.is_on("Welkom bij Datakluis")
        assert "/uitnodiging/" not in self.visit.page.url, "the token stays in the address"
        self.visit.shows(self.login)

    def chooses_password(self, password: str) -> None:
        """Fill in a new password twice and send it."""
        self.visit.fill("Wachtwoord", password)
        self.visit.fill("Herhaal het wachtwoord", password)
        self.visit.button("Wachtwoord instellen").click()
        self.password = password

    def is_refused_password(self, password: str, reason: str) -> None:
        """Try a password that is not good enough and read why."""
        with self.visit.refused_with(422):
            self.chooses_password(password)
            self.visit.shows(reason)
        self.visit.is_on("Welkom bij Datakluis", inspect=False)

    def skips_to(self, heading: str) -> None:
        """Leave out the ways to log in that come before the one that is wanted."""
        while True:
            expect(self.visit.link("Overslaan")).to_be_visible()
            if self.visit.page.locator("h1").inner_text() == heading:
                return
            self.visit.inspect()
            with self.visit.page.expect_navigation():
                self.visit.link("Overslaan").click()

    def couples_app(self) -> None:
        """Take over the secret key in the app and type what the app shows."""
        self.skips_to("Koppel een authenticator-app")
        self.visit.is_on("Koppel een authenticator-app")
        expect(self.visit.page.get_by_role("img", name=re.compile("QR-code"))).to_be_visible()
        secret = self.visit.page.locator(".dk-secret").text_content() or ""
        assert GROUPED_KEY.fullmatch(secret), secret
        self.app = AuthenticatorApp(secret)
        self.visit.fill("Token", self.app.code())
        self.visit.button("AUTHENTICATIE APP REGISTREREN").click()

    def keeps_backup_code(self) -> None:
        """Have the back-up code shown and write it down."""
        self.visit.is_on("Uw back-up code")
        self.visit.button("Toon mijn back-up code").click()
        self.visit.is_on("Bewaar uw back-up code")
        code = self.visit.page.locator(".dk-secret").inner_text()
        assert BACKUP_CODE.fullmatch(code), code
        self.visit.button("Doorgaan").click()

    def accepts_terms(self) -> None:
        """Read the terms of use and agree."""
        self.visit.is_on("Gebruiksvoorwaarden")
        self.visit.button("Ik ga akkoord").click()
        self.sees_start_page()

    def signs_up(self, link: str, password: str) -> None:
        """Do all first steps, from the mail to the start page."""
        self.opens_invitation(link)
        self.chooses_password(password)
        self.couples_app()
        self.keeps_backup_code()
        self.accepts_terms()

    # Every time

    def logs_in(self) -> None:
        """Log in with password and app."""
        self.visit.open("/inloggen")
        self.visit.is_on("Inloggen")
        self.visit.fill("Gebruikersnaam", self.login)
        self.visit.fill("Wachtwoord", self.password)
        self.visit.button("INLOGGEN").click()
        self.visit.is_on("Inloggen met uw app")
        assert self.app is not None
        self.visit.fill("Authentication App Token", self.app.code())
        self.visit.button("LOG IN").click()
        self.sees_start_page()

    def sees_start_page(self) -> None:
        """Be on the start page, greeted by name."""
        self.visit.is_on("Start")
        self.visit.shows(re.compile(rf", {self.name}\."))

    def goes_to(self, place: str) -> None:
        """Choose an entry of the side bar."""
        self.visit.page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name=place).click()

    def is_logged_out(self) -> None:
        """Find that the session is gone at the next request."""
        self.visit.reload()
        self.visit.is_on("Inloggen")

    def reads(self, text: str) -> None:
        """Read a notice or any other text on the page."""
        self.visit.shows(text)


class WithPeopleInView(Person):
    """Somebody who walks a tree of people."""

    tree_place = "Werknemers"

    def opens_department(self, department: str) -> None:
        """Open a department in the tree."""
        self.goes_to(self.tree_place)
        self.visit.is_on(self.tree_place)
        self.chooses_department(department)

    def chooses_department(self, department: str) -> None:
        """Open a department in the tree that is on the page."""
        tree = self.visit.page.locator("[data-tree]")
        tree.get_by_role("link", name=re.compile(rf"^{department}\b")).click()
        expect(self.visit.page.get_by_role("heading", level=2, name=department, exact=True)).to_be_visible()
        self.visit.inspect()

    def people_in_tree(self) -> list[str]:
        """What the tree calls the people of the open department."""
        # The page comes from the server as a whole: what is there now is all.
        names = self.visit.page.locator("[data-tree] details[open] details[open] > ul a .dk-tree-name")
        return names.all_inner_texts()

    def clicks_person(self, label: str) -> None:
        """Click on somebody in the tree and come to the page with that heading."""
        self.visit.page.locator("[data-tree]").get_by_role("link", name=label, exact=True).click()


class VaultUser(WithPeopleInView):
    """A user of the vault at the employer."""

    def opens_quick_view(self, number: str, name: str) -> None:
        """Click on somebody who is not shared: the employer sees who it is all the same."""
        self.clicks_person(f"Anoniem (Persnr: {number})")
        self.visit.is_on(name)
        self.reads("Let op: dit dossier is niet gedeeld, de persoonsgegevens staan in de Datakluis.")

    def chooses_action(self, action: str) -> None:
        """Open the menu *Acties* and choose."""
        self.visit.summary("Acties").click()
        self.visit.link(action, exact=True).click()

    def shares_dossier(self, explanation: str, *, with_service: str, kind: str = "Ziekmelding") -> None:
        """Share the dossier on the page, with a zorgvraag and a Toelichting."""
        self.chooses_action("Dossier delen")
        self.visit.is_on("Dossier delen")
        self.reads("Delen is wettelijk alleen toegestaan als er een zorgvraag is.")
        self.reads("Schrijf geen medische informatie op.")
        self.visit.shows(re.compile(f"zichtbaar voor {with_service}"))
        self.visit.page.get_by_label(kind, exact=True).check()
        self.visit.fill("Toelichting", explanation)
        self.visit.button("Dossier delen", exact=True).click()

    def sees_dossier_shared(self, name: str, *, with_service: str) -> None:
        """See the panel Dossierdeling on the page of somebody who is shared."""
        self.visit.is_on(name)
        self.reads(f"Gedeeld met {with_service}")

    def changes_last_name(self, last_name: str) -> None:
        """Edit the employee on the page."""
        self.chooses_action("Bewerken")
        self.visit.is_on("Werknemer bewerken")
        self.visit.fill("Achternaam", last_name)
        self.visit.button("Opslaan").click()

    def opens_share_history(self) -> None:
        """Look at the Deelgeschiedenis of the employee on the page."""
        self.chooses_action("Deelgeschiedenis")
        self.visit.is_on("Deelgeschiedenis")

    def withdraws_share(self) -> None:
        """Withdraw the share from the Deelgeschiedenis on the page."""
        self.visit.link("Deling intrekken").click()
        self.visit.is_on("Deling intrekken")
        self.visit.button("Deling intrekken").click()


class EmployerAdministrator(VaultUser):
    """Who administers the vault of the employer."""

    def registers_signatory(self, name: str, function: str, email: str) -> None:
        """Answer who may sign the verwerkersovereenkomst."""
        self.visit.link("Vastleggen wie mag tekenen").click()
        self.visit.is_on("Verwerkersovereenkomst")
        self.visit.fill("Naam", name)
        self.visit.fill("Functie", function)
        self.visit.fill("E-mailadres", email)
        self.visit.button("Ondertekenaar vastleggen").click()

    def opens_vault(self) -> None:
        """Open the vault, which makes its keys."""
        self.visit.is_on(re.compile("Verwerkersovereenkomst|Datakluis openen"))
        if self.visit.link("Datakluis openen", exact=True).count():
            self.visit.link("Datakluis openen", exact=True).click()
        self.visit.is_on("Datakluis openen")
        self.visit.button("Datakluis openen").click()

    def downloads_template(self, folder: Path) -> Path:
        """Download the example file of the import."""
        self.visit.open("/werknemers/importeren")
        self.visit.is_on("Werknemers importeren")
        with self.visit.page.expect_download() as download:
            self.visit.link("Voorbeeldbestand downloaden").click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        return path

    def uploads(self, path: Path) -> None:
        """Send a file to be checked."""
        self.visit.open("/werknemers/importeren")
        self.visit.page.locator("input[type=file]").set_input_files(path)
        self.visit.button("Bestand controleren").click()
        self.visit.is_on("Controle van het bestand")

    def sees_fault(self, row: int, column: str) -> None:
        """Find a fault in the list, by row and column."""
        table = self.visit.page.get_by_role("table", name="Fouten in het bestand")
        line = table.get_by_role("row").filter(has=self.visit.page.get_by_role("rowheader", name=str(row), exact=True))
        expect(line.get_by_role("cell", name=column).first).to_be_visible()

    def makes_departments(self, count: int) -> None:
        """Press the button that makes the unknown departments."""
        self.visit.button(f"Maak {count} afdeling").click()
        self.visit.is_on("Controle van het bestand")

    def imports(self, count: int) -> None:
        """Confirm the import, watch it being written, and look at the result."""
        self.visit.button(f"{count} rijen importeren").click()
        self.visit.is_on("Werknemers opslaan")
        self.reads(f"Nieuw in uw datakluis: {count}.")
        self.visit.link("Bekijk het resultaat").click()
        self.visit.is_on("Import klaar")

    def sees_access_requests(self, count: int) -> None:
        """See on the start page how many users ask for access."""
        self.goes_to("Start")
        self.visit.is_on("Start")
        heading = self.visit.page.get_by_role("heading", name=f"Autorisatieverzoek datakluis ({count})")
        expect(heading).to_be_visible()

    def agrees_to_access_of(self, name: str) -> None:
        """Go from the start page to the request of a user and click *Akkoord*."""
        self.visit.link("Naar datakluis beheer").click()
        self.visit.is_on("Datakluis beheer: beheeracties")
        self.reads(
            "De (arbo)dienstverlener/beheerder vraagt u om de volgende gebruiker te autoriseren voor de datakluis:"
        )
        self.visit.button(f"Akkoord voor {name}", exact=True).click()
        self.reads("De gebruiker kan de datakluis nu openen")

    def withdraws_access_of(self, name: str) -> None:
        """Withdraw somebody's access to the vault."""
        self._asks_to_withdraw(name)
        self.reads(f"{name} kan de datakluis niet meer openen.")

    def cannot_remove_the_last_administrator(self) -> None:
        """Try to withdraw the own access as the only administrator."""
        with self.visit.refused_with(409):
            self._asks_to_withdraw(self.name)
            self.reads("Er is niets gewijzigd.")
        self.visit.is_on("Datakluis beheer: autorisaties", inspect=False)

    def _asks_to_withdraw(self, name: str) -> None:
        self.goes_to("Datakluis beheer")
        self.visit.is_on("Datakluis beheer: autorisaties")
        self.visit.link(f"toegang intrekken van {name}").click()
        self.visit.is_on("Toegang intrekken")
        self.visit.button("Toegang intrekken").click()


class ArboMember(WithPeopleInView):
    """Somebody of the arbo service."""

    tree_place = "Dossiers"

    def waits_for_admission(self) -> None:
        """See on the start page and at the dossiers that a colleague must admit first."""
        self.reads("Wacht op toelating")
        self.goes_to("Dossiers")
        self.visit.is_on("Wacht op toelating")

    def admits(self, name: str) -> None:
        """Admit a colleague, from the start page."""
        self.goes_to("Start")
        expect(self.visit.page.get_by_role("heading", name="Toelatingen (1)")).to_be_visible()
        self.visit.link("Naar de toelatingen").click()
        self.visit.is_on("Toelatingen")
        self.visit.button(f"Toelaten {name}").click()

    def chooses_employer(self, employer: str) -> None:
        """Open one of several employers in the tree that is on the page."""
        self.visit.page.locator("[data-tree]").get_by_role("link", name=re.compile(f"^{employer}")).click()

    def opens_anonymous_dossier(self, number: str) -> None:
        """Click on somebody who is not shared: the employment, no name, and nothing to do but ask for it."""
        label = f"Anoniem (Persnr: {number})"
        self.clicks_person(label)
        self.visit.is_on(label)
        self.reads("Dit dossier is niet gedeeld")
        self.reads("Dienstverband 1")
        expect(self.visit.page.locator("main .dk-menu a")).to_have_text(["Deling aanvragen"])

    def opens_dossier(self, label: str, name: str) -> None:
        """Click on somebody who is shared and see on what ground."""
        self.clicks_person(label)
        self.visit.is_on(name)


class PrivacyOfficer(Person):
    """Who reads the log of an organisation."""

    def lines_of_log(self, what: str) -> list[dict[str, str]]:
        """The log, filtered by what was done, the newest line first: each line by the heads of the columns."""
        self.goes_to("Logboek")
        self.visit.is_on("Logboek")
        self.visit.page.get_by_label("Wat", exact=True).select_option(label=what)
        self.visit.button("Filteren").click()
        self.visit.is_on("Logboek")
        table = self.visit.page.get_by_role("table", name="Regels van het logboek, de nieuwste eerst")
        heads, *lines = [row.locator("th, td").all_inner_texts() for row in table.get_by_role("row").all()]
        return [dict(zip(heads, line, strict=True)) for line in lines]
