"""Claims rest on certificates that stand: capped, strong enough, one line for an hour."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.claims.lines import LineAnswer, Outcome
from domain.claims.rules import ClaimState, SetAsideReason, claim_number_of
from domain.meetings.presence import EvidenceStrength
from domain.members.member import ErasureBasis
from services.claims.answers import DecideClaim, DecideLines, SetAsideClaim, TakeBackLine
from services.claims.commands import (
    FinishExport,
    NothingToClaim,
    PackedClaim,
    PrepareClaim,
    StartExport,
    claim_id_of,
)
from services.members.commands import HOUSE, ForgetMember
from tests.support.builders import SIX_PM, span
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
    values: dict[str, Any] = {
        "payer_id": house.payer,
        "member_id": house.ana,
        "certificate_ids": certificate_ids,
        "period_from": FIRST,
        "period_to": LAST,
    } | changes
    return PrepareClaim(**values)


def number(house: SmallHouse, which: int, key: str = "ana") -> UUID:
    return claim_id_of(house.payer, house.id(key), which)


def back(house: SmallHouse, claim_id: UUID, line_id: str, **changes: Any) -> TakeBackLine:
    return TakeBackLine(
        claim_id=claim_id, line_id=line_id, reason="Not there.", by=house.admin, **changes
    )


async def days(house: SmallHouse, which: int) -> list[int]:
    """Return the days of March that a claim asks for."""
    lines = (await house.claim(number(house, which))).standing_lines()
    return [line.starts_at.day for line in lines]


async def test_a_claim_has_a_line_for_each_certified_hour(house: SmallHouse) -> None:
    await house.covered("ana")
    late, early = await hours(house, 7, 0)
    await house.do(a_claim(house, [late, early]))
    claim = await house.claim(number(house, 1))
    assert [(line.minutes, line.units, line.amount_cents) for line in claim.lines] == [
        (60, 2, 9000),
        (60, 2, 9000),
    ]
    assert [line.certificate_id for line in claim.lines] == [early, late]
    assert claim.lines[0].starts_at == SIX_PM
    assert claim.claim_number == claim_number_of(claim.id)
    assert len(claim.claim_number) == 17
    assert claim.state is ClaimState.READY


async def test_preparing_again_claims_only_what_was_certified_since(house: SmallHouse) -> None:
    await house.covered("ana")
    first = await hours(house, 0)
    await house.do(a_claim(house, first))
    assert isinstance(await house.refused(a_claim(house, first)), NothingToClaim)
    both = [*first, *await hours(house, 7)]
    await house.do(a_claim(house, both))
    assert isinstance(await house.refused(a_claim(house, both)), NothingToClaim)
    assert [await days(house, 1), await days(house, 2)] == [[2], [9]]


async def test_a_month_is_capped_and_the_next_one_starts_anew(house: SmallHouse) -> None:
    await house.covered("ana", cap_units_per_month=3)
    certificates = await hours(house, 0, 7, 14, 30)  # three in March, one on 1 April
    await house.do(a_claim(house, certificates, period_to=date(2026, 4, 30)))
    units = [line.units for line in (await house.claim(number(house, 1))).lines]
    assert units == [2, 1, 2]


async def test_the_cap_of_a_month_holds_over_several_claims(house: SmallHouse) -> None:
    await house.covered("ana", cap_units_per_month=3)
    certificates = await hours(house, 0, 20)
    await house.do(a_claim(house, certificates, period_to=date(2026, 3, 15)))
    await house.do(a_claim(house, certificates, period_from=date(2026, 3, 16)))
    assert [line.units for line in (await house.claim(number(house, 2))).lines] == [1]


async def test_an_hour_is_claimed_once_however_periods_overlap(house: SmallHouse) -> None:
    await house.covered("ana", cap_units_per_month=None)
    certificates = await hours(house, 0, 20)
    await house.do(a_claim(house, certificates))
    half = a_claim(house, certificates, period_to=date(2026, 3, 15))
    assert isinstance(await house.refused(half), NothingToClaim)


async def test_an_hour_taken_back_is_asked_for_again_only_if_that_was_said(
    house: SmallHouse,
) -> None:
    await house.covered("ana", cap_units_per_month=2)
    order = a_claim(house, await hours(house, 0))
    await house.do(order)
    line = (await house.claim(number(house, 1))).lines[0]
    await house.do(back(house, number(house, 1), line.line_id, asked_again=True))
    await house.do(order)
    (again,) = (await house.claim(number(house, 2))).lines
    assert again.units == 2
    await house.do(back(house, number(house, 2), again.line_id))
    assert isinstance(await house.refused(order), NothingToClaim)


async def test_an_hour_given_up_is_asked_for_again_once_it_has_a_new_certificate(
    house: SmallHouse,
) -> None:
    await house.covered("ana")
    await house.do(a_claim(house, await hours(house, 0)))
    line = (await house.claim(number(house, 1))).lines[0]
    await house.do(back(house, number(house, 1), line.line_id))
    house.clock.move(seconds=60)
    await house.correct(house.id("day 0"), house.ana, span(0, 45))
    await house.settle()
    certificates = [each.id for each in await house.certificates(house.id("day 0"), "ana")]
    await house.do(a_claim(house, certificates))
    claim = await house.claim(number(house, 2))
    assert [(each.minutes, each.certificate_id) for each in claim.lines] == [(45, certificates[1])]


async def test_a_line_is_replaced_by_what_the_new_certificate_says(house: SmallHouse) -> None:
    await house.covered("ana", cap_units_per_month=2)
    claim_id = await sent(house)
    line = (await house.claim(claim_id)).lines[0]
    await house.correct(house.id("day 0"), house.ana, span(0, 45))
    await house.settle()
    new = (await house.certificates(house.id("day 0"), "ana"))[1]
    await house.do(back(house, claim_id, line.line_id, certificate_id=new.id))
    claim = await house.claim(claim_id)
    assert [(each.minutes, each.amount_cents) for each in claim.lines] == [
        (60, 9000),
        (-60, -9000),
        (45, 4500),
    ]
    assert claim.lines[2].line_id == f"{claim.claim_number}-002"
    assert claim.standing_lines()[0].certificate_id == new.id


async def test_a_certificate_that_proves_nothing_for_a_line_replaces_none(
    house: SmallHouse,
) -> None:
    await house.covered("ana")
    claim_id = await sent(house)
    line = (await house.claim(claim_id)).lines[0]
    (other,) = await hours(house, 7)
    refused = await house.refused(back(house, claim_id, line.line_id, certificate_id=other))
    assert refused.code == "claim.nothing_to_claim"


async def test_nothing_is_prepared_for_somebody_forgotten(house: SmallHouse) -> None:
    await house.covered("ana")
    order = a_claim(house, await hours(house, 0))
    await house.do(ForgetMember(member_id=house.ana, basis=ErasureBasis.OWN_REQUEST, by=house.ana))
    assert (await house.refused(order)).code == "claim.nothing_to_claim"


async def test_two_certificates_of_one_meeting_are_one_line(house: SmallHouse) -> None:
    await house.covered("ana")
    certificates = await hours(house, 0)
    await house.do(a_claim(house, certificates * 2))
    assert len((await house.claim(number(house, 1))).lines) == 1


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
    if not await house.store.load(house.payer):
        await house.covered("ana")
    certificates = await hours(house, 0)
    await house.do(a_claim(house, certificates))
    claim_id, run_id = number(house, 1), house.id("run")
    await house.do(StartExport(payer_id=house.payer, run_id=run_id))
    await house.do(
        FinishExport(
            payer_id=house.payer,
            run_id=run_id,
            claims=[PackedClaim(claim_id=claim_id, lines=1, certificate_ids=certificates)],
            sha256s={"claims.csv": DIGEST},
            period_from=FIRST,
            period_to=LAST,
        )
    )
    return claim_id


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
        claims=[
            PackedClaim(claim_id=house.id("nowhere"), lines=1, certificate_ids=[]),
            PackedClaim(claim_id=claim_id, lines=1, certificate_ids=[]),
        ],
        sha256s={"claims.csv": DIGEST},
        period_from=FIRST,
        period_to=LAST,
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
            by=house.admin,
        )
    )
    claim = await house.claim(claim_id)
    assert (claim.state, claim.decision) == (state, (outcome, cents, "EFT-77"))


async def test_the_payers_answer_is_kept_line_by_line(house: SmallHouse) -> None:
    claim_id = await sent(house)
    (line,) = (await house.claim(claim_id)).lines
    answer = LineAnswer(line_id=line.line_id, paid_cents=4500, reason_code="45")
    order = DecideLines(claim_id=claim_id, answers=[answer], reference="EFT-77", by=house.admin)
    await house.do(order)
    head = await house.store.head()
    await house.do(order)
    claim = await house.claim(claim_id)
    assert (claim.state, claim.answered[1].lines) == (ClaimState.REDUCED, [answer])
    assert await house.store.head() == head


async def test_only_administrators_settle_claims(house: SmallHouse) -> None:
    claim_id = await sent(house)
    (line,) = (await house.claim(claim_id)).lines
    decided = DecideClaim(
        claim_id=claim_id,
        outcome=Outcome.PAID,
        paid_cents=9000,
        reason_code=None,
        reference="EFT-77",
        by=house.ana,
    )
    answer = LineAnswer(line_id=line.line_id, paid_cents=9000)
    for order in (
        decided,
        DecideLines(claim_id=claim_id, answers=[answer], reference="EFT-77", by=house.joy),
        TakeBackLine(claim_id=claim_id, line_id=line.line_id, reason="x", by=house.ana),
        SetAsideClaim(claim_id=claim_id, reason=SetAsideReason.PAID_ELSEWHERE, by=house.ana),
    ):
        assert (await house.refused(order)).code == "not_allowed"


async def test_nobody_decides_what_was_never_sent(house: SmallHouse) -> None:
    await house.covered("ana")
    await house.do(a_claim(house, await hours(house, 0)))
    decide = DecideClaim(
        claim_id=number(house, 1),
        outcome=Outcome.PAID,
        paid_cents=9000,
        reason_code=None,
        reference="EFT-77",
        by=house.admin,
    )
    assert (await house.refused(decide)).code == "claim.not_exported"


async def test_a_line_is_taken_back_by_a_line_and_never_overwritten(house: SmallHouse) -> None:
    claim_id = await sent(house)
    line = (await house.claim(claim_id)).lines[0]
    await house.do(back(house, claim_id, line.line_id))
    claim = await house.claim(claim_id)
    assert claim.lines[0] == line
    assert (claim.lines[1].reverses, claim.lines[1].amount_cents) == (line.line_id, -9000)
    assert claim.total.cents == 0
    assert claim.state is ClaimState.CORRECTION_PENDING
    assert (await house.refused(back(house, claim_id, line.line_id))).code == "claim.line_unknown"


@pytest.mark.parametrize("asked_again", [True, False])
async def test_a_claim_set_aside_frees_its_hours_only_if_that_was_said(
    house: SmallHouse, *, asked_again: bool
) -> None:
    await house.covered("ana", cap_units_per_month=2)
    order = a_claim(house, await hours(house, 0))
    await house.do(order)
    await house.do(
        SetAsideClaim(
            claim_id=number(house, 1),
            reason=SetAsideReason.PREPARED_IN_ERROR,
            asked_again=asked_again,
            by=HOUSE,
        )
    )
    if asked_again:
        await house.do(order)
        assert await days(house, 2) == [2]
    else:
        assert isinstance(await house.refused(order), NothingToClaim)


async def test_claims_and_payers_that_are_not_there_are_not_found(house: SmallHouse) -> None:
    nowhere = house.id("nowhere")
    for order in (
        a_claim(house, []),
        StartExport(payer_id=nowhere, run_id=nowhere),
        back(house, nowhere, "L"),
        SetAsideClaim(claim_id=nowhere, reason=SetAsideReason.PAID_ELSEWHERE, by=house.admin),
    ):
        assert (await house.refused(order)).code == "not_found"
