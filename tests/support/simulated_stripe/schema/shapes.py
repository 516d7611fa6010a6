"""Fills an object up to the whole shape that the SDK declares for it.

The simulation states the fields it means; every other nullable one is null, as Stripe sends it,
and follows the pin. A field that may not be null and was not stated is a fault of the simulation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, ClassVar, ForwardRef, Literal, Union, get_args, get_origin

from stripe._object_classes import get_object_class
from stripe._stripe_object import StripeObject, UntypedStripeObject

#: Fields that Stripe leaves out unless a request expands them, or unless they have a meaning.
LEFT_OUT = {
    "charge": {"refunds", "level3", "transfer", "transfer_data", "presentment_details"},
    "checkout.session": {"line_items", "presentment_details", "optional_items"},
    "coupon": {"applies_to", "currency_options"},
    "customer": {"sources", "subscriptions", "tax", "tax_ids", "cash_balance"}
    | {"invoice_credit_balance", "customer_account"},
    "event": {"account", "context"},
    "invoice": {"payments", "confirmation_secret", "amount_paid_off_stripe"},
    "price": {"currency_options", "tiers"},
    "webhook_endpoint": {"secret"},
    "refund": {"next_action", "instructions_email", "failure_reason"}
    | {"failure_balance_transaction", "presentment_details"},
}
_TYPING_IMPORT = re.compile(
    r"^ {4}from (stripe[\w.]*) import (?:\(([^()]*)\)|([^(\n]+)$)", re.MULTILINE
)
#: A payment method carries the details of its own type only.
_OF_PAYMENT_METHOD = frozenset({"allow_redisplay", "customer", "customer_account", "radar_options"})


class Unstated(Exception):
    """The simulation forgot a field that Stripe always sends."""


def fields_of(kind: Any) -> dict[str, Any]:
    """Field → declared type; names of other modules are looked up when they are needed."""
    return _declared(kind)


@cache
def _declared(kind: Any) -> dict[str, Any]:
    return {
        name: hint
        for name, hint in kind.__annotations__.items()
        if not name.startswith("_") and get_origin(hint) is not ClassVar
    }


@cache
def _imports_of(module: str) -> dict[str, tuple[str, str]]:
    """What a module imports for its annotations only: name → module, name there."""
    source = Path(str(import_module(module).__file__)).read_text(encoding="utf-8")
    found = {}
    for match in _TYPING_IMPORT.finditer(source):
        for part in filter(None, (each.strip() for each in (match[2] or match[3]).split(","))):
            name, _, alias = part.partition(" as ")
            found[alias.strip() or name] = (match[1], name)
    return found


def resolved(hint: Any, module: str) -> Any:
    """A class that stands in an annotation by its name only."""
    if not isinstance(hint, (ForwardRef, str)):
        return hint
    name = hint if isinstance(hint, str) else hint.__forward_arg__
    here = import_module(module)
    if hasattr(here, name):
        return getattr(here, name)
    where, there = _imports_of(module)[name]
    return getattr(import_module(where), there)


def choices(hint: Any) -> tuple[Any, ...]:
    """The alternatives of a type: one, unless it is a union."""
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def is_object(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, StripeObject)


def complete(tag: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    """The whole object.

    Args:
        tag: Stripe's name of the object: ``invoice``, ``checkout.session``.
        stated: the fields that mean something; nested ones are filled up too.

    Raises:
        Unstated: a field that may not be null is not among them.
    """
    kind = get_object_class("V1", tag)
    return _filled(kind, {"object": tag} | dict(stated), LEFT_OUT.get(tag, set()), tag)


def _filled(
    kind: type[StripeObject], stated: dict[str, Any], left_out: set[str], at: str
) -> dict[str, Any]:
    whole = {}
    for name, hint in fields_of(kind).items():
        if name in stated:
            whole[name] = _inside(hint, stated[name], kind.__module__, f"{at}.{name}")
        elif name not in left_out | {"deleted"} and not _foreign(at, name) and not _keyed(hint):
            whole[name] = _empty(hint, f"{at}.{name}")
    if strange := stated.keys() - whole.keys():
        raise Unstated(f"{at} has no {', '.join(sorted(strange))}.")
    return whole


def _foreign(at: str, name: str) -> bool:
    return at == "payment_method" and name not in _OF_PAYMENT_METHOD | {"metadata", "livemode"}


def _keyed(hint: Any) -> bool:
    """A mapping from names to objects, as of currencies: left out, for the SDK breaks on null."""
    return any(
        get_origin(choice) is UntypedStripeObject and is_object(get_args(choice)[0])
        for choice in choices(hint)
    )


def _empty(hint: Any, at: str) -> Any:
    if NoneType in choices(hint):
        return None
    if at.endswith(".livemode"):
        return False
    if get_origin(hint) is list:
        return []
    if get_origin(hint) is UntypedStripeObject:
        return {}
    if is_object(hint) and not get_args(hint):
        return _filled(hint, {}, set(), at)
    raise Unstated(f"{at} is not stated.")


def _inside(hint: Any, value: Any, module: str, at: str) -> Any:
    """Fills what lies inside a stated value, where its own class is nested in the SDK's."""
    for choice in choices(hint):
        origin = get_origin(choice)
        part = is_object(choice) and origin is None and choice is not UntypedStripeObject
        if part and isinstance(value, dict) and "object" not in value:
            return _filled(choice, value, set(), at)
        if isinstance(value, list) and origin is list:
            inner = get_args(choice)[0]
            return [_inside(inner, each, module, f"{at}[]") for each in value]
    return value


def tag_of(kind: type[StripeObject]) -> str | None:
    """Stripe's name of a class of objects, None for a part of one."""
    hint = fields_of(kind).get("object")
    return str(get_args(hint)[0]) if get_origin(hint) is Literal else None
