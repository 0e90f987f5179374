"""*E-mailen* (DOC-14, DOC-15)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from delivery.letters import LETTER, Attachment, Letter, open_letter
from delivery.models import OutgoingMessage
from tests.portal.company import Company
from tests.portal.document_files import TEXT, add_doctor, documents, upload

TYPED = {"to": "eva@voorbeeld.nl", "subject": "Het verslag", "text": "Hierbij."}


@pytest.fixture
def shared(company: Company) -> Company:
    """The company with Eva shared, and two documents."""
    company.share("Eva")
    upload(company, "Ilse")
    upload(company, "Ilse", files=(("tweede.txt", TEXT),))
    return company


def letters(company: Company) -> list[tuple[Letter, list[Attachment]]]:
    """What waits to be sent."""
    with company.portal.session() as session:
        rows = session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == LETTER))
        return [open_letter(session, row) for row in rows]


def test_a_document_is_sent_with_the_warning_and_another_beside_it(shared: Company) -> None:
    first, second = documents(shared)
    ilse = shared.visitor("Ilse", f"/documenten/{first}")
    assert ilse.page is not None
    assert f"/documenten/{first}/mailen" in ilse.page.links()
    page = ilse.get(f"/documenten/{first}/mailen")
    assert "⚠ Let op! E-mailverkeer is eenvoudig te onderscheppen door onbevoegden." in page.text
    for part in ("Afzender", "Naar", "CC", "BCC", "Onderwerp", "Bijlage", "Bericht", "Document toevoegen"):
        assert part in page.text
    assert page.text.count("verplicht") == 3
    assert "tweede.txt" in page.text
    page = ilse.submit({**TYPED, "others": str(second)}, action="")
    assert "De e-mail wordt verstuurd." in page.text
    ((letter, files),) = letters(shared)
    assert letter.to == ("eva@voorbeeld.nl",)
    assert [(file.name, file.data) for file in files] == [("verslag.txt", TEXT), ("tweede.txt", TEXT)]
    assert len(shared.entries("document:mail")) == 2


def test_faults_stand_beside_their_fields_and_what_was_typed_stays(shared: Company) -> None:
    first, second = documents(shared)
    ilse = shared.visitor("Ilse", f"/documenten/{first}/mailen")
    page = ilse.submit({"to": "eva", "text": "Hallo", "others": str(second)}, action="", status=422)
    assert "Kijk adres 1 na: vul een e-mailadres in, zoals naam@voorbeeld.nl." in page.text
    assert "Vul dit in." in page.text
    values = page.form("").values
    assert (values["to"], values["text"].strip()) == ("eva", "Hallo")
    assert letters(shared) == []


def test_a_medical_document_has_no_such_page_and_is_not_offered(shared: Company) -> None:
    """D-rules 27 and 35: not even for a member of the circle, and not beside another document."""
    add_doctor(shared)
    upload(shared, "Sanne", files=(("spreekuur.txt", TEXT),), into="Medisch")
    first, _second, medical = documents(shared)
    sanne = shared.visitor("Sanne", f"/documenten/{medical}")
    assert sanne.page is not None
    assert not any(link.endswith("/mailen") for link in sanne.page.links())
    sanne.get(f"/documenten/{medical}/mailen", status=404)
    page = sanne.get(f"/documenten/{first}/mailen")
    assert "spreekuur.txt" not in page.text
    shared.post(sanne, f"/documenten/{medical}/mailen", TYPED, status=404)
    sanne.get(f"/documenten/{first}/mailen")
    shared.post(sanne, f"/documenten/{first}/mailen", {**TYPED, "others": str(medical)}, status=404)
    assert letters(shared) == []


def test_who_may_not_mail_and_who_is_elsewhere_sends_nothing(shared: Company) -> None:
    first, _second = documents(shared)
    shared.visitor("Frits").get(f"/documenten/{first}/mailen", status=403)
    for name in ("Bram", "Dirk"):
        shared.visitor(name).get(f"/documenten/{first}/mailen", status=404)
    ilse = shared.visitor("Ilse", f"/documenten/{first}/mailen")
    shared.post(ilse, f"/documenten/{first}/mailen", {**TYPED, "others": "x"}, status=404)
    assert letters(shared) == []
