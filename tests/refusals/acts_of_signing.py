"""Signing: each request with the log and without it (G-01..G-09)."""

from __future__ import annotations

from tests.pages import Visitor
from tests.portal import test_signing_together as together
from tests.portal.company import Company
from tests.portal.signatures import Signatures, make_signatures
from tests.refusals.catalogue import Ask, act, see, send_form


def reading(company: Company) -> tuple[Signatures, Visitor]:
    """Ilse, who is asked to sign and has the document before her."""
    signatures = make_signatures(company)
    signatures.ask("Ilse", "Eva")
    ilse = company.visitor("Ilse")
    signatures.read(ilse)
    return signatures, ilse


def asking(company: Company) -> tuple[Signatures, Visitor]:
    """Anna, who has asked Ilse and Eva to sign."""
    signatures = make_signatures(company)
    return signatures, signatures.ask("Ilse", "Eva")


@act("signing_requests.show_choosing", "employee:read", "document:read", status=200, shows="Ondertekenaars")
def choosing_who_signs(company: Company) -> Ask:
    return see(company.visitor("Anna", "/"), make_signatures(company).choosing_url)


@act("signing_requests.ask", "document:read", "signing:request", "dialogue:start", "signing:invite")
def asking_for_signatures(company: Company) -> Ask:
    signatures = make_signatures(company)
    values = signatures.choice("Ilse", "Eva", days="14", order="fixed", text="Graag tekenen")
    return send_form(company.visitor("Anna", "/"), signatures.choosing_url, values)


@act("signing_requests.show", "signing:read", status=200, shows="Werkhervattingsplan")
def where_the_signatures_stand(company: Company) -> Ask:
    signatures, anna = asking(company)
    return see(anna, signatures.request_url())


@act("signing_requests.finish", "signing:read")
def finishing_what_waits(company: Company) -> Ask:
    signatures, anna = asking(company)
    return send_form(anna, signatures.request_url("/verder"))


@act("signing_requests.show_withdrawing", "signing:read", status=200, shows="Verzoek intrekken")
def the_page_of_withdrawing(company: Company) -> Ask:
    signatures, anna = asking(company)
    return see(anna, signatures.request_url("/intrekken"))


@act("signing_requests.withdraw_request", "signing:withdraw")
def withdrawing_a_request(company: Company) -> Ask:
    signatures, anna = asking(company)
    return send_form(anna, signatures.request_url("/intrekken"), {"reason": "Verkeerd document"})


@act("signing_requests.show_replacing", "signing:read", "employee:read", status=200, shows="Ilse")
def the_page_of_replacing(company: Company) -> Ask:
    signatures, anna = asking(company)
    return see(anna, signatures.request_url(f"/vervangen/{signatures.signer(1).id}"))


@act("signing_requests.replace", "signing:replace", "dialogue:start", "dialogue:close")
def replacing_a_signer(company: Company) -> Ask:
    signatures, anna = asking(company)
    frits = company.world.people["Frits"].id
    values = {"participants": f"user:{frits}", f"capacity {frits}": "De directie"}
    return send_form(anna, signatures.request_url(f"/vervangen/{signatures.signer(1).id}"), values)


@act("signing.read", "signing:read", status=200, shows="Verslag")
def reading_what_is_to_be_signed(company: Company) -> Ask:
    signatures, ilse = reading(company)
    return see(ilse, signatures.request_url("/ondertekenen"))


@act("signing.show_page", "signing:read", status=200)
def a_page_of_what_is_to_be_signed(company: Company) -> Ask:
    signatures, ilse = reading(company)
    return see(ilse, signatures.request_url("/pagina/1"))


@act("signing.download", "signing:read", status=200)
def downloading_what_is_to_be_signed(company: Company) -> Ask:
    signatures, ilse = reading(company)
    return see(ilse, signatures.request_url("/document"))


@act("signing.show_agreeing", "signing:read", status=200, shows="Validatie")
def the_statement_and_the_code(company: Company) -> Ask:
    signatures, ilse = reading(company)
    ilse.submit({"agreed": "y", "number": "0600000007"}, action=signatures.request_url("/akkoord/sms"))
    return see(ilse, signatures.request_url("/akkoord"))


@act("signing.send_sms", "signing:read", "sms_code:send")
def having_a_code_sent(company: Company) -> Ask:
    signatures, ilse = reading(company)
    return send_form(ilse, signatures.request_url("/akkoord/sms"), {"agreed": "y", "number": "0600000007"})


@act("signing.save_code", "signing:agree", "signing:sign")
def signing_with_a_code(company: Company) -> Ask:
    signatures, ilse = reading(company)
    ilse.submit({"agreed": "y", "number": "0600000007"}, action=signatures.request_url("/akkoord/sms"))
    return send_form(ilse, signatures.request_url("/akkoord/code"), {"code": signatures.code("+31600000007")})


@act("signing.check_app", "signing:agree", "signing:sign")
def signing_with_an_app(company: Company) -> Ask:
    signatures, ilse = reading(company)
    code = company.portal.next_code("Ilse")
    return send_form(ilse, signatures.request_url("/akkoord/app"), {"agreed": "y", "code": code})


@act("signing.check_key", "signing:read")
def signing_with_a_key_that_nobody_has(company: Company) -> Ask:
    signatures, ilse = reading(company)
    return send_form(ilse, signatures.request_url("/akkoord/sleutel"), {"agreed": "y", "answer": "{}"})


@act("signing.show_declining", "signing:read", status=200, shows="weigeren")
def the_page_of_declining(company: Company) -> Ask:
    signatures, ilse = reading(company)
    return see(ilse, signatures.request_url("/weigeren"))


@act("signing.decline_request", "signing:decline")
def declining_to_sign(company: Company) -> Ask:
    signatures, ilse = reading(company)
    return send_form(ilse, signatures.request_url("/weigeren"), {"reason": "De datum klopt niet"})


def signed_beside(company: Company, step: str) -> tuple[Signatures, Visitor]:
    """Anna, with Eva beside her, as far as a step of *Digitaal ondertekenen*."""
    signatures = make_signatures(company)
    anna = together.begin(signatures)
    if step != "reading":
        together.read(signatures, anna)
    if step in {"stating", "signed"}:
        together.agree(signatures, anna, 1)
        together.agree(signatures, anna, 2)
    if step == "signed":
        anna.submit({"stated": "y"}, action=together.sitting_url(signatures, "/ondertekenen"))
    return signatures, anna


@act("signing_together.show_beginning", "document:read", status=200, shows="Wie zitten hier?")
def who_sits_here(company: Company) -> Ask:
    return see(company.visitor("Anna", "/"), together.begin_url(make_signatures(company)))


@act("signing_together.begin", "document:read", "signing:request")
def beginning_together(company: Company) -> Ask:
    signatures = make_signatures(company)
    values = {"who": "employee", "name": "Eva", "capacity": "Bakkerij", "beside_capacity": "zichzelf"}
    return send_form(company.visitor("Anna", "/"), together.begin_url(signatures), values)


@act("signing_together.show", "signing:read", status=200, shows="Pagina 1 van 3")
def reading_together(company: Company) -> Ask:
    signatures, anna = signed_beside(company, "reading")
    return see(anna, together.sitting_url(signatures))


@act("signing_together.finish", "signing:read")
def having_read_together(company: Company) -> Ask:
    signatures, anna = signed_beside(company, "reading")
    for number in (1, 2, 3):
        anna.get(together.sitting_url(signatures, f"?pagina={number}"))
    return send_form(anna, together.sitting_url(signatures, "/gelezen"))


@act("signing_together.send_code", "signing:read", "sms_code:send", status=200)
def having_a_code_sent_beside(company: Company) -> Ask:
    signatures, anna = signed_beside(company, "agreeing")
    url = together.sitting_url(signatures, f"/{signatures.signer(1).id}/sms")
    return send_form(anna, url, {"number": together.NUMBER})


@act("signing_together.agree", "signing:read", "signing:agree")
def agreeing_beside(company: Company) -> Ask:
    signatures, anna = signed_beside(company, "agreeing")
    url = together.sitting_url(signatures, f"/{signatures.signer(1).id}/akkoord")
    return send_form(anna, url, {"agreed": "y", "name": "Anna"})


@act("signing_together.sign", "signing:read", "signing:attest", "signing:sign", "signing:close")
def signing_beside(company: Company) -> Ask:
    signatures, anna = signed_beside(company, "stating")
    return send_form(anna, together.sitting_url(signatures, "/ondertekenen"), {"stated": "y"})


@act("signing_results.download_signed", "signing:read", status=200)
def downloading_what_was_signed(company: Company) -> Ask:
    signatures, anna = signed_beside(company, "signed")
    return see(anna, signatures.request_url("/ondertekend"))


@act("signing_results.download_evidence", "signing:read", status=200)
def downloading_the_evidence(company: Company) -> Ask:
    signatures, anna = signed_beside(company, "signed")
    return see(anna, signatures.request_url("/bewijs"))
