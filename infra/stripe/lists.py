"""Stripe's lists, read to their end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

MOST: Final = 100  # the most that Stripe puts on one page


async def every(
    ask: Callable[[Callable[[], Any]], Awaitable[Any]], listing: Any, asked: Mapping[str, Any]
) -> AsyncIterator[Any]:
    """Yield every row of a list, page by page.

    Args:
        ask: asks Stripe, see :class:`infra.stripe.connection.Connection`.
        listing: the SDK's method.
        asked: what it is asked.

    Raises:
        PaymentsAway: the list broke off; what was yielded is not all of it.
    """
    wanted = {"limit": MOST, **asked}
    while True:
        page = await ask(partial(listing, dict(wanted)))
        for row in page.data:
            yield row
        if not page.has_more or not page.data:
            return
        wanted["starting_after"] = page.data[-1].id


def plain(found: Any) -> dict[str, Any]:
    """Return an object of the SDK as JSON has it."""
    as_json: dict[str, Any] = found.to_dict(for_json=True)
    return as_json
