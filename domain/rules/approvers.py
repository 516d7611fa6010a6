"""Whether a body that approves a provider is one that a text names; people spell bodies freely."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_WORD: Final = re.compile(r"\w+")
_BRACKETS: Final = re.compile(r"[()\[\]]")
_DENIED: Final = frozenset(
    {"not", "never", "pending", "applied", "denied", "refused", "expired", "withdrawn"}
)
"""Whoever writes one of these beside a body says that it does not approve: then nothing is credited
and somebody looks."""


def names_any(bodies: Iterable[str], wanted: Iterable[str]) -> bool:
    """Tell whether one of the bodies is one of those that a text names.

    A body is meant if its name is the wanted one or begins with it, or holds a wanted name of
    several words. Several bodies share an abbreviation: one beside a name in full, in brackets or
    before them, says nothing, and the full name decides. Where a text names abbreviations only,
    there is nothing else to compare, and one will do wherever it stands. A body beside which it is
    written that it did not approve is none.
    """
    bodies = [body for body in bodies if _DENIED.isdisjoint(_words(body).split())]
    names = [_words(name).strip() for name in wanted]
    if not any(" " in name for name in names):
        return any(f" {name} " in _words(body) for name in names for body in bodies)
    said = [part for body in bodies for part in _parts(body)]
    return any(
        part.startswith(f" {name} ") or (" " in name and f" {name} " in part)
        for name in names
        for part in said
    )


def _parts(body: str) -> list[str]:
    """Return what stands in and around the brackets of a name, without bare abbreviations."""
    parts = [words for each in _BRACKETS.split(body) if (words := _words(each)).strip()]
    return [part for part in parts if " " in part.strip()] or parts


def _words(name: str) -> str:
    return f" {' '.join(_WORD.findall(name.casefold()))} "
