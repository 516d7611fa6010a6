"""What ``peerhour rules diff`` prints: meetings and licence periods that come out differently."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from domain.recording import EventStore
from domain.rules.explain import how_many, of_unit, plain
from domain.rules.model import Pack
from projections import Connection
from projections.schedule.queries import closed_since, how_many_closed
from projections.transcript.queries import how_many_owners, owners
from services.rules.change import Comparison, Difference
from services.rules.change_accounts import AccountComparison, AccountDifference, entered_for

if TYPE_CHECKING:
    from rich.progress import Progress


@dataclass(frozen=True, slots=True)
class Lines:
    """Prints what differs, one line each.

    Attributes:
        store: where meetings, members and ledgers are read.
        conn: to the views.
        packs: the old version and the new one.
        since: from which instant on.
        today: periods that have not begun are of no interest unless something counts in them.
        progress: where people see how far it is.
        as_json: one JSON object a line.
    """

    store: EventStore
    conn: Connection
    packs: tuple[Pack, Pack]
    since: datetime
    today: date
    progress: Progress
    as_json: bool

    async def meetings(self) -> str:
        """Print the meetings that differ and return the sum."""
        attendances, tally = 0, Tally()
        total = await how_many_closed(self.conn, self.since)
        task = self.progress.add_task("meetings", total=total)
        comparison = Comparison(self.store, *self.packs)
        async for compared in comparison.meetings(closed_since(self.conn, self.since)):
            self.progress.advance(task)
            attendances += compared.attendances
            for each in compared.differences:
                tally.add(each.member_id, gains=each.after > each.before)
                click.echo(
                    json.dumps(_data(each), ensure_ascii=False) if self.as_json else _line(each)
                )
        return f"{how_many(attendances, 'attendance')} compared: {tally}"

    async def periods(self) -> str:
        """Print the licence periods that differ and return the sum."""
        periods, unknown, tally = 0, 0, Tally()
        total = await how_many_owners(self.conn)
        task = self.progress.add_task("members", total=total)
        comparison = AccountComparison(
            self.store,
            entered_for(self.conn),
            *self.packs,
            since=self.since.date(),
            today=self.today,
        )
        async for compared in comparison.members(owners(self.conn)):
            self.progress.advance(task)
            periods += compared.periods
            unknown += compared.unknown
            for each in compared.differences:
                tally.add(each.member_id, gains=each.gains)
                said = json.dumps(_of_period(each), ensure_ascii=False)
                click.echo(said if self.as_json else _period(each))
        licences = how_many(unknown, "licence")
        open_ones = f" Of {licences} no period is determined." if unknown else ""
        return f"{how_many(periods, 'licence period')} compared: {tally}{open_ones}"


class Tally:
    """Who gains, who loses, and in how many."""

    def __init__(self) -> None:
        self._gains = Counter[object]()
        self._losses = Counter[object]()

    def add(self, member_id: object, *, gains: bool) -> None:
        """Count one difference of somebody."""
        (self._gains if gains else self._losses)[member_id] += 1

    def __str__(self) -> str:
        gainers, losers = len(self._gains), len(self._losses)
        return (
            f"{gainers} {'person gains' if gainers == 1 else 'people gain'} "
            f"in {self._gains.total()}, "
            f"{losers} {'loses' if losers == 1 else 'lose'} in {self._losses.total()}."
        )


def _data(each: Difference) -> dict[str, object]:
    return {
        "member": str(each.member_id),
        "meeting": str(each.meeting_id),
        "day": each.day.isoformat(),
        "licence": None if each.licence_id is None else str(each.licence_id),
        "rule": each.rule,
        "unit": each.unit,
        "before": plain(each.before),
        "after": plain(each.after),
        "why": list(each.why),
    }


def _line(each: Difference) -> str:
    way = "gains" if each.after > each.before else "loses"
    return (
        f"{each.day} {each.member_id} {way}: {plain(each.before)} -> "
        f"{of_unit(each.after, each.unit)} ({each.rule}). {' '.join(each.why)}"
    )


def _of_period(each: AccountDifference) -> dict[str, object]:
    return {
        "member": str(each.member_id),
        "licence": str(each.licence_id),
        "from": each.window.from_day.isoformat(),
        "until": each.window.until_day.isoformat(),
        "unit": each.unit,
        "before": plain(each.before),
        "after": plain(each.after),
        "short_before": list(each.short_before),
        "short_after": list(each.short_after),
        "why": list(each.why),
    }


def _period(each: AccountDifference) -> str:
    way = "gains" if each.gains else "loses"
    lacks = "; ".join(each.short_after)
    still = f" Still wanted: {lacks}." if lacks else ""
    return (
        f"{each.window.from_day} to {each.window.until_day} {each.member_id} {way}: "
        f"{plain(each.before)} -> {of_unit(each.after, each.unit)} count.{still} "
        f"{' '.join(each.why)}"
    )
