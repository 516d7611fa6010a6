"""The one door to the library ``eventsourcing``: aggregates, events, topics.

Everything else in the project imports these names from here. Three rules of ours are added to the
library's: every event names its ``TOPIC``, the time is always an argument, and ids are UUIDs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn
from uuid import UUID

from eventsourcing.domain import AggregateCreated, AggregateEvent, BaseAggregate
from eventsourcing.utils import resolve_topic

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

__all__ = ["AggregateCreated", "Root", "resolve_topic"]


class Root(BaseAggregate[UUID]):
    """Base of every aggregate.

    A subclass names its ``TOPIC``, nests its events, and offers one class method that makes it
    (``Meeting.schedule(...)``) and one method per decision. Methods decide and raise refusals;
    ``apply`` of an event only remembers. Do not annotate attributes on the class itself: the
    library would turn the aggregate into a dataclass.
    """

    class Event(AggregateEvent):
        """Base of every event; values are plain or frozen dataclasses of plain values."""

        TOPIC: ClassVar[str]
        class_version: ClassVar[int] = 1

        @staticmethod
        def create_timestamp() -> NoReturn:
            """Refuse: the core has no clock."""
            msg = "Pass timestamp=: the core has no clock."
            raise TypeError(msg)

    @classmethod
    def begin(
        cls, event: type[AggregateCreated], *, stream_id: UUID, at: datetime, **values: Any
    ) -> Self:
        """Make a new aggregate from its first event.

        Args:
            event: the creation event, one of this class's own.
            stream_id: the new aggregate's id, chosen by the caller.
            at: when it happened, aware UTC.
            values: the event's own fields.
        """
        return cls._create(event, id=stream_id, timestamp=at, **values)

    def record(self, event: type[Root.Event], *, at: datetime, **values: Any) -> None:
        """Remember that something happened at *at* (aware UTC).

        The library makes its own subclass of every event that an aggregate lists from elsewhere
        (``CheckedIn = meeting_events.CheckedIn``); that one is recorded, whichever was named.
        """
        self.trigger_event(getattr(type(self), event.__name__, event), timestamp=at, **values)
