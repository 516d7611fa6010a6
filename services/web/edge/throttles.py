"""How often somebody may try: turns that refill evenly, counted for all processes together."""

from __future__ import annotations

import hmac
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from services.web.edge.refusals import TooMany

if TYPE_CHECKING:
    from services.web.ports import WebPorts
    from services.web.settings import WebSettings


@dataclass(frozen=True, slots=True)
class Throttle:
    """*limit* turns that refill evenly over *window*.

    Attributes:
        purpose: names the counter.
        limit: how many turns there are at once.
        window: how long all of them take to come back.
        refusal: what to say when none is left.
    """

    purpose: str
    limit: int
    window: timedelta
    refusal: type[TooMany] = TooMany


async def take_turn(throttle: Throttle, value: str, ports: WebPorts, settings: WebSettings) -> None:
    """Take a turn; *value* says whose, and is kept only as a keyed hash.

    Raises:
        TooMany: none is left; the refusal says when the next one is there.
    """
    key = hmac.digest(settings.secret, f"{throttle.purpose}|{value}".encode(), "sha256")
    wait = await ports.limits.take(
        throttle.purpose, key, limit=throttle.limit, window=throttle.window, at=ports.clock.now()
    )
    if wait is not None:
        raise throttle.refusal(retry_after=max(1, math.ceil(wait.total_seconds())))
