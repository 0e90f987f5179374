"""What the arbo service of the demo keeps of its employers: master data, folders, whom to call (O-01..O-34).

The phone numbers reach nobody, and the fiscal numbers are of the range that is set apart for tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from accounts.actor import Actor
from database.session import Session
from organisation.calendar import today
from organisation.contact_persons import Contact, add_contact
from organisation.departments import add_department, change_department, department_tree
from organisation.employer_fields import UNKNOWN_CONNECTION_NUMBER, Address, Profile
from organisation.employer_folders import add_folder, folder_tree
from organisation.employer_profiles import save_profile
from organisation.employer_publishing import assign_case_manager, move_employer
from organisation.registering import add_employer
from organisation.sites import add_site
from portal.demo.employers import LINDERVOORT, RIETMARE, TORNVELD
from portal.demo.history import History

OFFICES = ("Kantoor Lindervoort", "Kantoor Rietmare")
UNPUBLISHED = "Kwekerij Rozenhof"


@dataclass(frozen=True)
class _Kept:
    profile: Profile
    office: str | None
    contact: Contact
    site: tuple[str, Address] | None = None
    managers: tuple[tuple[str, str], ...] = ()


def _profile(code: str, number: int, address: Address, wage_tax_number: str, sector: str, offer: str) -> Profile:
    return Profile(
        code=code,
        phone=f"+3160000{number:04}",
        visiting=address,
        postal=address,
        wage_tax_number=wage_tax_number,
        uwv_office="Zwolle",
        uwv_connection_number=f"{number:014}",
        sector=sector,
        offer=offer,
        personnel_system="VerzuimXpert",
    )


_KEPT = {
    LINDERVOORT.name: _Kept(
        _profile(
            "VDD40173", 11, Address("Raadhuisplein", "1", "7436AA", "Lindervoort"), "999990019L01", "64",
            "Een bedrijfsrestaurant en een fietsregeling.",
        ),
        OFFICES[0],
        Contact("Femke Bakker", "HR-adviseur", "+31600000012", "f.bakker@lindervoort.example"),
        ("Gemeentewerf", Address("Werfweg", "8", "7437BC", "Oud-Lindervoort")),
        (("Openbare Werken", "r.yilmaz"), ("Burgerzaken", "k.visser")),
    ),
    RIETMARE.name: _Kept(
        _profile("VDD40210", 21, Address("Zorglaan", "100", "8461DE", "Rietmare"), "999990020L01", "35", "_"),
        OFFICES[1],
        Contact("Evert Hoekstra", "Hoofd personeelszaken", "+31600000022", "e.hoekstra@rietmare.example"),
    ),
    TORNVELD.name: _Kept(
        _profile("TORNVELD", 31, Address("Brugstraat", "14", "6583FG", "Tornveld"), "000000000L01", "44", "_"),
        None,
        Contact("Ilse Smit", "Officemanager", "+31600000032", "i.smit@tornveld.example"),
    ),
}  # fmt: skip


def tell_master_data(history: History) -> None:
    """Put on the agenda how the service filled in what it keeps of its employers, and what still waits today."""
    at, moment = history.at, history.agenda.moment
    at(moment(36, "14:00"), lambda: history.act("s.elmas", _make_folders))
    for minute, name in enumerate(_KEPT, start=10):
        at(moment(36, f"14:{minute}"), lambda name=name: history.act("s.elmas", _keep, history, name))  # type: ignore[misc]
    at(moment(1, "11:20"), lambda: history.act("s.elmas", _begin_another))


def _make_folders(session: Session, *, actor: Actor) -> None:
    (customers,) = folder_tree(session, actor)
    for office in OFFICES:
        add_folder(session, office, customers.id, actor)
    for name in ("2. Proefklanten", "3. Ex-klanten"):
        add_folder(session, name, None, actor)


def _keep(session: Session, history: History, name: str, *, actor: Actor) -> None:
    kept, employer_id = _KEPT[name], history.places.organisations[name]
    save_profile(session, employer_id, name, kept.profile, expected_version=0, actor=actor)
    add_contact(session, employer_id, None, kept.contact, actor)
    if kept.site:
        add_site(session, employer_id, *kept.site, None, actor)
    if kept.office:
        folder = next(line for line in folder_tree(session, actor) if line.name == kept.office)
        move_employer(session, employer_id, folder.id, actor)
        assign_case_manager(session, employer_id, history.people["p.vandermeer"].person_id, actor)
    for department, login in kept.managers:
        _let_lead(session, employer_id, department, history.people[login].person_id, actor)


def _let_lead(session: Session, employer_id: UUID, name: str, person_id: UUID, actor: Actor) -> None:
    line = next(line for line in department_tree(session, employer_id, actor) if line.name == name)
    change_department(
        session, employer_id, line.id, name=name, parent_id=line.parent_id, manager_id=person_id, actor=actor
    )


def _begin_another(session: Session, *, actor: Actor) -> None:
    """An employer that is not published: its UWV number is not known, and its phone number is missing."""
    employer = add_employer(session, UNPUBLISHED, today(session), actor)
    add_department(session, employer.id, "Kassen", None, actor)
    known = Profile(code="ROZENHOF", uwv_connection_number=UNKNOWN_CONNECTION_NUMBER, sector="1")
    save_profile(session, employer.id, UNPUBLISHED, known, expected_version=0, actor=actor)
