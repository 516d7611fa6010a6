"""The parts of one running simulation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from litestar.di import NamedDependency

from tests.support.simulated_stripe.web.deliveries import Deliveries
from tests.support.simulated_stripe.web.door import Door
from tests.support.simulated_stripe.world.world import World


@dataclass(slots=True)
class Site:
    """The account, its API's door and its webhooks.

    Attributes:
        file: where the account is kept, each second in which something happened; None for nowhere.
    """

    world: World
    door: Door
    deliveries: Deliveries
    file: Path | None = None


#: As handlers ask for it.
TheSite = NamedDependency[Site]
