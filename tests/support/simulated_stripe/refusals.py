"""How Stripe says no: the JSON of an error, with its HTTP status."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """An error answer of the API.

    Args:
        status: HTTP status.
        kind: Stripe's type: ``invalid_request_error``, ``card_error``, ``idempotency_error``...
        message: one sentence, as Stripe would word it.
        facts: further fields of the error object (``code``, ``param``, ``decline_code``...).
    """

    def __init__(self, status: int, kind: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.facts = {name: fact for name, fact in facts.items() if fact is not None}

    def body(self, request_id: str) -> dict[str, Any]:
        link = f"https://dashboard.stripe.com/test/logs/{request_id}"
        error = {"type": self.kind, "message": str(self), "request_log_url": link} | self.facts
        return {"error": error}


def invalid(message: str, *, code: str | None = None, param: str | None = None) -> Refusal:
    """400: the request makes no sense as it stands."""
    return Refusal(400, "invalid_request_error", message, code=code, param=param)


def unknown(param: str) -> Refusal:
    return invalid(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def missing(param: str) -> Refusal:
    message = f"Missing required param: {param}."
    return invalid(message, code="parameter_missing", param=param)


def wrong(param: str, value: object) -> Refusal:
    message = f"Invalid value for {param}: {value!r}."
    return invalid(message, code="parameter_invalid", param=param)


def not_found(kind: str, key: str, *, param: str = "id", status: int = 404) -> Refusal:
    """An id that nobody has; as a parameter (status 400) or in the path (404)."""
    message = f"No such {kind}: '{key}'"
    return Refusal(status, "invalid_request_error", message, code="resource_missing", param=param)


def no_route(verb: str, path: str) -> Refusal:
    message = f"Unrecognized request URL ({verb.upper()}: {path})."
    return Refusal(404, "invalid_request_error", message)


def not_simulated(what: str) -> Refusal:
    """501: Stripe has this, the simulation has not. Never met at Stripe."""
    message = f"The simulated Stripe does not simulate {what}."
    return Refusal(501, "api_error", message, code="not_simulated")
