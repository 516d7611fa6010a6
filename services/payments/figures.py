"""How the house's money is doing, in figures: on the desk, at a terminal, and for Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.payments.files import PaymentFigures
from services.house import House
from services.money.desk_records import REPLAY
from services.payments.door import SOURCE
from services.payments.ordering import KIND

_ABOUT_MONEY: Final = frozenset({KIND, REPLAY, SOURCE})
"""Of stuck things: orders to the payment service, replays of its messages, its messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyFigures:
    """Figures that ought to be nought, or small.

    Attributes:
        drift: differences from the payment service's record that are not healed.
        events_read: until when the service's messages were read from its list; ``None`` if never.
        stuck: orders, replays and messages that wait for a person: those of the house's one list of
            stuck things that are about money.
        exchange: orders and messages that wait.
        at: when this was so.
    """

    drift: int
    events_read: datetime | None
    stuck: int
    exchange: PaymentFigures
    at: datetime

    @property
    def oldest_order(self) -> timedelta:
        """How long the oldest order waits; nothing when none does."""
        return self._since(self.exchange.oldest_order_at)

    @property
    def oldest_message(self) -> timedelta:
        """How long the oldest message waits."""
        return self._since(self.exchange.oldest_message_at)

    @property
    def watermark_age(self) -> timedelta | None:
        """How long ago the service's list was read; ``None`` if it never was."""
        return None if self.events_read is None else self._since(self.events_read)

    def plain(self) -> dict[str, int | None]:
        """Return the figures by name, for a terminal and for programs; ages in whole seconds."""
        read = self.watermark_age
        return {
            "drift": self.drift,
            "dead_letters": self.stuck,
            "oldest_order_seconds": int(self.oldest_order.total_seconds()),
            "oldest_message_seconds": int(self.oldest_message.total_seconds()),
            "events_read_seconds_ago": None if read is None else int(read.total_seconds()),
        }

    def _since(self, at: datetime | None) -> timedelta:
        return timedelta() if at is None else max(self.at - at, timedelta())


async def money_figures(house: House) -> MoneyFigures | None:
    """Return the figures; ``None`` in a house that keeps nothing of the kind."""
    if house.drift is None or house.payment_files is None:
        return None
    return MoneyFigures(
        drift=len(await house.drift.open()),
        events_read=await house.drift.events_read(),
        stuck=sum(row.kind in _ABOUT_MONEY for row in await house.desk.stuck()),
        exchange=await house.payment_files.figures(),
        at=house.clock.now(),
    )
