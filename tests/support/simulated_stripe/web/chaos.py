"""Faults that a test orders: what happens to the n-th request that fits."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from enum import StrEnum


class Harm(StrEnum):
    """What goes wrong.

    *before*: nothing was done. *after*: the work is done, and nobody learns it.
    """

    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    CLOSE_BEFORE = "close_before"
    CLOSE_AFTER = "close_after"
    TOO_MANY = "too_many"
    SLOW = "slow"


@dataclass(slots=True)
class Fault:
    """One order.

    Args:
        harm: what goes wrong.
        route: verb and path with wildcards: ``post /v1/subscriptions*``.
        skip: how many fitting requests pass before.
        times: how many are harmed then.
        seconds: how long a slow answer waits.
        should_retry: Stripe's hint to clients, None for no hint.
    """

    harm: Harm
    route: str = "*"
    skip: int = 0
    times: int = 1
    seconds: float = 0.0
    should_retry: bool | None = None


class Chaos:
    """The orders that stand."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def pick(self, verb: str, path: str) -> Fault | None:
        """The fault that this request meets, if any; each request uses up one."""
        for fault in self.faults:
            if not fnmatch.fnmatchcase(f"{verb} {path}", fault.route):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
            return fault
        return None
