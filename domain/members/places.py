"""Places where licences are valid, as people write them and as packs name them.

A licence in a place that does not exist is counted by nobody's rule, and one in the wrong place by
the wrong board's. So what is written is understood, or asked again: ``MD`` may be Maryland or
Moldova, ``Georgia`` is two places, and nobody guesses.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Final

from domain.members.place_names import ALSO, NAMES

_NO_LETTERS: Final = re.compile(r"[^a-z0-9]+")


def name_of(code: str) -> str:
    """Return ``California, United States (US-CA)``; a code that is none of ours is left as it is.

    Args:
        code: such as ``US-CA`` or ``AU``.
    """
    if code not in NAMES:
        return code
    country = code.partition("-")[0]
    whole = "" if country == code else f", {NAMES[country]}"
    return f"{NAMES[code]}{whole} ({code})"


def meant_by(text: str) -> Sequence[str]:
    """Return the codes of the places that a text can mean, in order; none if it means no place.

    Args:
        text: a code, a name, what a part is called within its country (``NY``), or a part with its
            country (``Georgia, USA``); capitals, accents and dots do not matter.
    """
    known = _known()
    found = known.get(_plain(text), frozenset())
    part, comma, country = text.rpartition(",")
    if not found and comma:
        countries = known.get(_plain(country), frozenset())
        found = frozenset(
            each
            for each in known.get(_plain(part), frozenset())
            if each.partition("-")[0] in countries and "-" in each
        )
    return sorted(found)


def unmistakable(code: str) -> str:
    """Return what to write so that a place, and no other one, is meant."""
    return code if meant_by(code) == [code] else NAMES[code]


@cache
def _known() -> Mapping[str, frozenset[str]]:
    """Return which places each way of writing can mean."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    called = [*NAMES.items(), *ALSO]
    for code, name in called:
        found[_plain(name)].add(code)
    for code in NAMES:
        country, _, part = code.partition("-")
        # With its country a part is meant without a comma, too.
        whole = [f"{NAMES[code]} {name}" for each, name in called if part and each == country]
        for written in (code, part, name_of(code), *whole):
            found[_plain(written)].add(code)
    del found[""]  # a country has no part of its own code
    return MappingProxyType({written: frozenset(codes) for written, codes in found.items()})


def _plain(text: str) -> str:
    """Return letters and digits alone, without accents and without the article."""
    bare = unicodedata.normalize("NFKD", text.replace("’", "").replace("'", ""))
    words = "".join(each for each in bare if not unicodedata.combining(each)).casefold()
    return _NO_LETTERS.sub("", words.strip().removeprefix("the ").replace("&", " and "))
