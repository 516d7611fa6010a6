"""Takes events about members into the view ``people``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from domain.members.member import Member, Role
from domain.members.name_folding import folded
from domain.personal import ERASED, shown
from domain.recording import Recorded
from projections import Connection

NAME: Final = "people"
VERSION: Final = 3
SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()
TOPICS: Final = (
    Member.Registered.TOPIC,
    Member.LicenceAdded.TOPIC,
    Member.LicenceEnded.TOPIC,
    Member.NameCorrected.TOPIC,
    Member.RoleGranted.TOPIC,
    Member.RoleWithdrawn.TOPIC,
    Member.LeaveTaken.TOPIC,
    Member.Returned.TOPIC,
    Member.Forgotten.TOPIC,
)

_JOIN: Final = "INSERT INTO person (member_id, name, folded, joined_at) VALUES ($1, $2, $3, $4)"
_RENAME: Final = "UPDATE person SET name = $2, folded = $3 WHERE member_id = $1"
_ROLE: Final = "UPDATE person SET administrator = $2 WHERE member_id = $1"
_LEAVE: Final = "UPDATE person SET on_leave = $2 WHERE member_id = $1"
_PAUSE: Final = """INSERT INTO person_leave VALUES ($1, $2)
                   ON CONFLICT (member_id, from_at) DO UPDATE SET until_at = NULL"""
_RESUME: Final = """UPDATE person_leave SET until_at = $2
                     WHERE member_id = $1 AND until_at IS NULL"""
_FORGET: Final = """UPDATE person SET name = $2, folded = '', forgotten = true
                     WHERE member_id = $1"""
_FORGET_NUMBERS: Final = "UPDATE person_licence SET number = $2 WHERE member_id = $1"
_LICENCE: Final = "INSERT INTO person_licence VALUES ($1, $2, $3, $4, $5, $6, $7)"
_END: Final = "UPDATE person_licence SET valid_until = $2 WHERE licence_id = $1"


async def project(recorded: Recorded, conn: Connection) -> None:
    """Take one event."""
    match recorded.event:
        case Member.Registered(originator_id=member_id, name_on_papers=name, timestamp=at):
            await conn.execute(_JOIN, member_id, shown(name), folded(shown(name)), at)
        case Member.NameCorrected(originator_id=member_id, name_on_papers=name):
            await conn.execute(_RENAME, member_id, shown(name), folded(shown(name)))
        case Member.RoleGranted(originator_id=member_id, role=Role.ADMINISTRATOR):
            await conn.execute(_ROLE, member_id, True)
        case Member.RoleWithdrawn(originator_id=member_id, role=Role.ADMINISTRATOR):
            await conn.execute(_ROLE, member_id, False)
        case Member.LeaveTaken(originator_id=member_id, timestamp=at):
            await conn.execute(_LEAVE, member_id, True)
            await conn.execute(_PAUSE, member_id, at)
        case Member.Returned(originator_id=member_id, timestamp=at):
            await conn.execute(_LEAVE, member_id, False)
            await conn.execute(_RESUME, member_id, at)
        case Member.Forgotten(originator_id=member_id):
            await conn.execute(_FORGET, member_id, ERASED)
            await conn.execute(_FORGET_NUMBERS, member_id, ERASED)
        case Member.LicenceAdded(originator_id=member_id, licence=licence):
            await conn.execute(
                _LICENCE,
                licence.licence_id,
                member_id,
                licence.profession,
                licence.jurisdiction,
                shown(licence.number),
                licence.valid_from,
                licence.valid_until,
            )
        case Member.LicenceEnded(licence_id=licence_id, last_day=last_day):
            await conn.execute(_END, licence_id, last_day)
