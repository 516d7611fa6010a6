"""What a member thinks about: going differently, less often, or to one more group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from domain.rules.facts import Attendance, Person
from domain.values import Interval, Modality
from services.standing_schedule import AHEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """Something a member thinks about; what is ``None`` stays as it is.

    Attributes:
        modality: take part in this way from now on.
        own_minutes: so many minutes of every meeting are on the member's own practice.
        every: go to every first, second, third … meeting only.
        join_minutes: join one more group whose meetings last so long.
        join_every_weeks: and are so many weeks apart.
        join_modality: and are held like this.
        join_people: with so many people, the member included.
    """

    modality: Modality | None = None
    own_minutes: int | None = None
    every: int = 1
    join_minutes: int | None = None
    join_every_weeks: int = 1
    join_modality: Modality = Modality.LIVE_VIDEO
    join_people: int = 6

    @property
    def changes_something(self) -> bool:
        """Whether it differs from the standing schedule."""
        return self != WhatIf()


def thought(plan: Sequence[Attendance], what_if: WhatIf, now: datetime) -> Iterator[Attendance]:
    """Yield the schedule as it would be."""
    for number, each in enumerate(sorted(plan, key=lambda one: (one.scheduled, one.meeting))):
        if number % what_if.every:
            continue
        changed = each
        if what_if.modality is not None:
            changed = _with(changed, modality=what_if.modality)
        if what_if.own_minutes is not None:
            changed = _with(changed, own=_own(changed, what_if.own_minutes))
        yield changed
    if what_if.join_minutes is not None:
        yield from _joined(what_if, plan, now)


def _joined(what_if: WhatIf, plan: Sequence[Attendance], now: datetime) -> Iterator[Attendance]:
    assert what_if.join_minutes is not None, "asked for where a group is joined"
    me = plan[0].me if plan else Person()
    start = (now + timedelta(weeks=1)).replace(minute=0, second=0, microsecond=0)
    while start < now + AHEAD:
        window = Interval(start, start + timedelta(minutes=what_if.join_minutes))
        joined = Attendance(
            meeting=f"joined:{start.isoformat()}",
            title=f"Another group, {start.date()}",
            scheduled=window,
            present=(window,),
            modality=what_if.join_modality,
            me=me,
            others=(Person(professions=me.professions),) * (what_if.join_people - 1),
            facilitated=False,
            approved_by=(),
            checked_out=True,
            evaluated=True,
            evaluated_at=window.to_at,
            interactive=True,
        )
        if what_if.own_minutes is not None:
            joined = _with(joined, own=_own(joined, what_if.own_minutes))
        yield joined
        start += timedelta(weeks=what_if.join_every_weeks)


def _with(attendance: Attendance, **changes: object) -> Attendance:
    return msgspec.structs.replace(attendance, **changes)


def _own(attendance: Attendance, minutes: int) -> tuple[Interval, ...]:
    begins = attendance.scheduled.from_at
    ends = min(begins + timedelta(minutes=minutes), attendance.scheduled.to_at)
    return (Interval(begins, ends),) if begins < ends else ()
