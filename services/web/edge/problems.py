"""From refusals and faults to answers: one table, one shape, two faces.

A browser gets a page, a program gets ``application/problem+json`` (RFC 9457). Sentences are ours:
the framework's own messages repeat paths and queries, which may hold a sign-in token.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from litestar.exceptions import HTTPException, ValidationException

from domain.access.union import AccessNeeded
from domain.errors import (
    AlreadyExists,
    DomainError,
    InvalidFields,
    NotAllowed,
    NotFound,
    Stale,
    TooBig,
)
from domain.payments.refusals import PaymentsAway, PaymentsOff, PriceGone
from services.web.edge.refusals import (
    CrossSite,
    LaterPlease,
    LinkNotUsable,
    Malformed,
    OtherBrowser,
    SignInRequired,
    TooMany,
    Unavailable,
)

URN: Final = "urn:peerhour:problem:"
INTERNAL: Final = "internal"

STATUS: Final[Mapping[type[DomainError], int]] = MappingProxyType(
    {  # nearest ancestor wins
        Malformed: 400,
        InvalidFields: 400,
        SignInRequired: 401,
        CrossSite: 403,
        NotAllowed: 403,
        OtherBrowser: 403,
        NotFound: 404,
        PaymentsOff: 404,
        PriceGone: 409,
        AlreadyExists: 409,
        Stale: 409,
        LinkNotUsable: 410,
        TooBig: 413,
        DomainError: 422,
        TooMany: 429,
        LaterPlease: 503,
        PaymentsAway: 503,
    }
)

_TITLES: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: "Something needs another look",
        401: "Sign in first",
        403: "This is not open to you",
        404: "Nothing is here",
        405: "This address cannot do that",
        409: "Something changed meanwhile",
        410: "This is over",
        413: "That is too large",
        415: "This kind of content is not read here",
        422: "That is not possible",
        429: "One moment",
        500: "Something went wrong on our side",
        503: "Back in a moment",
    }
)

_FRAMEWORK: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {  # status of the framework's own refusals: our code, our sentence
        400: (Malformed.code, "We could not read what arrived. Nothing was changed."),
        401: (SignInRequired.code, "Sign in to see this."),
        403: (NotAllowed.code, "This is for somebody else to do."),
        404: (NotFound.code, "There is nothing at this address, or it is not yours to see."),
        405: ("request.method_not_allowed", "This address does not take that kind of request."),
        413: ("request.too_large", "That is larger than we can take. Nothing was changed."),
        415: ("request.unknown_content_type", "Send this as JSON or as a form, as the page says."),
        429: (TooMany.code, "That was a lot at once. Wait a moment, then try again."),
        503: (Unavailable.code, "Peerhour is catching its breath. Try again in a moment."),
    }
)

_FAULT: Final = "What you did before is kept. Try again in a moment."

_ACTIONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {  # the one thing to do next, where it is not "go home"
        SignInRequired.code: ("Sign in", "/sign-in"),
        LinkNotUsable.code: ("Ask for a new link", "/sign-in"),
        OtherBrowser.code: ("Ask for a new link here", "/sign-in"),
        AccessNeeded.code: ("See why, and what you can do", "/you/access"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An answer that says no.

    Attributes:
        status: HTTP status.
        code: stable name, ``subject.reason``; part of the public contract.
        detail: one sentence for the person.
        facts: plain values that explain, safe for JSON.
        headers: further headers such as ``Retry-After`` and ``Allow``.
    """

    status: int
    code: str
    detail: str
    facts: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """A few words for the kind of problem."""
        return _TITLES.get(self.status, _TITLES[400 if self.status < 500 else 500])  # noqa: PLR2004 - the classes of HTTP status

    @property
    def action(self) -> tuple[str, str]:
        """Words and address of the one thing to do next."""
        return _ACTIONS.get(self.code, ("Go to the start page", "/"))

    def json(self, request_id: str) -> bytes:
        """Return the problem as RFC 9457 says."""
        document = {
            "type": f"{URN}{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "facts": dict(self.facts),
            "request_id": request_id,
        }
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(
            errors="replace"
        )


def to_problem(error: Exception, *, unavailable: tuple[type[Exception], ...] = ()) -> Problem:
    """Return the problem that *error* is to the person who asked.

    Args:
        error: a refusal, an exception of the framework, or a fault.
        unavailable: exceptions that mean "not just now" (a lost database connection).
    """
    if isinstance(error, DomainError):
        return _of_refusal(error)
    if isinstance(error, ValidationException):
        return _of_refusal(InvalidFields(**_fields_of(error)))
    if isinstance(error, HTTPException) and error.status_code in _FRAMEWORK:
        code, sentence = _FRAMEWORK[error.status_code]
        allow = {k: v for k, v in (error.headers or {}).items() if k.lower() == "allow"}
        return Problem(status=error.status_code, code=code, detail=sentence, headers=allow)
    if isinstance(error, unavailable):
        return _of_refusal(Unavailable())
    return Problem(status=500, code=INTERNAL, detail=_FAULT)


def is_fault(problem: Problem) -> bool:
    """Tell whether the problem is ours to mend, and so to log."""
    return problem.code == INTERNAL


def _of_refusal(refusal: DomainError) -> Problem:
    status = next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    headers = {"Retry-After": str(refusal.retry_after)} if isinstance(refusal, LaterPlease) else {}
    facts = {str(name): plain(value) for name, value in refusal.facts.items()}
    return Problem(
        status=status, code=refusal.code, detail=refusal.message, facts=facts, headers=headers
    )


def _fields_of(error: ValidationException) -> dict[str, str]:
    """Return the framework's findings as field: sentence; it names them in ``extra``."""
    found = error.extra if isinstance(error.extra, list) else []
    return {
        str(item.get("key") or "body"): str(item.get("message", "This cannot be used."))
        for item in found
        if isinstance(item, dict)
    }


def plain(value: object) -> object:
    """Return *value* as something JSON can hold; facts are chosen by rules, not by JSON."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(inner) for key, inner in value.items()}
        case bytes():
            return value.hex()
        case Iterable():
            return [plain(inner) for inner in value]
        case _:
            return str(value)


def wants_page(accept: str) -> bool:
    """Tell whether a browser asks: HTML is named, and not less wanted than JSON."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        kind, *options = (piece.strip() for piece in part.split(";"))
        quality = next((o[2:] for o in options if o.startswith("q=")), "1")
        try:
            weights[kind] = float(quality)
        except ValueError:
            weights[kind] = 0.0
    page = max(weights.get("text/html", 0.0), weights.get("application/xhtml+xml", 0.0))
    data = max(weights.get("application/json", 0.0), weights.get("application/problem+json", 0.0))
    return page > 0 and page >= data
