"""Decisions as the elements of PostgreSQL array literals, one array a column.

Encoding is done once, when a decision is made ready, so that the one task that appends only joins
text: the driver's own encoders of arrays and rows took half of a batch's time. Format: PostgreSQL
manual, "Arrays", section "Array Value Input".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from os import urandom
from uuid import UUID

import msgspec

from domain.recording import Append, Effect, StoredRefusal
from infra.event_store.envelope import encode_cause, leaf_hash
from infra.event_store.mapper import StoredBody


@dataclass(frozen=True, slots=True)
class Ready:
    """A decision that only has to be joined with its neighbours.

    Attributes:
        command_id: the command that decided it.
        fingerprint: keyed hash over the command.
        streams: each stream it touches, with the version it must have until then.
        size: how many events it has.
        effects: what to do outside.
        refusal: the refusal that is the command's outcome, if it was refused on record.
        claim: its elements of the columns command, fingerprint, refusal.
        stream_claims: for each stream, its elements of the columns stream, version.
        columns: for each column of ``events`` but the position, the elements of all its events.
    """

    command_id: UUID
    fingerprint: bytes
    streams: Sequence[tuple[UUID, int]]
    size: int
    effects: Sequence[Effect]
    refusal: StoredRefusal | None
    claim: tuple[str, str, str]
    stream_claims: Sequence[tuple[str, str]]
    columns: Sequence[str]


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
    refusal = append.refusal
    return Ready(
        append.cause.command_id,
        append.fingerprint,
        tuple(streams.items()),
        len(rows),
        append.effects,
        refusal,
        (
            str(append.cause.command_id),
            _bytea(append.fingerprint),
            "NULL" if refusal is None else _text(msgspec.json.encode(refusal).decode()),
        ),
        tuple((str(stream), str(version)) for stream, version in streams.items()),
        tuple(map(",".join, zip(*rows, strict=True))),
    )


def array_literal(elements: Iterable[str]) -> str:
    """Return an array of elements that are encoded already."""
    return "{" + ",".join(elements) + "}"


def _row(stored: StoredBody, metadata: str, at: datetime) -> tuple[str, ...]:
    salt = urandom(32)
    return (
        str(stored.stream_id),
        str(stored.stream_version),
        _text(stored.topic),
        str(stored.schema_version),
        _text(stored.body),
        _text(metadata),
        at.isoformat(),
        _bytea(salt),
        _bytea(leaf_hash(stored, metadata, at, salt)),
    )


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _bytea(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'  # one backslash is the array's, the other begins the bytes
