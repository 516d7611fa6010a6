"""Documents sent as proof: sealed at rest, kept once named, gone when dropped or forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from infra.database import ConnectKwargs, open_pool
from infra.secrets.document_shelf import UNNAMED_FOR, DocumentShelf
from infra.secrets.keystore import KeyStore
from tests.support.builders import SIX_PM
from tests.support.fakes import FixedClock


@pytest.fixture
async def pool(database: ConnectKwargs) -> AsyncIterator[asyncpg.Pool[Any]]:
    opened = await open_pool(database, application_name="tests", max_size=2)
    yield opened
    await opened.close()


@pytest.fixture
async def keystore(tmp_path: Path) -> AsyncIterator[KeyStore]:
    store = KeyStore(tmp_path)
    yield store
    store.close()


@pytest.fixture
def shelf(pool: asyncpg.Pool[Any], keystore: KeyStore) -> DocumentShelf:
    clock = FixedClock()
    clock.at = SIX_PM
    return DocumentShelf(pool, keystore, clock)


async def test_a_document_comes_back_as_it_was_and_lies_sealed(
    shelf: DocumentShelf, pool: asyncpg.Pool[Any]
) -> None:
    document, ana = uuid4(), uuid4()
    assert await shelf.put(document, ana, b"%PDF-1 Ana Invented")
    assert await shelf.put(document, ana, b"other bytes under the same id")
    assert await shelf.fetch(document) == b"%PDF-1 Ana Invented"
    stored = await pool.fetchval(
        "SELECT content FROM sealed_documents WHERE document_id = $1", document
    )
    assert b"Invented" not in stored
    assert await shelf.fetch(uuid4()) is None


async def test_without_its_key_a_document_is_unreadable_and_none_is_taken_in(
    shelf: DocumentShelf, keystore: KeyStore
) -> None:
    document, ana = uuid4(), uuid4()
    await shelf.put(document, ana, b"%PDF-1")
    keystore.erase([ana])
    assert await shelf.fetch(document) is None
    assert not await shelf.put(uuid4(), ana, b"%PDF-1")


async def test_dropping_and_forgetting_delete_the_bytes(
    shelf: DocumentShelf, pool: asyncpg.Pool[Any]
) -> None:
    ana, bo = uuid4(), uuid4()
    dropped, forgotten, others = uuid4(), uuid4(), uuid4()
    for document, person in ((dropped, ana), (forgotten, ana), (others, bo)):
        await shelf.put(document, person, b"%PDF-1")
        await shelf.keep(document)
    await shelf.drop(dropped)
    await shelf.forget(ana)
    left = await pool.fetch(
        "SELECT document_id FROM sealed_documents WHERE subject_id = ANY($1)", [ana, bo]
    )
    assert [row["document_id"] for row in left] == [others]


async def test_only_what_no_entry_ever_named_is_swept(shelf: DocumentShelf) -> None:
    named, unnamed, ana = uuid4(), uuid4(), uuid4()
    for document in (named, unnamed):
        await shelf.put(document, ana, b"%PDF-1")
    await shelf.keep(named)
    await shelf.sweep(at=SIX_PM + UNNAMED_FOR)
    assert await shelf.fetch(unnamed) == b"%PDF-1"
    await shelf.sweep(at=SIX_PM + UNNAMED_FOR + timedelta(seconds=1))
    assert (await shelf.fetch(named), await shelf.fetch(unnamed)) == (b"%PDF-1", None)
