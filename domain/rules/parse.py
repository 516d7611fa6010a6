"""From the text of a pack's file to a pack; reading the file is infra's work."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from domain.errors import DomainError
from domain.rules.consistency import contradictions
from domain.rules.lines import line_of
from domain.rules.model import Pack

_SYNTAX: Final = re.compile(r"^(?P<text>.*?)(?: \(at line (?P<line>\d+), column \d+\))?$")


class PackFault(DomainError):
    """A pack's file cannot be used; ``facts`` name the file, the line and the key."""

    code = "rules.file_fault"


def parse_pack(text: str, where: str) -> Pack:
    """Read one pack.

    Args:
        text: of the file, TOML.
        where: the file's name, for the refusal.

    Returns:
        The pack, complete and consistent; its cases have not been run.

    Raises:
        PackFault: the text is no TOML, a key is missing, unknown, of a wrong kind, or contradicts
            another; names the file and the line.
    """
    data = _toml(text, where)
    try:
        pack = msgspec.convert(data, Pack, builtin_types=(date,))  # a day in quotes is none
    except msgspec.ValidationError as error:
        said, _, path = str(error).partition(" - at `$")
        path = path.strip("`.")
        unknown = re.search(r"unknown field `(.+?)`", said)
        if unknown is not None:
            said, path = "no such key", f"{path}.{unknown[1]}".strip(".")
        raise _fault(where, line_of(text, path), path, said) from None
    for path, wrong in contradictions(pack):
        raise _fault(where, line_of(text, path), path, wrong)
    rules = tuple(replace(rule, clause=rule.clause or pack.source.clause) for rule in pack.rules)
    return replace(pack, rules=rules)


def _toml(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=_decimal)
    except (ValueError, RecursionError) as error:  # tomllib's own, and what it lets through
        found = _SYNTAX.match(str(error))
        assert found is not None, "the pattern takes every text"
        line = int(found["line"] or text.count("\n") + 1)
        raise _fault(where, line, "", found["text"]) from None


def _decimal(text: str) -> Decimal:
    """Return a number; one that no decimal can hold is none, and refused with its key later."""
    try:
        return Decimal(text)
    except ArithmeticError:
        return Decimal("NaN")


def _fault(where: str, line: int, path: str, said: str) -> PackFault:
    said = said[:1].upper() + said[1:]
    key = f" {path}:" if path else ""
    return PackFault(f"{where}, line {line}:{key} {said}.", where=where, line=line, key=path)
