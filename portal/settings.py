"""The settings: environment variables read once, at the start, into a frozen dataclass (design 6).

`VARIABLES` is the whole list; docs/settings.md has a row for each, which a test compares.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from accounts.failed_tries import LEAST_ATTEMPTS, MOST_ATTEMPTS
from crypto.secret import Secret
from organisation.login_names import DEFAULT_PATTERN, is_pattern
from vault.importing.table import MAX_FILE_BYTES

PREFIX = "DATAKLUIS_"
MEBIBYTE = 1024 * 1024
_YES = frozenset({"1", "yes", "true", "on"})
_NO = frozenset({"0", "no", "false", "off"})
_RECEIPT_SECRET = re.compile(r"[A-Za-z0-9]{24,200}")
_SMS_SENDER = re.compile(r"[A-Za-z0-9 ]{1,11}|\+?[0-9]{3,16}")


class SettingsError(Exception):
    """A setting is missing or makes no sense. The message is one sentence that says what to do."""


@dataclass(frozen=True)
class Variable:
    """An environment variable: its name without `DATAKLUIS_`, what it is when absent (None: must be set), its meaning.

    A secret can also be given as a file: `DATAKLUIS_<NAME>_FILE` holds the path.
    """

    name: str
    default: str | None
    meaning: str
    secret: bool = False


VARIABLES = (
    Variable("DATA_DIRECTORY", None, "The folder for the database and, unless told otherwise, the key files"),
    Variable("BASE_URL", None, "The address at which people reach the portal; https, or http on this machine only"),
    Variable(
        "DATABASE_URL",
        "SQLite in the data directory",
        "`sqlite:///file` or `postgresql://user:password@host/name`",
        secret=True,
    ),
    Variable("ROOT_KEY_FILE", "`root.key` in the data directory", "The root key; keep it apart from the database"),
    Variable("SALT_KEY_FILE", "`salt.key` in the data directory", "The key of the salts of passwords; never renewed"),
    Variable("SMTP_HOST", "", "The mail server; either this or `MAIL_FOLDER` must be set"),
    Variable("SMTP_PORT", "587", "The port of the mail server"),
    Variable("SMTP_STARTTLS", "yes", "Whether the connection to the mail server is encrypted with STARTTLS"),
    Variable("SMTP_USER", "", "The user name at the mail server; empty for none"),
    Variable("SMTP_PASSWORD", "", "The password at the mail server; empty for none", secret=True),
    Variable("MAIL_SENDER", "", "The address that mails come from; demanded with `SMTP_HOST`"),
    Variable("MAIL_FOLDER", "", "A folder that gets each mail as a file, for trying out, instead of `SMTP_HOST`"),
    Variable("SMS_GATEWAY", "", "How codes by SMS leave: `cm`, `spryng` or `http`; empty for `SMS_FOLDER`"),
    Variable("SMS_FOLDER", "the folder of `MAIL_FOLDER`", "A folder that gets each SMS as a file, for trying out"),
    Variable("SMS_SENDER", "Datakluis", "What an SMS shows as its sender: at most 11 letters and digits, or a number"),
    Variable("SMS_TOKEN", "", "The product token of CM.com or the API key of Spryng", secret=True),
    Variable("SMS_URL", "that of CM.com or Spryng", "The address of the gateway; demanded with `http`"),
    Variable("SMS_HEADER", "", "The header with the secret of an `http` gateway, as `Name: value`", secret=True),
    Variable("SMS_FORMAT", "json", "What an `http` gateway takes: `json` or `form`"),
    Variable(
        "SMS_BODY",
        "",
        "What is sent to an `http` gateway, with `{number}`, `{text}` and, if it takes them, `{reference}`, `{sender}`",
    ),
    Variable(
        "SMS_RECEIPT_SECRET",
        "",
        "The end of the address at which a gateway tells what became of an SMS: 24 or more letters and digits",
        secret=True,
    ),
    Variable("SMS_PER_ORGANISATION_A_DAY", "500", "How many codes by SMS one organisation can have sent in a day"),
    Variable("LISTEN", "127.0.0.1:8000", "The address and port that `serve` listens on"),
    Variable("PROCESSES", "1", "How many web processes the server starts"),
    Variable("THREADS", "8", "How many requests each web process handles at once"),
    Variable(
        "ARGON2_MEMORY_MIB", "256", "The memory in MiB that logins at one moment may use in a process; one takes 64"
    ),
    Variable("FILES_DIRECTORY", "`files` in the data directory", "The folder of what is shared in dialogues, sealed"),
    Variable("ATTACHMENT_LIMIT_MIB", "100", "The largest file in MiB that can be shared in a dialogue, at most 1024"),
    Variable(
        "VIRUS_SCANNER",
        "",
        "The clamd that looks at each shared file, as `host:port` or the path of its socket; without it nobody does",
    ),
    Variable(
        "TIMESTAMP_URL",
        "",
        "The timestamp service (RFC 3161) that stamps signatures; empty for the one within, on this server's clock",
    ),
    Variable(
        "TIMESTAMP_CERTIFICATES",
        "",
        "A file (PEM) with the certificates to trust for `TIMESTAMP_URL`: the root of its authority; demanded with it",
    ),
    Variable("TIMESTAMP_SECONDS", "10", "How many seconds an answer of `TIMESTAMP_URL` may take, at most 60"),
    Variable("UPLOAD_LIMIT_MIB", "20", "The largest file in MiB that can be uploaded, at most 20"),
    Variable(
        "SHARE_REQUEST_DAYS", "14", "How many days a request to share an employee waits for the employer's answer"
    ),
    Variable(
        "LOGIN_ATTEMPTS",
        "5",
        "After how many wrong passwords in a row, 3 to 5, devices that are not known may not try any more",
    ),
    Variable(
        "LOGIN_NAME_PATTERN",
        DEFAULT_PATTERN,
        "How the login name of a new user is proposed; `{achternaam}` must be in it, `{organisatie}` and "
        "`{voorletter}` may be",
    ),
    Variable(
        "UNUSED_ACCOUNT_DAYS",
        "90",
        "After how many days without a login an account is blocked; a mail warns 14 days before; no employee's",
    ),
    Variable("TERMS_FILE", "", "A text with your own terms of use instead of ours; who logs in accepts each new text"),
    Variable(
        "TRUSTED_PROXIES", "0", "How many proxies stand in front, whose word on the visitor's address is believed"
    ),
    Variable("SECURITY_KEYS", "yes", "Whether security keys and passkeys are offered; else nobody is asked for one"),
    Variable("DEMO", "no", "Shows the mailbox of the demo to everyone; only on this machine"),
)
_BY_NAME = {variable.name: variable for variable in VARIABLES}


@dataclass(frozen=True)
class SmtpSettings:
    """A mail server to deliver to."""

    host: str
    port: int
    starttls: bool
    user: str
    password: Secret
    sender: str


@dataclass(frozen=True)
class SmsSettings:
    """A gateway to hand text messages to: `gateway` is ``cm``, ``spryng`` or ``http``."""

    gateway: str
    sender: str
    url: str
    token: Secret
    header: Secret
    format: str
    body: str


@dataclass(frozen=True)
class TimestampSettings:
    """A timestamp service on the internet, the file with the certificates to trust, and how long it may take."""

    url: str
    certificates: Path
    seconds: int


@dataclass(frozen=True)
class Settings:
    """What the operator decides. Sizes are in MiB; exactly one of `smtp` and `mail_folder` is set.

    Of `sms` and `sms_folder` at most one is: without either there are no codes by SMS.
    """

    data_directory: Path
    database_url: str = field(repr=False)
    base_url: str
    root_key_file: Path
    salt_key_file: Path
    smtp: SmtpSettings | None
    mail_folder: Path | None
    sms: SmsSettings | None
    sms_folder: Path | None
    sms_receipt_secret: Secret = field(repr=False)
    sms_per_organisation_a_day: int
    listen_host: str
    listen_port: int
    processes: int
    threads: int
    argon2_memory_mib: int
    files_directory: Path
    attachment_limit_mib: int
    virus_scanner: str
    timestamp: TimestampSettings | None
    upload_limit_mib: int
    share_request_days: int
    login_attempts: int
    login_name_pattern: str
    unused_account_days: int
    terms_file: Path | None
    trusted_proxies: int
    security_keys: bool
    demo: bool

    @property
    def offers_sms(self) -> bool:
        """Whether an SMS has somewhere to go, so that it can be offered as a second factor (L-06)."""
        return self.sms is not None or self.sms_folder is not None

    @property
    def offers_security_keys(self) -> bool:
        """Whether security keys are offered (L-09). No browser has one answer to a bare network address."""
        return self.security_keys and not _is_network_address(urlsplit(self.base_url).hostname or "")

    @property
    def is_https(self) -> bool:
        """Whether the portal is reached over TLS; else it is a loopback address (`parse_settings` sees to that)."""
        return self.base_url.startswith("https://")


def settings_from_environment() -> Settings:
    """Return the settings of this process. Raises `SettingsError`."""
    return parse_settings(os.environ)


def parse_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings in `environment`. Raises `SettingsError` with what to do about the first mistake."""
    _refuse_misspelled(environment)
    reading = _Reading(environment)
    data_directory = reading.path("DATA_DIRECTORY")
    base_url = reading.base_url()
    demo = reading.flag("DEMO")
    if demo and not _is_loopback(base_url):
        raise SettingsError(
            f"{PREFIX}DEMO shows every mail to everyone; unset it, or set {PREFIX}BASE_URL to localhost."
        )
    mail_folder, smtp = reading.mail()
    sms_folder, sms = reading.sms(mail_folder)
    listen_host, listen_port = reading.listen()
    if demo and not _is_loopback_host(listen_host):
        raise SettingsError(f"{PREFIX}DEMO lets everyone log in; let {PREFIX}LISTEN begin with 127.0.0.1.")
    return Settings(
        data_directory=data_directory,
        database_url=reading.database_url(data_directory),
        base_url=base_url,
        root_key_file=reading.path_or("ROOT_KEY_FILE", data_directory / "root.key"),
        salt_key_file=reading.path_or("SALT_KEY_FILE", data_directory / "salt.key"),
        smtp=smtp,
        mail_folder=mail_folder,
        sms=sms,
        sms_folder=sms_folder,
        sms_receipt_secret=reading.receipt_secret(),
        sms_per_organisation_a_day=reading.number("SMS_PER_ORGANISATION_A_DAY", 1, 1000000),
        listen_host=listen_host,
        listen_port=listen_port,
        processes=reading.number("PROCESSES", 1, 64),
        threads=reading.number("THREADS", 1, 256),
        argon2_memory_mib=reading.number("ARGON2_MEMORY_MIB", 64, 65536),
        files_directory=reading.path_or("FILES_DIRECTORY", data_directory / "files"),
        attachment_limit_mib=reading.number("ATTACHMENT_LIMIT_MIB", 1, 1024),
        virus_scanner=reading.scanner(),
        timestamp=reading.timestamp(),
        upload_limit_mib=reading.number("UPLOAD_LIMIT_MIB", 1, MAX_FILE_BYTES // MEBIBYTE),
        share_request_days=reading.number("SHARE_REQUEST_DAYS", 1, 365),
        login_attempts=reading.number("LOGIN_ATTEMPTS", LEAST_ATTEMPTS, MOST_ATTEMPTS),
        login_name_pattern=reading.login_name_pattern(),
        unused_account_days=reading.number("UNUSED_ACCOUNT_DAYS", 30, 3650),
        terms_file=reading.existing_file("TERMS_FILE"),
        trusted_proxies=reading.number("TRUSTED_PROXIES", 0, 5),
        security_keys=reading.flag("SECURITY_KEYS"),
        demo=demo,
    )


class _Reading:
    """Reads one variable at a time and names it in every complaint."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str) -> str:
        full_name = PREFIX + name
        value = self._environment.get(full_name, "").strip()
        if _BY_NAME[name].secret and full_name + "_FILE" in self._environment:
            if value:
                raise SettingsError(f"Set {full_name} or {full_name}_FILE, not both.")
            return _content_of(full_name + "_FILE", self._environment[full_name + "_FILE"])
        if not value and _BY_NAME[name].default is None:
            raise SettingsError(f"Set {full_name}. {_BY_NAME[name].meaning}.")
        return value

    def with_default(self, name: str) -> str:
        return self.text(name) or _BY_NAME[name].default or ""

    def path(self, name: str) -> Path:
        return Path(self.text(name)).expanduser().absolute()

    def path_or(self, name: str, default: Path) -> Path:
        return self.path(name) if self.text(name) else default

    def existing_file(self, name: str) -> Path | None:
        if not self.text(name):
            return None
        path = self.path(name)
        if not path.is_file():
            raise SettingsError(f"{PREFIX}{name} names {path}, which is no file; correct it or unset it.")
        return path

    def flag(self, name: str) -> bool:
        value = self.with_default(name).lower()
        if value not in _YES | _NO:
            raise SettingsError(f"Set {PREFIX}{name} to yes or no, not to {value!r}.")
        return value in _YES

    def number(self, name: str, least: int, most: int) -> int:
        value = self.with_default(name)
        if not value.isdecimal() or not least <= int(value) <= most:
            raise SettingsError(f"Set {PREFIX}{name} to a number from {least} to {most}, not to {value!r}.")
        return int(value)

    def base_url(self) -> str:
        value = self.text("BASE_URL").rstrip("/")
        try:
            parts = urlsplit(value)
            _port = parts.port
        except ValueError:
            raise SettingsError(f"Set {PREFIX}BASE_URL to an address that a browser can open.") from None
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
            raise SettingsError(f"Set {PREFIX}BASE_URL to an address such as https://datakluis.example, not {value!r}.")
        if parts.scheme == "http" and not _is_loopback(value):
            raise SettingsError(f"{PREFIX}BASE_URL must begin with https:// unless it is on localhost.")
        return value

    def database_url(self, data_directory: Path) -> str:
        value = self.text("DATABASE_URL")
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise SettingsError(f"Let {PREFIX}DATABASE_URL begin with sqlite:/// or postgresql://.")
        return value or f"sqlite:///{data_directory / 'datakluis.sqlite3'}"

    def scanner(self) -> str:
        value = self.text("VIRUS_SCANNER")
        host, _colon, port = value.rpartition(":")
        if value and not value.startswith("/") and not (host and port.isdecimal() and 0 < int(port) < 65536):
            raise SettingsError(
                f"Set {PREFIX}VIRUS_SCANNER to host:port or to the path of a socket of clamd, not to {value!r}."
            )
        return value

    def timestamp(self) -> TimestampSettings | None:
        url, seconds = self.text("TIMESTAMP_URL"), self.number("TIMESTAMP_SECONDS", 1, 60)
        if not url:
            return None
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise SettingsError(f"Set {PREFIX}TIMESTAMP_URL to an address that begins with https:// or http://.")
        certificates = self.existing_file("TIMESTAMP_CERTIFICATES")
        if certificates is None:
            raise SettingsError(
                f"Set {PREFIX}TIMESTAMP_CERTIFICATES to a file with the root of the timestamp service: without it "
                "anybody could stamp."
            )
        return TimestampSettings(url, certificates, seconds)

    def login_name_pattern(self) -> str:
        value = self.with_default("LOGIN_NAME_PATTERN")
        if not is_pattern(value):
            raise SettingsError(
                f"Let {PREFIX}LOGIN_NAME_PATTERN hold {{achternaam}} and no other braces than {{organisatie}} and "
                "{voorletter}."
            )
        return value

    def listen(self) -> tuple[str, int]:
        value = self.with_default("LISTEN")
        host, _colon, port = value.rpartition(":")
        if not host or not port.isdecimal() or not 0 <= int(port) < 65536:
            raise SettingsError(f"Set {PREFIX}LISTEN to address:port, such as 127.0.0.1:8000, not to {value!r}.")
        return host.strip("[]"), int(port)

    def mail(self) -> tuple[Path | None, SmtpSettings | None]:
        host, folder = self.text("SMTP_HOST"), self.text("MAIL_FOLDER")
        if bool(host) == bool(folder):
            raise SettingsError(f"Set one of {PREFIX}SMTP_HOST and {PREFIX}MAIL_FOLDER: mail needs somewhere to go.")
        return (self.path("MAIL_FOLDER"), None) if folder else (None, self._smtp(host))

    def sms(self, mail_folder: Path | None) -> tuple[Path | None, SmsSettings | None]:
        gateway, folder = self.text("SMS_GATEWAY"), self.text("SMS_FOLDER")
        if not gateway:
            return (self.path("SMS_FOLDER") if folder else mail_folder, None)
        if folder:
            raise SettingsError(f"Set {PREFIX}SMS_GATEWAY or {PREFIX}SMS_FOLDER, not both.")
        if gateway not in {"cm", "spryng", "http"}:
            raise SettingsError(f"Set {PREFIX}SMS_GATEWAY to cm, spryng or http, not to {gateway!r}.")
        return None, self._gateway(gateway)

    def receipt_secret(self) -> Secret:
        given = self.text("SMS_RECEIPT_SECRET")
        if given and not _RECEIPT_SECRET.fullmatch(given):
            raise SettingsError(f"Set {PREFIX}SMS_RECEIPT_SECRET to 24 or more letters and digits, made by chance.")
        return Secret(given.encode())

    def _gateway(self, gateway: str) -> SmsSettings:
        sender, form = self.with_default("SMS_SENDER"), self.with_default("SMS_FORMAT")
        if not _SMS_SENDER.fullmatch(sender):
            raise SettingsError(f"Set {PREFIX}SMS_SENDER to at most 11 letters and digits, or to a phone number.")
        if form not in {"json", "form"}:
            raise SettingsError(f"Set {PREFIX}SMS_FORMAT to json or form, not to {form!r}.")
        for name in ("SMS_URL", "SMS_BODY") if gateway == "http" else ("SMS_TOKEN",):
            if not self.text(name):
                raise SettingsError(f"Set {PREFIX}{name}: the gateway {gateway} cannot do without.")
        return SmsSettings(
            gateway=gateway,
            sender=sender,
            url=self.text("SMS_URL"),
            token=Secret(self.text("SMS_TOKEN").encode()),
            header=Secret(self.text("SMS_HEADER").encode()),
            format=form,
            body=self.text("SMS_BODY"),
        )

    def _smtp(self, host: str) -> SmtpSettings:
        sender = self.text("MAIL_SENDER")
        if "@" not in sender:
            raise SettingsError(f"Set {PREFIX}MAIL_SENDER to the mail address that mails come from.")
        return SmtpSettings(
            host=host,
            port=self.number("SMTP_PORT", 1, 65535),
            starttls=self.flag("SMTP_STARTTLS"),
            user=self.text("SMTP_USER"),
            password=Secret(self.text("SMTP_PASSWORD").encode()),
            sender=sender,
        )


def _content_of(full_name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{full_name} names a file that cannot be read; correct the path or its rights.") from None


def _refuse_misspelled(environment: Mapping[str, str]) -> None:
    known = {PREFIX + variable.name for variable in VARIABLES}
    known |= {f"{PREFIX}{variable.name}_FILE" for variable in VARIABLES if variable.secret}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            meant = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
            if meant:
                raise SettingsError(f"There is no setting {name}; did you mean {meant[0]}?")


def is_own_host(host: str, base_url: str) -> bool:
    """Whether a request's `Host` names this portal: as `base_url` does, or this machine; any port.

    A site whose own name leads here (DNS rebinding) is neither.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == urlsplit(base_url).hostname or _is_loopback_host(name)


def _is_network_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(url: str) -> bool:
    return _is_loopback_host(urlsplit(url).hostname or "")


def _is_loopback_host(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
