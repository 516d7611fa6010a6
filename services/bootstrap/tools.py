"""What the command line needs from infra without a running house, or beside it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

from domain.errors import NotFound
from infra import doctor
from infra.attendance_files import parse_scheduled, read_attendance, to_json
from infra.attendance_files.text import MAX_BYTES
from infra.mail import ConsoleMailer, Mailer
from infra.payer_files.verify import verify
from infra.secrets.sealing import Seal
from infra.settings import Settings
from infra.system import SystemClock
from infra.tool_messages import ToolMessages
from services.bootstrap.database import migrate_at, open_database
from services.bootstrap.running import Running
from services.meetings.tools import ZOOM


async def migrate_database(settings: Settings) -> list[str]:
    """Bring the database up to date; return the names of what was applied."""
    async with AsyncExitStack() as stack:
        address, _ = await open_database(stack, settings)
        return await migrate_at(address)


async def examine(settings: Settings) -> list[dict[str, str]]:
    """Return the doctor's findings, plain."""
    async with AsyncExitStack() as stack:
        address, embedded = await open_database(stack, settings)
        findings = await doctor.examine(
            address,
            now=SystemClock().now(),
            folder=settings.data_dir,
            binaries=None if embedded is None else embedded.binaries(),
        )
    return [
        {"level": str(each.level), "name": each.name, "sentence": each.sentence}
        for each in findings
    ]


def read_report(
    file: Path, *, zone: str | None, date_order: Any, scheduled: str | None
) -> dict[str, Any]:
    """Read a meeting tool's report without a database; see ``docs/attendance_files.md``.

    Raises:
        AttendanceFileError, InvalidFields: names line and reason.
    """
    window = None if scheduled is None else parse_scheduled(scheduled, zone=zone)
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}.") from None
    return to_json(
        read_attendance(data, name=file.name, zone=zone, date_order=date_order, scheduled=window)
    )


def verify_payer_package(files: Mapping[str, bytes]) -> list[Any]:
    """Return what is wrong with a payer's package."""
    return verify(files)


def demo_mailer(folder: Path | None, *, out: TextIO | None = None) -> Mailer:
    """Return a mailer that prints, and also writes files if told where."""
    return ConsoleMailer(folder=folder, out=out)


def settings_table() -> list[tuple[str, str, str]]:
    """Return (variable, default, description) of every setting."""
    return [
        (
            str(field.validation_alias or f"PEERHOUR_{name.upper()}"),
            "none" if field.default is None else f"`{field.default}`",
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


async def link_room(running: Running, room: str, group_id: UUID) -> None:
    """Say which group meets in a room of the meeting tool."""
    seal = Seal(running.keystore.secret("messages"))
    await ToolMessages(running.pool, seal).link(ZOOM, room, group_id)
