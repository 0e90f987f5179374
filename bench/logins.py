"""Logging in beside the bare cost of the password hash, in processor time of this process: print one line of JSON.

The portal runs in this process with the cost of Argon2id that it really has. A login is what a browser sends: the page,
name and password, the page for the code, and the code.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient

from crypto.passwords import Argon2Parameters, stretch
from organisation.memberships import add_member
from tests.people import SALT_KEY, SignedUp, sign_up
from tests.portal.world import OPERATOR, World, make_world
from tests.world import WHOLE

REPEATED = 12
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def main() -> None:
    """Measure, in turns so that a slow minute hits both."""
    with tempfile.TemporaryDirectory(prefix="datakluis-bench-") as folder:
        world = make_world(Path(folder), f"sqlite:///{folder}/datakluis.sqlite3")
        anna = _sign_up(world)
        hashes, logins = [], []
        for _ in range(REPEATED):
            hashes.append(_seconds(lambda: stretch(anna.password, bytes(32), Argon2Parameters())))
            logins.append(_seconds(lambda: _log_in(world, anna)))
    print(json.dumps({"hash": median(hashes[1:]), "login": median(logins[1:])}))


def _sign_up(world: World) -> SignedUp:
    with world.session() as session, session.begin():
        anna = sign_up(session, world.employer_id, "Anna", parameters=Argon2Parameters())
        add_member(session, anna.id, world.employer_id, ("werkgever",), WHOLE, OPERATOR)
    world.services = replace(world.services, salt_key=SALT_KEY)
    return anna


def _log_in(world: World, person: SignedUp) -> None:
    client = world.app.test_client()
    base = world.services.settings.base_url
    _send(client, base, "/inloggen", {"login_name": person.person.login_name, "password": person.password})
    world.source.advance(timedelta(seconds=30))
    with world.session() as session:
        code = person.code(session)
    _send(client, base, "/inloggen/code", {"code": code})


def _send(client: FlaskClient, base: str, url: str, values: dict[str, str]) -> None:
    token = TOKEN.search(client.get(url, base_url=base).get_data(as_text=True))
    if token is None:
        raise RuntimeError(f"{url} has no form to send")
    answer = client.post(url, base_url=base, data={**values, "csrf_token": token[1]}, headers={"Referer": base + url})
    if answer.status_code != 303:
        raise RuntimeError(f"{url} refused the login of the bench")


def _seconds(act: Callable[[], object]) -> float:
    before = time.process_time()
    act()
    return time.process_time() - before


if __name__ == "__main__":
    main()
