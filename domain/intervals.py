"""Sets of time: joining, cutting out and measuring intervals.

Every function takes intervals in any order, overlapping or not, and returns them sorted and
disjoint, so that the same time always has the same form.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from domain.values import Interval

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Join intervals: overlapping and touching ones become one."""
    joined: list[Interval] = []
    for interval in sorted(intervals):
        if joined and interval.from_at <= joined[-1].to_at:
            last = joined.pop()
            interval = Interval(last.from_at, max(last.to_at, interval.to_at))  # noqa: PLW2901 - grown
        joined.append(interval)
    return joined


def clipped(intervals: Iterable[Interval], window: Interval) -> list[Interval]:
    """Join intervals and keep what lies inside *window*."""
    return union(part for each in intervals if (part := each.clipped_to(window)) is not None)


def common(left: Iterable[Interval], right: Iterable[Interval]) -> list[Interval]:
    """Return the time that lies in both."""
    windows = union(right)
    return [part for each in union(left) for w in windows if (part := each.clipped_to(w))]


def without(intervals: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """Return the time of *intervals* that is not in *taken*."""
    left = union(intervals)
    for hole in union(taken):
        left = [part for each in left for part in _cut(each, hole)]
    return left


def length(intervals: Iterable[Interval]) -> timedelta:
    """Return how much time they cover, each moment once."""
    return sum((each.length for each in union(intervals)), timedelta(0))


def seconds(intervals: Iterable[Interval]) -> int:
    """Return the whole seconds covered: what is left of a second does not count."""
    return length(intervals) // _SECOND


def minutes(intervals: Iterable[Interval]) -> int:
    """Return the whole minutes covered: we never certify what we cannot show."""
    return length(intervals) // _MINUTE


def _cut(interval: Interval, hole: Interval) -> list[Interval]:
    if hole.to_at <= interval.from_at or interval.to_at <= hole.from_at:
        return [interval]
    left = []
    if interval.from_at < hole.from_at:
        left.append(Interval(interval.from_at, hole.from_at))
    if hole.to_at < interval.to_at:
        left.append(Interval(hole.to_at, interval.to_at))
    return left
