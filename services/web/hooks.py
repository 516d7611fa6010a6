"""The doors for what other services tell: signature checked, message kept, everything else later.

No session, no cookie and no form: who may speak is said by a signature over the body as it came. A
body is never logged, and what is wrong with a message is told to nobody but our own figures.

Zoom signs ``v0:{timestamp}:{body}`` with the app's secret token and asks once whether the door is
ours (``endpoint.url_validation``). Source: developers.zoom.us, "Using webhooks".

Stripe sends a message again, for three days, until it is answered 200: so a message that is none of
ours, or that nobody knows yet, is answered like any other, and one that we could not keep is not.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any, Final

import msgspec
import structlog
from litestar import Controller, MediaType, Request, Response, post
from litestar.status_codes import HTTP_200_OK

from domain.errors import NotFound
from domain.payments.news import ForgedMessage, UnreadableMessage
from services.meetings.tools import ZOOM
from services.payments.door import take_in
from services.web.context import web_of
from services.web.edge.refusals import Malformed
from services.web.edge.throttles import Throttle, take_turn
from services.web.subjects import TheHouse

STRIPE_LIMIT: Final = 512 * 1024  # bytes; Stripe's largest are a tenth of that
# Only what is refused takes a turn: a burst of real messages must never be sent away.
FORGERIES: Final = Throttle("hook.forgeries", 60, timedelta(minutes=1))
_log = structlog.get_logger("peerhour.web")
_OLDEST_SECONDS: Final = 300
_LATEST_MS: Final = 7_258_118_400_000  # the year 2200
_TELLING: Final = frozenset(
    {
        f"{subject}.{what}"
        for subject in ("meeting", "webinar")
        for what in ("participant_joined", "participant_left")
    }
)


class _Object(msgspec.Struct):
    id: str | int = ""


class _Payload(msgspec.Struct):
    object: _Object | None = None
    plainToken: str = ""  # noqa: N815  Zoom's name


class _Message(msgspec.Struct):
    event: str
    event_ts: int = 0
    payload: _Payload = msgspec.field(default_factory=_Payload)


class BadSignature(NotFound):
    """The message is not from the tool, or it is old; the door tells no more than that."""

    code = "hook.bad_signature"


class BadMessage(Malformed):
    """The message is not from the payment service, not from now, or cannot be read."""

    code = "hook.bad_message"


class HookController(Controller):
    """Messages of meeting tools, and of the payment service."""

    path = "/hooks"
    include_in_schema = False

    @post("/zoom", status_code=HTTP_200_OK)
    async def zoom(self, request: Request[Any, Any, Any], house: TheHouse) -> Response[Any]:
        """Keep a message from Zoom, once."""
        body = await request.body()
        secret = house.meeting_tool_secret
        if not secret or not _signed(request, body, secret, house.clock.now().timestamp()):
            raise BadSignature("There is nothing here.")
        try:
            message = msgspec.json.decode(body, type=_Message)
            text = body.decode()
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            raise Malformed("This is no message of the meeting tool.") from None
        if message.event == "endpoint.url_validation":
            token = message.payload.plainToken
            proof = hmac.new(secret, token.encode(), hashlib.sha256).hexdigest()
            return Response({"plainToken": token, "encryptedToken": proof})
        if message.event in _TELLING:
            room = message.payload.object
            if room is None or not 0 < message.event_ts < _LATEST_MS or "\\u0000" in text:
                raise Malformed("The message does not say where or when.")
            await house.receive(
                ZOOM,
                hashlib.sha256(body).hexdigest(),
                {
                    "room": str(room.id).replace(" ", "")[:64],
                    "at_ms": message.event_ts,
                    "position": await house.store.head(),
                    "body": msgspec.json.encode(msgspec.json.decode(body)).decode(),
                },
            )
        return Response(None)

    @post("/stripe", status_code=HTTP_200_OK, request_max_body_size=STRIPE_LIMIT)
    async def stripe(self, request: Request[Any, Any, Any], house: TheHouse) -> Response[Any]:
        """Keep a message from Stripe, once."""
        door = house.payments_door
        if door is None:
            raise NotFound("There is nothing here.")
        body = await request.body()
        try:
            await take_in(door, body, request.headers.get("stripe-signature", ""))
        except (ForgedMessage, UnreadableMessage) as refusal:
            _log.warning("hook.refused", code=refusal.code, why=refusal.facts.get("why"))
            web, client = web_of(request), request.client
            whose = client.host if client is not None else ""
            await take_turn(FORGERIES, whose, web.ports, web.settings)
            raise BadMessage("This is no message that we can take.") from None
        return Response(b"", media_type=MediaType.TEXT)


def _signed(request: Request[Any, Any, Any], body: bytes, secret: bytes, now: float) -> bool:
    stamp = request.headers.get("x-zm-request-timestamp", "")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:  # noqa: PLR2004
        return False
    if abs(now - int(stamp)) > _OLDEST_SECONDS:
        return False
    wanted = "v0=" + hmac.new(secret, f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    given = request.headers.get("x-zm-signature", "")
    return hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))
