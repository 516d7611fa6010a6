"""From the tables of a rule file to a rule set; reading the file is infra's work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import msgspec

from domain.errors import DomainError
from domain.papers import is_bare_ceu
from domain.rules.model import Needs, Rounding, RuleSet

_TABLES: dict[str, type] = {"rounding": Rounding, "needs": Needs}


class RuleFileFault(DomainError):
    """A rule file cannot be used; ``facts`` name the file and the key."""

    code = "rules.file_fault"


def parse_rule_set(data: Mapping[str, Any], where: str) -> RuleSet:
    """Read one rule set.

    Args:
        data: as a TOML reader returns it.
        where: the file, for the refusal.

    Returns:
        The rule set, complete and consistent.

    Raises:
        RuleFileFault: a key is missing, unknown, of a wrong kind, or contradicts another.
    """
    _refuse_unknown_keys(data, RuleSet, where, "")
    for name, kind in _TABLES.items():
        if isinstance(data.get(name), Mapping):
            _refuse_unknown_keys(data[name], kind, where, f"{name}.")
    try:
        rule = msgspec.convert(dict(data), RuleSet)
    except msgspec.ValidationError as error:
        text, _, key = str(error).partition(" - at `$.")
        raise _fault(where, key.rstrip("`") or "rule", text) from error
    for key, (wrong, text) in _contradictions(rule).items():
        if wrong:
            raise _fault(where, key, text)
    return rule


def _refuse_unknown_keys(data: Mapping[str, Any], kind: type, where: str, prefix: str) -> None:
    known = {each.name for each in fields(kind)}
    for key in data:
        if key not in known:
            raise _fault(where, f"{prefix}{key}", "No rule has such a key")


def _contradictions(rule: RuleSet) -> dict[str, tuple[bool, str]]:
    least, most = rule.group_min, rule.group_max
    begins, ends = rule.effective_from, rule.effective_until
    per_unit = rule.minutes_per_unit
    return {
        "id": (not rule.id.strip(), "A rule needs a name that stays"),
        "version": (rule.version < 1, "Versions count from 1"),
        "unit_name": (
            not rule.unit_name.strip() or is_bare_ceu(rule.unit_name),
            "Name the unit; a bare CEU says nothing",
        ),
        "minutes_per_unit": (per_unit is not None and per_unit < 1, "A unit has a minute or more"),
        "minimum_minutes": ((rule.minimum_minutes or 0) < 0, "Minutes are never negative"),
        "group_max": (
            least is not None and most is not None and most < least,
            "Less than group_min",
        ),
        "effective_until": (
            begins is not None and ends is not None and ends < begins,
            "Lies before effective_from",
        ),
        "source_url": (
            not rule.source_url.startswith(("https://", "http://", "urn:")),
            "Say where the rule was read",
        ),
    }


def _fault(where: str, key: str, text: str) -> RuleFileFault:
    return RuleFileFault(f"{where}: {key}: {text}.", where=where, key=key)
