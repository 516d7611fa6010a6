"""Says what is wrong with an answer, by the SDK's classes: the simulation's own examiner.

It finds: a field missing or unknown, null where the SDK says never, a wrong scalar, a broken list,
a word outside a closed set, an object under the wrong name. It cannot see that a nullable field is
null without reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from stripe._list_object import ListObject
from stripe._object_classes import OBJECT_CLASSES, get_object_class
from stripe._search_result_object import SearchResultObject
from stripe._stripe_object import StripeObject, UntypedStripeObject

from tests.support.simulated_stripe.schema.shapes import (
    choices,
    fields_of,
    is_object,
    resolved,
    tag_of,
)

_SCALARS: dict[Any, tuple[type, ...]] = {
    str: (str,),
    int: (int,),
    float: (int, float),
    Decimal: (str,),
    datetime: (int,),
}
_OF_DELETED = {"id", "object", "deleted"}
_OF_LIST = {"object", "data", "has_more", "url"}


def faults(answer: Mapping[str, Any]) -> list[str]:
    """Every fault of an answer: of an object, of a list, or of something deleted.

    Returns:
        Sentences like ``invoice.lines.data[0].amount: missing``; empty when all is well.
    """
    tag = str(answer.get("object"))
    if answer.get("deleted") is True:
        strange = sorted(answer.keys() ^ _OF_DELETED)
        return [f"{tag}.{name}: not as in a deleted object" for name in strange]
    if tag == "list":
        return list(_list(None, answer, "list", ""))
    if tag not in OBJECT_CLASSES:
        return [f"{tag}: no object of Stripe"]
    found = list(_object(get_object_class("V1", tag), answer, tag))
    if tag == "event":
        found += [f"event.data.{fault}" for fault in faults(answer["data"]["object"])]
    return found


def _object(kind: type[StripeObject], value: Mapping[str, Any], at: str) -> Iterator[str]:
    fields = fields_of(kind)
    for name in value.keys() - fields.keys():
        yield f"{at}.{name}: unknown"
    for name, hint in fields.items():
        if name in value:
            yield from _value(hint, value[name], f"{at}.{name}", kind.__module__)
        elif NoneType not in choices(hint):
            yield f"{at}.{name}: missing"


def _value(hint: Any, value: Any, at: str, module: str) -> Iterator[str]:
    options = [resolved(choice, module) for choice in choices(hint)]
    if value is None:
        if NoneType not in options:
            yield f"{at}: null"
        return
    options = [option for option in options if option is not NoneType]
    words = [
        word for option in options if get_origin(option) is Literal for word in get_args(option)
    ]
    if words and isinstance(value, str):
        if value not in words:
            yield f"{at}: {value!r} is none of Stripe's words"
        return
    verdicts = [list(_fits(option, value, at, module)) for option in options]
    if all(verdicts):
        yield from min(verdicts, key=len)


def _fits(option: Any, value: Any, at: str, module: str) -> Iterator[str]:
    origin, inner = get_origin(option), get_args(option)
    if origin is Literal:
        if value not in inner:
            yield f"{at}: {value!r}"
    elif origin is list:
        if not isinstance(value, list):
            yield f"{at}: no list"
            return
        for number, each in enumerate(value):
            yield from _value(inner[0], each, f"{at}[{number}]", module)
    elif origin in (ListObject, SearchResultObject):
        yield from _list(inner[0], value, at, module)
    elif origin is UntypedStripeObject or option is UntypedStripeObject:
        yield from _free(inner, value, at, module)
    elif is_object(option):
        yield from _typed(option, value, at)
    elif option is not Any and not _scalar_fits(option, value):
        yield f"{at}: {type(value).__name__} instead of {getattr(option, '__name__', option)}"


def _typed(option: type[StripeObject], value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{at}: {type(value).__name__} instead of an object"
    elif value.get("deleted") is True:
        yield from (f"{at}.{name}" for name in value.keys() ^ _OF_DELETED)
    else:
        tag = tag_of(option)
        if tag and value.get("object") != tag:
            yield f"{at}.object: {value.get('object')!r} instead of {tag!r}"
        yield from _object(option, value, at)


def _free(inner: tuple[Any, ...], value: Any, at: str, module: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{at}: no mapping"
        return
    for name, each in value.items():
        if inner and inner[0] is not Any:
            yield from _value(inner[0], each, f"{at}.{name}", module)


def _list(inner: Any, value: Any, at: str, module: str) -> Iterator[str]:
    if not isinstance(value, Mapping) or value.get("object") != "list":
        yield f"{at}: no list object"
        return
    if value.keys() != _OF_LIST or not isinstance(value["has_more"], bool):
        yield f"{at}: a list object has {sorted(_OF_LIST)}"
        return
    for number, each in enumerate(value["data"]):
        if inner is None:
            yield from (f"{at}.data[{number}] {fault}" for fault in faults(each))
        else:
            yield from _value(inner, each, f"{at}.data[{number}]", module)


def _scalar_fits(option: Any, value: Any) -> bool:
    if isinstance(value, bool) or option is bool:
        return isinstance(value, bool) and option is bool
    return isinstance(value, _SCALARS.get(option, ()))
