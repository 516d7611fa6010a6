"""Runs the worked cases of a pack: a pack whose own examples fail is not used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from domain import intervals as time
from domain.rules.account import Account, Entry, account
from domain.rules.cycles import Window, months_after
from domain.rules.explain import plain
from domain.rules.facts import Attendance, Person, Series
from domain.rules.judge import Judgement, judge
from domain.rules.model import Pack
from domain.rules.worked_cases import Case, Past
from domain.values import Interval

_DAY: Final = date(2026, 3, 2)
_MINUTE: Final = timedelta(minutes=1)
_ANY_BODY: Final = "an approving body"


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that does not come out as it says.

    Attributes:
        case: which one, counted from 0.
        says: its sentence.
        expected: in words.
        found: in words.
    """

    case: int
    says: str
    expected: str
    found: str


def failures(pack: Pack) -> Iterator[Failure]:
    """Run every case of a pack and yield those that fail."""
    for index, case in enumerate(pack.cases):
        for expected, found in _differences(pack, case):
            yield Failure(index, case.says, expected, found)


def _differences(pack: Pack, case: Case) -> Iterator[tuple[str, str]]:
    if case.past:
        yield from _account_differences(account_of(pack, case), case)
        return
    judgements = {each.rule.id: each for each in judged(pack, case)}
    for rule_id, judgement in judgements.items():
        given = judgement.amount if judgement.may_be_credited else Decimal(0)
        expected = case.gives.get(rule_id, Decimal(0))
        if given != expected:
            why = ", ".join(each.code for each in judgement.missing)
            found = plain(given) + (f" ({why})" if why else "")
            yield f"{rule_id} gives {plain(expected)}", found
        held_back = case.would_give.get(rule_id)
        if held_back is not None and held_back != judgement.amount:
            yield f"{rule_id} would give {plain(held_back)}", plain(judgement.amount)
        codes = tuple(each.code for each in judgement.missing)
        if rule_id in case.missing and set(case.missing[rule_id]) != set(codes):
            yield f"{rule_id} misses {', '.join(case.missing[rule_id])}", ", ".join(codes)


def _account_differences(found: Account, case: Case) -> Iterator[tuple[str, str]]:
    for name, wanted, have in (
        ("counted", case.counted, found.counted),
        ("cut", case.cut, found.cut),
        ("required", case.required, found.required),
        ("carries_over", case.carries_over, found.carries_over),
    ):
        if wanted is not None and wanted != have:
            yield f"{name} is {plain(wanted)}", "unknown" if have is None else plain(have)
    apart, lacking = case.categories_short, found.categories_short
    if apart is not None and apart != lacking:
        yield f"categories_short is {apart}", "unknown" if lacking is None else str(lacking)
    if case.short is not None:
        short = {state.floor.name for state in found.floors if state.lacks}
        if short != set(case.short):
            yield f"short of {', '.join(case.short) or 'nothing'}", ", ".join(sorted(short))


def judged(pack: Pack, case: Case) -> list[Judgement]:
    """Return what the pack makes of a case's meeting."""
    return judge(pack, attendance_of(pack, case), licence_held=case.licence)


def attendance_of(pack: Pack, case: Case) -> Attendance:
    """Return the facts that a case describes."""
    begins = datetime.combine(_day(pack, case), datetime.min.time(), UTC) + timedelta(hours=18)
    ends = begins + case.meeting_minutes * _MINUTE
    mine = frozenset({case.profession or (*pack.professions, "counseling")[0]})
    others = [mine] * max(case.people - 1, 0)
    for index, profession in enumerate(case.others[: len(others)]):
        others[index] = frozenset({profession}) if profession else frozenset()
    present = _presence(case, begins)
    return Attendance(
        meeting="case",
        title=case.title,
        scheduled=Interval(begins, ends),
        present=present,
        strength=case.strength,
        modality=case.modality,
        own=_own(case, present),
        me=Person(
            professions=mine,
            supervisor=False if case.supervisor is not None else None,
            modality=case.modality,
        ),
        others=tuple(
            Person(
                professions=professions,
                supervisor=case.supervisor if index == 0 or case.supervisor is None else False,
                leads=bool(case.facilitated) and index == len(others) - 1,
                modality=dict(enumerate(case.elsewhere)).get(index, case.modality),
            )
            for index, professions in enumerate(others)
        )
        if case.people
        else None,
        facilitated=case.facilitated,
        topics=case.topics,
        series=Series(
            parts=case.series_parts, attended=frozenset(range(1, case.series_attended + 1))
        )
        if case.series_parts
        else None,
        syllabus_first=case.syllabus_first,
        approved_by=_bodies(pack) if case.approved_by is None else case.approved_by,
        checked_out=case.check_out,
        evaluated=case.evaluated,
        evaluated_at=ends + timedelta(hours=case.evaluated_after_hours) if case.evaluated else None,
        interactive=case.interactive,
        post_test_passed=case.post_test,
        instruction_minutes=case.instruction_minutes,
    )


def account_of(pack: Pack, case: Case) -> Account:
    """Return the account of the credits that a case describes."""
    assert pack.cycle is not None, "a pack with such cases has a cycle"
    begins = _day(pack, case)
    months = case.first_cycle_months or pack.cycle.months or 12
    window = Window(
        begins, months_after(begins, months) - timedelta(days=1), case.first_cycle_months
    )
    entries = [
        _entry(pack, past, begins, f"{group}-{number}", number)
        for group, past in enumerate(case.past)
        for number in range(past.times)
    ]
    return account(pack, window, entries)


def _entry(pack: Pack, past: Past, begins: date, key: str, number: int) -> Entry:
    rule = pack.rule(past.rule)
    return Entry(
        key=key,
        day=begins + timedelta(days=past.after_days + number * past.every_days),
        amount=past.amount,
        rule=past.rule,
        category=past.category,
        title=past.title.replace("{n}", str(number + 1)),
        topics=past.topics,
        modality=past.modality,
        live=True if past.live is None and rule is not None else past.live,
        credit_kind=None if rule is None else rule.credit_kind,
        elsewhere=rule is None,
    )


def _day(pack: Pack, case: Case) -> date:
    return date.fromisoformat(case.day) if case.day else max(pack.effective_from or _DAY, _DAY)


def _presence(case: Case, begins: datetime) -> tuple[Interval, ...]:
    """Return presence of so many minutes, with an absence in the middle where one is wanted."""
    if not case.minutes:
        return ()
    arrives = begins + case.late_minutes * _MINUTE
    leaves = arrives + (case.minutes + case.absent_minutes) * _MINUTE
    whole = [Interval(arrives, leaves)]
    if case.absent_minutes:
        gone = arrives + case.minutes // 2 * _MINUTE
        whole = time.without(whole, [Interval(gone, gone + case.absent_minutes * _MINUTE)])
    return tuple(time.clipped(whole, Interval(begins, begins + case.meeting_minutes * _MINUTE)))


def _own(case: Case, present: tuple[Interval, ...]) -> tuple[Interval, ...] | None:
    if not case.own_known:
        return None
    if not case.own_minutes or not present:
        return ()
    from_at = present[0].from_at
    return (Interval(from_at, from_at + case.own_minutes * _MINUTE),)


def _bodies(pack: Pack) -> tuple[str, ...]:
    named = [body for rule in pack.rules for body in rule.needs.approved_by]
    return tuple(dict.fromkeys(named)) or (_ANY_BODY,)
