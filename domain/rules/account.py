"""A licence period's account: which credits count, what caps cut, which floors still lack.

Credits are counted in the order of their days; each counts as far as every cap that is about it
still leaves room. So the rows always add up to the total, no cap is ever exceeded, and for caps
that lie inside each other the total is the most that the text allows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Final

from msgspec import Struct

from domain.papers import CreditKind
from domain.rules.cycles import Window, months_after, months_between, required_in
from domain.rules.explain import Missing, Step, not_determined, of_unit, plain
from domain.rules.model import (
    WRITTEN_STEP,
    Bands,
    Cap,
    Floor,
    Pack,
    Per,
    Repeat,
    Rule,
    Selection,
    Share,
)
from domain.values import Modality

_ZERO: Final = Decimal(0)


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One credit, as it goes into the account.

    Attributes:
        key: names it.
        day: on which it was earned.
        amount: in the unit of its rule.
        rule: id; empty for credit entered by the member under no rule of the pack.
        category: what the body calls it, where there is no rule.
        title: of the activity.
        topics: tags of its content.
        modality: how it was held.
        live: whether everybody was there at the same time; ``None`` where it is not known.
        credit_kind: who stands behind it; ``None`` where it is not known.
        minutes: of presence behind it.
        elsewhere: entered by the member, not shown by our own record.
        planned: not earned yet; for forecasts.
    """

    key: str
    day: date
    amount: Decimal
    rule: str = ""
    category: str = ""
    title: str = ""
    topics: tuple[str, ...] = ()
    modality: Modality | None = None
    live: bool | None = None
    credit_kind: CreditKind | None = None
    minutes: int = 0
    elsewhere: bool = False
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What becomes of one credit.

    Attributes:
        entry: the credit.
        worth: in the cycle's unit, before caps; a band's credit falls to the row that reaches it.
        counted: after caps, never negative.
        steps: why *counted* differs from the amount; empty where it does not.
    """

    entry: Entry
    worth: Decimal
    counted: Decimal
    steps: tuple[Step, ...] = ()


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
    book = _Book(pack, window)
    rows = tuple(book.take(entry) for entry in mine)
    total = [row for row in rows if _in_total(pack, row.entry)]
    counted = sum((row.counted for row in total), carried_in)
    required, why = required_in(pack.cycle, window)
    missing = []
    if required is None:
        missing.append(not_determined("cycle.required", "the text does not say how much"))
    steps = _sentences(pack, total, counted, carried_in, required, why)
    names = sorted({_category(pack, row.entry) for row in total if row.counted} - {""})
    categories = {" ".join(name.casefold().split()): name for name in names}  # each spelled once
    return Account(
        window=window,
        unit=pack.cycle.unit,
        rows=rows,
        carried_in=carried_in,
        earned=sum((row.worth for row in total), _ZERO),
        counted=counted,
        required=required,
        caps=book.caps(),
        floors=tuple(_floors(pack, window, rows)),
        categories=tuple(categories.values()),
        categories_wanted=pack.cycle.distinct_categories,
        carries_over=_carries_over(pack, window, total, counted, required),
        steps=steps,
        missing=tuple(missing),
    )


def span_of(per: Per, day: date, window: Window) -> tuple[date, date]:
    """Return the first and the last day of the span around *day*, inside the cycle."""
    one = date.resolution
    if per is Per.CYCLE:
        return window.from_day, window.until_day
    if per is Per.DAY:
        return day, day
    if per is Per.MONTH:
        begins = max(day.replace(day=1), window.from_day)
        ends = months_after(day.replace(day=1), 1) - one
        return begins, min(ends, window.until_day)
    year = months_between(window.from_day, day) // 12
    begins = months_after(window.from_day, 12 * year)
    return begins, min(months_after(window.from_day, 12 * (year + 1)) - one, window.until_day)


class _Book:
    """Counts entry by entry and remembers how full the caps and bands are."""

    def __init__(self, pack: Pack, window: Window) -> None:
        self._pack = pack
        self._window = window
        self._used: defaultdict[tuple[int, date], Decimal] = defaultdict(lambda: _ZERO)
        self._cut: defaultdict[tuple[int, date], Decimal] = defaultdict(lambda: _ZERO)
        self._banded: defaultdict[str, Decimal] = defaultdict(lambda: _ZERO)
        self._minutes: defaultdict[str, int] = defaultdict(int)
        self._titles: set[tuple[str, str]] = set()

    def take(self, entry: Entry) -> Row:
        """Count one more credit; entries come by day."""
        worth, steps = self._worth(entry)
        counted = worth
        limits = [
            (index, cap, span_of(cap.per, entry.day, self._window)[0])
            for index, cap in enumerate(self._pack.caps)
            if selects(cap.of, entry, _category(self._pack, entry), unknown_fits=True)
        ]
        for index, cap, span in limits:
            left = cap.at_most - self._used[index, span]
            if left < counted:
                self._cut[index, span] += counted - left
                steps.append(_cut_step(self._pack, cap, counted - left))
                counted = left
        for index, _, span in limits:
            self._used[index, span] += counted
        return Row(entry, worth, counted, tuple(steps))

    def caps(self) -> tuple[CapState, ...]:
        """Return how full every cap is; one that nothing touched has its whole room."""
        states = []
        for index, cap in enumerate(self._pack.caps):
            spans = [span for number, span in self._used if number == index]  # they come by day
            first = span_of(cap.per, self._window.from_day, self._window)[0]
            states += [
                CapState(cap, span, self._used[index, span], self._cut[index, span])
                for span in spans or [first]
            ]
        return tuple(states)

    def _added_up(self, rule: Rule, entry: Entry) -> Decimal:
        """Return what an entry adds to the sum of its rule.

        Where a text does not round, minutes are added up before they are written as hours: six
        times 70 minutes are seven hours, though each is written 1.16.
        """
        per_unit = rule.minutes_per_unit
        if rule.rounding is not None or per_unit is None or rule.share is Share.EQUAL:
            return entry.amount
        if entry.amount != _written(entry.minutes, per_unit):
            return entry.amount  # counted in another way: instruction, meetings, an older version
        before = self._minutes[rule.id]
        after = self._minutes[rule.id] = before + entry.minutes
        return _written(after, per_unit) - _written(before, per_unit)

    def _worth(self, entry: Entry) -> tuple[Decimal, list[Step]]:
        rule = self._pack.rule(entry.rule)
        if rule is None:
            return entry.amount, []
        if rule.repeat is Repeat.TITLE:
            title = (rule.id, " ".join(entry.title.casefold().split()))
            if title in self._titles:
                said = f"“{entry.title}” counts once in a cycle."
                return _ZERO, [Step("repeat.title", said, rule.clause)]
            self._titles.add(title)
        amount = self._added_up(rule, entry)
        steps = []
        if amount != entry.amount:
            said = f"With the minutes before it, {plain(amount)} and not {plain(entry.amount)}."
            steps.append(Step("minutes.added_up", said, rule.clause, {"amount": plain(amount)}))
        if rule.bands is None:
            return amount, steps
        before = self._banded[rule.id]
        after = self._banded[rule.id] = before + amount
        worth = band(rule.bands, after) - band(rule.bands, before)
        said = (
            f"{of_unit(after, rule.unit)} in this cycle so far come to "
            f"{of_unit(band(rule.bands, after), rule.bands.unit)}."
        )
        values = {"attended": plain(after), "credit": plain(band(rule.bands, after))}
        return worth, [*steps, Step("band.reached", said, rule.clause, values)]


def _written(minutes: int, per_unit: int) -> Decimal:
    return (Decimal(minutes) / per_unit).quantize(WRITTEN_STEP, rounding=ROUND_DOWN)


def band(bands: Bands, attended: Decimal) -> Decimal:
    """Return the credit of the highest band reached."""
    return max((credit for least, credit in bands.steps if least <= attended), default=_ZERO)


def selects(of: Selection, entry: Entry, category: str = "", *, unknown_fits: bool = False) -> bool:
    """Tell whether a cap or a floor is about a credit.

    Args:
        of: which credits it is about.
        entry: the credit.
        category: the name of its rule, or what the member called it.
        unknown_fits: what nobody knows counts as what is asked for. So a cap holds for it and a
            floor does not: in doubt we count less.
    """
    title = entry.title.casefold()
    return (
        (not of.rules or entry.rule in of.rules)
        and (not of.categories or category in of.categories)
        and (not of.topics or bool(set(of.topics) & set(entry.topics)))
        and (not of.title_contains or any(word.casefold() in title for word in of.title_contains))
        and (not of.modalities or _is_one(entry.modality, of.modalities, unknown_fits))
        and (of.live is None or _is_one(entry.live, (of.live,), unknown_fits))
        and (not of.credit_kinds or _is_one(entry.credit_kind, of.credit_kinds, unknown_fits))
    )


def _is_one(value: object, wanted: Collection[object], unknown_fits: bool) -> bool:  # noqa: FBT001 - passed on
    return unknown_fits if value is None else value in wanted


def _in_total(pack: Pack, entry: Entry) -> bool:
    assert pack.cycle is not None, "asked for where there is a cycle"
    left_out = pack.cycle.not_in_total
    if left_out is not None and selects(left_out, entry, _category(pack, entry)):
        return False
    rule = pack.rule(entry.rule)
    return rule is None or rule.counts_in_total


def _category(pack: Pack, entry: Entry) -> str:
    rule = pack.rule(entry.rule)
    return entry.category if rule is None else rule.name


def _floors(pack: Pack, window: Window, rows: Sequence[Row]) -> Iterable[FloorState]:
    for floor in pack.floors:
        day = window.from_day
        while day <= window.until_day:
            begins, ends = span_of(floor.per, day, window)
            have = sum(
                (
                    row.counted
                    for row in rows
                    if begins <= row.entry.day <= ends
                    and selects(floor.of, row.entry, _category(pack, row.entry))
                ),
                _ZERO,
            )
            yield FloorState(floor, begins, ends, have)
            day = ends + date.resolution


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


def _cut_step(pack: Pack, cap: Cap, cut: Decimal) -> Step:
    assert pack.cycle is not None, "caps go with a cycle"
    shared = f", shared with {', '.join(cap.shared_with)}" if cap.shared_with else ""
    return Step(
        "cap.cut",
        f"{cap.name}: at most {of_unit(cap.at_most, pack.cycle.unit)} a {cap.per.value}{shared}; "
        f"{plain(cut)} too many.",
        cap.clause or pack.source.clause,
        {"cap": cap.name, "at_most": plain(cap.at_most), "cut": plain(cut)},
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
    steps = [
        Step(
            "account.earned",
            f"{of_unit(earned, unit)} earned, {plain(counted - carried_in)} count.",
            "",
            {"earned": plain(earned), "counted": plain(counted - carried_in)},
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
