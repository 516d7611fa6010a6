"""Words at rest: sealed under their authors' keys, and really gone when they are."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from domain.corridor.word import FADES_AFTER, Gone, Word
from infra.database import ConnectKwargs, connect
from infra.log_signal import LogSignal
from infra.secrets.corridor_shelf import CorridorShelf
from infra.secrets.keystore import KeyStore
from tests.support.builders import SIX_PM

TEXT = "Ein Wort für Ánh 🪔\nand a second line"


@pytest.fixture
def shelf(pool: asyncpg.Pool[Any], keystore: KeyStore) -> CorridorShelf:
    return CorridorShelf(pool, keystore)


def a_word(group_id: UUID, **changes: Any) -> Word:
    values: dict[str, Any] = {
        "word_id": uuid4(),
        "group_id": group_id,
        "author_id": uuid4(),
        "only_for": None,
        "just_listen": True,
        "written_at": SIX_PM,
        "text": TEXT,
    }
    return Word(**values | changes)


async def rows(pool: asyncpg.Pool[Any], group_id: UUID) -> list[asyncpg.Record]:
    found: list[asyncpg.Record] = await pool.fetch(
        "SELECT * FROM corridor_words WHERE group_id = $1", group_id
    )
    return found


async def test_a_word_comes_back_as_it_was_and_lies_sealed(
    shelf: CorridorShelf, pool: asyncpg.Pool[Any]
) -> None:
    word = a_word(uuid4(), only_for=uuid4())
    assert await shelf.put(word)
    assert await shelf.find(word.word_id) == word
    assert await shelf.of_group(word.group_id, at=SIX_PM) == [word]
    (row,) = await rows(pool, word.group_id)
    assert b"second line" not in row["sealed"]
    assert await shelf.find(uuid4()) is None


async def test_the_first_word_under_an_id_stays(shelf: CorridorShelf) -> None:
    word = a_word(uuid4())
    for text in ("first", "second"):
        assert await shelf.put(a_word(word.group_id, word_id=word.word_id, text=text))
    (kept,) = await shelf.of_group(word.group_id, at=SIX_PM)
    assert kept.text == "first"


async def test_words_come_oldest_first_and_of_one_group(shelf: CorridorShelf) -> None:
    group_id, ana = uuid4(), uuid4()
    later = a_word(group_id, author_id=ana, written_at=SIX_PM + timedelta(hours=1))
    earlier = a_word(group_id, author_id=ana)
    elsewhere = a_word(uuid4(), author_id=ana, written_at=SIX_PM + timedelta(hours=2))
    for word in (later, elsewhere, earlier):
        await shelf.put(word)
    assert await shelf.of_group(group_id, at=SIX_PM) == [earlier, later]
    assert await shelf.of_author(ana, at=SIX_PM) == [earlier, later, elsewhere]


@pytest.mark.parametrize("gone", Gone)
async def test_nothing_that_is_gone_or_for_others_hides_what_somebody_wrote(
    shelf: CorridorShelf, pool: asyncpg.Pool[Any], gone: Gone
) -> None:
    word = a_word(uuid4())
    await shelf.put(word)
    await pool.execute(
        "INSERT INTO corridor_words (word_id, group_id, author_id, just_listen, written_at, gone)"
        " SELECT gen_random_uuid(), $1, $2, false, $3, $4 FROM generate_series(1, 1700)",
        word.group_id,
        uuid4(),
        SIX_PM + timedelta(hours=1),
        gone.value,
    )
    assert word in await shelf.of_group(word.group_id, at=SIX_PM + timedelta(hours=1))


async def test_the_words_of_a_member_are_theirs_and_those_for_them_alone(
    shelf: CorridorShelf,
) -> None:
    group_id, ana, bo = uuid4(), uuid4(), uuid4()
    own = a_word(group_id, author_id=ana)
    for_her = a_word(group_id, author_id=bo, only_for=ana, written_at=SIX_PM + timedelta(hours=1))
    back = a_word(group_id, author_id=ana)
    for word in (
        for_her,
        own,
        back,
        a_word(group_id, author_id=bo),
        a_word(uuid4(), author_id=ana),
    ):
        await shelf.put(word)
    await shelf.take_away(back, Gone.TAKEN_BACK)
    assert await shelf.of_member(group_id, ana) == [own, for_her]


@pytest.mark.parametrize("gone", Gone)
async def test_a_text_that_is_taken_away_is_deleted_and_stays_away(
    shelf: CorridorShelf, pool: asyncpg.Pool[Any], gone: Gone
) -> None:
    word = a_word(uuid4())
    await shelf.put(word)
    await shelf.take_away(word, gone)
    await shelf.take_away(word, Gone.REMOVED)  # too late to change why
    await shelf.put(word)  # the same form once more
    (row,) = await rows(pool, word.group_id)
    assert (row["sealed"], row["gone"]) == (None, gone.value)
    found = await shelf.find(word.word_id)
    assert found is not None
    assert (found.text, found.gone) == ("", gone)
    seen = await shelf.of_group(word.group_id, at=SIX_PM)
    assert seen == ([found] if gone is Gone.REMOVED else [])
    assert await shelf.of_author(word.author_id, at=SIX_PM) == []


async def test_a_word_fades_on_time_and_the_chore_deletes_it(
    shelf: CorridorShelf, pool: asyncpg.Pool[Any]
) -> None:
    word = a_word(uuid4())
    removed = a_word(word.group_id)
    for each in (word, removed):
        await shelf.put(each)
    await shelf.take_away(removed, Gone.REMOVED)
    last = word.fades_at - timedelta(microseconds=1)
    await shelf.sweep(at=last)
    assert len(await shelf.of_group(word.group_id, at=last)) == 2
    # it is over to the moment, and not only once an hour
    assert await shelf.of_group(word.group_id, at=word.fades_at) == []
    assert await shelf.of_author(word.author_id, at=word.fades_at) == []
    await shelf.sweep(at=SIX_PM + FADES_AFTER)
    assert await rows(pool, word.group_id) == []


async def test_forgetting_deletes_what_somebody_wrote_and_what_was_for_them_alone(
    shelf: CorridorShelf, pool: asyncpg.Pool[Any], keystore: KeyStore
) -> None:
    group_id, ana, bo = uuid4(), uuid4(), uuid4()
    other = a_word(group_id, author_id=bo)
    for word in (
        a_word(group_id, author_id=ana),
        a_word(group_id, author_id=ana, only_for=bo),
        a_word(group_id, author_id=bo, only_for=ana),
        other,
    ):
        await shelf.put(word)
    keystore.erase([ana])
    assert await shelf.of_group(group_id, at=SIX_PM) != []  # unreadable at once, before the rows go
    assert all(word.author_id == bo for word in await shelf.of_group(group_id, at=SIX_PM))
    await shelf.forget(ana)
    assert [row["word_id"] for row in await rows(pool, group_id)] == [other.word_id]
    assert not await shelf.put(a_word(group_id, author_id=ana))
    assert len(await rows(pool, group_id)) == 1


async def test_open_pages_hear_in_whose_corridor_something_changed_and_no_more(
    shelf: CorridorShelf, pool: asyncpg.Pool[Any], database: ConnectKwargs
) -> None:
    signal = LogSignal(partial(connect, database))
    listening = asyncio.create_task(signal.listen())
    feed = signal.outside()
    word, last = a_word(uuid4()), a_word(uuid4())
    first = asyncio.ensure_future(anext(feed))
    try:
        while not first.done():  # until the listener has its connection
            await pool.execute("SELECT pg_notify('peerhour_corridor', $1)", str(last.group_id))
            await asyncio.sleep(0.01)
        await pool.execute("SELECT pg_notify('peerhour_corridor', 'no group')")
        await shelf.put(word)
        await shelf.put(word)
        await shelf.take_away(word, Gone.TAKEN_BACK)
        await shelf.take_away(word, Gone.TAKEN_BACK)
        await shelf.put(last)
        told: list[tuple[UUID, int]] = []
        async for group_id, position in feed:
            if told or group_id == word.group_id:
                told.append((group_id, position))
            if told and group_id == last.group_id:
                break
    finally:
        await feed.aclose()
        listening.cancel()
    assert told == [(word.group_id, 0), (word.group_id, 0), (last.group_id, 0)]
