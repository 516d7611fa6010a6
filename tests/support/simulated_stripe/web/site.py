"""The parts of one running simulation."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.di import NamedDependency

from tests.support.simulated_stripe.web.deliveries import Deliveries
from tests.support.simulated_stripe.web.door import Door
from tests.support.simulated_stripe.world.world import World


@dataclass(frozen=True, slots=True)
class Site:
    """The account, its API's door and its webhooks."""

    world: World
    door: Door
    deliveries: Deliveries


#: As handlers ask for it.
TheSite = NamedDependency[Site]
