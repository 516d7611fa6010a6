"""From stays to minutes: what counts, once, and how well it is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.meetings.presence import EvidenceStrength, Source, Stay, minutes_present
from domain.values import Interval
from tests.domain.strategies import stays
from tests.support.builders import SEVEN_PM, SIX_PM, span

HOUR = Interval(SIX_PM, SEVEN_PM)
STRONG, MODERATE, WEAK, NONE = EvidenceStrength


def stay(begins: float, ends: float, source: Source = Source.DOOR_CODE, **more: bool) -> Stay:
    return Stay(span(begins, ends), source, **more)


def test_presence_outside_the_scheduled_time_does_not_count() -> None:
    assert minutes_present([stay(-10, 20), stay(50, 90)], HOUR).intervals == (
        span(0, 20),
        span(50, 60),
    )


def test_nothing_shown_is_no_presence() -> None:
    presence = minutes_present([], HOUR)
    assert (presence.minutes, presence.strength) == (0, NONE)


@pytest.mark.parametrize(
    ("shown", "strength"),
    [
        ([stay(0, 60)], MODERATE),
        ([stay(0, 60, Source.ZOOM)], MODERATE),
        ([stay(0, 60, Source.CORRECTION)], MODERATE),
        ([stay(0, 60, Source.OFFLINE)], WEAK),
        ([stay(0, 60, Source.TOOL_TOTAL, inferred=True)], WEAK),
        ([stay(0, 60, inferred=True)], WEAK),
        ([stay(0, 60), stay(2, 58, Source.ZOOM)], STRONG),
        ([stay(0, 60), stay(2, 58, Source.ZOOM), stay(0, 30, Source.ROSTER)], STRONG),
        ([stay(0, 60, inferred=True), stay(2, 58, Source.ZOOM)], MODERATE),
        ([stay(0, 60), stay(20, 60, Source.ZOOM)], WEAK),
        ([stay(0, 60), stay(0, 60, Source.OFFLINE)], MODERATE),
        ([stay(0, 60, Source.ZOOM), stay(0, 60, Source.TEAMS)], MODERATE),
    ],
)
def test_strength_follows_from_independent_sources(
    shown: list[Stay], strength: EvidenceStrength
) -> None:
    assert minutes_present(shown, HOUR).strength is strength


def test_one_witness_is_not_enough_and_two_lift_weak_only() -> None:
    weak, strong = [stay(0, 60, Source.OFFLINE)], [stay(0, 60), stay(0, 60, Source.ZOOM)]
    assert minutes_present(weak, HOUR, attested_by=1).strength is WEAK
    assert minutes_present(weak, HOUR, attested_by=2).strength is MODERATE
    assert minutes_present(strong, HOUR, attested_by=9).strength is STRONG
    assert minutes_present([], HOUR, attested_by=9).strength is NONE


def test_the_reasons_are_told_in_words() -> None:
    both = [stay(0, 60, inferred=True), stay(2, 58, Source.ZOOM)]
    assert minutes_present(both, HOUR).reasons == (
        "The meeting tool and the member's check-in agree within 5 minutes.",
        "An end was concluded, not recorded.",
    )


def test_a_total_counts_only_where_nothing_says_when() -> None:
    total = stay(0, 60, Source.TOOL_TOTAL, inferred=True)
    assert minutes_present([total], HOUR).minutes == 60
    assert minutes_present([total, stay(10, 40)], HOUR).minutes == 30


def test_a_correction_replaces_what_it_corrects() -> None:
    corrected = [stay(0, 60), stay(0, 60, Source.ZOOM), stay(10, 30, Source.CORRECTION)]
    assert minutes_present(corrected, HOUR).intervals == (span(10, 30),)


@given(stays(), st.randoms(use_true_random=False))
def test_the_order_of_stays_does_not_matter(present: list[Stay], random: Random) -> None:
    shuffled = random.sample(present, len(present))
    assert minutes_present(present, HOUR) == minutes_present(shuffled, HOUR)


@given(stays(), st.data())
def test_splitting_a_stay_changes_nothing(present: list[Stay], data: st.DataObject) -> None:
    assume(present)
    whole = data.draw(st.sampled_from(present))
    seconds = int(whole.interval.length.total_seconds())
    assume(seconds > 1)
    cut = whole.interval.from_at + timedelta(seconds=data.draw(st.integers(1, seconds - 1)))
    rest = list(present)
    rest.remove(whole)
    parts = [
        replace(whole, interval=Interval(whole.interval.from_at, cut)),
        replace(whole, interval=Interval(cut, whole.interval.to_at)),
    ]
    before, after = minutes_present(present, HOUR), minutes_present([*rest, *parts], HOUR)
    assert (after.seconds, after.intervals) == (before.seconds, before.intervals)
    assert after.strength is before.strength


@given(stays(), st.data())
def test_a_further_device_adds_no_time(present: list[Stay], data: st.DataObject) -> None:
    timed = [each for each in present if each.source is not Source.TOOL_TOTAL]
    assume(timed)
    first = data.draw(st.sampled_from(timed))
    seconds = int(first.interval.length.total_seconds())
    ends = first.interval.from_at + timedelta(seconds=data.draw(st.integers(1, seconds)))
    device = Stay(Interval(first.interval.from_at, ends), Source.WEBHOOK)
    before, after = minutes_present(present, HOUR), minutes_present([*present, device], HOUR)
    assert (after.seconds, after.intervals) == (before.seconds, before.intervals)


@given(stays(), st.integers(0, 5))
def test_minutes_lie_between_nothing_and_the_whole_window(
    present: list[Stay], witnesses: int
) -> None:
    presence = minutes_present(present, HOUR, attested_by=witnesses)
    assert 0 <= presence.minutes <= 60
    assert presence.minutes == presence.seconds // 60
    assert (presence.strength is NONE) == (presence.seconds == 0)


# One of those present


@pytest.mark.parametrize(
    ("stays", "present"),
    [
        ([(0, 60)], True),
        ([(0, 30)], True),
        ([(0, 29.9)], False),
        ([(0, 15), (40, 55)], True),
        ([(0, 15), (10, 25)], False),
        ([(-60, 29)], False),
        ([(59, 60)], False),
        ([], False),
    ],
)
def test_half_of_the_scheduled_time_makes_somebody_one_of_those_present(
    stays: list[tuple[float, float]], *, present: bool
) -> None:
    window = span(0, 60)
    found = minutes_present([Stay(span(*each), Source.DOOR_CODE) for each in stays], window)
    assert found.is_of(window) is present
