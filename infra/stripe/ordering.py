"""Orders as calls: each worded once, sent under a key, and to be found again where no answer came.

Every change of a subscription leaves our order's id in its metadata, and so does what is made. A
call that can leave none (a pause, an end) is seen by what it leads to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import stripe

from domain.errors import NotFound
from domain.payments.orders import (
    Call,
    ChangePlan,
    EndNow,
    EndWithPeriod,
    ExpireCheckout,
    ForgetPayer,
    Made,
    PaidBack,
    PauseDues,
    PayBack,
    PaymentOrder,
    ResumeDues,
    SetPercentOff,
    SetSeats,
    Sign,
)
from infra.stripe import marks, returning, waiting
from infra.stripe.amounts import from_stripe, to_stripe
from infra.stripe.checkouts import COUPON
from infra.stripe.connection import Connection
from infra.stripe.forgetting import forget_payer
from infra.stripe.observing import plan_of, will_end
from infra.stripe.prices import PriceList

_OVER: Final = ("canceled", "incomplete_expired")


class Ordering:
    """Words orders and sends them.

    Args:
        connection: to Stripe.
        prices: what is offered.
    """

    def __init__(self, connection: Connection, prices: PriceList) -> None:
        self._connection = connection
        self._prices = prices

    async def render(self, order: PaymentOrder, *, order_id: str) -> Sequence[Call]:
        """Return the calls of an order; none when it is so already, or cannot be any more.

        Raises:
            PriceGone: the plan is not offered.
            NotFound: there is no such subscription, invoice or page.
        """
        match order:
            case PayBack():
                return (_pay_back(order),)
            case ExpireCheckout():
                return await self._expire(order)
            case ForgetPayer():
                return await forget_payer(self._connection, order, order_id)
            case _:
                subscription = await self._subscription(order.subscription_id)
                return await self._change(order, subscription, order_id)

    async def send(self, call: Call, *, key: str) -> Made:
        """Make a call under a key; Stripe takes keys with a POST only."""
        if returning.is_return(call):
            answer, request_id = await returning.send(self._connection, call, key=key)
        else:
            options = {"idempotency_key": key} if call.verb == "post" else {}
            answer, request_id = await self._connection.raw(
                call.verb, call.path, call.params, **options
            )
        return Made(object_id=str(answer.get("id") or call.path), request_id=request_id)

    async def made_by(self, call: Call) -> Made | None:
        """Look whether a call was done; what was to be deleted and is not there was."""
        sign = call.sign
        try:
            found, request_id = await self._connection.raw("get", sign.path, sign.params)
        except NotFound:
            gone = call.verb == "delete"
            return Made(object_id=sign.path, request_id=None) if gone else None
        rows = found["data"] if found.get("object") == "list" else [found]
        for row in rows:
            places = [each for each in (sign.field, sign.or_field) if each]
            if any(_field(row, each) in sign.values for each in places):
                return Made(object_id=str(row.get("id") or sign.path), request_id=request_id)
        return None

    async def _subscription(self, subscription_id: str) -> stripe.Subscription:
        return await self._connection.ask(
            lambda: self._connection.client.v1.subscriptions.retrieve_async(
                subscription_id, {"expand": ["discounts", "latest_invoice"]}
            )
        )

    async def _change(
        self, order: PaymentOrder, subscription: stripe.Subscription, order_id: str
    ) -> Sequence[Call]:
        paid_back = _paid_back(order, subscription, order_id)
        calls: Sequence[Call] = ()
        if subscription.status in _OVER:
            return paid_back
        match order:
            case PauseDues() if subscription.status != "paused":
                calls = (*await self._let_go(subscription), _pause(subscription))
            case ResumeDues() if subscription.status == "paused":
                calls = (returning.resume(_path(subscription), order),)
            case EndWithPeriod(ends=True) if subscription.status == "paused":
                calls = (_end(subscription, settle=True),)  # no period runs that it could end with
            case EndWithPeriod(ends=ends) if not _ends_so(subscription, ends=ends):
                calls = (_end_with_period(subscription, order_id, ends=ends),)
            case ChangePlan():
                calls = await self._plan(subscription, order, order_id)
            case SetSeats(count=count):
                calls = _seats(subscription, count, order_id)
            case SetPercentOff(percent=percent):
                calls = _percent_off(subscription, percent, order_id)
            case EndNow():
                calls = (*await self._let_go(subscription), _end(subscription), *paid_back)
        return calls

    async def _let_go(self, subscription: stripe.Subscription) -> Sequence[Call]:
        """Take back a plan that waits for its payment, so that nobody pays for it any more."""
        return await waiting.taking_back(self._connection, subscription)

    async def _plan(
        self, subscription: stripe.Subscription, order: ChangePlan, order_id: str
    ) -> Sequence[Call]:
        item = _item(subscription)
        if plan_of(item.price) == order.plan:
            return await self._let_go(subscription)
        if order.takes_back:
            return ()
        currency = subscription.currency.upper()
        await self._prices.require_agreed(order.plan, currency, order.agreed)
        price_id = await self._prices.id_of(order.plan, currency)
        return (
            _update(
                subscription,
                order_id,
                items=[{"id": item.id, "price": price_id}],
                proration_behavior="create_prorations",
                # another period is billed at once: until that is paid, the plan stays as it was
                payment_behavior=waiting.BEHAVIOR,
            ),
        )

    async def _expire(self, order: ExpireCheckout) -> Sequence[Call]:
        path = f"/v1/checkout/sessions/{order.session_id}"
        sign = Sign(path=path, params={}, field=("status",), values=("expired", "complete"))
        call = Call(verb="post", path=f"{path}/expire", params={}, sign=sign)
        return () if await self.made_by(call) else (call,)


def _field(row: Any, names: Sequence[str]) -> Any:
    for name in names:
        row = row.get(name) if isinstance(row, dict) else None
    return row


def _path(subscription: stripe.Subscription) -> str:
    return f"/v1/subscriptions/{subscription.id}"


def _item(subscription: stripe.Subscription) -> stripe.SubscriptionItem:
    item: stripe.SubscriptionItem = subscription["items"].data[0]
    return item


def _ends_so(subscription: stripe.Subscription, *, ends: bool) -> bool:
    """Tell whether it ends with its period, or not at all; a later day is neither."""
    if ends:
        periods = [each.current_period_end for each in subscription["items"].data]
        return will_end(subscription, min(periods, default=None))
    return not subscription.cancel_at_period_end and subscription.cancel_at is None


def _update(subscription: stripe.Subscription, order_id: str, **params: Any) -> Call:
    path = _path(subscription)
    mark = ("metadata", marks.ORDER)
    waits = ("pending_update", *mark)  # until what waits for its payment is paid
    left = Sign(path=path, params={}, field=mark, values=(order_id,), or_field=waits)
    return Call(
        verb="post", path=path, params=params | {"metadata": {marks.ORDER: order_id}}, sign=left
    )


def _end_with_period(subscription: stripe.Subscription, order_id: str, *, ends: bool) -> Call:
    """Let it end with its period or not; a day that was named at Stripe's desk is taken back."""
    if not ends and not subscription.cancel_at_period_end:
        return _update(subscription, order_id, cancel_at="")
    return _update(subscription, order_id, cancel_at_period_end=ends)


def _pause(subscription: stripe.Subscription) -> Call:
    """Pause: what is paid for and unused is counted when the dues begin again."""
    sign = Sign(path=_path(subscription), params={}, field=("status",), values=("paused", *_OVER))
    return Call(
        verb="post",
        path=f"{_path(subscription)}/pause",
        params={"type": "subscription", "invoicing_behavior": "pending_invoice_item"},
        sign=sign,
    )


def _seats(subscription: stripe.Subscription, count: int, order_id: str) -> Sequence[Call]:
    item = _item(subscription)
    if item.quantity == count:
        return ()
    return (
        _update(
            subscription,
            order_id,
            items=[{"id": item.id, "quantity": count}],
            proration_behavior="create_prorations",
        ),
    )


def _percent_off(subscription: stripe.Subscription, percent: int, order_id: str) -> Sequence[Call]:
    wanted = [COUPON.format(percent=percent)] if percent else []
    if _coupons(subscription) == wanted:
        return ()
    discounts = [{"coupon": each} for each in wanted] or ""  # Stripe's way to say: none
    return (_update(subscription, order_id, discounts=discounts),)


def _coupons(subscription: stripe.Subscription) -> list[str]:
    sources = [each.source.coupon for each in subscription.discounts if not isinstance(each, str)]
    return [each if isinstance(each, str) else each.id for each in sources if each is not None]


def _end(subscription: stripe.Subscription, *, settle: bool = False) -> Call:
    """End it at once; with *settle* what a pause gave back is kept in the payer's balance."""
    sign = Sign(path=_path(subscription), params={}, field=("status",), values=_OVER)
    params = {"invoice_now": settle, "prorate": False}
    return Call(verb="delete", path=_path(subscription), params=params, sign=sign)


def _paid_back(
    order: PaymentOrder, subscription: stripe.Subscription, order_id: str
) -> Sequence[Call]:
    """Pay the newest invoice of a second subscription back, if it was paid."""
    newest = subscription.latest_invoice
    if not isinstance(order, EndNow) or not order.pay_back:
        return ()
    if not isinstance(newest, stripe.Invoice) or newest.status != "paid":
        return ()
    left = newest.amount_paid - newest.post_payment_credit_notes_amount
    if left <= 0:
        return ()
    back = PaidBack(newest.id, from_stripe(left, newest.currency), order.why)
    reason = _REASONS.get(order.why)
    return (_credit_note(newest.id, left, order_id, reason=reason, pays_back=back),)


def _pay_back(order: PayBack) -> Call:
    return _credit_note(
        order.invoice_id,
        to_stripe(order.amount),
        order.order_id,
        reason=_REASONS.get(order.reason),
    )


# Stripe's words for a credit note, where one fits ours; the exact word stands in our ledger.
_REASONS: Final = {
    "duplicate": "duplicate",
    "second_subscription": "duplicate",
    "fraudulent": "fraudulent",
    "order_change": "order_change",
    "product_unsatisfactory": "product_unsatisfactory",
}


def _credit_note(
    invoice_id: str,
    amount: int,
    order_id: str,
    *,
    reason: str | None,
    pays_back: PaidBack | None = None,
) -> Call:
    params: dict[str, Any] = {
        "invoice": invoice_id,
        "amount": amount,
        "refund_amount": amount,
        "metadata": {marks.ORDER: order_id},
    }
    if reason is not None:
        params["reason"] = reason
    sign = Sign(
        path="/v1/credit_notes",
        params={"invoice": invoice_id, "limit": 100},
        field=("metadata", marks.ORDER),
        values=(order_id,),
    )
    return Call(verb="post", path="/v1/credit_notes", params=params, sign=sign, pays_back=pays_back)
