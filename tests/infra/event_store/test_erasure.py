"""Forgetting a person in a real log: values are gone, every stored byte and hash stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import asyncpg

from domain.personal import Personal
from domain.recording import Append, Cause, Recorded
from infra.event_store.envelope import leaf_hash
from infra.event_store.mapper import StoredBody
from infra.event_store.store import PostgresEventStore
from infra.secrets.keystore import KeyStore
from tests.support.builders import ANA, BO, SIX_PM
from tests.support.probe import Probe


def _leaf(row: asyncpg.Record) -> bytes:
    stored = StoredBody(
        row["stream_id"], row["stream_version"], row["topic"], row["schema_version"], row["body"]
    )
    return leaf_hash(stored, row["metadata"], row["recorded_at"], row["salt"])


def _texts(log: list[Recorded]) -> list[Personal[str]]:
    return [each.event.text for each in log if isinstance(each.event, Probe.Noted)]


async def _append(store: PostgresEventStore, probe: Probe) -> None:
    events: Any = tuple(probe.collect_events())
    await store.append(Append(Cause(uuid4()), bytes(32), events))


async def test_a_forgotten_person_leaves_a_log_whose_hashes_all_verify(
    store: PostgresEventStore, keystore: KeyStore, pool: asyncpg.Pool[Any]
) -> None:
    probe = Probe.start(UUID(int=7100), at=SIX_PM)
    for subject, text in ((ANA, "Ana is tired"), (BO, "Bo sang"), (ANA, "Ana slept")):
        probe.note(subject, text, at=SIX_PM)
    await _append(store, probe)
    before = await pool.fetch("SELECT * FROM events ORDER BY position")

    keystore.erase([ANA])
    probe.note(ANA, "Ana came back", at=SIX_PM)
    await _append(store, probe)

    after = await pool.fetch("SELECT * FROM events ORDER BY position")
    assert after[: len(before)] == before
    assert [_leaf(row) for row in after] == [row["leaf_hash"] for row in after]
    assert _texts(await store.read(0, 100)) == [
        Personal(ANA, None),
        Personal(BO, "Bo sang"),
        Personal(ANA, None),
        Personal(ANA, None),
    ]


async def test_no_personal_text_stands_in_the_database(
    store: PostgresEventStore, pool: asyncpg.Pool[Any]
) -> None:
    probe = Probe.start(uuid4(), at=SIX_PM)
    probe.note(BO, "Bo hides a teapot", at=SIX_PM)
    await _append(store, probe)
    rows = await pool.fetch("SELECT events::text AS row FROM events")
    assert rows
    assert not [row for row in rows if "teapot" in row["row"]]
