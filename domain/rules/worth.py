"""What entries are worth before caps: minutes added up, titles that repeat, bands."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_DOWN, Decimal
from typing import Final

from msgspec import structs

from domain.rules.entries import Entry
from domain.rules.explain import Step, of_unit, plain
from domain.rules.model import Pack
from domain.rules.ways import WRITTEN_STEP, Bands, Repeat, Rule, Share

_ZERO: Final = Decimal(0)


class Worths:
    """Says entry by entry what each is worth; entries come by day.

    Args:
        pack: whose rules.
    """

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._banded: defaultdict[str, Decimal] = defaultdict(lambda: _ZERO)
        self._minutes: defaultdict[str, int] = defaultdict(int)
        self._titles: dict[tuple[str, str], Entry] = {}  # the best of each so far

    def of(self, entry: Entry) -> tuple[Decimal, list[Step]]:
        """Return what the next entry is worth in the cycle's unit, and why it is not its amount."""
        rule = self._pack.rule(entry.rule)
        if rule is None:
            return entry.amount, []
        entry, steps = self._unrepeated(rule, entry)
        if steps and not entry.amount:
            return _ZERO, steps
        amount = self._added_up(rule, entry)
        if amount != entry.amount:
            said = f"With the minutes before it, {plain(amount)} and not {plain(entry.amount)}."
            steps.append(Step("minutes.added_up", said, rule.clause, {"amount": plain(amount)}))
        if rule.bands is None:
            return amount, steps
        before = self._banded[rule.id]
        after = self._banded[rule.id] = before + amount
        worth = band(rule.bands, after) - band(rule.bands, before)
        return worth, [*steps, *_banded(rule, rule.bands, after)]

    def _unrepeated(self, rule: Rule, entry: Entry) -> tuple[Entry, list[Step]]:
        """Return what an entry adds to those of its title; nobody can say so of what has none.

        Of a title that counts once the best attendance counts, whichever came first: who looked in
        before is not worse off than who did not.
        """
        title = " ".join(entry.title.casefold().split())
        if rule.repeat is not Repeat.TITLE or not title:
            return entry, []
        best = self._titles.get((rule.id, title))
        if best is None or entry.amount > best.amount:
            self._titles[rule.id, title] = entry
        if best is None:
            return entry, []
        more = max(entry.amount - best.amount, _ZERO)
        minutes = entry.minutes - best.minutes
        said = f"“{entry.title}” counts once in a cycle"
        said += f"; this is {plain(more)} more than before." if more else "."
        steps = [Step("repeat.title", said, rule.clause)]
        if not more:
            needed = "An activity with a title of its own would count."
            steps.append(Step("more.title", needed, rule.clause))
        return structs.replace(entry, amount=more, minutes=minutes), steps

    def _added_up(self, rule: Rule, entry: Entry) -> Decimal:
        """Return what an entry adds to the sum of its rule.

        Where a text does not round, minutes are added up before they are written as hours: six
        times 70 minutes are seven hours, though each is written 1.16.
        """
        per_unit = rule.minutes_per_unit
        if rule.rounding is not None or per_unit is None or rule.share is Share.EQUAL:
            return entry.amount
        if entry.amount != _written(entry.minutes, per_unit):
            return entry.amount  # counted in another way: instruction, meetings, an older version
        before = self._minutes[rule.id]
        after = self._minutes[rule.id] = before + entry.minutes
        return _written(after, per_unit) - _written(before, per_unit)


def band(bands: Bands, attended: Decimal) -> Decimal:
    """Return the credit of the highest band reached."""
    return max((credit for least, credit in bands.steps if least <= attended), default=_ZERO)


def _banded(rule: Rule, bands: Bands, attended: Decimal) -> list[Step]:
    credit = band(bands, attended)
    said = (
        f"{of_unit(attended, rule.unit)} in this cycle so far come to "
        f"{of_unit(credit, bands.unit)}."
    )
    values = {"attended": plain(attended), "credit": plain(credit)}
    steps = [Step("band.reached", said, rule.clause, values)]
    higher = next((each for each in bands.steps if each[0] > attended), None)
    if higher is not None:
        least, credit = higher
        said = f"From {of_unit(least, rule.unit)} on it would be {plain(credit)}."
        values = {"attended": plain(least), "credit": plain(credit)}
        steps.append(Step("more.band", said, rule.clause, values))
    return steps


def _written(minutes: int, per_unit: int) -> Decimal:
    return (Decimal(minutes) / per_unit).quantize(WRITTEN_STEP, rounding=ROUND_DOWN)
