"""Commands about stuck things: try again, or say how they were dealt with. Both are recorded.

The decision is an event; what it asks for is an effect, so the worker carries it out under a lease
even if this process stops, and only what then worked is no longer stuck.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.personal import Personal
from domain.ports import Clock
from domain.troubles import Place, Trouble, trouble_id
from services.dispatch import Work
from services.effects import Piece
from services.house import Desk
from services.members.commands import require_administrator

_AGAIN: Final = "try_again"
_SETTLE: Final = "settle_trouble"


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain:
    """Try something stuck again."""

    place: Place
    key: str
    problem: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleTrouble:
    """Say that something stuck was dealt with in another way; it is not tried again."""

    place: Place
    key: str
    problem: str
    reason: str
    by: UUID


async def try_again(cmd: TryAgain, *, work: Work, clock: Clock) -> None:
    """Record the order and ask the worker to carry it out."""
    trouble = await _taken_up(work, cmd.place, cmd.key, cmd.by, clock)
    trouble.try_again(problem=cmd.problem, by=cmd.by, at=clock.now())
    work.save(trouble)
    work.effect(_AGAIN, place=cmd.place.value, key=cmd.key)


async def settle_trouble(cmd: SettleTrouble, *, work: Work, clock: Clock) -> None:
    """Record how it was dealt with, and ask the worker to take it off the list."""
    trouble = await _taken_up(work, cmd.place, cmd.key, cmd.by, clock)
    trouble.settle(
        problem=cmd.problem, reason=Personal(cmd.by, cmd.reason), by=cmd.by, at=clock.now()
    )
    work.save(trouble)
    work.effect(_SETTLE, place=cmd.place.value, key=cmd.key)


def performers(desk: Desk) -> dict[str, Callable[[Piece], Awaitable[None]]]:
    """Return who carries out what administrators decided."""

    async def revive(piece: Piece) -> None:
        await desk.revive(piece.payload["place"], piece.payload["key"])

    async def settle(piece: Piece) -> None:
        await desk.settle(piece.payload["place"], piece.payload["key"])

    return {_AGAIN: revive, _SETTLE: settle}


async def _taken_up(work: Work, place: Place, key: str, by: UUID, clock: Clock) -> Trouble:
    await require_administrator(work, by)
    known = await work.find(Trouble, trouble_id(place, key))
    return known or Trouble.take_up(place, key, at=clock.now())
