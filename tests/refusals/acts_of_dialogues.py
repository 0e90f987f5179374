"""Berichten, and the settings and texts that go with it: each request with the log and without it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from dialogs.closing import close_dialogue
from dialogs.models import Participant, ParticipantKind
from dialogs.standard_texts import TextContent, write_text
from dialogs.starting import NewDialogue, NewParticipant, start_dialogue
from organisation.contact_persons import Contact, add_contact, change_contact
from tests.portal.company import Company
from tests.refusals.catalogue import Ask, act, see, send_form, silent
from tests.world import World

SUBJECT, LIST = "Rooster van december", "/berichten"
TEXT = {"title": "Welkom", "text": "Goedendag"}
SETTINGS, ADMINISTERED = "/instellingen/berichten", "/beheer/standaardteksten"


def text_of(company: Company, *, shared: bool) -> str:
    """The address of a standard text of Carla's, or of her organisation."""
    with company.preparing() as world:
        row = write_text(world.session, TextContent("Welkom", "Goedendag"), world.actor("Carla"), shared=shared)
        return f"{ADMINISTERED}/{row.id}" if shared else f"{SETTINGS}/teksten/{row.id}"


def begin(world: World, by: str, *others: NewParticipant, **about: UUID) -> UUID:
    """Let somebody start a dialogue."""
    about_whom: dict[str, Any] = {"employee_id": None, "employer_id": None, **about}
    draft = NewDialogue(
        SUBJECT, "Wie kan er zaterdag?", participants=others, file_ids=(), request_id=uuid4(), **about_whom
    )
    return start_dialogue(world.session, draft, world.actor(by), base_url="https://datakluis.example").id


def dialogue(company: Company, *, closed: bool = False, **about: UUID) -> str:
    """The address of a dialogue of Anna and Ilse."""
    with company.preparing() as world:
        ilse = NewParticipant(ParticipantKind.USER, world.people["Ilse"].id)
        made = begin(world, "Anna", ilse, **about)
        if closed:
            close_dialogue(world.session, made, "Is rond", world.actor("Anna"))
        return f"{LIST}/{made}"


def place_of(company: Company, url: str, person_id: UUID | None) -> str:
    """The address of a participant: of somebody with a login, or of who was invited."""
    with company.portal.session() as session:
        own = select(Participant.id).where(
            Participant.dialogue_id == UUID(url.rpartition("/")[2]), Participant.person_id == person_id
        )
        return f"{url}/deelnemers/{session.scalars(own).one()}"


def with_ilse(company: Company) -> str:
    """The address of Ilse in a dialogue with Anna."""
    return place_of(company, dialogue(company), company.world.people["Ilse"].id)


def with_renewed_key(company: Company) -> str:
    """The address of Ilse in such a dialogue, after she forgot everything."""
    url = with_ilse(company)
    with company.preparing() as world:
        world.renew_key("Ilse")
    return url


def with_changed_data(company: Company) -> str:
    """The address of a contact person in a dialogue of Carla, whose mail address is another by now."""
    with company.preparing() as world:
        session, employer_id, carla = world.session, world.employer.id, world.actor("Carla")
        reach = {"phone": "06 0000 0001", "email": "sanne@example.org"}
        contact_id = add_contact(session, employer_id, None, Contact("Sanne Zomer", **reach), carla).id
        contact = NewParticipant(ParticipantKind.CONTACT_PERSON, contact_id)
        made = begin(world, "Carla", contact, employer_id=employer_id)
        world.session.flush()
    company.portal.source.advance(timedelta(minutes=1))
    with company.preparing() as world:
        reach = {"phone": "06 0000 0001", "email": "s.zomer@example.org"}
        change_contact(
            world.session, employer_id, contact_id, None, Contact("Sanne Zomer", **reach), world.actor("Carla")
        )
    return place_of(company, f"{LIST}/{made}", None)


@act("dialogues.show_all", "dialogue:list", status=200, shows=SUBJECT)
def the_own_dialogues(company: Company) -> Ask:
    dialogue(company)
    return see(company.visitor("Anna"), LIST)


@silent("dialogues.show_search", "an empty form")
def the_form_to_look_for_a_dialogue(company: Company) -> Ask:
    return see(company.visitor("Anna"), f"{LIST}/zoeken")


@act("dialogues.search", "dialogue:search", status=200, shows=SUBJECT)
def looking_for_a_dialogue(company: Company) -> Ask:
    dialogue(company)
    return send_form(company.visitor("Anna", f"{LIST}/zoeken"), f"{LIST}/zoeken", {"subject": "rooster"})


@act("starting_dialogues.show", "employee:read", status=200, shows="Yılmaz")
def the_form_of_a_new_dialogue(company: Company) -> Ask:
    return see(company.visitor("Anna"), f"{LIST}/nieuw?werknemer={company.employees['Eva']}")


@act("starting_dialogues.start", "dialogue:start")
def starting_a_dialogue(company: Company) -> Ask:
    url = f"{LIST}/nieuw?over=niets"
    ilse = f"user:{company.world.people['Ilse'].id}"
    values = {"subject": SUBJECT, "text": "Dag", "participants": ilse, "request_id": str(uuid4())}
    return send_form(company.visitor("Anna", url), url, values)


@act("conversations.show", "dialogue:read", status=200, shows="Wie kan er zaterdag?")
def a_dialogue(company: Company) -> Ask:
    return see(company.visitor("Ilse"), dialogue(company))


@act("conversations.show_news", "dialogue:read", status=200, shows="Wie kan er zaterdag?")
def what_is_new_in_a_dialogue(company: Company) -> Ask:
    return see(company.visitor("Ilse"), f"{dialogue(company)}/nieuws?na=0")


@act("conversations.post", "dialogue:post")
def writing_in_a_dialogue(company: Company) -> Ask:
    url = dialogue(company)
    return send_form(company.visitor("Anna", LIST), url, {"text": "Ik niet", "request_id": str(uuid4())})


@silent("conversations.keep_draft", "what its writer has typed", status=204, changes=("dialogue_draft",))
def a_draft(company: Company) -> Ask:
    return send_form(company.visitor("Anna", LIST), f"{dialogue(company)}/concept", {"text": "Nog niet af"})


@act("dialogue_participants.show_adding", "dialogue:read", status=200, shows="Frits")
def whom_to_add(company: Company) -> Ask:
    return see(company.visitor("Anna"), f"{dialogue(company)}/deelnemers/toevoegen")


@act("dialogue_participants.add", "participant:add")
def adding_somebody(company: Company) -> Ask:
    frits = f"user:{company.world.people['Frits'].id}"
    url = f"{dialogue(company)}/deelnemers/toevoegen"
    return send_form(company.visitor("Anna", LIST), url, {"participants": frits, "history": "from_now"})


@act("dialogue_participants.show_removal", "dialogue:read", status=200, shows="Ilse")
def whether_somebody_goes(company: Company) -> Ask:
    return see(company.visitor("Anna"), f"{with_ilse(company)}/verwijderen")


@act("dialogue_participants.remove", "participant:remove")
def taking_somebody_out(company: Company) -> Ask:
    return send_form(company.visitor("Anna", LIST), f"{with_ilse(company)}/verwijderen")


@act("dialogue_participants.show_replacing", "dialogue:read", status=200, shows="Sanne Zomer")
def whether_somebody_is_replaced(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{with_changed_data(company)}/vervangen")


@act("dialogue_participants.replace", "dialogue:close", "dialogue:start")
def replacing_somebody(company: Company) -> Ask:
    return send_form(company.visitor("Carla", LIST), f"{with_changed_data(company)}/vervangen")


@act("dialogue_participants.show_readmission", "dialogue:read", status=200, shows="Ilse")
def whether_somebody_is_let_in_again(company: Company) -> Ask:
    return see(company.visitor("Anna"), f"{with_renewed_key(company)}/toelaten")


@act("dialogue_participants.admit_again", "participant:readmit")
def letting_somebody_in_again(company: Company) -> Ask:
    url = f"{with_renewed_key(company)}/toelaten"
    return send_form(company.visitor("Anna", LIST), url, {"history": "all", "compared": "2"})


@act("dialogue_participants.show_leaving", "dialogue:read", status=200, shows=SUBJECT)
def whether_to_leave(company: Company) -> Ask:
    return see(company.visitor("Ilse"), f"{dialogue(company)}/verlaten")


@act("dialogue_participants.leave_for_good", "dialogue:leave")
def leaving(company: Company) -> Ask:
    return send_form(company.visitor("Ilse", LIST), f"{dialogue(company)}/verlaten")


@act("dialogue_participants.show_closing", "dialogue:read", status=200, shows=SUBJECT)
def why_to_close(company: Company) -> Ask:
    return see(company.visitor("Anna"), f"{dialogue(company)}/sluiten")


@act("dialogue_participants.close", "dialogue:close")
def closing_a_dialogue(company: Company) -> Ask:
    return send_form(company.visitor("Anna", LIST), f"{dialogue(company)}/sluiten", {"reason": "Is rond"})


@act("dialogue_participants.reopen", "dialogue:reopen")
def opening_a_dialogue_again(company: Company) -> Ask:
    return send_form(company.visitor("Anna", LIST), f"{dialogue(company, closed=True)}/heropenen")


@act("dialogue_tabs.show_of_employee", "employee:read", "dialogue:list", status=200, shows=SUBJECT)
def the_dialogues_about_an_employee(company: Company) -> Ask:
    dialogue(company, employee_id=company.employees["Eva"])
    return see(company.visitor("Anna"), company.employee_url("Eva", "/berichten"))


@act("dialogue_tabs.show_of_dossier", "employee:read", "dialogue:list", status=200, shows="Yılmaz")
def the_dialogues_about_a_dossier(company: Company) -> Ask:
    company.share("Eva")
    return see(company.visitor("Carla", company.dossier_url("Eva")), company.dossier_url("Eva", "/berichten"))


@act("dialogue_tabs.show_of_employer", "dialogue:list", status=200)
def the_dialogues_about_an_employer(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"/werkgevers/{company.world.employer.id}/berichten")


@silent("message_settings.save_overview", "whether one gets a mail", status=303, changes=("weekly_overview",))
def the_weekly_overview(company: Company) -> Ask:
    return send_form(company.visitor("Anna", SETTINGS), f"{SETTINGS}/weekoverzicht", {"weekly": "y"})


@silent("message_settings.show", "one's own signature and standard texts")
def the_message_settings(company: Company) -> Ask:
    return see(company.visitor("Anna"), SETTINGS)


@silent(
    "message_settings.save_signature", "what one's own messages end with", status=303, changes=("message_signature",)
)
def another_signature(company: Company) -> Ask:
    return send_form(company.visitor("Anna", SETTINGS), f"{SETTINGS}/afsluiting", {"signature": "Groet"})


@silent("message_settings.show_new", "an empty form")
def a_new_text_of_ones_own(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{SETTINGS}/teksten/nieuw")


@act("message_settings.add", "standard_text:create")
def writing_a_text_of_ones_own(company: Company) -> Ask:
    return send_form(company.visitor("Carla", SETTINGS), f"{SETTINGS}/teksten/nieuw", TEXT)


@silent("message_settings.show_one", "a text that says nothing about anybody")
def a_text_of_ones_own(company: Company) -> Ask:
    return see(company.visitor("Carla"), text_of(company, shared=False))


@act("message_settings.change", "standard_text:update")
def changing_a_text_of_ones_own(company: Company) -> Ask:
    url = text_of(company, shared=False)
    return send_form(company.visitor("Carla", SETTINGS), url, {"title": "Welkom", "text": "Dag"})


@silent("message_settings.show_removal", "a text that says nothing about anybody")
def whether_a_text_of_ones_own_may_go(company: Company) -> Ask:
    return see(company.visitor("Carla"), text_of(company, shared=False) + "/verwijderen")


@act("message_settings.remove", "standard_text:remove")
def removing_a_text_of_ones_own(company: Company) -> Ask:
    url = text_of(company, shared=False)
    return send_form(company.visitor("Carla", SETTINGS), f"{url}/verwijderen")


@silent("standard_texts.show", "the texts of the organisation, which say nothing about anybody")
def the_texts_of_the_organisation(company: Company) -> Ask:
    return see(company.visitor("Carla"), ADMINISTERED)


@silent("standard_texts.show_new", "an empty form")
def a_new_text(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{ADMINISTERED}/nieuw")


@act("standard_texts.add", "standard_text:create")
def writing_a_text(company: Company) -> Ask:
    return send_form(company.visitor("Carla", ADMINISTERED), f"{ADMINISTERED}/nieuw", TEXT)


@silent("standard_texts.show_one", "a text that says nothing about anybody")
def a_text(company: Company) -> Ask:
    return see(company.visitor("Carla"), text_of(company, shared=True))


@act("standard_texts.change", "standard_text:update")
def changing_a_text(company: Company) -> Ask:
    url = text_of(company, shared=True)
    return send_form(company.visitor("Carla", ADMINISTERED), url, {"title": "Welkom", "text": "Dag"})


@silent("standard_texts.show_removal", "a text that says nothing about anybody")
def whether_a_text_may_go(company: Company) -> Ask:
    return see(company.visitor("Carla"), text_of(company, shared=True) + "/verwijderen")


@act("standard_texts.remove", "standard_text:remove")
def removing_a_text(company: Company) -> Ask:
    url = text_of(company, shared=True)
    return send_form(company.visitor("Carla", ADMINISTERED), f"{url}/verwijderen")
