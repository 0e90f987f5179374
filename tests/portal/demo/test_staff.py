"""The invented employees: alike in every demo, and as people in the Netherlands are called."""

from __future__ import annotations

from datetime import date, timedelta

from portal.demo.employers import EMPLOYERS
from portal.demo.staff import invent_staff

TODAY = date(2026, 11, 22)


def test_two_demos_are_alike() -> None:
    for employer in EMPLOYERS:
        assert invent_staff(employer, TODAY) == invent_staff(employer, TODAY)


def test_names_are_those_of_people_in_the_netherlands() -> None:
    names = [employee.card for employer in EMPLOYERS for employee in invent_staff(employer, TODAY)]

    assert {card.prefix for card in names} >= {"van der", "van den", "de", "van 't", "'t", "ter", "el", None}
    assert any("-" in card.last_name for card in names)
    assert any(set("ıŞÖçğ") & set(card.last_name) for card in names)
    assert any(set("ëï") & set(card.first_name or "") for card in names)
    assert any(len(card.last_name) > 25 for card in names)
    assert len({(card.first_name, card.last_name) for card in names}) > 1300


def test_nobody_works_before_being_born_or_from_childhood() -> None:
    for employer in EMPLOYERS:
        for employee in invent_staff(employer, TODAY):
            assert employee.starts_on - employee.card.birth_date > timedelta(days=17.5 * 365)
            assert employee.starts_on <= TODAY
            assert employee.ends_on is None or employee.starts_on < employee.ends_on < TODAY


def test_some_departments_are_small() -> None:
    assert sum(team.people <= 3 for employer in EMPLOYERS for team in employer.teams) >= 3
