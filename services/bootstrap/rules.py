"""Packs for the command line: those in use, and those named by file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from domain.errors import NotFound
from domain.rules.book import RuleBook
from domain.rules.model import Pack
from infra.rule_files import load_rules
from infra.rule_files import read_pack as read_file
from services.bootstrap.running import start_process

__all__ = ["chosen", "in_use", "read_pack", "shipped"]


def shipped() -> RuleBook:
    """Return the packs that ship with Peerhour, whatever the settings."""
    return load_rules()


def in_use() -> RuleBook:
    """Return the packs that a house with these settings would use."""
    return load_rules(start_process().rules_dir)


def read_pack(file: Path) -> Pack:
    """Read one file and run its cases.

    Raises:
        PackFault: names the file, the line and the reason.
    """
    return read_file(file)


def chosen(names: Sequence[str]) -> RuleBook:
    """Return the packs of these files and ids; without names, all in use.

    Raises:
        PackFault: a file cannot be used.
        NotFound: a name is neither a file nor the id of a pack.
    """
    if not names:
        return in_use()
    packs: list[Pack] = []
    for name in names:
        if name.endswith(".toml") or Path(name).is_file():
            packs.append(read_pack(Path(name)))
            continue
        found = [pack for pack in in_use().packs if pack.id == name]
        if not found:
            raise NotFound(f"{name} is neither a file nor the id of a pack.")
        packs += found
    return RuleBook(packs)
