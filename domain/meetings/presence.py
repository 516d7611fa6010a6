"""From stays reported by several sources to minutes, and how well those minutes are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import combinations
from typing import Final

from domain import intervals as time
from domain.values import Interval

TOLERANCE: Final = timedelta(minutes=5)  # clocks, doors and coats; two sources still agree
WITNESSES: Final = 2  # peers who must attest before weak evidence becomes moderate


class Source(StrEnum):
    """Where a stay is known from."""

    DOOR_CODE = "door_code"
    ROSTER = "roster"
    OFFLINE = "offline"
    ZOOM = "zoom"
    TEAMS = "teams"
    WEBHOOK = "webhook"
    TOOL_TOTAL = "tool_total"
    CORRECTION = "correction"


class EvidenceStrength(StrEnum):
    """How well a presence is shown; what it means is printed wherever it is used."""

    STRONG = "strong"
    MODERATE = "moderate"
    WEAK = "weak"
    NONE = "none"

    def at_least(self, other: EvidenceStrength) -> bool:
        """Tell whether this is as good as *other* or better."""
        order = list(EvidenceStrength)
        return order.index(self) <= order.index(other)


@dataclass(frozen=True, slots=True)
class Stay:
    """One unbroken presence of one person.

    Attributes:
        interval: from when to when.
        source: how it is known.
        inferred: whether an end was concluded rather than recorded.
    """

    interval: Interval
    source: Source
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """How long somebody was there, and how that is known.

    Attributes:
        minutes: whole minutes, rounded down.
        seconds: whole seconds, rounded down.
        intervals: the time itself, sorted and disjoint.
        strength: how well it is shown.
        reasons: why, in sentences for people.
    """

    minutes: int
    seconds: int
    intervals: tuple[Interval, ...]
    strength: EvidenceStrength
    reasons: tuple[str, ...]

    def is_of(self, window: Interval) -> bool:
        """Tell whether it makes somebody one of those present: half of the time, or more.

        No text read says how long somebody must be in the room to be one of its people. Whoever
        looks in for a minute makes no group of three; half of the hour is what a group would call
        having been there. It hangs on nobody else's presence, so that more of one's own never
        takes credit away.

        Args:
            window: the scheduled time that the presence was cut to.
        """
        return 2 * time.length(self.intervals) >= window.length


# Sources of one kind fail together (one phone, one pair of eyes, one meeting tool), so only
# sources of different kinds confirm each other.
_KIND: Final = {
    Source.DOOR_CODE: "the member's check-in",
    Source.OFFLINE: "the member's check-in",
    Source.ROSTER: "the facilitator's roster",
    Source.ZOOM: "the meeting tool",
    Source.TEAMS: "the meeting tool",
    Source.WEBHOOK: "the meeting tool",
    Source.TOOL_TOTAL: "the meeting tool's total",
    Source.CORRECTION: "a reasoned correction",
}


def minutes_present(stays: Iterable[Stay], window: Interval, *, attested_by: int = 0) -> Presence:
    """Join stays from all sources into minutes with a stated evidence strength.

    Overlapping stays count once, in any order and from any number of devices. A correction
    replaces what it corrects. A total without times counts only where nothing says when.

    Args:
        stays: of one person at one meeting; may be empty.
        window: the scheduled time; presence before and after it does not count.
        attested_by: how many peers attest the presence.

    Returns:
        Minutes between 0 and the window's length.
    """
    counted = _that_count(list(stays))
    parts = time.clipped((stay.interval for stay in counted), window)
    strength, reasons = _strength(counted, window, attested_by)
    return Presence(
        minutes=time.minutes(parts),
        seconds=time.seconds(parts),
        intervals=tuple(parts),
        strength=strength,
        reasons=tuple(reasons),
    )


def _that_count(stays: Sequence[Stay]) -> Sequence[Stay]:
    corrected = [stay for stay in stays if stay.source is Source.CORRECTION]
    timed = [stay for stay in stays if stay.source is not Source.TOOL_TOTAL]
    return corrected or timed or stays


def _strength(
    stays: Sequence[Stay], window: Interval, attested_by: int
) -> tuple[EvidenceStrength, list[str]]:
    by_kind = _times_by_kind(stays, window)
    if not by_kind:
        return EvidenceStrength.NONE, ["No source shows presence in the scheduled time."]
    inferred = any(stay.inferred and stay.interval.clipped_to(window) for stay in stays)
    strength, reasons = _from_sources(by_kind, {stay.source for stay in stays}, inferred=inferred)
    if strength is EvidenceStrength.WEAK and attested_by >= WITNESSES:
        strength = EvidenceStrength.MODERATE
        reasons.append(f"{attested_by} peers attest the presence.")
    return strength, reasons


def _times_by_kind(stays: Iterable[Stay], window: Interval) -> dict[str, list[Interval]]:
    by_kind: defaultdict[str, list[Interval]] = defaultdict(list)
    for stay in stays:
        by_kind[_KIND[stay.source]].append(stay.interval)
    times = {kind: time.clipped(found, window) for kind, found in sorted(by_kind.items())}
    return {kind: parts for kind, parts in times.items() if parts}


def _from_sources(
    by_kind: dict[str, list[Interval]], sources: set[Source], *, inferred: bool
) -> tuple[EvidenceStrength, list[str]]:
    """Grade what the sources say; the reasons name them."""
    kinds = list(by_kind)
    apart = [_difference(by_kind[a], by_kind[b]) for a, b in combinations(kinds, 2)]
    agree = any(gap <= TOLERANCE for gap in apart)
    if agree:
        reasons = [f"{_sentence(kinds)} agree within {TOLERANCE // timedelta(minutes=1)} minutes."]
        strength = EvidenceStrength.STRONG
    elif apart:
        gap = min(apart) // timedelta(minutes=1)
        reasons = [f"{_sentence(kinds)} differ by {gap} minutes."]
        strength = EvidenceStrength.WEAK
    elif Source.TOOL_TOTAL in sources:
        reasons = ["The meeting tool reports a total without times."]
        strength = EvidenceStrength.WEAK
    elif sources == {Source.OFFLINE}:
        reasons = ["The member's device reported it later; nobody else did."]
        strength = EvidenceStrength.WEAK
    else:
        reasons = [f"One source shows it: {kinds[0]}."]
        strength = EvidenceStrength.MODERATE
    if inferred:
        reasons.append("An end was concluded, not recorded.")
        strength = EvidenceStrength.MODERATE if agree else EvidenceStrength.WEAK
    return strength, reasons


def _difference(left: list[Interval], right: list[Interval]) -> timedelta:
    """Return the time that only one of them shows."""
    return time.length(time.without(left, right)) + time.length(time.without(right, left))


def _sentence(kinds: Sequence[str]) -> str:
    joined = f"{', '.join(kinds[:-1])} and {kinds[-1]}"
    return joined[0].upper() + joined[1:]
