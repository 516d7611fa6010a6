"""Troubles: things that got stuck, and what an administrator decided about them.

What is stuck is known by the queues and readers of this installation; a trouble records only who
decided what, so that nobody has to guess later why an effect was tried again or given up.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from typing_extensions import override

from domain.base import AggregateCreated, Root
from domain.errors import DomainError
from domain.fields import require_lines, require_personal
from domain.personal import Personal

_TROUBLES: Final = UUID("0b7d0a5c-3c6e-5f5f-8a43-5f0f86a1f0d2")


class Place(StrEnum):
    """Where something can be stuck."""

    INBOX = "inbox"
    OUTBOX = "outbox"
    READER = "reader"


class NotStuck(DomainError):
    """Only what is stuck is settled: what is tried again may be done yet."""

    code = "trouble.not_stuck"


class TroubleSettled(DomainError):
    """Somebody dealt with it in another way; doing it as well would do it twice."""

    code = "trouble.settled"


def trouble_id(place: Place, key: str) -> UUID:
    """Return the id of what is decided about one stuck thing."""
    return uuid5(_TROUBLES, f"{place.value}/{key}")


class Trouble(Root):
    """One stuck thing: an effect, a message, or an event that a process could not handle."""

    TOPIC = "peerhour.trouble"

    class TakenUp(Root.Event, AggregateCreated):
        """Somebody looked into it for the first time."""

        TOPIC = "peerhour.trouble.taken_up"
        place: Place
        key: str

    class TriedAgain(Root.Event):
        """It is to be tried again; ``problem`` is what stood in its way."""

        TOPIC = "peerhour.trouble.tried_again"
        problem: str
        by: UUID

    class Settled(Root.Event):
        """Somebody dealt with it in another way; it is not tried again."""

        TOPIC = "peerhour.trouble.settled"
        problem: str
        reason: Personal[str]
        by: UUID

        @override
        def apply(self, trouble: Trouble) -> None:
            trouble.is_settled = True

    def __init__(self, *, place: Place, key: str) -> None:
        self.place = place
        self.key = key
        self.is_settled = False

    @classmethod
    def take_up(cls, place: Place, key: str, *, at: datetime) -> Trouble:
        """Begin with something stuck.

        Args:
            place: where it is stuck.
            key: what identifies it there; never personal.
            at: now.

        Raises:
            InvalidFields: the key cannot be used.
        """
        require_lines(key=key)
        return cls.begin(cls.TakenUp, stream_id=trouble_id(place, key), at=at, place=place, key=key)

    def try_again(self, *, problem: str, by: UUID, at: datetime) -> None:
        """Order that it be tried again.

        An effect that is settled never gets stuck anew, so it is not tried again either; a message
        can be replayed, and a reader begin again.

        Raises:
            TroubleSettled: it is an effect, and was dealt with in another way.
            InvalidFields: the word for the problem cannot be used.
        """
        if self.is_settled and self.place is Place.OUTBOX:
            raise TroubleSettled("Somebody dealt with this in another way; it is not tried again.")
        require_lines(problem=problem)
        self.record(self.TriedAgain, at=at, problem=problem, by=by)

    def settle(self, *, problem: str, reason: Personal[str], by: UUID, at: datetime) -> None:
        """Say that it was dealt with, and how.

        Raises:
            InvalidFields: problem or reason cannot be used.
        """
        require_lines(problem=problem)
        require_personal(by, reason=reason)
        self.record(self.Settled, at=at, problem=problem, reason=reason, by=by)
