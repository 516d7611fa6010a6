"""Which processes serve a data folder, told by what they are and not by a number in a file.

``postmaster.pid`` outlives a killed server, and in containers small pids come again, so the pid in
it often belongs to somebody else: PostgreSQL then refuses to start, and tools that trust the file
end an innocent process. A postmaster runs in its data folder and is called ``postgres``.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_NAME: Final = "postgres"
_SOCKET_LINE: Final = 4  # the fifth line of postmaster.pid: the folder of the socket
_PS_TIMEOUT: Final = 10.0  # seconds


def running_postmaster(cluster: Path) -> int | None:
    """Return the pid of the postmaster that serves *cluster*, or None."""
    lines = _pid_file(cluster)
    try:
        pid = int(lines[0])
    except (IndexError, ValueError):
        return None
    return pid if pid > 0 and _serves(pid, cluster) else None


def socket_folder_of_running(cluster: Path) -> Path | None:
    """Return where the running server listens: it may have been started with other settings."""
    lines = _pid_file(cluster)
    if len(lines) > _SOCKET_LINE and lines[_SOCKET_LINE]:
        return Path(lines[_SOCKET_LINE].split(",")[0].strip())
    return None


def processes_of(cluster: Path) -> list[int]:
    """Return every live process of a server on *cluster*, orphans of a killed one included.

    Where there is no ``/proc`` this is empty, and PostgreSQL's own check has to do.
    """
    pids = (int(entry.name) for entry in _PROC.glob("[0-9]*"))
    return [pid for pid in pids if _serves(pid, cluster)]


def forget_stale_pid_file(cluster: Path) -> None:
    """Remove a pid file whose process is somebody else.

    Only call this when nothing serves *cluster*. A pid file whose process is gone stays: it lets
    PostgreSQL check the shared memory of the dead server.
    """
    lines = _pid_file(cluster)
    try:
        os.kill(abs(int(lines[0])), 0)
    except (IndexError, ValueError, ProcessLookupError):
        return
    except PermissionError:
        pass  # alive, and not ours
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _pid_file(cluster: Path) -> list[str]:
    try:
        return (cluster / "postmaster.pid").read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []


def _serves(pid: int, cluster: Path) -> bool:
    if not _PROC.is_dir():
        return _called_postgres_by_ps(pid)
    process = _PROC / str(pid)
    try:
        if (process / "comm").read_text("utf-8", "replace").strip() != _NAME:
            return False
        return (process / "cwd").readlink() == cluster
    except PermissionError:
        # Root without the right to look into other people's processes, as in many containers:
        # the command line stays readable, and a postmaster's names its folder.
        return b"--data_directory=" + os.fsencode(cluster) in _command_line(process)
    except OSError:
        return False  # it ended while we looked, or is a zombie


def _command_line(process: Path) -> list[bytes]:
    try:
        return (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def _called_postgres_by_ps(pid: int) -> bool:
    """Ask ``ps``, for systems without ``/proc``; the folder stays unchecked there."""
    said = subprocess.run(  # noqa: S603  fixed program, the argument is a number
        ["/bin/ps", "-o", "comm=", "-p", str(pid)],
        capture_output=True,
        check=False,
        text=True,
        timeout=_PS_TIMEOUT,
    ).stdout
    return Path(said.strip()).name == _NAME
