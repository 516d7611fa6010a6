"""Claims from before claims were numbered and lines named their certificate still count."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.certificates.certificate import Certificate
from domain.claims.claim import Claim
from domain.claims.lines import ClaimLine
from domain.claims.rules import claim_number_of
from domain.recording import Cause
from infra.database import ConnectKwargs
from projections.claims_board import fallen_queries
from projections.claims_board import queries as board
from services.claims import exports
from services.claims.commands import claim_id_of, unnumbered_among, unnumbered_claim_id_of
from services.dispatch import Work
from services.web.pages.admin.claim_view import ClaimView, view_of
from tests.services.claims.test_exports import HOUR, MARCH, claim_id, take_back
from tests.support.builders import span
from tests.support.house import RealHouse, open_real_house
from tests.support.story import Story

FIRST_HALF = date(2026, 3, 1), date(2026, 3, 15)


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture
async def story(house: RealHouse, request: pytest.FixtureRequest) -> Story:
    """Ana at an hour on 2 March, asked for on a claim of today."""
    story = house.story(request.node.name)
    await story.begin()
    await story.covered("ana", "bo")
    await story.held({story.ana: HOUR}, evaluated=(story.ana,))
    await house.drain()
    await exports.prepare(house.house, story.payer, *MARCH)
    house.clock.move(seconds=60)
    return story


async def old_claim(house: RealHouse, story: Story, **changes: Any) -> UUID:
    """Keep a claim of Ana's as it was kept then, with one line; return its id."""
    old_id = unnumbered_claim_id_of(story.payer, story.ana, *FIRST_HALF)
    line = replace((await line_now(story)), line_id="OLD-001", certificate_id=None, **changes)
    claim = Claim.prepare(
        old_id,
        claim_number=claim_number_of(old_id),
        payer_id=story.payer,
        member_id=story.ana,
        period_from=FIRST_HALF[0],
        period_to=FIRST_HALF[1],
        lines=[line],
        currency="USD",
        at=house.clock.now(),
    )
    work = Work(house.house.store, uuid4())
    work.save(claim)
    await house.house.store.append(work.append(Cause(uuid4()), b"as it was"))
    await house.drain()
    return old_id


async def line_now(story: Story) -> ClaimLine:
    return (await story.claim(claim_id(story, "ana"))).lines[0]


async def viewed(house: RealHouse, claim: UUID) -> tuple[ClaimView, board.LineRow]:
    view = await view_of(house.house, claim)
    return view, view.lines[0]


async def resting(house: RealHouse, certificate: Certificate) -> list[UUID]:
    async with house.house.views() as view:
        rows = await board.resting_on(
            view,
            certificate.id,
            member_id=certificate.member_id,
            starts_at=certificate.facts.starts_at,
        )
    return [row.claim_id for row in rows]


async def test_a_line_in_anothers_place_counts_what_old_claims_used_of_the_month(
    house: RealHouse, story: Story
) -> None:
    """Eight units a month: seven stand on an old claim, so the hour's second one is too much."""
    line = await line_now(story)
    await old_claim(
        house,
        story,
        meeting_id=uuid4(),
        starts_at=line.starts_at - timedelta(days=1),
        ends_at=line.ends_at,
        minutes=210,
        units=7,
        amount_cents=7 * line.rate_cents,
    )
    (certificate,) = await story.certificates(story.id("meeting"), "ana")
    view, _ = await viewed(house, claim_id(story, "ana"))
    await take_back(story, "ana", certificate_id=certificate.id, earlier_claim_ids=view.unnumbered)
    (instead,) = (await story.claim(claim_id(story, "ana"))).standing_lines()
    assert (instead.units, instead.amount_cents) == (1, 4500)


async def test_an_old_claim_is_found_by_the_certificate_of_its_meeting(
    house: RealHouse, story: Story
) -> None:
    old = await old_claim(house, story)
    (certificate,) = await story.certificates(story.id("meeting"), "ana")
    assert set(await resting(house, certificate)) == {claim_id(story, "ana"), old}
    view, line = await viewed(house, old)
    proof = view.proof(line)
    assert proof is not None
    assert (proof.certificate_id, view.instead(line)) == (certificate.id, None)


async def test_an_old_claim_that_was_sent_waits_once_the_certificate_of_its_meeting_fell(
    house: RealHouse, story: Story
) -> None:
    old, line = await old_claim(house, story), await line_now(story)
    await exports.export(house.house, story.payer, *MARCH)
    await house.drain()
    assert line.certificate_id is not None
    fell = (line.certificate_id, story.ana, line.starts_at, line.minutes)
    elsewhere = (uuid4(), story.bo, line.starts_at, line.minutes)
    async with house.house.views() as view:
        rows = await fallen_queries.resting_on_fallen(view, [elsewhere, fell])
        assert {row.claim_id for row in rows} == {claim_id(story, "ana"), old}
        assert await fallen_queries.resting_on_fallen(view, [elsewhere]) == []


async def test_an_old_claim_of_another_meeting_or_member_is_not_found(
    house: RealHouse, story: Story
) -> None:
    line = await line_now(story)
    await old_claim(house, story, starts_at=line.starts_at - timedelta(hours=1))
    (certificate,) = await story.certificates(story.id("meeting"), "ana")
    assert await resting(house, certificate) == [claim_id(story, "ana")]


async def test_what_took_the_place_of_an_old_lines_certificate_is_offered_instead(
    house: RealHouse, story: Story
) -> None:
    old = await old_claim(house, story)
    await story.correct(story.id("meeting"), story.ana, span(0, 45))
    await house.drain()
    before, now = await story.certificates(story.id("meeting"), "ana")
    view, line = await viewed(house, old)
    proof, instead = view.proof(line), view.instead(line)
    assert proof is not None
    assert instead is not None
    assert (proof.certificate_id, instead.certificate_id) == (before.id, now.id)


def test_ids_of_numbered_claims_are_told_from_old_ones() -> None:
    payer, member, old = uuid4(), uuid4(), uuid4()
    numbered = [claim_id_of(payer, member, number) for number in (1, 2, 3)]
    assert unnumbered_among(payer, member, [*numbered, old]) == [old]
    assert unnumbered_among(payer, member, []) == []
