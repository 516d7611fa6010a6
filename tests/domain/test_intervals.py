"""Sets of time behave like sets."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given

from domain import intervals as time
from domain.values import Interval
from tests.domain.strategies import many_intervals
from tests.support.builders import span


def test_touching_intervals_become_one() -> None:
    assert time.union([span(10, 20), span(0, 10), span(30, 40)]) == [span(0, 20), span(30, 40)]


def test_a_hole_splits_an_interval() -> None:
    assert time.without([span(0, 60)], [span(20, 30)]) == [span(0, 20), span(30, 60)]


def test_a_begun_minute_is_no_minute() -> None:
    assert time.minutes([span(0, 1.99)]) == 1


@given(many_intervals())
def test_a_union_is_sorted_and_disjoint(some: list[Interval]) -> None:
    joined = time.union(some)
    assert all(a.to_at < b.from_at for a, b in pairwise(joined))
    assert time.union(joined) == joined


@given(many_intervals(), many_intervals())
def test_what_is_taken_and_what_is_left_make_the_whole(
    some: list[Interval], taken: list[Interval]
) -> None:
    left, both = time.without(some, taken), time.common(some, taken)
    assert time.length(left) + time.length(both) == time.length(some)
    assert time.union([*left, *both]) == time.union(some)
    assert time.common(left, taken) == []


@given(many_intervals(), many_intervals())
def test_joining_never_shortens_and_never_invents(
    some: list[Interval], more: list[Interval]
) -> None:
    whole = time.length([*some, *more])
    assert max(time.length(some), time.length(more)) <= whole
    assert whole <= sum((each.length for each in [*some, *more]), timedelta(0))
