"""Who can log in to the demo: the plan, and the file that tells it to the visitor.

That file holds in the clear what the portal keeps sealed or only as a hash. It is made by the command `demo`, lies in
the folder of the demo with mode 0600, and nothing but the command and the page of the demo reads it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from portal.demo.employers import LINDERVOORT, RIETMARE, SERVICE, TORNVELD

PASSWORD = "drie kanaries lezen de krant"
"""The password of everybody in the demo. It is a good one by our own rules, but for being printed here."""

ACCOUNTS_FILE = "demo-accounts.json"


@dataclass(frozen=True)
class Plan:
    """Somebody with a login: where, in which roles, and what the visitor finds there.

    `phone` is a number that reaches nobody; codes to it are in the mailbox of the demo.
    """

    login: str
    name: str
    organisation: str
    roles: tuple[str, ...]
    sees: str
    departments: tuple[str, ...] = ()
    employers: tuple[str, ...] = ()
    phone: str = ""

    @property
    def email(self) -> str:
        """The invented mail address."""
        domains = {employer.name: employer.domain for employer in (LINDERVOORT, TORNVELD, RIETMARE)}
        return f"{self.login}@{domains.get(self.organisation, 'zilverbeek.example')}"


def _service(login: str, name: str, roles: str, sees: str, *employers: str) -> Plan:
    return Plan(login, name, SERVICE, tuple(roles.split()), sees, employers=employers)


PLANS = (
    _service(
        "s.elmas", "Sevda Elmas", "klantbeheer plaatsvervanging",
        "Laat collega's toe, ziet alle drie de werkgevers en registreert plaatsvervanging.",
    ),
    _service(
        "d.vermeulen", "Daan Vermeulen", "superbeheerder medisch medische_documenten_uploaden",
        "Beheert gebruikers, groepen, rechten en werkgevers, en zit als enige in de medische kring.",
    ),
    _service(
        "p.vandermeer", "Petra van der Meer", "casemanager_arbo bsn_inzage",
        "Ziet de gemeente en het ingenieursbureau: namen van wie gedeeld is, anders Anoniem.",
        LINDERVOORT.name, TORNVELD.name,
    ),
    _service("j.scholten", "Jorrit Scholten", "casemanager_arbo", "Ziet alleen het ziekenhuis.", RIETMARE.name),
    _service("l.aydin", "Leyla Aydın", "casemanager_arbo", "Nieuw: wacht op toelating en ziet nog geen enkele naam."),
    _service("h.brouwer", "Hugo Brouwer", "privacyfunctionaris", "Leest het logboek van de arbodienst."),
    Plan(
        "m.dejong", "Marjan de Jong", LINDERVOORT.name, ("datakluisbeheerder", "werkgever"),
        "Beheert de datakluis; er wacht een autorisatieverzoek.",
    ),
    Plan(
        "f.bakker", "Femke Bakker", LINDERVOORT.name, ("werkgever", "datakluisgebruiker", "bsn_inzage"),
        "HR: ziet, wijzigt en deelt alle medewerkers, en mag een BSN inzien. Kan ook een code per sms krijgen.",
        phone="+31600000021",
    ),
    Plan(
        "r.yilmaz", "Rıdvan Yılmaz", LINDERVOORT.name, ("leidinggevende", "datakluisgebruiker"),
        "Leidt Openbare Werken: ziet en deelt die afdeling, geen andere.", ("Openbare Werken",),
    ),
    Plan(
        "k.visser", "Karin Visser", LINDERVOORT.name, ("leidinggevende",),
        "Leidt Burgerzaken, zonder datakluis: ziet overal Anoniem. Kan ook een code per sms krijgen.",
        ("Burgerzaken",), phone="+31600000022",
    ),
    Plan(
        "t.vandijk", "Teun van Dijk", LINDERVOORT.name, ("leidinggevende", "datakluisgebruiker"),
        "Nieuw: wacht tot Marjan de Jong toegang tot de datakluis geeft.", ("Sociaal Domein",),
    ),
    Plan("a.prins", "Astrid Prins", LINDERVOORT.name, ("privacyfunctionaris",), "Leest het logboek van de gemeente."),
    Plan(
        "e.hoekstra", "Evert Hoekstra", RIETMARE.name, ("datakluisbeheerder", "werkgever"),
        "Beheert de datakluis van 1.200 medewerkers, samen met Wilma de Groot.",
    ),
    Plan("w.degroot", "Wilma de Groot", RIETMARE.name, ("datakluisbeheerder",), "De tweede beheerder."),
    Plan(
        "c.meijer", "Claire Meijer", RIETMARE.name, ("werkgever", "datakluisgebruiker", "bsn_inzage"),
        "HR: deelt op een zorgvraag, trekt in, en mag een BSN inzien.",
    ),
    Plan(
        "n.haddad", "Nadia Haddad", RIETMARE.name, ("leidinggevende", "datakluisgebruiker"),
        "Leidt twee afdelingen en ziet alleen die.", ("Intensive Care", "Spoedeisende Hulp"),
    ),
    Plan(
        "b.kaya", "Berkan Kaya", RIETMARE.name, ("leidinggevende", "datakluisgebruiker"),
        "Nieuw: zijn autorisatieverzoek wacht op een van de twee beheerders.", ("Laboratorium",),
    ),
    Plan(
        "i.smit", "Ilse Smit", TORNVELD.name, ("datakluisbeheerder", "werkgever", "bsn_inzage"),
        "Klein bureau: alles in een hand. Haar collega heeft net een uitnodiging gekregen.",
    ),
)  # fmt: skip
"""In the order in which they are invited; the first of the arbo service makes its key."""

INVITED = Plan(
    "v.martens", "Vera Martens", TORNVELD.name, ("werkgever", "datakluisgebruiker"),
    "Heeft een uitnodiging in het postvak: zo begint een nieuwe gebruiker.",
)  # fmt: skip
"""Who has not answered the invitation in the mailbox: that is for the visitor."""


@dataclass(frozen=True)
class DemoAccount:
    """An account with all that is needed to log in; the first six are the JSON of design 6."""

    login: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    backup_code: str = field(repr=False)
    role: str
    organisation: str
    name: str
    sees: str

    def as_json(self) -> dict[str, str]:
        """What `datakluis demo --json` tells of it."""
        names = ("login", "password", "totp_secret", "backup_code", "role", "organisation")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Kept:
    """What the demo remembers of itself.

    `invitation_sent_at` is an ISO moment; with `base_url` it tells whether the link in the mailbox still works.
    """

    made_by: str
    base_url: str
    invitation_sent_at: str
    accounts: tuple[DemoAccount, ...]


def write_kept(folder: Path, kept: Kept) -> None:
    """Write the file in one step, for this user only: while it is not there, the demo is not finished."""
    unfinished = folder / f"{ACCOUNTS_FILE}.part"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(kept), file, ensure_ascii=False, indent=2)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / ACCOUNTS_FILE)


def read_kept(folder: Path) -> Kept | None:
    """What `write_kept` wrote; None when there is no such file, or one of another release."""
    try:
        found: dict[str, Any] = json.loads((folder / ACCOUNTS_FILE).read_text(encoding="utf-8"))
        accounts = tuple(DemoAccount(**account) for account in found.pop("accounts"))
        return Kept(**found, accounts=accounts)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def told_as_json(kept: Kept) -> str:
    """The JSON of `datakluis demo --json`, to the letter of design 6."""
    return json.dumps({"base_url": kept.base_url, "accounts": [account.as_json() for account in kept.accounts]})
