"""Which texts a licence is renewed under."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from domain.rules.book import RuleBook
from domain.rules.model import BodyKind, Pack
from domain.rules.periods import Selection


def renews(pack: Pack, profession: str, jurisdiction: str) -> bool:
    """Tell whether a licence of this kind is renewed under a text."""
    if not pack.professions:
        return False  # a unit of ours, or of whoever pays; no licence hangs on it
    if pack.kind is BodyKind.ACCREDITOR and (pack.cycle is None or pack.cycle.months is None):
        return False  # it approves providers; nobody renews anything with it
    return pack.is_about(profession, jurisdiction)


def texts_for(book: RuleBook, profession: str, jurisdiction: str, day: date) -> Iterator[Pack]:
    """Yield the texts in force on a day under which a licence of this kind is renewed."""
    return (pack for pack in book.on(day) if renews(pack, profession, jurisdiction))


def topics_of(packs: Iterable[Pack]) -> set[str]:
    """Return the topics that the caps and floors of texts are about."""
    return {topic for of in _selections(packs) for topic in of.topics}


def categories_of(packs: Sequence[Pack]) -> set[str]:
    """Return what texts call their own categories: their rules, what limits are about, and more."""
    rules = {rule.name for pack in packs for rule in pack.rules}
    rules |= {
        names[0] for pack in packs if pack.cycle is not None for names in pack.cycle.categories
    }
    return rules | {category for of in _selections(packs) for category in of.categories}


def _selections(packs: Iterable[Pack]) -> Iterator[Selection]:
    for pack in packs:
        yield from (cap.of for cap in pack.caps)
        yield from (floor.of for floor in pack.floors)
