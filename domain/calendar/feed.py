"""Calendar feeds: an address of one's own, at which a calendar program reads one's hours.

Whoever holds the address can read it, as such programs cannot sign in. So members make it
themselves, it names no person, can say no more than "busy", and is replaced whenever they wish.
None of this is a fact of the record: it lies beside the log, and is gone with its person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Shows(StrEnum):
    """What a member's calendar may say of an hour."""

    GROUP = "group"
    PEER_GROUP = "peer_group"
    BUSY = "busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A member's feed.

    Attributes:
        feed_id: stands in the address; a new address has a new one.
        member_id: whose hours they are.
        shows: what it may say.
        made_at: since when the address is good, aware UTC.
        read_at: when a calendar asked last, to the hour; ``None`` before the first time.
    """

    feed_id: UUID
    member_id: UUID
    shows: Shows
    made_at: datetime
    read_at: datetime | None = None


class FeedShelf(Protocol):
    """Keeps feeds; a member has one or none."""

    async def begin(self, feed: Feed) -> None:
        """Keep a member's first feed; where there is one, only what it shows is taken over."""
        ...

    async def replace(self, member_id: UUID, feed_id: UUID, *, at: datetime) -> None:
        """Give a member's feed another id: its old address is good no more."""
        ...

    async def of_member(self, member_id: UUID) -> Feed | None:
        """Return a member's feed."""
        ...

    async def find(self, feed_id: UUID) -> Feed | None:
        """Return the feed with this id, unless another took its place."""
        ...

    async def note_reading(self, feed_id: UUID, *, at: datetime) -> None:
        """Keep that a calendar asked, once an hour at most."""
        ...

    async def forget(self, subject_id: UUID) -> None:
        """Delete a member's feed: its address is good no more."""
        ...
