"""How an answer came about: steps and obstacles, as data and as plain sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import Final

# What is counted in a unit's name; a credit hour is an hour.
_COUNTED: Final = re.compile(r"\b(hour|unit|point|[Cc]redit(?! hour)|CEU|CEC)\b")
_ENTRY: Final = re.compile(r"\bentry\b")
_SHOWN: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Step:
    """One step from facts to an answer.

    Attributes:
        code: stable, ``subject.reason``.
        sentence: for people.
        clause: where the text says so; empty for facts and plain arithmetic.
        values: what went in and came out, by name.
    """

    code: str
    sentence: str
    clause: str = ""
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Missing:
    """A condition that is not met, or not known to be met.

    Attributes:
        code: stable, ``subject.reason``; ``subject.not_determined`` where nobody knows.
        sentence: for people.
    """

    code: str
    sentence: str


def explained(steps: Sequence[Step]) -> list[str]:
    """Return steps as sentences; neighbours that follow from one clause name it once, at the end.

    >>> explained([Step("a", "One.", "§ 1"), Step("b", "Two.", "§ 1"), Step("c", "Three.")])
    ['One.', 'Two (§ 1).', 'Three.']
    """
    found = []
    for place, step in enumerate(steps):
        follows = place + 1 < len(steps) and steps[place + 1].clause == step.clause
        clause = f" ({step.clause})." if step.clause and not follows else ""
        found.append(f"{step.sentence.removesuffix('.')}{clause}" if clause else step.sentence)
    return found


def not_determined(subject: str, because: str) -> Missing:
    """Return the answer for what nobody knows; nothing is ever guessed."""
    return Missing(f"{subject}.not_determined", f"Not determined, because {because}.")


def plain(amount: Decimal) -> str:
    """Return an amount as people write it: no exponent, no trailing zeros."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(amount: Decimal) -> str:
    """Return an amount before rounding, cut to four decimals."""
    return plain(amount.quantize(_SHOWN, rounding=ROUND_DOWN))


def of_unit(amount: Decimal, unit: str) -> str:
    """Return an amount with its unit's full name: ``1.5 credit hours of 50 minutes``."""
    if amount != 1:
        unit = _ENTRY.sub("entries", unit) if _ENTRY.search(unit) else _COUNTED.sub(r"\1s", unit, 1)
    return f"{plain(amount)} {unit}"


def how_many(number: int, thing: str, things: str = "") -> str:
    """Return a number with its noun: ``1 minute``, ``83 minutes``."""
    return f"{number} {thing if number == 1 else things or thing + 's'}"
