"""Shapes of time for property tests; whole seconds around an evening."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from domain.meetings.presence import Source, Stay
from domain.values import Interval
from tests.support.builders import SIX_PM

_MOMENTS = st.integers(min_value=-3600, max_value=7200)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    first, second = sorted(draw(st.lists(_MOMENTS, min_size=2, max_size=2, unique=True)))
    return Interval(SIX_PM + timedelta(seconds=first), SIX_PM + timedelta(seconds=second))


def many_intervals() -> st.SearchStrategy[list[Interval]]:
    return st.lists(intervals(), max_size=8)


def stays() -> st.SearchStrategy[list[Stay]]:
    sources = st.sampled_from([each for each in Source if each is not Source.CORRECTION])
    return st.lists(st.builds(Stay, intervals(), sources, st.booleans()), max_size=8)
