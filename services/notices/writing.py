"""Writing mails about hours: every word of them, and whether one still fits when it goes.

They name the group and the time, and no person. The subject names the day alone: others may see it
on a screen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol
from uuid import UUID

from domain import days
from domain.access.table import Action
from domain.groups.group import PeerGroup
from domain.meetings.meeting import Meeting
from domain.meetings.regrets import RegretShelf, absent
from domain.meetings.rules import MeetingState
from domain.members.member import Member
from domain.notices.notice import Notice, WishShelf
from domain.ports import Clock
from domain.recording import EventStore
from domain.values import Interval, Modality, zone_named
from services.access.reading import AccessTo
from services.dispatch import Work
from services.effects import Mailer, Piece
from services.meetings.commands import meeting_now
from services.notices.ordering import KIND

_SUBJECT: Final = MappingProxyType(
    {
        Notice.TOMORROW: "Your hour on {day}",
        Notice.MOVED: "An hour has moved: now {day}",
        Notice.CALLED_OFF: "The hour on {day} is called off",
    }
)
_FIRST: Final = MappingProxyType(
    {
        Notice.TOMORROW: "There is an hour, and you are expected.",
        Notice.MOVED: "An hour has moved. This is when it is now.",
        Notice.CALLED_OFF: "This hour does not take place.",
    }
)
_LINK: Final = MappingProxyType(
    {
        Notice.TOMORROW: "The way in; and if you cannot come, one tap says so:",
        Notice.MOVED: "The way in; and if you cannot come then, one tap says so:",
        Notice.CALLED_OFF: "Why, as far as it was said:",
    }
)
_WAYS: Final = MappingProxyType(
    {
        Modality.IN_ROOM: "in person",
        Modality.LIVE_VIDEO: "by live video",
        Modality.PHONE: "by telephone",
    }
)


class Addresses(Protocol):
    """Knows where people read."""

    async def mail_of(self, subject_id: UUID) -> str | None:
        """Return a person's address of today, if there is one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePost:
    """What sending takes.

    Attributes:
        store: tells whether a mail still fits.
        addresses: where they go.
        wishes: who wishes which.
        regrets: who cannot come anyway.
        access: who would find the door shut.
        zone_of: by which place's clock somebody reads; see :func:`services.days.zone_of`.
        mailer: sends mail.
        clock: tells whether an hour is still to come.
        origin: public address of the house.
    """

    store: EventStore
    addresses: Addresses
    wishes: WishShelf
    regrets: RegretShelf
    access: AccessTo
    zone_of: Callable[[UUID], Awaitable[str]]
    mailer: Mailer
    clock: Clock
    origin: str


def performers(post: NoticePost) -> dict[str, Callable[[Piece], Awaitable[None]]]:
    """Return who sends them."""

    async def send(piece: Piece) -> None:
        notice, member_id = Notice(piece.payload["notice"]), UUID(piece.payload["to"])
        work = Work(post.store, piece.key[0])
        meeting = await meeting_now(work, UUID(piece.payload["meeting_id"]), post.clock)
        group = await work.load(PeerGroup, meeting.group_id)
        if (
            not _is_so(notice, meeting, piece, post.clock.now())
            or member_id not in meeting.roster
            or member_id not in group.members()
            or not await _may_come(post, work, member_id)
            or not await _wishes(post, notice, piece, meeting, member_id)
        ):
            return
        address = await post.addresses.mail_of(member_id)
        if address is None:
            return
        zone = await post.zone_of(member_id)
        subject, text = notice_text(notice, meeting, group.name, zone=zone, origin=post.origin)
        await post.mailer.send(address, subject, text)

    return {KIND: send}


def _is_so(notice: Notice, meeting: Meeting, piece: Piece, now: datetime) -> bool:
    """Tell whether a mail says what is so: the hour stands as it did, and is still to come."""
    starts_at = meeting.scheduled.from_at
    if datetime.fromisoformat(piece.payload["starts_at"]) != starts_at or starts_at <= now:
        return False
    if notice is Notice.CALLED_OFF:
        return meeting.state is MeetingState.CANCELLED
    if notice is Notice.MOVED and (
        meeting.moved is None or meeting.moved.version != piece.payload["version"]
    ):
        return False  # it moved again, perhaps back and forth: that is told by itself
    return meeting.state is MeetingState.SCHEDULED


async def _may_come(post: NoticePost, work: Work, member_id: UUID) -> bool:
    """Tell whether somebody is there at present, and would be let in."""
    member = await work.find(Member, member_id)
    if member is None or member.forgotten or member.on_leave:
        return False
    access = await post.access(work, member_id)
    return access.may(Action.ATTEND_OWN_GROUPS, post.clock.now()).allows


async def _wishes(
    post: NoticePost, notice: Notice, piece: Piece, meeting: Meeting, member_id: UUID
) -> bool:
    """Tell whether somebody wishes this mail, and does not know already."""
    wishes = await post.wishes.of_member(member_id)
    if notice is Notice.TOMORROW:
        regrets = await post.regrets.of_meetings([meeting.id])
        if member_id in absent(regrets, meeting.id, meeting.scheduled.from_at):
            return False
        if piece.payload["moved_since"] and wishes.want(Notice.MOVED):
            return False  # they read its new time since the evening before
    return wishes.want(notice)


def notice_text(
    notice: Notice, meeting: Meeting, group_name: str, *, zone: str, origin: str
) -> tuple[str, str]:
    """Return subject and words of a mail.

    Args:
        notice: what it tells.
        meeting: about which hour.
        group_name: whose hour it is.
        zone: by whose clock its reader lives.
        origin: public address of the house.
    """
    starts_at = meeting.scheduled.from_at
    local = starts_at.astimezone(zone_named(zone))
    lines = [
        _FIRST[notice],
        "",
        _span(meeting.scheduled, zone),
        f"{group_name}, {_WAYS[meeting.modality]}",
    ]
    if starts_at.astimezone(zone_named(meeting.zone)).utcoffset() != local.utcoffset():
        lines.append(f"By the group's clock: {days.moment(starts_at, meeting.zone, year=True)}")
    if notice is Notice.MOVED and meeting.moved is not None:
        lines.append(f"Until now it was planned for {_span(meeting.moved.before, zone)}")
    lines += [
        "",
        _LINK[notice],
        f"{origin}/meetings/{meeting.id}",
        "",
        "Have fewer of these mails, or none:",
        f"{origin}/you/mails",
        "",
    ]
    return _SUBJECT[notice].format(day=days.day(local.date(), year=False)), "\n".join(lines)


def _span(hour: Interval, zone: str) -> str:
    ends = days.clock(hour.to_at.astimezone(zone_named(zone)))
    return f"{days.moment(hour.from_at, zone, year=True)}, until {ends}"
