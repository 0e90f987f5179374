"""Finding one among many: the blind indexes offer, opened cards decide (design 2.5; E-05, E-09, H-06, H-07)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from accounts.errors import PermissionDenied
from audit.models import AuditEntry, AuditSubject
from organisation.finding import EmploymentFilter
from tests.vault.test_search import BORN, add, found, within
from tests.world import World
from vault import records
from vault import search as searching
from vault.errors import SearchTooShort
from vault.fields import Card
from vault.intake import take_in_shares
from vault.models import RecordIndex
from vault.search import SearchResult, SearchWords, search
from vault.value_checks import ValueFault

OTHER_BSN = "999990020"
FORMER = EmploymentFilter(former=True)


@pytest.fixture(params=["few", "many"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Once with everybody opened and compared, once by the indexes: who is found must not depend on it."""
    if request.param == "many":
        monkeypatch.setattr(searching, "MOST_IN_VIEW", 0)
    return str(request.param)


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """More people in view than are opened."""
    monkeypatch.setattr(searching, "MOST_IN_VIEW", 0)


@contextmanager
def opened_cards(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Card]]:
    """Yield a list that gets every card that is opened."""
    cards: list[Card] = []
    real = Card.from_bytes

    def noting(data: bytes) -> Card:
        cards.append(real(data))
        return cards[-1]

    with monkeypatch.context() as patch:
        patch.setattr(Card, "from_bytes", noting)
        yield cards


def result(world: World, name: str = "Anna", *, everybody: bool = False, **words: object) -> SearchResult:
    """What a search answers."""
    return search(world.session, world.actor(name), SearchWords(**words), everybody=everybody)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("dijk", ["1"]),
        ("Van Dijk", ["1"]),
        ("vandijk", ["1"]),
        ("DIJ", ["1"]),
        ("celik", ["2"]),
        ("de vries-çe", ["2"]),
        ("'t hoen", ["3"]),
        ("Yılmaz", ["4"]),
        ("Li", ["5"]),
        ("Dijkstra", []),
    ],
)
def test_a_name_is_found_the_same_among_few_and_many(world: World, size: str, typed: str, numbers: list[str]) -> None:
    """E-05, K-23."""
    add(world, "1", "Dijk", "van")
    add(world, "2", "Vries-Çelik", "de")
    add(world, "3", "Hoen", "'t")
    add(world, "4", "Yılmaz")
    add(world, "5", "Li")
    assert found(world, last_name=typed) == numbers


def test_every_field_is_compared_in_full_after_opening(world: World, size: str) -> None:
    """Design 2.5: a digest is shared by the whole month, the whole area and all who begin with three letters."""
    world.hire_vault_user("Ilse", "datakluisgebruiker", "bsn_inzage")
    add(world, "1", "Dijk", bsn=OTHER_BSN)
    world.employ("2", "Dijkstra")
    assert found(world, birth_date=BORN) == ["1"]
    assert found(world, birth_date=date(1971, 5, 18)) == []
    assert found(world, postcode="3511 ab") == ["1", "2"]
    assert found(world, postcode="3511") == ["1", "2"]
    assert found(world, postcode="3511 AC") == []
    assert found(world, postcode="3512") == []
    assert found(world, "Ilse", bsn="9999 900 20") == ["1"]
    assert found(world, "Ilse", bsn=OTHER_BSN, last_name="Dijkstra") == []
    assert found(world, last_name="dijk", birth_date=date(1990, 12, 31), postcode="3511AB") == ["2"]
    assert found(world, last_name="dijk", personnel_number="1") == ["1"]


def test_who_may_not_read_a_bsn_does_not_search_by_one(world: World, size: str) -> None:
    """D-rule 37: finding somebody by a BSN tells whose it is."""
    add(world, "1", "Dijk", bsn=OTHER_BSN)
    with pytest.raises(PermissionDenied):
        found(world, bsn=OTHER_BSN)
    assert world.session.scalar(select(AuditEntry).where(AuditEntry.action == "employee:search")) is None


def test_who_may_not_read_a_bsn_does_not_learn_that_nobody_has_one(world: World, size: str) -> None:
    """D-rule 37: refused before anything is looked for, so that no answer tells a BSN that is there from another."""
    with pytest.raises(PermissionDenied):
        found(world, bsn="999990202")


def test_what_is_no_bsn_or_no_postcode_is_refused(world: World) -> None:
    world.hire_vault_user("Ilse", "datakluisgebruiker", "bsn_inzage")
    with pytest.raises(ValueFault):
        found(world, "Ilse", bsn="123456789")
    with pytest.raises(SearchTooShort):
        found(world, postcode="35")


def test_a_search_by_bsn_tells_the_log_which_fields_and_shows_no_bsn(world: World, size: str) -> None:
    """D-rules 14 and 37."""
    world.hire_vault_user("Ilse", "datakluisgebruiker", "bsn_inzage")
    employee_id = add(world, "1", "Dijk", bsn=OTHER_BSN)
    answer = result(world, "Ilse", bsn=OTHER_BSN, postcode="3511AB", last_name="Dijk")
    entry = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "employee:search")).one()
    assert entry.details == {"fields": "bsn last_name postcode", "count": 1}
    subjects = world.session.scalars(select(AuditSubject.subject_id).where(AuditSubject.entry_id == entry.id))
    assert list(subjects) == [employee_id]
    assert OTHER_BSN not in repr(answer)
    assert "Dijk" not in repr(answer)


def test_few_letters_find_exact_names_among_many_and_say_so(world: World, many: None) -> None:
    """Design 2.5: fewer than three letters are answered only where all can be opened."""
    add(world, "1", "Li")
    add(world, "2", "Lindeman")
    answer = result(world, last_name="Li")
    assert [hit.personnel_number for hit in answer.hits] == ["1"]
    assert answer.exact
    assert not result(world, last_name="Lin").exact
    # With something else to find them by, few letters narrow down.
    with_date = result(world, last_name="Li", birth_date=BORN)
    assert ([hit.personnel_number for hit in with_date.hits], with_date.exact) == (["1", "2"], False)


def test_few_letters_find_all_among_few(world: World) -> None:
    add(world, "1", "Li")
    add(world, "2", "Lindeman")
    answer = result(world, last_name="L")
    assert ([hit.personnel_number for hit in answer.hits], answer.exact) == (["1", "2"], False)


def test_a_common_name_opens_no_more_cards_than_it_takes(
    world: World, many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Design 2.5: by personnel number, until there are more than a page shows."""
    monkeypatch.setattr(searching, "MOST_SHOWN", 2)
    monkeypatch.setattr(searching, "CHUNK_SIZE", 2)
    for number in range(9):
        add(world, f"{number}", "Jansen")
    with opened_cards(monkeypatch) as cards:
        answer = result(world, last_name="jansen")
    assert [hit.personnel_number for hit in answer.hits] == ["0", "1"]
    assert (answer.more, answer.stopped) == (True, False)
    assert len(cards) == 4


def test_too_many_who_could_fit_are_not_all_opened(world: World, many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hard limit, and the answer says that it was reached."""
    monkeypatch.setattr(searching, "MOST_OPENED", 3)
    monkeypatch.setattr(searching, "CHUNK_SIZE", 2)
    for number in range(4):
        add(world, f"{number}", "Jansen")
    add(world, "4", "Janmaat")
    with opened_cards(monkeypatch) as cards:
        answer = result(world, last_name="janm")
    assert (answer.hits, answer.stopped) == ((), True)
    assert len(cards) == 3
    assert not result(world, last_name="janm", personnel_number="4").stopped


def test_details_are_opened_for_a_bsn_only(world: World, size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is decrypted that is not needed."""
    world.hire_vault_user("Ilse", "datakluisgebruiker", "bsn_inzage")
    add(world, "1", "Dijk", bsn=OTHER_BSN)
    opened: list[str] = []
    real = records._open

    def noting(*given: object) -> object:
        for row in real(*given):  # type: ignore[arg-type]
            opened.append(row[0].part)
            yield row

    monkeypatch.setattr(records, "_open", noting)
    found(world, "Ilse", last_name="dijk", birth_date=BORN, postcode="3511AB")
    assert set(opened) == {"card"}
    found(world, "Ilse", bsn=OTHER_BSN)
    assert set(opened) == {"card", "details"}


def test_scope_is_applied_before_the_limit(world: World, size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """D-rules 16 and 46: the first are the first of one's own, and nothing tells that there are others."""
    monkeypatch.setattr(searching, "MOST_SHOWN", 1)
    world.hire_vault_user("Frits", "datakluisgebruiker", scope=world.scope("Winkel"))
    for number, department in (("1", "Oven"), ("2", "Oven"), ("3", "Winkel")):
        add(world, number, "Dijk", department=department)
    for words in ({"last_name": "dijk"}, {"birth_date": BORN}, {}):
        answer = result(world, "Frits", everybody=True, **words)
        assert ([hit.personnel_number for hit in answer.hits], answer.more, answer.stopped) == (["3"], False, False)
    assert result(world, "Bram", everybody=True).hits == ()


def test_the_index_of_one_side_finds_nothing_for_another(world: World, many: None) -> None:
    """A row of another holder is no row: what is not shared is not found (D-rule 23)."""
    add(world, "1", "Dijk")
    world.session.execute(update(RecordIndex).values(holder_id=world.service.holder_id))
    assert found(world, "Carla", last_name="dijk") == []
    assert found(world, last_name="dijk") == []


def test_who_left_is_found_only_with_the_box_ticked(world: World, size: str) -> None:
    """E-09, H-06: filtered in the query, so that nothing counts them."""
    add(world, "1", "Dijk")
    add(world, "2", "Dijk", ends_on=date(2025, 1, 31))
    add(world, "3", "Dijk", ends_on=date(2026, 3, 2))
    for words in ({"last_name": "dijk"}, {"personnel_number": "2"}, {}):
        without = {hit.personnel_number for hit in result(world, everybody=True, **words).hits}
        assert "2" not in without
    answer = result(world, last_name="dijk", employment=FORMER)
    assert [(hit.personnel_number, hit.has_left) for hit in answer.hits] == [("1", False), ("2", True), ("3", False)]


def test_with_nothing_given_everybody_is_listed_by_number_or_name(world: World) -> None:
    """H-07; design 2.5: by name up to 1,000 people."""
    for number, name in (("1", "Zonneveld"), ("2", "Ådel"), ("3", "Bos")):
        add(world, number, name)
    with pytest.raises(SearchTooShort):
        result(world)
    assert [hit.personnel_number for hit in result(world, everybody=True).hits] == ["1", "2", "3"]
    by_name = result(world, everybody=True, by_name=True)
    assert ([hit.personnel_number for hit in by_name.hits], by_name.by_name) == (["2", "3", "1"], True)
    found_by_name = result(world, birth_date=BORN, by_name=True)
    assert [hit.personnel_number for hit in found_by_name.hits] == ["2", "3", "1"]


def test_too_many_to_put_in_order_stay_by_number(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST_IN_VIEW", 2)
    monkeypatch.setattr(searching, "MOST_SHOWN", 1)
    for number, name in (("1", "Zonneveld"), ("2", "Aalders"), ("3", "Bos")):
        add(world, number, name)
    answer = result(world, everybody=True, by_name=True)
    assert ([hit.personnel_number for hit in answer.hits], answer.by_name, answer.more) == (["1"], False, True)


def test_an_employment_is_looked_for_by_its_open_fields(world: World, size: str) -> None:
    """H-07: department, site, function group, function, kind, in service between two days."""
    add(world, "1", "Dijk", function="Bakker", function_group="Productie", site="Utrecht", kind="Tijdelijk")
    add(world, "2", "Dijk", department="Oven", starts_on=date(2023, 6, 1))
    cases: list[tuple[EmploymentFilter, list[str]]] = [
        (within(world, "Oven"), ["2"]),
        (within(world, "Oven", "Winkel"), ["1", "2"]),
        (EmploymentFilter(function="bak"), ["1"]),
        (EmploymentFilter(function="%"), []),
        (EmploymentFilter(function_group="Prod", site="utr", kind="Tijd"), ["1"]),
        (EmploymentFilter(function="bak", site="Breda"), []),
        (EmploymentFilter(in_service_until=date(2023, 5, 31)), ["1"]),
        (EmploymentFilter(in_service_from=date(2023, 6, 1)), ["1", "2"]),
    ]
    for wanted, numbers in cases:
        assert [hit.personnel_number for hit in result(world, everybody=True, employment=wanted).hits] == numbers
        assert found(world, last_name="dijk", employment=wanted) == numbers


def test_who_was_in_service_then_and_left_takes_the_box(world: World) -> None:
    """E-09, H-06."""
    add(world, "1", "Dijk", ends_on=date(2024, 12, 31))
    then = EmploymentFilter(in_service_from=date(2024, 1, 1), in_service_until=date(2024, 1, 31))
    assert result(world, everybody=True, employment=then).hits == ()
    assert len(result(world, everybody=True, employment=replace(then, former=True)).hits) == 1


def test_the_service_finds_among_what_is_shared_with_it(world: World, size: str) -> None:
    """Design 2.5: the service searches its shared records in the same way."""
    shared = add(world, "1", "Dijk", "van")
    add(world, "2", "Dijk")
    world.share(shared)
    take_in_shares(world.session, world.actor("Carla"))
    assert found(world, "Carla", last_name="van dijk") == ["1"]
    assert found(world, "Carla", birth_date=BORN) == ["1"]
    assert found(world, "Dirk", last_name="dijk") == []
    everybody = result(world, "Carla", everybody=True)
    assert [(hit.personnel_number, hit.card is not None) for hit in everybody.hits] == [("1", True), ("2", False)]
    of_garage = EmploymentFilter(employer_id=world.garage.id)
    assert result(world, "Carla", everybody=True, employment=of_garage).hits == ()
