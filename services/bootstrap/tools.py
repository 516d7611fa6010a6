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
from infra.payer_files.package import MANIFEST, zip_package
from infra.payer_files.unpack import UnpackFailed, unpack_zip
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


def read_payer_package(path: Path) -> dict[str, bytes]:
    """Return the files of a payer's package by name, from its folder or its zip.

    Raises:
        NotFound: there is no package, or a broken one.
    """
    try:
        return _read_folder(path) if path.is_dir() else unpack_zip(path)
    except (OSError, UnpackFailed):
        raise NotFound(f"{path} cannot be read as a package.") from None


def _read_folder(folder: Path) -> dict[str, bytes]:
    if not (folder / MANIFEST).is_file():
        return {}  # no package: nothing else of the folder is ours to read
    return {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    }


def verify_payer_package(files: Mapping[str, bytes]) -> list[Any]:
    """Return what is wrong with a payer's package."""
    return verify(files)


def zip_payer_package(files: Mapping[str, bytes]) -> bytes:
    """Return a payer's package as one zip."""
    return zip_package(files)


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
