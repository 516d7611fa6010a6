"""Messages of meeting tools: received at the door, gathered, read as one report after the meeting.

1. The web's door (``services/web/hooks.py``) checks the signature and fills the inbox.
2. :func:`file_message` files it under the meeting that the tool's room was used for then.
3. Some minutes after the end, :func:`observe_messages` reads all of them and lets the meeting
   observe them; what comes later is read again, with the rest.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID, uuid5

from projections.schedule import queries as schedule
from services.dispatch import Order
from services.effects import Piece
from services.house import House
from services.meetings import ObservePresence

ZOOM: Final = "zoom"
_AFTER_THE_END: Final = timedelta(minutes=15)  # tools send the last messages minutes late
_BUCKET: Final = timedelta(minutes=10)  # later ones are read together, so far apart


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


class Later(Protocol):
    """Asks for an effect at a time."""

    async def __call__(
        self, effect_id: UUID, kind: str, payload: Any, *, due: datetime | None = None
    ) -> None:
        """Ask once; the same id again is the same effect."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What handling messages needs."""

    house: House
    messages: Messages
    later: Later


def file_message(tools: Tools) -> Callable[[Piece], Awaitable[None]]:
    """Return the handler of the inbox's messages from Zoom."""

    async def handle(piece: Piece) -> None:
        room, at = piece.payload["room"], _instant(piece.payload["at_ms"])
        group_id = await tools.messages.group_in(ZOOM, room)
        if group_id is None:
            return  # another room of the same account: not ours to keep
        async with tools.house.views() as connection:
            meeting = await schedule.meeting_around(connection, group_id, at)
        if meeting is None:
            return  # the room was used for something else
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

    return handle


def observe_messages(tools: Tools) -> Callable[[Piece], Awaitable[None]]:
    """Return the performer that reads a meeting's messages as one report."""

    async def perform(piece: Piece) -> None:
        meeting_id = UUID(piece.payload["meeting_id"])
        async with tools.house.views() as connection:
            meeting = await schedule.meeting(connection, meeting_id)
        data = await tools.messages.of_meeting(meeting_id)
        if meeting is None or not data:
            return
        report = await tools.house.reports.read(
            meeting_id,
            data,
            name="messages.jsonl",
            zone="UTC",
            scheduled=(meeting.starts_at, meeting.ends_at),
        )
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

    return perform


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
