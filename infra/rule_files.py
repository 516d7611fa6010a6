"""Reads the packs: those that ship with the domain, and those of the operator's own folder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from time import monotonic
from typing import Final

import structlog

from domain.errors import DomainError
from domain.rules.book import RuleBook
from domain.rules.checking import failures
from domain.rules.lines import line_of
from domain.rules.model import Pack
from domain.rules.parse import PackFault, parse_pack

_LOOK_EVERY: Final = 10.0  # seconds between two looks at the folder
_MOST_BYTES: Final = 1_000_000  # of a pack; more is no board's text

log = structlog.get_logger()

_State = tuple[tuple[str, int, int], ...]


class RuleShelf:
    """The packs in use, read anew when the operator's folder changes.

    Args:
        folder: of the operator's own packs; ``None`` for those that ship with Peerhour alone.

    Raises:
        PackFault: at the start a pack, or the folder, cannot be used; later the last good packs
            stay in use.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._state = self._look()
        self._looked_at = monotonic()
        self._book = load_rules(folder)
        self._refused = ""  # what was wrong at the last look, so that it is logged once

    def book(self) -> RuleBook:
        """Return the packs in use."""
        if self._folder is not None and monotonic() - self._looked_at > _LOOK_EVERY:
            self.look_again()
        return self._book

    def look_again(self) -> bool:
        """Read the folder if it changed; return whether the packs in use are its packs."""
        self._looked_at = monotonic()
        try:
            state = self._look()
            if state != self._state:
                self._book = load_rules(self._folder)
                self._state = state
                log.info("rules.read", packs=len(self._book.packs))
        except DomainError as fault:
            if fault.message != self._refused:
                log.exception("rules.refused", code=fault.code, says=fault.message)
            self._refused = fault.message
            return False
        self._refused = ""
        return True

    def _look(self) -> _State:
        """Return what tells one state of the folder from another."""
        return tuple((each.name, *_written(each)) for each in _own_files(self._folder))


def load_rules(folder: Path | None = None) -> RuleBook:
    """Return the packs that ship with Peerhour, and those of a folder beside them.

    Raises:
        PackFault: names the file, the line and the reason.
    """
    return RuleBook([*_shipped(), *(read_pack(each) for each in _own_files(folder))])


def _own_files(folder: Path | None) -> Sequence[Path]:
    """Return the operator's files; what begins with a dot is an editor's or the volume's own.

    Raises:
        PackFault: there is no such folder, or we may not read it; to go on without its packs would
            judge by rules that nobody chose.
    """
    if folder is None:
        return ()
    try:
        found = sorted(folder.iterdir())
    except OSError as error:
        why = error.strerror or "unknown"
        where = str(folder)
        raise PackFault(
            f"{where}: The folder of packs cannot be read: {why}.", where=where, line=1, key=""
        ) from None
    return [each for each in found if each.suffix == ".toml" and not each.name.startswith(".")]


def _written(file: Path) -> tuple[int, int]:
    """Return when a file was written and its size; whether it can be read, its reader tells."""
    try:
        status = file.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


@cache
def _shipped() -> Sequence[Pack]:
    """Return the packs in our own package; its files do not change while we run."""
    found = (files("domain.rules") / "data").iterdir()
    return [read_pack(each) for each in found if each.name.endswith(".toml")]


def read_pack(file: Traversable) -> Pack:
    """Read one pack and run its cases.

    Raises:
        PackFault: the file cannot be used, or one of its own examples does not come out.
    """
    text = _text(file)
    pack = parse_pack(text, file.name)
    if not pack.cases:
        raise _unreadable(file, 1, "It has no case; give at least one of the text's own examples")
    for failure in failures(pack):
        path = f"case[{failure.case}]"
        line = line_of(text, path)
        raise PackFault(
            f"{file.name}, line {line}: {path}: “{failure.says}”: expected {failure.expected}, "
            f"found {failure.found}.",
            where=file.name,
            line=line,
            key=path,
        )
    return pack


def _text(file: Traversable) -> str:
    if isinstance(file, Path) and file.exists() and not file.is_file():  # a pipe is waited for
        raise _unreadable(file, 1, "It is no file")
    try:
        with file.open("rb") as opened:
            data = opened.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise _unreadable(file, 1, "The file is larger than a pack can be")
        return data.decode("utf-8-sig")  # some editors write a mark at the beginning
    except OSError as error:
        raise _unreadable(file, 1, f"It cannot be read: {error.strerror or 'unknown'}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _unreadable(file, line, "The file must be UTF-8") from None


def _unreadable(file: Traversable, line: int, said: str) -> PackFault:
    where = file.name
    return PackFault(f"{where}, line {line}: {said}.", where=where, line=line, key="")
