"""Adding files to a dialogue, looking at them and taking them along (D-06, D-rule 28)."""

from __future__ import annotations

import io
import json
import zipfile
from uuid import uuid4

import pytest
from sqlalchemy import select

from accounts.sessions import end_sessions_of
from dialogs.models import Participant, ParticipantKind, ParticipantState
from dialogs.starting import NewDialogue, NewParticipant, start_dialogue
from portal.file_answers import DownloadBrokenOff
from tests.documents.files import pdf, png
from tests.portal.company import Company
from tests.portal.dialogue_files import TEXT, Cut, Talk, start_talk


@pytest.fixture
def talk(company: Company) -> Talk:
    """Anna and Ilse talk."""
    return start_talk(company)


def test_a_file_is_added_by_script_and_read_by_the_other(talk: Talk) -> None:
    file_id = talk.share(TEXT, "../Verslag Çelik.TXT")
    ilse = talk.company.visitor("Ilse", "/")
    response = talk.get(talk.url(f"/{file_id}"), ilse)
    assert response.data == TEXT
    assert response.headers["Content-Disposition"] == (
        "attachment; filename=\"Verslag Celik.TXT\"; filename*=UTF-8''Verslag%20%C3%87elik.TXT"
    )
    assert response.headers["Content-Type"] == "text/plain"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response.headers["Cache-Control"] == "no-store"
    assert len(talk.company.entries("attachment:read")) == 1


def test_files_are_added_by_a_form_without_script(talk: Talk) -> None:
    response = talk.send_form(("a.txt", TEXT), ("b.pdf", pdf()))
    assert (response.status_code, response.location) == (303, talk.url())
    page = talk.get(talk.url())
    assert "a.txt" in page.text
    assert "b.pdf" in page.text
    refused = talk.send_form(("c.txt", TEXT), ("d.pdf", b"MZ"))
    assert refused.status_code == 422
    assert "d.pdf: Dit is een programma." in refused.text
    assert "c.txt" in refused.text
    nothing = talk.send_form(("", b""))
    assert nothing.status_code == 422
    assert "Kies eerst een of meer bestanden." in nothing.text


def test_no_file_without_the_token_of_the_session(talk: Talk) -> None:
    before = talk.left_behind()
    headers = {"Content-Type": "application/octet-stream", "X-File-Name": "a.txt"}
    assert talk.post(talk.anna, talk.url(), data=TEXT, headers=headers).status_code == 400
    body = (
        b'--grens\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n' + TEXT + b"\r\n--grens--"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=grens"}
    assert talk.post(talk.anna, talk.url(), data=body, headers=headers).status_code == 400
    assert talk.left_behind() == before


def test_an_upload_that_breaks_off_leaves_nothing(talk: Talk) -> None:
    before = talk.left_behind()
    headers = {"Content-Type": "application/octet-stream", "X-CSRF-Token": talk.company.token(talk.anna)}
    response = talk.anna.client.post(
        talk.url(),
        input_stream=Cut(TEXT * 5_000),
        headers=headers,
        base_url=talk.anna.base_url,
        environ_overrides={**talk.anna.environment, "CONTENT_LENGTH": str(len(TEXT) * 6_000)},
    )
    assert response.status_code == 400
    assert talk.left_behind() == before


def test_who_takes_no_part_gets_404_for_everything(talk: Talk) -> None:
    posted, waiting = talk.share(png(), "foto.png"), talk.add()
    frits = talk.company.visitor("Frits", "/")
    with talk.company.preparing() as world:
        other = NewParticipant(ParticipantKind.USER, world.people["Ilse"].id)
        draft = NewDialogue("Eigen", "Tekst", None, None, (other,), (), world.session.source.new_id())
        own = start_dialogue(world.session, draft, world.actor("Frits"), base_url="https://datakluis.example").id
    before = talk.left_behind()
    for dialogue_id in (talk.dialogue_id, own):
        for file_id in (posted, waiting, uuid4()):
            base = f"/berichten/{dialogue_id}/bestanden/{file_id}"
            for rest in ("", "/bekijken", "/plaatje", "/pagina/1"):
                assert talk.get(base + rest, frits).status_code == 404, base + rest
            assert talk.press(f"{base}/verwijderen", frits).status_code == 404
    assert talk.get(talk.url(), frits).status_code == 404
    assert talk.press(talk.url("/alles"), frits).status_code == 404
    assert talk.send_raw(TEXT, visitor=frits).status_code == 404
    assert talk.press(f"/berichten/nieuw/bestanden/{waiting}/verwijderen", frits).status_code == 404
    assert talk.left_behind() == before


def test_who_was_removed_reads_what_was_there_and_adds_nothing(talk: Talk) -> None:
    posted = talk.share()
    ilse = talk.company.visitor("Ilse", "/")
    with talk.company.preparing() as world:
        statement = select(Participant).where(Participant.person_id == world.people["Ilse"].id)
        world.session.scalars(statement).one().state = ParticipantState.REMOVED.value
    assert talk.get(talk.url(f"/{posted}"), ilse).status_code == 200
    assert talk.send_raw(TEXT, visitor=ilse).status_code == 404


def test_ranges_are_sent_as_asked(talk: Talk) -> None:
    data = bytes(range(256)) * 600
    file_id = talk.share(b"%PDF-1.7\n" + data + b"\nstartxref\n0\n%%EOF", "a.pdf")
    whole = talk.get(talk.url(f"/{file_id}"))
    assert whole.headers["Accept-Ranges"] == "bytes"
    size = len(whole.data)
    for asked, start, stop in (("bytes=0-9", 0, 10), ("bytes=65530-65545", 65530, 65546), ("bytes=-5", size - 5, size)):
        part = talk.get(talk.url(f"/{file_id}"), Range=asked)
        assert part.status_code == 206
        assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{size}"
        assert part.data == whole.data[start:stop]
        assert part.content_length == stop - start
    beyond = talk.get(talk.url(f"/{file_id}"), Range=f"bytes={size}-")
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
    for ignored in ("bytes=0-1,5-6", "bytes=x", "lines=1-2"):
        assert talk.get(talk.url(f"/{file_id}"), Range=ignored).data == whole.data
    assert talk.get(talk.url(f"/{file_id}"), Range="bytes=0-1", If_Range='"x"').status_code == 200


def test_a_file_that_was_tampered_with_is_not_sent(talk: Talk) -> None:
    file_id = talk.share(TEXT * 5_000)
    folder = talk.company.portal.services.settings.files_directory
    path = folder / "kept" / file_id.hex[:2] / file_id.hex
    good = bytearray(path.read_bytes())
    bad = bytearray(good)
    bad[100_000] ^= 1
    path.write_bytes(bad)
    # The first chunk is whole and has left: the answer ends before the length that it told.
    with pytest.raises(DownloadBrokenOff):
        talk.get(talk.url(f"/{file_id}")).get_data()
    path.write_bytes(good[:-1])
    gone = talk.get(talk.url(f"/{file_id}"))
    assert gone.status_code == 410
    assert "weg of beschadigd" in gone.text
    path.unlink()
    assert talk.get(talk.url(f"/{file_id}")).status_code == 410


def test_pictures_and_pages_are_shown_in_a_sandbox(talk: Talk) -> None:
    picture, document = talk.share(png(), "foto.png"), talk.share(pdf(pages=2), "verslag.pdf")
    shown = talk.get(talk.url(f"/{picture}/plaatje"))
    assert shown.data == png()
    assert shown.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "foto.png" in talk.get(talk.url(f"/{picture}/bekijken")).text
    page = talk.get(talk.url(f"/{document}/bekijken?pagina=2"))
    # The way that leads back has the subject, which is read by participants only.
    assert f'href="/berichten/{talk.dialogue_id}">Rooster</a>' in page.text
    assert "Pagina 2 van 2" in page.text
    assert "Verslag van het gesprek 2" in page.text
    assert "sandbox" not in page.headers["Content-Security-Policy"]
    drawn = talk.get(talk.url(f"/{document}/pagina/2"))
    assert drawn.data.startswith(b"\x89PNG")
    assert drawn.headers["Content-Type"] == "image/png"
    assert drawn.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert talk.get(talk.url(f"/{picture}/pagina/1")).status_code == 404
    assert talk.get(talk.url(f"/{document}/plaatje")).status_code == 404
    pages = [entry.details.get("page") for entry in talk.company.entries("attachment:read")]
    assert pages.count(2) == 2


def test_a_document_that_cannot_be_drawn_is_said_so(talk: Talk) -> None:
    broken = talk.share(b"%PDF-1.7\nstartxref\n0\n%%EOF", "leeg.pdf")
    page = talk.get(talk.url(f"/{broken}/bekijken"))
    assert "kan hier niet worden getoond" in page.text
    assert talk.get(talk.url(f"/{broken}/pagina/1")).status_code == 404
    locked = talk.share(pdf(trailer=b"/Encrypt 9 0 R"), "geheim.pdf")
    assert "heeft een wachtwoord en is niet nagekeken" in talk.get(talk.url()).text
    assert talk.get(talk.url(f"/{locked}/bekijken")).status_code == 404


def test_a_file_is_taken_away_before_it_is_sent(talk: Talk) -> None:
    before = talk.left_behind()
    first, second = talk.add(), talk.add()
    assert len(talk.left_behind()[4]) == 2
    response = talk.press(talk.url(f"/{first}/verwijderen"))
    assert (response.status_code, response.location) == (303, talk.url())
    headers = {"X-CSRF-Token": talk.company.token(talk.anna), "Accept": "application/json"}
    assert talk.post(talk.anna, talk.url(f"/{second}/verwijderen"), headers=headers).status_code == 200
    assert talk.left_behind()[:3] == before[:3]
    assert talk.left_behind()[4] == []


def test_files_for_a_new_dialogue(talk: Talk) -> None:
    response = talk.send_raw(TEXT, url="/berichten/nieuw/bestanden")
    assert response.status_code == 201
    file_id = response.get_json()["id"]
    assert f'value="{file_id}"' in response.get_json()["html"]
    assert talk.press("/berichten/nieuw/bestanden").status_code == 422
    assert talk.press(f"/berichten/nieuw/bestanden/{file_id}/verwijderen").status_code == 200
    assert talk.left_behind()[4] == []


def test_everything_comes_as_one_zip(talk: Talk) -> None:
    talk.share(TEXT, "notitie.txt")
    talk.share(TEXT * 10_000, "notitie.txt")
    response = talk.press(talk.url("/alles"))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/zip"
    assert response.content_length == len(response.data)
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names == [
            "gesprek.pdf",
            "gesprek.json",
            "bestanden/0002-01 notitie.txt",
            "bestanden/0003-01 notitie.txt",
        ]
        assert archive.read(names[3]) == TEXT * 10_000
        assert archive.read("gesprek.pdf").startswith(b"%PDF-")
        told = json.loads(archive.read("gesprek.json"))
    assert told["subject"] == "Rooster"
    assert [message["text"] for message in told["messages"]] == ["Wie kan er?", "Hierbij.", "Hierbij."]
    assert told["messages"][1]["files"] == ["bestanden/0002-01 notitie.txt"]
    assert len(told["participants"]) == 2
    assert [entry.details for entry in talk.company.entries("dialogue:export")] == [{"count": 3}]


def test_the_session_ends_while_a_file_comes_in(talk: Talk) -> None:
    """Rights are those of the moment at which the file is kept."""
    before = talk.left_behind()
    with talk.company.preparing() as world:
        token = talk.company.token(talk.anna)
        end_sessions_of(world.session, world.people["Anna"].id)
    headers = {"Content-Type": "application/octet-stream", "X-CSRF-Token": token, "X-File-Name": "a.txt"}
    assert talk.post(talk.anna, talk.url(), data=TEXT, headers=headers).status_code in {303, 400}
    assert talk.left_behind() == before
