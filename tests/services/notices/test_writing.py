"""What mails about hours say, and to whom they say nothing: played in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.access.grants import by_open_house
from domain.access.union import Access, access_of
from domain.notices.notice import Notice, Wishes
from domain.values import Modality
from services.dispatch import Work
from services.groups.commands import LeaveGroup
from services.meetings.commands import CancelMeeting, PostponeMeeting, ScheduleMeeting
from services.notices.ordering import KIND
from services.notices.writing import NoticePost, performers
from tests.support.builders import SIX_PM
from tests.support.house import SmallHouse

ORIGIN = "https://peerhour.example"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Piece:
    """A mail that is due."""

    key: tuple[Any, ...]
    kind: str
    payload: Any
    attempts: int = 0


class NoRegrets:
    """Everybody can come."""

    def __init__(self) -> None:
        self.of_meetings = self.none

    async def none(self, _ids: Any) -> list[Any]:
        return []


@dataclass
class Desk:
    """A house in memory, and who carries its mails out: addresses are ids."""

    house: SmallHouse
    zone: str = "Europe/Berlin"
    shut_out: set[UUID] = field(default_factory=set)
    no_changes: set[UUID] = field(default_factory=set)
    sent: dict[UUID, list[tuple[str, str]]] = field(default_factory=dict)

    async def mail_of(self, subject_id: UUID) -> str | None:
        return str(subject_id)

    async def of_member(self, member_id: UUID) -> Wishes:
        return Wishes(member_id=member_id, changes=member_id not in self.no_changes)

    async def zone_of(self, _member_id: UUID) -> str:
        return self.zone

    async def access(self, _work: Work, member_id: UUID) -> Access:
        return access_of([] if member_id in self.shut_out else [by_open_house()])

    async def send(self, address: str, subject: str, text: str) -> None:
        self.sent.setdefault(UUID(address), []).append((subject, text))

    async def deliver(self, *pieces: Piece) -> dict[UUID, list[tuple[str, str]]]:
        """Carry out what waits, or these; return subject and words by their reader."""
        self.sent = {}
        post = NoticePost(
            store=self.house.store,
            addresses=self,
            wishes=self,  # type: ignore[arg-type]  # asks for no more than what somebody wishes
            regrets=NoRegrets(),  # type: ignore[arg-type]  # as above
            access=self.access,
            zone_of=self.zone_of,
            mailer=self,
            clock=self.house.clock,
            origin=ORIGIN,
        )
        for piece in pieces or self.waiting():
            await performers(post)[KIND](piece)
        return self.sent

    def waiting(self) -> list[Piece]:
        return [
            Piece((each.effect_id,), each.kind, each.payload) for each in self.house.effects(KIND)
        ]

    async def move(self, meeting_id: UUID, to: datetime, *, lasts: timedelta = HOUR) -> None:
        joy = self.house.joy
        await self.house.do(
            PostponeMeeting(meeting_id=meeting_id, by=joy, starts_at=to, ends_at=to + lasts)
        )

    def reminder(self, meeting_id: UUID, to: UUID, *, moved_since: bool) -> Piece:
        payload = {
            "notice": Notice.TOMORROW.value,
            "meeting_id": str(meeting_id),
            "to": str(to),
            "starts_at": SIX_PM.isoformat(),
            "moved_since": moved_since,
        }
        return Piece((uuid4(),), KIND, payload)


@pytest.fixture
async def desk() -> Desk:
    house = SmallHouse()
    await house.begin()
    return Desk(house)


@pytest.fixture
async def planned(desk: Desk) -> UUID:
    return await desk.house.plan()


async def test_who_reads_of_a_move_knows_which_hour_it_was(desk: Desk, planned: UUID) -> None:
    await desk.move(planned, SIX_PM + timedelta(days=2))
    await desk.house.settle()
    sent = await desk.deliver()
    assert set(sent) == {desk.house.ana, desk.house.bo, desk.house.chidi}
    ((subject, text),) = sent[desk.house.ana]
    assert subject == "An hour has moved: now Wednesday 4 March"
    evening = "7:00 PM (Central European Standard Time), until 8:00 PM"
    assert text.split("\n") == [
        "An hour has moved. This is when it is now.",
        "",
        f"Wednesday 4 March 2026, {evening}",
        "Monday lamp, in person",
        f"Until now it was planned for Monday 2 March 2026, {evening}",
        "",
        "The way in; and if you cannot come then, one tap says so:",
        f"{ORIGIN}/meetings/{planned}",
        "",
        "Have fewer of these mails, or none:",
        f"{ORIGIN}/you/mails",
        "",
    ]


async def test_what_moved_twice_before_anybody_was_told_is_told_once(
    desk: Desk, planned: UUID
) -> None:
    for days in (1, 2):
        await desk.move(planned, SIX_PM + timedelta(days=days))
    await desk.house.settle()
    sent = await desk.deliver()
    assert [len(mails) for mails in sent.values()] == [1, 1, 1]
    assert "now Wednesday 4 March" in sent[desk.house.ana][0][0]


async def test_there_and_back_and_there_again_is_told_once_and_so_is_another_length(
    desk: Desk, planned: UUID
) -> None:
    there = SIX_PM + timedelta(days=1)
    for to in (there, SIX_PM, there):
        await desk.move(planned, to)
    await desk.move(planned, there, lasts=2 * HOUR)
    await desk.house.settle()
    sent = await desk.deliver()
    assert [len(mails) for mails in sent.values()] == [1, 1, 1]
    assert "until 9:00 PM" in sent[desk.house.bo][0][1]


async def test_each_move_that_stands_a_while_is_told_also_the_way_back(
    desk: Desk, planned: UUID
) -> None:
    there = SIX_PM + timedelta(days=1)
    seen = 0
    for to, day in ((there, "Tuesday 3"), (SIX_PM, "Monday 2"), (there, "Tuesday 3")):
        await desk.move(planned, to)
        await desk.house.settle()
        waiting = desk.waiting()
        sent = await desk.deliver(*waiting[seen:])
        seen = len(waiting)
        assert [subject for subject, _ in sent[desk.house.ana]] == [
            f"An hour has moved: now {day} March"
        ]


async def test_what_moved_and_is_called_off_is_told_as_called_off_alone(
    desk: Desk, planned: UUID
) -> None:
    await desk.move(planned, SIX_PM + timedelta(days=1))
    await desk.house.do(CancelMeeting(meeting_id=planned, by=desk.house.joy, reason="Flu."))
    await desk.house.settle()
    ((subject, text),) = (await desk.deliver())[desk.house.ana]
    assert subject == "The hour on Tuesday 3 March is called off"
    assert "Until now" not in text
    assert "Flu" not in text


async def test_of_an_hour_whose_time_has_come_nothing_is_ordered(desk: Desk, planned: UUID) -> None:
    await desk.house.do(CancelMeeting(meeting_id=planned, by=desk.house.joy, reason="Flu."))
    desk.house.clock.at = SIX_PM
    await desk.house.settle()
    assert desk.waiting() == []


@pytest.mark.parametrize("called_off", [True, False])
async def test_whoever_left_since_reads_nothing_of_the_group(
    desk: Desk, planned: UUID, *, called_off: bool
) -> None:
    house = desk.house
    if called_off:
        await house.do(CancelMeeting(meeting_id=planned, by=house.joy, reason="Flu."))
    else:
        await desk.move(planned, SIX_PM + timedelta(days=1))
    await house.settle()
    await house.do(LeaveGroup(group_id=house.group, member_id=house.bo))
    assert set(await desk.deliver()) == {house.ana, house.chidi}


async def test_who_would_find_the_door_shut_is_not_told_that_they_are_expected(
    desk: Desk, planned: UUID
) -> None:
    house = desk.house
    desk.shut_out = {house.ana}
    to_ana, to_bo = (
        desk.reminder(planned, each, moved_since=False) for each in (house.ana, house.bo)
    )
    assert set(await desk.deliver(to_ana, to_bo)) == {house.bo}


async def test_a_late_reminder_is_for_those_who_were_not_told_of_the_move(
    desk: Desk, planned: UUID
) -> None:
    house = desk.house
    desk.no_changes = {house.bo}
    late = [desk.reminder(planned, each, moved_since=True) for each in (house.ana, house.bo)]
    assert set(await desk.deliver(*late)) == {house.bo}
    in_time = [replace(each, payload={**each.payload, "moved_since": False}) for each in late]
    assert set(await desk.deliver(*in_time)) == {house.ana, house.bo}


async def test_whoever_lives_by_another_clock_reads_the_groups_as_well(
    desk: Desk, planned: UUID
) -> None:
    ana = desk.house.ana
    piece = desk.reminder(planned, ana, moved_since=False)
    groups = "By the group's clock: Monday 2 March 2026, 7:00 PM (Central European Standard Time)"
    for zone, own, told in (
        ("America/Denver", "11:00 AM (Mountain Standard Time), until 12:00 PM", True),
        ("Asia/Kathmandu", "11:45 PM (UTC+05:45), until 12:45 AM", True),
        ("Europe/Paris", "7:00 PM (Central European Standard Time), until 8:00 PM", False),
    ):
        desk.zone = zone
        ((subject, text),) = (await desk.deliver(piece))[ana]
        assert subject == "Your hour on Monday 2 March"
        assert f"Monday 2 March 2026, {own}\n" in text
        assert (groups in text) is told


@pytest.mark.parametrize(
    ("modality", "told"),
    [
        (Modality.IN_ROOM, "in person"),
        (Modality.LIVE_VIDEO, "by live video"),
        (Modality.PHONE, "by telephone"),
    ],
)
async def test_it_says_how_the_group_meets(desk: Desk, modality: Modality, told: str) -> None:
    house, meeting_id = desk.house, uuid4()
    await house.do(
        ScheduleMeeting(
            meeting_id=meeting_id,
            group_id=house.group,
            title="An evening",
            starts_at=SIX_PM,
            ends_at=SIX_PM + HOUR,
            modality=modality,
            by=house.joy,
        )
    )
    piece = desk.reminder(meeting_id, house.ana, moved_since=False)
    ((_, text),) = (await desk.deliver(piece))[house.ana]
    assert f"\nMonday lamp, {told}\n" in text
