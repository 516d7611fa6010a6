"""The connection to Stripe: one client for a process, patience, and errors as refusals.

What the SDK does not do by itself is done here: a client retries nothing unless told, waits 80
seconds for an answer, never tries again after a 429, lets the errors of a connection pass that
breaks in the middle of an answer, and its own exceptions carry whole bodies, which must not reach
a log. So every exception ends here; what goes on is a word and a request's id.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, NoReturn, TypeVar

from aiohttp import ClientError, ClientTimeout

# Before the SDK is loaded: it prints the service's notices as warnings otherwise.
os.environ.setdefault("STRIPE_SUPPRESS_NOTICES", "true")

import stripe

from domain.errors import DomainError, NotFound
from domain.payments.refusals import CardRefused, PaymentKeyRefused, PaymentRefused, PaymentsAway
from domain.ports import Randomness

T = TypeVar("T")

_ANSWER_WITHIN: Final = 20.0  # seconds, for one try
_RETRIES: Final = 2  # the SDK's own: after a closed connection, 409 and 5xx, with the same key
_PATIENCE: Final = 3  # our own tries while there are too many requests
_FIRST_PAUSE: Final = 0.4  # seconds; doubles
_MISSING: Final = "resource_missing"


class Connection:
    """Calls to Stripe.

    Args:
        client: of the SDK.
        sleep: waits some seconds.
        randomness: spreads the waits.
    """

    def __init__(
        self,
        client: stripe.StripeClient,
        *,
        randomness: Randomness,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.client = client
        self._sleep = sleep
        self._randomness = randomness

    async def ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call and return its answer.

        Args:
            call: made again after a 429, which did nothing.

        Raises:
            PaymentsAway: no answer, or none that says what happened.
            PaymentKeyRefused: the key is not known, or may not do this.
            CardRefused: a bank said no.
            NotFound: there is no such object.
            PaymentRefused: the call cannot be made.
        """
        for attempt in range(_PATIENCE):
            try:
                return await call()
            except stripe.RateLimitError as error:
                if attempt + 1 == _PATIENCE:
                    _refuse(error)
            except stripe.StripeError as error:
                _refuse(error)
            except (ClientError, TimeoutError):  # in the middle of an answer: the SDK lets it pass
                raise _away() from None
            spread = int.from_bytes(self._randomness.token_bytes(2)) / 2**16
            await self._sleep(_FIRST_PAUSE * 2**attempt * (1 + spread))
        raise AssertionError("unreachable: the last try returns or raises")

    async def raw(self, verb: str, path: str, params: dict[str, Any], **options: Any) -> Any:
        """Make a call that was worded before, and return its answer as plain data."""
        answer = await self.ask(
            lambda: self.client.raw_request_async(verb, path, **params, **options)
        )
        return answer.data, answer.request_id


@asynccontextmanager
async def connect(
    key: str, *, api_base: str | None, randomness: Randomness
) -> AsyncIterator[Connection]:
    """Open a connection, closed at the end.

    Args:
        key: secret or restricted.
        api_base: where Stripe is; ``None`` for the real one.
        randomness: spreads tries.
    """
    stripe.enable_telemetry = False  # it would write an id into the user's folder
    logging.getLogger("stripe").setLevel(logging.WARNING)  # at INFO it writes ids of objects
    http_client = stripe.AIOHTTPClient(timeout=ClientTimeout(total=_ANSWER_WITHIN))
    try:
        yield Connection(
            stripe.StripeClient(
                key,
                http_client=http_client,
                max_network_retries=_RETRIES,
                base_addresses={"api": api_base} if api_base else {},
            ),
            randomness=randomness,
        )
    finally:
        await http_client.close_async()  # type: ignore[no-untyped-call]  # the SDK does not type it


def _refuse(error: stripe.StripeError) -> NoReturn:
    raise _refusal(error) from None  # the exception holds the whole answer


def _refusal(error: stripe.StripeError) -> DomainError:
    facts: dict[str, object] = {"request_id": error.request_id, "status": error.http_status}
    match error:
        case stripe.AuthenticationError() | stripe.PermissionError():
            return PaymentKeyRefused(
                "The payment service does not let us in at the moment; we are told. Nothing was "
                "charged.",
                **facts,
            )
        case stripe.CardError():
            declined = error.error.decline_code if error.error is not None else None
            return CardRefused(
                "The bank refuses this card. Nothing changed; try another card.",
                why=_word(declined or error.code or "card_declined"),
                **facts,
            )
        case stripe.InvalidRequestError(code="resource_missing"):
            return _missing(error, facts)
        case stripe.InvalidRequestError():
            word = _word(error.code or "invalid_request")
            return _refused(why=word, param=error.param, **facts)
        case stripe.IdempotencyError() if error.http_status != _CONFLICT:
            return _refused(why="idempotency", **facts)
        case _:
            return _away(**facts)


_CONFLICT: Final = 409  # the key is in use right now: nothing is known yet
_NOT_FOUND: Final = 404


def _missing(error: stripe.InvalidRequestError, facts: dict[str, object]) -> DomainError:
    """Tell what a call was about (404) from what it only names (400)."""
    if error.http_status == _NOT_FOUND:
        return NotFound("The payment service knows no such thing.", why=_MISSING, **facts)
    return _refused(why=_MISSING, param=error.param, **facts)


def _away(**facts: object) -> PaymentsAway:
    return PaymentsAway(
        "The payment service does not answer at the moment. Nothing is lost; try again in "
        "some minutes.",
        **facts,
    )


def _refused(**facts: object) -> PaymentRefused:
    return PaymentRefused(
        "The payment service does not take this. Nothing was charged; we look into it.", **facts
    )


def _word(text: str) -> str:
    """Return a code as a word of ours: small letters, digits, points and underscores."""
    kept = "".join(each if each.isascii() and each.isalnum() else "_" for each in text.lower())
    return kept.lstrip("_0123456789")[:80] or "unknown"
