"""What waits for an administrator: approvals that end, hours under none, fallen certificates."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.certificates.certificate import Certificate, CertificateState, RevocationReason
from domain.claims.claim import Claim
from domain.claims.lines import Outcome
from domain.providers import Provider
from domain.values import Interval
from infra.database import ConnectKwargs
from services.attention import Attention, attention
from services.certificates.issuing import RevokeCertificate, SettleCertificate
from services.claims import exports
from services.claims.answers import DecideClaim, TakeBackLine
from services.claims.commands import claim_id_of
from services.credits.judging import ledger_id_of
from services.members.commands import CorrectName
from services.providers import RecordApproval
from tests.support.builders import SIX_PM
from tests.support.house import RealHouse, open_real_house
from tests.support.story import Story

MARCH = date(2026, 3, 1), date(2026, 3, 31)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path_factory.mktemp("house")) as opened:
        yield opened


async def begun(house: RealHouse, request: pytest.FixtureRequest, **approval: object) -> Story:
    """A story of the test's own, whose provider has one approval for meetings in the room."""
    story = house.story(request.node.name)
    story.clock.at = SIX_PM - timedelta(days=30)
    await story.people()
    await story.psychologist("ana")
    await story.offer(**approval)
    await story.peer_group()
    return story


async def waits(house: RealHouse, story: Story) -> Attention:
    """Return what waits, of the story alone."""
    await house.drain()
    told = await attention(house.house)
    claims = {claim_id_of(story.payer, story.ana, number) for number in (1, 2)}
    return replace(
        told,
        credit=[each for each in told.credit if each.newest.group_id == story.group],
        approvals=[each for each in told.approvals if each.provider.provider_id == story.provider],
        unapproved=[
            each for each in told.unapproved if each.provider.provider_id == story.provider
        ],
        claims=[each for each in told.claims if each.claim_id in claims],
    )


async def sent(house: RealHouse, request: pytest.FixtureRequest) -> tuple[Story, Claim]:
    """A claim for an hour of Ana's that the payer has."""
    story = await begun(house, request)
    await story.covered("ana")
    await story.held({story.ana: (0, 60)}, evaluated=[story.ana])
    await house.drain()
    await exports.prepare(house.house, story.payer, *MARCH)
    await exports.export(house.house, story.payer, *MARCH)
    return story, await story.claim(claim_id_of(story.payer, story.ana, 1))


async def revoke(story: Story) -> None:
    (paper,) = await story.certificates(story.id("meeting"), "ana")
    await story.do(
        RevokeCertificate(
            certificate_id=paper.id, reason=RevocationReason.ISSUED_IN_ERROR, by=story.admin
        )
    )


async def test_on_a_good_day_nothing_waits(
    house: RealHouse, request: pytest.FixtureRequest
) -> None:
    story = await begun(house, request)
    await story.held({story.ana: (0, 60)}, evaluated=[story.ana])
    await story.plan("next", start=SIX_PM + timedelta(days=7))
    told = await waits(house, story)
    assert (told.credit, told.approvals, told.unapproved, told.claims) == ([], [], [], [])


@pytest.mark.parametrize(("days", "planned"), [(60, [0]), (61, [])])
async def test_an_approval_is_told_of_sixty_days_before_it_ends(
    house: RealHouse, request: pytest.FixtureRequest, days: int, planned: list[int]
) -> None:
    story = await begun(house, request, valid_until=SIX_PM.date() + timedelta(days=days))
    story.clock.at = SIX_PM
    found = (await waits(house, story)).approvals
    assert [each.planned for each in found] == planned
    assert not any(each.ended for each in found)


async def test_an_approval_that_goes_on_is_not_told_of(
    house: RealHouse, request: pytest.FixtureRequest
) -> None:
    last = SIX_PM.date() + timedelta(days=10)
    story = await begun(house, request, valid_until=last)
    approval = await story_approval(story, valid_from=last + timedelta(days=1))
    story.clock.at = SIX_PM
    assert len((await waits(house, story)).approvals) == 1
    await story.do(approval)
    assert (await waits(house, story)).approvals == []


async def test_meetings_planned_after_the_end_are_counted_until_the_approval_is_renewed(
    house: RealHouse, request: pytest.FixtureRequest
) -> None:
    last = SIX_PM.date() + timedelta(days=3)
    story = await begun(house, request, valid_until=last)
    for number, days in enumerate((2, 9, 16)):
        await story.plan(f"meeting {number}", start=SIX_PM + timedelta(days=days))
    story.clock.at = SIX_PM
    before = await waits(house, story)
    assert [(each.ended, each.planned) for each in before.approvals] == [(False, 2)]
    story.clock.at = SIX_PM + timedelta(days=5)
    after = await waits(house, story)
    assert [(each.ended, each.planned) for each in after.approvals] == [(True, 2)]
    (bare,) = after.unapproved
    assert (bare.held, bare.planned, bare.first) == (0, 2, SIX_PM.date() + timedelta(days=9))
    await story.do(await story_approval(story, valid_from=last + timedelta(days=1)))
    told = await waits(house, story)
    assert (told.approvals, told.unapproved) == ([], [])


async def test_credit_that_an_approval_would_free_is_told_of_and_gone_once_there_is_one(
    house: RealHouse, request: pytest.FixtureRequest
) -> None:
    story = await begun(house, request, valid_until=SIX_PM.date() - timedelta(days=1))
    await story.held({story.ana: (0, 60)}, evaluated=[story.ana])
    told = await waits(house, story)
    (held,) = told.credit
    assert (held.newest.meeting_id, held.meetings) == (story.id("meeting"), 1)
    assert held.provider is not None
    assert held.provider.provider_id == story.provider
    assert [(each.held, each.planned) for each in told.unapproved] == [(1, 0)]
    await story.do(await story_approval(story, valid_from=SIX_PM.date()))
    told = await waits(house, story)
    assert (told.credit, told.unapproved) == ([], [])


async def test_a_claim_whose_certificate_fell_waits_until_the_payer_was_told(
    house: RealHouse, request: pytest.FixtureRequest
) -> None:
    story, claim = await sent(house, request)
    assert (await waits(house, story)).claims == []
    await revoke(story)
    (row,) = (await waits(house, story)).claims
    assert (row.claim_id, row.standing, row.taken_back) == (claim.id, 1, 0)
    line = claim.lines[0].line_id
    await story.do(TakeBackLine(claim_id=claim.id, line_id=line, reason="It fell.", by=story.admin))
    (row,) = (await waits(house, story)).claims
    assert (row.standing, row.taken_back, row.awaits_answer) == (0, 1, True)
    await story.do(
        DecideClaim(
            claim_id=claim.id,
            outcome=Outcome.PAID,
            paid_cents=sum(each.amount_cents for each in claim.lines),
            reason_code=None,
            reference="EFT-7",
            by=story.admin,
        )
    )
    (row,) = (await waits(house, story)).claims
    assert not row.awaits_answer
    await exports.export(house.house, story.payer, *MARCH)
    assert (await waits(house, story)).claims == []


async def test_a_claim_waits_whose_certificate_says_fewer_minutes_in_its_new_copy(
    house: RealHouse, request: pytest.FixtureRequest
) -> None:
    story, claim = await sent(house, request)
    start = claim.lines[0].starts_at
    await story.correct(story.id("meeting"), story.ana, Interval(start, start + MINUTE * 52))
    (row,) = (await waits(house, story)).claims
    assert (row.claim_id, row.standing) == (claim.id, 1)
    fell, stands = await story.certificates(story.id("meeting"), "ana")
    assert (fell.state, stands.stands) == (CertificateState.SUPERSEDED, True)


async def test_a_claim_whose_certificate_only_got_another_name_does_not_wait(
    house: RealHouse, request: pytest.FixtureRequest
) -> None:
    story, _ = await sent(house, request)
    await story.do(
        CorrectName(
            member_id=story.ana, name_on_papers="Ana Other", reason="Married.", by=story.ana
        )
    )
    (paper,) = await story.certificates(story.id("meeting"), "ana")
    await story.do(
        SettleCertificate(ledger_id=ledger_id_of(story.ana), award_id=paper.award_id)
    )  # as whenever the award is looked at again
    assert (await story.known(Certificate, paper.id)).state is CertificateState.SUPERSEDED
    assert (await waits(house, story)).claims == []


async def story_approval(story: Story, *, valid_from: date) -> RecordApproval:
    """Return the order that renews the provider's approval."""
    known = (await story.known(Provider, story.provider)).approvals[story.id("approval")]
    return RecordApproval(
        provider_id=story.provider,
        approval_id=story.id("renewed"),
        body=known.body,
        number=known.number,
        statement=known.statement,
        responsibility_statement=known.responsibility_statement,
        valid_from=valid_from,
        valid_until=None,
        modalities=known.modalities,
    )
