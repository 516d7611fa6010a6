"""What no type can say about names in a pack: none is empty, and none stands for two things."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import fields

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
    for key, named in (("rule", pack.rules), ("cap", pack.caps), ("floor", pack.floors)):
        for index, each in enumerate(named):
            yield f"{key}[{index}].name", each.name
            yield from _listed(each, f"{key}[{index}]")
    for index, profession in enumerate(pack.professions):
        yield f"professions[{index}]", profession


def _listed(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield every text that stands in a list, with its path."""
    if isinstance(value, Struct):
        for each in fields(type(value)):
            yield from _listed(getattr(value, each.name), f"{path}.{each.encode_name}")
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            if isinstance(each, str):
                yield f"{path}[{index}]", each


def _about_categories(cycle: Cycle) -> Iterator[tuple[str, str]]:
    """Yield spellings that two categories share: what is entered under them is neither's."""
    meant: dict[str, int] = {}
    for index, names in enumerate(cycle.categories):
        for name in names:
            plainly = " ".join(name.casefold().split())
            if meant.setdefault(plainly, index) != index:
                yield f"cycle.categories[{index}]", f"Two categories are called {name!r}"
