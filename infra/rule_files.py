"""Reads the dated rule sets that ship with the domain."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from domain.rules.model import RuleSet
from domain.rules.parse import parse_rule_set


def load_rules() -> list[RuleSet]:
    """Return every rule set, ordered by id and version.

    Raises:
        RuleFileFault: names the file and the key.
    """
    folder = files("domain.rules") / "data"
    found = [
        parse_rule_set(tomllib.loads(each.read_text(encoding="utf-8")), each.name)
        for each in folder.iterdir()
        if each.name.endswith(".toml")
    ]
    return sorted(found, key=lambda rule: (rule.id, rule.version))
