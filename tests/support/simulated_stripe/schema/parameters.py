"""Judges and converts the parameters of a request by the SDK's TypedDicts.

A form carries texts only; the declared type of a parameter says what was meant. What no type
declares is refused as Stripe refuses it, so a test cannot pass on an invented parameter.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import import_module
from types import UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

from stripe import RequestOptions
from stripe._stripe_object import UntypedStripeObject  # the SDK's word for a free mapping
from typing_extensions import is_typeddict

from tests.support.simulated_stripe.refusals import missing, unknown, wrong

_OPTIONS = frozenset(RequestOptions.__annotations__)
_LONGEST_NAME = 40  # letters, as Stripe limits metadata
_LONGEST_VALUE = 500
_WORDS = {"true": True, "false": False}


class _Misfit(Exception):
    """A value does not fit the type at hand."""


def convert(declared: tuple[str, str] | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as declared: numbers as numbers, lists as lists.

    Args:
        declared: module and name of the SDK's type; None where the route takes no parameters.
        given: nested mappings of texts, as the form carried them.

    Raises:
        Refusal: ``parameter_unknown``, ``parameter_missing`` or a value that does not fit.
    """
    if declared is None:
        for name in given:
            raise unknown(name)
        return {}
    module, name = declared
    return _mapping(getattr(import_module(module), name), given, "")


@cache
def fields_of(kind: Any) -> dict[str, Any]:
    """The parameters of a type, without the SDK's own options."""
    own = {name: hint for name, hint in kind.__annotations__.items() if name not in _OPTIONS}
    holder = type("Holder", (), {"__annotations__": own})
    return get_type_hints(holder, vars(sys.modules[kind.__module__]), include_extras=True)


def _mapping(kind: Any, given: Mapping[str, Any], at: str) -> dict[str, Any]:
    fields = fields_of(kind)
    for name in given:
        if name not in fields:
            raise unknown(_named(at, name))
    for name, hint in fields.items():
        if get_origin(hint) is not NotRequired and name not in given:
            raise missing(_named(at, name))
    return {name: _declared(fields[name], value, _named(at, name)) for name, value in given.items()}


def _named(at: str, name: str) -> str:
    return f"{at}[{name}]" if at else name


def _declared(hint: Any, value: Any, at: str) -> Any:
    if get_origin(hint) is NotRequired:
        hint = get_args(hint)[0]
    try:
        return _value(hint, value, at)
    except _Misfit:
        raise wrong(at, value) from None


def _value(hint: Any, value: Any, at: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _one_of(get_args(hint), value, at)
    if origin is Literal:
        return _literal(hint, value)
    if origin is list:
        return _items(get_args(hint)[0], value, at)
    if origin in (dict, UntypedStripeObject):
        return _free(get_args(hint)[-1], value, at)
    if is_typeddict(hint):
        if not isinstance(value, Mapping):
            raise _Misfit
        return _mapping(hint, value, at)
    return _scalar(hint, value)


def _one_of(hints: tuple[Any, ...], value: Any, at: str) -> Any:
    """The first type that fits; a set of words next to ``str`` is closed, as at Stripe."""
    words = [hint for hint in hints if get_origin(hint) is Literal]
    if any(get_args(hint) != ("",) for hint in words):
        hints = tuple(hint for hint in hints if hint is not str)
    for hint in sorted(hints, key=lambda each: each is str):
        try:
            return _value(hint, value, at)
        except _Misfit:
            continue
    raise _Misfit


def _literal(hint: Any, value: Any) -> Any:
    for word in get_args(hint):
        if value == word or (isinstance(word, bool) and _WORDS.get(value) is word):
            return word
    raise _Misfit


def _items(hint: Any, value: Any, at: str) -> list[Any]:
    if isinstance(value, Mapping) and all(key.isdigit() for key in value):
        value = [value[key] for key in sorted(value, key=int)]
    if not isinstance(value, list):
        raise _Misfit
    return [_value(hint, each, f"{at}[{number}]") for number, each in enumerate(value)]


def _free(inner: Any, value: Any, at: str) -> dict[str, Any]:
    """A mapping with names of the caller's: metadata, or one object per currency."""
    if not isinstance(value, Mapping):
        raise _Misfit
    if inner is not str:
        return {name: _value(inner, each, f"{at}[{name}]") for name, each in value.items()}
    for name, each in value.items():
        if not isinstance(each, str) or len(name) > _LONGEST_NAME or len(each) > _LONGEST_VALUE:
            raise _Misfit
    return dict(value)


def _scalar(hint: Any, value: Any) -> Any:
    if not isinstance(value, str):
        raise _Misfit
    if hint is bool:
        return _word(value)
    if hint in (int, float, Decimal):
        try:
            number = hint(value)
        except (ValueError, ArithmeticError):
            raise _Misfit from None
        return str(number) if hint is Decimal else number
    if not value:  # Stripe reads it as an attempt to unset what cannot be unset
        raise _Misfit
    return value


def _word(value: str) -> bool:
    if value not in _WORDS:
        raise _Misfit
    return _WORDS[value]
