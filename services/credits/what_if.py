"""What a member thinks about: going differently, less often, or to one more group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from domain.rules.facts import Attendance, Person
from domain.values import Interval, Modality
from services.groups.standing_schedule import InGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """Something a member thinks about; what is ``None`` stays as it is.

    Attributes:
        modality: take part in this way from now on.
        own_minutes: so many minutes of every meeting are on the member's own practice.
        every: go to every first, second, third … meeting of each group only, the next one first.
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


def thought(
    plan: Sequence[InGroup], what_if: WhatIf, *, now: datetime, until: date
) -> Iterator[Attendance]:
    """Yield the schedule as it would be.

    Args:
        plan: the standing schedule.
        what_if: what the member thinks about.
        now: aware UTC; another group would begin a week from then.
        until: the last day that matters.
    """
    seen: Counter[UUID] = Counter()
    for each in sorted(plan, key=lambda one: (one.attendance.scheduled, one.attendance.meeting)):
        number = seen[each.group_id]
        seen[each.group_id] += 1
        if number % what_if.every == 0:
            yield _changed(each.attendance, what_if)
    if what_if.join_minutes is not None:
        me = plan[0].attendance.me if plan else Person()
        yield from _joined(what_if, what_if.join_minutes, me, now, until)


def _changed(attendance: Attendance, what_if: WhatIf) -> Attendance:
    changed = attendance
    if what_if.modality is not None:
        me = msgspec.structs.replace(changed.me, modality=what_if.modality)
        changed = _with(changed, modality=what_if.modality, me=me)
    if what_if.own_minutes is not None:
        changed = _with(changed, own=_own(changed, what_if.own_minutes))
    return changed


def _joined(
    what_if: WhatIf, lasts: int, me: Person, now: datetime, until: date
) -> Iterator[Attendance]:
    way = what_if.join_modality
    start = (now + timedelta(weeks=1)).replace(minute=0, second=0, microsecond=0)
    while start.date() <= until:
        window = Interval(start, start + timedelta(minutes=lasts))
        joined = Attendance(
            meeting=f"joined:{start.isoformat()}",
            title=f"Another group, {start.date()}",
            scheduled=window,
            present=(window,),
            modality=way,
            me=msgspec.structs.replace(me, modality=way, leads=False),
            others=(Person(professions=me.professions, modality=way),) * (what_if.join_people - 1),
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
