"""What every text that people type must satisfy before it becomes part of a fact."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Final
from uuid import UUID

from domain.errors import InvalidFields
from domain.personal import Personal

LONGEST_LINE: Final = 300
LONGEST_TEXT: Final = 4000

_MISSING: Final = "Fill this in."
_CONTROL: Final = "This holds a character that cannot be shown."
_ALLOWED_CONTROLS: Final = "\n\t"


def require_lines(**lines: str) -> None:
    """Refuse short texts that are empty, too long, or hold invisible control characters.

    Raises:
        InvalidFields: names every field that needs another look.
    """
    _require(LONGEST_LINE, "", lines)


def require_texts(**texts: str) -> None:
    """Refuse long texts (line breaks allowed) as :func:`require_lines` does short ones."""
    _require(LONGEST_TEXT, _ALLOWED_CONTROLS, texts)


def require_personal(subject: UUID, **values: Personal[str]) -> None:
    """Refuse personal texts that could not be printed.

    Raises:
        InvalidFields: names every field that needs another look.
        ValueError: a value is about somebody else, and would be erased with the wrong person.
    """
    for name, value in values.items():
        if value.subject != subject:
            raise ValueError(f"{name} must be about {subject}.")
    require_texts(**{name: value.value or "" for name, value in values.items()})


def require_dates(valid_from: date, valid_until: date | None) -> None:
    """Refuse a validity that ends before it begins."""
    if valid_until is not None and valid_until < valid_from:
        raise InvalidFields(valid_until="The last day must not lie before the first.")


def _require(longest: int, controls: str, texts: dict[str, str]) -> None:
    faults = {
        name: fault for name, text in texts.items() if (fault := _fault(text, longest, controls))
    }
    if faults:
        raise InvalidFields(**faults)


def _fault(text: str, longest: int, controls: str) -> str | None:
    if not text.strip():
        return _MISSING
    if len(text) > longest:
        return f"Keep this to {longest} characters."
    # Cs: half a surrogate pair, which no encoder writes; Cc: NUL and its kin, which no database
    # column takes.
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in controls for c in text):
        return _CONTROL
    return None
