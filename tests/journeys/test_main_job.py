"""The main job, from nothing: the operator's commands, a company's people in the vault, one shared and withdrawn."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.conftest import NewVisit
from tests.journeys.people import ArboMember, EmployerAdministrator, Person, PrivacyOfficer, VaultUser
from tests.journeys.running_portal import RunningPortal
from tests.journeys.staff_file import (
    FAULTY_ROW,
    PEOPLE,
    UNKNOWN_DEPARTMENT,
    UNKNOWN_DEPARTMENT_ROW,
    fill_in,
    first_name_of,
    last_name_of,
    number_of,
)

SERVICE = "Arbodienst Duinzicht"
EMPLOYER = "Bakkerij Korenaar"
DEPARTMENTS = ("Winkel", "Oven")
PASSWORD = "kromme tractor danst op donderdag"
INVITATION = "Uitnodiging voor Datakluis"
ROW = 4
NUMBER = number_of(ROW)
NAME = f"{first_name_of(ROW)} {last_name_of(ROW)}"
ANONYMOUS = f"Anoniem (Persnr: {NUMBER})"


def test_a_companys_people_go_in_and_one_is_shared_seen_changed_withdrawn_and_logged(
    portal: RunningPortal, new_visit: NewVisit, tmp_path: Path
) -> None:
    """Design 5; rows K-07..K-21, S-01..S-08, S-13, S-15, L-05, L-10, L-12, L-25, L-33, X-22 (D-rules 16 to 25)."""
    arbo = ArboMember("Carla Mulder", "c.mulder", new_visit())
    administrator = EmployerAdministrator("Anna Zandstra", "a.zandstra", new_visit())
    user = VaultUser("Femke Postma", "f.postma", new_visit())
    colleague = ArboMember("Dirk Terpstra", "d.terpstra", new_visit())
    employers_officer = PrivacyOfficer("Petra Winia", "p.winia", new_visit())
    services_officer = PrivacyOfficer("Paul Feenstra", "p.feenstra", new_visit())

    operator_adds_organisations_and_invites(portal, arbo)
    operator_invites(portal, administrator, EMPLOYER, "--role", "datakluisbeheerder", "--role", "werkgever")
    portal.serve()

    administrator_signs_up(portal, administrator)
    administrator_opens_the_vault(portal, administrator)
    administrator_imports_the_staff(administrator, tmp_path)

    roles = ("--role", "werkgever", "--role", "datakluisgebruiker")
    operator_invites(portal, user, EMPLOYER, *roles, "--department", "Winkel")
    user.signs_up(portal.link_in_mail_to(user.email, INVITATION), PASSWORD)
    user.reads("Wacht op toelating")
    administrator.sees_access_requests(1)
    administrator.agrees_to_access_of(user.name)

    arbo.signs_up(portal.link_in_mail_to(arbo.email, INVITATION), PASSWORD)
    operator_invites(portal, colleague, SERVICE, "--role", "casemanager_arbo")
    colleague.signs_up(portal.link_in_mail_to(colleague.email, INVITATION), PASSWORD)
    colleague.waits_for_admission()
    arbo.admits(colleague.name)
    arbo_sees_nobody(colleague)

    user_shares(user)
    arbo_sees_the_name(colleague, NAME)
    user.changes_last_name("Wiersma")
    user.sees_dossier_shared(f"{first_name_of(ROW)} Wiersma", with_service=SERVICE)
    arbo_sees_the_name(colleague, f"{first_name_of(ROW)} Wiersma")

    user_withdraws(user)
    colleague.opens_department("Winkel")
    assert ANONYMOUS in colleague.people_in_tree()
    colleague.opens_anonymous_dossier(NUMBER)
    colleague.visit.hides("Wiersma")

    operator_invites(portal, services_officer, SERVICE, "--role", "privacyfunctionaris")
    operator_invites(portal, employers_officer, EMPLOYER, "--role", "privacyfunctionaris")
    log_of_the_service_names_the_share(portal, services_officer)
    log_of_the_employer_names_the_share(portal, employers_officer)

    administrator.withdraws_access_of(user.name)
    user.is_logged_out()
    administrator.cannot_remove_the_last_administrator()
    assert "no faults" in portal.command("audit", "verify")


def operator_adds_organisations_and_invites(portal: RunningPortal, first_member: Person) -> None:
    assert "Ready" in portal.command("init")
    member = ("--first-member", first_member.name, "--login", first_member.login, "--email", first_member.email)
    portal.command("create-service", SERVICE, *member, "--role", "klantbeheer")
    departments = [word for name in DEPARTMENTS for word in ("--department", name)]
    portal.command("create-employer", EMPLOYER, "--service", SERVICE, *departments)


def operator_invites(portal: RunningPortal, person: Person, organisation: str, *roles_and_scope: str) -> None:
    who = ("--login", person.login, "--email", person.email)
    portal.command("invite", person.name, "--organisation", organisation, *who, *roles_and_scope)


def administrator_signs_up(portal: RunningPortal, administrator: EmployerAdministrator) -> None:
    administrator.opens_invitation(portal.link_in_mail_to(administrator.email, INVITATION))
    administrator.is_refused_password("kort", "Dit wachtwoord is te kort.")
    administrator.is_refused_password("password1234", "Dit wachtwoord is elders uitgelekt")
    administrator.is_refused_password("Anna Zandstra 1980", "Dit wachtwoord is te raden")
    administrator.chooses_password(PASSWORD)
    administrator.couples_app()
    administrator.keeps_backup_code()
    administrator.accepts_terms()


def administrator_opens_the_vault(portal: RunningPortal, administrator: EmployerAdministrator) -> None:
    administrator.registers_signatory("Dirkje Directeur", "Directeur", "directie@bedrijf.example")
    mail = portal.mail_to("directie@bedrijf.example", "verwerkersovereenkomst")
    assert "Zandstra" not in mail
    assert "Directeur" not in mail
    administrator.opens_vault()


def administrator_imports_the_staff(administrator: EmployerAdministrator, folder: Path) -> None:
    template = administrator.downloads_template(folder)
    administrator.uploads(fill_in(template, folder / "werknemers.xlsx", DEPARTMENTS))
    administrator.reads(f"{PEOPLE - 2} van de {PEOPLE} rijen kunnen nu worden geïmporteerd.")
    administrator.sees_fault(FAULTY_ROW, "Geboortedatum")
    administrator.reads("1 afdeling is nog niet bekend")
    administrator.makes_departments(1)
    administrator.reads(f"{PEOPLE - 1} van de {PEOPLE} rijen kunnen nu worden geïmporteerd.")
    administrator.imports(PEOPLE - 1)
    administrator.opens_department(UNKNOWN_DEPARTMENT)
    assert administrator.people_in_tree() == [f"Anoniem (Persnr: {number_of(UNKNOWN_DEPARTMENT_ROW)})"]


def arbo_sees_nobody(member: ArboMember) -> None:
    for department in DEPARTMENTS:
        member.opens_department(department)
        names = member.people_in_tree()
        assert len(names) >= 18
        assert all(name.startswith("Anoniem (Persnr: ") for name in names), names
    member.opens_department("Winkel")
    member.opens_anonymous_dossier(NUMBER)
    member.visit.hides(last_name_of(ROW))


def user_shares(user: VaultUser) -> None:
    user.goes_to("Werknemers")
    user.visit.is_on("Werknemers")
    user.visit.hides(DEPARTMENTS[1])
    user.opens_department("Winkel")
    user.opens_quick_view(NUMBER, NAME)
    user.shares_dossier("Belt morgen zelf de casemanager", with_service=SERVICE)
    user.sees_dossier_shared(NAME, with_service=SERVICE)


def arbo_sees_the_name(member: ArboMember, name: str) -> None:
    member.opens_department("Winkel")
    named = [label for label in member.people_in_tree() if not label.startswith("Anoniem")]
    assert len(named) == 1
    member.opens_dossier(named[0], name)
    member.reads("Belt morgen zelf de casemanager")


def user_withdraws(user: VaultUser) -> None:
    user.opens_share_history()
    user.reads("Belt morgen zelf de casemanager")
    user.withdraws_share()


def log_of_the_service_names_the_share(portal: RunningPortal, officer: PrivacyOfficer) -> None:
    """Each look with the share as its ground; a look at an anonymous page has none."""
    officer.signs_up(portal.link_in_mail_to(officer.email, INVITATION), PASSWORD)
    looks = officer.lines_of_log("Bekeek de gegevens van een werknemer")
    assert [look["Grond"][:10] for look in looks] == ["", "Deling van", "Deling van", ""]
    assert {look["Betreft"] for look in looks} == {f"Persnr: {NUMBER}"}
    assert all(look["Wie, in welke rol"].startswith("Dirk Terpstra") for look in looks)
    for what in ("Deelde een dossier met de arbodienst", "Trok een deling in"):
        [line] = officer.lines_of_log(what)
        assert line["Wie, in welke rol"].startswith(f"Iemand van {EMPLOYER}")
    officer.visit.hides("Wiersma")


def log_of_the_employer_names_the_share(portal: RunningPortal, officer: PrivacyOfficer) -> None:
    officer.signs_up(portal.link_in_mail_to(officer.email, INVITATION), PASSWORD)
    for what in ("Deelde een dossier met de arbodienst", "Trok een deling in"):
        [line] = officer.lines_of_log(what)
        assert line["Wie, in welke rol"].startswith("Femke Postma")
        assert line["Grond"].startswith("Deling van")
        assert line["Betreft"] == f"Persnr: {NUMBER}"
    looks = officer.lines_of_log("Bekeek de gegevens van een werknemer")
    assert {look["Wie, in welke rol"].splitlines()[0] for look in looks} == {"Femke Postma"}
    officer.visit.hides("Wiersma")
