"""Clients who own the ids of their orders, repeat them until they are answered, and take notes."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any
from uuid import UUID

_PAUSE = 0.05  # seconds before an order is sent again
_LONGEST_ANSWER = 5.0
_LONGEST_LOOK = 10.0  # with every restart that may come between
_IMPATIENT = 0.05  # of the times an order is sent its client does not wait for the answer
_LONGEST_IMPATIENCE = 0.03
_ORDERS_PER_TALLY = 40  # streams stay short: the store is under test, not the loading


@dataclass(slots=True)
class Sent:
    """One order as its client saw it.

    Attributes:
        sent_at: first sent, on the clients' one monotonic clock.
        once: refused where it stands already, so that a mistaken repetition shows as a refusal.
        answered_at: when the first answer came; None while there was none.
        positions: every acknowledgement it got; they are all the same.
        refusals: the code of every refusal it got; there is no reason for any.
        attempts: how often it was sent.
    """

    order_id: UUID
    tally_id: UUID
    amount: int
    sent_at: float
    once: bool
    answered_at: float | None = None
    positions: list[int] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    attempts: int = 0


@dataclass(slots=True)
class History:
    """What all clients saw.

    Attributes:
        orders: every order, by its id.
        unread: answers of the view that did not show what had been acknowledged before.
        looks: how often the view was asked.
        repeats: how often an acknowledged order was sent again.
        answered_at: when the last answer came.
    """

    orders: dict[UUID, Sent] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    looks: int = 0
    repeats: int = 0
    answered_at: float = 0.0

    def acknowledged(self) -> list[Sent]:
        """Return the orders that were acknowledged."""
        return [order for order in self.orders.values() if order.positions]

    def all_answered(self) -> bool:
        """Tell whether nobody waits any more."""
        return all(order.answered_at is not None for order in self.orders.values())

    def quiet_or_answered_since(self, moment: float) -> bool:
        """Tell whether somebody was answered after a moment, or nobody waits."""
        return self.answered_at > moment or self.all_answered()

    def waiting_times(self) -> list[float]:
        """Return the seconds from sending to answer, outages included, of each order."""
        return [
            order.answered_at - order.sent_at
            for order in self.orders.values()
            if order.answered_at is not None
        ]


class Client:
    """Adds to tallies of its own and to shared ones, one order at a time.

    Args:
        number: makes its choices its own.
        seed: makes them come again.
        socket: where the application answers.
        history: where it notes what it saw.
    """

    def __init__(self, number: int, seed: int, socket: Path, history: History) -> None:
        self._random = Random(seed * 1000 + number)  # noqa: S311  choices that come again
        self._socket = socket
        self._history = history
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._shared = Random(seed)  # noqa: S311  the same for all clients
        self._added: dict[UUID, int] = {}

    async def work(self, going_on: Callable[[], bool]) -> None:
        """Order until it is enough; the last order is repeated until it is answered."""
        own = shared = UUID(int=0)
        for number in count():
            if number % _ORDERS_PER_TALLY == 0:
                own = self._new_id()
                shared = _id(self._shared)  # everybody adds to it, so that somebody is stale
            if not going_on():
                break
            sent = Sent(
                self._new_id(),
                own if self._random.random() < 0.7 else shared,
                self._random.randint(1, 9),
                monotonic(),
                once=self._random.random() < 0.5,
            )
            self._history.orders[sent.order_id] = sent
            await self.order(sent)
            if not sent.positions:
                continue
            self._added[sent.tally_id] = self._added.get(sent.tally_id, 0) + sent.amount
            if self._random.random() < 0.1:
                await self.order(sent)
                self._history.repeats += 1
            if self._random.random() < 0.1:
                await self._look(sent)
        self.leave()

    async def order(self, sent: Sent) -> None:
        """Send an order until it is answered."""
        answer = await self._ask(
            {
                "order": str(sent.order_id),
                "tally": str(sent.tally_id),
                "amount": sent.amount,
                "once": sent.once,
            },
            sent,
        )
        if "refused" in answer:
            sent.refusals.append(answer["refused"])
        else:
            sent.positions.append(answer["position"])
        self._history.answered_at = monotonic()
        if sent.answered_at is None:
            sent.answered_at = self._history.answered_at

    def leave(self) -> None:
        """Close the connection; the next question opens another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _look(self, sent: Sent) -> None:
        """Ask the view for what was acknowledged: it has to be there."""
        question = {"look": str(sent.tally_id), "position": sent.positions[0]}
        self._history.looks += 1
        try:
            async with asyncio.timeout(_LONGEST_LOOK):
                shown = (await self._ask(question))["total"] or 0
        except TimeoutError:  # the view waits for a position that was lost
            self.leave()
            self._history.unread.append(f"order {sent.order_id}: the view never got there")
        else:
            if shown < self._added[sent.tally_id]:
                self._history.unread.append(f"order {sent.order_id}: the view shows {shown}")

    async def _ask(self, question: dict[str, Any], sent: Sent | None = None) -> dict[str, Any]:
        line = json.dumps(question).encode() + b"\n"
        while True:
            patience = _LONGEST_ANSWER
            if sent is not None:
                sent.attempts += 1
                if self._random.random() < _IMPATIENT:  # so that an order meets itself
                    patience = self._random.random() * _LONGEST_IMPATIENCE
            with contextlib.suppress(OSError, EOFError, TimeoutError, ValueError):
                async with asyncio.timeout(patience):
                    answer: dict[str, Any] = json.loads(await self._exchange(line))
                if "retry" not in answer:
                    return answer
                await asyncio.sleep(_PAUSE)
                continue
            self.leave()  # an answer that comes late now belongs to nobody
            if patience == _LONGEST_ANSWER:
                await asyncio.sleep(_PAUSE)

    async def _exchange(self, line: bytes) -> bytes:
        if self._streams is None:
            self._streams = await asyncio.open_unix_connection(self._socket)
        reader, writer = self._streams
        writer.write(line)
        answer = await reader.readline()
        if not answer:
            raise EOFError
        return answer

    def _new_id(self) -> UUID:
        return _id(self._random)


def _id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)
