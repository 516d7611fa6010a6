"""A licence period's account: which credits count, what caps cut, which floors still lack.

Credits count as far as every cap that is about them leaves room: first what a floor needs, then
everything by its day. So the rows always add up to the total, no cap is ever exceeded, and for caps
that lie inside each other, and for two that cross, the total is the most that the text allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from domain.rules.allotting import Claim, Place, Room
from domain.rules.cycles import Window, months_after, required_in
from domain.rules.entries import Entry, categories_in, category_of, in_total, is_about
from domain.rules.explain import (
    READ_THE_TEXT,
    Missing,
    Step,
    how_much_counts,
    not_determined,
    of_unit,
    plain,
)
from domain.rules.model import Pack
from domain.rules.periods import Cap, Floor
from domain.rules.spans import span_of, spans_of
from domain.rules.worth import Worths

__all__ = ["Account", "CapState", "Entry", "FloorState", "Row", "account"]

_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Row:
    """What becomes of one credit.

    Attributes:
        entry: the credit.
        worth: in the cycle's unit, before caps; a band's credit falls to the row that reaches it.
        counted: after caps, never negative.
        steps: why *counted* differs from the amount; empty where it does not. What it would take
            for more has a code that begins with ``more.``.
        in_total: whether it counts towards what the cycle requires.
    """

    entry: Entry
    worth: Decimal
    counted: Decimal
    steps: tuple[Step, ...] = ()
    in_total: bool = True


@dataclass(frozen=True, slots=True)
class CapState:
    """How full a cap is in one span.

    Attributes:
        cap: the cap.
        span: the first day of the span.
        used: of it.
        cut: what it took away.
    """

    cap: Cap
    span: date
    used: Decimal
    cut: Decimal

    @property
    def left(self) -> Decimal:
        """What still fits."""
        return self.cap.at_most - self.used


@dataclass(frozen=True, slots=True)
class FloorState:
    """How far a floor is reached in one span.

    Attributes:
        floor: the floor.
        span: the first day of the span.
        until: its last.
        have: counted towards it.
    """

    floor: Floor
    span: date
    until: date
    have: Decimal

    @property
    def lacks(self) -> Decimal:
        """What is still needed; 0 where it is reached, or wanted only if used."""
        if self.floor.if_used and not self.have:
            return _ZERO
        return max(self.floor.at_least - self.have, _ZERO)


@dataclass(frozen=True, slots=True)
class Account:
    """The state of one cycle.

    Attributes:
        window: the cycle.
        unit: of all amounts.
        rows: every credit of the cycle, by day.
        carried_in: from the cycle before.
        earned: what the rows are worth before caps.
        counted: what counts: the rows' sum and what was carried in.
        required: ``None`` where it is not determined.
        caps: how full each is, in the spans where it was touched.
        floors: how far each is reached, in every span of the cycle.
        categories: different ones that count.
        categories_wanted: how many the text wants; ``None`` where it wants none.
        carries_over: what may pass into the next cycle; ``None`` where it is not determined.
        steps: the account in sentences.
        missing: what is not determined.
    """

    window: Window
    unit: str
    rows: tuple[Row, ...]
    carried_in: Decimal
    earned: Decimal
    counted: Decimal
    required: Decimal | None
    caps: tuple[CapState, ...]
    floors: tuple[FloorState, ...]
    categories: tuple[str, ...]
    categories_wanted: int | None
    carries_over: Decimal | None
    steps: tuple[Step, ...]
    missing: tuple[Missing, ...]

    @property
    def cut(self) -> Decimal:
        """What caps took away."""
        return self.earned - (self.counted - self.carried_in)

    @property
    def categories_short(self) -> int | None:
        """How many different categories are still wanted; ``None`` where the text wants none."""
        wanted = self.categories_wanted
        return None if wanted is None else max(wanted - len(self.categories), 0)

    @property
    def lacks(self) -> Decimal | None:
        """What is still needed in all; ``None`` where it is not determined."""
        return None if self.required is None else max(self.required - self.counted, _ZERO)


def account(
    pack: Pack, window: Window, entries: Iterable[Entry], *, carried_in: Decimal = _ZERO
) -> Account:
    """Count the credits of one cycle.

    Args:
        pack: with a cycle.
        window: from when to when.
        entries: in any order; those of other cycles are left out.
        carried_in: from the cycle before.

    Returns:
        The account; the same entries in any order give the same.
    """
    assert pack.cycle is not None, "a pack without a cycle keeps no account"
    mine = sorted(
        (entry for entry in entries if window.holds(entry.day)),
        key=lambda entry: (entry.day, entry.planned, entry.key),
    )
    room = Room(pack, window)
    rows = _rows(pack, window, mine, room)
    total = [row for row in rows if row.in_total]
    counted = sum((row.counted for row in total), carried_in)
    required, why = required_in(pack.cycle, window)
    missing = []
    if required is None:
        because = "the text does not say how much"
        unknown = not_determined("cycle.required", because, needed=READ_THE_TEXT)
        missing.append(replace(unknown, clause=pack.source.clause))
    steps = _sentences(pack, total, counted, carried_in, required, why)
    categories, others = categories_in(pack.cycle, (_category(pack, row) for row in total))
    wanted = pack.cycle.distinct_categories
    if wanted is not None and len(categories) < wanted <= len(categories) + len(others):
        because = f"it was not read whether this is a category of its own: {', '.join(others)}"
        unread = not_determined("cycle.categories", because, needed=READ_THE_TEXT)
        missing.append(replace(unread, clause=pack.source.clause))
    return Account(
        window=window,
        unit=pack.cycle.unit,
        rows=tuple(rows),
        carried_in=carried_in,
        earned=sum((row.worth for row in total), _ZERO),
        counted=counted,
        required=required,
        caps=tuple(_caps(pack, window, room)),
        floors=tuple(_floors(pack, window, rows)),
        categories=categories,
        categories_wanted=pack.cycle.distinct_categories,
        carries_over=_carries_over(pack, window, total, counted, required),
        steps=steps,
        missing=tuple(missing),
    )


def _rows(pack: Pack, window: Window, entries: Sequence[Entry], room: Room) -> list[Row]:
    worths = Worths(pack)
    told: list[tuple[Claim, list[Step]]] = []
    for entry in entries:
        worth, steps = worths.of(entry)
        told.append((room.claim(entry, worth), steps))
    room.allot([claim for claim, _ in told])
    return [
        Row(
            claim.entry,
            claim.worth,
            claim.counted,
            (*steps, *(step for cut in claim.cuts for step in _cut_steps(pack, window, room, cut))),
            in_total=in_total(pack, claim.entry),
        )
        for claim, steps in told
    ]


def _category(pack: Pack, row: Row) -> str:
    """Return the category that a row counts under; nothing where it does not count."""
    return category_of(pack, row.entry) if row.counted else ""


def _caps(pack: Pack, window: Window, room: Room) -> Iterator[CapState]:
    """Yield how full every cap is; one that nothing touched has its whole room."""
    for index, cap in enumerate(pack.caps):
        first = span_of(cap.per, window.from_day, window)[0]
        spans = sorted(span for number, span in room.used if number == index)
        for span in spans or [first]:
            yield CapState(cap, span, room.used[index, span], room.cut[index, span])


def _floors(pack: Pack, window: Window, rows: Sequence[Row]) -> Iterator[FloorState]:
    for floor in pack.floors:
        mine = [row for row in rows if is_about(pack, floor.of, row.entry)]
        for begins, ends in spans_of(floor.per, window):
            inside = (row.counted for row in mine if begins <= row.entry.day <= ends)
            yield FloorState(floor, begins, ends, sum(inside, _ZERO))


def _carries_over(
    pack: Pack,
    window: Window,
    rows: Sequence[Row],
    counted: Decimal,
    required: Decimal | None,
) -> Decimal | None:
    assert pack.cycle is not None, "asked for where there is a cycle"
    most = pack.cycle.carry_over
    if most is None:
        return None
    if most == 0:
        return _ZERO
    if required is None:
        return None
    extra = max(counted - required, _ZERO)
    months = pack.cycle.carry_over_from_last_months
    if months is not None:
        since = months_after(window.until_day + date.resolution, -months)
        late = sum((row.counted for row in rows if row.entry.day >= since), _ZERO)
        extra = min(extra, late)
    return min(extra, most)


def _cut_steps(
    pack: Pack, window: Window, room: Room, cut: tuple[Place, Decimal]
) -> Iterator[Step]:
    """Yield what a cap took away, for whose sake, and what would still count."""
    assert pack.cycle is not None, "caps go with a cycle"
    place, amount = cut
    cap, clause = pack.caps[place[0]], pack.caps[place[0]].clause or pack.source.clause
    shared = f", shared with {', '.join(cap.shared_with)}" if cap.shared_with else ""
    yield Step(
        "cap.cut",
        f"{cap.name}: at most {of_unit(cap.at_most, pack.cycle.unit)} a {cap.per.value}{shared}; "
        f"{plain(amount)} too many.",
        clause,
        {"cap": cap.name, "at_most": plain(cap.at_most), "cut": plain(amount)},
    )
    kept = room.kept[place]
    if kept:
        verb = "counts" if kept == 1 else "count"
        said = f"{plain(kept)} of these {verb} first, for a minimum that has to be met."
        yield Step("cap.kept", said, clause, {"cap": cap.name, "kept": plain(kept)})
    after = span_of(cap.per, place[1], window)[1] + date.resolution
    yield Step(
        "more.cap",
        f"There is room again from {after} on; what this limit is not about can still count.",
        clause,
        {"cap": cap.name, "from": after.isoformat()},
    )


def _sentences(
    pack: Pack,
    rows: Sequence[Row],
    counted: Decimal,
    carried_in: Decimal,
    required: Decimal | None,
    why: str,
) -> tuple[Step, ...]:
    assert pack.cycle is not None, "asked for where there is a cycle"
    unit = pack.cycle.unit
    earned = sum((row.worth for row in rows), _ZERO)
    of_it = counted - carried_in
    steps = [
        Step(
            "account.earned",
            f"{of_unit(earned, unit)} earned, {how_much_counts(of_it)}.",
            "",
            {"earned": plain(earned), "counted": plain(of_it)},
        )
    ]
    if carried_in:
        said = f"{of_unit(carried_in, unit)} carried in from the cycle before."
        steps.append(Step("account.carried_in", said, pack.source.clause))
    if pack.cycle.averaging:
        said = "One cycle may make up for another here; over how long is not determined."
        steps.append(Step("cycle.averaging", said, pack.source.clause))
    if why:
        steps.append(Step("cycle.first", why, pack.source.clause))
    if required is not None:
        lacks = max(required - counted, _ZERO)
        said = f"{plain(required)} required" + (f", {plain(lacks)} to go." if lacks else ".")
        values = {"required": plain(required), "lacks": plain(lacks)}
        steps.append(Step("account.required", said, pack.source.clause, values))
    return tuple(steps)
