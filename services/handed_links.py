"""Links that open something for whoever holds them: a seat, gift months, a member's calendar.

A link holds the id of what it opens and a word that only this house can make for it. The word is
kept nowhere: who reads the tables, the log or the payment service's pages can open nothing.
"""

from __future__ import annotations

import hmac
from typing import Final
from uuid import UUID

_LONGEST: Final = 32  # hexadecimal digits: 128 bits


class HandedLinks:
    """Makes links and checks them.

    Args:
        secret: the house's own, for nothing else.
        origin: public address of the house.
    """

    def __init__(self, secret: bytes, origin: str) -> None:
        self._secret = secret
        self._origin = origin

    def of_gift(self, gift_id: UUID) -> str:
        """Return the link by which somebody takes gift months."""
        return f"{self._origin}/gifts/{gift_id}/{self._word(gift_id)}"

    def of_seat(self, practice_id: UUID, seat_id: UUID) -> str:
        """Return the link by which somebody takes a seat."""
        return f"{self._origin}/seats/{practice_id}/{seat_id}/{self._word(seat_id)}"

    def of_calendar(self, feed_id: UUID) -> str:
        """Return the address at which a calendar program reads a member's hours."""
        return f"{self._origin}/calendar/{feed_id}/{self._word(feed_id)}/peerhour.ics"

    def opens(self, subject_id: UUID, word: str) -> bool:
        """Tell whether a word is the one for an id."""
        return hmac.compare_digest(self._word(subject_id).encode(), word.encode())

    def _word(self, subject_id: UUID) -> str:
        return hmac.digest(self._secret, subject_id.bytes, "sha256").hex()[:_LONGEST]
