"""A house that takes dues and whose payment service does not answer: only its door is of interest.

Whoever needs the service as well takes :mod:`tests.support.billing_house`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import stripe

from infra.database import ConnectKwargs
from tests.support.fakes import FixedClock
from tests.support.house import RealHouse, open_real_house
from tests.support.simulated_stripe import RESTRICTED_KEY

HOOK_SECRET: Final = "whsec_invented_for_tests"
NEXT_HOOK_SECRET: Final = "whsec_invented_for_later"
_NOBODY: Final = "http://127.0.0.1:9"


@asynccontextmanager
async def open_paying_house(database: ConnectKwargs, folder: Path) -> AsyncIterator[RealHouse]:
    """Open a house on a migrated database, with two secrets for its door."""
    async with open_real_house(
        database,
        folder,
        stripe_key=RESTRICTED_KEY,
        stripe_webhook_secrets=f"{HOOK_SECRET},{NEXT_HOOK_SECRET}",
        stripe_api_base=_NOBODY,
    ) as opened:
        yield opened


def signed(body: str, clock: FixedClock, *, secret: str = HOOK_SECRET, seconds: float = 0) -> str:
    """Return the header with which Stripe vouches for a body; *seconds* from now."""
    at = int(clock.now().timestamp() + seconds)
    header: str = stripe.WebhookSignature.generate_signature_header(body, secret, at)
    return header
