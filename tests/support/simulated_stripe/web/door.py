"""The API's door: key, version, idempotency, faults; then the call, expanded and judged."""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus

import stripe

from tests.support.simulated_stripe.api import table
from tests.support.simulated_stripe.api.expand import expanded
from tests.support.simulated_stripe.billing import dues
from tests.support.simulated_stripe.forms import nested
from tests.support.simulated_stripe.refusals import Refusal
from tests.support.simulated_stripe.schema.judge import faults
from tests.support.simulated_stripe.web.chaos import Chaos, Fault, Harm
from tests.support.simulated_stripe.web.idempotency import IdempotencyKeys, Kept
from tests.support.simulated_stripe.world.journal import Cause
from tests.support.simulated_stripe.world.world import Json, World

_KEY = re.compile(r"(sk|rk)_test_\w+")
_REMEMBERED = 10_000  # requests, for tests to look at
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


@dataclass(frozen=True, slots=True)
class _Done:
    """A reply, and what an idempotency key remembers of it, if anything."""

    reply: Reply
    kept: Kept | None


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
        self.requests: deque[str] = deque(maxlen=_REMEMBERED)

    async def answer(self, request: Request) -> Reply:
        """What Stripe would answer, unless a fault was ordered."""
        request_id = f"req_{self.world.names.letters(14)}"
        self.requests.append(f"{request.verb} {request.path}")
        fault = self.chaos.pick(request.verb, request.path)
        try:
            _check(request)
            return await self._claimed(request, request_id, fault)
        except Refusal as refusal:
            return _reply(refusal.status, _encoded(refusal.body(request_id)), request_id)

    async def _claimed(self, request: Request, request_id: str, fault: Fault | None) -> Reply:
        """Answers under the request's idempotency key, if it has one."""
        key = request.idempotency_key
        if key is None:
            return (await self._harmed(request, request_id, fault)).reply
        asked = f"{request.verb} {request.path} {request.form}"
        if kept := self.keys.claim(key, asked, self.world.now()):
            headers = {"idempotent-replayed": "true", "original-request": kept.request_id}
            return _reply(kept.status, kept.body, request_id, headers)
        try:
            done = await self._harmed(request, request_id, fault)
        except BaseException:
            self.keys.release(key)
            raise
        if done.kept:
            self.keys.keep(key, done.kept)
        else:
            self.keys.release(key)
        return done.reply

    async def _harmed(self, request: Request, request_id: str, fault: Fault | None) -> _Done:
        """Does the work, or what a fault leaves of it."""
        if fault and fault.harm is Harm.SLOW:
            await asyncio.sleep(fault.seconds)
        if fault and (harm := _before(fault, request_id)):
            return _Done(harm, None)
        done = self._work(request, request_id)
        if fault and fault.harm is Harm.ERROR_AFTER:
            body = _encoded(_broken().body(request_id))
            reply = _reply(500, body, request_id, _hint(fault))
            return _Done(reply, Kept(500, body, request_id))
        if fault and fault.harm is Harm.CLOSE_AFTER:
            return _Done(Reply(0, closed=True), done.kept)
        return done

    def _work(self, request: Request, request_id: str) -> _Done:
        """Makes the call."""
        world = self.world
        dues.catch_up(world)
        world.journal.cause = Cause(request_id, request.idempotency_key)
        try:
            form = nested(request.form)
            found, expand = table.answer(world, request.verb, request.path, form)
            answer = expanded(world, found, expand)
        except Refusal as refusal:
            body = _encoded(refusal.body(request_id))
            begun = refusal.facts.get("code") not in _UNSAVED
            saved = begun and refusal.status not in _UNSAVED_STATUS
            kept = Kept(refusal.status, body, request_id) if saved else None
            return _Done(_reply(refusal.status, body, request_id), kept)
        finally:
            world.journal.cause = Cause()
        if self.judged and not request.path.startswith("/v1/events"):  # judged when written
            where = f"{request.verb} {request.path}: "
            self.shape_faults += [where + fault for fault in faults(answer)]
        body = _encoded(answer)
        return _Done(_reply(200, body, request_id), Kept(200, body, request_id))


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
        return _reply(500, _encoded(_broken().body(request_id)), request_id, _hint(fault))
    if fault.harm is Harm.TOO_MANY:
        message = "Request rate limit exceeded."
        refusal = Refusal(429, "invalid_request_error", message, code="rate_limit")
        return _reply(429, _encoded(refusal.body(request_id)), request_id, _hint(fault))
    return None


def _broken() -> Refusal:
    return Refusal(500, "api_error", "An unknown error occurred. (Ordered by a test.)")


def _hint(fault: Fault | None) -> dict[str, str]:
    if fault is None or fault.should_retry is None:
        return {}
    return {"stripe-should-retry": "true" if fault.should_retry else "false"}


def _encoded(body: Json) -> bytes:
    return json.dumps(body).encode()


def _reply(
    status: int, body: bytes, request_id: str, headers: dict[str, str] | None = None
) -> Reply:
    own = {"request-id": request_id, "stripe-version": stripe.api_version}
    if status == HTTPStatus.NOT_IMPLEMENTED:  # nobody will have simulated it a second later
        own["stripe-should-retry"] = "false"
    return Reply(status, body, own | (headers or {}))
