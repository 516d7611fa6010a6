"""Rows in PostgreSQL's binary form: what ``record_recv`` and ``array_recv`` read on the server.

A list of rows is an array of a composite type. All numbers are big-endian. An array is the number
of its dimensions, whether it holds NULLs, its element type, its length and first index, then each
element behind its size. A row is the number of its fields, then each field behind its type and
size; -1 is the size of NULL.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Final

UUID: Final = 2950  # object ids of the server's own types never change
BYTEA: Final = 17
SMALLINT: Final = 21
INTEGER: Final = 23
TEXT: Final = 25
TIMESTAMPTZ: Final = 1184

_FIELD: Final = Struct("!Ii")  # its type, its size in bytes
_SIZE: Final = Struct("!i")
_LIST: Final = Struct("!iiIii")
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)  # of the server
_MICROSECOND: Final = timedelta(microseconds=1)
_NULL: Final = -1


def head(kind: int, size: int) -> bytes:
    """Return what stands before the *size* bytes of a field."""
    return _FIELD.pack(kind, size)


def field(kind: int, value: bytes | None) -> bytes:
    """Return one field of a row; ``None`` is NULL."""
    if value is None:
        return _FIELD.pack(kind, _NULL)
    return _FIELD.pack(kind, len(value)) + value


def fields(number: int) -> bytes:
    """Return the beginning of a row with so many fields."""
    return _SIZE.pack(number)


def element(row: bytes) -> bytes:
    """Return a row as an element of a list."""
    return _SIZE.pack(len(row)) + row


def rows(kind: int, number: int, elements: Iterable[bytes]) -> bytes:
    """Return a list.

    Args:
        kind: object id of the rows' composite type.
        number: how many rows there are.
        elements: their bytes, as :func:`element` makes them, in pieces of any number of rows.
    """
    return b"".join((_LIST.pack(1, 0, kind, number, 1), *elements))


def instant(at: datetime) -> bytes:
    """Return a value of TIMESTAMPTZ: microseconds since 2000."""
    return ((at - _EPOCH) // _MICROSECOND).to_bytes(8, "big", signed=True)
