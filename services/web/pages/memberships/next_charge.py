"""What is charged next, and when: asked of the payment service; left out while it is away."""

from __future__ import annotations

import asyncio
from uuid import UUID

from domain.errors import DomainError
from domain.memberships.membership import Membership
from domain.memberships.standings import MembershipState
from domain.payments.prices import NextCharge
from services.house import House
from services.web.forms.orders import Asking
from services.web.pages.memberships.view import PATIENCE, ask_service


async def find_next_charge(
    request: Asking,
    house: House,
    person_id: UUID,
    membership: Membership | None,
    *,
    count: int | None = None,
) -> NextCharge | None:
    """Return what is charged next; ``None`` if nothing is, or nobody can say.

    Args:
        request: the request.
        house: whose service is asked.
        person_id: who reads it.
        membership: what is charged for.
        count: how many seats there are from the renewal on, if fewer are asked for.
    """
    counts = None if membership is None else membership.observed
    if membership is None or counts is None or house.payments is None:
        return None
    if (
        membership.state is not MembershipState.ACTIVE
        or membership.ends_at is not None
        or counts.is_over
    ):
        return None
    try:
        await ask_service(request, person_id)
        async with asyncio.timeout(PATIENCE):
            return await house.payments.next_charge(counts.subscription_id, count=count)
    except (DomainError, TimeoutError):  # the page has the rest to tell
        return None
