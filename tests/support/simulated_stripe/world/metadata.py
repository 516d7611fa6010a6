"""Metadata as Stripe merges it."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def merged(metadata: Json, given: Json | str) -> Json:
    """An empty value unsets its key, an empty text unsets all."""
    if not isinstance(given, dict):
        return {}
    return {name: value for name, value in (metadata | given).items() if value != ""}
