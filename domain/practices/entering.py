"""Invitees who are no members yet: they ask to come in, and an administrator decides."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from domain.fields import require_personal
from domain.personal import Personal
from domain.practices import events
from domain.practices.events import Entry
from domain.practices.memory import SeatMemory
from domain.practices.rules import ASK_AGAIN_AFTER, MOST_ASKINGS, AskAgainLater, EntryNotAsked

_ANSWERED: Final = "Nobody waits here for an answer: it was given, or the offer is over."


class Entering(SeatMemory):
    """What is decided about invitees who ask to come in."""

    def ask_to_come_in(self, seat_id: UUID, *, at: datetime) -> None:
        """Remember that the invitee is no member yet, and asks to become one; twice is one fact.

        Nobody comes in by that: whoever looks after the house decides. The offer waits for them,
        however late it was asked: see :meth:`offer_ends_at`. Whoever was let in asks no more.

        Args:
            seat_id: which invitation; its link shows that they hold it.
            at: now.

        Raises:
            OfferNotOpen: it does not wait any more.
            AskAgainLater: they were declined a short while ago, or as often as one may ask.
        """
        self._must_wait(seat_id, at)
        entry = self.entries.get(seat_id)
        if entry is not None and (entry.waits or entry.let_in is not None):
            return
        if not self.may_ask_to_come_in(seat_id, at):
            raise AskAgainLater("You cannot ask again yet. The mail that you had says when.")
        self.record(events.EntryAsked, at=at, seat_id=seat_id)

    def let_in(self, seat_id: UUID, *, member_id: UUID, by: UUID, at: datetime) -> None:
        """Let in whoever asks; the same person twice is one fact.

        Args:
            seat_id: by which invitation they ask.
            member_id: whom they become, or are by now.
            by: the administrator who decides.
            at: now.

        Raises:
            EntryNotAsked: nobody asks by it, or somebody answered otherwise.
        """
        entry = self.entries.get(seat_id)
        if entry is not None and entry.let_in == member_id:
            return
        self._must_be_asked(seat_id, at)
        self.record(events.EntryGranted, at=at, seat_id=seat_id, member_id=member_id, by=by)

    def decline(
        self, seat_id: UUID, *, sentence: Personal[str] | None, by: UUID, at: datetime
    ) -> None:
        """Do not let in whoever asks; they can ask again after a while.

        Args:
            seat_id: by which invitation they ask; the *sentence* is encrypted for it.
            sentence: what they are told besides, if anything.
            by: the administrator who decides.
            at: now.

        Raises:
            EntryNotAsked: nobody asks by it, or somebody answered by now.
            InvalidFields: the sentence cannot be shown.
        """
        self._must_be_asked(seat_id, at)
        if sentence is not None:
            require_personal(seat_id, sentence=sentence)
        self.record(events.EntryDeclined, at=at, seat_id=seat_id, sentence=sentence, by=by)

    def may_ask_to_come_in(self, seat_id: UUID, at: datetime) -> bool:
        """Tell whether the invitee's asking would be a new one, and is allowed."""
        if not self.is_open(seat_id, at):
            return False
        entry = self.entries.get(seat_id)
        if entry is None:
            return True
        from_then = asks_again_from(entry)
        return from_then is not None and at >= from_then

    def _must_be_asked(self, seat_id: UUID, at: datetime) -> None:
        if not self.is_open(seat_id, at) or seat_id not in self.entries_asked:
            raise EntryNotAsked(_ANSWERED)


def asks_again_from(entry: Entry) -> datetime | None:
    """Return from when on somebody who was declined can ask again; ``None`` if not at all."""
    if entry.answered_at is None or entry.let_in is not None:
        return None
    return entry.answered_at + ASK_AGAIN_AFTER if len(entry.asked_at) < MOST_ASKINGS else None
