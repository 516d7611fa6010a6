"""Messages of meeting tools: received at the door, gathered, read as one report after the meeting.

1. The web's door (``services/web/hooks.py``) checks the signature and fills the inbox.
2. :func:`file_message` files it under the meeting that the tool's room was used for then. It waits
   for the schedule to show everything that stood when the message came; only then does a message
   belong to no meeting. That it came, and why it was set aside, is shown to administrators.
3. Some minutes after the end, :func:`observe_messages` reads all of them and lets the meeting
   observe them; what comes later is read again, with the rest. What the messages leave open is kept
   for whoever leads the meeting.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID, uuid5

from domain.meetings.rules import MeetingCancelled, MeetingVoided
from domain.recording import Outcome
from projections.schedule import project as schedule_view
from projections.schedule import queries as schedule
from services.dispatch import Order
from services.effects import Piece
from services.house import House
from services.meetings.commands import ObservePresence

ZOOM: Final = "zoom"
_AFTER_THE_END: Final = timedelta(minutes=15)  # tools send the last messages minutes late
_BUCKET: Final = timedelta(minutes=10)  # later ones are read together, so far apart
# Zoom sends a message that was not answered again after 5, then 20, then 60 minutes (Zoom,
# "Resolving webhook delays"), and the door refuses signatures older than 5: a week is ample.
REPEATS: Final = {ZOOM: timedelta(days=7)}
NO_GROUP: Final = "no_group"
NO_MEETING: Final = "no_meeting"


class Messages(Protocol):
    """Keeps rooms and messages."""

    async def group_in(self, source: str, room: str) -> UUID | None:
        """Return the group that meets in a room."""
        ...

    async def keep(
        self, source: str, message_id: str, meeting_id: UUID, body: str, at: datetime
    ) -> None:
        """Keep a message once."""
        ...

    async def of_meeting(self, meeting_id: UUID) -> bytes:
        """Return a meeting's messages as JSON lines."""
        ...

    async def leave_open(self, meeting_id: UUID, source: str, questions: Sequence[str]) -> None:
        """Keep what the messages leave open, in place of what they left open before."""
        ...


class Later(Protocol):
    """Asks for an effect at a time."""

    async def __call__(
        self, effect_id: UUID, kind: str, payload: Any, *, due: datetime | None = None
    ) -> None:
        """Ask once; the same id again is the same effect."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What handling messages needs.

    Attributes:
        house: the house.
        messages: keeps them.
        later: asks for their reading.
        not_yet: makes the exception that says that a view has to catch up first.
    """

    house: House
    messages: Messages
    later: Later
    not_yet: Callable[[str], Exception]


def file_message(tools: Tools) -> Callable[[Piece], Awaitable[str | None]]:
    """Return the handler of the inbox's messages from Zoom."""

    async def handle(piece: Piece) -> str | None:
        room, at = piece.payload["room"], _instant(piece.payload["at_ms"])
        group_id = await tools.messages.group_in(ZOOM, room)
        if group_id is None:
            return NO_GROUP  # another room of the same account: not ours to keep
        await _wait_for_schedule(tools, piece.payload.get("position"))
        async with tools.house.views() as connection:
            meeting = await schedule.meeting_around(connection, group_id, at)
        if meeting is None:
            return NO_MEETING  # the room was used for something else
        now = tools.house.clock.now()
        message_id = piece.key[1]
        await tools.messages.keep(ZOOM, message_id, meeting.meeting_id, piece.payload["body"], now)
        due = max(meeting.ends_at + _AFTER_THE_END, now)
        bucket = int(due.timestamp()) // int(_BUCKET.total_seconds()) + 1
        await tools.later(
            uuid5(meeting.meeting_id, f"observe:{bucket}"),
            "observe_messages",
            {"meeting_id": str(meeting.meeting_id)},
            due=datetime.fromtimestamp(bucket * _BUCKET.total_seconds(), UTC),
        )
        return None

    return handle


def observe_messages(tools: Tools) -> Callable[[Piece], Awaitable[str | None]]:
    """Return the performer that reads a meeting's messages as one report."""

    async def perform(piece: Piece) -> str | None:
        meeting_id = UUID(piece.payload["meeting_id"])
        data = await tools.messages.of_meeting(meeting_id)
        if not data:
            return "no_messages"  # they fade after some days
        async with tools.house.views() as connection:
            meeting = await schedule.meeting(connection, meeting_id)
        if meeting is None:
            raise tools.not_yet("schedule")
        report = await tools.house.reports.read(
            meeting_id,
            data,
            name="messages.jsonl",
            zone="UTC",
            scheduled=(meeting.starts_at, meeting.ends_at),
        )
        try:
            await tools.house.dispatch(
                ObservePresence(
                    meeting_id=meeting_id,
                    source=report.source,
                    digest=report.digest,
                    people=list(report.people),
                    by=None,
                ),
                Order(command_id=uuid5(meeting_id, f"observe:{report.digest}")),
            )
        except (MeetingVoided, MeetingCancelled) as refusal:
            return refusal.code  # it counts for nothing, whoever was there
        await tools.messages.leave_open(meeting_id, report.source.value, report.questions)
        return None

    return perform


async def _wait_for_schedule(tools: Tools, position: int | None) -> None:
    """Wait until the schedule shows all that stood when a message came.

    Args:
        tools: what handling messages needs.
        position: of the log when it came; messages from before this was noted wait for its end.
    """
    if position is None:
        position = await tools.house.store.head()
    if not await tools.house.shown(Outcome(position), [schedule_view.NAME]):
        raise tools.not_yet("schedule")


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
