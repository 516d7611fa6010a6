"""Judging again what was judged before, because something else than the meeting changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.credits import CreditLedger
from domain.meeting_rules import MeetingState
from domain.meetings import Meeting
from domain.members import Member
from domain.ports import Clock
from domain.rules.book import RuleBook
from services.attendance_facts import enter, local_day
from services.credits import Bench, ledger_id_of
from services.dispatch import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeMember:
    """Judge the meetings of one member since a day, or all: a licence came or went."""

    member_id: UUID
    from_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeOverlaps:
    """Judge the meetings that took place at the same time as an award's: minutes came free."""

    ledger_id: UUID
    award_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FindProviderMeetings:
    """Find the meetings of a provider's programs since a day, and have them judged."""

    provider_id: UUID
    from_day: date


def judge_member(rules: Callable[[], RuleBook]) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`JudgeMember`."""

    async def handle(cmd: JudgeMember, *, work: Work, clock: Clock) -> None:
        """Judge what the member's ledger knows of; nothing else has a presence of theirs."""
        ledger = await work.find(CreditLedger, ledger_id_of(cmd.member_id))
        if ledger is None:
            return
        meetings = [await work.load(Meeting, each) for each in ledger.presence]
        since = [
            each for each in meetings if cmd.from_day is None or local_day(each) >= cmd.from_day
        ]
        await _judge(work, ledger, since, rules(), clock)

    return handle


def judge_overlaps(rules: Callable[[], RuleBook]) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`JudgeOverlaps`."""

    async def handle(cmd: JudgeOverlaps, *, work: Work, clock: Clock) -> None:
        """Judge the other meetings; what does not change there records nothing."""
        ledger = await work.load(CreditLedger, cmd.ledger_id)
        award = ledger.awards.get(cmd.award_id)
        if award is None:
            return
        others = {
            other
            for pair in ledger.overlaps
            if award.meeting_id in pair
            for other in pair - {award.meeting_id}
        }
        meetings = [await work.load(Meeting, each) for each in sorted(others)]
        await _judge(work, ledger, meetings, rules(), clock)

    return handle


async def find_provider_meetings(cmd: FindProviderMeetings, *, work: Work, clock: Clock) -> None:
    """Ask for the search: which meetings there are is a question to a view, not to a stream."""
    del clock  # nothing is recorded
    work.effect(
        "judge_provider_meetings",
        provider_id=str(cmd.provider_id),
        from_day=cmd.from_day.isoformat(),
    )


async def _judge(
    work: Work, ledger: CreditLedger, meetings: list[Meeting], rules: RuleBook, clock: Clock
) -> None:
    member = await work.find(Member, ledger.member_id)
    if member is None or member.forgotten:
        return
    for meeting in sorted(meetings, key=lambda each: (each.scheduled, each.id)):
        if meeting.state is MeetingState.CLOSED:
            room = await enter(work, meeting)
            Bench(room, member, ledger, rules, clock).judge()
    work.save(ledger)
