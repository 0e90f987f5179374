"""What every response carries, errors included, and what no page may (security.md, ASVS 3.4, 14.3)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.portal.world import World, make_world

Fetch = Callable[[str], TestResponse]


@pytest.fixture
def fetch(world: World) -> Fetch:
    def crash() -> str:
        raise RuntimeError

    crash.access = None  # type: ignore[attr-defined]
    client = world.visitor().client

    def get(path: str) -> TestResponse:
        response = client.get(path, base_url="https://datakluis.example")
        response.close()
        return response

    return get


EVERYWHERE = ["/inloggen", "/", "/niet-hier", "/static/datakluis.css", "/static/niet-hier.css", "/health", "/uitloggen"]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_response_has_the_security_headers(fetch: Fetch, path: str) -> None:
    headers = fetch(path).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Permissions-Policy"].startswith("camera=()")
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_a_refused_form_has_them_too(world: World) -> None:
    """Libraries.md 5.1: the refusal comes before any other hook."""
    response = world.visitor().client.post("/inloggen", data={}, base_url="https://datakluis.example")

    assert response.status_code == 400
    assert "'nonce-" in response.headers["Content-Security-Policy"]


def test_each_page_has_a_nonce_of_its_own_on_its_scripts(fetch: Fetch) -> None:
    first, second = fetch("/inloggen"), fetch("/inloggen")

    nonces = []
    for response in (first, second):
        nonce = response.headers["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
        assert f'nonce="{nonce}"' in response.text
        nonces.append(nonce)
    assert nonces[0] != nonces[1]


def test_pages_stay_in_no_cache_and_files_by_fingerprint_for_ever(fetch: Fetch) -> None:
    address = fetch("/inloggen").text.split('rel="stylesheet" href="')[1].split('"')[0]

    assert fetch("/inloggen").headers["Cache-Control"] == "no-store"
    assert fetch("/niet-hier").headers["Cache-Control"] == "no-store"
    assert "?v=" in address
    assert fetch(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert fetch("/static/niet-hier.css?v=1").headers["Cache-Control"] == "no-store"


def test_plain_http_on_this_machine_promises_no_tls(tmp_path: Path, sqlite_url: str) -> None:
    """Design 2.3: the demo."""
    world = make_world(tmp_path, sqlite_url, BASE_URL="http://localhost:8000", DEMO="yes")

    response = world.visitor().client.get("/inloggen", base_url="http://localhost:8000")

    assert "Strict-Transport-Security" not in response.headers
    assert response.headers["Set-Cookie"].startswith("datakluis=")
    assert "Secure" not in response.headers["Set-Cookie"]
    world.services.factory.engine.dispose()


def test_no_template_can_reach_the_settings(world: World) -> None:
    assert "config" not in world.app.jinja_env.globals
    with world.app.test_request_context():
        context: dict[str, object] = {}
        world.app.update_template_context(context)
    assert "config" not in context
