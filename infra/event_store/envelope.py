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
    instant = instant_text(recorded_at)
    return leaf_of(stored, str(stored.stream_id), metadata, instant, salt.hex())


def instant_text(at: datetime) -> str:
    """Return an instant as envelopes write it: UTC, microseconds, ``Z``."""
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"


def leaf_of(stored: StoredBody, stream: str, metadata: str, instant: str, salt: str) -> bytes:
    """Return the leaf hash from texts that a whole decision shares."""
    envelope = (
        f'{{"body":{stored.body},"metadata":{metadata},"recorded_at":"{instant}",'
        f'"salt":"{salt}","schema":{stored.schema_version},"stream":"{stream}",'
        f'"topic":"{stored.topic}","v":1,"version":{stored.stream_version}}}'
    )
    return sha256(b"\x00" + envelope.encode()).digest()
