"""Takes looks at certificates into the view ``certificate_checks``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from domain.certificates.checks import CertificateCheck
from domain.recording import Recorded
from projections import Connection

NAME: Final = "certificate_checks"
VERSION: Final = 1
SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()
TOPICS: Final = (CertificateCheck.Noted.TOPIC,)

_NOTE: Final = "INSERT INTO certificate_check VALUES ($1, $2, $3, $4)"


async def project(recorded: Recorded, conn: Connection) -> None:
    """Take one event."""
    match recorded.event:
        case CertificateCheck.Noted(originator_id=check_id, timestamp=at) as event:
            await conn.execute(_NOTE, check_id, event.certificate_id, at, event.channel.value)
