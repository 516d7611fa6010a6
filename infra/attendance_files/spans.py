"""Lengths of time over several, possibly overlapping stays."""

from __future__ import annotations

from collections.abc import Sequence

from infra.attendance_files.model import ObservedStay, Window


def union_seconds(stays: Sequence[ObservedStay], window: Window | None = None) -> int:
    """Return the whole seconds covered by at least one stay.

    Args:
        stays: in any order; they may overlap.
        window: clips every stay; ``None`` clips nothing.
    """
    total, covered_to = 0.0, None
    for stay in sorted(stays, key=lambda stay: stay.from_at):
        from_at, to_at = stay.from_at, stay.to_at
        if window is not None:
            from_at, to_at = max(from_at, window[0]), min(to_at, window[1])
        if covered_to is not None:
            from_at = max(from_at, covered_to)
        if to_at > from_at:
            total += (to_at - from_at).total_seconds()
            covered_to = to_at
    return int(total)


def at_once(stays: Sequence[ObservedStay]) -> bool:
    """Tell whether two stays overlap for any time at all."""
    ordered = sorted(stays, key=lambda stay: stay.from_at)
    latest = None
    for stay in ordered:
        if latest is not None and stay.from_at < latest and stay.to_at > stay.from_at:
            return True
        latest = stay.to_at if latest is None else max(latest, stay.to_at)
    return False
