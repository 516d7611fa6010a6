"""Where streams are looked up by their id, whoever keeps them."""

from __future__ import annotations

from typing import Protocol, TypeVar
from uuid import UUID

from domain.base import Root

A = TypeVar("A", bound=Root)


class Archive(Protocol):
    """Where aggregates are looked up; a unit of work is one."""

    async def find(self, kind: type[A], stream_id: UUID) -> A | None:
        """Return an aggregate, or ``None`` when there is none."""
        ...
