"""What a board's or approver's text says about a peer group's hour, as data.

A *pack* is one dated version of one body's text; its *rules* say what an hour is worth, its cycle,
caps and floors say what becomes of the worth over a licence period. The words are those of
``docs/rules.md``. A key that the text does not tell stays absent and means "unknown", never "none".
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from msgspec import field

from domain.rules.periods import Cap, Cycle, Floor
from domain.rules.tables import Table
from domain.rules.ways import Rule
from domain.rules.worked_cases import Case

FORMAT: Final = 1  # of the files; a reader refuses what it does not know
EVERYWHERE: Final = None  # the jurisdiction of packs that belong to no place


class BodyKind(StrEnum):
    """Whose text it is."""

    REGULATOR = "regulator"
    ACCREDITOR = "accreditor"
    ASSOCIATION = "association"
    HOUSE = "house"


class Confidence(StrEnum):
    """How directly the text was read."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    MIXED = "mixed"
    OURS = "ours"


class Source(Table, frozen=True):
    """Where the text was read.

    Attributes:
        address: of the text; a ``urn:`` where there is none to link to.
        clause: the citation, or where in the source.
        checked: on which day somebody read it.
        confidence: how directly.
        more: further addresses.
        notes: what the text leaves open, and how it was read.
    """

    address: str
    clause: str
    checked: date
    confidence: Confidence
    more: tuple[str, ...] = ()
    notes: str = ""


class Pack(Table, frozen=True):
    """One dated version of one body's text.

    Attributes:
        format: of the file.
        id: stable name of the body's text, such as ``us-ca-psychology``.
        version: counts from 1; awards keep the version they were judged by.
        name: of the body, as people call it.
        kind: whose text it is.
        source: where it was read.
        jurisdiction: whose rule; absent for packs that belong to no place.
        professions: who it is about; empty for everybody.
        effective_from: first day, absent where the source does not tell.
        effective_until: last day, absent while no end is known.
        cycle: the licence period.
        rules: ways in which an hour can count, asked in this order.
        caps: the most that counts.
        floors: the least that is required.
        cases: examples that must come out as they say.
    """

    format: int
    id: str
    version: int
    name: str
    kind: BodyKind
    source: Source
    rules: tuple[Rule, ...] = field(name="rule")
    jurisdiction: str | None = None
    professions: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_until: date | None = None
    cycle: Cycle | None = None
    caps: tuple[Cap, ...] = field(name="cap", default=())
    floors: tuple[Floor, ...] = field(name="floor", default=())
    cases: tuple[Case, ...] = field(name="case", default=())

    def in_force_on(self, day: date) -> bool:
        """Tell whether the text speaks about *day*; an unknown beginning does not exclude it."""
        begun = self.effective_from is None or self.effective_from <= day
        ended = self.effective_until is not None and self.effective_until < day
        return begun and not ended

    def is_about(self, profession: str, jurisdiction: str) -> bool:
        """Tell whether a licence of this kind falls under the text.

        A country's regulator speaks for each of its parts: a psychologist in Victoria is registered
        by the Psychology Board of Australia, and may write either place. An association speaks for
        a part only to its own members, whose licence then names the country.
        """
        professions_fit = not self.professions or profession in self.professions
        places = {jurisdiction}
        if self.kind is BodyKind.REGULATOR:
            places.add(jurisdiction.partition("-")[0])
        return professions_fit and (self.jurisdiction is EVERYWHERE or self.jurisdiction in places)

    def rule(self, rule_id: str) -> Rule | None:
        """Return the rule of this id, if the pack has it."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
