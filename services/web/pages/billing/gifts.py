"""For administrators: months that ended, and whose payment could not be paid back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from projections.patrons import queries as patrons
from services.memberships.gifts import GiveMonthsAgain
from services.web.forms.orders import Asking, attempt, give, order_from_form
from services.web.pages.billing.account import account_page
from services.web.pages.billing.view import payer_of
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse


class BillingGiftController(Controller):
    """``/admin/billing/{account_id}/gifts``."""

    path = "/admin/billing/{account_id:uuid}/gifts/{gift_id:uuid}"
    guards = (administrator,)

    @post("/again")
    async def again(
        self,
        request: Asking,
        account_id: FromPath[UUID],
        gift_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Let the months be taken after all; their giver finds the link where it was.

        Raises:
            NotFound: this payer gave no such months.
        """
        payer, _ = await payer_of(house, account_id)
        async with house.views() as conn:
            given = await patrons.gifts_by(conn, payer.payer_id)
        if gift_id not in {each.gift_id for each in given}:
            raise NotFound("This account paid for no such months.")
        order = order_from_form(request, await request.form(), person_id)
        command = GiveMonthsAgain(gift_id=gift_id, by=person_id)
        refused = await attempt(give(house, command, order, "patrons"))
        if refused is not None:
            return await account_page(request, house, account_id, person_id, refused=refused)
        return Redirect(f"/admin/billing/{account_id}?done=months_again", status_code=303)
