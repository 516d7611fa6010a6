"""The files of the repository as a reader finds them: no environment, no caches, no build."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "projections", "infra", "services")
GENERATED = (
    "events.md",
    "answers.schema.json",
    "facts.schema.json",
    "refusals.md",
    "rule_language.md",
    "rule_packs.md",
    "settings.md",
)


@cache
def ignored() -> frozenset[str]:
    """Names of folders that are nobody's to read: git's own, and those in ``.gitignore``."""
    lines = (ROOT / ".gitignore").read_text("utf-8").split()
    return frozenset({".git", *(line.rstrip("/") for line in lines if line.endswith("/"))})


def files(folder: Path = ROOT) -> Iterator[Path]:
    """Yield every file beneath *folder* that belongs to the repository."""
    for path in sorted(folder.iterdir()):
        if path.name in ignored() or path.suffix == ".egg-info":
            continue
        if path.is_dir():
            yield from files(path)
        elif path.name != ".env":
            yield path


def texts(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Yield (path from the root, text) of every text file, or of those that end so."""
    for path in files():
        if suffixes and path.suffix not in suffixes:
            continue
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a sample of broken encoding


def pages() -> Iterator[tuple[str, str]]:
    """Yield (path, text) of what people read: Markdown at the root and under ``docs/``."""
    for name, text in texts(".md"):
        if "/" not in name or name.startswith("docs/"):
            yield name, text
