"""What the streams about one member say, fact by fact, as plain data for that member."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final
from uuid import UUID

from domain.base import Root
from domain.event_registry import EVENTS
from domain.personal import Personal, shown
from domain.recording import EventStore

_OF_THE_LIBRARY: Final = frozenset(
    {"originator_id", "originator_version", "originator_topic", "timestamp"}
)


async def record_of(
    store: EventStore, member_id: UUID, stream_ids: Iterable[UUID]
) -> list[dict[str, Any]]:
    """Return every fact in some streams, stream by stream, each in the order it happened.

    Args:
        store: where they are read.
        member_id: whose streams they are. Somebody else who acted on them is not named.
        stream_ids: streams about this member alone; one without events says nothing.
    """
    return [
        _told(event, member_id) for stream_id in stream_ids for event in await store.load(stream_id)
    ]


def _told(event: Root.Event, member_id: UUID) -> dict[str, Any]:
    facts = {
        each.name: _plain(getattr(event, each.name))
        for each in fields(event)
        if each.name not in _OF_THE_LIBRARY
    }
    if "by" in facts:
        facts["by"] = "you" if facts["by"] == member_id else "somebody of the house"
    return {
        "at": event.timestamp,
        "what": event.TOPIC,
        "in_words": EVENTS[event.TOPIC].sentence,
        "facts": facts,
    }


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold, with personal values as their person may read them."""
    if isinstance(value, Personal):
        return shown(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return value
