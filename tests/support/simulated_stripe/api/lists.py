"""Lists: newest first, page by page, as every list of Stripe."""

from __future__ import annotations

from collections.abc import Sequence

from tests.support.simulated_stripe.api.calls import Call
from tests.support.simulated_stripe.refusals import invalid, not_found
from tests.support.simulated_stripe.world.world import Json, listing

_MOST = 100


def page(call: Call, found: Sequence[Json], *, newest_first: bool = True) -> Json:
    """One page of a list.

    Args:
        call: its ``limit``, ``starting_after``, ``ending_before`` and ``created`` decide.
        found: everything that belongs to the list, oldest first.
        newest_first: whether the order is turned round; lines keep theirs.
    """
    given = call.given
    rows = [each for each in found if _created_fits(each, given.get("created"))]
    if newest_first:
        rows.reverse()
    limit = given.get("limit", 10)
    if not 1 <= limit <= _MOST:
        raise invalid(f"Invalid limit: {limit}. It must be between 1 and 100.", param="limit")
    if "ending_before" in given:
        rows = rows[: _place(rows, given["ending_before"], "ending_before")]
        return listing(rows[-limit:], call.path, has_more=len(rows) > limit)
    if "starting_after" in given:
        rows = rows[_place(rows, given["starting_after"], "starting_after") + 1 :]
    return listing(rows[:limit], call.path, has_more=len(rows) > limit)


def _place(rows: Sequence[Json], key: str, param: str) -> int:
    for number, each in enumerate(rows):
        if each["id"] == key:
            return number
    raise not_found("object", key, param=param, status=400)


def _created_fits(each: Json, wanted: Json | int | None) -> bool:
    return in_range(each.get("created", 0), wanted)


def in_range(moment: int, wanted: Json | int | None) -> bool:
    """Whether a moment lies in Stripe's ``{gt, gte, lt, lte}``, or is the one asked for."""
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return moment == wanted
    return bool(
        moment >= wanted.get("gte", moment)
        and moment > wanted.get("gt", moment - 1)
        and moment <= wanted.get("lte", moment)
        and moment < wanted.get("lt", moment + 1)
    )
