"""The leaf hash of an event: anybody can compute it, and every part of the event moves it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.recording import Cause
from infra.event_store.envelope import encode_cause, id_text, leaf_hash, shared_part
from infra.event_store.mapper import StoredBody

STORED = StoredBody(
    stream_id=UUID(int=7),
    stream_version=3,
    topic="peerhour.meeting.opened",
    schema_version=2,
    body='{"by":"00000000-0000-0000-0000-000000000001"}',
)
METADATA = encode_cause(Cause(UUID(int=8)))
RECORDED_AT = datetime(2026, 3, 2, 18, 0, 0, 5, tzinfo=UTC)
SALT = bytes(range(32))


@pytest.mark.parametrize(
    ("recorded_at", "instant"),
    [
        (RECORDED_AT, "2026-03-02T18:00:00.000005Z"),
        (RECORDED_AT.replace(microsecond=120000), "2026-03-02T18:00:00.120000Z"),
        (RECORDED_AT.replace(microsecond=0), "2026-03-02T18:00:00.000000Z"),
        (RECORDED_AT.astimezone(timezone(timedelta(hours=8))), "2026-03-02T18:00:00.000005Z"),
    ],
    ids=["microseconds", "tenths", "a whole second", "another zone"],
)
def test_the_leaf_hash_can_be_computed_from_the_documented_envelope(
    recorded_at: datetime, instant: str
) -> None:
    envelope = {
        "body": json.loads(STORED.body),
        "metadata": {"command": str(UUID(int=8))},
        "recorded_at": instant,
        "salt": SALT.hex(),
        "schema": 2,
        "stream": str(UUID(int=7)),
        "topic": "peerhour.meeting.opened",
        "v": 1,
        "version": 3,
    }
    text = json.dumps(envelope, sort_keys=True, separators=(",", ":"))
    expected = hashlib.sha256(b"\x00" + text.encode()).digest()
    assert leaf_hash(STORED, METADATA, recorded_at, SALT) == expected


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_instants_and_ids_are_written_as_python_writes_them(at: datetime, stream: UUID) -> None:
    text = f"{at.isoformat(timespec='microseconds')[:-6]}Z"
    assert shared_part("{}", at) == f',"metadata":{{}},"recorded_at":"{text}","salt":"'.encode()
    assert id_text(stream) == str(stream).encode()


@pytest.mark.parametrize(
    "change",
    [
        {"stream_id": UUID(int=9)},
        {"stream_version": 4},
        {"topic": "peerhour.meeting.closed"},
        {"schema_version": 3},
        {"body": "{}"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_part_of_an_event_moves_its_hash(change: dict[str, Any]) -> None:
    before = leaf_hash(STORED, METADATA, RECORDED_AT, SALT)
    assert leaf_hash(STORED._replace(**change), METADATA, RECORDED_AT, SALT) != before


def test_cause_time_and_salt_move_the_hash() -> None:
    other = encode_cause(Cause(UUID(int=8), actor_id=UUID(int=1)))
    hashes = {
        leaf_hash(STORED, METADATA, RECORDED_AT, SALT),
        leaf_hash(STORED, other, RECORDED_AT, SALT),
        leaf_hash(STORED, METADATA, RECORDED_AT + timedelta(microseconds=1), SALT),
        leaf_hash(STORED, METADATA, RECORDED_AT, bytes(32)),
    }
    assert len(hashes) == 4


def test_one_moment_has_one_hash_whatever_the_zone_it_is_written_in() -> None:
    elsewhere = RECORDED_AT.astimezone(timezone(timedelta(hours=-7)))
    assert leaf_hash(STORED, METADATA, elsewhere, SALT) == leaf_hash(
        STORED, METADATA, RECORDED_AT, SALT
    )


def test_a_whole_second_is_written_with_its_microseconds() -> None:
    whole = RECORDED_AT.replace(microsecond=0)
    assert leaf_hash(STORED, METADATA, whole, SALT) != leaf_hash(
        STORED, METADATA, RECORDED_AT, SALT
    )


def test_metadata_holds_what_is_known_in_canonical_order() -> None:
    cause = Cause(UUID(int=1), UUID(int=2), 3, UUID(int=4))
    assert encode_cause(cause) == (
        f'{{"actor":"{UUID(int=2)}","cause":3,"command":"{UUID(int=1)}",'
        f'"correlation":"{UUID(int=4)}"}}'
    )


def test_metadata_leaves_out_what_is_unknown() -> None:
    assert encode_cause(Cause(UUID(int=1))) == f'{{"command":"{UUID(int=1)}"}}'
