"""The seeded story's dues: seven weeks of them, told against the simulated Stripe.

Everybody goes the way that people go: our page, Stripe's page, and time. So what the demo shows is
what the house itself recorded, line by line.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final
from uuid import uuid5

from domain.payments import PaymentDesk
from domain.scholarships import Tier
from domain.seat_pools import seat_pool_id
from domain.values import Money
from services import billing, demo, scholarships, seats
from services.demo import ADMIN, CAST, STORY, Person
from services.demo_stripe import FAILS_LATER, VISA, DemoClock, SimulatedStripe
from services.dispatch import Order, Work
from services.house import House
from services.leave import AskForLeave  # placeholder
from services.membership_checkouts import Wanted, find_customer, find_membership, open_page
from services.practice_checkouts import WantedSeats, open_seats_page
from services.scholarship_wishes import carry

JOY, ANA, BO, CHIDI = CAST
DALIA: Final = Person("dalia", "Dalia Haddad", "dalia@example.org", "", "", "")
PRACTICE: Final = uuid5(STORY, "practice")
FUND: Final = uuid5(STORY, "fund")
CURRENCY: Final = "USD"
_AT_HOME: Final = {"country": "US", "postal_code": "80202"}
_EXPIRY: Final = "12 / 40"
_SEATS: Final = 3
_BEGAN: Final = timedelta(days=47)  # a trial, a paid month, and some days of the next
_PAID: Final = timedelta(days=32)  # the trial is over, the first dues are paid
_RENEWED: Final = timedelta(days=1)  # whatever month it is, the second ones are due by then
_A_WHILE: Final = timedelta(minutes=65)  # the worker reads Stripe's messages each hour
