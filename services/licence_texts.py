"""Which texts a licence is renewed under."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from domain.rules.book import RuleBook
from domain.rules.model import BodyKind, Cap, Floor, Pack


def renews(pack: Pack, profession: str, jurisdiction: str) -> bool:
    """Tell whether a licence of this kind is renewed under a text."""
    if not pack.professions:
        return False  # a unit of ours, or of whoever pays; no licence hangs on it
    if pack.kind is BodyKind.ACCREDITOR and pack.cycle is None:
        return False  # it approves providers; nobody renews anything with it
    return pack.is_about(profession, jurisdiction)


def texts_for(book: RuleBook, profession: str, jurisdiction: str, day: date) -> Iterator[Pack]:
    """Yield the texts in force on a day under which a licence of this kind is renewed."""
    return (pack for pack in book.on(day) if renews(pack, profession, jurisdiction))


def topics_of(packs: Iterable[Pack]) -> set[str]:
    """Return the topics that the caps and floors of texts are about."""
    selections = (limit.of for pack in packs for limit in _caps_and_floors(pack))
    return {topic for selection in selections for topic in selection.topics}


def _caps_and_floors(pack: Pack) -> Iterator[Cap | Floor]:
    yield from pack.caps
    yield from pack.floors
