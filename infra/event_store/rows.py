"""Decisions as text that PostgreSQL splits into arrays, one array a column.

Encoding is done once, when a decision is made ready, so that the one task that appends only joins
text: the driver's own encoders of arrays and rows took half of a batch's time. Elements are parted
by a control character that canonical JSON always escapes, so nothing has to be quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from os import urandom
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from domain.recording import Append, Effect, StoredRefusal
from infra.event_store.envelope import encode_cause, instant_text, leaf_of
from infra.event_store.mapper import StoredBody

SEPARATOR: Final = "\x1e"  # "record separator"
_NULL: Final = ""  # no element is empty


class Ready(NamedTuple):
    """A decision that only has to be joined with its neighbours.

    Attributes:
        command_id: the command that decided it.
        fingerprint: keyed hash over the command.
        streams: each stream it touches, with the version it must have until then.
        size: how many events it has.
        effects: what to do outside.
        refusal: the refusal that is the command's outcome, if it was refused on record.
        claim: its elements of the columns command, fingerprint, refusal, metadata, made at.
        stream_claims: for each stream, its elements of the columns stream, version.
        columns: for each column that its events do not share, the elements of all of them.
    """

    command_id: UUID
    fingerprint: bytes
    streams: Sequence[tuple[UUID, int]]
    size: int
    effects: Sequence[Effect]
    refusal: StoredRefusal | None
    claim: tuple[str, str, str, str, str]
    stream_claims: Sequence[tuple[str, str]]
    columns: Sequence[str]


def make_ready(append: Append, bodies: Iterable[StoredBody], at: datetime) -> Ready:
    """Salt, hash and encode a decision.

    Args:
        append: the decision.
        bodies: its events as text, in order.
        at: when this process writes it down, aware UTC.
    """
    metadata, instant = encode_cause(append.cause), instant_text(at)
    streams: dict[UUID, int] = {}
    texts: dict[int, str] = {}  # writing out an id costs more than finding it again
    rows = []
    for body in bodies:
        number = body.stream_id.int
        if number not in texts:
            streams[body.stream_id] = body.stream_version - 1
            texts[number] = str(body.stream_id)
        rows.append(_row(body, texts[number], metadata, instant))
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
            _NULL if refusal is None else msgspec.json.encode(refusal).decode(),
            metadata,
            at.isoformat(),
        ),
        tuple((str(stream), str(version)) for stream, version in streams.items()),
        tuple(map(joined, zip(*rows, strict=True))),
    )


def joined(elements: Iterable[str]) -> str:
    """Return a column's elements as one text."""
    return SEPARATOR.join(elements)


def _row(stored: StoredBody, stream: str, metadata: str, instant: str) -> tuple[str, ...]:
    if SEPARATOR in stored.topic or SEPARATOR in stored.body:
        raise ValueError("A topic or body holds the separator: it is not canonical.")
    salt = urandom(32).hex()
    leaf = leaf_of(stored, stream, metadata, instant, salt)
    return (
        stream,
        str(stored.stream_version),
        stored.topic,
        str(stored.schema_version),
        stored.body,
        f"\\x{salt}",
        _bytea(leaf),
    )


def _bytea(value: bytes) -> str:
    return f"\\x{value.hex()}"
