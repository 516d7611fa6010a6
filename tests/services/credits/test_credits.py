"""Judging meetings: what is credited, what waits, and what corrections do to it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.certificates.certificate import Certificate
from domain.certificates.papers import CreditKind
from domain.credits.ledger import CreditLedger
from domain.members.member import ErasureBasis
from domain.recording import Recorded
from domain.rules.book import RuleBook
from services.credits.judging import JudgeMeeting, ledger_id_of
from services.dispatch import Work
from services.members.commands import AddLicence, ForgetMember
from services.providers import WithdrawApproval
from tests.domain.rules.made import a_pack, a_rule
from tests.support.builders import SIX_PM, minutes, span
from tests.support.house import SmallHouse
from tests.support.story import CALIFORNIA, CONTACT_HOUR

HOUR = (0, 60)


@pytest.fixture
async def house() -> SmallHouse:
    house = SmallHouse()
    await house.begin()
    return house


@pytest.fixture
async def unsponsored() -> SmallHouse:
    house = SmallHouse()
    await house.begin(sponsored=False)
    return house


async def held_for(house: SmallHouse, key: str, rule_id: str) -> list[str]:
    """Return the codes of what somebody's credit under a rule waits for."""
    ledger = await house.ledger(house.id(key))
    return [
        each.code
        for (_, rule, _), held in ledger.held.items()
        for each in held.missing
        if rule == rule_id
    ]


# Who is credited what


async def test_a_sponsored_hour_is_credited_by_the_provider_and_claimed_under_the_licence(
    house: SmallHouse,
) -> None:
    meeting_id = await house.held(
        {house.ana: HOUR, house.chidi: HOUR}, evaluated=(house.ana, house.chidi)
    )
    await house.settle()
    sponsored = await house.award(meeting_id, "ana")
    claimed = await house.award(meeting_id, "ana", CALIFORNIA)
    assert sponsored is not None
    assert claimed is not None
    assert (sponsored.credit_kind, sponsored.licence_id) == (CreditKind.SPONSORED, None)
    assert (claimed.credit_kind, claimed.licence_id) == (
        CreditKind.CLAIMED,
        house.licence("ana"),
    )
    assert sponsored.credited.amount == claimed.credited.amount == Decimal(1)
    assert sponsored.credited.arithmetic
    without_licence = await house.ledger(house.chidi)
    assert [each.rule_id for each in without_licence.awards.values()] == [CONTACT_HOUR]


async def test_a_group_without_a_program_is_claimed_only(unsponsored: SmallHouse) -> None:
    meeting_id = await unsponsored.held({unsponsored.ana: HOUR}, evaluated=(unsponsored.ana,))
    await unsponsored.settle()
    assert await unsponsored.award(meeting_id, "ana", CALIFORNIA) is not None
    assert await unsponsored.award(meeting_id, "ana") is None
    assert await held_for(unsponsored, "ana", CONTACT_HOUR) == []


async def test_a_licence_that_did_not_hold_on_that_day_claims_nothing(house: SmallHouse) -> None:
    await house.do(
        AddLicence(
            member_id=house.chidi,
            licence_id=house.licence("chidi"),
            profession="psychology",
            jurisdiction="US-CA",
            number="PSY 9",
            valid_from=date(2026, 4, 1),
            valid_until=None,
        )
    )
    meeting_id = await house.held({house.chidi: HOUR})
    await house.settle()
    assert await house.award(meeting_id, "chidi", CALIFORNIA) is None


async def test_an_approval_that_lapsed_before_the_day_is_named_as_missing(
    house: SmallHouse,
) -> None:
    await house.do(
        WithdrawApproval(
            provider_id=house.provider,
            approval_id=house.id("approval"),
            from_day=date(2026, 2, 1),
            reason="Not renewed.",
            by=house.admin,
        )
    )
    meeting_id = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await house.settle()
    assert await house.award(meeting_id, "ana") is None
    assert await held_for(house, "ana", CONTACT_HOUR) == ["provider_approval.missing"]


@pytest.mark.parametrize(
    ("unknown", "lapsed", "told"),
    [
        (False, False, []),
        (True, False, ["provider_approval.body.not_determined"]),
        (True, True, []),
    ],
    ids=["the text names whom it takes", "or only some of them", "and nobody approves"],
)
async def test_an_approver_of_whom_the_text_read_says_nothing_leaves_the_answer_open(
    *, unknown: bool, lapsed: bool, told: list[str]
) -> None:
    needs = {"approved_provider": True, "approved_by": ["Board of Mirrors"]}
    rule = a_rule(credit_kind="sponsored", needs=needs | {"approved_by_unknown": unknown})
    house = SmallHouse(lambda: RuleBook([a_pack(rule)]))
    await house.begin()
    if lapsed:
        await house.do(
            WithdrawApproval(
                provider_id=house.provider,
                approval_id=house.id("approval"),
                from_day=date(2026, 2, 1),
                reason="Not renewed.",
                by=house.admin,
            )
        )
    await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await house.settle()
    assert await held_for(house, "ana", "hours") == told


async def test_whoever_was_not_there_gets_nothing_and_no_ledger(house: SmallHouse) -> None:
    await house.held({house.ana: HOUR})
    await house.settle()
    work = Work(house.store, house.group)
    assert await work.find(CreditLedger, ledger_id_of(house.bo)) is None


async def test_an_open_meeting_is_not_judged(house: SmallHouse) -> None:
    meeting_id = await house.opened()
    await house.do(house.check_in(meeting_id, house.ana))
    head = await house.store.head()
    await house.do(JudgeMeeting(meeting_id=meeting_id))
    assert await house.store.head() == head


# Each minute once


async def test_the_same_minute_is_never_credited_twice_by_one_rule(
    unsponsored: SmallHouse,
) -> None:
    house = unsponsored
    await house.peer_group(sponsored=False, name="second")
    first = await house.held({house.ana: HOUR}, name="first")
    second = await house.held(
        {house.ana: HOUR}, name="other", start=SIX_PM + minutes(30), group="second"
    )
    await house.settle()
    awards = [await house.award(each, "ana", CALIFORNIA) for each in (first, second)]
    assert [each.credited.minutes for each in awards if each is not None] == [60, 30]
    overlaps = (await house.ledger(house.ana)).overlaps
    assert overlaps == {frozenset((first, second)): 30}


async def test_an_hour_counts_for_each_licence_in_an_account_of_its_own(
    house: SmallHouse,
) -> None:
    second = await house.psychologist("ana", licence_id=house.licence("second"))
    meeting_id = await house.held({house.ana: HOUR})
    await house.settle()
    assert await house.award(meeting_id, "ana", CALIFORNIA) is not None
    assert await house.award(meeting_id, "ana", CALIFORNIA, licence_id=second) is not None
    ledger = await house.ledger(house.ana)
    for licence_id in (house.licence("ana"), second):
        assert ledger.taken(CALIFORNIA, licence_id) == [*ledger.presence[meeting_id]]


# What waits


async def test_credit_waits_for_the_evaluation_with_a_sentence_and_comes_with_it(
    house: SmallHouse,
) -> None:
    meeting_id = await house.held({house.ana: HOUR})
    await house.settle()
    assert await house.award(meeting_id, "ana") is None
    waiting = (await house.ledger(house.ana)).held[meeting_id, CONTACT_HOUR, None]
    assert [each.sentence for each in waiting.missing] == [
        "This rule needs your evaluation of the meeting."
    ]
    await house.evaluate(meeting_id, house.ana)
    await house.settle()
    assert await house.award(meeting_id, "ana") is not None
    assert (await house.ledger(house.ana)).held == {}


async def test_judging_again_on_the_same_facts_changes_nothing(house: SmallHouse) -> None:
    meeting_id = await house.held({house.ana: HOUR, house.bo: (0, 20)}, evaluated=(house.ana,))
    await house.settle()
    await house.correct(meeting_id, house.bo)
    await house.settle()
    head = await house.store.head()
    for _ in range(3):
        await house.do(JudgeMeeting(meeting_id=meeting_id))
    assert await house.store.head() == head


# Corrections


async def test_a_correction_adjusts_what_was_awarded(house: SmallHouse) -> None:
    meeting_id = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await house.settle()
    await house.correct(meeting_id, house.ana, span(0, 45))
    await house.settle()
    award = await house.award(meeting_id, "ana")
    assert award is not None
    assert (award.credited.minutes, award.credited.amount) == (45, Decimal("0.75"))
    rows = [row for row in (await house.ledger(house.ana)).rows if row.rule_id == CONTACT_HOUR]
    assert [row.minutes for row in rows] == [60, -15]


async def test_a_correction_to_nothing_withdraws_and_a_later_one_awards_anew(
    house: SmallHouse,
) -> None:
    meeting_id = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await house.settle()
    await house.correct(meeting_id, house.ana)
    await house.settle()
    first = await house.award(meeting_id, "ana")
    assert first is not None
    assert first.withdrawn
    assert await held_for(house, "ana", CONTACT_HOUR) == []
    await house.correct(meeting_id, house.ana, span(0, 30))
    await house.settle()
    second = await house.award(meeting_id, "ana", number=2)
    assert second is not None
    assert (second.withdrawn, second.credited.minutes) == (False, 30)
    still = await house.award(meeting_id, "ana")
    assert still is not None
    assert still.withdrawn


async def test_what_a_correction_makes_too_weak_is_withdrawn_and_says_why(
    house: SmallHouse,
) -> None:
    await house.do(
        WithdrawApproval(
            provider_id=house.provider,
            approval_id=house.id("approval"),
            from_day=SIX_PM.date() + timedelta(days=1),
            reason="Ends.",
            by=house.admin,
        )
    )
    meeting_id = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await house.settle()
    await house.do(
        WithdrawApproval(
            provider_id=house.provider,
            approval_id=house.id("approval"),
            from_day=SIX_PM.date(),
            reason="It had ended before.",
            by=house.admin,
        )
    )
    await house.do(JudgeMeeting(meeting_id=meeting_id))
    award = await house.award(meeting_id, "ana")
    assert award is not None
    assert award.withdrawn
    assert await held_for(house, "ana", CONTACT_HOUR) == ["provider_approval.missing"]


async def test_a_voided_meeting_gives_nothing_any_more(house: SmallHouse) -> None:
    meeting_id = await house.held({house.ana: HOUR, house.bo: HOUR}, evaluated=(house.ana,))
    await house.settle()
    await house.void(meeting_id)
    await house.settle()
    for key in ("ana", "bo"):
        ledger = await house.ledger(house.id(key))
        assert all(each.withdrawn for each in ledger.awards.values())
        assert not ledger.presence[meeting_id]
    assert await held_for(house, "bo", CONTACT_HOUR) == ["meeting.voided"]


async def test_the_minutes_of_a_voided_meeting_are_free_for_another(
    unsponsored: SmallHouse,
) -> None:
    house = unsponsored
    await house.peer_group(sponsored=False, name="second")
    first = await house.held({house.ana: HOUR}, name="first")
    await house.settle()
    await house.void(first)
    await house.settle()
    second = await house.held({house.ana: HOUR}, name="other", group="second")
    await house.settle()
    award = await house.award(second, "ana", CALIFORNIA)
    assert award is not None
    assert award.credited.minutes == 60
    assert (await house.ledger(house.ana)).overlaps == {}


# People who were forgotten


async def test_nothing_new_is_credited_to_somebody_forgotten(house: SmallHouse) -> None:
    meeting_id = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await forget(house, "ana")
    await house.settle()
    assert await house.award(meeting_id, "ana") is None
    assert not [each for each in house.memory.log if is_certificate(each)]


async def test_a_meeting_voided_later_takes_back_the_credit_of_somebody_forgotten(
    house: SmallHouse,
) -> None:
    meeting_id = await house.held({house.ana: HOUR}, evaluated=(house.ana,))
    await house.settle()
    await forget(house, "ana")
    await house.void(meeting_id)
    await house.settle()
    award = await house.award(meeting_id, "ana")
    assert award is not None
    assert award.withdrawn
    assert [each.stands for each in await house.certificates(meeting_id, "ana")] == [False]


async def forget(house: SmallHouse, key: str) -> None:
    member_id = house.id(key)
    await house.do(ForgetMember(member_id=member_id, basis=ErasureBasis.OWN_REQUEST, by=member_id))


def is_certificate(recorded: Recorded) -> bool:
    return isinstance(recorded.event, Certificate.Issued)
