"""Settings are read once and refused with a sentence that says what to do (design 6)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.settings import PREFIX, VARIABLES, SettingsError, parse_settings

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def environment(**changes: str | None) -> dict[str, str]:
    """Return the least that a portal needs, with `changes`; None takes one away."""
    values: dict[str, str | None] = {
        "DATA_DIRECTORY": "/srv/datakluis",
        "BASE_URL": "https://datakluis.example",
        "MAIL_FOLDER": "/srv/mail",
        **changes,
    }
    return {PREFIX + name: value for name, value in values.items() if value is not None}


def test_the_least_that_is_needed_gives_sensible_settings() -> None:
    settings = parse_settings(environment())

    assert settings.database_url == "sqlite:////srv/datakluis/datakluis.sqlite3"
    assert settings.root_key_file == Path("/srv/datakluis/root.key")
    assert settings.is_https
    assert (settings.listen_host, settings.listen_port) == ("127.0.0.1", 8000)
    assert not settings.demo


def test_a_mail_server_is_read_whole() -> None:
    settings = parse_settings(
        environment(MAIL_FOLDER=None, SMTP_HOST="mail.example", SMTP_PASSWORD="geheim", MAIL_SENDER="a@mail.example")
    )

    assert settings.smtp is not None
    assert (settings.smtp.host, settings.smtp.port, settings.smtp.starttls) == ("mail.example", 587, True)
    assert settings.smtp.password.reveal() == b"geheim"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"DATA_DIRECTORY": None}, "Set DATAKLUIS_DATA_DIRECTORY"),
        ({"BASE_URL": None}, "Set DATAKLUIS_BASE_URL"),
        ({"BASE_URL": "datakluis.example"}, "such as https://datakluis.example"),
        ({"BASE_URL": "http://[x"}, "an address that a browser can open"),
        ({"BASE_URL": "https://datakluis.example:x"}, "an address that a browser can open"),
        ({"BASE_URL": "http://datakluis.example"}, "must begin with https://"),
        ({"DATABASE_URL": "mysql://host/name"}, "sqlite:/// or postgresql://"),
        ({"MAIL_FOLDER": None}, "mail needs somewhere to go"),
        ({"SMTP_HOST": "mail.example"}, "Set one of"),
        ({"MAIL_FOLDER": None, "SMTP_HOST": "mail.example"}, "Set DATAKLUIS_MAIL_SENDER"),
        ({"VIRUS_SCANNER": "clamd"}, "host:port or to the path of a socket"),
        ({"VIRUS_SCANNER": "clamd:0"}, "host:port or to the path of a socket"),
        ({"TIMESTAMP_URL": "freetsa.example"}, "begins with https:// or http://"),
        ({"TIMESTAMP_URL": "https://stamp.example"}, "Set DATAKLUIS_TIMESTAMP_CERTIFICATES"),
        ({"TIMESTAMP_URL": "http://stamp.example", "TIMESTAMP_CERTIFICATES": "/nowhere/root.pem"}, "which is no file"),
        ({"TIMESTAMP_SECONDS": "0"}, "a number from 1 to 60"),
        ({"ATTACHMENT_LIMIT_MIB": "0"}, "a number from 1 to 1024"),
        ({"THREADS": "many"}, "a number from 1 to 256"),
        ({"THREADS": "0"}, "a number from 1 to 256"),
        ({"ARGON2_MEMORY_MIB": "8"}, "a number from 64"),
        ({"TRUSTED_PROXIES": "-1"}, "a number from 0 to 5"),
        ({"LISTEN": "8000"}, "address:port"),
        ({"TERMS_FILE": "/nowhere/terms.txt"}, "which is no file"),
        ({"DEMO": "perhaps"}, "yes or no"),
        ({"DEMO": "yes"}, "shows every mail to everyone"),
        ({"DEMO": "yes", "BASE_URL": "http://localhost:8000", "LISTEN": "0.0.0.0:8000"}, "begin with 127.0.0.1"),
        ({"TRUSTED_PROXY": "1"}, "did you mean DATAKLUIS_TRUSTED_PROXIES?"),
    ],
)
def test_what_makes_no_sense_stops_the_start_with_what_to_do(changes: dict[str, str | None], told: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        parse_settings(environment(**changes))

    assert told in str(refusal.value)
    assert str(refusal.value).endswith((".", "?"))


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "database-url"
    secret.write_text("postgresql://kluis:geheim@database/kluis\n", encoding="utf-8")

    settings = parse_settings(environment(DATABASE_URL_FILE=str(secret)))

    assert settings.database_url == "postgresql://kluis:geheim@database/kluis"


def test_a_secret_file_that_cannot_be_read_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        parse_settings(environment(DATABASE_URL_FILE="/nowhere/database-url"))


def test_a_secret_given_twice_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="not both"):
        parse_settings(environment(DATABASE_URL="sqlite:///a", DATABASE_URL_FILE="/b"))


def test_settings_show_no_secret() -> None:
    settings = parse_settings(
        environment(
            MAIL_FOLDER=None,
            SMTP_HOST="mail.example",
            SMTP_PASSWORD="geheim-1",
            MAIL_SENDER="a@b.example",
            DATABASE_URL="postgresql://kluis:geheim-2@database/kluis",
        )
    )

    assert "geheim" not in repr(settings)


def test_docs_have_a_row_for_each_setting_and_no_other() -> None:
    row = r"^\| `DATAKLUIS_([A-Z0-9_]+)`( \(secret\))? \| .* \| (.*) \|$"
    rows = re.findall(row, DOCUMENT.read_text("utf-8"), re.M)

    written = [(name, bool(secret), meaning) for name, secret, meaning in rows]

    assert written == [(variable.name, variable.secret, variable.meaning) for variable in VARIABLES]
