"""Entries of an account: one credit each, and which caps and floors are about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from msgspec import Struct

from domain.certificates.papers import CreditKind
from domain.rules.model import Pack
from domain.rules.periods import Cycle, Selection
from domain.values import Modality


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One credit, as it goes into the account.

    Attributes:
        key: names it.
        day: on which it was earned.
        amount: in the unit of its rule.
        rule: id; empty for credit entered by the member under no rule of the pack.
        category: what the body calls it, where there is no rule.
        title: of the activity.
        topics: tags of its content.
        modality: how it was held.
        live: whether everybody was there at the same time; ``None`` where it is not known.
        credit_kind: who stands behind it; ``None`` where it is not known.
        minutes: of presence behind it.
        elsewhere: entered by the member, not shown by our own record.
        planned: not earned yet; for forecasts.
    """

    key: str
    day: date
    amount: Decimal
    rule: str = ""
    category: str = ""
    title: str = ""
    topics: tuple[str, ...] = ()
    modality: Modality | None = None
    live: bool | None = None
    credit_kind: CreditKind | None = None
    minutes: int = 0
    elsewhere: bool = False
    planned: bool = False


def category_of(pack: Pack, entry: Entry) -> str:
    """Return the name of an entry's rule, or what the member called it."""
    rule = pack.rule(entry.rule)
    return entry.category if rule is None else rule.name


def categories_in(cycle: Cycle, names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the different categories among names, and names of which nobody knows.

    Args:
        cycle: what the text says of categories.
        names: of rules, or what members called them; in any spelling, empty for none.

    Returns:
        Categories, and names that may be further ones; each once, in order.
    """
    spelled = {_plainly(name): name for name in sorted(names)}
    spelled.pop("", None)
    if not cycle.categories:
        return tuple(spelled.values()), ()
    known = {_plainly(name): each[0] for each in cycle.categories for name in each}
    found = sorted({known[name] for name in spelled if name in known})
    return tuple(found), tuple(name for plain, name in spelled.items() if plain not in known)


def _plainly(name: str) -> str:
    return " ".join(name.casefold().split())


def in_total(pack: Pack, entry: Entry) -> bool:
    """Tell whether an entry counts towards what the cycle requires, and is no duty of its own."""
    assert pack.cycle is not None, "asked for where there is a cycle"
    left_out = pack.cycle.not_in_total
    if left_out is not None and selects(left_out, entry, category_of(pack, entry)):
        return False
    rule = pack.rule(entry.rule)
    return rule is None or rule.counts_in_total


def is_about(pack: Pack, of: Selection, entry: Entry, *, unknown_fits: bool = False) -> bool:
    """Tell whether a cap or a floor of a pack is about an entry.

    What does not count in the total is a duty of its own: a limit is about it only where it names
    its rule, its category or its kind.
    """
    if not selects(of, entry, category_of(pack, entry), unknown_fits=unknown_fits):
        return False
    return bool(of.rules or of.categories or of.credit_kinds) or in_total(pack, entry)


def selects(of: Selection, entry: Entry, category: str = "", *, unknown_fits: bool = False) -> bool:
    """Tell whether a selection takes a credit.

    Args:
        of: which credits it is about.
        entry: the credit.
        category: the name of its rule, or what the member called it.
        unknown_fits: what nobody knows counts as what is asked for. So a cap holds for it and a
            floor does not: in doubt we count less.
    """
    title = entry.title.casefold()
    return (
        (not of.rules or entry.rule in of.rules)
        and (not of.categories or category in of.categories)
        and (not of.topics or bool(set(of.topics) & set(entry.topics)))
        and (not of.title_contains or any(word.casefold() in title for word in of.title_contains))
        and (not of.modalities or _is_one(entry.modality, of.modalities, unknown_fits))
        and (of.live is None or _is_one(entry.live, (of.live,), unknown_fits))
        and (not of.credit_kinds or _is_one(entry.credit_kind, of.credit_kinds, unknown_fits))
    )


def _is_one(value: object, wanted: Collection[object], unknown_fits: bool) -> bool:  # noqa: FBT001 - passed on
    return unknown_fits if value is None else value in wanted
