"""Whoever leaves a group, or is removed, takes their words along, and what was for them alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.corridor.rules import parted
from domain.corridor.word import Gone, WordShelf
from domain.groups.group import PeerGroup
from domain.ports import Clock
from domain.recording import EventStore
from services.dispatch import Work
from services.effects import Piece

_TAKE_BACK: Final = "take_words_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeWordsBack:
    """Take the words between a group and somebody who left it away."""

    group_id: UUID
    member_id: UUID


async def take_words_back(cmd: TakeWordsBack, *, work: Work, clock: Clock) -> None:
    """Ask for it: words lie outside the record."""
    del clock  # nothing is recorded
    work.effect(_TAKE_BACK, group_id=str(cmd.group_id), member_id=str(cmd.member_id))


def performers(
    store: EventStore, shelf: WordShelf
) -> dict[str, Callable[[Piece], Awaitable[None]]]:
    """Return who takes words away once somebody they were between has left."""

    async def take_back(piece: Piece) -> None:
        group_id, member_id = UUID(piece.payload["group_id"]), UUID(piece.payload["member_id"])
        # The words first, the group after them: of somebody who is back by then, and writes, only
        # what is older than their return is among these.
        words = await shelf.of_member(group_id, member_id)
        group = await Work(store, piece.key[0]).load(PeerGroup, group_id)
        for word in words:
            if parted(word, group):
                await shelf.take_away(word, Gone.TAKEN_BACK)

    return {_TAKE_BACK: take_back}
