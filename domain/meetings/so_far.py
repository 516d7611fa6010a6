"""What a meeting tool's report can know: what lies before now, whatever its clock says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from domain.meetings.attendance import ObservedPerson
from domain.meetings.rules import ArrivalInFuture
from domain.values import Interval

_OTHER_CLOCKS: Final = timedelta(minutes=5)  # by how much a meeting tool's clock may be ahead


def so_far(people: Sequence[ObservedPerson], *, at: datetime, over: bool) -> list[ObservedPerson]:
    """Return what a report tells of the time until now.

    A stay that ends more than five minutes ahead ends now, and one that would only begin then is
    left out: one wrong clock must not cost everybody their evidence. A total without times is
    left out until the meeting is over, because nobody could say which part of it has been.

    Args:
        people: whom the report names.
        at: now.
        over: whether the meeting is.

    Raises:
        ArrivalInFuture: the report tells of presence, and nothing of it has been.
    """
    told = [_until(person, at, over=over) for person in people]
    if any(map(_tells, people)) and not any(map(_tells, told)):
        raise ArrivalInFuture(
            "Nothing that this report tells has come yet; check the date and the clock."
        )
    return told


def _until(person: ObservedPerson, at: datetime, *, over: bool) -> ObservedPerson:
    if person.stays:
        stays = list(_cut(person.stays, at))
        # Without its stays, a person's total would stand for them.
        return replace(
            person, stays=stays, reported_minutes=person.reported_minutes if stays else None
        )
    return person if over else replace(person, reported_minutes=None)


def _cut(stays: Iterable[Interval], at: datetime) -> Iterable[Interval]:
    for stay in stays:
        if stay.to_at <= at + _OTHER_CLOCKS:
            yield stay
        elif stay.from_at < at:
            yield Interval(stay.from_at, at)


def _tells(person: ObservedPerson) -> bool:
    return bool(person.stays or person.reported_minutes)
