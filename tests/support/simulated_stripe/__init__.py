"""The simulated Stripe: the part of Stripe that a membership's billing needs, over real HTTP.

Use it in a test::

    async with simulated_stripe() as simulated, simulated.client() as client:
        customer = await client.v1.customers.create_async({"email": "ana@example.org"})

or as a process: ``python -m tests.support.simulated_stripe --port 12111 --seed 7``.

Why it can be trusted, and how far:

* Routes, parameters and the shape of answers are read out of the installed SDK (``schema``). A
  route that Stripe does not have is a 404, an unknown parameter a 400; a route or a parameter that
  Stripe has and nobody simulated is a 501, so no test can rest on something that did nothing.
* Every answer and every event is judged by the SDK's classes; the context manager fails at its end
  if one was out of shape.
* Two programs that we did not write judge it, Stripe's own command line among them, and
  ``tests/simulated_stripe`` holds it to what Stripe writes, sentence by sentence.
* It was never compared with Stripe itself: order and times of events are its own reading of the
  documentation. Events are dated by the server's time, also under a test clock; a clock has arrived
  by the time it is asked again; webhooks are tried again after parts of a second; taxes have one
  rate of 20 %, and a customer with a country has a place.

Not simulated: Checkout on a page of our own, tax on what is bought without an invoice, means of
payment other than test cards, partial captures, a bank's question about a card that is set up by
the API, items with different intervals, pending updates of discounts or trials, a return that bills
a part of a period at once, schedules, quotes, plans, payment links, metered prices, tiers, pausing
of collection, changes of plan in the portal, ``invoice.upcoming``, ``balance.available``, search,
thin events, payouts, Connect, permissions of restricted keys, evidence in disputes, and the limit
of two intervals for one advance of a test clock.

Where things are: ``world`` holds objects, events and time; ``billing`` knows what follows from
what; ``api`` holds one module per family of calls; ``web`` the door (keys, idempotency, faults),
pages, webhooks, controls and the server; ``handle`` what tests hold.
"""

from tests.support.simulated_stripe.handle import (
    API_KEY,
    RESTRICTED_KEY,
    VISA,
    Landing,
    SimulatedStripe,
    simulated_stripe,
)

__all__ = [
    "API_KEY",
    "RESTRICTED_KEY",
    "VISA",
    "Landing",
    "SimulatedStripe",
    "simulated_stripe",
]
