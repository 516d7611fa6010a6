"""Claims rest on certificates that stand: capped, strong enough, one line for an hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.claims import ClaimState, Outcome
from domain.presence import EvidenceStrength
from services.claims import (
    DecideClaim,
    FinishExport,
    NothingToClaim,
    PrepareClaim,
    StartExport,
    TakeBackLine,
    claim_id_of,
    claim_number_of,
)
from tests.support.builders import SIX_PM
from tests.support.house import SmallHouse

HOUR = (0, 60)
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
DIGEST = "ab" * 32


@pytest.fixture
async def house() -> SmallHouse:
    house = SmallHouse()
    await house.begin()
    return house


async def hours(house: SmallHouse, *days: int, lasts: float = 60) -> list[UUID]:
    """Let Ana attend an hour on each day (after 2 March), and return her certificates."""
    found = []
    for day in days:
        meeting_id = await house.held(
            {house.ana: (0, lasts)},
            name=f"day {day}",
            start=SIX_PM + timedelta(days=day),
            evaluated=(house.ana,),
            lasts=lasts,
        )
        await house.settle()
        found += [each.id for each in await house.certificates(meeting_id, "ana") if each.stands]
    return found


def a_claim(house: SmallHouse, certificate_ids: list[UUID], **changes: Any) -> PrepareClaim:
    period = {"period_from": FIRST, "period_to": LAST} | changes
    values: dict[str, Any] = {
        "claim_id": claim_id_of(house.payer, house.ana, period["period_from"], period["period_to"]),
        "payer_id": house.payer,
        "member_id": house.ana,
        "certificate_ids": certificate_ids,
    } | period
    return PrepareClaim(**values)


async def test_a_claim_has_a_line_for_each_certified_hour(house: SmallHouse) -> None:
    await house.covered("ana")
    order = a_claim(house, await hours(house, 7, 0))
    await house.do(order)
    claim = await house.claim(order.claim_id)
    assert [(line.minutes, line.units, line.amount_cents) for line in claim.lines] == [
        (60, 2, 9000),
        (60, 2, 9000),
    ]
    assert claim.lines[0].starts_at == SIX_PM
    assert claim.claim_number == claim_number_of(order.claim_id)
    assert len(claim.claim_number) == 17
    assert claim.state is ClaimState.READY


async def test_preparing_again_changes_nothing(house: SmallHouse) -> None:
    await house.covered("ana")
    order = a_claim(house, await hours(house, 0))
    await house.do(order)
    head = await house.store.head()
    await house.do(order)
    await house.do(replace(order, certificate_ids=await hours(house, 7)))
    assert len((await house.claim(order.claim_id)).lines) == 1
    assert await house.store.head() > head  # the second hour happened, and is not claimed


async def test_a_month_is_capped_and_the_next_one_starts_anew(house: SmallHouse) -> None:
    await house.covered("ana", cap_units_per_month=3)
    certificates = await hours(house, 0, 7, 14, 30)  # three in March, one on 1 April
    order = a_claim(house, certificates, period_to=date(2026, 4, 30))
    await house.do(order)
    units = [line.units for line in (await house.claim(order.claim_id)).lines]
    assert units == [2, 1, 2]


async def test_the_cap_of_a_month_holds_over_several_claims(house: SmallHouse) -> None:
    await house.covered("ana", cap_units_per_month=3)
    certificates = await hours(house, 0, 20)
    early = a_claim(house, certificates, period_to=date(2026, 3, 15))
    await house.do(early)
    late = a_claim(house, certificates, period_from=date(2026, 3, 16))
    await house.do(replace(late, earlier_claim_ids=[early.claim_id]))
    assert [line.units for line in (await house.claim(late.claim_id)).lines] == [1]


async def test_an_hour_is_claimed_once_however_periods_overlap(house: SmallHouse) -> None:
    await house.covered("ana", cap_units_per_month=None)
    certificates = await hours(house, 0, 20)
    month = a_claim(house, certificates)
    await house.do(month)
    half = a_claim(house, certificates, period_to=date(2026, 3, 15))
    refusal = await house.refused(replace(half, earlier_claim_ids=[month.claim_id]))
    assert isinstance(refusal, NothingToClaim)


async def test_a_line_that_was_taken_back_may_be_claimed_in_another_period(
    house: SmallHouse,
) -> None:
    await house.covered("ana", cap_units_per_month=2)
    certificates = await hours(house, 0)
    month = a_claim(house, certificates)
    await house.do(month)
    line = (await house.claim(month.claim_id)).lines[0]
    await house.do(
        TakeBackLine(claim_id=month.claim_id, line_id=line.line_id, reason="Wrong month.")
    )
    half = a_claim(house, certificates, period_to=date(2026, 3, 15))
    await house.do(replace(half, earlier_claim_ids=[month.claim_id]))
    assert [each.units for each in (await house.claim(half.claim_id)).lines] == [2]


async def test_two_certificates_of_one_meeting_are_one_line(house: SmallHouse) -> None:
    await house.covered("ana")
    certificates = await hours(house, 0)
    order = a_claim(house, certificates * 2)
    await house.do(order)
    assert len((await house.claim(order.claim_id)).lines) == 1


async def test_evidence_weaker_than_the_contract_wants_is_left_out(house: SmallHouse) -> None:
    await house.covered("ana", required_strength=EvidenceStrength.STRONG)
    certificates = await hours(house, 0)  # the door code alone is moderate evidence
    assert (await house.refused(a_claim(house, certificates))).code == "claim.nothing_to_claim"


async def test_hours_of_somebody_the_payer_does_not_cover_are_left_out(house: SmallHouse) -> None:
    await house.covered("bo")
    order = a_claim(house, await hours(house, 0))
    assert (await house.refused(order)).code == "claim.nothing_to_claim"


async def test_somebody_covered_who_never_met_has_nothing_to_claim(house: SmallHouse) -> None:
    await house.covered("ana")
    assert (await house.refused(a_claim(house, []))).code == "claim.nothing_to_claim"


async def test_nobody_is_paid_for_the_certificate_of_another(house: SmallHouse) -> None:
    await house.covered("bo")
    certificates = await hours(house, 0)
    await house.held({house.bo: HOUR}, name="Bo's", start=SIX_PM + timedelta(days=9))
    await house.settle()
    order = a_claim(house, certificates, member_id=house.bo)
    assert (await house.refused(order)).code == "claim.nothing_to_claim"


async def test_an_hour_outside_the_period_is_left_out(house: SmallHouse) -> None:
    await house.covered("ana")
    order = a_claim(house, await hours(house, 0), period_from=date(2026, 3, 3))
    assert (await house.refused(order)).code == "claim.nothing_to_claim"


async def test_a_certificate_that_does_not_stand_is_left_out(house: SmallHouse) -> None:
    await house.covered("ana")
    certificates = await hours(house, 0)
    await house.void(house.id("day 0"))
    await house.settle()
    assert (await house.refused(a_claim(house, certificates))).code == "claim.nothing_to_claim"


async def test_a_meeting_shorter_than_a_unit_is_left_out(house: SmallHouse) -> None:
    await house.covered("ana", minutes_per_unit=30)
    order = a_claim(house, await hours(house, 0, lasts=29))
    assert (await house.refused(order)).code == "claim.nothing_to_claim"


async def sent(house: SmallHouse) -> UUID:
    """Prepare Ana's claim and send it in a run."""
    await house.covered("ana")
    order, run_id = a_claim(house, await hours(house, 0)), house.id("run")
    await house.do(order)
    await house.do(StartExport(payer_id=house.payer, run_id=run_id))
    await house.do(
        FinishExport(
            payer_id=house.payer,
            run_id=run_id,
            claim_ids=[order.claim_id],
            sha256s={"claims.csv": DIGEST},
        )
    )
    return order.claim_id


async def test_a_run_is_recorded_on_the_payer_and_on_its_claims_together(
    house: SmallHouse,
) -> None:
    claim_id = await sent(house)
    export = (await house.payer_now()).exports[house.id("run")]
    assert (export.run_number, export.claim_ids) == (1, [claim_id])
    assert (await house.claim(claim_id)).state is ClaimState.SUBMITTED


async def test_a_run_that_names_an_unknown_claim_is_recorded_nowhere(house: SmallHouse) -> None:
    claim_id = await sent(house)
    run_id, head = house.id("second run"), await house.store.head()
    await house.do(StartExport(payer_id=house.payer, run_id=run_id))
    finish = FinishExport(
        payer_id=house.payer,
        run_id=run_id,
        claim_ids=[claim_id, house.id("nowhere")],
        sha256s={"claims.csv": DIGEST},
    )
    assert (await house.refused(finish)).code == "not_found"
    assert await house.store.head() == head + 1  # the start alone


@pytest.mark.parametrize(
    ("outcome", "cents", "reason", "state"),
    [
        (Outcome.PAID, 9000, None, ClaimState.PAID),
        (Outcome.REDUCED, 4500, "45", ClaimState.REDUCED),
        (Outcome.DENIED, 0, "29", ClaimState.DENIED),
    ],
)
async def test_the_payers_answer_is_kept(
    house: SmallHouse, outcome: Outcome, cents: int, reason: str | None, state: ClaimState
) -> None:
    claim_id = await sent(house)
    await house.do(
        DecideClaim(
            claim_id=claim_id,
            outcome=outcome,
            paid_cents=cents,
            reason_code=reason,
            reference="EFT-77",
        )
    )
    claim = await house.claim(claim_id)
    assert (claim.state, claim.decision) == (state, (outcome, cents, "EFT-77"))


async def test_nobody_decides_what_was_never_sent(house: SmallHouse) -> None:
    await house.covered("ana")
    order = a_claim(house, await hours(house, 0))
    await house.do(order)
    decide = DecideClaim(
        claim_id=order.claim_id,
        outcome=Outcome.PAID,
        paid_cents=9000,
        reason_code=None,
        reference="EFT-77",
    )
    assert (await house.refused(decide)).code == "claim.not_exported"


async def test_a_line_is_taken_back_by_a_line_and_never_overwritten(house: SmallHouse) -> None:
    claim_id = await sent(house)
    line = (await house.claim(claim_id)).lines[0]
    take_back = TakeBackLine(claim_id=claim_id, line_id=line.line_id, reason="Not there.")
    await house.do(take_back)
    claim = await house.claim(claim_id)
    assert claim.lines[0] == line
    assert (claim.lines[1].reverses, claim.lines[1].amount_cents) == (line.line_id, -9000)
    assert claim.total.cents == 0
    assert claim.state is ClaimState.CORRECTION_PENDING
    assert (await house.refused(take_back)).code == "claim.line_unknown"


async def test_claims_and_payers_that_are_not_there_are_not_found(house: SmallHouse) -> None:
    nowhere = house.id("nowhere")
    for order in (
        a_claim(house, []),
        StartExport(payer_id=nowhere, run_id=nowhere),
        TakeBackLine(claim_id=nowhere, line_id="L", reason="None."),
    ):
        assert (await house.refused(order)).code == "not_found"
