"""Edits as Stripe makes them: metadata is merged, an empty text unsets."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def merged(metadata: Json, given: Json | str) -> Json:
    """An empty value unsets its key, an empty text unsets all."""
    if not isinstance(given, dict):
        return {}
    return {name: value for name, value in (metadata | given).items() if value != ""}


def edit(thing: Json, given: Json) -> None:
    """Changes an object's fields by the parameters of the same names."""
    for name, value in given.items():
        if name == "metadata":
            thing[name] = merged(thing[name] or {}, value)
        elif value == "":
            thing[name] = [] if isinstance(thing[name], list) else None
        else:
            thing[name] = value
