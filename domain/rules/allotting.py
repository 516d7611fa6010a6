"""Room under caps: what a floor needs is counted first, then everything by its day.

Where caps cross each other, what stands under fewer of them comes first if more counts that way.

A cap that several activities share would otherwise be full of plain hours before the hour of ethics
comes, and a licence would lack what its holder has. So no floor lacks anything while an entry of it
is cut in favour of one that no floor needs. Which floor is served first where not all can be: the
one with the least to choose from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from domain.rules.cycles import Window
from domain.rules.entries import Entry, is_about
from domain.rules.model import Pack
from domain.rules.periods import Per, Selection
from domain.rules.spans import span_of

_ZERO: Final = Decimal(0)

Place = tuple[int, date]
"""A cap or a floor, by its number in the pack, in the span that begins on a day."""

_NOTHING: Final[Mapping[Place, Decimal]] = MappingProxyType({})


@dataclass(slots=True, eq=False)
class Claim:
    """An entry that wants to count.

    Attributes:
        entry: the entry.
        worth: what it wants.
        caps: under which caps it stands.
        floors: towards which floors it counts.
        counted: what it has got so far.
        cuts: what each cap took away, in the order of the pack.
    """

    entry: Entry
    worth: Decimal
    caps: tuple[Place, ...]
    floors: tuple[Place, ...]
    counted: Decimal = _ZERO
    cuts: list[tuple[Place, Decimal]] = field(default_factory=list)


class Room:
    """The room under the caps of one cycle, and who gets it.

    Args:
        pack: with its caps and floors.
        window: the cycle.

    Attributes:
        used: of each cap.
        cut: by each cap.
        kept: the part of *used* that fills floors.
    """

    def __init__(self, pack: Pack, window: Window) -> None:
        self._pack = pack
        self._window = window
        self.used: defaultdict[Place, Decimal] = defaultdict(lambda: _ZERO)
        self.cut: defaultdict[Place, Decimal] = defaultdict(lambda: _ZERO)
        self.kept: defaultdict[Place, Decimal] = defaultdict(lambda: _ZERO)

    def claim(self, entry: Entry, worth: Decimal) -> Claim:
        """Return the claim of an entry; nothing is given yet."""
        caps = self._places(entry, [(cap.per, cap.of) for cap in self._pack.caps], doubt=True)
        floors = self._places(entry, [(each.per, each.of) for each in self._pack.floors])
        return Claim(entry, worth, caps, floors)

    def allot(self, claims: Sequence[Claim]) -> None:
        """Let claims count, those that fill a floor first; they come by day."""
        if self._pack.caps:
            self._fill_floors(claims)
        for claim in self._in_turn(claims):
            self._give_the_rest(claim)

    def _in_turn(self, claims: Sequence[Claim]) -> Sequence[Claim]:
        """Return claims by day; those under fewer caps first, if more counts in all that way.

        Where two caps cross, a claim under both takes room from claims under one each: by day, one
        more credit could make less count. Where caps lie inside each other, every order comes to
        the same.
        """
        thrifty = sorted(claims, key=lambda each: len(each.caps))
        return thrifty if self._comes_to(thrifty) > self._comes_to(claims) else claims

    def _comes_to(self, claims: Iterable[Claim]) -> Decimal:
        """Return what would be given in this turn; nothing is."""
        taken: defaultdict[Place, Decimal] = defaultdict(lambda: _ZERO)
        total = _ZERO
        for claim in claims:
            free = self._free(claim, taken)
            total += free
            for place in claim.caps:
                taken[place] += free
        return total

    def _places(
        self, entry: Entry, limits: Iterable[tuple[Per, Selection]], *, doubt: bool = False
    ) -> tuple[Place, ...]:
        return tuple(
            (index, span_of(per, entry.day, self._window)[0])
            for index, (per, of) in enumerate(limits)
            if is_about(self._pack, of, entry, unknown_fits=doubt)
        )

    def _fill_floors(self, claims: Iterable[Claim]) -> None:
        of_floor: defaultdict[Place, list[Claim]] = defaultdict(list)
        for claim in claims:
            for place in claim.floors:
                of_floor[place].append(claim)
        lacks = {place: self._lacks(place, mine) for place, mine in of_floor.items()}
        while lacks:
            place = min(lacks, key=lambda each: self._ease(each, of_floor[each], lacks[each]))
            for claim in sorted(of_floor[place], key=lambda each: _thrift(each, lacks)):
                given = min(lacks[place], self._free(claim))
                self._give(claim, given)
                for cap in claim.caps:
                    self.kept[cap] += given
                for other in claim.floors:
                    if other in lacks:
                        lacks[other] = max(lacks[other] - given, _ZERO)
            del lacks[place]

    def _lacks(self, place: Place, claims: Iterable[Claim]) -> Decimal:
        """Return what a floor still wants of what stands under caps; the rest counts anyway."""
        without = sum((each.worth for each in claims if not each.caps), _ZERO)
        return max(self._pack.floors[place[0]].at_least - without, _ZERO)

    def _ease(
        self, place: Place, claims: Iterable[Claim], lacks: Decimal
    ) -> tuple[bool, Decimal, Place]:
        """Return how easily a floor is filled; one that is wanted only if used comes last."""
        there = sum((self._free(each) for each in claims), _ZERO)
        return self._pack.floors[place[0]].if_used, there - lacks, place

    def _free(self, claim: Claim, taken: Mapping[Place, Decimal] = _NOTHING) -> Decimal:
        """Return how much more of a claim could count, if so much room were taken besides."""
        rooms = (
            self._pack.caps[place[0]].at_most - self.used[place] - taken.get(place, _ZERO)
            for place in claim.caps
        )
        return min((claim.worth - claim.counted, *rooms))

    def _give(self, claim: Claim, amount: Decimal) -> None:
        claim.counted += amount
        for place in claim.caps:
            self.used[place] += amount

    def _give_the_rest(self, claim: Claim) -> None:
        wants = claim.worth - claim.counted
        for place in claim.caps:
            left = self._pack.caps[place[0]].at_most - self.used[place]
            if left < wants:
                claim.cuts.append((place, wants - left))
                self.cut[place] += wants - left
                wants = left
        self._give(claim, wants)


def _thrift(claim: Claim, lacks: dict[Place, Decimal]) -> tuple[int, int]:
    """Return what to count first for a floor: what serves more floors and stands under fewer caps.

    Among equals the first day comes first, as the claims do.
    """
    return -sum(lacks.get(place, _ZERO) > 0 for place in claim.floors), len(claim.caps)
