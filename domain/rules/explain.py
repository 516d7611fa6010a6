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
READ_THE_TEXT: Final = "Somebody would have to read the text or ask the body, and write it down."


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
        clause: where the text says so; empty where no text is about it.
        needed: what it would take for the full credit, a sentence; empty where nothing helps.
        values: the same as data, by name.
    """

    code: str
    sentence: str
    clause: str = ""
    needed: str = ""
    values: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def told(self) -> str:
        """What is missing and what it would take, in one paragraph."""
        return f"{self.sentence} {self.needed}".rstrip()


def derivation(steps: Sequence[Step]) -> list[Step]:
    """Return how an amount came about, without what more would have taken."""
    return [step for step in steps if not step.code.startswith("more.")]


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


def not_determined(subject: str, because: str, *, needed: str = "") -> Missing:
    """Return the answer for what nobody knows, and what it would take to know; nothing is guessed.

    >>> not_determined("unit", "the text does not say", needed="Read it.").told
    'Not determined, because the text does not say. Read it.'
    """
    said = f"Not determined, because {because}."
    return Missing(f"{subject}.not_determined", said, needed=needed)


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


def how_much_counts(amount: Decimal) -> str:
    """Return how much of something counts: ``1 counts``, ``1.5 count``."""
    return f"{plain(amount)} {'counts' if amount == 1 else 'count'}"


def how_many(number: int, thing: str, things: str = "") -> str:
    """Return a number with its noun: ``1 minute``, ``83 minutes``."""
    return f"{number} {thing if number == 1 else things or thing + 's'}"
