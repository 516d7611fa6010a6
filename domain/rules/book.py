"""All packs together: which version speaks on which day, and where an award's rule stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from domain.rules.model import Pack
from domain.rules.parse import PackFault


class RuleBook:
    """The packs that are in use.

    Args:
        packs: in any order, any number of versions of each.

    Raises:
        PackFault: two packs are the same version of one text, or two texts share a rule's name.
    """

    def __init__(self, packs: Iterable[Pack]) -> None:
        self.packs: Sequence[Pack] = sorted(packs, key=lambda pack: (pack.id, pack.version))
        self._by_version: dict[tuple[str, int], Pack] = {}
        self._by_rule: dict[tuple[str, int], Pack] = {}
        owners: dict[str, str] = {}
        spoken: dict[str, set[str]] = {}
        for pack in self.packs:
            if (pack.id, pack.version) in self._by_version:
                raise _fault(pack, f"Version {pack.version} of {pack.id} is there twice")
            self._by_version[pack.id, pack.version] = pack
            lost = spoken.get(pack.id, set()) - {rule.id for rule in pack.rules}
            if lost:
                raise _fault(pack, f"It lacks {min(lost)}, which awards of older versions name")
            spoken[pack.id] = {rule.id for rule in pack.rules}
            for rule in pack.rules:
                if owners.setdefault(rule.id, pack.id) != pack.id:
                    raise _fault(pack, f"Rule {rule.id} belongs to {owners[rule.id]} already")
                self._by_rule[rule.id, pack.version] = pack

    def on(self, day: date) -> Iterator[Pack]:
        """Yield the newest version in force of every text that speaks about *day*."""
        newest = {pack.id: pack for pack in self.packs if pack.in_force_on(day)}
        yield from newest.values()

    def newest(self, pack_id: str) -> Pack | None:
        """Return the newest version of a text."""
        versions = [pack for pack in self.packs if pack.id == pack_id]
        return versions[-1] if versions else None

    def version(self, pack_id: str, version: int) -> Pack | None:
        """Return one version of a text, if it is in use."""
        return self._by_version.get((pack_id, version))

    def of_rule(self, rule_id: str, version: int) -> Pack | None:
        """Return the version of a text that has a rule, if it is in use."""
        return self._by_rule.get((rule_id, version))

    def names(self) -> dict[str, str]:
        """Return what people call each rule: the body, and the category where it has several."""
        return {
            rule.id: f"{pack.name}: {rule.name}" if len(pack.rules) > 1 else pack.name
            for pack in self.packs
            for rule in pack.rules
        }


def _fault(pack: Pack, said: str) -> PackFault:
    where = f"{pack.id}, version {pack.version}"
    return PackFault(f"{where}: {said}.", where=where, line=1, key="id")
