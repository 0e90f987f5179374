"""Signing by SMS through the real pages (G-03..G-13, D-11; D-rules 23, 26, 28, 29, 32 and 33)."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from accounts.models import LoginSession
from documents.models import Document, DocumentState
from signing.events import EventKind, events_of
from signing.models import SigningRequest
from tests.documents.files import pdf
from tests.portal.company import Company
from tests.portal.signatures import EVA_NUMBER, TITLE, Signatures, make_signatures
from tests.portal.test_app import marked_places
from tests.signing.odd_documents import OBJECTIONABLE

ILSE_NUMBER = "+31600000007"


@pytest.fixture
def signatures(company: Company) -> Signatures:
    return make_signatures(company)


def test_employer_and_employee_sign_and_the_document_is_final_and_signed(signatures: Signatures) -> None:
    """G-03..G-13: from the document page to *Definitief - Ondertekend*."""
    anna = signatures.company.visitor("Anna", f"/documenten/{signatures.document_id}")
    assert anna.page is not None
    assert signatures.choosing_url in anna.page.links()
    anna = signatures.ask("Anna", "Eva")
    assert anna.page is not None
    assert anna.page.heading == f"Ondertekening - {TITLE}"
    assert "Nog niet aan de beurt" in anna.page.text

    page = signatures.read(anna)
    assert page.heading == f"Ondertekening - {TITLE}"
    assert "Ik ga akkoord met wat erin staat" in page.text
    anna.submit({"agreed": "y", "number": "06 00000009"}, action=signatures.request_url("/akkoord/sms"))
    page = anna.submit({"code": signatures.code("+31600000009")}, action=signatures.request_url("/akkoord/code"))
    assert "Ondertekend. Uw handtekening staat in het document." in page.text
    eva = signatures.eva()
    assert eva.page is not None
    assert "U bent aan de beurt. Lees het document en onderteken het, of weiger." in eva.page.text
    assert "•••• 78" in signatures.read(eva).text

    page = signatures.sign(eva, EVA_NUMBER)
    assert "U vindt het document en het ondertekenbewijs ook bij Mijn documenten." in page.text
    assert "/mijn-documenten" in page.links()
    with signatures.company.portal.session() as session:
        assert session.get_one(Document, signatures.document_id).state == DocumentState.SIGNED
    page = anna.get(f"/documenten/{signatures.document_id}")
    assert "2 van 2 handtekeningen gezet" in page.text
    assert signatures.choosing_url not in page.links(), "what is signed is not signed once more"


def test_the_dialogue_shows_the_same_states_and_the_button(signatures: Signatures) -> None:
    signatures.ask("Ilse", "Eva")

    ilse = signatures.company.visitor("Ilse", "/berichten")
    assert ilse.page is not None
    page = ilse.get(next(link for link in ilse.page.links() if link.startswith("/berichten/") and len(link) == 47))
    assert page.heading == TITLE
    assert "Uw handtekening wordt gevraagd" in page.text
    assert "Nog niet aan de beurt" in page.text
    assert "wordt later uitgenodigd" in page.text
    assert signatures.request_url("/ondertekenen") in page.links()


def test_what_is_wrong_in_the_form_is_told_beside_the_field_and_kept(signatures: Signatures) -> None:
    ilse = signatures.company.world.people["Ilse"].id
    visitor = signatures.ask("Ilse", status=422, **{f"capacity {ilse}": "", "days": "90", "text": "Graag tekenen"})

    assert visitor.page is not None
    assert "Vul in namens wie deze persoon ondertekent." in visitor.page.text
    assert "Kies een termijn van 1 tot en met 60 dagen." in visitor.page.text
    assert visitor.page.form("").values["text"] == "Graag tekenen"
    visitor.submit({"participants": []}, action="", status=422)
    assert "Kies minstens één ondertekenaar." in visitor.page.text
    with signatures.company.portal.session() as session:
        assert session.scalar(select(SigningRequest.id)) is None


def test_the_side_bar_marks_the_employees_above_the_choice_of_signers(signatures: Signatures) -> None:
    page = signatures.company.page("Ilse", f"/documenten/{signatures.document_id}/ondertekening-via-sms")

    assert marked_places(page) == ["/werknemers"]


def test_a_second_request_is_told_of_the_first(signatures: Signatures) -> None:
    signatures.ask()

    visitor = signatures.ask()

    assert visitor.page is not None
    assert "loopt al een ondertekening" in visitor.page.text


def test_a_wrong_code_is_told_and_kept_nowhere(signatures: Signatures) -> None:
    signatures.ask("Ilse", "Eva")
    ilse = signatures.company.visitor("Ilse")
    signatures.read(ilse)
    page = ilse.submit({}, action=signatures.request_url("/akkoord/sms"), status=422)
    assert "Vink aan dat u akkoord gaat" in page.text
    page = ilse.submit({"agreed": "y", "number": "12"}, action=signatures.request_url("/akkoord/sms"), status=422)
    assert "Vul uw mobiele nummer in" in page.text
    page = ilse.submit({"agreed": "y", "number": "0600000007"}, action=signatures.request_url("/akkoord/sms"))
    assert "Wij sturen nu een code naar uw telefoon met nummer" in page.text
    assert "De sms wacht nog op verzending" not in page.text
    assert "Een eerdere code werkt niet meer." not in page.text

    signatures.company.portal.source.advance(timedelta(seconds=31))
    page = ilse.submit({"code": "aaaaaa"}, action=signatures.request_url("/akkoord/code"), status=422)

    assert "De sms wacht nog op verzending" in page.text
    assert "Validatie code: Deze code klopt niet" in page.text
    page = ilse.submit({"agreed": "y"}, action=signatures.request_url("/akkoord/sms"))
    assert "Een eerdere code werkt niet meer." in page.text
    assert (
        "Ondertekend."
        in ilse.submit({"code": signatures.code(ILSE_NUMBER)}, action=signatures.request_url("/akkoord/code")).text
    )


def test_that_a_code_ran_out_is_told_though_its_field_is_gone(signatures: Signatures) -> None:
    signatures.ask("Ilse", "Eva")
    ilse = signatures.company.visitor("Ilse")
    signatures.read(ilse)
    ilse.submit({"agreed": "y", "number": "0600000007"}, action=signatures.request_url("/akkoord/sms"))

    signatures.company.portal.source.advance(timedelta(minutes=11))
    page = ilse.submit({"code": "aaaaaa"}, action=signatures.request_url("/akkoord/code"), status=422)

    assert "Validatie code" not in page.text
    assert "Deze code klopt niet" in page.text


def test_a_new_version_voids_what_is_pending_on_every_page(signatures: Signatures) -> None:
    signatures.ask("Ilse", "Eva")
    ilse = signatures.company.visitor("Ilse")
    signatures.read(ilse)
    ilse.submit({"agreed": "y", "number": "0600000007"}, action=signatures.request_url("/akkoord/sms"))
    code = signatures.code(ILSE_NUMBER)
    signatures.new_version()

    page = ilse.submit({"code": code}, action=signatures.request_url("/akkoord/code"))

    told = "Er is een nieuwe versie van dit document."
    assert told in page.text
    for rest in ("", "/akkoord"):
        assert told in ilse.get(signatures.request_url(rest)).text
    assert f"/documenten/{signatures.document_id}" in ilse.get(signatures.request_url()).links()
    assert "Vervallen" in ilse.get(signatures.dialogue_url).text
    with signatures.company.portal.session() as session:
        assert session.get_one(SigningRequest, signatures.request_id).state == "voided"


def test_declining_asks_once_for_a_reason_that_the_others_read(signatures: Signatures) -> None:
    signatures.ask("Ilse", "Eva")
    ilse = signatures.company.visitor("Ilse", signatures.request_url("/weigeren"))
    page = ilse.submit({"reason": ""}, action=signatures.request_url("/weigeren"), status=422)
    assert "Schrijf in een zin waarom." in page.text
    ilse.submit({"reason": "De datum klopt niet."}, action=signatures.request_url("/weigeren"))

    anna = signatures.company.visitor("Anna", signatures.request_url())

    assert anna.page is not None
    assert "De datum klopt niet." in anna.page.text
    assert "Iemand heeft geweigerd te ondertekenen." in anna.page.text
    assert "U kunt nu niet weigeren" in ilse.get(signatures.request_url("/weigeren")).text


def test_the_requester_withdraws_and_nobody_else(signatures: Signatures) -> None:
    signatures.ask("Ilse", "Eva")
    signatures.company.page("Ilse", signatures.request_url("/intrekken"), status=403)
    anna = signatures.company.visitor("Anna", signatures.request_url("/intrekken"))
    page = anna.submit({"reason": "Verkeerd document"}, action=signatures.request_url("/intrekken"))

    assert "Het verzoek is ingetrokken." in page.text
    assert "Reden: Verkeerd document" in signatures.company.page("Ilse", signatures.request_url()).text


def test_a_signer_is_replaced_on_a_page_that_says_what_it_means(signatures: Signatures) -> None:
    signatures.ask("Ilse", "Eva")
    signer_id = signatures.signer(1).id
    url = signatures.request_url(f"/vervangen/{signer_id}")
    anna = signatures.company.visitor("Anna", url)
    assert anna.page is not None
    assert "De dialoog wordt gesloten en opnieuw gestart" in anna.page.text
    page = anna.submit({}, action="", status=422)
    assert "Kies één ondertekenaar." in page.text

    frits = signatures.company.world.people["Frits"].id
    page = anna.submit({"participants": f"user:{frits}", f"capacity {frits}": "De directie"}, action="")

    assert "De ondertekenaar is vervangen." in page.text
    assert "De directie" in page.text
    signatures.company.page("Ilse", signatures.request_url(), status=404)
    assert "Ondertekenen" in signatures.company.page("Frits", signatures.request_url()).text


def test_a_stranger_and_an_unknown_request_are_the_same(signatures: Signatures) -> None:
    signatures.ask()
    ilse = signatures.company.visitor("Ilse")
    unknown = signatures.company.portal.services.source.new_id()
    for rest in ("", "/ondertekenen", "/akkoord", "/document", "/pagina/1", "/weigeren"):
        for request_id in (signatures.request_id, unknown):
            ilse.get(f"/ondertekeningen/{request_id}{rest}", status=404)


def test_a_participant_who_signs_later_is_told_to_wait(signatures: Signatures) -> None:
    signatures.ask("Anna", "Ilse")

    ilse = signatures.company.visitor("Ilse", signatures.request_url())

    assert ilse.page is not None
    assert "Anderen ondertekenen eerst." in ilse.page.text
    assert "U kunt dit document nu niet ondertekenen" in ilse.get(signatures.request_url("/akkoord")).text
    assert "Volgende pagina" in ilse.get(signatures.request_url("/ondertekenen")).text


def test_an_app_signs_instead_of_an_sms(signatures: Signatures) -> None:
    """Everybody of the company has an authenticator app (NIST SP 800-63B: SMS is restricted)."""
    signatures.ask("Ilse", "Eva")
    ilse = signatures.company.visitor("Ilse")
    page = signatures.read(ilse)
    assert "Een sms is minder veilig" in page.text
    ilse.get(signatures.request_url("/akkoord?manier=app"))
    page = ilse.submit({"agreed": "y", "code": "000000"}, action=signatures.request_url("/akkoord/app"), status=422)
    assert "Deze code klopt niet" in page.text

    signatures.company.portal.source.advance(timedelta(minutes=6))
    page = ilse.submit(
        {"agreed": "y", "code": signatures.company.portal.next_code("Ilse")},
        action=signatures.request_url("/akkoord/app"),
    )

    assert "Ondertekend." in page.text
    with signatures.company.portal.session() as session:
        agreed = next(one for one in events_of(session, signatures.request_id) if one.kind == EventKind.AGREED)
        known = session.scalars(select(LoginSession.id_hash)).all()
    told = json.loads(agreed.details)
    assert (told["method"], told["device"]) == ("authenticator", "/")
    assert told["session"] in {sha256(b"session/" + one).hexdigest() for one in known}


def test_the_picture_and_the_file_are_sent_and_seen_pages_are_counted(signatures: Signatures) -> None:
    signatures.ask("Ilse", "Eva")
    ilse = signatures.company.visitor("Ilse")
    ilse.get(signatures.request_url("/ondertekenen"))
    signatures.company.portal.source.advance(timedelta(seconds=20))
    page = ilse.get(signatures.request_url("/ondertekenen?pagina=2"))
    assert "Pagina 2 van 3" in page.text
    assert "Verslag van het gesprek 2" in page.text

    def fetch(rest: str) -> bytes:
        url = signatures.request_url(rest)
        answer = ilse.client.get(url, environ_overrides=ilse.environment, base_url=ilse.base_url)
        return bytes(answer.data)

    assert fetch("/pagina/2").startswith(b"\x89PNG")
    assert fetch("/document").startswith(b"%PDF")
    signer = signatures.signer(1)
    assert (signer.pages_seen, signer.seconds_seen) == (2, 20)


def test_what_can_not_be_signed_is_told_in_a_sentence(company: Company) -> None:
    signatures = make_signatures(company, data=OBJECTIONABLE["a form"][1](pdf(pages=2)))

    visitor = signatures.ask()

    assert visitor.page is not None
    assert "Deze pdf heeft invulvelden." in visitor.page.text


def test_the_title_is_in_no_mail_and_no_log(signatures: Signatures) -> None:
    signatures.ask("Ilse", "Eva")
    assert "Werkhervattingsplan" not in signatures.everything_sent()
    for entry in signatures.company.entries("signing:request") + signatures.company.entries("signing:invite"):
        assert "Werkhervattingsplan" not in str(entry.details)
