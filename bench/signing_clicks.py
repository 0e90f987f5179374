"""From the click on *Opslaan* to the page that says *Ondertekend*, over HTTP: print one line of JSON with milliseconds.

A real server of two processes; each person has logged in, read a document of his or her own and got a code by SMS. A
click is the form with the code, its redirect, and the page behind that, read to its end. First some people sign one
after the other, each beside a bare signature of the same file by pyHanko in this process; then a hundred sign at once.
"""

from __future__ import annotations

import json
import re
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from uuid import UUID

from pyotp import TOTP

from bench.signing import bare_signature
from dialogs.choosing import NewParticipant
from dialogs.models import ParticipantKind
from documents.adding import add_document
from documents.dossiers import DossierPlace
from documents.labels import labels_for
from documents.made_files import store_made
from documents.models import DocumentKind
from documents.storing import read_content
from organisation.memberships import add_member
from signing.authority import Authority
from signing.authority_keys import load_authority
from signing.completing import continue_signing
from signing.models import SigningKind, SigningRequest
from signing.request_keys import open_request
from signing.requesting import NewRequest, NewSigner, request_signatures
from signing.working_files import Workshop, open_latest
from tests.people import SignedUp, sign_up
from tests.reliability.clerks import Answer, Browser, token_of
from tests.reliability.site import Site, make_site
from tests.signing.signed_documents import plain_document
from tests.world import OPERATOR, WHOLE, World

ONE_BY_ONE, AT_ONCE = 16, 100
PROCESSES = 2
CODE = re.compile(r"Uw ondertekencode voor ([A-Z0-9]+) is ([a-z0-9]{6})\.")
NUMBERS = 100
"""How many numbers there are that reach nobody; some people share one."""
SIGNED = "Ondertekend. Uw handtekening staat in het document."
SECONDS_FOR_THE_SMS = 300.0


@dataclass
class Signing:
    """Somebody with a document to sign, in front of a browser; `offered` is the document as it is to be signed."""

    person: SignedUp
    number: str
    request_id: UUID
    reference: str
    offered: bytes
    browser: Browser
    token: str = ""
    code: str = ""

    def arrive(self) -> None:
        """Log in with password and app, read the document, agree, and have a code sent."""
        page = self.browser.get("/inloggen")
        values = {"login_name": self.person.person.login_name, "password": self.person.password}
        self.browser.post("/inloggen", {**values, "csrf_token": token_of(page)})
        page = self.browser.get("/inloggen/code")
        code = TOTP(self.person.totp_secret).now()
        self.browser.post("/inloggen/code", {"code": code, "csrf_token": token_of(page)})
        self._read("/ondertekenen")
        self.token = token_of(self._read("/akkoord"))
        values = {"agreed": "y", "number": self.number, "csrf_token": self.token}
        answer = self.browser.post(f"/ondertekeningen/{self.request_id}/akkoord/sms", values)
        if answer.status != 303:
            raise RuntimeError(f"asking for a code answers {answer.status}")

    def click(self) -> tuple[float, bool]:
        """*Opslaan*: milliseconds until the page is there, and whether it says *Ondertekend*."""
        url, values = f"/ondertekeningen/{self.request_id}", {"code": self.code, "csrf_token": self.token}
        began = time.perf_counter()
        try:
            answer = self.browser.post(f"{url}/akkoord/code", values)
            is_signed = answer.status == 303 and SIGNED in self.browser.get(answer.location).body
        except OSError:
            is_signed = False
        return (time.perf_counter() - began) * 1000, is_signed

    def _read(self, rest: str) -> Answer:
        answer = self.browser.get(f"/ondertekeningen/{self.request_id}{rest}")
        if answer.status != 200:
            raise RuntimeError(f"{rest} of the bench answers {answer.status}")
        return answer


def main() -> None:
    """Prepare everything, and click."""
    with tempfile.TemporaryDirectory(prefix="datakluis-bench-") as name:
        folder = Path(name)
        site = make_site(folder, DATAKLUIS_PROCESSES=str(PROCESSES))
        try:
            authority, people = _prepare(site)
            site.portal.start()
            for someone in people:
                someone.arrive()
            _read_phones(site, people)
            found = _one_by_one(people[:ONE_BY_ONE], authority) | _at_once(people[ONE_BY_ONE:])
        finally:
            site.end()
    print(json.dumps(found))


def _prepare(site: Site) -> tuple[Authority, list[Signing]]:
    """Documents that are sealed and wait for their first signer; Anna, who asked, signs after that."""
    with site.session() as world:
        authority = load_authority(world.session)
        workshop = Workshop(site.services.intake, authority, site.services.timestamper(authority))
        place = DossierPlace(world.employ("BENCH", "Jansen"), world.employer.id)
        people = [
            _ask(world, workshop, place, number, Browser(site.portal.port)) for number in range(ONE_BY_ONE + AT_ONCE)
        ]
    return authority, people


def _ask(world: World, workshop: Workshop, place: DossierPlace, number: int, browser: Browser) -> Signing:
    session, name = world.session, f"tekenaar{number:03}"
    person = sign_up(session, world.employer.id, name)
    add_member(session, person.id, world.employer.id, ["werkgever"], WHOLE, OPERATOR)
    anna = world.actor("Anna")
    label = next(one for one in labels_for(session, anna, place) if one.name == "Algemeen")
    file, at = f"{name}.pdf", anna.organisation_id
    stored, key = store_made(session, workshop.intake, plain_document(), file, organisation_id=at, by=anna.person_id)
    document = add_document(session, place, label.id, DocumentKind.IMPORTED, stored, key, anna)
    signers = tuple(
        NewSigner(NewParticipant(ParticipantKind.USER, one), "Bakkerij Mulder") for one in (person.id, anna.person_id)
    )
    request_id, text = session.source.new_id(), "Wilt u dit lezen en ondertekenen?"
    new = NewRequest(document.id, SigningKind.SMS, signers, in_order=True, request_id=request_id, text=text)
    request = request_signatures(session, new, anna)
    continue_signing(session, request.id, anna, workshop, release=session.flush, base_url="https://datakluis.example")
    row = session.get_one(SigningRequest, request.id, populate_existing=True)
    latest = open_latest(session, row, open_request(session, row, anna))
    offered = read_content(workshop.intake.store, latest.row, latest.key).read()
    return Signing(person, f"+316{number % NUMBERS:08}", request.id, row.reference, offered, browser)


def _read_phones(site: Site, people: Sequence[Signing]) -> None:
    """Wait for the SMS of everybody."""
    deadline = time.monotonic() + SECONDS_FOR_THE_SMS
    codes: dict[str, str] = {}
    while len(codes) < len(people):
        if time.monotonic() > deadline:
            raise RuntimeError(f"of {len(people)} codes of the bench {len(codes)} arrived")
        time.sleep(0.5)
        texts = [path.read_text(encoding="utf-8") for path in (site.portal.folder / "mail").glob("*.sms")]
        codes = {found[1]: found[2] for found in map(CODE.search, texts) if found}
    for someone in people:
        someone.code = codes[someone.reference]


def _one_by_one(people: Sequence[Signing], authority: Authority) -> dict[str, float]:
    """The median of a click and of a bare signature of the same file, in turns; the first only warms up."""
    clicks, bare = [], []
    for someone in people:
        duration, is_signed = someone.click()
        if not is_signed:
            raise RuntimeError("somebody of the bench could not sign")
        clicks.append(duration)
        bare.append(bare_signature(someone.offered, authority))
    return {"click": median(clicks[PROCESSES:]), "click, bare": median(bare[PROCESSES:])}


def _at_once(people: Sequence[Signing]) -> dict[str, float]:
    """What it is like when everybody clicks at one moment."""
    barrier = threading.Barrier(len(people) + 1)
    results: list[tuple[float, bool]] = []

    def click(someone: Signing) -> None:
        barrier.wait()
        results.append(someone.click())

    threads = [threading.Thread(target=click, args=(someone,)) for someone in people]
    for thread in threads:
        thread.start()
    barrier.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    durations = [duration for duration, _is_signed in results]
    return {
        "people": len(people),
        "requests a second": 2 * len(people) / seconds,
        "signatures a second": len(people) / seconds,
        "half of them within": median(durations),
        "95 of 100 within": quantiles(durations, n=20, method="inclusive")[-1],
        "all of them within": max(durations),
        "failures": float(sum(not is_signed for _duration, is_signed in results)),
    }


if __name__ == "__main__":
    main()
