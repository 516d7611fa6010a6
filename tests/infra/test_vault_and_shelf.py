"""Contact data and sealed papers: kept apart, found again, gone when a person is forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from infra.database import ConnectKwargs, open_pool
from infra.secrets.keystore import KeyStore
from infra.secrets.paper_shelf import PaperShelf
from infra.secrets.vault import MailTaken, PostgresVault


@pytest.fixture
async def places(database: ConnectKwargs) -> AsyncIterator[asyncpg.Pool[Any]]:
    pool = await open_pool(database, application_name="tests", max_size=2)
    yield pool
    await pool.close()


async def test_an_address_is_found_however_it_is_written(places: asyncpg.Pool[Any]) -> None:
    vault, ana = PostgresVault(places), uuid4()
    await vault.keep_mail(ana, " Ana@Example.org ")
    assert await vault.person_with_mail("ana@EXAMPLE.org") == ana
    assert await vault.mail_of(ana) == "Ana@Example.org"
    await vault.keep_mail(ana, "new@example.org")
    assert await vault.person_with_mail("ana@example.org") is None


async def test_two_people_never_share_an_address(places: asyncpg.Pool[Any]) -> None:
    vault, bo, chidi = PostgresVault(places), uuid4(), uuid4()
    await vault.keep_mail(bo, "bo@example.org")
    with pytest.raises(MailTaken):
        await vault.keep_mail(chidi, "BO@example.org")
    assert await vault.mail_of(chidi) is None


async def test_forgetting_empties_the_vault_and_the_shelf(
    places: asyncpg.Pool[Any], tmp_path: Path
) -> None:
    keystore = KeyStore(tmp_path)
    vault, shelf, joy, paper = PostgresVault(places), PaperShelf(places, keystore), uuid4(), uuid4()
    await vault.keep_mail(joy, "joy@example.org")
    assert await shelf.put(paper, joy, b"%PDF-1") == b"%PDF-1"
    await vault.forget(joy)
    await shelf.forget(joy)
    assert await vault.mail_of(joy) is None
    assert await shelf.fetch(paper) is None
    keystore.close()


async def test_a_paper_is_unreadable_in_the_database_and_after_its_key_is_gone(
    places: asyncpg.Pool[Any], tmp_path: Path
) -> None:
    keystore = KeyStore(tmp_path)
    shelf, ana, paper = PaperShelf(places, keystore), uuid4(), uuid4()
    await shelf.put(paper, ana, b"%PDF-1 Ana Invented")
    stored = await places.fetchval(
        "SELECT content FROM sealed_papers WHERE certificate_id = $1", paper
    )
    assert b"Invented" not in stored
    keystore.erase([ana])
    assert await shelf.fetch(paper) is None
    assert await shelf.put(uuid4(), ana, b"%PDF-1") is None
    keystore.close()


async def test_the_first_bytes_of_a_paper_stay(places: asyncpg.Pool[Any], tmp_path: Path) -> None:
    keystore = KeyStore(tmp_path)
    shelf, ana, paper = PaperShelf(places, keystore), uuid4(), uuid4()
    await shelf.put(paper, ana, b"first")
    assert await shelf.put(paper, ana, b"second") == b"first"
    keystore.close()
