"""What a licence period will come to: the standing schedule, and what would happen if.

A planned meeting is judged like a past one, as if the member were there from start to end; what
nobody can know beforehand stays unknown, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from domain.days import day
from domain.rules.account import Account, Entry, FloorState, account
from domain.rules.book import RuleBook
from domain.rules.cycles import Window
from domain.rules.explain import Missing, Step, how_many, how_much_counts, of_unit, plain
from domain.rules.facts import Attendance
from domain.rules.histories import Judged, LicenceFacts, accounts_of, entries_of, window_of
from domain.rules.judge import judge
from domain.rules.model import Pack
from domain.rules.months import MonthAhead, about_months, looked_ahead, months_ahead
from domain.rules.periods import Per
from domain.values import Interval

_NEARLY_FULL: Final = Decimal("0.8")  # of a cap, before people are told


@dataclass(frozen=True, slots=True)
class Forecast:
    """The state of one licence under one text, and where the schedule leads.

    Attributes:
        pack: the text.
        licence: the licence.
        today: on which day it was asked.
        now: the current cycle as it stands; ``None`` where it is not determined.
        then: the same cycle with what is planned in it.
        does_not_count: why planned meetings would give nothing, with how many they are.
        warnings: what the member should know before it is too late.
        missing: what is not determined.
        months: where every month stands alone: each one, from the running month on.
    """

    pack: Pack
    licence: LicenceFacts
    today: date
    now: Account | None
    then: Account | None
    does_not_count: tuple[tuple[Missing, int], ...]
    warnings: tuple[Step, ...]
    missing: tuple[Missing, ...]
    months: tuple[MonthAhead, ...] = ()

    @property
    def gain(self) -> Decimal:
        """What the planned meetings add."""
        if self.now is None or self.then is None:
            return Decimal(0)
        return self.then.counted - self.now.counted


def forecast(
    book: RuleBook,
    pack: Pack,
    licence: LicenceFacts,
    earned: Sequence[Entry],
    planned: Sequence[Attendance],
    *,
    today: date,
) -> Forecast:
    """Say where a licence stands and where the schedule leads.

    Args:
        book: for the versions of the text in force on the days of the plan.
        pack: the text, in the version of today.
        licence: whose period it is.
        earned: credits under the text, of any cycle.
        planned: meetings to come, as if attended; those before today, and those after
            :func:`domain.rules.months.looked_ahead`, are left out.
        today: where the member lives.
    """
    if pack.cycle is None:
        missing = Missing(
            "cycle.not_determined",
            "Not determined, because the text read does not speak of a licence period.",
        )
        return Forecast(pack, licence, today, None, None, (), (), (missing,))
    window = window_of(pack, licence, today)
    if isinstance(window, Missing):
        return Forecast(pack, licence, today, None, None, (), (), (window,))
    last = looked_ahead(pack, licence, today)
    assert last is not None, "whose cycle is known has a last day"
    to_come = [each for each in planned if today <= each.day <= last]
    judged = list(_judged(book, pack, licence, to_come))
    hoped = [entry for each in judged for entry in _planned(each)]
    carried = _carried_in(pack, licence, earned, window)
    now = account(pack, window, earned, carried_in=carried)
    then = account(pack, window, [*earned, *hoped], carried_in=carried)
    months = months_ahead(pack, licence, earned, hoped, today=today)
    return Forecast(
        pack,
        licence,
        today,
        now,
        then,
        tuple(_does_not_count(judged)),
        (*_warnings(pack, now, then, today), *about_months(pack, months)),
        now.missing,
        tuple(months),
    )


def _carried_in(
    pack: Pack, licence: LicenceFacts, earned: Sequence[Entry], window: Window
) -> Decimal:
    before = [entry for entry in earned if entry.day < window.from_day]
    accounts, _ = accounts_of(pack, licence, before, until=window.from_day - date.resolution)
    carried = accounts[-1].carries_over if accounts else None  # 0 where a gap is left
    return carried or Decimal(0)


def _judged(
    book: RuleBook, pack: Pack, licence: LicenceFacts, planned: Sequence[Attendance]
) -> Iterator[Judged]:
    versions = [each for each in book.packs if each.id == pack.id]
    taken: list[Interval] = []
    for attendance in sorted(planned, key=lambda each: (each.scheduled, each.meeting)):
        in_force = [each for each in versions if each.in_force_on(attendance.day)]
        speaks = in_force[-1] if in_force else pack
        held = licence.held_on(attendance.day)
        judgements = judge(speaks, attendance, licence_held=held, taken=taken)
        for judgement in judgements:
            if judgement.may_be_credited:
                taken += judgement.intervals
        yield Judged(attendance, speaks, tuple(judgements))


def _planned(judged: Judged) -> Iterator[Entry]:
    for entry in entries_of(judged):
        yield Entry(
            key=f"planned:{entry.key}",
            day=entry.day,
            amount=entry.amount,
            rule=entry.rule,
            title=entry.title,
            topics=entry.topics,
            modality=entry.modality,
            live=entry.live,
            credit_kind=entry.credit_kind,
            minutes=entry.minutes,
            planned=True,
        )


def _does_not_count(judged: Sequence[Judged]) -> Iterator[tuple[Missing, int]]:
    """Yield the first obstacle of meetings that no rule of the text would credit."""
    reasons: dict[Missing, int] = {}
    for each in judged:
        if not any(judgement.may_be_credited for judgement in each.judgements):
            obstacle = next((m for j in each.judgements for m in j.missing), None)
            if obstacle is not None:
                reasons[obstacle] = reasons.get(obstacle, 0) + 1
    yield from reasons.items()


def _warnings(pack: Pack, now: Account, then: Account, today: date) -> Iterator[Step]:
    yield from _about_total(pack, then, today)
    for state, hoped in zip(now.floors, then.floors, strict=True):
        if hoped.until >= today and hoped.lacks:
            yield _about_floor(pack, state, hoped, today)
    for cap in then.caps:
        if cap.cut:
            said = (
                f"{cap.cap.name}: at most {of_unit(cap.cap.at_most, then.unit)} count; with what "
                f"is planned, {plain(cap.cut)} more would not."
            )
            yield _warning("cap.exceeded", said, cap.cap.clause or pack.source.clause)
        elif cap.cap.per is Per.CYCLE and cap.used >= cap.cap.at_most * _NEARLY_FULL > 0:
            said = (
                f"{cap.cap.name}: {plain(cap.used)} of at most "
                f"{of_unit(cap.cap.at_most, then.unit)} will be used."
            )
            yield _warning("cap.nearly_full", said, cap.cap.clause or pack.source.clause)
    if then.categories_wanted is not None and len(then.categories) < then.categories_wanted:
        said = (
            f"Credit must come from {then.categories_wanted} categories; so far "
            f"{how_much_counts(Decimal(len(then.categories)))}."
        )
        yield _warning("categories.too_few", said, pack.source.clause)


def _about_total(pack: Pack, then: Account, today: date) -> Iterator[Step]:
    if then.lacks:
        required = then.counted + then.lacks
        days = (then.window.until_day - today).days + 1
        said = (
            f"With what is planned, {plain(then.counted)} of {of_unit(required, then.unit)} "
            f"will count by {day(then.window.until_day)}; {plain(then.lacks)} must come from "
            f"elsewhere within {how_many(days, 'day')}."
        )
        yield _warning("total.too_little", said, pack.source.clause)


def _about_floor(pack: Pack, state: FloorState, hoped: FloorState, today: date) -> Step:
    floor = state.floor
    when = (
        "this month" if floor.per is Per.MONTH and state.span <= today else f"by {day(state.until)}"
    )
    outside = f" It can only come from elsewhere: {floor.outside}." if floor.outside else ""
    return _warning(
        "floor.too_little",
        f"{floor.name}: {plain(floor.at_least)} wanted {when}, {plain(state.have)} there, "
        f"{plain(hoped.lacks)} still missing with what is planned.{outside}",
        floor.clause or pack.source.clause,
    )


def _warning(code: str, sentence: str, clause: str) -> Step:
    return Step(code, sentence, clause)
