"""Small readings that every answer of Stripe needs: times, ids of what may be expanded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def moment(seconds: int | None) -> datetime | None:
    """Return a time of Stripe's, seconds since 1970, as an aware UTC time."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def instant(seconds: int) -> datetime:
    """Return a time that is always there."""
    return datetime.fromtimestamp(seconds, UTC)


def id_of(thing: Any) -> str | None:
    """Return the id of an object that stands there as itself, as its id, or not at all."""
    if thing is None or isinstance(thing, str):
        return thing
    found = getattr(thing, "id", None)
    return str(found) if found else None


def request_id_of(answer: Any) -> str | None:
    """Return Stripe's id of an answer."""
    response = getattr(answer, "last_response", None)
    found = getattr(response, "request_id", None)
    return str(found) if found else None
