"""The technical log tells the route's pattern and nothing of anybody (security.md, goal L)."""

from __future__ import annotations

import json
import logging

import pytest

from portal.authorisation import public
from portal.logs import configure_logs
from tests.portal.world import World

MARK = "Gemarkeerd-999990019"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.fixture
def _json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()


@pytest.mark.usefixtures("_json_lines")
def test_a_request_is_a_line_with_the_pattern_of_its_route(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    visitor = world.visitor()
    visitor.get(f"/uitnodiging/{MARK}", status=404)
    visitor.get(f"/{MARK}?naam={MARK}", status=404)

    first, second = [line for line in lines(capsys) if line["event"] == "request"]

    assert (first["method"], first["route"], first["status"]) == ("GET", "/uitnodiging/<token>", 404)
    assert second["route"] == "none"
    assert MARK not in json.dumps([first, second])
    assert "192.0.2.10" not in json.dumps([first, second])


@pytest.mark.usefixtures("_json_lines")
def test_a_failure_is_told_by_type_and_place_without_its_text(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    @public
    def fail() -> str:
        raise ValueError(MARK)

    world.app.add_url_rule("/fout", "fail", fail)
    world.visitor().get("/fout", status=500)

    (failure,) = [line for line in lines(capsys) if line["event"] == "failure"]

    assert failure["error"] == "ValueError"
    assert "fail" in str(failure["places"])
    assert MARK not in json.dumps(failure)


@pytest.mark.usefixtures("_json_lines")
def test_what_libraries_log_has_no_exception_text(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError(MARK)
    except ValueError:
        logging.getLogger("library").exception("it went wrong at %s", MARK)

    (line,) = lines(capsys)

    assert (line["event"], line["error"]) == ("it went wrong at %s", "ValueError")
    assert MARK not in json.dumps(line)
