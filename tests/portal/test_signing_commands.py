"""The operator's commands for certificates: handing out the root, taking its key offline, an own authority."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from sqlalchemy import create_engine, text, update

from crypto.source import SystemSource
from portal.commands import main
from portal.commands.initialising import prepare_authority
from portal.services import open_services
from portal.settings import parse_settings
from portal.worker import archiving
from signing.authority import make_root
from signing.authority_keys import is_root_here, load_authority, root_certificates
from signing.models import ArchiveTimestamp
from signing.trusted_roots import OF_TIMESTAMPS

PASSWORD = "een lang wachtwoord"
Run = Callable[..., Result]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "DATAKLUIS_DATA_DIRECTORY": str(tmp_path / "data"),
        "DATAKLUIS_BASE_URL": "https://datakluis.example",
        "DATAKLUIS_MAIL_FOLDER": str(tmp_path / "mail"),
    }


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Run `datakluis` with these words in an installation that is ready."""
    made = CliRunner().invoke(main, ["init"], env=environment)
    assert made.exit_code == 0, made.output
    return lambda *words, **options: CliRunner().invoke(main, words, env=environment, **options)


def organisations_authority(*, is_authority: bool = True, days: int = 3650, with_rsa: bool = False) -> bytes:
    """A PKCS#12 with a certificate that may, or may not, certify authorities."""
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = (
        rsa.generate_private_key(65537, 2048) if with_rsa else ec.generate_private_key(ec.SECP256R1())
    )
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Arbo Zorg CA")])
    usage = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                **usage, key_cert_sign=is_authority, crl_sign=is_authority, encipher_only=False, decipher_only=False
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        b"arbo zorg", key, certificate, None, serialization.BestAvailableEncryption(PASSWORD.encode())
    )


def test_the_root_is_printed_for_who_checks_without_the_portal(run: Run, environment: dict[str, str]) -> None:
    printed = run("signing", "root")

    services = open_services(parse_settings(environment))
    with services.factory() as session:
        assert x509.load_pem_x509_certificates(printed.stdout.encode()) == list(root_certificates(session))


def test_who_stamps_the_moment_is_printed_as_that_and_no_more(
    run: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    ours = run("signing", "root").stdout
    theirs = make_root(SystemSource(), "Tijd").certificate.public_bytes(serialization.Encoding.PEM)
    (tmp_path / "tijd.pem").write_bytes(theirs)
    environment["DATAKLUIS_TIMESTAMP_URL"] = "https://stamp.example"
    environment["DATAKLUIS_TIMESTAMP_CERTIFICATES"] = str(tmp_path / "tijd.pem")

    assert run("signing", "root").stdout == f"{ours}{OF_TIMESTAMPS}\n{theirs.decode()}"


def test_init_again_keeps_the_certificates(run: Run) -> None:
    before = run("signing", "root").stdout

    assert run("init").exit_code == 0
    assert run("signing", "root").stdout == before


def test_an_installation_from_before_signing_gets_its_certificates_when_it_starts(
    run: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    with create_engine(f"sqlite:///{tmp_path / 'data' / 'datakluis.sqlite3'}").begin() as connection:
        connection.execute(text("DELETE FROM signing_certificate"))
    assert "run `datakluis migrate`" in run("signing", "root").output

    prepare_authority(open_services(parse_settings(environment)))
    assert "BEGIN CERTIFICATE" in run("signing", "root").stdout


def test_the_key_of_the_root_goes_offline_and_is_nowhere_here_after_it(
    run: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "root-key.pem"
    done = run("signing", "take-root-offline", str(file), "--password", PASSWORD)
    assert done.exit_code == 0, done.output

    services = open_services(parse_settings(environment))
    with services.factory() as session:
        key = serialization.load_pem_private_key(file.read_bytes(), PASSWORD.encode())
        assert key.public_key() == load_authority(session).root.public_key()
        assert not is_root_here(session)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (
        "was taken offline"
        in run("signing", "take-root-offline", str(tmp_path / "again"), "--password", PASSWORD).output
    )


@pytest.mark.parametrize("mistake", ["short", "exists"])
def test_the_key_of_the_root_stays_when_it_could_not_be_written(
    run: Run, environment: dict[str, str], tmp_path: Path, mistake: str
) -> None:
    file = tmp_path / "root-key.pem"
    if mistake == "exists":
        file.write_text("something else")
    done = run("signing", "take-root-offline", str(file), "--password", "kort" if mistake == "short" else PASSWORD)

    services = open_services(parse_settings(environment))
    with services.factory() as session:
        assert done.exit_code == 1
        assert is_root_here(session)
    assert not file.exists() or file.read_text() == "something else"


@pytest.mark.parametrize("with_rsa", [False, True])
def test_an_organisations_own_authority_takes_the_place_of_the_root(
    run: Run, environment: dict[str, str], tmp_path: Path, with_rsa: bool
) -> None:
    services = open_services(parse_settings(environment))
    with services.factory() as session:
        before = load_authority(session)
    file = tmp_path / "authority.p12"
    file.write_bytes(organisations_authority(with_rsa=with_rsa))

    done = run("signing", "use-authority", str(file), "--password", PASSWORD)

    assert done.exit_code == 0, done.output
    with services.factory() as session:
        after = load_authority(session)
        assert "CN=Arbo Zorg CA" in after.root.subject.rfc4514_string()
        assert after.issuing.certificate.issuer == after.root.subject
        after.issuing.certificate.verify_directly_issued_by(after.root)
        assert after.issuing.certificate.not_valid_after_utc <= after.root.not_valid_after_utc
        assert list(root_certificates(session)) == [after.root, before.root]
        assert not is_root_here(session)


@pytest.mark.parametrize(
    ("options", "password", "told"),
    [
        ({"is_authority": False}, PASSWORD, "may not issue certificates"),
        ({"days": 100}, PASSWORD, "expires within a year"),
        ({}, "een ander wachtwoord", "the password is wrong"),
    ],
)
def test_what_can_be_no_authority_changes_nothing(
    run: Run, tmp_path: Path, options: dict[str, bool], password: str, told: str
) -> None:
    before = run("signing", "root").stdout
    file = tmp_path / "authority.p12"
    file.write_bytes(organisations_authority(**options))

    done = run("signing", "use-authority", str(file), "--password", password)

    assert (done.exit_code, told in done.output) == (1, True)
    assert run("signing", "root").stdout == before


def test_the_worker_stamps_the_years_before_and_the_command_finds_a_change(
    run: Run, environment: dict[str, str]
) -> None:
    empty = run("signing", "verify-archive")
    assert (empty.exit_code, "Nothing is archived yet" in empty.output) == (0, True)

    services = open_services(parse_settings(environment))
    with services.factory() as session, session.begin():
        token = services.timestamper(load_authority(session)).token(b"datakluis archive 1\0")
        session.add(ArchiveTimestamp(number=1, made_at=datetime(2025, 1, 1, tzinfo=UTC), token=token))
    archiving(services).run()
    right = run("signing", "verify-archive")
    assert (right.exit_code, right.output.count("0 signed documents: right")) == (0, 2), right.output

    with services.factory() as session, session.begin():
        session.execute(update(ArchiveTimestamp).where(ArchiveTimestamp.number == 1).values(token=b"changed"))
    wrong = run("signing", "verify-archive")
    assert (wrong.exit_code, wrong.output.count("WRONG")) == (1, 2), wrong.output
