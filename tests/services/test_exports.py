"""Runs to payers on a real house: sound files, one number, the same bytes whenever told again."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain import verification_code
from domain.claims import Claim, ClaimState
from domain.members import ErasureBasis
from domain.payers import NothingToExport
from infra.database import ConnectKwargs
from infra.payer_files.verify import verify
from services import exports
from services.claims import StartExport, TakeBackLine, claim_id_of
from services.dispatch import Order
from services.house import House
from services.members import ForgetMember
from tests.support.builders import SIX_PM, span
from tests.support.house import ORIGIN, RealHouse, open_real_house
from tests.support.story import Story

HOUR = (0, 60)
MARCH = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture
async def story(house: RealHouse, request: pytest.FixtureRequest) -> Story:
    """Ana and Bo at an hour on 2 March, both covered."""
    story = house.story(request.node.name)
    await story.begin()
    await story.covered("ana", "bo", "chidi")  # Chidi was never there
    await story.held({story.ana: HOUR, story.bo: HOUR}, evaluated=(story.ana, story.bo))
    await house.drain()
    return story


async def prepared(house: RealHouse, story: Story) -> exports.Export:
    await exports.prepare(house.house, story.payer, *MARCH)
    return await exports.export(house.house, story.payer, *MARCH)


def claim_id(story: Story, key: str) -> UUID:
    return claim_id_of(story.payer, story.id(key), *MARCH)


def rows(run: exports.Export, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run.files[name].decode("utf-8-sig"))))


async def test_a_period_is_prepared_for_everybody_covered_who_attended(
    house: RealHouse, story: Story
) -> None:
    assert await exports.prepare(house.house, story.payer, *MARCH) == 2
    claim = await story.claim(claim_id(story, "ana"))
    assert (claim.total.cents, claim.state) == (9000, ClaimState.READY)


async def test_a_run_is_a_package_that_a_payer_can_check(house: RealHouse, story: Story) -> None:
    run = await prepared(house, story)
    assert set(run.files) == {"claims.csv", "lines.csv", "manifest.json"}
    assert verify(run.files) == []
    assert (run.run_number, run.claims, run.total_cents, run.currency) == (1, 2, 18000, "USD")
    assert len(rows(run, "claims.csv")) == 2
    (line, _) = rows(run, "lines.csv")
    assert f"{ORIGIN}/v/" in line.values() or any(
        value.startswith(f"{ORIGIN}/v/") for value in line.values()
    )
    assert not any("Ánh" in content.decode() for content in run.files.values())


async def test_a_run_told_again_has_the_same_number_and_the_same_bytes(
    house: RealHouse, story: Story
) -> None:
    first = await prepared(house, story)
    head = await house.house.store.head()
    again = await prepared(house, story)
    assert (again.run_number, again.files) == (first.run_number, first.files)
    assert await house.house.store.head() == head
    assert (await story.claim(claim_id(story, "bo"))).runs == [
        exports.run_id_of(story.payer, *MARCH)
    ]


async def test_a_run_told_again_after_corrections_still_has_the_same_bytes(
    house: RealHouse, story: Story
) -> None:
    first = await prepared(house, story)
    line = (await story.claim(claim_id(story, "bo"))).lines[0]
    await story.do(
        TakeBackLine(claim_id=claim_id(story, "bo"), line_id=line.line_id, reason="Not there.")
    )
    house.clock.move(seconds=3600)
    await story.correct(story.id("meeting"), story.ana, span(0, 45))
    await house.drain()
    again = await prepared(house, story)
    assert again.files == first.files


async def test_a_run_told_again_names_the_certificates_that_stood_when_it_was_sent(
    house: RealHouse, story: Story
) -> None:
    house.clock.move(seconds=60)
    await story.correct(story.id("meeting"), story.ana, span(0, 45))
    await house.drain()
    first = await prepared(house, story)
    _, replacement = await story.certificates(story.id("meeting"), "ana")
    code = verification_code.printed(replacement.verification_code)
    assert code in first.files["lines.csv"].decode()
    house.clock.move(seconds=3600)
    await story.void(story.id("meeting"))
    await house.drain()
    assert (await prepared(house, story)).files == first.files


async def test_an_interrupted_run_goes_on_under_its_number(house: RealHouse, story: Story) -> None:
    await exports.prepare(house.house, story.payer, *MARCH)

    class PowerCut(Exception):
        pass

    def cut(*_: Any) -> Any:
        raise PowerCut

    broken: House = replace(house.house, package=cut)
    with pytest.raises(PowerCut):
        await exports.export(broken, story.payer, *MARCH)
    started = (await story.payer_now()).exports[exports.run_id_of(story.payer, *MARCH)]
    assert (started.run_number, started.claim_ids) == (1, None)
    assert (await story.claim(claim_id(story, "ana"))).state is ClaimState.READY

    house.clock.move(seconds=86400)
    run = await exports.export(house.house, story.payer, *MARCH)
    assert (run.run_number, run.claims) == (1, 2)
    assert verify(run.files) == []
    assert started.started_at.isoformat()[:19] in run.files["manifest.json"].decode()


async def test_a_run_of_another_period_has_the_next_number(house: RealHouse, story: Story) -> None:
    first = await prepared(house, story)
    april = date(2026, 4, 1), date(2026, 4, 30)
    await story.held(
        {story.ana: HOUR},
        name="april",
        start=SIX_PM + timedelta(days=35),
        evaluated=(story.ana,),
    )
    await house.drain()
    await exports.prepare(house.house, story.payer, *april)
    run = await exports.export(house.house, story.payer, *april)
    assert (first.run_number, run.run_number, run.claims) == (1, 2, 1)
    assert verify(run.files) == []


async def test_a_claim_ready_after_the_run_goes_out_in_a_second_one(
    house: RealHouse, story: Story
) -> None:
    first = await prepared(house, story)
    await story.held(
        {story.chidi: HOUR},
        name="late",
        start=SIX_PM + timedelta(days=7),
        evaluated=(story.chidi,),
    )
    await house.drain()
    second = await prepared(house, story)
    assert (second.run_number, second.claims) == (2, 1)
    assert verify(second.files) == []
    third = await prepared(house, story)
    assert (third.run_number, third.files) == (2, second.files)
    assert first.files != second.files


async def test_a_view_that_is_late_sends_no_claim_twice(house: RealHouse, story: Story) -> None:
    first = await prepared(house, story)
    sent_again = claim_id(story, "ana")
    await house.running.pool.execute(
        "UPDATE claim SET state = 'ready' WHERE claim_id = $1", sent_again
    )
    again = await exports.export(house.house, story.payer, *MARCH)
    assert (again.run_number, again.files) == (first.run_number, first.files)
    await house.running.pool.execute(
        "UPDATE claim SET state = 'submitted' WHERE claim_id = $1", sent_again
    )


async def test_overlapping_periods_ask_for_an_hour_once(house: RealHouse, story: Story) -> None:
    await prepared(house, story)
    half = date(2026, 3, 1), date(2026, 3, 15)
    assert await exports.prepare(house.house, story.payer, *half) == 0


async def test_nothing_is_exported_where_nothing_is_ready(house: RealHouse, story: Story) -> None:
    may = date(2026, 5, 1), date(2026, 5, 31)
    assert await exports.prepare(house.house, story.payer, *may) == 0
    with pytest.raises(NothingToExport):
        await exports.export(house.house, story.payer, *may)
    assert (await story.payer_now()).exports == {}


async def test_a_claim_whose_member_was_forgotten_holds_up_nobody_else(
    house: RealHouse, story: Story
) -> None:
    await exports.prepare(house.house, story.payer, *MARCH)
    await story.do(ForgetMember(member_id=story.bo, basis=ErasureBasis.OWN_REQUEST, by=story.bo))
    await house.drain()
    made = await exports.export(house.house, story.payer, *MARCH)
    sent = made.files["claims.csv"].decode()
    forgotten: Claim = await story.claim(claim_id(story, "bo"))
    other: Claim = await story.claim(claim_id(story, "ana"))
    assert other.claim_number in sent
    assert forgotten.claim_number not in sent
    assert forgotten.state is ClaimState.READY


async def test_a_run_can_be_started_by_hand_only_once_under_an_id(
    house: RealHouse, story: Story
) -> None:
    run_id = uuid4()
    for _ in range(2):
        await house.house.dispatch(
            StartExport(payer_id=story.payer, run_id=run_id), Order(command_id=uuid4())
        )
    assert [each.run_number for each in (await story.payer_now()).exports.values()] == [1]
