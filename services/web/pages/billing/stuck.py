"""For administrators: an order to Stripe that is stuck, tried again or settled, on record."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound, Stale
from domain.payments.files import OrderRow
from projections.memberships import queries as memberships
from services.house import House
from services.money.desk_records import SettleOrder, TryOrderAgain
from services.web.forms.orders import SEEN, Asking, attempt, give, order_from_form, was_given
from services.web.forms.reading import Filled
from services.web.pages.billing.account import VIEWS
from services.web.pages.billing.forms import SETTLE_FORM
from services.web.pages.billing.view import payer_of
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, subject_page, zone_of_reader
from services.web.words import billing as billing_words

_UNKNOWN: Final = "unknown"


class BillingStuckController(Controller):
    """``/admin/billing/{account_id}/orders/{effect_id}``."""

    path = "/admin/billing/{account_id:uuid}/orders/{effect_id:uuid}"
    guards = (administrator,)

    @post("/retry")
    async def retry(
        self,
        request: Asking,
        account_id: FromPath[UUID],
        effect_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Let the worker try it again; sent twice, it is tried once."""
        sent = await request.form()
        order = order_from_form(request, sent, person_id)
        row = await _stuck(house, account_id, effect_id)
        command = TryOrderAgain(
            account_id=account_id,
            effect_id=effect_id,
            problem=_problem(row, str(sent.get(SEEN, ""))),
            by=person_id,
        )
        if row is None and not await was_given(house, command, order):
            raise _gone()
        await give(house, command, order, *VIEWS)
        return Redirect(f"/admin/billing/{account_id}?done=order_again", status_code=303)

    @get("/settle")
    async def ask(
        self,
        request: Asking,
        account_id: FromPath[UUID],
        effect_id: FromPath[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Ask what was done about it instead."""
        row = await _stuck(house, account_id, effect_id)
        if row is None:
            raise _gone()
        return await _page(request, house, account_id, row, SETTLE_FORM.blank())

    @post("/settle")
    async def settle(
        self,
        request: Asking,
        account_id: FromPath[UUID],
        effect_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Take it off the list; a refund holds nothing back any more."""
        sent = await request.form()
        form = SETTLE_FORM.read(sent)
        row = await _stuck(house, account_id, effect_id)
        if row is None:
            raise _gone()
        if not form.ok:
            return await _page(request, house, account_id, row, form, status=400)
        command = SettleOrder(
            account_id=account_id,
            effect_id=effect_id,
            refund_order_id=row.refund_order_id,
            problem=_problem(row, ""),
            reason=form["reason"],
            by=person_id,
        )
        order = order_from_form(request, sent, person_id)
        refused = await attempt(give(house, command, order, *VIEWS))
        if refused is not None:
            form = form.with_errors({"reason": refused.sentence})
            return await _page(request, house, account_id, row, form, status=refused.status)
        return Redirect(f"/admin/billing/{account_id}?done=order_settled", status_code=303)


def _problem(row: OrderRow | None, seen: str) -> str:
    return (row.problem if row else seen) or _UNKNOWN


def _gone() -> Stale:
    return Stale("This order is not stuck any more, or was dealt with. Look at the account again.")


async def _stuck(house: House, account_id: UUID, effect_id: UUID) -> OrderRow | None:
    """Return a stuck order of an account.

    Raises:
        NotFound: there is no such account, or the order is another's.
    """
    await payer_of(house, account_id)
    if house.payment_files is None:
        return None
    row = await house.payment_files.order(effect_id)
    if row is None or not row.stuck:
        return None
    async with house.views() as conn:
        held = await memberships.memberships_of_account(conn, account_id)
    subjects = [account_id, *(each.membership_id for each in held)]
    if row not in await house.payment_files.orders(subjects):
        raise NotFound("This account has no such order.")
    return row


async def _page(
    request: Asking,
    house: House,
    account_id: UUID,
    row: OrderRow,
    form: Filled,
    *,
    status: int = 200,
) -> Response[str]:
    _, name = await payer_of(house, account_id)
    return await subject_page(
        request,
        "billing/settle.html",
        status=status,
        here="you",
        account_id=account_id,
        payer_name=name,
        zone=await zone_of_reader(request, house),
        row=row,
        form=form,
        billing=billing_words,
    )
