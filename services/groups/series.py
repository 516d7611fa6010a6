"""Commands about series: which meetings belong together, and when their syllabus was handed out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.errors import NotFound
from domain.groups.group import PeerGroup
from domain.meetings.meeting import Meeting
from domain.ports import Clock
from domain.rules.book import RuleBook
from services.credits.judging import JudgeMeeting, judge_meeting
from services.dispatch import Work
from services.members.commands import is_administrator


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSeries:
    """Announce meetings of a group that belong together."""

    series_id: UUID
    group_id: UUID
    title: str
    parts: int
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacePart:
    """Say which part of a series a meeting is."""

    group_id: UUID
    series_id: UUID
    part: int
    meeting_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearPart:
    """Take a meeting out of its series."""

    group_id: UUID
    meeting_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOutSyllabus:
    """Say on which day everybody got the dates and topics of a series."""

    group_id: UUID
    series_id: UUID
    day: date
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeOtherParts:
    """Judge the other parts of a meeting's series: who attended this one may have changed."""

    meeting_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeSeries:
    """Judge every part of a series, and a meeting that was one until now."""

    group_id: UUID
    series_id: UUID
    meeting_id: UUID | None = None


async def plan_series(cmd: PlanSeries, *, work: Work, clock: Clock) -> None:
    """Announce a series."""
    group = await work.load(PeerGroup, cmd.group_id)
    group.plan_series(
        cmd.series_id,
        title=cmd.title,
        parts=cmd.parts,
        by=cmd.by,
        administrator=await is_administrator(work, cmd.by),
        at=clock.now(),
    )
    work.save(group)


async def place_part(cmd: PlacePart, *, work: Work, clock: Clock) -> None:
    """Place a meeting of the group in a series of the group."""
    group = await work.load(PeerGroup, cmd.group_id)
    meeting = await work.load(Meeting, cmd.meeting_id)
    if meeting.group_id != cmd.group_id:
        raise NotFound("There is no such meeting of this group.", id=cmd.meeting_id)
    group.place_part(
        cmd.series_id,
        cmd.part,
        cmd.meeting_id,
        by=cmd.by,
        administrator=await is_administrator(work, cmd.by),
        at=clock.now(),
    )
    work.save(group)


async def clear_part(cmd: ClearPart, *, work: Work, clock: Clock) -> None:
    """Take a meeting out of its series."""
    group = await work.load(PeerGroup, cmd.group_id)
    group.clear_part(
        cmd.meeting_id,
        by=cmd.by,
        administrator=await is_administrator(work, cmd.by),
        at=clock.now(),
    )
    work.save(group)


async def hand_out_syllabus(cmd: HandOutSyllabus, *, work: Work, clock: Clock) -> None:
    """Keep the day; it is one of the place where the group meets."""
    group = await work.load(PeerGroup, cmd.group_id)
    group.hand_out_syllabus(
        cmd.series_id,
        cmd.day,
        today=clock.now().astimezone(ZoneInfo(group.zone)).date(),
        by=cmd.by,
        administrator=await is_administrator(work, cmd.by),
        at=clock.now(),
    )
    work.save(group)


def judge_other_parts(rules: Callable[[], RuleBook]) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`JudgeOtherParts`."""
    judge = judge_meeting(rules)

    async def handle(cmd: JudgeOtherParts, *, work: Work, clock: Clock) -> None:
        """Judge the others; a meeting that is no part of a series has none."""
        meeting = await work.load(Meeting, cmd.meeting_id)
        group = await work.load(PeerGroup, meeting.group_id)
        series = group.series_of(cmd.meeting_id)
        others = {} if series is None else series.meetings
        for each in sorted(set(others.values()) - {cmd.meeting_id}):
            await judge(JudgeMeeting(meeting_id=each), work=work, clock=clock)

    return handle


def judge_series(rules: Callable[[], RuleBook]) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`JudgeSeries`."""
    judge = judge_meeting(rules)

    async def handle(cmd: JudgeSeries, *, work: Work, clock: Clock) -> None:
        """Judge every part that took place; one still to come waits for its close."""
        group = await work.load(PeerGroup, cmd.group_id)
        parts = set(group.series[cmd.series_id].meetings.values())
        if cmd.meeting_id is not None:
            parts.add(cmd.meeting_id)
        for each in sorted(parts):
            await judge(JudgeMeeting(meeting_id=each), work=work, clock=clock)

    return handle
