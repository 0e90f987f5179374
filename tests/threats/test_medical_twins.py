"""Medical documents leave no trace for whoever is not in the circle: twin worlds, byte for byte (DOC-09, D-rule 35).

In one of them a dossier has medical documents: one that a colleague outside the circle uploaded, one that the doctor
moved into it and renamed, one that she removed. Whatever anybody else asks for, both answer the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, true

from accounts.actor import Actor
from database.planning import Unindexed
from delivery.models import OutgoingMessage
from documents import reach
from documents.adding import add_document
from documents.dossiers import DossierPlace
from documents.labels import labels_for
from documents.made_files import store_made
from documents.models import DocumentKind, FileKey
from documents.relabelling import relabel_document
from documents.removing import remove_document
from documents.renaming import rename_document
from tests.portal.company import Company
from tests.portal.conftest import company_template as company_template  # noqa: PLC0414 - a fixture
from tests.portal.document_files import add_doctor
from tests.portal.twins import SourceOfEach, twin_of
from tests.threats.searching import forms

PREPARED, HAPPENED, LOOKED = (timedelta(hours=hours) for hours in (1, 2, 3))
OUTSIDE = {"Ilse": "192.0.2.21", "Frits": "192.0.2.22", "Carla": "192.0.2.23", "Cor": "192.0.2.24"}
DOCTOR = {"Sanne": "192.0.2.25"}
CANARY = "Kwikstaart"
NOWHERE = UUID("0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f")


@dataclass
class Twin:
    """One of the two worlds, with a document that everybody sees, and medical ones in one of the two."""

    company: Company
    source: SourceOfEach
    open_id: UUID = NOWHERE
    medical: list[UUID] = field(default_factory=list)

    @property
    def place(self) -> DossierPlace:
        return DossierPlace(self.company.employees["Eva"], self.company.world.employer.id)

    def prepare(self) -> None:
        """Let there be a circle, and a document that is not medical."""
        self.source.at(PREPARED)
        self.source.act("preparing")
        add_doctor(self.company)
        self.company.share("Eva")
        self.open_id = self.add("Carla", "Algemeen", "Rooster.txt")

    def add(self, by: str, label: str, name: str) -> UUID:
        """Let somebody put a document in Eva's dossier."""
        self.source.act(f"{by} adds {name}")
        services = self.company.portal.services
        with services.factory() as session, session.begin():
            actor = self.company.portal.actor(session, by)
            label_id = next(one.id for one in labels_for(session, actor, self.place) if one.name == label)
            organisation_id, person_id = actor.organisation_id, actor.person_id
            data = f"{CANARY} in {name}".encode()
            stored, key = store_made(
                session, services.intake, data, name, organisation_id=organisation_id, by=person_id
            )
            return add_document(session, self.place, label_id, DocumentKind.IMPORTED, stored, key, actor).id

    def live_medically(self) -> None:
        """What is done with medical documents, in one of the worlds."""
        self.source.at(HAPPENED)
        uploaded = self.add("Cor", "Medisch", f"{CANARY} diagnose.txt")
        moved, removed = (self.add("Sanne", "Alleen arbodienst", f"{CANARY} {number}.txt") for number in (1, 2))
        self.source.act("Sanne moves")
        with self.company.portal.services.factory() as session, session.begin():
            sanne = self.company.portal.actor(session, "Sanne")
            medical = next(one.id for one in labels_for(session, sanne, self.place) if one.name == "Medisch")
            relabel_document(session, moved, medical, sanne)
            rename_document(session, moved, f"{CANARY} beoordeling", sanne)
            relabel_document(session, removed, medical, sanne)
            remove_document(session, removed, sanne)
        self.medical = [uploaded, moved, removed]

    def seen(self, people: Mapping[str, str], ids: list[UUID]) -> dict[str, object]:
        """Every answer that some people get, with its headers: pages, searches, and what is asked for by its id."""
        found: dict[str, object] = {}
        for name, address in people.items():
            self.source.at(LOOKED)
            visitor = self.company.portal.visitor(address)
            self.company.portal.log_in(name, visitor)
            token = self.company.token(visitor)
            asked: dict[str, Any] = {"environ_overrides": visitor.environment, "base_url": visitor.base_url}
            for url in self.pages(name, ids):
                response = visitor.client.get(url, **asked)
                found[f"{name} {url}"] = (response.status_code, sorted(response.headers.items()), response.get_data())
            for url in self.lists(name):
                for words in (CANARY, "txt"):
                    response = visitor.client.post(url, data={"csrf_token": token, "words": words}, **asked)
                    told = (response.status_code, sorted(response.headers.items()), response.get_data())
                    found[f"{name} looks for {words} in {url}"] = told
        return found

    def lists(self, name: str) -> list[str]:
        """The lists of documents of somebody's side."""
        side = self.company.employee_url if name in {"Ilse", "Frits"} else self.company.dossier_url
        return [side("Eva", "/documenten"), f"/werkgevers/{self.company.world.employer.id}/documenten"]

    def pages(self, name: str, ids: list[UUID]) -> list[str]:
        """What somebody can ask for: lists with every filter, the document that is there, and some by their ids."""
        own, of_employer = self.lists(name)
        filters = ("", "?soort=imported", "?status=final", "?pagina=2")
        documents = [f"/documenten/{document_id}" for document_id in ids]
        below = ("", "/bestand", "/pagina/1", "/naam", "/kenmerk", "/versie", "/verwijderen")
        upload = own.removesuffix("/documenten").rpartition("/")[2]
        return [
            "/",
            own.removesuffix("/documenten"),
            *(own + part for part in filters),
            of_employer,
            f"/documenten/uploaden/werknemer/{upload}",
            f"/documenten/{self.open_id}",
            *(document + part for document in documents for part in below),
        ]


@pytest.fixture
def twins(tmp_path: Path, company_template: Company) -> tuple[Twin, Twin]:
    """The world with medical documents, and the one without."""
    with_them, without = (Twin(*twin_of(company_template, tmp_path / name)) for name in ("with", "without"))
    for twin in (with_them, without):
        twin.prepare()
    with_them.live_medically()
    return with_them, without


def differing(twins: tuple[Twin, Twin], people: Mapping[str, str]) -> list[str]:
    """The answers that are not the same in both worlds."""
    with_them, without = twins
    ids = [*with_them.medical, NOWHERE]
    assert len(ids) == 4
    seen, also = with_them.seen(people, ids), without.seen(people, ids)
    assert seen.keys() == also.keys()
    assert not any(form in str(value).encode() for value in also.values() for form in forms(f"{CANARY} diagnose"))
    return [name for name in seen if seen[name] != also[name]]


def test_nobody_outside_the_circle_gets_another_answer(twins: tuple[Twin, Twin]) -> None:
    """Employer and arbo side, who uploaded it among them: pages, counts, searches, and what is asked for by its id."""
    assert differing(twins, OUTSIDE) == []


def test_nobody_gets_a_mail_about_it(twins: tuple[Twin, Twin]) -> None:
    with_them, without = twins
    counts = []
    for twin in (with_them, without):
        with twin.company.portal.session() as session:
            counts.append(session.query(OutgoingMessage).count())
    assert counts[0] == counts[1]


def test_the_circle_gets_another_answer(twins: tuple[Twin, Twin]) -> None:
    """The positive control: it is no comparison of nothing."""
    with_them, _without = twins
    found = differing(twins, DOCTOR)
    own = with_them.lists("Sanne")[0]
    for expected in (f"Sanne {own}", f"Sanne looks for {CANARY} in {own}", f"Sanne /documenten/{with_them.medical[0]}"):
        assert expected in found


def test_a_list_that_forgets_the_keys_is_caught(twins: tuple[Twin, Twin], monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control, a mutant: counted is what anybody of the service can open."""

    def of_anybody(found: reach.Reach, _actor: Actor) -> ColumnElement[bool]:
        assert found.side_id is not None
        return true() & (Unindexed(FileKey.holder_id) != NOWHERE)

    monkeypatch.setattr(reach, "_is_openable", of_anybody)
    with_them, without = twins
    where = f"/documenten/{with_them.medical[0]}/versie"
    seen, also = (twin.seen({"Cor": OUTSIDE["Cor"]}, [with_them.medical[0]]) for twin in (with_them, without))
    assert seen[f"Cor {where}"] != also[f"Cor {where}"]
