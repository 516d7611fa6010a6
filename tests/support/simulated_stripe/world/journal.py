"""The account's events: what happened, when, and through which request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import stripe

from tests.support.simulated_stripe.world.copies import copied

if TYPE_CHECKING:
    from tests.support.simulated_stripe.world.world import World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cause:
    """The request that made an event; both None for what Stripe does by itself."""

    request_id: str | None = None
    idempotency_key: str | None = None


class Journal:
    """Writes events and hands each to whoever delivers them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.last_seen: dict[str, Json] = {}
        self.cause = Cause()
        self._silent = False
        self.listeners: list[Callable[[Json], int]] = []

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Nothing told inside is written."""
        before, self._silent = self._silent, True
        try:
            yield
        finally:
            self._silent = before

    def tell(self, kind: str, subject: Json) -> None:
        """An event about an object as it stands now."""
        self._write(kind, subject, self._changes(subject) if ".updated" in kind else None)

    def tell_changes(self, kind: str, subject: Json, *, also: str = "") -> None:
        """An event ``....updated``, if anything changed since the last one about this object.

        Args:
            kind: its type.
            subject: as it stands now.
            also: a second type under which the same is told.
        """
        if changes := self._changes(subject):
            for each in filter(None, (kind, also)):
                self._write(each, subject, changes)

    def _changes(self, subject: Json) -> Json:
        before = self.last_seen.get(subject["id"], {})
        return {
            name: before.get(name)
            for name, value in subject.items()
            if before and before.get(name) != value
        }

    def _write(self, kind: str, subject: Json, changes: Json | None) -> None:
        if self._silent:
            return
        snapshot = copied(subject)
        self.last_seen[subject["id"]] = snapshot
        data = {"object": snapshot}
        if changes:
            data["previous_attributes"] = copied(changes)
        event = self._world.create(
            "event",
            type=kind,
            api_version=stripe.api_version,
            data=data,
            pending_webhooks=0,
            request={
                "id": self.cause.request_id,
                "idempotency_key": self.cause.idempotency_key,
            },
        )
        if not changes:
            event["data"].pop("previous_attributes", None)
        event["pending_webhooks"] = sum(listen(event) for listen in self.listeners)
