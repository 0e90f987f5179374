"""What people send stays in memory and within bounds (design 5, step 2)."""

from __future__ import annotations

import tempfile

import pytest
from flask import request

from portal.authorisation import public
from portal.csrf import csrf_token
from portal.uploads import accepts_upload
from tests.portal.world import World

MEBIBYTE = 1024 * 1024


@public
def count_bytes() -> str:
    uploaded = request.files.get("file")
    return str(len(uploaded.read()) if uploaded else len(request.form.get("text", "")))


@accepts_upload
@public
def count_file() -> str:
    return count_bytes()


@pytest.fixture
def uploading(world: World) -> World:
    world.app.add_url_rule("/teken", "token", public(csrf_token))
    world.app.add_url_rule("/formulier", "form", count_bytes, methods=["POST"])
    world.app.add_url_rule("/bestand", "file", count_file, methods=["POST"])
    return world


def send(world: World, path: str, *, text: bytes = b"", file: bytes | None = None) -> tuple[int, str]:
    """Send a form as a browser does; the test client would spool a large one to disk itself."""
    client = world.visitor().client
    parts = {
        b'name="csrf_token"': client.get("/teken", base_url="https://datakluis.example").data,
        b'name="text"': text,
    }
    if file is not None:
        parts[b'name="file"; filename="people.csv"'] = file
    body = b"".join(
        b"--grens\r\nContent-Disposition: form-data; " + name + b"\r\n\r\n" + content + b"\r\n"
        for name, content in parts.items()
    )
    kind = "multipart/form-data; boundary=grens"
    response = client.post(path, data=body + b"--grens--\r\n", content_type=kind, base_url="https://datakluis.example")
    return response.status_code, response.text


def test_an_upload_never_touches_the_disk(uploading: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Werkzeug would spool 2 MB to a temporary file; making one here is an error."""

    def refuse(*_arguments: object, **_values: object) -> object:
        raise AssertionError("a temporary file was made")

    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse)

    assert send(uploading, "/bestand", file=b"x" * 2 * MEBIBYTE) == (200, str(2 * MEBIBYTE))


def test_a_file_above_the_limit_is_refused(uploading: World) -> None:
    status, page = send(uploading, "/bestand", file=b"x" * 21 * MEBIBYTE)

    assert status == 413
    assert "te groot" in page


def test_an_ordinary_form_is_refused_above_a_quarter_of_a_mebibyte(uploading: World) -> None:
    assert send(uploading, "/formulier", text=b"x" * 1000) == (200, "1000")
    assert send(uploading, "/formulier", file=b"x" * 300 * 1024)[0] == 413
