"""Judging a described history: no database, no clock; for boards' own examples and for what-if.

The same functions answer for a file on the command line, for a member's page and for a forecast.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from msgspec import Struct

from domain.rules.account import Account, Entry, account
from domain.rules.book import RuleBook
from domain.rules.cycles import Window, cycle_on
from domain.rules.explain import Missing
from domain.rules.facts import Attendance
from domain.rules.judge import Judgement, judge
from domain.rules.model import Pack
from domain.values import Interval

_DAY: Final = date.resolution


class LicenceFacts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A licence, certification or membership that somebody holds.

    Attributes:
        id: names it.
        profession: as the packs call it.
        jurisdiction: such as ``US-CA``; empty for bodies that belong to no place.
        valid_from: first day, where it is known.
        valid_until: last day, where it is known; a cycle ends with it.
    """

    id: str
    profession: str
    jurisdiction: str = ""
    valid_from: date | None = None
    valid_until: date | None = None

    def held_on(self, day: date) -> bool:
        """Tell whether it covers *day*."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)


class History(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that packs are asked about one person.

    Attributes:
        licences: held, now or then.
        attendances: in any order.
        elsewhere: credits that were earned without us; they belong to the pack whose id stands
            first in their key, before a slash, or to every pack.
    """

    attendances: tuple[Attendance, ...] = ()
    licences: tuple[LicenceFacts, ...] = ()
    elsewhere: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What one version of a text makes of one attendance."""

    attendance: Attendance
    pack: Pack
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one text says of a history, for one licence.

    Attributes:
        pack: the newest version asked.
        licence: ``None`` for a text that is about everybody.
        judged: every attendance, by its beginning.
        accounts: one for each cycle with a credit in it, or into which one is carried, by its first
            day.
        missing: why there is no account, where there is none.
    """

    pack: Pack
    licence: LicenceFacts | None
    judged: tuple[Judged, ...]
    accounts: tuple[Account, ...]
    missing: tuple[Missing, ...]


def judge_history(book: RuleBook, history: History, *, until: date | None = None) -> list[Answer]:
    """Ask every text of a book about a history, for each licence that it is about.

    An attendance is judged by the newest version in force on its day; where none is, by the newest
    of all, which then says so.

    Args:
        book: the texts.
        history: of one person.
        until: up to which day cycles are looked at into which something is carried; ``None`` for
            the last credit's.
    """
    answers = []
    for pack_id in dict.fromkeys(pack.id for pack in book.packs):
        newest = book.newest(pack_id)
        assert newest is not None, "the book named it"
        if not newest.professions:
            answers.append(_answer(book, newest, None, history, until))
            continue
        answers += [
            _answer(book, newest, licence, history, until)
            for licence in history.licences
            if newest.is_about(licence.profession, licence.jurisdiction)
        ]
    return answers


def _answer(
    book: RuleBook,
    newest: Pack,
    licence: LicenceFacts | None,
    history: History,
    until: date | None,
) -> Answer:
    versions = [pack for pack in book.packs if pack.id == newest.id]
    taken: list[Interval] = []
    judged = []
    for attendance in sorted(history.attendances, key=lambda each: (each.scheduled, each.meeting)):
        in_force = [pack for pack in versions if pack.in_force_on(attendance.day)]
        pack = in_force[-1] if in_force else newest
        held = None if licence is None else licence.held_on(attendance.day)
        judgements = judge(pack, attendance, licence_held=held, taken=taken)
        for judgement in judgements:
            if judgement.may_be_credited:
                taken += judgement.intervals
        judged.append(Judged(attendance, pack, tuple(judgements)))
    entries = [entry for each in judged for entry in entries_of(each)]
    prefix = f"{newest.id}/"
    entries += [e for e in history.elsewhere if "/" not in e.key or e.key.startswith(prefix)]
    accounts, missing = accounts_of(newest, licence, entries, until=until)
    return Answer(newest, licence, tuple(judged), tuple(accounts), tuple(missing))


def entries_of(judged: Judged) -> Iterable[Entry]:
    """Return what an attendance puts into the account."""
    attendance = judged.attendance
    for judgement in judged.judgements:
        if judgement.may_be_credited:
            yield Entry(
                key=f"{attendance.meeting}:{judgement.rule.id}",
                day=attendance.day,
                amount=judgement.amount,
                rule=judgement.rule.id,
                title=attendance.title,
                topics=attendance.topics,
                modality=attendance.modality,
                live=True,  # a meeting is people at the same time
                credit_kind=judgement.rule.credit_kind,
                minutes=judgement.minutes,
            )


def accounts_of(
    pack: Pack,
    licence: LicenceFacts | None,
    entries: Sequence[Entry],
    *,
    until: date | None = None,
) -> tuple[list[Account], list[Missing]]:
    """Return the account of every cycle with a credit in it, carrying over from one to the next.

    What is carried into a cycle without a credit of its own makes an account of that cycle too, and
    may pass on from there.

    Args:
        pack: the text.
        licence: whose cycles, where the text is about licences.
        entries: in any order.
        until: the last day for such cycles; ``None`` for the last credit's.
    """
    if pack.cycle is None:
        return [], []
    by_window: defaultdict[Window, list[Entry]] = defaultdict(list)
    for entry in entries:
        window = window_of(pack, licence, entry.day)
        if isinstance(window, Missing):
            return [], [window]
        by_window[window].append(entry)
    accounts: list[Account] = []
    for window in sorted(by_window, key=lambda each: each.from_day):
        accounts += _carried_on(pack, licence, accounts, before=window.from_day)
        carried = accounts[-1].carries_over if accounts else None  # 0 where a gap is left
        mine = by_window[window]
        accounts.append(account(pack, window, mine, carried_in=carried or Decimal(0)))
    if until is not None:
        accounts += _carried_on(pack, licence, accounts, before=until + _DAY)
    return accounts, []


def _carried_on(
    pack: Pack, licence: LicenceFacts | None, accounts: Sequence[Account], *, before: date
) -> Iterator[Account]:
    """Yield the cycles that begin before a day and have nothing but what is carried into them."""
    last = accounts[-1] if accounts else None
    while last is not None and last.carries_over:
        begins = last.window.until_day + _DAY
        if begins >= before:
            return
        window = window_of(pack, licence, begins)
        assert isinstance(window, Window), "whose cycle was known has a next one"
        last = account(pack, window, (), carried_in=last.carries_over)
        yield last


def window_of(pack: Pack, licence: LicenceFacts | None, day: date) -> Window | Missing:
    """Return the cycle of a licence that a day belongs to; see :func:`cycle_on`."""
    assert pack.cycle is not None, "asked for where there is a cycle"
    return cycle_on(
        pack.cycle,
        day,
        licence_from=None if licence is None else licence.valid_from,
        licence_until=None if licence is None else licence.valid_until,
    )
