"""The benches: a name, what is compared, and how to take one pair of figures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from infra.database import ConnectKwargs
from infra.postgres.binaries import Binaries


@dataclass(frozen=True, slots=True)
class Ground:
    """Where everything runs.

    Attributes:
        server: how to reach a maintenance database of a server with default settings.
        binaries: the server's own programs, pgbench among them.
    """

    server: ConnectKwargs
    binaries: Binaries


@dataclass(frozen=True, slots=True)
class Pair:
    """One round: ours and the baseline, measured one after the other."""

    ours: float
    baseline: float


Measure = Callable[[Ground], Awaitable[list[Pair]]]


@dataclass(frozen=True, slots=True)
class Bench:
    """One row of the table.

    Attributes:
        name: stable, ``subject.ours_vs_baseline``.
        unit: of both figures.
        target: what the ratio ours / baseline is wanted to be.
        at_least: whether the target is a floor; a ceiling otherwise.
        says: what is compared, for people.
        measure: takes the pairs.
    """

    name: str
    unit: str
    target: float
    at_least: bool
    says: str
    measure: Measure


BENCHES: list[Bench] = []


def bench(
    name: str, *, unit: str, target: float, says: str, at_least: bool = True
) -> Callable[[Measure], Measure]:
    """Put a function on the list."""

    def put(measure: Measure) -> Measure:
        BENCHES.append(Bench(name, unit, target, at_least, says, measure))
        return measure

    return put
