"""Figures of a run, for people."""

from __future__ import annotations

from collections.abc import Sequence

_MILLISECONDS = 1000


def quantile(seconds: Sequence[float], share: float) -> int:
    """Return the time within which this *share* was answered, in whole milliseconds."""
    if not seconds:
        return 0
    ordered = sorted(seconds)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * _MILLISECONDS)
