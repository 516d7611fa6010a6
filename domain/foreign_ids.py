"""Ids that others gave: opaque, kept letter by letter, and never a secret."""

from __future__ import annotations

import re
from typing import Final

from domain.errors import InvalidFields

# What fits every column, log line and address: printable ASCII without a space. Stripe promises no
# more than 255 characters.
_FOREIGN_ID: Final = re.compile(r"[!-~]{1,255}")


def is_foreign_id(text: str) -> bool:
    """Tell whether a text can be somebody else's id."""
    return _FOREIGN_ID.fullmatch(text) is not None


def require_foreign_ids(**ids: str | None) -> None:
    """Refuse what cannot be somebody else's id; ``None`` stands for an id nobody has yet.

    Raises:
        InvalidFields: names every field that needs another look.
    """
    faults = [name for name, each in ids.items() if each is not None and not is_foreign_id(each)]
    if faults:
        raise InvalidFields(**dict.fromkeys(faults, "Use 1 to 255 characters, without spaces."))
