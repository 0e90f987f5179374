"""Asking for every route as everybody, with own, foreign and unknown ids, and looking at each answer."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import delete
from werkzeug.test import TestResponse

from accounts.models import Authenticator
from accounts.proof_of_work import new_challenge
from accounts.recovering import make_reset
from crypto.recovery_code import write_code
from crypto.secret import Secret
from tests.census.canaries import Kind
from tests.census.oracle import ROUTES, may_see, may_talk_with, may_use
from tests.census.own_things import give_dialogues, give_key, give_session, give_texts
from tests.census.papers import WITH_FILES, document_path, give_papers
from tests.census.route import INVITED, PASSWORD, PUBLIC, SAME_FOR_EMPLOYER, SETTING_UP, SIGNED_IN, Route
from tests.census.routes_of_employers import WAITING
from tests.census.signatures import give_signed_talks, ids_of_talks
from tests.census.town import (
    EMPLOYERS,
    HALF_WAY,
    NAMED,
    NEWCOMER,
    ROLES,
    VISITOR,
    WITHOUT_FACTOR,
    Role,
    Town,
    administrator_of,
    maker_of,
)
from tests.pages import Visitor
from tests.portal.world import RECEIPT_SECRET
from tests.proofs import solved
from tests.vault.importing.files import HEADINGS, row, text_file
from tests.world import OPERATOR

BASE_URL = "https://datakluis.example"
HOST = "datakluis.example"
COOKIE = "__Host-datakluis"
NOBODY = UUID("0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f")
OWN, FOREIGN, UNKNOWN = "own", "foreign", "unknown"
HALF_WAY_PERSON = "hr"
EVERYBODY = (*ROLES, VISITOR, HALF_WAY, WITHOUT_FACTOR)
MIRRORED = {
    "second administrator", "garage", "garage waiting", "printer", "printer waiting", "south", "south waiting",
}  # fmt: skip
"""Who is at another organisation what somebody else is at Bakkerij or Noord, or has two roles of theirs in one."""
EVERYDAY = tuple(name for name in EVERYBODY if name not in MIRRORED)
SECOND_FACTOR = {"login_factors.check_app", "login_factors.check_backup_code"}
WITHOUT_ANY_FACTOR = {"login_factors.show_backup_code", "login_factors.show_others"}
OPTIONS = "/tweede-stap"
MOST_REDIRECTS = 4
SAME_FOR_ALL = frozenset({"filename", "secret", "template", "token", "version", "what"})
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Case:
    """One request: with ids of which sort, in the address, the query and the form."""

    relation: str
    path: Mapping[str, Any]
    query: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    shape: str = "path"


@dataclass
class Report:
    """What a walk found."""

    requests: int = 0
    faults: list[str] = field(default_factory=list)
    allowed: dict[str, set[str]] = field(default_factory=dict)
    shown: dict[str, set[Kind]] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """The first answer, and the page behind its redirect where there is one."""

    status: int
    final: int
    content: bytes
    page: str

    @property
    def is_page(self) -> bool:
        """Whether somebody got what was asked for: a page, a redirect to one, or the word that it was done."""
        return self.status in {200, 204} or (self.status == 303 and self.final == 200)


def routes_of(app: Flask) -> list[tuple[str, str, frozenset[str]]]:
    """Return endpoint, method and arguments of everything that a running app can be asked for."""
    rules = app.url_map.iter_rules()
    found = {(rule.endpoint, method): frozenset(rule.arguments) for rule in rules for method in rule.methods or ()}
    return [(*key, found[key]) for key in sorted(found) if key[1] not in {"HEAD", "OPTIONS"}]


class Walker:
    """Everybody of the town, logged in; the town is put back after every change."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.cookies: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self._asks_for_service = False
        self._asker = ""
        for name in ROLES:
            visitor = self._give_password(name)
            visitor.submit({"code": town.portal.next_code(name)})
            self._remember(name, visitor)
        visitor = town.portal.visitor()
        visitor.get(f"/uitnodiging/{town.invitation}")
        with town.portal.session() as session:
            self.reset = make_reset(session, town.people[HALF_WAY_PERSON].id, renews_factors=False, by=OPERATOR)
            session.commit()
        visitor.get(f"/wachtwoord-herstellen/{self.reset}")
        self._remember(VISITOR, visitor)
        town.portal.source.advance(timedelta(seconds=30))
        self._remember(HALF_WAY, self._give_password(HALF_WAY_PERSON))
        _take_factors_from(town, NEWCOMER)
        self._remember(WITHOUT_FACTOR, self._give_password(NEWCOMER))
        with town.portal.session() as session, session.begin():
            settled = [name for name in ROLES if name != NEWCOMER]
            self.own_keys = {name: give_key(session, town.people[name].id) for name in settled}
            self.own_sessions = {name: give_session(session, town.people[name].id) for name in settled}
            self.dialogues = give_dialogues(town, session, settled)
            self.own_texts, self.shared_texts = give_texts(town, session, settled)
        with town.portal.session() as session, session.begin():
            self.papers = give_papers(town, session)
            self.talks = give_signed_talks(town, session, settled, self.papers)
        with town.portal.session() as session:
            self.code = town.people[HALF_WAY_PERSON].code(session)
            self.proof = solved(new_challenge(session))
        self._database = Path(town.portal.services.settings.database_url.removeprefix("sqlite:///"))
        self._copy = self._database.with_suffix(".copy")
        self._dispose()
        shutil.copyfile(self._database, self._copy)

    def _give_password(self, name: str) -> Visitor:
        visitor, person = self.town.portal.visitor(), self.town.people[name]
        visitor.get("/inloggen")
        visitor.submit({"login_name": person.person.login_name, "password": person.password})
        return visitor

    def walk(self, prefixes: Iterable[str] = ("",), names: Iterable[str] = EVERYBODY) -> Report:
        """Ask for every route whose endpoint begins with one of the prefixes, as everybody named."""
        report, begins = Report(), tuple(prefixes)
        for endpoint, method, arguments in routes_of(self.town.portal.app):
            route = ROUTES.get((endpoint, method))
            if route and endpoint.startswith(begins):
                for name in names:
                    self._visit(report, name, endpoint, method, arguments, route)
        return report

    def _visit(
        self, report: Report, name: str, endpoint: str, method: str, arguments: frozenset[str], route: Route
    ) -> None:
        allowed, role = self._is_allowed(name, endpoint, route), ROLES.get(name)
        self._asks_for_service = role is not None and role.is_service
        self._asker = name
        unknown: dict[str, tuple[int, str]] = {}
        good = False
        where = f"{name}: {method} {endpoint}"
        for case in self._cases(name, endpoint, arguments, route, allowed):
            answer = self._ask(name, endpoint, method, case)
            report.requests += 1
            # Whoever gives the second factor comes in as that person.
            reader = ROLES[HALF_WAY_PERSON] if endpoint in SECOND_FACTOR and name == HALF_WAY else role
            # The browser puts the own login name beside a key that it keeps.
            reader = ROLES[NEWCOMER] if name == WITHOUT_FACTOR else reader
            report.faults += [
                f"{where} ({case.relation}): {fault}" for fault in self._leaks(reader, case, answer, route)
            ]
            if answer.status >= 500:
                report.faults.append(f"{where} ({case.relation}): {answer.status}")
            if not allowed:
                if answer.is_page and not self._is_sent_back(route, answer):
                    report.faults.append(f"{where} ({case.relation}): {answer.status} for who may not use it")
            elif case.relation == OWN:
                good = good or answer.is_page or (route.is_wrong and answer.status == 422)
                self._note_shown(report, endpoint, method, role, answer)
            elif case.relation == UNKNOWN:
                unknown[case.shape] = answer.status, answer.page
            elif case.shape in unknown:
                report.faults += _differences(where, unknown[case.shape], answer, case)
        if allowed and good:
            report.allowed.setdefault(f"{endpoint} {method}", set()).add(name)
        elif allowed and not self._is_held_back(role, route):
            report.faults.append(f"{where}: no page for who may use it")

    def _is_allowed(self, name: str, endpoint: str, route: Route) -> bool:
        if route.stage == PUBLIC:
            return True
        if route.stage == INVITED:
            return name == VISITOR
        if route.stage == PASSWORD:
            return name == HALF_WAY or (name == WITHOUT_FACTOR and endpoint in WITHOUT_ANY_FACTOR)
        if route.stage == SETTING_UP:
            return name in {WITHOUT_FACTOR, NEWCOMER}
        if route.stage == SIGNED_IN:
            return name in ROLES
        return name in ROLES and name != NEWCOMER and may_use(ROLES[name], endpoint, route)

    def _is_held_back(self, role: Role | None, route: Route) -> bool:
        """Whether the state of the town, not the role, is what keeps somebody from it."""
        if role is None:
            return False
        if route.sheet:
            return role.name != (NAMED[role.organisation] if route.sheet == "named" else maker_of(role.organisation))
        return (route.needs_key and not role.opens) or (route.needs_colleague and role.organisation != "B")

    def _is_sent_back(self, route: Route, answer: Answer) -> bool:
        """Whether the answer leads to where one must go first, which shows nothing of what was asked for."""
        if answer.status != 303:
            return False
        if route.stage == SETTING_UP and OPTIONS not in answer.page:
            return True
        return any(step in answer.page for step in ("/inloggen", "/back-upcode", OPTIONS))

    def _note_shown(self, report: Report, endpoint: str, method: str, role: Role | None, answer: Answer) -> None:
        own = {canary.kind for canary in self.town.flock.found_in(answer.content) if may_see(role, canary)}
        report.shown.setdefault(f"{endpoint} {method}", set()).update(own)

    def _leaks(self, role: Role | None, case: Case, answer: Answer, route: Route) -> Iterator[str]:
        sent = repr((case.path, case.query, case.values)).lower()
        for canary in self.town.flock.found_in(answer.content):
            # What somebody typed comes back in the form; that tells nothing.
            known = may_see(role, canary) or (route.pairs and role is not None and may_talk_with(role, canary))
            if not known and canary.value.lower() not in sent and not self._is_invited(canary.value):
                yield f"shows {canary.kind.value} of {canary.organisation}{canary.unit}: {canary.value}"

    def _is_invited(self, value: str) -> bool:
        """The link of an invitation shows the login name of whoever was invited."""
        return value == self.town.invited

    def _cases(
        self, name: str, endpoint: str, arguments: frozenset[str], route: Route, allowed: bool
    ) -> Iterator[Case]:
        own, foreign = self._units(name)
        if endpoint.startswith(("admissions.", "announcements.", "document_labels.", "recovery")):
            # The admissions, announcements, labels and sheets of a service are the same for all whom it serves.
            side = EMPLOYERS[own[0][0]]
            foreign = [unit for unit in foreign if EMPLOYERS[unit[0]] != side] or ["D1s"]
        if endpoint.startswith(SAME_FOR_EMPLOYER):
            # The page, the groups and the users of an employer are the same for all its departments.
            foreign = [unit for unit in foreign if unit[0] != own[0][0]]
        if not allowed:
            # Who may not use a route is refused before anything is looked up; one request tells.
            relation, asked = (FOREIGN, foreign[0]) if arguments - SAME_FOR_ALL else (OWN, own[0])
            yield self._case(relation, endpoint, arguments, own[0], asked, route.values)
            return
        base = [self._case(UNKNOWN, endpoint, arguments, own[0], None, route.values)] if arguments else []
        base += [self._case(OWN, endpoint, arguments, unit, unit, route.values) for unit in own]
        yield from base
        if arguments - SAME_FOR_ALL:
            yield from (self._case(FOREIGN, endpoint, arguments, own[0], unit, route.values) for unit in foreign)
        sorts = [(UNKNOWN, None), *((OWN, unit) for unit in own), *((FOREIGN, unit) for unit in foreign)]
        for relation, unit in sorts:
            path = self._path(endpoint, arguments, own[0])
            for at, query in enumerate(route.queries):
                if relation != OWN and not PLACEHOLDER.search(query):
                    continue
                yield Case(relation, path, self._filled({"q": query}, unit, endpoint)["q"], {}, f"query {at}")
            for at, values in enumerate(route.others):
                filled = self._filled(dict(route.values), own[0], endpoint)
                yield Case(relation, path, "", {**filled, **self._filled(dict(values), unit, endpoint)}, f"values {at}")

    def _case(
        self, relation: str, endpoint: str, arguments: frozenset[str], own: str, unit: str | None, values: Any
    ) -> Case:
        filled = self._filled(dict(values), own, endpoint)
        if endpoint == "imports.upload":
            table = text_file([HEADINGS, row(department="Elders", bsn="")])
            filled["file"] = (table, "werknemers.csv")
        if endpoint in WITH_FILES:
            filled["files"] = (b"tekst", "notitie.txt")
        return Case(relation, self._path(endpoint, arguments, unit), "", filled)

    def _units(self, name: str) -> tuple[list[str], list[str]]:
        """Return employees that are somebody's own, and some that are not: each by employer and kind."""
        role = ROLES.get(name)
        if role is None:
            return ["B1s"], ["D1s"]
        if role.is_service:
            own = [employer for employer, service in EMPLOYERS.items() if service == role.organisation]
            own = [employer for employer in own if not role.sees or employer in role.sees]
        else:
            own = [role.organisation]
        foreign = [f"{employer}1s" for employer in EMPLOYERS if employer not in own]
        if not role.is_service and role.sees:
            foreign.insert(0, f"{role.organisation}2s")
        return [f"{own[0]}1s", f"{own[0]}1u"], foreign

    def _path(self, endpoint: str, arguments: frozenset[str], unit: str | None) -> dict[str, Any]:
        town, employer = self.town, unit[0] if unit else ""
        kept = town.done_imports if endpoint == "imports.show_result" else town.imports
        sides = town.admissions
        admission = EMPLOYERS.get(employer, "") if endpoint.startswith("admissions.") else employer
        values: dict[str, Any] = {
            **self._master_data_path(endpoint, employer),
            "employee_id": town.employees[unit] if unit else NOBODY,
            "employment_id": town.employments[unit] if unit else NOBODY,
            "person_id": town.people[_colleague(employer, endpoint)].id if unit else NOBODY,
            "admission_id": sides[admission] if unit else NOBODY,
            "announcement_id": town.announcements[EMPLOYERS[employer]] if unit else NOBODY,
            "label_id": town.labels_of(endpoint)[EMPLOYERS[employer]] if unit else NOBODY,
            "sheet_id": town.sheets[self._side_of(employer)] if unit else NOBODY,
            "request_id": town.requests[unit] if unit else NOBODY,
            "key_id": self._own_thing(self.own_keys, unit),
            "reference": self._own_thing(self.own_sessions, unit),
            "dialogue_id": self._own_thing({name: made.id for name, made in self.dialogues.items()}, unit),
            "participant_id": self._own_thing({name: made.place for name, made in self.dialogues.items()}, unit),
            "text_id": self._own_thing(
                self.shared_texts if endpoint.startswith("standard_texts.") else self.own_texts, unit
            ),
            "group_id": town.groups[employer] if unit else NOBODY,
            "organisation_id": town.organisations[employer] if unit else NOBODY,
            "import_id": kept[employer] if unit else NOBODY,
            "substitution_id": NOBODY,
            "version": "2026-1" if unit else "2025-9",
            "token": (self.reset if endpoint.startswith("resetting.") else town.invitation) if unit else "x" * 43,
            "what": "wachtwoord" if unit else "pincode",
            "secret": RECEIPT_SECRET if unit else "x" * 24,
            "filename": "favicon.svg" if unit else "favicon.gif",
            "number": 1,
            **document_path(self.papers, endpoint, unit, of_service=self._asks_for_service),
            **{name: self._own_thing(of_all, unit) for name, of_all in ids_of_talks(endpoint, self.talks).items()},
        }
        return {name: values[name] for name in arguments}

    def _master_data_path(self, endpoint: str, employer: str) -> dict[str, Any]:
        """The ids of an employer's page and of its parts; of one that waits where only that has such a page."""
        town, service = self.town, EMPLOYERS.get(employer, "")
        waits, empty = endpoint in WAITING, endpoint == "employer_departments.remove"
        departments = town.empty_departments if empty else {name: town.departments[f"{name}1"] for name in EMPLOYERS}
        return {
            "employer_id": (town.waiting if waits else town.organisations).get(service if waits else employer, NOBODY),
            "department_id": departments.get(employer, NOBODY),
            "site_id": town.sites.get(employer, NOBODY),
            "contact_id": town.contacts.get(employer, NOBODY),
            "agreement_id": town.coming.get(service, NOBODY) if waits else town.agreements.get(employer, NOBODY),
            "folder_id": town.folders.get(service, NOBODY),
        }

    def _own_thing(self, things: Mapping[str, UUID], unit: str | None) -> UUID:
        """What is the asker's own, or for an employer that is not, of its administrator."""
        if unit is None:
            return NOBODY
        is_own = unit in self._units(self._asker)[0]
        return things.get(self._asker if is_own else administrator_of(unit[0]), NOBODY)

    def _side_of(self, employer: str) -> str:
        """Whose recovery sheet is meant: that of the employer, or of its arbo service for somebody of one."""
        return EMPLOYERS[employer] if self._asks_for_service else employer

    def _filled(self, values: dict[str, str], unit: str | None, endpoint: str) -> dict[str, Any]:
        town = self.town
        person = town.people[HALF_WAY_PERSON]
        ids: dict[str, Any] = {
            "employee": town.employees[unit] if unit else NOBODY,
            "employment": town.employments[unit] if unit else NOBODY,
            "request": town.requests[unit] if unit else NOBODY,
            "share": town.shares.get(unit, NOBODY) if unit else NOBODY,
            "department": town.departments[unit[:2]] if unit else NOBODY,
            "employer": town.organisations[unit[0]] if unit else NOBODY,
            "folder": town.folders[EMPLOYERS[unit[0]]] if unit else NOBODY,
            "site": town.sites[unit[0]] if unit else NOBODY,
            "person": town.people[administrator_of(unit[0])].id if unit else NOBODY,
            "number": town.numbers[unit] if unit else "PNX99999",
            "last_name": town.last_names[unit] if unit else "Onbekendzo",
            "group": town.groups[unit[0]] if unit else NOBODY,
            "role_of_group": town.roles_of_groups[unit[0]] if unit else NOBODY,
            "colleague": self.dialogues[self._asker].colleague if self._asker in self.dialogues else NOBODY,
            **self.papers.labels,
            "login": town.people["administrator"].person.login_name,
            "password": town.people["administrator"].password,
            "own_password": town.people[self._asker].password if self._asker in town.people else "",
            "code": self.code,
            "backup_code": person.backup_code,
            "proof": self.proof,
            "sheet": town.sheets[self._side_of(unit[0])] if unit else NOBODY,
            "named": town.people[NAMED[self._side_of(unit[0])]].id if unit else NOBODY,
            "recovery_code": town.recovery_codes[self._side_of(unit[0])] if unit else write_code(Secret(bytes(32))),
        }
        return {key: PLACEHOLDER.sub(lambda found: str(ids[found[1]]), value) for key, value in values.items()}

    def _ask(self, name: str, endpoint: str, method: str, case: Case) -> Answer:
        client = self.town.portal.app.test_client()
        if name in self.cookies:
            client.set_cookie(COOKIE, self.cookies[name], domain=HOST, secure=True)
        with self.town.portal.app.test_request_context(base_url=BASE_URL):
            url = url_for(endpoint, **case.path)
        response = _send(client, f"{url}?{case.query}" if case.query else url, method, self._form(name, case))
        body = response.get_data()
        final, page = response, body
        for _ in range(MOST_REDIRECTS):
            if final.status_code != 303:
                break
            final = _send(client, final.headers["Location"], "GET", None)
            page = final.get_data()
        answer = Answer(
            response.status_code,
            final.status_code,
            b"\n".join([body, str(response.headers).encode(), page, str(final.headers).encode()]),
            self._normalised(f"{response.headers.get('Location', '')}\n{page.decode('utf-8', 'replace')}", case),
        )
        if method == "POST" and (response.status_code < 400 or endpoint.startswith(("login", "invitations"))):
            self._restore()
        return answer

    def _form(self, name: str, case: Case) -> dict[str, Any]:
        files = {
            key: (io.BytesIO(value[0]), value[1]) for key, value in case.values.items() if isinstance(value, tuple)
        }
        return {"csrf_token": self.tokens[name], **case.values, **files}

    def _normalised(self, page: str, case: Case) -> str:
        """The page without what belongs to this one request: its nonce, and what it asked for."""
        for value in {*map(str, case.path.values()), *_texts(case)}:
            page = page.replace(value, "ASKED")
        page = re.sub(r'(nonce|value)="[0-9A-Za-z_+/=-]{16,}"', r'\1="ONCE"', page)
        return page

    def _remember(self, name: str, visitor: Visitor) -> None:
        cookie = visitor.client.get_cookie(COOKIE, domain=HOST)
        assert cookie is not None, name
        assert visitor.page is not None
        self.cookies[name] = cookie.value
        tokens = [form.values["csrf_token"] for form in visitor.page.forms if "csrf_token" in form.values]
        self.tokens[name] = tokens[0]

    def _restore(self) -> None:
        self._dispose()
        shutil.copyfile(self._copy, self._database)

    def _dispose(self) -> None:
        # With its last connection SQLite writes the journal into the file.
        self.town.portal.services.factory.engine.dispose()


def _take_factors_from(town: Town, name: str) -> None:
    """Leave somebody who has logged in without a second factor, as an administrator may."""
    with town.portal.session() as session, session.begin():
        session.execute(delete(Authenticator).where(Authenticator.person_id == town.people[name].id))


def _send(client: FlaskClient, url: str, method: str, data: dict[str, Any] | None) -> TestResponse:
    response = client.open(
        url,
        method=method,
        data=data if method == "POST" else None,
        base_url=BASE_URL,
        environ_overrides={"REMOTE_ADDR": "192.0.2.10"},
    )
    # Read to its end, also when it is streamed, and closed, as the file of a static page must be.
    response.get_data()
    response.close()
    return response


def _texts(case: Case) -> set[str]:
    query = [value for _, value in parse_qsl(case.query)]
    typed = [value for value in case.values.values() if isinstance(value, str) and len(value) > 5]
    return {text for text in (*query, *typed, urlencode({"": case.query})[1:]) if len(text) > 5}


def _differences(where: str, unknown: tuple[int, str], answer: Answer, case: Case) -> list[str]:
    status, page = unknown
    if answer.status != status:
        return [f"{where} ({case.relation} {case.shape}): {answer.status}, but {status} for what does not exist"]
    if answer.page != page:
        return [f"{where} ({case.relation} {case.shape}): another page than for what does not exist"]
    return []


def _colleague(employer: str, endpoint: str) -> str:
    if employer != "B":
        # Whose account ends must not be the only one who can open the vault.
        return NAMED[employer] if endpoint.startswith("user_accounts.") else administrator_of(employer)
    return "second administrator" if "take_rights" in endpoint else "hr"
