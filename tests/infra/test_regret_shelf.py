"""Regrets beside the log: said once, taken back for good, and gone with their hour."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from domain.meetings.regrets import KEPT_AFTER_START, Regret
from infra.database import ConnectKwargs, connect
from infra.log_signal import LogSignal
from infra.regret_shelf import PostgresRegrets
from tests.support.builders import SIX_PM


@pytest.fixture
def shelf(pool: asyncpg.Pool[Any]) -> PostgresRegrets:
    return PostgresRegrets(pool)


def a_regret(**changes: Any) -> Regret:
    values: dict[str, Any] = {
        "regret_id": uuid4(),
        "group_id": uuid4(),
        "meeting_id": uuid4(),
        "member_id": uuid4(),
        "starts_at": SIX_PM,
        "said_at": SIX_PM - timedelta(days=1),
    }
    return Regret(**values | changes)


async def take_back(shelf: PostgresRegrets, regret: Regret) -> bool:
    return await shelf.take_back(
        regret.regret_id, meeting_id=regret.meeting_id, member_id=regret.member_id
    )


async def test_a_regret_comes_back_as_it_was(shelf: PostgresRegrets) -> None:
    regret = a_regret()
    await shelf.put(regret)
    assert await shelf.of_meetings([regret.meeting_id, uuid4()]) == [regret]
    assert await shelf.of_member(regret.member_id) == [regret]
    assert await shelf.of_meetings([]) == []


async def test_somebody_says_it_once_about_an_hour_and_anew_once_it_moved(
    shelf: PostgresRegrets,
) -> None:
    regret = a_regret()
    moved = replace(regret, regret_id=uuid4(), starts_at=SIX_PM + timedelta(days=1))
    for each in (regret, replace(regret, regret_id=uuid4()), moved):
        await shelf.put(each)
    kept = await shelf.of_member(regret.member_id)
    assert {each.regret_id for each in kept} == {regret.regret_id, moved.regret_id}


async def test_what_was_taken_back_does_not_come_back_with_the_same_form(
    shelf: PostgresRegrets,
) -> None:
    regret = a_regret()
    await shelf.put(regret)
    assert [await take_back(shelf, regret) for _ in range(2)] == [True, True]
    await shelf.put(regret)
    assert await shelf.of_meetings([regret.meeting_id]) == []
    anew = replace(regret, regret_id=uuid4())
    await shelf.put(anew)
    assert await take_back(shelf, regret), "an old form takes nothing else back"
    assert await shelf.of_meetings([regret.meeting_id]) == [anew]


async def test_nobody_takes_somebody_elses_regret_back(shelf: PostgresRegrets) -> None:
    regret = a_regret()
    await shelf.put(regret)
    assert not await take_back(shelf, replace(regret, member_id=uuid4()))
    assert not await take_back(shelf, replace(regret, meeting_id=uuid4()))
    assert await shelf.of_member(regret.member_id) == [regret]


async def test_what_somebody_said_until_they_left_goes_and_what_they_say_once_back_stays(
    shelf: PostgresRegrets,
) -> None:
    before = a_regret()
    after = replace(before, regret_id=uuid4(), meeting_id=uuid4(), said_at=SIX_PM)
    elsewhere = replace(before, regret_id=uuid4(), meeting_id=uuid4(), group_id=uuid4())
    for each in (before, after, elsewhere):
        await shelf.put(each)
    await shelf.drop(before.group_id, before.member_id, until=SIX_PM - timedelta(hours=1))
    kept = await shelf.of_member(before.member_id)
    assert {each.regret_id for each in kept} == {after.regret_id, elsewhere.regret_id}


async def test_whoever_is_forgotten_said_nothing(
    shelf: PostgresRegrets, pool: asyncpg.Pool[Any]
) -> None:
    regret = a_regret()
    await shelf.put(regret)
    await take_back(shelf, regret)
    await shelf.forget(regret.member_id)
    rows = await pool.fetch("SELECT FROM regrets WHERE member_id = $1", regret.member_id)
    assert rows == []


async def test_regrets_are_deleted_once_no_hour_that_began_then_can_last(
    shelf: PostgresRegrets, pool: asyncpg.Pool[Any]
) -> None:
    regret = a_regret()
    await shelf.put(regret)
    for late, left in ((timedelta(microseconds=-1), 1), (timedelta(0), 0)):
        await shelf.sweep(at=SIX_PM + KEPT_AFTER_START + late)
        rows = await pool.fetch("SELECT FROM regrets WHERE regret_id = $1", regret.regret_id)
        assert len(rows) == left


async def test_open_pages_hear_about_which_meeting_something_was_said(
    shelf: PostgresRegrets, database: ConnectKwargs
) -> None:
    signal = LogSignal(partial(connect, database))
    feed = signal.outside()
    listening = asyncio.create_task(signal.listen())
    try:
        hearing = asyncio.create_task(anext(feed))
        meeting_id = uuid4()
        heard = None
        while heard is None:  # until the listener stands
            await shelf.put(a_regret(meeting_id=meeting_id))
            done, _ = await asyncio.wait([hearing], timeout=0.05)
            heard = hearing.result() if done else None
        assert heard == (meeting_id, 0)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await feed.aclose()
