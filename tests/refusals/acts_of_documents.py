"""Documents of dossiers: each request with the log and without it (DOC-01..DOC-23)."""

from __future__ import annotations

from tests.documents.files import pdf, png
from tests.pages import Visitor
from tests.portal.company import Company
from tests.portal.document_files import TEXT, documents, label, upload, upload_url
from tests.refusals.catalogue import Ask, act, see, send_form, silent


def employer_url(company: Company) -> str:
    """Where the documents of the bakery itself are."""
    return f"/werkgevers/{company.world.employer.id}/documenten"


def with_document(company: Company, name: str = "verslag.txt", data: bytes = TEXT) -> tuple[Visitor, str]:
    """Ilse, and the address of a document that she uploaded."""
    upload(company, "Ilse", files=[(name, data)])
    (document_id,) = documents(company)
    return company.visitor("Ilse", "/"), f"/documenten/{document_id}"


@act("documents.show_of_employee", "document:list", status=200, shows="verslag")
def the_documents_of_an_employee(company: Company) -> Ask:
    ilse, _url = with_document(company)
    return see(ilse, company.employee_url("Eva", "/documenten"))


@act("documents.search_of_employee", "document:list", status=200, shows="verslag")
def looking_among_the_documents_of_an_employee(company: Company) -> Ask:
    ilse, _url = with_document(company)
    return send_form(ilse, company.employee_url("Eva", "/documenten"), {"words": "verslag"})


@act("documents.show_of_dossier", "document:list", status=200, shows="verslag")
def the_documents_of_a_dossier(company: Company) -> Ask:
    company.share("Eva")
    with_document(company)
    return see(company.visitor("Carla", "/"), company.dossier_url("Eva", "/documenten"))


@act("documents.search_of_dossier", "document:list", status=200, shows="verslag")
def looking_among_the_documents_of_a_dossier(company: Company) -> Ask:
    company.share("Eva")
    with_document(company)
    return send_form(company.visitor("Carla", "/"), company.dossier_url("Eva", "/documenten"), {"words": "verslag"})


@act("documents.show_of_employer", "document:list", status=200, shows="verslag")
def the_documents_of_an_employer(company: Company) -> Ask:
    upload(company, "Ilse", None, into="DVO")
    return see(company.visitor("Ilse", "/"), employer_url(company))


@act("documents.search_of_employer", "document:list", status=200, shows="verslag")
def looking_among_the_documents_of_an_employer(company: Company) -> Ask:
    upload(company, "Ilse", None, into="DVO")
    return send_form(company.visitor("Ilse", "/"), employer_url(company), {"words": "verslag"})


@silent("document_uploads.show", "a form to look for a dossier by")
def beginning_an_upload(company: Company) -> Ask:
    return see(company.visitor("Ilse", "/"), "/documenten/uploaden")


@silent("document_uploads.show_for_employee", "an empty form")
def the_form_of_an_upload(company: Company) -> Ask:
    return see(company.visitor("Ilse", "/"), upload_url(company))


@silent("document_uploads.show_for_employer", "an empty form")
def the_form_of_an_upload_to_an_employer(company: Company) -> Ask:
    return see(company.visitor("Ilse", "/"), upload_url(company, None))


@act("document_uploads.find", "employee:search", status=200, shows="Yılmaz")
def looking_for_the_dossier_to_upload_to(company: Company) -> Ask:
    return send_form(company.visitor("Ilse", "/"), "/documenten/uploaden/zoeken", {"personnel_number": "WK001"})


@act("document_uploads.add_for_employee", "document:upload")
def an_upload(company: Company) -> Ask:
    values = {"label": label(company, "Algemeen"), "save_as": "los", "files": TEXT}
    return send_form(company.visitor("Ilse", "/"), upload_url(company), values)


@act("document_uploads.add_for_employer", "document:upload")
def an_upload_to_an_employer(company: Company) -> Ask:
    values = {"label": label(company, "DVO", of_employer=True), "save_as": "los", "files": TEXT}
    return send_form(company.visitor("Ilse", "/"), upload_url(company, None), values)


@act("document_pages.show", "document:read", status=200, shows="Kanarie")
def a_document(company: Company) -> Ask:
    return see(*with_document(company))


@act("document_pages.download", "document:read", status=200, shows="Kanarie")
def a_document_to_keep(company: Company) -> Ask:
    ilse, url = with_document(company)
    return see(ilse, f"{url}/bestand")


@act("document_pages.show_picture", "document:read", status=200)
def a_document_that_is_a_picture(company: Company) -> Ask:
    ilse, url = with_document(company, "foto.png", png())
    return see(ilse, f"{url}/plaatje")


@act("document_pages.show_page", "document:read", status=200)
def a_page_of_a_document_in_a_dossier(company: Company) -> Ask:
    ilse, url = with_document(company, "verslag.pdf", pdf())
    return see(ilse, f"{url}/pagina/1")


@act("document_changes.show_name", "document:read", status=200, shows="verslag")
def the_name_of_a_document(company: Company) -> Ask:
    ilse, url = with_document(company)
    return see(ilse, f"{url}/naam")


@act("document_changes.rename", "document:rename")
def another_name_for_a_document(company: Company) -> Ask:
    ilse, url = with_document(company)
    return send_form(ilse, f"{url}/naam", {"name": "Gesprek"})


@silent("document_changes.show_version", "a form for a file, and a number")
def the_form_of_a_new_version(company: Company) -> Ask:
    ilse, url = with_document(company)
    return see(ilse, f"{url}/versie")


@act("document_changes.add_version", "document:replace")
def a_new_version(company: Company) -> Ask:
    ilse, url = with_document(company)
    return send_form(ilse, f"{url}/versie", {"files": b"Twee"})


@act("document_changes.show_label", "document:read", status=200, shows="verslag")
def the_label_of_a_document(company: Company) -> Ask:
    ilse, url = with_document(company)
    return see(ilse, f"{url}/kenmerk")


@act("document_changes.relabel", "document:relabel")
def another_label_for_a_document(company: Company) -> Ask:
    ilse, url = with_document(company)
    chosen = label(company, "Alleen werkgever")
    return send_form(ilse, f"{url}/kenmerk", {"label": chosen, "confirmed": chosen})


@act("document_changes.show_removal", "document:read", status=200, shows="verslag")
def what_goes_with_a_document(company: Company) -> Ask:
    ilse, url = with_document(company)
    return see(ilse, f"{url}/verwijderen")


@act("document_changes.remove", "document:remove")
def removing_a_document(company: Company) -> Ask:
    ilse, url = with_document(company)
    return send_form(ilse, f"{url}/verwijderen")
