"""Ondertekening controleren through the page: what was found in plain words, and nothing kept (signing.md 9.4)."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest

from portal.signing_check_words import METHODS, SENTENCES
from signing import checking
from signing.authority import Authority
from signing.authority_keys import ensure_authority, load_authority
from signing.models import SigningMethod
from signing.timestamping import BuiltInTimestamper
from signing.verifying import PROBLEMS
from tests.pages import Page, Visitor
from tests.portal.world import World
from tests.refusals.state import differences, digests
from tests.signing.records import evidence_of
from tests.signing.signed_documents import SignedDocument, plain_document, sign_all, signed_document
from tests.signing.tampering import TAMPERED

URL = "/ondertekening-controleren"


@pytest.fixture
def authority(world: World) -> Authority:
    """The authority of the portal."""
    with world.services.factory() as session, session.begin():
        ensure_authority(session, "Datakluis proef")
        return load_authority(session)


@pytest.fixture
def signed(world: World, authority: Authority) -> SignedDocument:
    """A document that was signed in this portal."""
    return sign_all(plain_document(1), BuiltInTimestamper(authority, world.services.source), authority)


def evidence(world: World, signed: SignedDocument, authority: Authority) -> bytes:
    return evidence_of(signed, authority, BuiltInTimestamper(authority, world.services.source))


def check(visitor: Visitor, document: bytes | None, evidence: bytes | None = None, *, status: int = 200) -> Page:
    """Choose the files and press *Controleren*; the test client would spool large ones to disk itself."""
    token = visitor.get(URL).form(URL).values["csrf_token"]
    parts = [(b'name="csrf_token"', token.encode())]
    parts += [(b'name="document"; filename="Plan.pdf"', document)] if document is not None else []
    parts += [(b'name="evidence"; filename="Bewijs.pdf"', evidence)] if evidence is not None else []
    body = b"".join(
        b"--grens\r\nContent-Disposition: form-data; " + name + b"\r\n\r\n" + content + b"\r\n"
        for name, content in parts
    )
    response = visitor.client.post(
        URL,
        data=body + b"--grens--\r\n",
        content_type="multipart/form-data; boundary=grens",
        base_url=visitor.base_url,
        environ_overrides=visitor.environment,
    )
    return visitor._keep(response, status)


def test_a_document_with_its_evidence_is_told_to_be_good(
    world: World, signed: SignedDocument, authority: Authority
) -> None:
    page = check(world.visitor(), signed.closed, evidence(world, signed, authority))

    assert "Deze ondertekening klopt" in page.text
    for words in ("Ünal Çelik", "werknemer", "Đặng Żółć", "Code per sms", "AB12", "de klok van deze Datakluis zelf"):
        assert words in page.text
    assert "of de telefoon waarop een code kwam echt bij die persoon was" in page.text


def test_without_evidence_it_says_what_that_leaves_open(world: World, signed: SignedDocument) -> None:
    page = check(world.visitor(), signed.closed)

    assert "De handtekeningen in dit document kloppen" in page.text
    assert "Of er een handtekening ontbreekt, is zonder het ondertekenbewijs niet te zien" in page.text


def test_a_document_that_was_cut_back_is_told_with_whose_signature_is_missing(
    world: World, signed: SignedDocument, authority: Authority
) -> None:
    page = check(world.visitor(), TAMPERED["cut back to one signature"](signed), evidence(world, signed, authority))

    assert "Deze ondertekening klopt niet" in page.text
    missing = re.search(r"Er ontbreekt een handtekening die volgens het bewijs is gezet\. \(([^)]*)\)", page.text)
    assert missing is not None
    assert "Đặng Żółć" in missing[1]
    assert "Ünal Çelik" not in missing[1]
    assert "Wat er volgens het bestand is ondertekend" in page.text


def test_a_document_of_another_portal_is_not_trusted(world: World, authority: Authority) -> None:
    page = check(world.visitor(), signed_document().closed)

    assert "Bij deze handtekening zit geen certificaat dat van deze Datakluis komt" in page.text


def test_a_portal_that_never_signed_trusts_nothing(world: World) -> None:
    assert "Deze ondertekening klopt niet" in check(world.visitor(), signed_document().closed).text


@pytest.mark.parametrize("document", [b"", b"hallo", b"%PDF-1.7\n%%EOF", b"\0" * 2_000_000])
def test_whatever_is_sent_gets_a_page(world: World, document: bytes) -> None:
    assert "Dit bestand is geen PDF die te lezen is" in check(world.visitor(), document).text


def test_a_document_that_nobody_signed_is_told_to_be_just_that(world: World, authority: Authority) -> None:
    page = check(world.visitor(), plain_document(1))

    assert "Dit document is niet ondertekend" in page.text
    assert "Deze ondertekening klopt niet" not in page.text


def test_what_is_wrong_at_several_signatures_is_told_once(world: World, authority: Authority) -> None:
    page = check(world.visitor(), signed_document().closed)

    assert page.text.count("Bij deze handtekening zit geen certificaat dat van deze Datakluis komt.") == 1
    told = re.search(r"dat van deze Datakluis komt\. \(([^)]*)\)", page.text)
    assert told is not None
    assert {"zegel van het document", "Đặng Żółć", "Ünal Çelik", "laatste zegel"} <= set(told[1].split(", "))


def test_no_file_is_asked_for_beside_the_field(world: World) -> None:
    assert "Kies het ondertekende document, een PDF" in check(world.visitor(), None, status=422).text


def test_a_file_that_is_too_large_is_refused_before_it_is_read(world: World) -> None:
    limit = world.services.settings.upload_limit_mib * 1024 * 1024
    visitor = world.visitor()

    assert check(visitor, b"%PDF" + b"\0" * (limit + 100_000), status=413).heading == "Dit bestand is te groot"


def test_a_second_stranger_at_the_same_moment_is_told_to_come_back(world: World, signed: SignedDocument) -> None:
    visitor = world.visitor()
    with checking._checks:
        page = check(visitor, signed.closed, status=503)

    assert "Er wordt op dit moment een ander document gecontroleerd" in page.text
    assert page.response.headers["Retry-After"] == "10"
    assert "De handtekeningen in dit document kloppen" in check(visitor, signed.closed).text


def test_nothing_of_what_was_sent_is_kept(
    world: World, signed: SignedDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_values: object) -> object:
        raise AssertionError("a temporary file was made")

    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse)
    engine, visitor = world.services.factory.engine, world.visitor()
    visitor.get(URL)
    before, files = digests(engine), names_below(world.services.settings.data_directory)

    # Large enough for werkzeug to put it into a temporary file, if it could.
    check(visitor, signed.closed + b"\n" * 1_000_000)

    assert differences(before, digests(engine)) == set()
    assert names_below(world.services.settings.data_directory) == files


def names_below(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


def test_the_login_page_leads_here(world: World) -> None:
    assert URL in world.visitor().get("/inloggen").links()


def test_each_problem_and_each_method_has_words() -> None:
    assert set(SENTENCES) == PROBLEMS
    assert set(METHODS) == {method.value for method in SigningMethod}
