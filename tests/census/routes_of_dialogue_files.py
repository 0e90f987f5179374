"""The files of dialogues (C.2: participate; D-06, D-rule 28)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.route import Route
from tests.census.routes_of_dialogues import TALKERS

OF_BOTH = ("dialogue_files.",)

ROUTES: Mapping[tuple[str, str], Route] = {
    ("dialogue_files.add", "POST"): Route(TALKERS),
    # A form, as it is sent here, would be lost: only scripts add to a dialogue that is not there yet.
    ("dialogue_files.add_for_new", "POST"): Route(TALKERS, is_wrong=True),
    ("dialogue_files.download", "GET"): Route(TALKERS),
    ("dialogue_files.download_all", "POST"): Route(TALKERS),
    ("dialogue_files.remove", "POST"): Route(TALKERS),
    ("dialogue_files.remove_new", "POST"): Route(TALKERS),
    ("dialogue_files.show", "GET"): Route(TALKERS),
    ("dialogue_files.show_all", "GET"): Route(TALKERS),
    ("dialogue_files.show_page", "GET"): Route(TALKERS),
    ("dialogue_files.show_picture", "GET"): Route(TALKERS),
}
