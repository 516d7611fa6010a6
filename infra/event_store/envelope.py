"""The canonical envelope of a stored event, and its leaf hash.

The envelope is one JSON object with sorted keys and no spaces: ``body``, ``metadata``,
``recorded_at``, ``salt``, ``schema``, ``stream``, ``topic``, ``v``, ``version``. The leaf hash is
SHA-256 over one zero byte and the envelope, as for a leaf of an RFC 6962 tree. The salt is random
and secret: attendance is guessable, and a hash of guessable facts would give them away.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from domain.recording import Cause

if TYPE_CHECKING:
    from infra.event_store.mapper import StoredBody

_ENCODER = msgspec.json.Encoder(order="sorted")


class Metadata(msgspec.Struct, omit_defaults=True):
    """What is stored of a :class:`~domain.recording.Cause`, under its stored names."""

    command: UUID
    actor: UUID | None = None
    cause: int | None = None
    correlation: UUID | None = None


def encode_cause(cause: Cause) -> str:
    """Return the canonical JSON of an event's metadata."""
    return _ENCODER.encode(
        Metadata(cause.command_id, cause.actor_id, cause.causing_position, cause.correlation_id)
    ).decode()


def leaf_hash(stored: StoredBody, metadata: str, recorded_at: datetime, salt: bytes) -> bytes:
    """Return the RFC 6962 leaf hash (32 bytes) of an event's canonical envelope."""
    return leaf_of(
        stored,
        stored.body.encode(),
        shared_part(metadata, recorded_at),
        id_text(stored.stream_id),
        salt,
    )


def id_text(identifier: UUID) -> bytes:
    """Return an id as envelopes write it; ``str`` would take ten times as long."""
    return _ENCODER.encode(identifier)[1:-1]


def shared_part(metadata: str, recorded_at: datetime) -> bytes:
    """Return the part of an envelope that the events of one decision share.

    The instant is written in UTC, with microseconds and ``Z``.
    """
    instant = _ENCODER.encode(recorded_at.astimezone(UTC))[1:-1]
    if not recorded_at.microsecond:  # a whole second comes without
        instant = instant.replace(b"Z", b".000000Z")
    return b',"metadata":%b,"recorded_at":"%b","salt":"' % (metadata.encode(), instant)


def leaf_of(stored: StoredBody, body: bytes, shared: bytes, stream: bytes, salt: bytes) -> bytes:
    """Return the leaf hash from parts that were encoded before.

    Args:
        stored: the event.
        body: its body's bytes.
        shared: from :func:`shared_part`.
        stream: from :func:`id_text`.
        salt: 32 secret bytes.
    """
    return sha256(
        b'\0{"body":%b%b%b","schema":%d,"stream":"%b","topic":"%b","v":1,"version":%d}'
        % (
            body,
            shared,
            salt.hex().encode(),
            stored.schema_version,
            stream,
            stored.topic.encode(),
            stored.stream_version,
        )
    ).digest()
