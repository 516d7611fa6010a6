"""What no type can say about names in a pack: none is empty, and none stands for two things."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from domain.rules.model import Pack
from domain.rules.periods import Cycle

_EMPTY = "Is empty; leave the key out, or name it"


def about_names(pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield the path of a name that cannot be used, and why, a sentence without its stop.

    An empty text in a list is no harmless slip: every title contains it, and no body is called so.
    Cases are left out, where an empty profession says that nobody knows.
    """
    for path, text in _names(pack):
        if not text.strip():
            yield path, _EMPTY
    if pack.cycle is not None:
        yield from _about_categories(pack.cycle)


def _names(pack: Pack) -> Iterator[tuple[str, str]]:
    yield "name", pack.name
    for key, name, table in (
        *((f"rule[{index}]", rule.name, rule) for index, rule in enumerate(pack.rules)),
        *((f"cap[{index}]", cap.name, cap) for index, cap in enumerate(pack.caps)),
        *((f"floor[{index}]", floor.name, floor) for index, floor in enumerate(pack.floors)),
    ):
        yield f"{key}.name", name
        yield from _listed(table, key)
    for index, profession in enumerate(pack.professions):
        yield f"professions[{index}]", profession


def _listed(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield every text that stands in a list, with its path."""
    if isinstance(value, Struct):
        for each in _fields(type(value)):
            yield from _listed(getattr(value, each.name), f"{path}.{each.encode_name}")
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            if isinstance(each, str):
                yield f"{path}[{index}]", each


@cache
def _fields(kind: type[Struct]) -> tuple[FieldInfo, ...]:
    return fields(kind)  # which reads their types anew each time


def _about_categories(cycle: Cycle) -> Iterator[tuple[str, str]]:
    """Yield spellings that two categories share: what is entered under them is neither's."""
    meant: dict[str, int] = {}
    for index, names in enumerate(cycle.categories):
        for name in names:
            plainly = " ".join(name.casefold().split())
            if meant.setdefault(plainly, index) != index:
                yield f"cycle.categories[{index}]", f"Two categories are called {name!r}"
