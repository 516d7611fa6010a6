"""Puts objects in the place of their ids, where a request asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_origin

from stripe._list_object import ListObject
from stripe._object_classes import get_object_class

from tests.support.simulated_stripe.billing import payments
from tests.support.simulated_stripe.refusals import invalid
from tests.support.simulated_stripe.schema.shapes import choices, fields_of
from tests.support.simulated_stripe.world.copies import copied
from tests.support.simulated_stripe.world.world import Json, World, listing

_DEEPEST = 4
#: May be of several kinds; what only some of them have is passed over at the others.
_OF_SEVERAL_KINDS = frozenset({("balance_transaction", "source")})
_SCALARS = (str, int, float, bool, type(None))


def _payments(world: World, invoice: Json) -> Json:
    found = world.every("invoice_payment", invoice=invoice["id"])
    return listing(found, f"/v1/invoice_payments?invoice={invoice['id']}")


def _secret(world: World, invoice: Json) -> Json | None:
    intent = payments.intent_of(world, invoice)
    if intent is None:
        return None
    return {"client_secret": intent["client_secret"], "type": "payment_intent"}


def _of(tag: str, owner: str, path: str) -> Callable[[World, Json], Json]:
    def find(world: World, each: Json) -> Json:
        found = world.every(tag, **{owner: each["id"]})
        return listing(found, path.format(each["id"]))

    return find


#: Fields that an answer carries only when they are asked for.
INCLUDABLE: dict[tuple[str, str], Callable[[World, Json], Any]] = {
    ("charge", "refunds"): _of("refund", "charge", "/v1/charges/{}/refunds"),
    ("checkout.session", "line_items"): lambda world, session: listing(
        world.note(session["id"]).get("line_items", []),
        f"/v1/checkout/sessions/{session['id']}/line_items",
    ),
    ("coupon", "applies_to"): lambda world, coupon: None,
    ("customer", "subscriptions"): _of("subscription", "customer", "/v1/subscriptions"),
    ("customer", "tax_ids"): _of("tax_id", "customer", "/v1/customers/{}/tax_ids"),
    ("invoice", "confirmation_secret"): _secret,
    ("invoice", "payments"): _payments,
    ("price", "currency_options"): lambda world, price: world.note(price["id"])["currencies"],
}


def expanded(world: World, answer: Json, paths: list[str]) -> Json:
    """An answer with each path followed; a copy, unless there is none.

    Raises:
        Refusal: a path names nothing that can be expanded, or goes deeper than four.
    """
    if not paths:
        return answer
    whole: Json = copied(answer)
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEEPEST + (parts[0] == "data"):
            raise invalid(f"You cannot expand more than {_DEEPEST} levels of a property.")
        _follow(world, whole, parts, path)
    return whole


def _follow(world: World, at: Any, parts: list[str], path: str, *, loose: bool = False) -> None:
    if isinstance(at, list):
        for each in at:
            _follow(world, each, parts, path, loose=loose)
        return
    if not isinstance(at, dict) or (loose and parts[0] not in at):
        return
    name, rest = parts[0], parts[1:]
    tag = str(at.get("object", ""))
    if make := INCLUDABLE.get((tag, name)):
        at.setdefault(name, copied(make(world, at)))
    elif name not in at:
        raise _cannot(path)
    elif _is_reference(at[name]):
        if not _may_expand(tag, name):
            raise _cannot(path)
        at[name] = _looked_up(world, at[name])
    elif _is_plain(tag, name, at[name]):
        raise _cannot(path)
    if rest:
        _follow(world, at[name], rest, path, loose=(tag, name) in _OF_SEVERAL_KINDS)


def _is_plain(tag: str, name: str, value: Any) -> bool:
    """Whether there is, and can be, nothing to follow."""
    if value is None and tag:
        hint = fields_of(get_object_class("V1", tag)).get(name)
        return all(choice in _SCALARS for choice in choices(hint))
    return not isinstance(value, (dict, list, type(None)))


def _is_reference(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)
    )


def _may_expand(tag: str, name: str) -> bool:
    """Whether the SDK says that an id or its object may stand there; parts of objects are free."""
    if not tag or tag == "list":
        return True
    hint = fields_of(get_object_class("V1", tag)).get(name)
    kinds = [choice for choice in choices(hint) if choice is not type(None)]
    return len(kinds) > 1 or get_origin(hint) in (list, ListObject)


def _looked_up(world: World, value: Any) -> Any:
    if isinstance(value, list):
        return [_looked_up(world, each) for each in value]
    found = world.anything(value)
    return copied(found) if found else value


def _cannot(path: str) -> Exception:
    return invalid(f"This property cannot be expanded ({path}).", param="expand")
