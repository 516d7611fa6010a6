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
* It was never compared with Stripe itself: order and times of events are its own reading of the
  documentation. ``docs/decisions`` tells what is left out.

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
