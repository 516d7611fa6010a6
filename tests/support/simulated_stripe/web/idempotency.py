"""Idempotency keys as Stripe's v1 API treats them.

Source: docs.stripe.com/api/idempotent_requests. An answer is kept once the work began, also when it
was an error, and is given again to the same request; a key is forgotten after a day.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.simulated_stripe.refusals import Refusal
from tests.support.simulated_stripe.world.settings import DAY

_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer to give again, and the request that it first answered."""

    status: int
    body: bytes
    request_id: str


@dataclass(slots=True)
class _Use:
    fingerprint: str
    at: int
    answer: Kept | None = None


class IdempotencyKeys:
    """Which key was used for what, and what was answered."""

    def __init__(self) -> None:
        self._uses: dict[str, _Use] = {}

    def claim(self, key: str, fingerprint: str, now: int) -> Kept | None:
        """Takes a key for one request.

        Args:
            key: as sent.
            fingerprint: the same for the same route and parameters.
            now: seconds since 1970.

        Returns:
            The answer to give again, or None: then the work is to be done.

        Raises:
            Refusal: the key is too long, stands for another request, or is in use right now.
        """
        if len(key) > _LONGEST:
            message = "Idempotency keys may be at most 255 characters long."
            raise Refusal(400, "invalid_request_error", message)
        use = self._uses.get(key)
        if use is None or now - use.at > DAY:
            self._uses[key] = _Use(fingerprint, now)
            return None
        if use.fingerprint != fingerprint:
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were "
                f"first used with. Try using a key other than '{key}'."
            )
            raise Refusal(400, "idempotency_error", message)
        if use.answer is None:
            message = "There is currently another in-progress request using this Idempotent Key."
            raise Refusal(409, "idempotency_error", message, code="idempotency_key_in_use")
        return use.answer

    def keep(self, key: str, answer: Kept) -> None:
        """Remembers what was answered."""
        self._uses[key].answer = answer

    def release(self, key: str) -> None:
        """The work never began: the key is free again."""
        self._uses.pop(key, None)
