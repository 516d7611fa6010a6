"""From minutes to units: what they are worth, and what the next step would take."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from domain.rules.explain import Step, how_many, plain
from domain.rules.ways import WRITTEN_STEP, Direction, Rounding


@dataclass(frozen=True, slots=True)
class Scale:
    """How a rule turns minutes into its unit.

    Attributes:
        per_unit: minutes for one unit.
        rounding: ``None`` where nothing is ever rounded up.
        instruction: the units that the meeting's instruction fills; no more count. ``None`` where
            the rule does not ask for it.
    """

    per_unit: int
    rounding: Rounding | None
    instruction: Decimal | None

    def exact(self, minutes: Decimal) -> Decimal:
        """Return the units that minutes fill, before rounding."""
        clock = minutes / self.per_unit
        return clock if self.instruction is None else min(clock, self.instruction)

    def amount(self, minutes: Decimal) -> Decimal:
        """Return what minutes are worth."""
        exact = self.exact(minutes)
        if self.rounding is None:
            return exact.quantize(WRITTEN_STEP, rounding=ROUND_DOWN)
        return self.rounding.apply(exact)


def for_more(
    scale: Scale, minutes: Decimal, most: Decimal, scheduled: int, clause: str
) -> Iterator[Step]:
    """Yield what it would take for more, if this meeting had it to give.

    Args:
        scale: how the rule counts.
        minutes: that count now.
        most: that would count from start to end.
        scheduled: minutes of the meeting.
        clause: of the rule.
    """
    amount, best = scale.amount(minutes), scale.amount(most)
    if best <= amount:
        return
    said, wanted = "From start to end", scheduled
    if scale.rounding is not None and most == scheduled:  # every minute there is one that counts
        wanted = _next_step(scale.rounding, scale.per_unit, amount)
        best = scale.amount(Decimal(wanted))
        said = f"From {how_many(wanted, 'minute')} on"
    yield Step(
        "more.minutes",
        f"{said} it would be {plain(best)}.",
        clause,
        {"minutes": str(wanted), "amount": plain(best)},
    )


def _next_step(rounding: Rounding, per_unit: int, amount: Decimal) -> int:
    """Return the fewest minutes that come to more than *amount*, a multiple of the step."""
    if rounding.direction is Direction.UP:  # a minute beyond what this amount takes
        return int(amount * per_unit) + 1
    step = rounding.step if rounding.direction is Direction.DOWN else rounding.step / 2
    return math.ceil((amount + step) * per_unit)
