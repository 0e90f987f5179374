"""Sites and contact persons of an employer (O-22, O-29)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from crypto.errors import UnsealError
from crypto.source import SeededSource
from organisation.contact_persons import (
    Contact,
    add_contact,
    change_contact,
    read_contact,
    read_contacts,
    remove_contact,
)
from organisation.employer_fields import Address
from organisation.employer_models import ContactPerson
from organisation.errors import InvalidValues, NotFound
from organisation.sites import add_site, change_site, contacts_at, remove_site, sites_of
from tests.organisation.employers import ADDRESS, entries, logs_with
from tests.world import World

SANNE = Contact("Sanne Zomer", "Filiaalhouder", "0600000002", "Sanne@Mulder.example")


def test_a_site_is_added_changed_and_removed_in_both_logs(world: World) -> None:
    carla, employer = world.actor("Carla"), world.employer.id
    site = add_site(world.session, employer, " Filiaal  Noord ", ADDRESS, "0600000003", carla)
    assert (site.name, site.phone, site.postcode) == ("Filiaal Noord", "+31600000003", "3511AB")
    change_site(world.session, employer, site.id, "Filiaal Noord", Address(), None, carla)
    assert entries(world, "site:update")[0].details == {"fields": "street house_number postcode city phone"}
    add_contact(world.session, employer, site.id, SANNE, carla)
    assert contacts_at(world.session, site.id) == 1
    remove_site(world.session, employer, site.id, carla)
    assert sites_of(world.session, employer) == []
    assert read_contacts(world.session, employer, carla) == []
    assert entries(world, "site:remove")[0].details == {"contacts": 1}
    for action in ("site:create", "site:update", "site:remove"):
        assert logs_with(world, action) == {world.service.id, employer}


def test_faults_of_a_site_are_told_together(world: World) -> None:
    with pytest.raises(InvalidValues) as refusal:
        add_site(world.session, world.employer.id, "", Address(postcode="x"), "x", world.actor("Carla"))
    assert [fault.field for fault in refusal.value.faults] == ["name", "postcode", "phone"]


def test_a_contact_person_lies_sealed_and_is_told_of_when_read(world: World) -> None:
    carla, employer = world.actor("Carla"), world.employer.id
    row = add_contact(world.session, employer, None, SANNE, carla)
    assert b"Zomer" not in row.sealed
    (line,) = read_contacts(world.session, employer, carla)
    assert line.contact == Contact("Sanne Zomer", "Filiaalhouder", "+31600000002", "sanne@mulder.example")
    (entry,) = entries(world, "employer:read")
    assert (entry.organisation_id, entry.object_id) == (world.service.id, employer)


def test_a_sealed_contact_person_opens_in_no_other_row(world: World) -> None:
    carla, employer = world.actor("Carla"), world.employer.id
    first = add_contact(world.session, employer, None, SANNE, carla)
    second = add_contact(world.session, employer, None, Contact("Ander"), carla)
    second.sealed = first.sealed
    world.session.flush()
    with pytest.raises(UnsealError):
        read_contacts(world.session, employer, carla)


def test_a_contact_person_is_changed_and_removed(world: World) -> None:
    carla, employer = world.actor("Carla"), world.employer.id
    site = add_site(world.session, employer, "Filiaal", Address(), None, carla)
    row = add_contact(world.session, employer, None, SANNE, carla)
    changed = Contact("Sanne Zomer", "Directeur", "0600000002", "sanne@mulder.example")
    change_contact(world.session, employer, row.id, site.id, changed, carla)
    assert read_contact(world.session, employer, row.id, carla).site_id == site.id
    assert entries(world, "contact_person:update")[0].details == {"fields": "function site"}
    remove_contact(world.session, employer, row.id, carla)
    assert world.session.scalars(select(ContactPerson)).all() == []
    for action in ("contact_person:create", "contact_person:update", "contact_person:remove"):
        assert logs_with(world, action) == {world.service.id, employer}


def test_another_number_or_address_of_a_contact_person_is_dated(world: World, source: SeededSource) -> None:
    """D-08: the same number in other characters is no other number."""
    carla, employer = world.actor("Carla"), world.employer.id
    row = add_contact(world.session, employer, None, SANNE, carla)
    same = Contact("Sanne de Zomer", "Directeur", "+31 6 00000002", "SANNE@mulder.example")
    change_contact(world.session, employer, row.id, None, same, carla)
    assert row.contact_changed_at is None
    for contact in (replace(same, phone="0600000003"), replace(same, phone="0600000003", email=None)):
        source.advance(timedelta(minutes=1))
        change_contact(world.session, employer, row.id, None, contact, carla)
        assert row.contact_changed_at == source.now()


def test_faults_of_a_contact_person_are_told_together(world: World) -> None:
    with pytest.raises(InvalidValues) as refusal:
        add_contact(world.session, world.employer.id, None, Contact(" ", "x" * 121, "x", "x@"), world.actor("Carla"))
    assert [fault.field for fault in refusal.value.faults] == ["function", "phone", "email", "name"]


def test_those_of_another_employer_do_not_exist(world: World) -> None:
    carla, employer = world.actor("Carla"), world.employer.id
    theirs = add_site(world.session, world.garage.id, "Loods", Address(), None, carla)
    contact = add_contact(world.session, world.garage.id, None, SANNE, carla)
    for attempt in (
        lambda: remove_site(world.session, employer, theirs.id, carla),
        lambda: change_site(world.session, employer, theirs.id, "X", Address(), None, carla),
        lambda: add_contact(world.session, employer, theirs.id, SANNE, carla),
        lambda: read_contact(world.session, employer, contact.id, carla),
        lambda: remove_contact(world.session, employer, contact.id, carla),
        lambda: read_contacts(world.session, world.other_employer.id, carla),
        lambda: remove_site(world.session, world.garage.id, theirs.id, world.actor("Dirk")),
    ):
        with pytest.raises(NotFound):
            attempt()
