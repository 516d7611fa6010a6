"""Where in a TOML file a key stands, so that a fault is named by file and line.

``tomllib`` names the line of a syntax error only. The packs' files are plain (tables, arrays of
tables, one key a line), so the headers and keys can be followed; for anything else the nearest
table is named.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\"-]+)\s*\]\]?")
_KEY: Final = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]+\")\s*=")
_PART: Final = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?|\[(\d+)\]")


def line_of(text: str, path: str) -> int:
    """Return the line, from 1, on which a key stands, or that of the nearest table around it.

    Args:
        text: the file.
        path: such as ``rule[1].rounding.step``; an empty one is the file's first line.
    """
    places = _places(text)
    parts = _parts(path)
    while parts:
        if (found := places.get(tuple(parts))) is not None:
            return found
        parts.pop()
    return 1


def _places(text: str) -> dict[tuple[str, ...], int]:
    """Return the line of every header and key by its path."""
    places: dict[tuple[str, ...], int] = {}
    seen: Counter[str] = Counter()
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header is not None:
            name = header[2].replace('"', "")
            names = name.split(".")
            if header[1] == "[[":
                seen[name] += 1
                for inner in [each for each in seen if each.startswith(f"{name}.")]:
                    del seen[inner]  # arrays inside the new table begin anew
            table = _indexed(names, seen)
            places.setdefault(table, number)
            places.setdefault(table[:1], number)
        elif (key := _KEY.match(line)) is not None:
            places.setdefault((*table, key[1].strip('"')), number)
    return places


def _indexed(names: list[str], seen: Counter[str]) -> tuple[str, ...]:
    """Return a header's path with the index of each array of tables on the way."""
    path: list[str] = []
    for count in range(1, len(names) + 1):
        path.append(names[count - 1])
        array = seen[".".join(names[:count])]
        if array:
            path.append(str(array - 1))
    return tuple(path)


def _parts(path: str) -> list[str]:
    return [part for match in _PART.finditer(path) for part in match.groups() if part is not None]
