"""Runs to payers on a real house: sound files, one number, the same bytes whenever told again."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.certificates import verification_code
from domain.claims.claim import Claim
from domain.claims.lines import LineAnswer, Outcome
from domain.claims.payers import ExportUnknown, NothingToExport
from domain.claims.rules import AnswerCorrection, ClaimState, SetAsideReason, claim_number_of
from domain.members.member import ErasureBasis
from domain.recording import Cause
from infra.database import ConnectKwargs
from infra.payer_files.verify import verify
from projections.claims_board import queries as board
from services.claims import exports, runs
from services.claims.answers import CorrectAnswer, DecideClaim, TakeBackLine
from services.claims.commands import (
    FinishExport,
    PrepareClaim,
    StartExport,
    claim_id_of,
    unnumbered_claim_id_of,
)
from services.claims.papers import claim_paper
from services.claims.runs import RunDaysUnknown
from services.dispatch import Order, Work
from services.house import House
from services.members.commands import ForgetMember
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


def claim_id(story: Story, key: str, number: int = 1) -> UUID:
    return claim_id_of(story.payer, story.id(key), number)


async def take_back(story: Story, key: str, **changes: Any) -> None:
    """Take back the first line of somebody's claim."""
    (line, *_) = (await story.claim(claim_id(story, key))).standing_lines()
    await story.do(
        TakeBackLine(
            claim_id=claim_id(story, key),
            line_id=line.line_id,
            reason="Not there.",
            by=story.admin,
            **changes,
        )
    )


async def answered(house: RealHouse, story: Story, key: str, reference: str = "EFT-7") -> None:
    """Let the payer pay all that was sent last of somebody's claim."""
    claim = await story.claim(claim_id(story, key))
    paid = sum(line.amount_cents for line in claim.lines_of(claim.sendings))
    await story.do(
        DecideClaim(
            claim_id=claim.id,
            outcome=Outcome.PAID,
            paid_cents=paid,
            reason_code=None,
            reference=reference,
            by=story.admin,
        )
    )
    await house.drain()


async def correct_answer(story: Story, key: str, reference: str) -> None:
    """Let the first answer to somebody's claim have had another number."""
    claim = await story.claim(claim_id(story, key))
    answers = [
        LineAnswer(line_id=line.line_id, paid_cents=line.amount_cents) for line in claim.lines_of(1)
    ]
    await story.do(
        CorrectAnswer(
            claim_id=claim.id,
            sending=1,
            answers=answers,
            reference=reference,
            why=AnswerCorrection.KEPT_WRONGLY,
            reason="Two letters were mixed up.",
            by=story.admin,
        )
    )


async def an_hour_more(house: RealHouse, story: Story, key: str, day: int = 7) -> UUID:
    """Let somebody attend another hour of March, and return the meeting."""
    who = story.id(key)
    meeting_id = await story.held(
        {who: HOUR}, name=f"day {day}", start=SIX_PM + timedelta(days=day), evaluated=(who,)
    )
    await house.drain()
    return meeting_id


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
    await take_back(story, "bo")
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


async def test_hours_certified_after_a_run_go_out_in_a_second_one(
    house: RealHouse, story: Story
) -> None:
    first = await prepared(house, story)
    await an_hour_more(house, story, "chidi")
    await an_hour_more(house, story, "ana", 14)
    second = await prepared(house, story)
    assert (second.run_number, second.claims, second.total_cents) == (2, 2, 18000)
    assert verify(second.files) == []
    assert {row["frequency"] for row in rows(second, "claims.csv")} == {"1"}
    third = await prepared(house, story)
    assert (third.run_number, third.files) == (2, second.files)
    assert first.files != second.files
    assert [
        line.starts_at.day for line in (await story.claim(claim_id(story, "ana", 2))).lines
    ] == [16]


async def test_people_who_prepare_at_once_claim_each_hour_once(
    house: RealHouse, story: Story
) -> None:
    days = (7, 14, 21)
    for day in days:
        await an_hour_more(house, story, "ana", day)
    meetings = [story.id("meeting"), *(story.id(f"day {day}") for day in days)]
    certificates = [(await story.certificates(each, "ana"))[0].id for each in meetings]
    periods = [MARCH, (MARCH[0], date(2026, 3, 15)), (date(2026, 3, 8), MARCH[1]), MARCH]
    orders = [
        story.do(
            PrepareClaim(
                payer_id=story.payer,
                member_id=story.ana,
                period_from=first,
                period_to=last,
                certificate_ids=certificates[:many],
            )
        )
        for (first, last), many in zip(periods, (2, 4, 4, 4), strict=True)
    ]
    await asyncio.gather(
        *orders,
        *(exports.prepare(house.house, story.payer, *period) for period in periods),
        return_exceptions=True,
    )
    await exports.prepare(house.house, story.payer, *MARCH)
    lines = [
        line
        for number in range(1, 10)
        if await house.house.store.load(claim_id(story, "ana", number))
        for line in (await story.claim(claim_id(story, "ana", number))).standing_lines()
    ]
    assert sorted(line.meeting_id for line in lines) == sorted(meetings)


async def test_hours_of_a_claim_from_before_claims_were_numbered_are_not_claimed_again(
    house: RealHouse, story: Story
) -> None:
    """Old claims had one id for member and period; what stands on them is still spoken for."""
    await exports.prepare(house.house, story.payer, *MARCH)
    old_id = unnumbered_claim_id_of(story.payer, story.bo, *MARCH)
    line = (await story.claim(claim_id(story, "bo"))).lines[0]
    earlier = Claim.prepare(
        old_id,
        claim_number=claim_number_of(old_id),
        payer_id=story.payer,
        member_id=story.bo,
        period_from=MARCH[0],
        period_to=MARCH[1],
        lines=[replace(line, line_id="OLD-001", certificate_id=None)],
        currency="USD",
        at=house.clock.now(),
    )
    await take_back(story, "bo", asked_again=True)
    work = Work(house.house.store, uuid4())
    work.save(earlier)
    await house.house.store.append(work.append(Cause(uuid4()), b"as it was"))
    await house.drain()
    assert await exports.prepare(house.house, story.payer, *MARCH) == 0
    run = await exports.export(house.house, story.payer, *MARCH)
    assert verify(run.files) == []
    codes = [each.verification_code for each in await story.certificates(story.id("meeting"), "bo")]
    assert verification_code.printed(codes[0]) in run.files["lines.csv"].decode()


# Corrections


async def test_a_correction_goes_out_as_a_void_that_names_the_original(
    house: RealHouse, story: Story
) -> None:
    await prepared(house, story)
    await answered(house, story, "bo", "EFT-77")
    await take_back(story, "bo")
    await house.drain()
    run = await prepared(house, story)
    assert verify(run.files) == []
    (claim,), (line,) = rows(run, "claims.csv"), rows(run, "lines.csv")
    original = await story.claim(claim_id(story, "bo"))
    assert (run.run_number, run.total_cents) == (2, -9000)
    assert (claim["frequency"], claim["original_claim_id"], claim["payer_claim_number"]) == (
        "8",
        original.claim_number,
        "EFT-77",
    )
    assert claim["claim_id"] == line["claim_id"] == original.number_as_sent(2)
    assert line["reverses_line_id"] == original.lines[0].line_id
    assert original.state is ClaimState.SUBMITTED
    async with house.house.views() as view:
        for number in (original.claim_number, original.number_as_sent(2)):
            found = await board.by_number(view, number)
            assert found is not None
            assert (found.claim_id, found.paid_cents) == (original.id, 9000)
        assert await board.by_number(view, "PH-NOWHERE") is None
    head = await house.house.store.head()
    again = await prepared(house, story)
    assert (again.run_number, again.files) == (2, run.files)
    assert await house.house.store.head() == head, "nothing was sent twice"


async def test_a_line_in_anothers_place_goes_out_as_a_replacement(
    house: RealHouse, story: Story
) -> None:
    await prepared(house, story)
    await answered(house, story, "ana")
    await story.correct(story.id("meeting"), story.ana, span(0, 45))
    await house.drain()
    new = (await story.certificates(story.id("meeting"), "ana"))[1]
    await take_back(story, "ana", certificate_id=new.id)
    await house.drain()
    run = await prepared(house, story)
    assert verify(run.files) == []
    (claim,) = rows(run, "claims.csv")
    assert (claim["frequency"], claim["total_cents"]) == ("7", "-4500")
    lines = {row["amount_cents"]: row for row in rows(run, "lines.csv")}
    assert set(lines) == {"-9000", "4500"}
    code = verification_code.printed(new.verification_code)
    assert lines["4500"]["certificate_verify_url"].endswith(code)


async def test_a_correction_of_an_earlier_period_goes_out_with_the_next_run(
    house: RealHouse, story: Story
) -> None:
    await prepared(house, story)
    await answered(house, story, "bo")
    await take_back(story, "bo")
    await story.held(
        {story.ana: HOUR}, name="april", start=SIX_PM + timedelta(days=35), evaluated=(story.ana,)
    )
    await house.drain()
    april = date(2026, 4, 1), date(2026, 4, 30)
    await exports.prepare(house.house, story.payer, *april)
    run = await exports.export(house.house, story.payer, *april)
    assert verify(run.files) == []
    assert sorted(row["frequency"] for row in rows(run, "claims.csv")) == ["1", "8"]


async def test_a_correction_waits_for_the_payers_number(house: RealHouse, story: Story) -> None:
    first = await prepared(house, story)
    await take_back(story, "bo")
    await house.drain()
    assert (await prepared(house, story)).files == first.files
    await answered(house, story, "bo")
    assert (await prepared(house, story)).run_number == 2


async def test_a_correction_reaches_the_payer_though_its_member_was_forgotten(
    house: RealHouse, story: Story
) -> None:
    await prepared(house, story)
    await answered(house, story, "bo")
    await take_back(story, "bo")
    await story.do(ForgetMember(member_id=story.bo, basis=ErasureBasis.OWN_REQUEST, by=story.bo))
    await house.drain()
    run = await prepared(house, story)
    assert verify(run.files) == []
    assert [row["member_id"] for row in rows(run, "claims.csv")] == ["ERASED"]


async def test_an_answer_kept_before_numbers_were_checked_holds_up_nobody(
    house: RealHouse, story: Story
) -> None:
    """Whatever an old answer called itself, its correction goes out."""
    await prepared(house, story)
    await answered(house, story, "bo")
    claim = await story.claim(claim_id(story, "bo"))
    for old, sent in {
        "=Überweisung 5": "berweisung 5",
        "★": "UNKNOWN",
        "x" * 300: "x" * 50,
    }.items():
        claim.answered[1] = replace(claim.answered[1], reference=old)
        assert claim_paper(claim, await story.payer_now()).payer_claim_number == sent


async def test_a_claim_corrected_while_its_run_is_packed_goes_out_as_it_then_is(
    house: RealHouse, story: Story
) -> None:
    await an_hour_more(house, story, "bo")
    await exports.prepare(house.house, story.payer, *MARCH)
    busy = True

    def packing(*papers: Any) -> Any:
        return house.house.package(*papers)

    async def evidence_of(meeting_id: UUID, at: datetime) -> str:
        nonlocal busy
        if busy:
            busy = False
            await take_back(story, "bo")
        return await house.house.evidence_of(meeting_id, at)

    meddling = replace(house.house, package=packing, evidence_of=evidence_of)
    run = await exports.export(meddling, story.payer, *MARCH)
    assert verify(run.files) == []
    assert sorted(row["amount_cents"] for row in rows(run, "lines.csv")) == [
        "-9000",
        "9000",
        "9000",
        "9000",
    ]
    assert (await prepared(house, story)).files == run.files


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


async def test_a_claim_whose_member_was_forgotten_holds_up_nobody_and_is_set_aside(
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
    assert [await exports.set_aside_forgotten(house.house, story.payer) for _ in range(2)] == [1, 0]
    (*_, ended) = await house.house.store.load(forgotten.id)
    assert isinstance(ended, Claim.SetAside)
    assert ended.reason is SetAsideReason.MEMBER_FORGOTTEN
    assert await exports.prepare(house.house, story.payer, *MARCH) == 0


async def test_an_interrupted_run_does_not_hold_up_hours_that_came_after_it_began(
    house: RealHouse, story: Story
) -> None:
    run_id = exports.run_id_of(story.payer, *MARCH)
    await story.do(StartExport(payer_id=story.payer, run_id=run_id))
    await an_hour_more(house, story, "ana", 14)
    run = await prepared(house, story)
    assert (run.run_number, run.claims) == (2, 2)
    assert verify(run.files) == []
    assert (await prepared(house, story)).files == run.files


async def test_a_run_can_be_started_by_hand_only_once_under_an_id(
    house: RealHouse, story: Story
) -> None:
    run_id = uuid4()
    for _ in range(2):
        await house.house.dispatch(
            StartExport(payer_id=story.payer, run_id=run_id), Order(command_id=uuid4())
        )
    assert [each.run_number for each in (await story.payer_now()).exports.values()] == [1]


async def test_an_answer_corrected_after_a_run_changes_none_of_its_bytes(
    house: RealHouse, story: Story
) -> None:
    await prepared(house, story)
    await answered(house, story, "bo")
    await take_back(story, "bo")
    await house.drain()
    sent = await exports.export(house.house, story.payer, *MARCH)
    assert [row["payer_claim_number"] for row in rows(sent, "claims.csv")] == ["EFT-7"]
    await correct_answer(story, "bo", "EFT-9")
    await house.drain()
    told = await runs.tell_run(house.house, story.payer, sent.run_number)
    assert (told.files, told.again) == (sent.files, True)


async def test_an_answer_corrected_while_its_run_is_packed_is_the_one_that_goes_out(
    house: RealHouse, story: Story
) -> None:
    await prepared(house, story)
    await answered(house, story, "bo")
    await take_back(story, "bo")
    await house.drain()
    busy = True

    async def dispatch(command: object, order: Order) -> Any:
        nonlocal busy
        if isinstance(command, FinishExport) and busy:
            busy = False
            await correct_answer(story, "bo", "EFT-9")
        return await house.house.dispatch(command, order)

    stand_ins: Any = {"dispatch": dispatch}
    sent = await exports.export(replace(house.house, **stand_ins), story.payer, *MARCH)
    assert [row["payer_claim_number"] for row in rows(sent, "claims.csv")] == ["EFT-9"]
    assert (await runs.tell_run(house.house, story.payer, sent.run_number)).files == sent.files


async def test_a_run_from_before_its_days_were_kept_is_told_by_its_claims(
    house: RealHouse, story: Story
) -> None:
    sent = await prepared(house, story)
    payer = await story.payer_now()
    (run,) = payer.exports.values()
    assert run.period == MARCH
    payer.exports[run.run_id] = old = replace(run, period=None)
    work = Work(house.house.store, uuid4())
    assert old.claim_ids is not None
    assert await runs.days_of(work, payer, old, old.claim_ids) == MARCH
    elsewhere = replace(old, run_id=uuid4())
    with pytest.raises(RunDaysUnknown):
        await runs.days_of(work, payer, elsewhere, old.claim_ids)
    with pytest.raises(ExportUnknown):
        await runs.tell_run(house.house, story.payer, sent.run_number + 1)
