"""Orders from pages and programs: one command id for each intention, however often it arrives."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Request
from litestar.datastructures import FormMultiDict

from domain.errors import DomainError, InvalidFields, NotAllowed, NotFound, Stale
from domain.recording import Outcome
from projections import Connection
from projections.audit_trail import queries as audit_trail
from services.dispatch import Order
from services.house import House
from services.web.context import web_of
from services.web.edge.problems import to_problem
from services.web.edge.refusals import LaterPlease, TooMany

Asking = Request[Any, Any, Any]

COMMAND: Final = "command_id"
SEEN: Final = "seen"
KEY: Final = "Idempotency-Key"


def fresh_id(request: Asking) -> UUID:
    """Return an id nobody used before."""
    return UUID(bytes=web_of(request).ports.randomness.token_bytes(16), version=4)


def order_from_form(
    request: Asking, sent: FormMultiDict, person_id: UUID, *, file: str = ""
) -> Order:
    """Return the order that a form gives.

    The page renders one id into its forms. Address, person and answers are mixed into it, so that
    the same form sent twice is one command, while the same page filled in differently, or another
    of its forms, is another.

    Args:
        request: the request.
        sent: the form.
        person_id: who orders.
        file: digest of the file that came with it, if one did.
    """
    typed = str(sent.get(COMMAND, ""))
    try:
        base = UUID(typed)
    except ValueError:
        base = fresh_id(request)
    answers = sorted((name, value) for name, value in sent.multi_items() if isinstance(value, str))
    content = repr((request.scope["path"], str(person_id), answers, file))
    return Order(command_id=uuid5(base, content), actor_id=person_id)


def order_from_header(request: Asking, person_id: UUID) -> Order:
    """Return the order of a program: its ``Idempotency-Key`` is the command's id.

    Raises:
        InvalidFields: the header is no UUID.
    """
    sent = request.headers.get(KEY.lower())
    if sent is None:
        return Order(command_id=fresh_id(request), actor_id=person_id)
    try:
        return Order(command_id=UUID(sent), actor_id=person_id)
    except ValueError:
        raise InvalidFields(**{KEY: "Send a UUID that you make for each command."}) from None


async def give(house: House, command: object, order: Order, *views: str) -> Outcome:
    """Give a command and wait, bounded, until *views* show what it led to."""
    outcome = await house.dispatch(command, order)
    await house.shown(outcome, views)
    return outcome


async def was_given(house: House, command: object, order: Order) -> bool:
    """Tell whether this very order came before and has its outcome.

    Raises:
        CommandIdReused: its id came with another command.
    """
    fingerprint = house.dispatch.fingerprint(command, order.actor_id)
    return await house.store.outcome_of(order.command_id, fingerprint) is not None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing was done, for the page on which the form stands.

    Attributes:
        status: HTTP status.
        sentence: for the person.
        headers: further headers, such as ``Retry-After``.
    """

    status: int
    sentence: str
    headers: Mapping[str, str]


async def attempt(doing: Awaitable[object]) -> Refused | None:
    """Do something; return the rule that said no, to be told where the form stands.

    Raises:
        NotFound, NotAllowed, LaterPlease: nothing on that page would help; but whoever tried too
            often stays where they are, and reads how long to wait.
    """
    try:
        await doing
    except (NotFound, NotAllowed):
        raise
    except DomainError as refusal:
        if isinstance(refusal, LaterPlease) and not isinstance(refusal, TooMany):
            raise
        problem = to_problem(refusal)
        return Refused(problem.status, problem.detail, problem.headers)
    return None


async def require_fresh(
    conn: Connection, sent: FormMultiDict, now: str, *, stream_id: UUID, order: Order
) -> None:
    """Refuse a form whose page showed something else than what stands *now*.

    A form that was sent before is no stale one: its command has its first outcome.

    Raises:
        Stale: somebody else changed it since the page was loaded.
    """
    seen = sent.get(SEEN)
    if seen is None or seen == now:
        return
    trail = await audit_trail.of_stream(conn, stream_id)
    if not any(row.command_id == order.command_id for row in trail):
        raise Stale("This changed since you looked. Nothing was done; here is how it stands now.")
