"""What Stripe knows of somebody who was forgotten, and how it is made to go.

The customer is emptied, not deleted: finished invoices carry a copy of name and address of their
own, which the law wants kept, and paying back goes on needing a customer. Cards are detached, tax
numbers deleted. Source: docs.stripe.com/api/customers/update, /api/payment_methods/detach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from domain.errors import NotFound
from domain.payments.orders import Call, ForgetPayer, Sign
from infra.stripe import marks
from infra.stripe.connection import Connection

# Some fields can be emptied, with an empty text; the others take a text that names nobody.
_EMPTIED: Final = dict.fromkeys(("address", "shipping", "business_name", "individual_name"), "")
_REPLACED: Final = {
    "name": "Forgotten",
    "email": "forgotten@peerhour.invalid",
    "phone": "0",
    "description": "Forgotten",
}
_ALL: Final = {"limit": 100}


async def forget_payer(connection: Connection, order: ForgetPayer, order_id: str) -> Sequence[Call]:
    """Return the calls that empty a customer; none if it is gone already.

    Args:
        connection: to Stripe.
        order: whom to forget.
        order_id: left with the customer, to see that it was done.
    """
    path = f"/v1/customers/{order.customer_id}"
    try:
        customer, _ = await connection.raw("get", path, {})
        if customer.get("deleted"):
            return ()
        methods, _ = await connection.raw("get", f"{path}/payment_methods", _ALL)
        tax_ids, _ = await connection.raw("get", f"{path}/tax_ids", _ALL)
    except NotFound:
        return ()
    return (
        _emptied(path, customer, order_id),
        *(_detached(each["id"]) for each in methods["data"]),
        *(_deleted(f"{path}/tax_ids/{each['id']}") for each in tax_ids["data"]),
    )


def _emptied(path: str, customer: Mapping[str, Any], order_id: str) -> Call:
    replaced = {name: text for name, text in _REPLACED.items() if customer.get(name)}
    params: dict[str, Any] = _EMPTIED | replaced | {"metadata": {marks.ORDER: order_id}}
    sign = Sign(path=path, params={}, field=("metadata", marks.ORDER), values=(order_id,))
    return Call(verb="post", path=path, params=params, sign=sign)


def _detached(method_id: str) -> Call:
    path = f"/v1/payment_methods/{method_id}"
    sign = Sign(path=path, params={}, field=("customer",), values=(None,))
    return Call(verb="post", path=f"{path}/detach", params={}, sign=sign)


def _deleted(path: str) -> Call:
    sign = Sign(path=path, params={}, field=("deleted",), values=(True,))
    return Call(verb="delete", path=path, params={}, sign=sign)
