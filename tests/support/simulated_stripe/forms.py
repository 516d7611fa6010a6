"""Reads what the SDK writes: forms with brackets, ``items[0][price]=price_1``."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

_PART = re.compile(r"[^\[\]]+|\[\]")


def nested(encoded: str) -> dict[str, Any]:
    """A form or a query string as nested mappings of texts.

    Lists stay mappings of their numbers (the declared type tells them apart from mappings);
    ``name[]=a&name[]=b`` counts by itself.
    """
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        parts = _PART.findall(name)
        branch = tree
        for part in parts[:-1]:
            inner = branch.setdefault(part, {})
            branch = inner if isinstance(inner, dict) else branch
        last = parts[-1] if parts else name
        branch[str(len(branch)) if last == "[]" else last] = value
    return tree
