"""Documents made from forms and sent by mail, and their labels, each request with the log and without it."""

from __future__ import annotations

from uuid import UUID

from documents.label_administration import LabelContent, create_label, retire_label
from documents.models import Audience
from tests.pages import Visitor
from tests.portal.company import Company
from tests.portal.document_files import documents, upload
from tests.portal.test_document_forms import form_url, made, typed
from tests.refusals.catalogue import Ask, act, see, send_form, silent

LABELS = "/beheer/kenmerken"
ABOUT = {"employee": "Eva", "employer": "Bakkerij"}
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


@act("document_labels.restore", "document_label:restore")
def taking_a_label_into_use_again(company: Company) -> Ask:
    label_id = label(company)
    with company.preparing() as world:
        retire_label(world.session, label_id, world.actor("Carla"))
    return send_form(company.visitor("Carla", LABELS), f"{LABELS}/{label_id}/in-gebruik")


def with_plan(company: Company) -> tuple[Visitor, str]:
    """Ilse, and the address of a document that she made from a form."""
    document_id = made(company)
    return company.visitor("Ilse", "/"), f"/documenten/{document_id}"


@silent("document_forms.choose", "which documents can be made, which says nothing about anybody")
def the_documents_that_can_be_made(company: Company) -> Ask:
    return see(company.visitor("Ilse", "/"), f"/documenten/nieuw/{company.employees['Eva']}")


@act("document_forms.show_new", "employee:read", status=200, shows="Yılmaz")
def the_form_of_a_new_document(company: Company) -> Ask:
    return see(company.visitor("Ilse", "/"), form_url(company))


@act("document_forms.add", "employee:read", "document:generate")
def making_a_document_from_a_form(company: Company) -> Ask:
    return send_form(company.visitor("Ilse", "/"), form_url(company), typed(company, **ABOUT))


@act("document_forms.show_change", "document:read", status=200, shows="Nguyễn")
def what_was_filled_in(company: Company) -> Ask:
    ilse, url = with_plan(company)
    return see(ilse, f"{url}/gegevens")


@act("document_forms.change", "document:generate")
def changing_what_was_filled_in(company: Company) -> Ask:
    ilse, url = with_plan(company)
    return send_form(ilse, f"{url}/gegevens", {**typed(company, **ABOUT), "seen": "1"})


@act("document_forms.download_word", "document:read", status=200)
def taking_a_document_along_for_word(company: Company) -> Ask:
    ilse, url = with_plan(company)
    return see(ilse, f"{url}/word")


@act("document_mail.show", "document:read", "document:list", status=200, shows="verslag")
def the_mail_to_write(company: Company) -> Ask:
    upload(company, "Ilse")
    return see(company.visitor("Ilse", "/"), f"/documenten/{documents(company)[0]}/mailen")


@act("document_mail.send", "document:mail")
def sending_a_document_by_mail(company: Company) -> Ask:
    upload(company, "Ilse")
    values = {"to": "eva@voorbeeld.nl", "subject": "Het verslag", "text": "Hierbij."}
    return send_form(company.visitor("Ilse", "/"), f"/documenten/{documents(company)[0]}/mailen", values)
