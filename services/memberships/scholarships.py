"""Commands about scholarships and the funds that carry them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from domain.errors import NotAllowed
from domain.members.member import Member, MemberForgotten
from domain.memberships.funds import Fund
from domain.memberships.scholarships import (
    Scholarship,
    ScholarshipNotRunning,
    Tier,
    scholarship_id,
)
from domain.ports import Clock
from domain.values import Money
from services.dispatch import Work
from services.members.commands import require_administrator
from services.memberships.letter_writing import WriteLetter, write_letter
from services.memberships.letters import Letter
from services.payments import ordering


class OwnScholarshipOnly(NotAllowed):
    """Everybody speaks for themselves; nobody reviews anybody."""

    code = "scholarship.own_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFund:
    """Begin a scholarship fund."""

    fund_id: UUID
    name: str
    currency: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFund:
    """Take a gift to a fund in, once for each payment."""

    fund_id: UUID
    key: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFromFund:
    """Take a gift out of a fund again because its payment went back, once for each return."""

    fund_id: UUID
    key: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyForScholarship:
    """Say which tier is right for oneself."""

    member_id: UUID
    tier: Tier
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantScholarship:
    """Let a fund carry a part of somebody's dues; asked for by the system, judged by nobody.

    Attributes:
        amount: what the fund carries of a year's dues, from the price list.
        tell: write to them, because they are not looking: the wish had waited.
    """

    member_id: UUID
    percent: Tier
    fund_id: UUID
    amount: Money
    tell: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewScholarship:
    """Say that it is still right, for another year."""

    member_id: UUID
    amount: Money
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EndScholarship:
    """Say that it is not needed any more."""

    member_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TickScholarship:
    """Let time do its part in one scholarship."""

    member_id: UUID


async def open_fund(cmd: OpenFund, *, work: Work, clock: Clock) -> None:
    """Begin a fund; for administrators."""
    await require_administrator(work, cmd.by)
    await work.require_new(cmd.fund_id)
    work.save(Fund.open(cmd.fund_id, name=cmd.name, currency=cmd.currency, at=clock.now()))


async def feed_fund(cmd: FeedFund, *, work: Work, clock: Clock) -> None:
    """Take a gift in."""
    fund = await work.load(Fund, cmd.fund_id)
    fund.feed(cmd.key, cmd.amount, at=clock.now())
    work.save(fund)


async def take_from_fund(cmd: TakeFromFund, *, work: Work, clock: Clock) -> None:
    """Take it out; what is promised already the house has to fill up first."""
    fund = await work.load(Fund, cmd.fund_id)
    fund.give_back(cmd.key, cmd.amount, at=clock.now())
    work.save(fund)


async def apply_for_scholarship(cmd: ApplyForScholarship, *, work: Work, clock: Clock) -> None:
    """Say which tier is right."""
    _require_self(cmd.member_id, cmd.by)
    await work.load(Member, cmd.member_id)
    known = await work.find(Scholarship, scholarship_id(cmd.member_id))
    if known is None:
        known = Scholarship.apply_for(cmd.member_id, tier=cmd.tier, at=clock.now())
    else:
        known.apply_again(tier=cmd.tier, at=clock.now())
    work.save(known)


async def grant_scholarship(cmd: GrantScholarship, *, work: Work, clock: Clock) -> None:
    """Set a year's money aside and let the scholarship run; both, or neither."""
    now = clock.now()
    member = await work.load(Member, cmd.member_id)
    if member.forgotten:
        raise MemberForgotten("This person was forgotten; nothing is set aside for them.")
    scholarship = await work.load(Scholarship, scholarship_id(cmd.member_id))
    await _free_rest(work, scholarship, now)  # of the tier that ran before
    until = scholarship.next_until(now)
    amount = _part(cmd.amount, scholarship.part_to_carry(cmd.percent, at=now))
    scholarship.grant(cmd.percent, until=until, fund_id=cmd.fund_id, at=now)
    await _set_aside(work, cmd.fund_id, scholarship, amount, until, now)
    if cmd.tell:
        letter = WriteLetter(letter=Letter.SCHOLARSHIP_CARRIED, subject_id=cmd.member_id)
        await write_letter(letter, work=work, clock=clock)


async def renew_scholarship(cmd: RenewScholarship, *, work: Work, clock: Clock) -> None:
    """Set another year's money aside and let the scholarship run on; both, or neither."""
    _require_self(cmd.member_id, cmd.by)
    now = clock.now()
    scholarship = await work.load(Scholarship, scholarship_id(cmd.member_id))
    if scholarship.fund_id is None:
        raise ScholarshipNotRunning("No scholarship runs at the moment. Ask for one again.")
    until = scholarship.next_until(now)
    scholarship.renew(until=until, at=now)
    await _set_aside(work, scholarship.fund_id, scholarship, cmd.amount, until, now)


async def end_scholarship(cmd: EndScholarship, *, work: Work, clock: Clock) -> None:
    """End it on its holder's wish."""
    _require_self(cmd.member_id, cmd.by)
    scholarship = await work.load(Scholarship, scholarship_id(cmd.member_id))
    await _free_rest(work, scholarship, clock.now())
    scholarship.end(at=clock.now())
    await _save(work, scholarship)


async def tick_scholarship(cmd: TickScholarship, *, work: Work, clock: Clock) -> None:
    """Let time do its part."""
    scholarship = await work.load(Scholarship, scholarship_id(cmd.member_id))
    scholarship.tick(at=clock.now())
    await _save(work, scholarship)


async def _set_aside(
    work: Work,
    fund_id: UUID,
    scholarship: Scholarship,
    amount: Money,
    until: datetime,
    now: datetime,
) -> None:
    fund = await work.load(Fund, fund_id)
    fund.set_aside(scholarship.id, amount, until=until, at=now)
    work.save(fund)
    await _save(work, scholarship)


async def _free_rest(work: Work, scholarship: Scholarship, now: datetime) -> None:
    """Give the fund back what ends early and is not needed: the whole months to come.

    Of a year that was renewed before its end, and of the next one.
    """
    if scholarship.fund_id is None:
        return
    fund = await work.load(Fund, scholarship.fund_id)
    for until, promised in fund.promised_to(scholarship.id).items():
        rest = _part(promised, scholarship.part_left(until, at=now)) if until > now else None
        if rest is not None and rest.cents:
            fund.free(scholarship.id, rest, until=until, at=now)
    work.save(fund)


def _part(amount: Money, part: Fraction) -> Money:
    """Return a part of an amount; a part of a cent stays where it is."""
    return Money(amount.cents * part.numerator // part.denominator, amount.currency)


async def _save(work: Work, scholarship: Scholarship) -> None:
    """Hand over what was decided, with what it means for the dues of its holder."""
    ordering.order(work, await ordering.of_scholarship(work, scholarship))
    work.save(scholarship)


def _require_self(member_id: UUID, by: UUID) -> None:
    if by != member_id:
        raise OwnScholarshipOnly("Everybody says for themselves what is right for them.")
