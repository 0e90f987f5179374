"""What both sides do with deelverzoeken, and what is due after an agreement ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from organisation.calendar import today
from organisation.models import ServiceAgreement
from tests.portal.company import Company
from tests.refusals.catalogue import Ask, act, see, send_form
from vault.ending_agreements import end_shares
from vault.models import CareQuestionKind
from vault.share_requests import request_share

REQUESTS = "/deelverzoeken"
ASKED = "Meldt zich elke maandag"
REFUSAL = {"explanation": "Is alweer aan het werk"}


@act("dossiers.show", "employee:read", "share_request:read", status=200, shows=ASKED)
def an_anonymous_dossier_that_was_asked_for(company: Company) -> Ask:
    _ask_for(company, "Joris")
    return see(company.visitor("Carla"), company.dossier_url("Joris"))


@act("requesting_shares.show_all", "employee:list", status=200, shows="WK002")
def the_requests_of_the_service(company: Company) -> Ask:
    _ask_for(company, "Joris")
    return see(company.visitor("Carla"), "/dossiers/deelverzoeken")


@act("requesting_shares.show_form", "employee:read", status=200, shows="WK002")
def the_form_to_ask_for_a_dossier(company: Company) -> Ask:
    return see(company.visitor("Carla"), company.dossier_url("Joris", "/deling-aanvragen"))


@act("requesting_shares.ask", "share_request:make")
def asking_for_a_dossier(company: Company) -> Ask:
    url = company.dossier_url("Joris", "/deling-aanvragen")
    return send_form(company.visitor("Carla"), url, {"kind": "consultation", "explanation": ASKED})


@act("requesting_shares.withdraw", "share_request:withdraw")
def withdrawing_a_request(company: Company) -> Ask:
    request_id = _ask_for(company, "Joris")
    url = company.dossier_url("Joris", "/deelverzoek-intrekken")
    return send_form(company.visitor("Carla"), url, {"request_id": str(request_id)})


@act("share_requests.show_all", "share_request:list", status=200, shows="Yılmaz")
def the_requests_to_share(company: Company) -> Ask:
    _ask_for(company, "Eva")
    return see(company.visitor("Anna"), REQUESTS)


@act("share_requests.show", "share_request:read", status=200, shows=ASKED)
def a_request_to_share(company: Company) -> Ask:
    return see(company.visitor("Anna"), f"{REQUESTS}/{_ask_for(company, 'Eva')}")


@act("share_requests.show_sharing", "share_request:read", status=200, shows=ASKED)
def the_form_to_share_in_answer(company: Company) -> Ask:
    return see(company.visitor("Anna"), f"{REQUESTS}/{_ask_for(company, 'Eva')}/delen")


@act("share_requests.share", "share:make", "share_request:share")
def sharing_in_answer(company: Company) -> Ask:
    values = {"kind": "sick_report", "explanation": "Belt morgen zelf"}
    return send_form(company.visitor("Anna"), f"{REQUESTS}/{_ask_for(company, 'Eva')}/delen", values)


@act("share_requests.show_refusal", "share_request:read", status=200, shows="Yılmaz")
def the_form_to_refuse_a_request(company: Company) -> Ask:
    return see(company.visitor("Anna"), f"{REQUESTS}/{_ask_for(company, 'Eva')}/weigeren")


@act("share_requests.refuse", "share_request:refuse")
def refusing_a_request_to_share(company: Company) -> Ask:
    return send_form(company.visitor("Anna"), f"{REQUESTS}/{_ask_for(company, 'Eva')}/weigeren", REFUSAL)


@act("start.show", "key:renew", status=200, shows="Anna")
def the_start_page_after_an_agreement_ended(company: Company) -> Ask:
    company.share("Eva")
    visitor = company.visitor("Anna")
    with company.preparing() as world:
        yesterday = today(world.session) - timedelta(days=1)
        world.session.execute(update(ServiceAgreement).values(starts_on=yesterday, ends_on=yesterday))
        end_shares(world.session)
    return see(visitor, "/")


def _ask_for(company: Company, name: str) -> UUID:
    """Let Carla ask the employer to share an employee."""
    with company.preparing() as world:
        return request_share(
            world.session,
            company.employees[name],
            CareQuestionKind.CONSULTATION,
            ASKED,
            lifetime=timedelta(days=14),
            actor=world.actor("Carla"),
        ).id
