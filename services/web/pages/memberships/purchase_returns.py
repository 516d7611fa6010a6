"""Coming back from paying once: look at what became of the page, and carry out what was paid."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final
from uuid import UUID

from domain.errors import DomainError, NotFound
from domain.payments.refusals import PaymentsAway
from services.house import House
from services.payments.purchases import Purchases
from services.web.forms.orders import Asking
from services.web.pages.memberships.view import desk_of

_SESSION: Final = re.compile(r"cs_[A-Za-z0-9_]{1,250}", re.ASCII)
_NOT_YOURS: Final = "This payment page is not one of yours. Nothing was changed."


async def come_back_from(request: Asking, house: House, account_id: UUID, done: str) -> str:
    """Return the word for what the next page tells; nothing in the address is believed.

    Args:
        request: with the page's id in its address.
        house: whose payment service is asked.
        account_id: whose page it has to be.
        done: the word for what was paid and carried out.

    Raises:
        NotFound: the page is somebody else's, or nobody's.
    """
    desk = desk_of(house)
    session_id = str(request.query_params.get("session_id", ""))
    if not _SESSION.fullmatch(session_id):
        raise NotFound(_NOT_YOURS)
    try:
        seen = await desk.checkout(session_id)
    except PaymentsAway:
        return "setting_up"
    if seen.account_id != account_id:
        raise NotFound(_NOT_YOURS)
    if not seen.complete:
        return "turned_back"
    if seen.purchase is None:  # a bank takes its time; the message about it comes later
        return "setting_up"
    with suppress(DomainError):  # the message about the invoice does it again
        await Purchases(house.dispatch, house.store).carry_out(seen.purchase)
        return done
    return "setting_up"
