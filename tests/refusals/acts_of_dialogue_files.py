"""The files of dialogues: each request with the log and without it (D-06)."""

from __future__ import annotations

from tests.documents.files import pdf, png
from tests.portal.company import Company
from tests.portal.dialogue_files import TEXT, start_talk
from tests.refusals.catalogue import Ask, act, see, send_form


@act("dialogue_files.show_all", "dialogue:read", status=200, shows="notitie")
def the_files_of_a_dialogue(company: Company) -> Ask:
    talk = start_talk(company)
    talk.share()
    return see(talk.anna, talk.url())


@act("dialogue_files.add", "attachment:upload")
def adding_a_file(company: Company) -> Ask:
    talk = start_talk(company)
    return send_form(talk.anna, talk.url(), {"files": TEXT})


@act("dialogue_files.add_for_new", "attachment:upload", status=201)
def adding_a_file_to_a_new_dialogue(company: Company) -> Ask:
    anna = company.visitor("Anna", "/")
    headers = {"Content-Type": "application/octet-stream", "X-CSRF-Token": company.token(anna)}
    return Ask(anna, "/berichten/nieuw/bestanden", "POST", body=TEXT, headers=headers)


@act("dialogue_files.remove", "attachment:remove")
def taking_a_file_away(company: Company) -> Ask:
    talk = start_talk(company)
    return send_form(talk.anna, talk.url(f"/{talk.add()}/verwijderen"))


@act("dialogue_files.remove_new", "attachment:remove", status=200)
def taking_a_file_of_a_new_dialogue_away(company: Company) -> Ask:
    talk = start_talk(company)
    file_id = talk.send_raw(TEXT, url="/berichten/nieuw/bestanden").get_json()["id"]
    return send_form(talk.anna, f"/berichten/nieuw/bestanden/{file_id}/verwijderen")


@act("dialogue_files.download", "attachment:read", status=200, shows="Kanarie")
def a_download(company: Company) -> Ask:
    talk = start_talk(company)
    return see(talk.anna, talk.url(f"/{talk.share()}"))


@act("dialogue_files.show_picture", "attachment:read", status=200)
def a_picture(company: Company) -> Ask:
    talk = start_talk(company)
    return see(talk.anna, talk.url(f"/{talk.share(png())}/plaatje"))


@act("dialogue_files.show", "attachment:read", status=200, shows="Verslag")
def a_document_in_its_page(company: Company) -> Ask:
    talk = start_talk(company)
    return see(talk.anna, talk.url(f"/{talk.share(pdf())}/bekijken"))


@act("dialogue_files.show_page", "attachment:read", status=200)
def a_page_of_a_document(company: Company) -> Ask:
    talk = start_talk(company)
    return see(talk.anna, talk.url(f"/{talk.share(pdf())}/pagina/1"))


@act("dialogue_files.download_all", "dialogue:export", "dialogue:read", status=200)
def a_whole_dialogue(company: Company) -> Ask:
    talk = start_talk(company)
    talk.share()
    return send_form(talk.anna, talk.url("/alles"))
