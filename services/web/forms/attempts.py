"""Giving a form's command, so that a page can say beside the form why a rule said no."""

from __future__ import annotations

from domain.errors import DomainError, InvalidFields, NotAllowed, NotFound
from services.dispatch import Order
from services.house import House
from services.web.edge.refusals import LaterPlease
from services.web.forms.orders import give
from services.web.forms.reading import Filled


async def attempt(house: House, command: object, order: Order, *views: str) -> DomainError | None:
    """Give a command and wait until *views* show what it led to.

    Returns:
        The refusal, if the same person can mend it in the form; ``None`` once it is done.

    Raises:
        NotFound, NotAllowed, LaterPlease: nothing in the form would help.
    """
    try:
        await give(house, command, order, *views)
    except (NotFound, NotAllowed, LaterPlease):
        raise
    except DomainError as refusal:
        return refusal
    return None


def with_refusal(form: Filled, refusal: DomainError, field: str) -> Filled:
    """Return the form with a refusal at the fields it names, or at *field*."""
    if isinstance(refusal, InvalidFields):
        return form.with_errors(refusal)
    return form.with_errors({field: refusal.message})
