"""The log of one's own organisation through the pages (security.md LOG2, LOG11, LOG12; design 3)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from sqlalchemy import event

from accounts.models import Person
from audit.actions import REQUIRED_DETAILS, Action
from audit.models import AuditEntry
from audit.recording import Who, record
from organisation.models import Employee
from portal.log_sentences import OUTCOMES, SENTENCES, sentence
from tests.pages import Page, Visitor
from tests.portal.company import Company
from tests.portal.test_transactions import deny_the_log
from vault.log_reading import NAMED_ON_A_LINE
from vault.search import SearchWords, search
from vault.tree import names

URL = "/logboek"
NOBODY = uuid5(UUID(int=0), "nobody")


@pytest.mark.parametrize("action", list(Action))
def test_every_action_has_a_dutch_sentence_with_its_details_filled_in(company: Company, action: Action) -> None:
    assert action in SENTENCES
    details = dict.fromkeys(REQUIRED_DETAILS[action].required, "12")
    entry = AuditEntry(action=action.value, details=details)

    with company.portal.app.test_request_context():
        words = sentence(entry)

    assert words[0].isupper()
    assert "%" not in words
    assert action.value not in words
    assert "?" not in words


def test_every_outcome_has_a_word() -> None:
    assert set(OUTCOMES) == {"success", "refused", "failed"}


def rows(page: Page) -> list[str]:
    """The lines of the list, as read aloud."""
    body = next(element for element in page.root.iter("tbody"))
    return [" ".join("".join(line.itertext()).split()) for line in body.iter("tr")]


def look(company: Company, name: str, employee: str) -> Visitor:
    """Let a person look at an employee, a minute after whatever happened before."""
    visitor = company.visitor(name)
    company.portal.source.advance(timedelta(minutes=1))
    visitor.get(company.employee_url(employee))
    company.portal.source.advance(timedelta(minutes=1))
    return visitor


def write(company: Company, action: Action, *, about: tuple[UUID, ...] = (), by: str = "Anna", **more: object) -> None:
    with company.preparing() as world:
        who = world.actor(by).who
        record(world.session, action, by=who, subjects=about, **more)  # type: ignore[arg-type]


def test_a_line_tells_when_who_what_about_whom_and_how_it_ended(company: Company) -> None:
    anna = look(company, "Anna", "Eva")

    line = rows(anna.get(URL))[0]

    assert line.startswith("22-11-2026 10:0")
    for told in (
        "Anna",
        "Datakluisbeheerder, Werkgever",
        "Bekeek de gegevens van een werknemer",
        "E. Yılmaz (Persnr: WK001)",
        "Gelukt",
        "192.0.2.10",
    ):
        assert told in line


def test_looking_at_the_log_is_logged_with_whom_it_showed(company: Company) -> None:
    """LOG2."""
    anna = look(company, "Anna", "Eva")
    anna.get(URL + "?handeling=employee:read")
    company.portal.source.advance(timedelta(minutes=1))

    (entry,) = company.entries("log:read")
    assert entry.actor_id == company.world.people["Anna"].id
    assert entry.details == {"filter": "action", "page": 1}
    assert "Bekeek het logboek" in rows(anna.get(URL))[0]


def test_when_the_look_cannot_be_logged_nothing_is_shown(company: Company) -> None:
    """Design 3: no log, no service."""
    anna = look(company, "Anna", "Eva")
    deny_the_log(company.portal.services.factory.engine)
    page = anna.get(URL, status=503)

    assert "Yılmaz" not in page.text
    assert company.entries("log:read") == []


def test_only_the_own_organisation_is_told_of(company: Company) -> None:
    """LOG12, D-rule 16."""
    with company.preparing() as world:
        record(world.session, Action.LOGOUT_DO, by=Who(None, world.other_employer.id, (), "203.0.113.77"))
        record(world.session, Action.LOGOUT_DO, by=Who(None, world.service.id, (), "203.0.113.88"))

    page = company.page("Anna", URL)

    assert "203.0.113" not in page.text
    assert "Bram" not in page.text
    assert "Carla" not in page.text


def test_of_somebody_of_another_organisation_only_that_is_told(company: Company) -> None:
    with company.preparing() as world:
        carla = world.actor("Carla").who
        record(world.session, Action.SHARE_END, by=carla, organisation_id=world.employer.id)

    line = rows(company.page("Anna", URL + "?handeling=share:end"))[0]

    assert "Iemand van Noord" in line
    assert "Carla" not in line
    assert carla.access_point not in line


def test_an_empty_filter_result_says_so(company: Company) -> None:
    page = company.page("Anna", URL + "?handeling=bsn:read")

    assert "Geen regels gevonden" in page.text
    assert "Filter wissen" in page.text


def test_filters_choose_person_action_and_period(company: Company) -> None:
    company.visitor("Ilse", company.employee_url("Eva"))
    company.portal.source.advance(timedelta(hours=1))
    anna = look(company, "Anna", "Eva")
    ilse = company.world.people["Ilse"].id

    lines = rows(anna.get(f"{URL}?persoon={ilse}&handeling=employee:read"))
    assert len(lines) == 1
    assert "Ilse" in lines[0]
    assert len(rows(anna.get(URL + "?handeling=employee:read&van=22-11-2026&tot=22-11-2026"))) == 2
    assert "Geen regels gevonden" in anna.get(URL + "?van=23-11-2026").text
    assert "Geen regels gevonden" in anna.get(URL + "?tot=21-11-2026").text


def test_a_period_is_in_dutch_days(company: Company) -> None:
    """Half past midnight on the 23rd is still the 22nd in UTC."""
    company.portal.source.advance(timedelta(hours=14, minutes=30))
    write(company, Action.BSN_READ)
    anna = company.visitor("Anna")

    assert "00:3" in rows(anna.get(URL + "?handeling=bsn:read&van=23-11-2026"))[0]
    assert "Geen regels gevonden" in anna.get(URL + "?handeling=bsn:read&tot=22-11-2026").text


@pytest.mark.parametrize("query", ["van=gisteren", "tot=31-02-2026", "van=" + "9" * 5_000])
def test_a_day_that_does_not_exist_is_told_beside_the_field(company: Company, query: str) -> None:
    page = company.page("Anna", f"{URL}?{query}", status=422)

    assert "Kijk nog even naar dit punt" in page.text
    assert company.entries("log:read") == []


@pytest.mark.parametrize(
    "query",
    ["persoon=x", f"persoon={NOBODY}", "persoon={bram}", "handeling=x:y", "werknemer=x", f"werknemer={NOBODY}",
     "werknemer={piet}", "persoon=" + "x" * 5_000],
)  # fmt: skip
def test_what_is_not_ones_own_cannot_be_asked_about(company: Company, query: str) -> None:
    """D-rule 16: another employer's person and employee are as absent as those who never were."""
    filled = query.format(bram=company.world.people["Bram"].id, piet=company.employees["Piet"])

    company.visitor("Anna", f"{URL}?{filled}", status=404)


def test_an_employee_is_asked_about_by_number_which_stays_out_of_the_address(company: Company) -> None:
    """LOG11."""
    anna = look(company, "Anna", "Eva")
    anna.get(company.employee_url("Joris"))
    anna.get(URL)

    page = anna.submit({"persnr": " WK001 "}, action=URL + "/werknemer")

    query = page.response.request.query_string.decode()
    assert query == f"werknemer={company.employees['Eva']}"
    assert "Alleen wat ging over E. Yılmaz (Persnr: WK001)" in page.text
    assert all("WK001" in line for line in rows(page))
    assert not any("WK002" in line for line in rows(page) if "Bekeek de gegevens" in line)


@pytest.mark.parametrize("number", ["WK999", "PE001", "x" * 10_000, "", "' OR 1=1 --", "<b>"])
def test_a_number_that_is_not_there_is_told_beside_the_field(company: Company, number: str) -> None:
    """PE001 is another employer's."""
    anna = company.visitor("Anna", URL)

    page = anna.submit({"persnr": number}, action=URL + "/werknemer", status=422)

    assert "Fout:" in page.text
    assert page.form(URL + "/werknemer").values["persnr"] == number


def test_the_arbo_side_chooses_between_employers_that_use_the_same_number(company: Company) -> None:
    with company.preparing() as world:
        world.hire("Petra", world.service, "privacyfunctionaris")
        smit = world.garage.id
        world.session.add(
            Employee(
                id=world.session.source.new_id(), organisation_id=smit, personnel_number="WK001", batch_id=None,
                version=1, created_at=world.session.source.now(),
            )
        )  # fmt: skip
        company.portal.people["Petra"] = world.people["Petra"]
    petra = company.visitor("Petra", URL)

    page = petra.submit({"persnr": "WK001"}, action=URL + "/werknemer")

    assert page.heading == "Welke werknemer bedoelt u?"
    assert "Bakkerij Mulder" in page.text
    assert "Garage Smit" in page.text
    page = petra.get(f"{URL}?werknemer={company.employees['Eva']}")
    assert "Persnr: WK001" in page.text


def test_names_are_shown_only_where_ones_own_keys_open_them(company: Company) -> None:
    """A privacy officer has no key of the vault."""
    with company.preparing() as world:
        world.hire("Petra", world.employer, "privacyfunctionaris")
        company.portal.people["Petra"] = world.people["Petra"]
    company.visitor("Anna", company.employee_url("Eva"))

    page = company.page("Petra", URL)

    assert "Persnr: WK001" in page.text
    assert "Yılmaz" not in page.text


def test_the_arbo_side_sees_the_ground_of_a_look(company: Company) -> None:
    """LOG6."""
    company.share("Eva")
    with company.preparing() as world:
        world.hire("Petra", world.service, "privacyfunctionaris")
        company.portal.people["Petra"] = world.people["Petra"]
    company.visitor("Carla", company.dossier_url("Eva"))

    lines = rows(company.page("Petra", URL + "?handeling=employee:read"))

    assert "Deling van 22 november 2026" in lines[0]
    assert "Carla" in lines[0]


def test_a_list_of_the_arbo_side_tells_the_ground_of_each_who_is_named(company_on_each_database: Company) -> None:
    """LOG6: of one person in the column itself, of more beside each; asked about one, of that one."""
    company = company_on_each_database
    company.share("Eva")
    with company.preparing() as world:
        world.hire("Petra", world.service, "privacyfunctionaris")
        company.portal.people["Petra"] = world.people["Petra"]
        names(world.session, world.actor("Carla"), [company.employees["Eva"]])
    petra = company.visitor("Petra")
    listed = URL + "?handeling=employee:list"
    [line] = rows(petra.get(listed))
    assert "Deling van 22 november 2026" in line
    assert "per persoon" not in line
    company.portal.source.advance(timedelta(days=1))
    with company.preparing() as world:
        world.share(company.employees["Joris"])
        names(world.session, world.actor("Carla"), [company.employees["Eva"], company.employees["Joris"]])

    petra = company.visitor("Petra")
    line = rows(petra.get(listed))[0]
    assert "Deling per persoon" in line
    assert "WK001 deling van 22-11-2026" in line
    assert "WK002 deling van 23-11-2026" in line
    for name, day in (("Eva", "22"), ("Joris", "23")):
        line = rows(petra.get(f"{listed}&werknemer={company.employees[name]}"))[0]
        assert f"Deling van {day} november 2026" in line


def test_a_search_by_number_tells_no_ground_of_whom_it_showed_without_a_name(company: Company) -> None:
    """LOG6, K-19: who is not shared was found by number only, and no share was the ground of that."""
    company.share("Eva")
    with company.preparing() as world:
        world.hire("Petra", world.service, "privacyfunctionaris")
        company.portal.people["Petra"] = world.people["Petra"]
        search(world.session, world.actor("Carla"), SearchWords(personnel_number="WK002"))

    page = company.page("Petra", URL + "?handeling=employee:search")

    assert "Persnr: WK002" in rows(page)[0]
    assert "eling van" not in page.text


def test_of_a_long_list_a_line_tells_three_and_how_many_more(company: Company) -> None:
    with company.preparing() as world:
        everyone = tuple(world.employ(f"X{number:03}", "Bakker") for number in range(5))
    write(company, Action.EMPLOYEE_LIST, about=everyone)

    line = rows(company.page("Anna", URL + "?handeling=employee:list"))[0]

    assert line.count("Persnr:") == NAMED_ON_A_LINE
    assert "en 2 anderen" in line


def test_a_page_costs_the_same_number_of_queries_whatever_is_on_it(company: Company) -> None:
    with company.preparing() as world:
        everyone = [world.employ(f"X{number:03}", "Bakker") for number in range(30)]
    anna = company.visitor("Anna", URL)
    before = queries(company, anna)
    for employee in everyone:
        write(company, Action.EMPLOYEE_READ, about=(employee,))

    after = queries(company, anna)

    # The sentences of the key, of the names and of the cards come once, however many lines there are.
    assert after <= before + 4


def queries(company: Company, visitor: object) -> int:
    engine, counted = company.portal.services.factory.engine, []

    def count(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        counted.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    visitor.get(URL)  # type: ignore[attr-defined]
    event.remove(engine, "before_cursor_execute", count)
    return len(counted)


def test_fifty_lines_stand_on_a_page_and_filters_stay_when_one_turns_it(company: Company) -> None:
    for _number in range(60):
        write(company, Action.BSN_READ)
    anna = company.visitor("Anna")

    page = anna.get(URL + "?handeling=bsn:read")
    assert len(rows(page)) == 50
    assert "Pagina 1 van 2, 60 regels" in page.text
    following = next(link for link in page.links() if "pagina=2" in link)
    assert "handeling=bsn" in following
    assert len(rows(anna.get(following))) == 10


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "7"])
def test_a_page_that_is_not_there_is_no_error(company: Company, page: str) -> None:
    company.visitor("Anna", f"{URL}?pagina={page}")


def test_a_hostile_name_is_text(company: Company) -> None:
    with company.preparing() as world:
        world.session.get_one(Person, world.people["Ilse"].id).display_name = "<script>Ilse</script>"

    assert "<script>Ilse</script>" in company.page("Anna", URL).text


@pytest.mark.parametrize("name", ["Frits", "Gerda", "Carla", "Dirk"])
def test_whoever_may_not_read_the_log_does_not(company: Company, name: str) -> None:
    company.visitor(name, URL, status=403)


def test_a_right_that_was_taken_between_two_requests_is_gone(company: Company) -> None:
    anna = company.visitor("Anna", URL)
    company.take_role("Anna", "datakluisbeheerder")

    anna.get(URL, status=403)
    assert len(company.entries("log:read")) == 1
