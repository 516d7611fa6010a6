"""Judging again what was judged before, because something else than the meeting changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol
from uuid import UUID, uuid5

from domain import intervals as time
from domain.credits.ledger import CreditLedger
from domain.errors import DomainError, Stale
from domain.meetings.meeting import Meeting
from domain.meetings.rules import LONGEST, MeetingState
from domain.members.member import Member
from domain.ports import Clock
from domain.rules.book import RuleBook
from domain.values import Interval
from services.credits.judging import Bench, JudgeMeeting, ledger_id_of
from services.dispatch import Order, Work
from services.effects import Piece
from services.meetings.attendance_facts import enter, local_day

_FIND: Final = "judge_provider_meetings"
_JUDGE: Final = "judge_meeting"
BULK: Final = frozenset({_FIND, _JUDGE})
"""Effects that may come by the thousand: what comes singly does not wait behind them."""


class OrderAll(Protocol):
    """Asks for many effects of one kind, which one effect calls for."""

    async def __call__(self, cause: UUID, kind: str, payloads: Mapping[UUID, Any], /) -> None:
        """Ask for an effect under each id; one that was asked for before is the same effect."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """What judging the meetings of a provider needs.

    Attributes:
        dispatch: takes the judgements.
        meetings_of_provider: those that were held under a provider's programs since a day.
        order_all: asks for an effect per meeting.
        give_up: makes the exception that says trying again is useless.
    """

    dispatch: Callable[[object, Order], Awaitable[object]]
    meetings_of_provider: Callable[[UUID, date], Awaitable[Sequence[UUID]]]
    order_all: OrderAll
    give_up: Callable[[str], Exception]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeMember:
    """Judge the meetings of one member since a day, or all: a licence came or went."""

    member_id: UUID
    from_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeOverlaps:
    """Judge the meetings planned for the same time as an award's: minutes came free."""

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
        """Judge the other meetings; what does not change there records nothing.

        Where a text forgives minutes at the ends, an award uses up time in which the member was
        not there. So it is the announced times that tell which meetings may gain from each other.
        """
        ledger = await work.load(CreditLedger, cmd.ledger_id)
        award = ledger.awards.get(cmd.award_id)
        if award is None:
            return
        meeting = await work.load(Meeting, award.meeting_id)
        near = Interval(meeting.scheduled.from_at - LONGEST, meeting.scheduled.to_at + LONGEST)
        others = [
            await work.load(Meeting, meeting_id)
            for meeting_id, present in sorted(ledger.presence.items())
            if meeting_id != meeting.id and time.common(present, [near])
        ]
        same_time = [each for each in others if time.common([each.scheduled], [meeting.scheduled])]
        await _judge(work, ledger, same_time, rules(), clock)

    return handle


async def find_provider_meetings(cmd: FindProviderMeetings, *, work: Work, clock: Clock) -> None:
    """Ask for the search: which meetings there are is a question to a view, not to a stream."""
    del clock  # nothing is recorded
    work.effect(_FIND, provider_id=str(cmd.provider_id), from_day=cmd.from_day.isoformat())


def performers(bulk: Bulk) -> dict[str, Callable[[Piece], Awaitable[None]]]:
    """Return who finds a provider's meetings, and who judges each.

    Each meeting is a piece of its own: none outlives its lease however many there are, and one
    that is refused stops no other.
    """

    async def find(piece: Piece) -> None:
        (piece_id,) = piece.key
        provider_id, from_day = piece.payload["provider_id"], piece.payload["from_day"]
        meetings = await bulk.meetings_of_provider(UUID(provider_id), date.fromisoformat(from_day))
        each_one = {
            uuid5(piece_id, f"judge:{meeting_id}"): {"meeting_id": str(meeting_id)}
            for meeting_id in meetings
        }
        await bulk.order_all(piece_id, _JUDGE, each_one)

    async def judge(piece: Piece) -> None:
        command = JudgeMeeting(meeting_id=UUID(piece.payload["meeting_id"]))
        try:
            await bulk.dispatch(command, Order(command_id=uuid5(piece.key[0], "judge")))
        except Stale:
            raise  # the next try sees what others have written meanwhile
        except DomainError as refusal:
            raise bulk.give_up(refusal.code) from None

    return {_FIND: find, _JUDGE: judge}


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
