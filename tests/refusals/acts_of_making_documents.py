"""Documents made from forms and sent by mail, and their labels, each request with the log and without it."""

from __future__ import annotations

from uuid import UUID

from documents.label_administration import LabelContent, create_label
from documents.models import Audience
from tests.portal.company import Company
from tests.refusals.catalogue import Ask, act, see, send_form, silent

LABELS = "/beheer/kenmerken"
LABEL = {"name": "Casus", "dossier": "werknemer", "audience": "service"}


def label(company: Company) -> UUID:
    """A label of Noord that no document has."""
    with company.preparing() as world:
        content = LabelContent("Mandaat 2027", of_employer=False, audience=Audience.BOTH)
        return create_label(world.session, content, world.actor("Carla")).id


@silent("document_labels.show", "the labels of the organisation, which say nothing about anybody")
def the_labels_of_documents(company: Company) -> Ask:
    return see(company.visitor("Carla"), LABELS)


@silent("document_labels.show_new", "an empty form")
def the_form_of_a_label(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{LABELS}/nieuw")


@act("document_labels.add", "document_label:create")
def making_a_label(company: Company) -> Ask:
    return send_form(company.visitor("Carla", f"{LABELS}/nieuw"), f"{LABELS}/nieuw", LABEL)


@silent("document_labels.show_one", "a label, which says nothing about anybody")
def the_form_of_an_own_label(company: Company) -> Ask:
    url = f"{LABELS}/{label(company)}"
    return see(company.visitor("Carla"), url)


@act("document_labels.change", "document_label:update")
def changing_a_label(company: Company) -> Ask:
    url = f"{LABELS}/{label(company)}"
    return send_form(company.visitor("Carla", url), url, {**LABEL, "audience": "both"})


@silent("document_labels.show_retiring", "a label, which says nothing about anybody")
def asking_whether_a_label_goes_out_of_use(company: Company) -> Ask:
    url = f"{LABELS}/{label(company)}/uit-gebruik"
    return see(company.visitor("Carla"), url)


@act("document_labels.retire", "document_label:remove")
def taking_a_label_out_of_use(company: Company) -> Ask:
    url = f"{LABELS}/{label(company)}/uit-gebruik"
    return send_form(company.visitor("Carla", url), url)
