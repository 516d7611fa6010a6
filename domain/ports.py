"""What the core needs from outside, as Protocols that infra satisfies and fakes imitate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return this moment, aware and in UTC."""
        ...


class Randomness(Protocol):
    """Gives bits that nobody can guess."""

    def token_bytes(self, size: int) -> bytes:
        """Return *size* random bytes."""
        ...


class DoorCodes(Protocol):
    """The rotating code shown in the room, made from a secret that only the server holds."""

    def current(self, meeting_id: UUID, at: datetime) -> str:
        """Return the six digits that the room shows at *at*."""
        ...

    def accepts(self, meeting_id: UUID, code: str, at: datetime) -> bool:
        """Tell whether *code* was shown at *at* or at most two intervals before or after."""
        ...
