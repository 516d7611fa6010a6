"""What coming back from a pause costs: shown first, and carried by the form that asks for it."""

from __future__ import annotations

import asyncio
import re
from typing import Final
from uuid import UUID

from domain.errors import DomainError
from domain.memberships.membership import Membership
from domain.memberships.rules import Wish
from domain.memberships.standings import MembershipState
from domain.payments.prices import Preview
from domain.values import Money
from services.house import House
from services.web.forms.orders import Asking
from services.web.pages.memberships.view import PATIENCE, ask_service

_SUM: Final = re.compile(r"([0-9]{1,9}) ([A-Z]{3})", re.ASCII)


async def cost_of_return(
    request: Asking, house: House, person_id: UUID, membership: Membership | None
) -> Preview | None:
    """Return what coming back would cost now; ``None`` if nobody is away, or nobody can say."""
    counts = None if membership is None else membership.observed
    if membership is None or counts is None or house.payments is None:
        return None
    if membership.state is not MembershipState.ON_LEAVE or Wish.RETURN in membership.wishes:
        return None
    try:
        await ask_service(request, person_id)
        async with asyncio.timeout(PATIENCE):
            return await house.payments.preview_return(counts.subscription_id)
    except (DomainError, TimeoutError):  # the page says that it cannot be shown
        return None


def charged(cost: Preview) -> Money:
    """Return what is charged: what is in the payer's favour stays in their balance."""
    return Money(max(cost.now.cents, 0), cost.now.currency)


def seen_as(amount: Money) -> str:
    """Return a sum as a form carries it."""
    return f"{amount.cents} {amount.currency}"


def agreed_to(seen: str) -> Money | None:
    """Return the sum that a form carries; ``None`` if it carries anything else."""
    found = _SUM.fullmatch(seen)
    return None if found is None else Money(int(found[1]), found[2])


def is_within(asked: Money, agreed: Money) -> bool:
    """Tell whether what is asked is no more than what was agreed to."""
    return asked.currency == agreed.currency and asked.cents <= agreed.cents
