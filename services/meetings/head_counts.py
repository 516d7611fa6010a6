"""How many people the rules of licences want in the room, asked before the hour.

Only heads are counted: whether somebody's licence or way of taking part counts as well is judged
afterwards, by who was there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from domain.rules.book import RuleBook
from domain.rules.model import Pack
from domain.rules.ways import GroupRule
from projections.people.queries import LicenceRow
from services.credits.licence_texts import renews

NOT_ALONE: Final = 2
"""An hour alone is no group's hour, where a text does not say otherwise."""


def least_people(pack: Pack) -> int:
    """Return with how many people the least demanding of a text's rules counts an hour."""
    return min(_least(rule.group) for rule in pack.rules)


def texts_about(book: RuleBook, licences: Iterable[LicenceRow], day: date) -> Iterator[Pack]:
    """Yield the texts in force on a day under which one of the licences held then is renewed."""
    held = [
        (each.profession, each.jurisdiction)
        for each in licences
        if each.valid_from <= day and (each.valid_until is None or day <= each.valid_until)
    ]
    for pack in book.on(day):
        if pack.rules and any(renews(pack, *licence) for licence in held):
            yield pack


def _least(group: GroupRule) -> int:
    if group.min is None and group.others_min is None:
        return NOT_ALONE
    return max(group.min or 1, (group.others_min or 0) + 1)
