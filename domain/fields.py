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
UNSHOWABLE: Final = "This holds a character that cannot be shown."
_ALLOWED_CONTROLS: Final = "\n\t"
# They turn around whatever follows them, on a page or a paper, and no script needs them: the
# embeddings and overrides of the Unicode bidirectional algorithm (UAX 9), and their end.
_EMBEDDINGS: Final = "\u202a\u202b\u202c\u202d\u202e"
# Isolates keep a foreign word from turning its neighbours around, as long as each one ends.
_ISOLATES: Final = "\u2066\u2067\u2068"
_END_OF_ISOLATE: Final = "\u2069"


def is_showable(text: str, *, lines: bool = False) -> bool:
    r"""Tell whether every character of a text can be kept, shown and printed.

    The one rule for what people type: forms ask it before an order is given, facts before they
    are kept.

    Args:
        text: as typed.
        lines: whether line breaks and tabs may stand in it; a line break is ``\n`` alone.
    """
    # Cs: half a surrogate pair, which no encoder writes; Cc: NUL and its kin, which no database
    # column takes.
    allowed = _ALLOWED_CONTROLS if lines else ""
    return _isolates_end(text) and all(
        c not in _EMBEDDINGS and (unicodedata.category(c) not in {"Cc", "Cs"} or c in allowed)
        for c in text
    )


def _isolates_end(text: str) -> bool:
    """Tell whether every isolate ends in the line in which it begins."""
    for line in text.splitlines():
        open_ones = 0
        for c in line:
            open_ones += (c in _ISOLATES) - (c == _END_OF_ISOLATE)
            if open_ones < 0:
                return False
        if open_ones:
            return False
    return True


def require_lines(**lines: str) -> None:
    """Refuse short texts that are empty, too long, or hold invisible control characters.

    Raises:
        InvalidFields: names every field that needs another look.
    """
    _require(LONGEST_LINE, lines, breaks=False)


def require_texts(**texts: str) -> None:
    """Refuse long texts (line breaks allowed) as :func:`require_lines` does short ones."""
    _require(LONGEST_TEXT, texts, breaks=True)


def require_personal(subject: UUID, **values: Personal[str]) -> None:
    """Refuse personal texts that could not be printed.

    Raises:
        InvalidFields: names every field that needs another look.
        ValueError: a value is about somebody else, and would be erased with the wrong person.
    """
    require_texts(**_about(subject, values))


def require_personal_lines(subject: UUID, **values: Personal[str]) -> None:
    """Refuse personal short texts, such as names, as :func:`require_personal` does long ones."""
    require_lines(**_about(subject, values))


def require_dates(valid_from: date, valid_until: date | None) -> None:
    """Refuse a validity that ends before it begins."""
    if valid_until is not None and valid_until < valid_from:
        raise InvalidFields(valid_until="The last day must not lie before the first.")


def _about(subject: UUID, values: dict[str, Personal[str]]) -> dict[str, str]:
    for name, value in values.items():
        if value.subject != subject:
            raise ValueError(f"{name} must be about {subject}.")
    return {name: value.value or "" for name, value in values.items()}


def _require(longest: int, texts: dict[str, str], *, breaks: bool) -> None:
    faults = {
        name: fault
        for name, text in texts.items()
        if (fault := _fault(text, longest, breaks=breaks))
    }
    if faults:
        raise InvalidFields(**faults)


def _fault(text: str, longest: int, *, breaks: bool) -> str | None:
    if not text.strip():
        return _MISSING
    if len(text) > longest:
        return f"Keep this to {longest} characters."
    return None if is_showable(text, lines=breaks) else UNSHOWABLE
