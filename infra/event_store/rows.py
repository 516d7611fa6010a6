"""Decisions as PostgreSQL reads them: rows for its binary COPY, and elements of array literals.

Encoding is done once, when a decision is made ready, so that the one task that appends only joins
what lies there: the driver's own encoders of rows and arrays took half of a batch's time. Formats:
PostgreSQL manual, "COPY", section "Binary Format", and "Arrays", section "Array Value Input".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from os import urandom
from struct import Struct
from typing import Final
from uuid import UUID

import msgspec

from domain.recording import Append, Effect, StoredRefusal
from infra.event_store.envelope import encode_cause, leaf_hash
from infra.event_store.mapper import StoredBody

COLUMNS: Final = (
    "position",
    "stream_id",
    "stream_version",
    "topic",
    "schema_version",
    "body",
    "metadata",
    "recorded_at",
    "salt",
    "leaf_hash",
)
_HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)  # signature, no flags, no extension
_TRAILER: Final = b"\xff\xff"
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)  # where PostgreSQL's timestamps begin
_MICROSECOND: Final = timedelta(microseconds=1)

_LEAD = Struct(">hiq").pack  # number of fields, then the position as a field
_UUID = Struct(">i16s").pack
_INT4 = Struct(">ii").pack
_INT2 = Struct(">ih").pack
_INT8 = Struct(">iq").pack
_LENGTH = Struct(">i").pack


@dataclass(frozen=True, slots=True)
class Ready:
    """A decision whose events are already rows.

    Attributes:
        command_id: the command that decided it.
        fingerprint: keyed hash over the command.
        streams: each stream it touches, with the version it must have until then.
        rows: binary rows of the table ``events``, without their position.
        effects: what to do outside.
        refusal: the refusal that is the command's outcome, if it was refused on record.
        claim: command id, fingerprint, refusal and number of events as elements of array literals.
        stream_claims: id and version of each stream, as elements of array literals.
    """

    command_id: UUID
    fingerprint: bytes
    streams: Sequence[tuple[UUID, int]]
    rows: Sequence[bytes]
    effects: Sequence[Effect]
    refusal: StoredRefusal | None
    claim: tuple[str, str, str, str]
    stream_claims: Sequence[tuple[str, str]]


def make_ready(append: Append, bodies: Iterable[StoredBody], at: datetime) -> Ready:
    """Salt, hash and encode a decision.

    Args:
        append: the decision.
        bodies: its events as text, in order.
        at: when this process writes it down, aware UTC.
    """
    metadata = encode_cause(append.cause)
    streams: dict[UUID, int] = {}
    rows = []
    for body in bodies:
        streams.setdefault(body.stream_id, body.stream_version - 1)
        rows.append(_row(body, metadata, at))
    return Ready(
        append.cause.command_id,
        append.fingerprint,
        tuple(streams.items()),
        rows,
        append.effects,
        append.refusal,
        (
            str(append.cause.command_id),
            f'"\\\\x{append.fingerprint.hex()}"',  # one backslash for bytea, one for the array
            _quoted_json(append.refusal),
            str(len(rows)),
        ),
        tuple((str(stream), str(version)) for stream, version in streams.items()),
    )


def copy_bytes(rows: Iterable[bytes], base: int) -> bytes:
    """Return what COPY reads: *rows* at contiguous positions from *base* + 1."""
    parts = [_HEADER]
    for position, row in enumerate(rows, start=base + 1):
        parts.append(_LEAD(10, 8, position))
        parts.append(row)
    parts.append(_TRAILER)
    return b"".join(parts)


def array_literal(elements: Iterable[str]) -> str:
    """Return an array of elements that need no more quoting."""
    return "{" + ",".join(elements) + "}"


def _quoted_json(refusal: StoredRefusal | None) -> str:
    if refusal is None:
        return "NULL"
    text = msgspec.json.encode(refusal).decode()
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _row(stored: StoredBody, metadata: str, at: datetime) -> bytes:
    salt = urandom(32)
    topic, body, about = stored.topic.encode(), stored.body.encode(), metadata.encode()
    leaf = leaf_hash(stored, metadata, at, salt)
    return b"".join(
        (
            _UUID(16, stored.stream_id.bytes),
            _INT4(4, stored.stream_version),
            _LENGTH(len(topic)),
            topic,
            _INT2(2, stored.schema_version),
            _LENGTH(len(body)),
            body,
            _LENGTH(len(about)),
            about,
            _INT8(8, (at - _EPOCH) // _MICROSECOND),
            _LENGTH(32),
            salt,
            _LENGTH(32),
            leaf,
        )
    )
