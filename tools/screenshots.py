"""Take the pictures of docs/screenshots: start the demo in a folder of its own, walk it in a browser, and photograph.

    .venv/bin/python tools/screenshots.py
    .venv/bin/python tools/screenshots.py signing search

The second line takes those two parts only. It needs what `make test` installs. The people in the pictures are those of
the demo: all are invented.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from dev import BROWSER_NOTE
from tools.photographer import (
    DEPARTMENT,
    DESKTOP,
    PHONE,
    PICTURES,
    Demo,
    Photographer,
    fill_in_contact,
    join,
    print_page,
    running_demo,
)
from tools.signing_pictures import photograph_signing

ASKED_FOR = "Communicatie"


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
    print_page(Path(download.value.path()), 0, "recovery-sheet")


PHOTOGRAPHS = (
    photograph_administrator,
    photograph_share,
    photograph_dialogue,
    photograph_signing,
    photograph_phone,
    photograph_log,
    photograph_import,
    photograph_search,
    photograph_share_request,
    photograph_recovery_sheet,
)


def chosen(names: list[str]) -> list[Callable[[Browser, Demo], None]]:
    """Those that were named, such as `signing`; all where none was."""
    known = {photograph.__name__.removeprefix("photograph_"): photograph for photograph in PHOTOGRAPHS}
    if unknown := set(names) - known.keys():
        sys.exit(f"there is no {', '.join(sorted(unknown))}; there is {', '.join(known)}")
    return [known[name] for name in names or known]


def main() -> None:
    """Take the pictures."""
    photographs = chosen(sys.argv[1:])
    note = json.loads(BROWSER_NOTE.read_text(encoding="utf-8"))
    settings = note["browser"]
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", note["node"])
    PICTURES.mkdir(parents=True, exist_ok=True)
    with running_demo() as demo, sync_playwright() as playwright:
        environment: dict[str, str | float | bool] = {**os.environ, **settings["env"]}
        browser = playwright.chromium.launch(
            executable_path=settings["exe"] or None, args=settings["args"], env=environment
        )
        for photograph in photographs:
            photograph(browser, demo)
        browser.close()
    for path in sorted(PICTURES.glob("*.png")):
        sys.stdout.write(f"{path.name}: {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
