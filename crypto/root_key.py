"""The server's root key, and what each package is given of it (design 2.4).

It protects what the server must use by itself, and opens no holder. Under it live, each with its own derived keys:
*root keys*, of which the newest seals and all open (rotation), and one *index key*, which rotation leaves alone so that
what was stored for looking up stays findable.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from crypto.authentication import authenticate, check_authentic
from crypto.derivation import derive
from crypto.errors import MacError, RootKeyFileError, UnsealError
from crypto.key_file import changing_key_file, create_key_file, read_key_file, replace_key_file
from crypto.sealing import Context, seal, unseal
from crypto.secret import Secret
from crypto.source import Source

MARKER = b"\x03"
KEY_ID_LENGTH = 8
MAC_LENGTH = KEY_ID_LENGTH + 32

_ROOT_FORMAT = "datakluis root key 1"
_SALT_FORMAT = "datakluis salt key 1"
_NOTE = "This file and the database together give mail addresses and phone numbers: keep and back them up apart."
_SECRET_LENGTH = 32
_PACKAGE_NAME = re.compile(r"[a-z][a-z0-9_ ]*")


class RootKey(Protocol):
    """A provider of the root key: a file (`FileRootKey`), or a key server."""

    def seal(self, plaintext: bytes, context: Context) -> bytes:
        """Seal under the newest root key; the value carries that key's id."""

    def open(self, sealed: bytes, context: Context) -> bytes:
        """Open what any live root key sealed. Raises `UnsealError`."""

    def hmac(self, label: str, message: bytes) -> bytes:
        """HMAC-SHA-256 for the purpose that `label` names; the same answer before and after a rotation."""

    def for_package(self, name: str) -> PackageKey:
        """The keys of one package, which can do nothing with another's."""


@dataclass(frozen=True, slots=True)
class _LiveKey:
    id: bytes
    sealing: Secret
    authentication: Secret


class PackageKey:
    """What one package may do with the root key: seal and open, authenticate, and look up.

    Values carry the id of the root key they were made under (`key_id`), so that those of an older one can be found and
    made again. An older key can be retired when nothing carries its id any more.
    """

    __slots__ = ("_current", "_index", "_live")

    def __init__(self, purpose: str, root_secrets: Mapping[bytes, Secret], index_secret: Secret) -> None:
        """`root_secrets`: every live root key by its id, the newest last."""
        self._live = {
            key_id: _LiveKey(key_id, derive(secret, f"{purpose}/seal"), derive(secret, f"{purpose}/mac"))
            for key_id, secret in root_secrets.items()
        }
        self._current = list(self._live.values())[-1]
        self._index = derive(index_secret, f"{purpose}/lookup")

    @property
    def current_id(self) -> bytes:
        """The id (8 bytes) that new values carry."""
        return self._current.id

    def seal(self, plaintext: bytes, context: Context) -> bytes:
        """Seal under the newest key: marker byte, 8-byte key id, a value of `sealing` (38 bytes more than the text)."""
        return MARKER + self._current.id + seal(self._current.sealing, plaintext, context)

    def open(self, sealed: bytes, context: Context) -> bytes:
        """The plaintext of a value that any live key sealed for `context`. Raises `UnsealError`."""
        live = self._live.get(key_id(sealed))
        if live is None:
            raise UnsealError
        return unseal(live.sealing, sealed[1 + KEY_ID_LENGTH :], context)

    def mac(self, message: bytes) -> bytes:
        """A code (40 bytes) that only a server with the root key can make: key id, then HMAC-SHA-256 by the newest key.

        The message must be unambiguous: join its parts with their lengths, as `Context.encode` does.
        """
        return self._current.id + authenticate(self._current.authentication, message)

    def check_mac(self, message: bytes, mac: bytes) -> None:
        """Raises `MacError` unless `mac` was made of this message under a live key. Compares in constant time."""
        live = self._live.get(mac[:KEY_ID_LENGTH])
        if live is None:
            raise MacError
        check_authentic(live.authentication, message, mac[KEY_ID_LENGTH:])

    def lookup(self, message: bytes) -> bytes:
        """A fixed code (32 bytes) of a value, to find and to keep unique what is stored sealed.

        It is made under the index key, not under the newest root key: two root keys can be live for weeks, and in that
        time one mail address must not have two codes. The price: whoever once had the root key file can test guesses
        against codes until the index key is renewed too (`FileRootKey.rotate(..., renew_index=True)`).
        """
        return authenticate(self._index, message)


class FileRootKey:
    """The root key in a file of mode 0600, kept outside the database. Implements `RootKey`. An object never changes."""

    __slots__ = ("_index_secret", "_own", "_root_secrets")

    def __init__(self, root_secrets: Mapping[bytes, Secret], index_secret: Secret) -> None:
        """Use `create`, `load` or `rotate`. `root_secrets`: by key id, the newest last."""
        self._root_secrets = dict(root_secrets)
        self._index_secret = index_secret
        self._own = PackageKey("root", self._root_secrets, index_secret)

    @classmethod
    def create(cls, path: Path, source: Source) -> FileRootKey:
        """Make a new root key file. Raises `RootKeyFileError` when there is a file already."""
        made = cls(_identified([Secret.random(source)]), Secret.random(source))
        create_key_file(path, made._content())
        return made

    @classmethod
    def load(cls, path: Path) -> FileRootKey:
        """Read a root key file. Raises `RootKeyFileError`, also when its group or others can read it."""
        content = read_key_file(path, _ROOT_FORMAT)
        try:
            keys = [_decode_secret(text) for text in content["keys"]]
            if not keys:
                raise ValueError("no key")
            return cls(_identified(keys), _decode_secret(content["index_key"]))
        except (KeyError, TypeError, ValueError):
            raise RootKeyFileError(f"the key file {path} is damaged; put back its back-up") from None

    @classmethod
    def rotate(cls, path: Path, source: Source, *, renew_index: bool = False) -> FileRootKey:
        """Add a new current key to the file and give the result; what older keys made stays readable.

        A process that loaded the file before cannot open what the new key seals until it is started again. With
        `renew_index` the index key is replaced as well: every `lookup` must then be computed again, in one
        transaction, before anything is looked up. Raises `RootKeyFileError`, also while another change is under way.
        """
        with changing_key_file(path):
            old = cls.load(path)
            secrets = [*old._root_secrets.values(), Secret.random(source)]
            index_secret = Secret.random(source) if renew_index else old._index_secret
            return cls(_identified(secrets), index_secret)._replace(path)

    @classmethod
    def retire(cls, path: Path, retired_id: bytes) -> FileRootKey:
        """Remove an older key from the file: what it made no longer opens.

        Raises `RootKeyFileError` for the current key and for an id that is not in the file.
        """
        with changing_key_file(path):
            old = cls.load(path)
            if retired_id not in old.live_ids[:-1]:
                raise RootKeyFileError(f"{path} holds no older key with that id; only an older key can be retired")
            remaining = [secret for key_id, secret in old._root_secrets.items() if key_id != retired_id]
            return cls(_identified(remaining), old._index_secret)._replace(path)

    @property
    def current_id(self) -> bytes:
        """The id (8 bytes) of the key that seals."""
        return self._own.current_id

    @property
    def live_ids(self) -> tuple[bytes, ...]:
        """The ids of all keys that open, the newest last."""
        return tuple(self._root_secrets)

    def seal(self, plaintext: bytes, context: Context) -> bytes:
        return self._own.seal(plaintext, context)

    def open(self, sealed: bytes, context: Context) -> bytes:
        return self._own.open(sealed, context)

    def hmac(self, label: str, message: bytes) -> bytes:
        return authenticate(derive(self._index_secret, f"root/hmac/{label}"), message)

    def for_package(self, name: str) -> PackageKey:
        """The keys of the package `name`: lower-case letters, digits, underscores, spaces, else `ValueError`."""
        if not _PACKAGE_NAME.fullmatch(name):
            raise ValueError("a package name has lower-case letters, digits, underscores and spaces")
        return PackageKey(f"package/{name}", self._root_secrets, self._index_secret)

    def _content(self) -> dict[str, object]:
        keys = [_encode_secret(secret) for secret in self._root_secrets.values()]
        return {"format": _ROOT_FORMAT, "note": _NOTE, "keys": keys, "index_key": _encode_secret(self._index_secret)}

    def _replace(self, path: Path) -> FileRootKey:
        replace_key_file(path, self._content())
        return self


class SaltKey:
    """The key of the salts of passwords, in a file of its own. Never rotated: a new one makes every password wrong."""

    __slots__ = ("_secret",)

    def __init__(self, secret: Secret) -> None:
        """Use `create` or `load`."""
        self._secret = secret

    @classmethod
    def create(cls, path: Path, source: Source) -> SaltKey:
        """Make a new salt key file. Raises `RootKeyFileError` when there is a file already."""
        secret = Secret.random(source)
        create_key_file(path, {"format": _SALT_FORMAT, "key": _encode_secret(secret)})
        return cls(secret)

    @classmethod
    def load(cls, path: Path) -> SaltKey:
        """Read a salt key file. Raises `RootKeyFileError`, also when its group or others can read it."""
        content: dict[str, Any] = read_key_file(path, _SALT_FORMAT)
        try:
            return cls(_decode_secret(content["key"]))
        except (KeyError, TypeError, ValueError):
            raise RootKeyFileError(f"the key file {path} is damaged; put back its back-up") from None

    def salt_for(self, account_id: UUID) -> bytes:
        """The salt (32 bytes) of an account's password (design 2.3)."""
        return authenticate(derive(self._secret, "password salt"), account_id.bytes)


def key_id(sealed: bytes) -> bytes:
    """The id (8 bytes) of the root key that sealed a value. Raises `UnsealError` for a value of another kind."""
    if sealed[:1] != MARKER or len(sealed) <= KEY_ID_LENGTH:
        raise UnsealError
    return sealed[1 : 1 + KEY_ID_LENGTH]


def _identified(secrets: list[Secret]) -> dict[bytes, Secret]:
    # The id is derived from the key, so that a file edited by hand cannot pair an id with another key.
    return {derive(secret, "root/id", KEY_ID_LENGTH).reveal(): secret for secret in secrets}


def _encode_secret(secret: Secret) -> str:
    return base64.b64encode(secret.reveal()).decode()


def _decode_secret(text: str) -> Secret:
    secret = Secret(base64.b64decode(text, validate=True))
    if len(secret) != _SECRET_LENGTH:
        raise ValueError("a key in a file has 32 bytes")
    return secret
