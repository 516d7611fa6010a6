"""Professions as the packs name them, and as people read them.

Boards call one profession by many names, and a pack speaks only about the names that its board
uses. So a licence is entered under the board's own name: the packs in use say which there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from domain.members.professions import OTHER as OTHER_NAME
from domain.members.professions import label_of
from domain.rules.book import RuleBook
from services.meetings.attendance_facts import SUPERVISOR

Choice = tuple[str, str]

OTHER: Final[Choice] = (OTHER_NAME, label_of(OTHER_NAME))


def choices(book: RuleBook) -> Sequence[Choice]:
    """Return every profession that a pack in use speaks of, by label; another one comes last."""
    named = {name for pack in book.packs for name in pack.professions}
    for group in (rule.group for pack in book.packs for rule in pack.rules):
        named |= {*group.others_professions, *([SUPERVISOR] if group.supervisor else [])}
    return (*sorted(((name, label_of(name)) for name in named), key=_by_label), OTHER)


def by_place(book: RuleBook) -> Sequence[tuple[str, Sequence[str]]]:
    """Return the places whose boards the packs know, with what each calls its professions."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for pack in book.packs:
        if pack.jurisdiction is not None:
            found[pack.jurisdiction] |= {label_of(name) for name in pack.professions}
    return [(place, sorted(labels)) for place, labels in sorted(found.items()) if labels]


def _by_label(choice: Choice) -> tuple[str, str]:
    return choice[1].casefold(), choice[0]
