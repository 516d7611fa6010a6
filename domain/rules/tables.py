"""The base of every table of a pack's file."""

from __future__ import annotations

from msgspec import Struct


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table of a pack's file; a key nobody knows is refused."""
