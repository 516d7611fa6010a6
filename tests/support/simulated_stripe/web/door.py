"""The API's door: key, version, idempotency, faults; then the call, expanded and judged."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import stripe

from tests.support.simulated_stripe.api import table
from tests.support.simulated_stripe.api.expand import expanded
from tests.support.simulated_stripe.billing import dues
from tests.support.simulated_stripe.forms import nested
from tests.support.simulated_stripe.refusals import Refusal
from tests.support.simulated_stripe.schema.judge import faults
from tests.support.simulated_stripe.web.chaos import Chaos, Fault, Harm
from tests.support.simulated_stripe.web.idempotency import IdempotencyKeys
from tests.support.simulated_stripe.world.journal import Cause
from tests.support.simulated_stripe.world.world import Json, World

_KEY = re.compile(r"(sk|rk)_test_\w+")
_UNSAVED = frozenset({"parameter_unknown", "parameter_missing", "parameter_invalid"})
_UNSAVED_STATUS = frozenset({404, 409, 501})


@dataclass(frozen=True, slots=True)
class Request:
    """What came over the wire, as far as it matters."""

    verb: str
    path: str
    form: str
    headers: dict[str, str]

    @property
    def idempotency_key(self) -> str | None:
        """Only a POST has one that counts."""
        return self.headers.get("idempotency-key") if self.verb == "post" else None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, or (*closed*) none at all."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    closed: bool = False


class Door:
    """Answers the API's requests.

    Args:
        world: the account.
        judged: whether every answer is compared with the SDK's classes.
    """

    def __init__(self, world: World, *, judged: bool = True) -> None:
        self.world = world
        self.keys = IdempotencyKeys()
        self.chaos = Chaos()
        self.judged = judged
        self.shape_faults: list[str] = []
        self.requests: list[str] = []

    async def answer(self, request: Request) -> Reply:
        """What Stripe would answer, unless a fault was ordered."""
        request_id = f"req_{self.world.names.letters(14)}"
        self.requests.append(f"{request.verb} {request.path}")
        fault = self.chaos.pick(request.verb, request.path)
        try:
            _check(request)
            return await self._claimed(request, request_id, fault)
        except Refusal as refusal:
            return _reply(refusal.status, refusal.body(request_id), request_id)

    async def _claimed(self, request: Request, request_id: str, fault: Fault | None) -> Reply:
        key = request.idempotency_key
        if key:
            print_ = f"{request.verb} {request.path} {request.form}"
            if kept := self.keys.claim(key, print_, self.world.now()):
                status, body, first_id = kept
                headers = {"idempotent-replayed": "true", "original-request": first_id}
                return _reply(status, body, request_id, headers)
        if fault and fault.harm is Harm.SLOW:
            await asyncio.sleep(fault.seconds)
        if fault and (harm := _before(fault, request_id)):
            if key:
                self.keys.release(key)
            return harm
        status, body, saved = self._work(request, request_id)
        if fault and fault.harm is Harm.ERROR_AFTER:
            status, body, saved = 500, _broken().body(request_id), True
        if key:
            keep = self.keys.keep if saved else None
            if keep:
                keep(key, (status, body, request_id))
            else:
                self.keys.release(key)
        if fault and fault.harm is Harm.CLOSE_AFTER:
            return Reply(0, closed=True)
        return _reply(status, body, request_id, _hint(fault) if status >= 500 else {})

    def _work(self, request: Request, request_id: str) -> tuple[int, Json, bool]:
        """Makes the call: status, answer, and whether a key remembers it."""
        world = self.world
        dues.catch_up(world)
        world.journal.cause = Cause(request_id, request.idempotency_key)
        try:
            form = nested(request.form)
            found, expand = table.answer(world, request.verb, request.path, form)
            body = expanded(world, found, expand)
        except Refusal as refusal:
            code = refusal.facts.get("code")
            saved = code not in _UNSAVED and refusal.status not in _UNSAVED_STATUS
            return refusal.status, refusal.body(request_id), saved
        finally:
            world.journal.cause = Cause()
        if self.judged and not request.path.startswith("/v1/events"):  # judged when written
            where = f"{request.verb} {request.path}: "
            self.shape_faults += [where + fault for fault in faults(body)]
        return 200, body, True


def _check(request: Request) -> None:
    key = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not key:
        message = "You did not provide an API key. You need to provide your API key in the "
        raise Refusal(401, "invalid_request_error", message + "Authorization header.")
    if key.startswith(("sk_live_", "rk_live_")):
        message = "The simulated Stripe takes test keys only; this is a live key."
        raise Refusal(401, "invalid_request_error", message, code="api_key_expired")
    if not _KEY.fullmatch(key):
        raise Refusal(401, "invalid_request_error", "Invalid API Key provided.")
    version = request.headers.get("stripe-version", stripe.api_version)
    if version != stripe.api_version:
        message = f"The simulated Stripe speaks {stripe.api_version} only, not {version}."
        raise Refusal(400, "invalid_request_error", message)


def _before(fault: Fault, request_id: str) -> Reply | None:
    """The answer of a fault that keeps the work from being done."""
    if fault.harm is Harm.CLOSE_BEFORE:
        return Reply(0, closed=True)
    if fault.harm is Harm.ERROR_BEFORE:
        return _reply(500, _broken().body(request_id), request_id, _hint(fault))
    if fault.harm is Harm.TOO_MANY:
        message = "Request rate limit exceeded."
        refusal = Refusal(429, "invalid_request_error", message, code="rate_limit")
        return _reply(429, refusal.body(request_id), request_id, _hint(fault))
    return None


def _broken() -> Refusal:
    return Refusal(500, "api_error", "An unknown error occurred. (Ordered by a test.)")


def _hint(fault: Fault | None) -> dict[str, str]:
    if fault is None or fault.should_retry is None:
        return {}
    return {"stripe-should-retry": "true" if fault.should_retry else "false"}


def _reply(status: int, body: Any, request_id: str, headers: dict[str, str] | None = None) -> Reply:
    own = {"request-id": request_id, "stripe-version": stripe.api_version}
    if status == HTTPStatus.NOT_IMPLEMENTED:  # nobody will have simulated it a second later
        own["stripe-should-retry"] = "false"
    return Reply(status, json.dumps(body).encode(), own | (headers or {}))
