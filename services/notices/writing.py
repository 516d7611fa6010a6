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
from domain.groups.group import PeerGroup
from domain.meetings.meeting import Meeting
from domain.meetings.regrets import RegretShelf, absent
from domain.meetings.rules import MeetingState
from domain.members.member import Member
from domain.notices.notice import Notice, WishShelf
from domain.ports import Clock
from domain.recording import EventStore
from domain.values import Modality, zone_named
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
        zone_of: by which place's clock somebody reads; see :func:`services.days.zone_of`.
        mailer: sends mail.
        clock: tells whether an hour is still to come.
        origin: public address of the house.
    """

    store: EventStore
    addresses: Addresses
    wishes: WishShelf
    regrets: RegretShelf
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
        about = datetime.fromisoformat(piece.payload["starts_at"])
        if not await _fits(post, notice, meeting, work, member_id, about):
            return
        address = await post.addresses.mail_of(member_id)
        if address is None:
            return
        group = await work.load(PeerGroup, meeting.group_id)
        zone = await post.zone_of(member_id)
        subject, text = notice_text(notice, meeting, group.name, zone=zone, origin=post.origin)
        await post.mailer.send(address, subject, text)

    return {KIND: send}


async def _fits(
    post: NoticePost, notice: Notice, meeting: Meeting, work: Work, member_id: UUID, about: datetime
) -> bool:
    """Tell whether a mail says what is so, to somebody whom it concerns and who wishes it."""
    state = MeetingState.CANCELLED if notice is Notice.CALLED_OFF else MeetingState.SCHEDULED
    starts_at = meeting.scheduled.from_at
    is_so = meeting.state is state and about == starts_at > post.clock.now()
    if not is_so or member_id not in meeting.roster:
        return False
    member = await work.find(Member, member_id)
    if member is None or member.forgotten or member.on_leave:
        return False
    if notice is Notice.TOMORROW:
        regrets = await post.regrets.of_meetings([meeting.id])
        if member_id in absent(regrets, meeting.id, starts_at):
            return False
    return (await post.wishes.of_member(member_id)).want(notice)


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
    ends = days.clock(meeting.scheduled.to_at.astimezone(zone_named(zone)))
    lines = [
        _FIRST[notice],
        "",
        f"{days.moment(starts_at, zone, year=True)}, until {ends}",
        f"{group_name}, {_WAYS[meeting.modality]}",
    ]
    if starts_at.astimezone(zone_named(meeting.zone)).utcoffset() != local.utcoffset():
        lines.append(f"By the group's clock: {days.moment(starts_at, meeting.zone, year=True)}")
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
