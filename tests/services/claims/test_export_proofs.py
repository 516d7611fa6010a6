"""Runs ask for what is certified when they go out, whatever happened since it was prepared."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.certificates import verification_code
from domain.certificates.certificate import Certificate, RevocationReason
from domain.claims.claim import Claim
from domain.claims.payers import ExportUnknown, NothingToExport
from domain.claims.rules import ClaimState, SetAsideReason
from infra.database import ConnectKwargs
from infra.payer_files.verify import verify
from services.certificates.issuing import RevokeCertificate
from services.claims import exports
from services.claims.commands import StartExport
from services.claims.proofs import drop_unproved_of
from services.dispatch import Order
from services.house import House
from tests.services.claims.test_exports import (
    HOUR,
    MARCH,
    an_hour_more,
    answered,
    claim_id,
    prepared,
    rows,
    take_back,
)
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
    """Ana and Bo at an hour on 2 March, both covered and asked for, and nothing sent yet."""
    story = house.story(request.node.name)
    await story.begin()
    await story.covered("ana", "bo")
    await story.held({story.ana: HOUR, story.bo: HOUR}, evaluated=(story.ana, story.bo))
    await house.drain()
    await exports.prepare(house.house, story.payer, *MARCH)
    house.clock.move(seconds=60)
    return story


async def corrected(house: RealHouse, story: Story) -> str:
    """Let Ana have been there for 45 minutes; return the code of the certificate that says so."""
    await story.correct(story.id("meeting"), story.ana, span(0, 45))
    await house.drain()
    *_, newest = await story.certificates(story.id("meeting"), "ana")
    return verification_code.printed(newest.verification_code)


async def revoked(story: Story) -> Certificate:
    (certificate,) = await story.certificates(story.id("meeting"), "ana")
    reason = RevocationReason.FRAUD
    await story.do(RevokeCertificate(certificate_id=certificate.id, reason=reason, by=story.admin))
    return certificate


def minutes_by_code(run: exports.Export) -> dict[str, int]:
    return {
        row["certificate_verify_url"].rpartition("/")[2]: int(row["minutes"])
        for row in rows(run, "lines.csv")
    }


async def test_a_meeting_voided_since_is_asked_for_no_more(house: RealHouse, story: Story) -> None:
    await story.void(story.id("meeting"))
    await house.drain()
    with pytest.raises(NothingToExport):
        await prepared(house, story)
    assert (await story.payer_now()).exports == {}
    claim = await story.claim(claim_id(story, "ana"))
    assert (claim.state, claim.unsent_lines()) == (ClaimState.SET_ASIDE, [])


async def test_minutes_corrected_since_go_out_as_they_are_certified(
    house: RealHouse, story: Story
) -> None:
    code = await corrected(house, story)
    run = await prepared(house, story)
    assert verify(run.files) == []
    assert (run.claims, run.total_cents) == (2, 9000 + 4500)
    assert minutes_by_code(run)[code] == 45
    assert sorted(minutes_by_code(run).values()) == [45, 60]


async def test_a_certificate_revoked_since_proves_nothing_to_a_payer(
    house: RealHouse, story: Story
) -> None:
    certificate = await revoked(story)
    await house.drain()
    run = await prepared(house, story)
    assert verify(run.files) == []
    assert (run.claims, run.total_cents) == (1, 9000)
    assert verification_code.printed(certificate.verification_code) not in minutes_by_code(run)


async def test_hours_that_a_run_left_out_are_asked_for_when_claims_are_prepared_again(
    house: RealHouse, story: Story
) -> None:
    code = await corrected(house, story)
    first = await exports.export(house.house, story.payer, *MARCH)
    assert (first.claims, list(minutes_by_code(first).values())) == (1, [60])
    second = await prepared(house, story)
    assert (second.run_number, minutes_by_code(second)) == (2, {code: 45})


async def test_a_claim_that_is_certified_as_it_says_is_left_alone(
    house: RealHouse, story: Story
) -> None:
    head = await house.house.store.head()
    assert await drop_unproved_of(house.house, story.payer) == 0
    assert await house.house.store.head() == head
    await revoked(story)  # the views need not know of it yet
    assert [await drop_unproved_of(house.house, story.payer) for _ in range(2)] == [1, 0]
    events = await house.house.store.load(claim_id(story, "ana"))
    ended = events[-1]
    assert isinstance(ended, Claim.SetAside)
    assert (ended.reason, ended.asked_again) == (SetAsideReason.NOT_CERTIFIED, True)


async def test_what_the_payer_has_is_not_taken_back_by_the_house(
    house: RealHouse, story: Story
) -> None:
    await prepared(house, story)
    await story.void(story.id("meeting"))
    await house.drain()
    assert await drop_unproved_of(house.house, story.payer) == 0
    assert len((await story.claim(claim_id(story, "ana"))).standing_lines()) == 1


async def test_a_correction_leaves_out_what_is_not_certified_any_more(
    house: RealHouse, story: Story
) -> None:
    await prepared(house, story)
    await answered(house, story, "ana")
    await corrected(house, story)
    new = (await story.certificates(story.id("meeting"), "ana"))[-1]
    await take_back(story, "ana", certificate_id=new.id)
    await story.void(story.id("meeting"))
    await house.drain()
    run = await prepared(house, story)
    assert verify(run.files) == []
    assert [row["frequency"] for row in rows(run, "claims.csv")] == ["8"]
    assert [row["amount_cents"] for row in rows(run, "lines.csv")] == ["-9000"]


async def test_a_certificate_revoked_while_its_run_is_packed_does_not_go_out(
    house: RealHouse, story: Story
) -> None:
    busy = True

    async def evidence_of(meeting_id: UUID, at: datetime) -> str:
        nonlocal busy
        if busy:
            busy = False
            await revoked(story)
        return await house.house.evidence_of(meeting_id, at)

    meddling = replace(house.house, evidence_of=evidence_of)
    run = await exports.export(meddling, story.payer, *MARCH)
    assert verify(run.files) == []
    assert (run.run_number, run.claims, run.total_cents) == (1, 1, 9000)
    assert (await story.claim(claim_id(story, "ana"))).state is ClaimState.SET_ASIDE


async def test_an_interrupted_run_is_not_made_of_what_was_certified_after_it_began(
    house: RealHouse, story: Story
) -> None:
    run_id = exports.run_id_of(story.payer, *MARCH)
    await story.do(StartExport(payer_id=story.payer, run_id=run_id))
    house.clock.move(seconds=60)
    code = await corrected(house, story)
    run = await prepared(house, story)
    assert (run.run_number, minutes_by_code(run)[code]) == (2, 45)
    assert (await prepared(house, story)).files == run.files


async def test_a_run_that_was_lost_is_had_again_by_its_number(
    house: RealHouse, story: Story
) -> None:
    lost = await prepared(house, story)
    await an_hour_more(house, story, "ana")
    await revoked(story)
    house.clock.move(seconds=60)
    later = await prepared(house, story)
    head = await house.house.store.head()
    for run in (lost, later):
        told = await exports.tell_again(house.house, story.payer, *MARCH, run.run_number)
        assert told == replace(run, again=True)
    assert later.run_number == 2
    assert await house.house.store.head() == head, "nothing is sent by telling again"


async def test_only_a_run_that_was_sent_for_the_period_is_told_again(
    house: RealHouse, story: Story
) -> None:
    began = exports.run_id_of(story.payer, *FIRST_HALF)
    await story.do(StartExport(payer_id=story.payer, run_id=began))
    await prepared(house, story)
    for period, number in ((MARCH, 1), (MARCH, 3), (FIRST_HALF, 1), (FIRST_HALF, 2)):
        with pytest.raises(ExportUnknown):
            await exports.tell_again(house.house, story.payer, *period, number)


@pytest.mark.parametrize("moment", ["before it is numbered", "while it is packed"])
async def test_a_run_leaves_out_what_a_run_of_another_period_sent_meanwhile(
    house: RealHouse, story: Story, moment: str
) -> None:
    await an_hour_more(house, story, "ana", 21)
    await exports.prepare(house.house, story.payer, *MARCH)  # a claim of its own
    sent: list[exports.Export] = []

    async def other() -> None:
        if not sent:
            sent.append(await exports.export(house.house, story.payer, *MARCH))

    async def dispatch(command: object, order: Order) -> Any:
        if isinstance(command, StartExport) and moment == "before it is numbered":
            await other()
        return await house.house.dispatch(command, order)

    async def evidence_of(meeting_id: UUID, at: datetime) -> str:
        if moment == "while it is packed":
            await other()
        return await house.house.evidence_of(meeting_id, at)

    stand_ins: Any = {"dispatch": dispatch, "evidence_of": evidence_of}
    busy: House = replace(house.house, **stand_ins)
    with pytest.raises(NothingToExport):
        await exports.export(busy, story.payer, date(2026, 2, 1), MARCH[1])
    assert sent[0].claims == 3
    await an_hour_more(house, story, "bo", 22)
    await exports.prepare(house.house, story.payer, *MARCH)
    late = await exports.export(house.house, story.payer, date(2026, 2, 1), MARCH[1])
    assert (late.claims, verify(late.files)) == (1, [])
