"""Says what is wrong with an answer, by the SDK's classes: the simulation's own examiner.

It finds: a field missing or unknown, null where the SDK says never, a wrong scalar, a broken list,
a word outside a closed set, an object under the wrong name. It cannot see that a nullable field is
null without reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from stripe._list_object import ListObject
from stripe._object_classes import OBJECT_CLASSES, get_object_class
from stripe._search_result_object import SearchResultObject
from stripe._stripe_object import UntypedStripeObject

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


@dataclass(frozen=True, slots=True)
class _Option:
    """One alternative of a type: *origin* tells which, *inner* what it holds."""

    hint: Any
    origin: Any
    inner: _Type | None


@dataclass(frozen=True, slots=True)
class _Type:
    """A declared type, read once."""

    nullable: bool
    words: frozenset[Any]
    options: tuple[_Option, ...]


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
        return list(_list(None, answer, "list"))
    if tag not in OBJECT_CLASSES:
        return [f"{tag}: no object of Stripe"]
    found = list(_object(get_object_class("V1", tag), answer, tag))
    if tag == "event":
        found += [f"event.data.{fault}" for fault in faults(answer["data"]["object"])]
    return found


@cache
def _fields(kind: Any) -> dict[str, _Type]:
    return {name: _read(hint, kind.__module__) for name, hint in fields_of(kind).items()}


def _read(hint: Any, module: str) -> _Type:
    options = [resolved(choice, module) for choice in choices(hint)]
    words = [word for each in options if get_origin(each) is Literal for word in get_args(each)]
    return _Type(
        nullable=NoneType in options,
        words=frozenset(words),
        options=tuple(_option(each, module) for each in options if each is not NoneType),
    )


def _option(hint: Any, module: str) -> _Option:
    origin, arguments = get_origin(hint), get_args(hint)
    holds = origin in {list, ListObject, SearchResultObject, UntypedStripeObject}
    return _Option(hint, origin, _read(arguments[0], module) if holds else None)


def _object(kind: Any, value: Mapping[str, Any], at: str) -> Iterator[str]:
    fields = _fields(kind)
    for name in value.keys() - fields.keys():
        yield f"{at}.{name}: unknown"
    for name, declared in fields.items():
        if name in value:
            yield from _value(declared, value[name], f"{at}.{name}")
        elif not declared.nullable:
            yield f"{at}.{name}: missing"


def _value(declared: _Type, value: Any, at: str) -> Iterator[str]:
    if value is None:
        if not declared.nullable:
            yield f"{at}: null"
        return
    if declared.words and isinstance(value, str):
        if value not in declared.words:
            yield f"{at}: {value!r} is none of Stripe's words"
        return
    verdicts = []
    for option in declared.options:
        verdict = list(_fits(option, value, at))
        if not verdict:
            return
        verdicts.append(verdict)
    yield from min(verdicts, key=len)


def _fits(option: _Option, value: Any, at: str) -> Iterator[str]:
    origin = option.origin
    if origin is list:
        if not isinstance(value, list):
            yield f"{at}: no list"
            return
        for number, each in enumerate(value):
            yield from _value(_held(option), each, f"{at}[{number}]")
    elif origin is Literal:
        if value not in get_args(option.hint):
            yield f"{at}: {value!r}"
    elif origin in (ListObject, SearchResultObject):
        yield from _list(option.inner, value, at)
    elif origin is UntypedStripeObject or option.hint is UntypedStripeObject:
        yield from _free(option.inner, value, at)
    elif is_object(option.hint):
        yield from _typed(option.hint, value, at)
    elif option.hint is not Any and not _scalar_fits(option.hint, value):
        yield f"{at}: {type(value).__name__} instead of {getattr(option.hint, '__name__', '')}"


def _held(option: _Option) -> _Type:
    assert option.inner is not None, "containers are read with what they hold"
    return option.inner


def _typed(kind: Any, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{at}: {type(value).__name__} instead of an object"
    elif value.get("deleted") is True:
        yield from (f"{at}.{name}" for name in value.keys() ^ _OF_DELETED)
    else:
        tag = tag_of(kind)
        if tag and value.get("object") != tag:
            yield f"{at}.object: {value.get('object')!r} instead of {tag!r}"
        yield from _object(kind, value, at)


def _free(inner: _Type | None, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{at}: no mapping"
        return
    for name, each in value.items():
        if inner and inner.options[0].hint is not Any:
            yield from _value(inner, each, f"{at}.{name}")


def _list(inner: _Type | None, value: Any, at: str) -> Iterator[str]:
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
            yield from _value(inner, each, f"{at}.data[{number}]")


def _scalar_fits(hint: Any, value: Any) -> bool:
    if isinstance(value, bool) or hint is bool:
        return isinstance(value, bool) and hint is bool
    return isinstance(value, _SCALARS.get(hint, ()))
