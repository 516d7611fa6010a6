"""Looking: a subscription is fetched anew, and its membership observes what was seen.

Webhooks, return pages, reconciliation and orders that were carried out all come through here, so
they cannot disagree.
"""

from __future__ import annotations

from typing import Final, Protocol
from uuid import UUID, uuid5

import msgspec

from domain.errors import NotFound
from domain.payments.desk import PaymentDesk, Seen
from domain.payments.refusals import PaymentsOff
from services.dispatch import Dispatcher, Order
from services.memberships.commands import ObserveSubscription

_LOOKS: Final = UUID("0f7c1f0a-8c0b-5a9d-9a52-51d1c0a2c7e4")


class Looks(Protocol):
    """What a look takes; a house has it, and so has a worker with a key of its own."""

    @property
    def payments(self) -> PaymentDesk | None:
        """The payment service."""
        ...

    @property
    def dispatch(self) -> Dispatcher:
        """Takes commands."""
        ...


async def look_at(
    house: Looks, subscription_id: str, *, source_event_id: str | None = None
) -> Seen:
    """Look at a subscription, and let its membership observe it.

    Looks at one subscription take turns in the desk; in which order they are observed does not
    matter then. The same look is the same command, however often it is handed over.

    Args:
        house: whose service is asked.
        subscription_id: what to look at.
        source_event_id: the message that made us look, if there was one.

    Raises:
        NotFound: there is no such subscription, or it is nobody's here.
        PaymentsOff: this house takes no dues.
        PaymentsAway: the service does not answer.
    """
    if house.payments is None:
        raise PaymentsOff("This house takes no dues; there is nothing to look at.")
    seen = await house.payments.look(subscription_id, source_event_id=source_event_id)
    if seen.membership_id is None:
        raise NotFound("This subscription is nobody's here.")
    observe = ObserveSubscription(membership_id=seen.membership_id, observation=seen.observation)
    content = msgspec.json.encode(observe, order="sorted").decode()
    await house.dispatch(observe, Order(command_id=uuid5(_LOOKS, content)))
    return seen
