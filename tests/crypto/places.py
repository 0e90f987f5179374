"""Places a value can be sealed for, and every way to move it to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from crypto.sealing import Context

HERE = Context(
    table="grants",
    row=UUID("6c7b1e0e-52a7-4f7c-9d57-0b8f4a1c2d3e"),
    part="secret",
    version=7,
    holder=UUID("0f4d2c1b-7a69-4b58-8c37-1d2e3f405162"),
    generation=3,
    recipient=UUID("a1b2c3d4-e5f6-4708-9a0b-1c2d3e4f5061"),
)
FIELD_NAMES = [field.name for field in fields(Context)]


def moved(context: Context, field_name: str) -> Iterator[Context]:
    """The same place but for one field. A field of a kind that is not known here fails the test that asks for it."""
    value: Any = getattr(context, field_name)
    for other in _others(value):
        if other != value:
            yield with_field(context, field_name, other)


def with_field(context: Context, field_name: str, value: Any) -> Context:
    """The same place with another value in one field."""
    return replace(context, **{field_name: value})


def _others(value: object) -> list[object]:
    match value:
        case UUID():
            return [UUID(int=value.int ^ 1, version=4), UUID(int=value.int ^ (1 << 127), version=4)]
        case int():
            return [value + 1, value - 1, 0]
        case str():
            return [value + "x", value[:-1], value.upper(), ""]
    raise AssertionError(f"say how a {type(value).__name__} in a Context becomes another one")


def flipped(value: bytes) -> Iterator[bytes]:
    """The value with one byte changed, for every byte: once in its lowest bit, once in all."""
    for position in range(len(value)):
        for change in (0x01, 0xFF):
            yield value[:position] + bytes([value[position] ^ change]) + value[position + 1 :]


def cut_or_extended(value: bytes) -> Iterator[bytes]:
    """Every beginning of the value, every end of it, and the value with something behind or before it."""
    for position in range(len(value)):
        yield value[:position]
        yield value[position + 1 :]
    yield value + b"\x00"
    yield b"\x00" + value
    yield value + value
