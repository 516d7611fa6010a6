"""Takes every event into the view ``audit_trail``: what, when, by whom; no personal value."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from domain.event_registry import EVENTS
from domain.recording import Recorded
from projections import Connection

NAME: Final = "audit_trail"
VERSION: Final = 1
SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()
TOPICS: Final = tuple(EVENTS)

_ADD: Final = "INSERT INTO trail VALUES ($1, $2, $3, $4, $5, $6, $7)"


async def project(recorded: Recorded, conn: Connection) -> None:
    """Take one event."""
    event, cause = recorded.event, recorded.cause
    await conn.execute(
        _ADD,
        recorded.position,
        event.timestamp,
        recorded.recorded_at,
        event.TOPIC,
        event.originator_id,
        cause.actor_id,
        cause.command_id,
    )
