"""Month by month: what comes of a text whose months stand alone, as far as anybody looks ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from domain.rules.account import account
from domain.rules.cycles import Window, months_after
from domain.rules.entries import Entry
from domain.rules.explain import Step, of_unit, plain
from domain.rules.histories import LicenceFacts, window_of
from domain.rules.model import Pack

_AHEAD: Final = 12  # months that are told of, the running one included
_NAMES: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MonthAhead:
    """One month of a text whose cycle is a month.

    Attributes:
        window: its days.
        meetings: planned in it that count.
        now: what counts as it stands.
        then: with what is planned.
        required: ``None`` where it is not determined.
    """

    window: Window
    meetings: int
    now: Decimal
    then: Decimal
    required: Decimal | None

    @property
    def name(self) -> str:
        """``March 2026``."""
        return f"{_NAMES[self.window.from_day.month - 1]} {self.window.from_day.year}"

    @property
    def wanted(self) -> Decimal:
        """What is required; 0 where nobody knows."""
        return self.required or Decimal(0)

    @property
    def lacks(self) -> Decimal:
        """What must come from elsewhere."""
        return max(self.wanted - self.then, Decimal(0))


def looked_ahead(pack: Pack, licence: LicenceFacts, today: date) -> date | None:
    """Return the last day up to which planned meetings matter: the renewal.

    Where every month stands alone, it is the end of twelve months, or of the one in which the
    licence ends; ``None`` where there is no cycle, or it is not determined.
    """
    if pack.cycle is None:
        return None
    window = window_of(pack, licence, today)
    if not isinstance(window, Window):
        return None
    if pack.cycle.months != 1:
        return window.until_day
    last = months_after(window.from_day, _AHEAD) - date.resolution
    if licence.valid_until is None:
        return last
    ends = window_of(pack, licence, max(licence.valid_until, today))
    assert isinstance(ends, Window), "a month that stands alone is one of the calendar"
    return min(ends.until_day, last)


def months_ahead(
    pack: Pack,
    licence: LicenceFacts,
    earned: Sequence[Entry],
    hoped: Sequence[Entry],
    *,
    today: date,
) -> list[MonthAhead]:
    """Return every month from the running one on; none for a text with longer cycles.

    Args:
        pack: the text.
        licence: whose months.
        earned: credits under the text, of any month.
        hoped: what the plan would add.
        today: where the member lives.
    """
    last = looked_ahead(pack, licence, today)
    if pack.cycle is None or pack.cycle.months != 1 or last is None:
        return []
    found = []
    day = today
    while day <= last:
        window = window_of(pack, licence, day)
        assert isinstance(window, Window), "a month that stands alone is one of the calendar"
        now = account(pack, window, earned)
        then = account(pack, window, [*earned, *hoped])
        planned = len({each.key.rpartition(":")[0] for each in hoped if window.holds(each.day)})
        found.append(MonthAhead(window, planned, now.counted, then.counted, then.required))
        day = window.until_day + date.resolution
    return found


def about_months(pack: Pack, months: Sequence[MonthAhead]) -> Iterator[Step]:
    """Yield what to know about the months after the running one, while they can still change."""
    assert pack.cycle is not None, "asked for where there are months"
    unit, clause = pack.cycle.unit, pack.source.clause
    later = months[1:]
    if pack.cycle.averaging:
        wanted = sum((each.wanted for each in months), Decimal(0))
        comes = sum((each.then for each in months), Decimal(0))
        if comes < wanted:
            said = (
                f"Over these {len(months)} months your schedule comes to {plain(comes)} of "
                f"{of_unit(wanted, unit)}. One month may make up for another, over how long is not "
                "determined; all of them together are too little."
            )
            yield Step("months.too_little", said, clause)
        return
    short = [each for each in later if each.lacks]
    if short:
        names = ", ".join(
            f"{each.name} ({plain(each.then)} of {plain(each.wanted)})" for each in short
        )
        said = (
            f"Your schedule gives too little in {len(short)} of the {len(later)} months after this "
            f"one: {names}. No month makes up for another."
        )
        yield Step("months.too_little", said, clause)
