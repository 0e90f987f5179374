"""Beheer > Werkgevers and the dossier of an employer (O-01..O-34; C.1 and C.2: who creates, links, and reads)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.canaries import Kind
from tests.census.route import LISTERS, SERVICE, Route

OF_SERVICES = ("employer_",)
OF_BOTH = ("employers.show",)
WAITING = frozenset({"employer_publishing.show", "employer_publishing.place", "employer_agreements.remove"})
"""What is asked of an employer that is not published, whose agreement has not begun."""

KLANTBEHEER = frozenset({"klantbeheer"})
READERS = LISTERS | SERVICE
MASTER_DATA = {
    "name": "Nieuwe naam", "code": "VDD40173", "phone": "06 0000 0001", "sector": "99", "offer": "_",
    "visiting_street": "Kasweg", "visiting_house_number": "3", "visiting_postcode": "2671 AA",
    "visiting_city": "Rozendorp", "same_address": "y", "wage_tax_number": "000000000L01", "uwv_office": "Den Haag",
    "uwv_connection_number": "12345678912345", "personnel_system": "VerzuimXpert", "version": "0",
}  # fmt: skip
DEPARTMENT = {"name": "Nieuwe afdeling", "parent_id": "", "manager_id": ""}
CONTACT = {"name": "Sanne Zomer", "email": "sanne@example.org", "site_id": ""}
LAST_DAY = {"last_day": "31-12-2039", "stap": "bevestigen"}


def _administered(shows: Kind | None = None, **other: object) -> Route:
    return Route(KLANTBEHEER, shows=shows, **other)  # type: ignore[arg-type]


ROUTES: Mapping[tuple[str, str], Route] = {
    ("employer_administration.show_all", "GET"): _administered(Kind.WAITING, queries=("zoek=Zqvx", "pagina=2")),
    ("employer_administration.show_new", "GET"): _administered(),
    ("employer_administration.add", "POST"): _administered(values={"name": "Nieuw", "first_day": "01-03-2026"}),
    ("employer_administration.show", "GET"): _administered(Kind.ORGANISATION),
    ("employer_administration.save", "POST"): _administered(values=MASTER_DATA),
    ("employer_departments.show_all", "GET"): _administered(Kind.DEPARTMENT),
    ("employer_departments.add", "POST"): _administered(
        values={"name": "Nieuwe afdeling", "parent_id": ""}, others=({"parent_id": "{department}"},)
    ),
    # A manager is one of the employer's users (O-30), so that who chooses one sees who they are.
    ("employer_departments.show", "GET"): _administered(Kind.STAFF),
    ("employer_departments.change", "POST"): _administered(
        values=DEPARTMENT, others=({"manager_id": "{person}"}, {"parent_id": "{department}"})
    ),
    ("employer_departments.ask_removal", "GET"): _administered(Kind.DEPARTMENT),
    ("employer_departments.remove", "POST"): _administered(),
    ("employer_sites.show_all", "GET"): _administered(Kind.CONTACT),
    ("employer_sites.show_new", "GET"): _administered(),
    ("employer_sites.add", "POST"): _administered(values={"name": "Nieuwe vestiging"}),
    ("employer_sites.show", "GET"): _administered(Kind.ORGANISATION),
    ("employer_sites.change", "POST"): _administered(values={"name": "Andere naam"}),
    ("employer_sites.ask_removal", "GET"): _administered(Kind.ORGANISATION),
    ("employer_sites.remove", "POST"): _administered(),
    ("employer_contacts.show_new", "GET"): _administered(),
    ("employer_contacts.add", "POST"): _administered(values=CONTACT, others=({**CONTACT, "site_id": "{site}"},)),
    ("employer_contacts.show", "GET"): _administered(Kind.CONTACT),
    ("employer_contacts.change", "POST"): _administered(values=CONTACT, others=({**CONTACT, "site_id": "{site}"},)),
    ("employer_contacts.ask_removal", "GET"): _administered(Kind.CONTACT),
    ("employer_contacts.remove", "POST"): _administered(),
    # Linking an arbo service takes a right of its own, which Klantbeheer has (C.1, U-31).
    ("employer_agreements.show_all", "GET"): _administered(Kind.ORGANISATION),
    ("employer_agreements.show_new", "GET"): _administered(),
    ("employer_agreements.add", "POST"): _administered(values={"first_day": "01-01-2019", "last_day": "31-12-2019"}),
    ("employer_agreements.show", "GET"): _administered(Kind.ORGANISATION),
    ("employer_agreements.change", "POST"): _administered(values={"exchange_number": "A-1"}),
    ("employer_agreements.show_end", "GET"): _administered(Kind.ORGANISATION),
    ("employer_agreements.end", "POST"): _administered(values=LAST_DAY),
    ("employer_agreements.ask_removal", "GET"): _administered(),
    ("employer_agreements.remove", "POST"): _administered(),
    ("employer_publishing.show", "GET"): _administered(Kind.FOLDER),
    ("employer_publishing.place", "POST"): _administered(
        values={"folder_id": "{folder}"}, others=({"folder_id": "{folder}"},)
    ),
    ("employer_publishing.show_move", "GET"): _administered(Kind.FOLDER),
    ("employer_publishing.move", "POST"): _administered(
        values={"folder_id": "{folder}"}, others=({"folder_id": "{folder}"},)
    ),
    # Who supervises (O-21): "Alleen Klantbeheer".
    ("employer_publishing.show_team", "GET"): _administered(Kind.STAFF),
    ("employer_publishing.assign", "POST"): _administered(
        values={"person_id": ""}, others=({"person_id": "{person}"},)
    ),
    ("employer_folders.show_all", "GET"): _administered(Kind.FOLDER),
    ("employer_folders.add", "POST"): _administered(
        values={"name": "Nieuwe map", "parent_id": ""}, others=({"parent_id": "{folder}"},)
    ),
    ("employer_folders.show", "GET"): _administered(Kind.FOLDER),
    ("employer_folders.rename", "POST"): _administered(values={"name": "Andere map"}),
    ("employer_folders.ask_removal", "GET"): _administered(Kind.FOLDER),
    ("employer_folders.remove", "POST"): _administered(),
    # Everybody on both sides may read master data and contacts (C.1 S*, C.2 S*), the employer only its own (O-31).
    ("employers.show_all", "GET"): Route(READERS, shows=Kind.ORGANISATION, queries=("zoek=Zqvx", "pagina=2")),
    ("employers.show", "GET"): Route(READERS, shows=Kind.CONTACT),
    ("employers.show_own", "GET"): Route(LISTERS, shows=Kind.CONTACT),
    ("employers.show_departments", "GET"): Route(READERS, shows=Kind.DEPARTMENT, queries=("afdeling={department}",)),
}
