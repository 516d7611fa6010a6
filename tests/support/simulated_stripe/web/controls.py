"""What a test may order: time, webhooks, faults, and what a person does in the dashboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.exceptions import ClientException
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK

from tests.support.simulated_stripe.api import table
from tests.support.simulated_stripe.api.expand import expanded
from tests.support.simulated_stripe.billing import disputes, dues, refunds
from tests.support.simulated_stripe.forms import nested
from tests.support.simulated_stripe.refusals import Refusal
from tests.support.simulated_stripe.web.chaos import Fault, Harm
from tests.support.simulated_stripe.web.site import TheSite
from tests.support.simulated_stripe.world import keeping
from tests.support.simulated_stripe.world.world import Json


def _missing(_: Request[Any, Any, Any], error: Exception) -> Response[str]:
    """A control was sent without a word that it needs."""
    return Response(f"{error} is missing or unknown.", status_code=400, media_type="text/plain")


class Controls(Controller):
    """The API of tests, under a path that Stripe does not have."""

    path = "/_simulated"
    exception_handlers = {KeyError: _missing}  # noqa: RUF012 -- Litestar's way to state it

    @get("/state")
    async def state(self, site: TheSite) -> Json:
        """What there is, what is on its way, and what was wrong with our own answers."""
        found = {tag: len(kind) for tag, kind in site.world.objects.items()}
        on_way = site.deliveries
        return {
            "now": site.world.now(),
            "objects": found,
            "deliveries": [
                {
                    "event": each.event["id"],
                    "type": each.event["type"],
                    "endpoint": each.endpoint["id"],
                    "answers": each.answers,
                }
                for each in on_way.history
            ],
            "requests": [*site.door.requests],
            "shape_faults": [*site.door.shape_faults, *on_way.shape_faults],
        }

    @post("/time", status_code=HTTP_200_OK)
    async def time(self, site: TheSite, data: JSONBody[Json]) -> Json:
        """Moves the server's own time; everything due on the way happens at its moment."""
        seconds = int(data["seconds"])
        if seconds < 0:
            raise ClientException("Time goes forward only.")
        site.world.go_ahead(seconds)
        dues.catch_up(site.world)
        return {"now": site.world.now()}

    @post("/begin", status_code=HTTP_200_OK)
    async def begin(self, site: TheSite, data: JSONBody[Json]) -> Json:
        """Empties the account; its time begins *behind* seconds ago."""
        site.world.begin(behind=int(data["behind"]))
        site.file = None
        return {"now": site.world.now()}

    @post("/keep", status_code=HTTP_200_OK)
    async def keep(self, site: TheSite, data: JSONBody[Json]) -> Json:
        """Keeps the account in a file from now on."""
        site.file = Path(data["file"])
        keeping.write(site.world, site.file)
        return {}

    @post("/settings", status_code=HTTP_200_OK)
    async def settings(self, site: TheSite, data: JSONBody[Json]) -> Json:
        """Changes what an account holder sets in the dashboard."""
        for name, value in data.items():
            if not hasattr(site.world.settings, name):
                raise ClientException(f"There is no setting {name}.")
            setattr(site.world.settings, name, tuple(value) if isinstance(value, list) else value)
        return {}

    @post("/webhooks/hold", status_code=HTTP_200_OK)
    async def hold(self, site: TheSite) -> Json:
        """Keeps deliveries back until they are released."""
        site.deliveries.holding = True
        return {}

    @post("/webhooks/release", status_code=HTTP_200_OK)
    async def release(self, site: TheSite, data: JSONBody[Json]) -> Json:
        """Lets go of them: shuffled, some twice, some never."""
        return site.deliveries.release(
            shuffle=data.get("shuffle", False),
            repeat=data.get("repeat", 0.0),
            drop=data.get("drop", 0.0),
        )

    @post("/webhooks/repeat", status_code=HTTP_200_OK)
    async def repeat(self, site: TheSite, data: JSONBody[Json]) -> Json:
        """Sends one event once more."""
        site.deliveries.repeat(data["event"])
        return {}

    @post("/webhooks/drain", status_code=HTTP_200_OK)
    async def drain(self, site: TheSite) -> Json:
        """Waits until nothing is on its way."""
        await site.deliveries.drain()
        return {}

    @post("/webhooks/roll", status_code=HTTP_200_OK)
    async def roll(self, site: TheSite, data: JSONBody[Json]) -> Json:
        """A new secret for an endpoint; *expire* drops the old one at once."""
        note = site.world.note(data["endpoint"])
        secret = site.world.names.secret()
        note["secrets"] = [secret] if data.get("expire") else [secret, *note["secrets"][:1]]
        return {"secret": secret}

    @post("/faults", status_code=HTTP_200_OK)
    async def order(self, site: TheSite, data: JSONBody[Json]) -> Json:
        """Orders a fault for requests to come."""
        site.door.chaos.faults.append(Fault(**data | {"harm": Harm(data["harm"])}))
        return {}

    @post("/faults/clear", status_code=HTTP_200_OK)
    async def clear(self, site: TheSite) -> Json:
        """No more faults."""
        site.door.chaos.faults.clear()
        return {}

    @post("/dashboard", status_code=HTTP_200_OK)
    async def dashboard(self, site: TheSite, request: Request[Any, Any, Any]) -> Json:
        """What a person does in the dashboard: any call of the API, caused by no request."""
        verb, path = request.query_params["verb"], request.query_params["path"]
        try:
            form = nested((await request.body()).decode())
            found, expand = table.answer(site.world, verb, path, form)
            return expanded(site.world, found, expand)
        except Refusal as refusal:
            raise ClientException(str(refusal)) from refusal

    @post("/disputes", status_code=HTTP_200_OK)
    async def dispute(self, site: TheSite, data: JSONBody[Json]) -> Json:
        """A card's holder takes the money back."""
        intent = site.world.find("payment_intent", data["payment_intent"])
        charge = site.world.find("charge", intent["latest_charge"])
        return disputes.open_dispute(site.world, charge, reason=data.get("reason", "fraudulent"))

    @post("/disputes/close", status_code=HTTP_200_OK)
    async def close_dispute(self, site: TheSite, data: JSONBody[Json]) -> Json:
        """The bank decides."""
        dispute = site.world.find("dispute", data["dispute"])
        return disputes.close_dispute(site.world, dispute, won=data["won"])

    @post("/refunds/fail", status_code=HTTP_200_OK)
    async def fail_refund(self, site: TheSite, data: JSONBody[Json]) -> Json:
        """A bank sends a refund back."""
        return refunds.fail(site.world, site.world.find("refund", data["refund"]))
