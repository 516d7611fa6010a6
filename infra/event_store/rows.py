"""Decisions as rows in binary form, packed when a decision is made ready.

The one task that appends only joins bytes, and the server reads them without parsing: the driver's
own encoders of arrays and rows took half of a batch's time, and text that the server splits and
converts takes a quarter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from os import urandom
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from domain.recording import Append, Effect, StoredRefusal
from infra.event_store import binary
from infra.event_store.envelope import encode_cause, id_text, leaf_of, shared_part
from infra.event_store.mapper import StoredBody

_SALT_BYTES: Final = 32
# The fields of each row stand in the order of their types in the migrations.
_UUID: Final = binary.head(binary.UUID, 16)
_INTEGER: Final = binary.head(binary.INTEGER, 4)
_SALT: Final = binary.head(binary.BYTEA, _SALT_BYTES)
_HASH: Final = binary.head(binary.BYTEA, 32)
_DECISION: Final = binary.fields(3)
_EXPECTED: Final = binary.fields(2)
_EVENT: Final = binary.fields(9)
_EFFECT: Final = binary.fields(4)


class Ready(NamedTuple):
    """A decision that only has to be joined with its neighbours.

    Attributes:
        command_id: the command that decided it.
        fingerprint: keyed hash over the command.
        keys: its command and its streams, none of which may come twice in a batch.
        streams: each stream it touches, with the version it must have until then.
        size: how many events it has.
        effects: how many effects it asks for.
        refusal: the refusal that is the command's outcome, if it was refused on record.
        decision_row: its element of ``decision_rows``.
        expected_rows: its elements of ``expected_rows``, one a stream.
        event_rows: its elements of ``event_rows``.
        effect_rows: its elements of ``effect_rows``.
    """

    command_id: UUID
    fingerprint: bytes
    keys: frozenset[bytes]
    streams: Sequence[tuple[UUID, int]]
    size: int
    effects: int
    refusal: StoredRefusal | None
    decision_row: bytes
    expected_rows: bytes
    event_rows: bytes
    effect_rows: bytes


def make_ready(append: Append, bodies: Sequence[StoredBody], at: datetime) -> Ready:
    """Salt, hash and pack a decision.

    Args:
        append: the decision.
        bodies: its events as text, in order.
        at: when this process writes it down, aware UTC.

    Raises:
        OverflowError: a version is greater than its column holds.
        UnicodeEncodeError: a text holds half a character.
    """
    command_id, refusal = append.cause.command_id, append.refusal
    command = _UUID + command_id.bytes
    streams: dict[UUID, int] = {}
    for body in bodies:
        if body.stream_id not in streams:
            streams[body.stream_id] = body.stream_version - 1
    return Ready(
        command_id,
        append.fingerprint,
        frozenset((command_id.bytes, *(stream.bytes for stream in streams))),
        tuple(streams.items()),
        len(bodies),
        len(append.effects),
        refusal,
        binary.element(
            _DECISION
            + command
            + binary.field(binary.BYTEA, append.fingerprint)
            + binary.field(binary.TEXT, None if refusal is None else msgspec.json.encode(refusal))
        ),
        b"".join(_expected(stream, version) for stream, version in streams.items()),
        b"".join(_events(bodies, encode_cause(append.cause), at)),
        b"".join(_effect(effect, command) for effect in append.effects),
    )


def _expected(stream: UUID, version: int) -> bytes:
    return binary.element(_EXPECTED + _UUID + stream.bytes + _INTEGER + _four_bytes(version))


def _events(bodies: Sequence[StoredBody], metadata: str, at: datetime) -> Iterable[bytes]:
    """Yield the rows of a decision's events; what they share is encoded once."""
    shared = shared_part(metadata, at)
    begin = (
        _EVENT
        + binary.field(binary.TEXT, metadata.encode())
        + binary.field(binary.TIMESTAMPTZ, binary.instant(at))
        + _UUID
    )
    streams: dict[int, tuple[bytes, bytes]] = {}
    salts = urandom(_SALT_BYTES * len(bodies))
    for number, stored in enumerate(bodies):
        stream = stored.stream_id.int
        if stream not in streams:
            streams[stream] = (
                begin + stored.stream_id.bytes + _INTEGER,
                id_text(stored.stream_id),
            )
        prefix, text = streams[stream]
        body = stored.body.encode()
        salt = salts[_SALT_BYTES * number : _SALT_BYTES * (number + 1)]
        yield binary.element(
            b"".join(
                (
                    prefix,
                    _four_bytes(stored.stream_version),
                    _shape(stored.topic, stored.schema_version),
                    binary.head(binary.TEXT, len(body)),
                    body,
                    _SALT,
                    salt,
                    _HASH,
                    leaf_of(stored, body, shared, text, salt),
                )
            )
        )


@lru_cache(maxsize=1024)
def _shape(topic: str, schema_version: int) -> bytes:
    return binary.field(binary.TEXT, topic.encode()) + binary.field(
        binary.SMALLINT, schema_version.to_bytes(2, "big", signed=True)
    )


def _effect(effect: Effect, command: bytes) -> bytes:
    return binary.element(
        _EFFECT
        + _UUID
        + effect.effect_id.bytes
        + binary.field(binary.TEXT, effect.kind.encode())
        + binary.field(binary.TEXT, msgspec.json.encode(effect.payload))
        + command
    )


def _four_bytes(number: int) -> bytes:
    return number.to_bytes(4, "big", signed=True)
