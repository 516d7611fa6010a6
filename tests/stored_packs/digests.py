"""Digests of released packs: ``python -m tests.stored_packs.digests`` adds those that are missing.

A digest covers everything that can change an answer: not the cases, and not the notes about where
the text was read. A pack that differs from its digest wants a new version, in a file of its own.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

import msgspec

from domain.rules.model import Pack
from infra.rule_files import load_rules

FILE: Final = Path(__file__).parent / "digests.json"


def name_of(pack: Pack) -> str:
    """Return how a version is named in the file."""
    return f"{pack.id} {pack.version}"


def digest_of(pack: Pack) -> str:
    """Return the SHA-256 of what a version says."""
    source = msgspec.structs.replace(pack.source, notes="", more=())
    said = msgspec.structs.replace(pack, cases=(), source=source)
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()


def released() -> dict[str, str]:
    """Return the digests by name."""
    found: dict[str, str] = json.loads(FILE.read_text()) if FILE.exists() else {}
    return found


def main() -> None:
    """Add what is missing; what is there stays."""
    known = released()
    for pack in load_rules().packs:
        known.setdefault(name_of(pack), digest_of(pack))
    FILE.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n")


if __name__ == "__main__":
    main()
