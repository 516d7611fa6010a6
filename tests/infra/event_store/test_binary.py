"""Rows in binary form: the server reads what was packed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeAlias
from uuid import uuid4

import asyncpg
import pytest

from infra.event_store import binary

Connection: TypeAlias = "asyncpg.Connection[Any]"

_DECISIONS = "SELECT command_id, fingerprint, refusal FROM unnest($1::decision_rows)"
_INSTANTS = "SELECT recorded_at FROM unnest($1::event_rows)"
_KIND = "SELECT $1::regtype::oid"


@pytest.fixture
async def reading(conn: Connection) -> Connection:
    for name in ("decision_rows", "event_rows"):
        await conn.set_builtin_type_codec(name, codec_name="bytea")
    return conn


async def test_rows_are_read_as_they_were_packed(reading: Connection) -> None:
    rows = [(uuid4(), b"\x00\xff", "Ánh"), (uuid4(), b"", None), (uuid4(), b"x" * 70_000, "")]
    packed = [
        binary.element(
            binary.fields(3)
            + binary.field(binary.UUID, command.bytes)
            + binary.field(binary.BYTEA, fingerprint)
            + binary.field(binary.TEXT, None if refusal is None else refusal.encode())
        )
        for command, fingerprint, refusal in rows
    ]
    kind = await reading.fetchval(_KIND, "decision_row")
    found = await reading.fetch(_DECISIONS, binary.rows(kind, 3, [packed[0], b"".join(packed[1:])]))
    assert [tuple(row) for row in found] == rows
    assert await reading.fetch(_DECISIONS, binary.rows(kind, 0, [])) == []


async def test_instants_are_read_to_the_microsecond(reading: Connection) -> None:
    instants = [
        datetime(2026, 3, 2, 18, 0, 0, 5, tzinfo=UTC),
        datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2000, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))),
    ]
    others = binary.UUID, binary.INTEGER, binary.TEXT, binary.SMALLINT
    kinds = *others, binary.TEXT, binary.BYTEA, binary.BYTEA
    packed = [
        binary.element(
            binary.fields(9)
            + binary.field(binary.TEXT, None)
            + binary.field(binary.TIMESTAMPTZ, binary.instant(at))
            + b"".join(binary.field(kind, None) for kind in kinds)
        )
        for at in instants
    ]
    kind = await reading.fetchval(_KIND, "event_row")
    found = await reading.fetch(_INSTANTS, binary.rows(kind, len(packed), packed))
    assert [row["recorded_at"] for row in found] == instants
