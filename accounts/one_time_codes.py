"""What every code by SMS is: six small letters and digits, good once, for ten minutes and five tries (L-08).

Who sends one keeps it in a table of its own: `id`, `code_hash`, `tries` and `used_at` are what each has.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, update

from accounts.errors import WrongCode
from crypto.source import Source
from database.base import Base
from database.session import Session

LIFETIME = timedelta(minutes=10)
TRIES = 5
LENGTH = 6
# Without 0 and o, 1, i and l: nobody should have to wonder.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_UNBIASED = 256 - 256 % len(ALPHABET)


Row = TypeVar("Row", bound=Base)


def new_code(source: Source) -> str:
    """Return a code, each of its characters as likely as any other."""
    code = ""
    while len(code) < LENGTH:
        (number,) = source.token(1)
        # The last few of 256 would make some letters likelier than others.
        code += ALPHABET[number % len(ALPHABET)] if number < _UNBIASED else ""
    return code


def use_up(
    session: Session,
    table: type[Row],
    usable: Collection[ColumnElement[bool]],
    typed: str,
    digest: Callable[[UUID, str], bytes],
) -> Row:
    """Count a try of the code that waits, then use it up; each is one conditional UPDATE. Raises `WrongCode`.

    `usable` says which row that is, `digest` makes of a row's id and what was typed what the row keeps of its code.
    """
    columns: Any = table
    counted = update(table).where(*usable, columns.tries < TRIES).values(tries=columns.tries + 1)
    code_id = session.scalar(counted.returning(columns.id).execution_options(synchronize_session=False))
    if code_id is None:
        raise WrongCode
    is_right = (columns.id == code_id) & (columns.code_hash == digest(code_id, "".join(typed.split()).lower()))
    used = update(table).where(*usable, is_right).values(used_at=session.source.now()).returning(table)
    row = session.scalars(used.execution_options(synchronize_session=False)).one_or_none()
    if row is None:
        raise WrongCode
    return row
