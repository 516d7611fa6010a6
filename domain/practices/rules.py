"""The rules of a practice's seats, and the refusals that speak for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from domain.errors import DomainError, NotAllowed

MOST_SEATS: Final = 1000
OFFER_LASTS: Final = timedelta(days=30)
"""For so long an offer waits; then the address it went to is deleted."""

ASK_AGAIN_AFTER: Final = timedelta(days=14)
"""So long after a no, the same invitee can ask to come in again."""
MOST_ASKINGS: Final = 3
"""So often one invitation asks to come in; whoever decides is not asked for ever."""


class NoSeatFree(DomainError):
    """Every seat that is paid for is taken or offered."""

    code = "seat_pool.no_seat_free"


class FreeSeatsFirst(DomainError):
    """More people sit than the practice would like to pay for."""

    code = "seat_pool.free_seats_first"


class OfferNotOpen(DomainError):
    """The offer was withdrawn, or somebody took it."""

    code = "seat_pool.offer_not_open"


class EntryNotAsked(DomainError):
    """Nobody asks to come in by this invitation, or somebody answered by now."""

    code = "seat_pool.entry_not_asked"


class AskAgainLater(DomainError):
    """Whoever looks after the house said no a short while ago, or several times."""

    code = "seat_pool.ask_again_later"


class AlreadySeated(DomainError):
    """One person has one seat of a practice."""

    code = "seat_pool.already_seated"


class NotSeated(DomainError):
    """The person has no seat of this practice."""

    code = "seat_pool.not_seated"


class LastManager(DomainError):
    """Somebody has to look after the seats."""

    code = "seat_pool.last_manager"


class SeatManagersOnly(NotAllowed):
    """Only those who look after the practice's seats decide this."""

    code = "seat_pool.managers_only"
