"""The stores of the web: one contract, kept by the fakes of the tests and by PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from infra.web_store import PostgresRateLimits, PostgresSessions, PostgresSignInLinks
from services.web.ports import Admission, RateLimits, SessionStore, SignInLinks
from tests.support.web import ANA, BO, SIX_PM, MemoryLimits, MemoryLinks, MemorySessions

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Stores:
    sessions: SessionStore
    links: SignInLinks
    limits: RateLimits


@pytest.fixture
async def pool(database: dict[str, Any]) -> AsyncIterator[asyncpg.Pool[Any]]:
    async with asyncpg.create_pool(**database, min_size=1, max_size=8) as pool:
        await pool.execute("TRUNCATE web_sessions, sign_in_links, rate_limits")
        yield pool


@pytest.fixture(params=["memory", "postgresql"])
async def stores(request: pytest.FixtureRequest, pool: asyncpg.Pool[Any]) -> Stores:
    if request.param == "memory":
        return Stores(MemorySessions(), MemoryLinks(), MemoryLimits())
    return Stores(PostgresSessions(pool), PostgresSignInLinks(pool), PostgresRateLimits(pool))


def a_hash(name: str) -> bytes:
    return sha256(name.encode()).digest()


async def keep_session(stores: Stores, name: str, *, person: UUID = ANA, public: int = 1) -> None:
    await stores.sessions.add(
        id_hash=a_hash(name), public_id=UUID(int=public), person_id=person, at=SIX_PM,
        idle=HOUR, ends_at=SIX_PM + DAY, method="link", device="Firefox on Linux",
    )  # fmt: skip


async def keep_link(
    stores: Stores, name: str, *, person: UUID | None = ANA, browser: str = "laptop"
) -> None:
    await stores.links.add(
        token_hash=a_hash(name), code_hash=a_hash(f"code of {name}"), browser_hash=a_hash(browser),
        person_id=person, next_path="/groups", at=SIX_PM, ends_at=SIX_PM + 15 * MINUTE,
    )  # fmt: skip


async def test_a_session_is_found_until_it_was_idle_too_long(stores: Stores) -> None:
    await keep_session(stores, "one")
    found = await stores.sessions.find(a_hash("one"), at=SIX_PM + HOUR - MINUTE)
    assert found is not None
    assert (found.person_id, found.method, found.device) == (ANA, "link", "Firefox on Linux")
    assert (found.made_at, found.seen_at, found.public_id) == (SIX_PM, SIX_PM, UUID(int=1))
    assert await stores.sessions.find(a_hash("one"), at=SIX_PM + HOUR) is None
    assert await stores.sessions.find(a_hash("two"), at=SIX_PM) is None


async def test_use_keeps_a_session_alive_until_its_absolute_end(stores: Stores) -> None:
    await keep_session(stores, "one")
    for hours in range(1, 24):
        await stores.sessions.touch(a_hash("one"), at=SIX_PM + hours * HOUR - MINUTE)
    assert await stores.sessions.find(a_hash("one"), at=SIX_PM + 23 * HOUR)
    await stores.sessions.touch(a_hash("one"), at=SIX_PM + DAY - MINUTE)
    assert await stores.sessions.find(a_hash("one"), at=SIX_PM + DAY) is None


async def test_being_seen_never_moves_back(stores: Stores) -> None:
    await keep_session(stores, "one")
    await stores.sessions.touch(a_hash("one"), at=SIX_PM + MINUTE)
    await stores.sessions.touch(a_hash("one"), at=SIX_PM)
    found = await stores.sessions.find(a_hash("one"), at=SIX_PM + MINUTE)
    assert found is not None
    assert found.seen_at == SIX_PM + MINUTE


async def test_a_persons_sessions_are_listed_last_used_first_and_dropped_by_name(
    stores: Stores,
) -> None:
    await keep_session(stores, "one", public=1)
    await keep_session(stores, "two", public=2)
    await keep_session(stores, "hers", person=BO, public=3)
    await stores.sessions.touch(a_hash("two"), at=SIX_PM + MINUTE)
    listed = await stores.sessions.of_person(ANA, at=SIX_PM + MINUTE)
    assert [one.public_id for one in listed] == [UUID(int=2), UUID(int=1)]
    assert await stores.sessions.drop_of_person(ANA, public_id=UUID(int=3)) == 0
    assert await stores.sessions.drop_of_person(ANA, public_id=UUID(int=2)) == 1
    assert await stores.sessions.drop_of_person(ANA) == 1
    assert await stores.sessions.of_person(ANA, at=SIX_PM) == []
    assert await stores.sessions.find(a_hash("hers"), at=SIX_PM)


async def test_a_dropped_session_is_gone_and_dropping_twice_is_no_harm(stores: Stores) -> None:
    await keep_session(stores, "one")
    await stores.sessions.drop(a_hash("one"))
    await stores.sessions.drop(a_hash("one"))
    assert await stores.sessions.find(a_hash("one"), at=SIX_PM) is None


async def test_sweeping_takes_what_is_over_and_nothing_else(stores: Stores) -> None:
    await keep_session(stores, "one")
    await keep_link(stores, "link")
    await stores.limits.take("p", b"k", limit=1, window=HOUR, at=SIX_PM)
    soon, late = SIX_PM + MINUTE, SIX_PM + DAY
    assert [await one.sweep(at=soon) for one in (stores.sessions, stores.links, stores.limits)] == [
        0, 0, 0,
    ]  # fmt: skip
    assert [await one.sweep(at=late) for one in (stores.sessions, stores.links, stores.limits)] == [
        1, 1, 1,
    ]  # fmt: skip


async def test_a_link_is_used_once_by_the_browser_that_asked(stores: Stores) -> None:
    await keep_link(stores, "link")
    seen = await stores.links.peek(a_hash("link"), at=SIX_PM)
    assert seen is not None
    assert seen.browser_hash == a_hash("laptop")
    use = stores.links.use
    assert await use(a_hash("link"), browser_hash=a_hash("phone"), at=SIX_PM) is None
    admission = await use(a_hash("link"), browser_hash=a_hash("laptop"), at=SIX_PM)
    assert admission is not None
    assert (admission.person_id, admission.next_path) == (ANA, "/groups")
    assert await use(a_hash("link"), browser_hash=a_hash("laptop"), at=SIX_PM) is None
    assert await stores.links.peek(a_hash("link"), at=SIX_PM) is None


async def test_a_link_and_its_code_end_on_time(stores: Stores) -> None:
    await keep_link(stores, "link")
    end = SIX_PM + 15 * MINUTE
    assert await stores.links.peek(a_hash("link"), at=end) is None
    assert await stores.links.use(a_hash("link"), browser_hash=a_hash("laptop"), at=end) is None
    code = a_hash("code of link")
    assert await stores.links.use_code(code, browser_hash=a_hash("laptop"), at=end, tries=5) is None


async def test_a_decoy_admits_nobody(stores: Stores) -> None:
    await keep_link(stores, "link", person=None)
    laptop = a_hash("laptop")
    assert await stores.links.peek(a_hash("link"), at=SIX_PM) is None
    assert await stores.links.use(a_hash("link"), browser_hash=laptop, at=SIX_PM) is None
    code = a_hash("code of link")
    assert await stores.links.use_code(code, browser_hash=laptop, at=SIX_PM, tries=5) is None


async def test_a_code_bears_so_many_guesses_and_is_used_once(stores: Stores) -> None:
    await keep_link(stores, "link")
    laptop, right = a_hash("laptop"), a_hash("code of link")

    async def guess(code: bytes, browser: bytes = laptop) -> Admission | None:
        return await stores.links.use_code(code, browser_hash=browser, at=SIX_PM, tries=3)

    assert await guess(right, a_hash("phone")) is None
    assert await guess(a_hash("wrong")) is None
    assert await guess(a_hash("wrong")) is None
    admission = await guess(right)
    assert admission is not None
    assert admission.person_id == ANA
    assert await guess(right) is None
    await keep_link(stores, "second")
    for _ in range(3):
        assert await guess(a_hash("wrong")) is None
    assert await guess(a_hash("code of second")) is None


async def test_turns_refill_evenly_and_a_refused_one_costs_nothing(stores: Stores) -> None:
    async def take(at: Any, key: bytes = b"ana") -> timedelta | None:
        return await stores.limits.take("mail", key, limit=5, window=15 * MINUTE, at=at)

    assert [await take(SIX_PM) for _ in range(5)] == [None] * 5
    assert [await take(SIX_PM) for _ in range(3)] == [3 * MINUTE] * 3
    assert await take(SIX_PM + MINUTE) == 2 * MINUTE
    assert await take(SIX_PM, b"bo") is None
    assert await take(SIX_PM + 3 * MINUTE) is None
    assert await take(SIX_PM + 3 * MINUTE) == 3 * MINUTE
    assert [await take(SIX_PM + DAY) for _ in range(5)] == [None] * 5


async def test_purposes_do_not_share_a_counter(stores: Stores) -> None:
    for purpose in ("mail", "code"):
        assert await stores.limits.take(purpose, b"k", limit=1, window=HOUR, at=SIX_PM) is None


async def test_of_many_who_press_at_once_one_gets_in(stores: Stores) -> None:
    await keep_link(stores, "link")
    uses = [
        stores.links.use(a_hash("link"), browser_hash=a_hash("laptop"), at=SIX_PM) for _ in range(8)
    ]
    assert len([one for one in await asyncio.gather(*uses) if one]) == 1


async def test_of_many_who_ask_at_once_only_so_many_get_a_turn(stores: Stores) -> None:
    turns = [stores.limits.take("mail", b"k", limit=5, window=HOUR, at=SIX_PM) for _ in range(20)]
    assert [wait for wait in await asyncio.gather(*turns) if wait is None] == [None] * 5
