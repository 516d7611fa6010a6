"""Who stops the embedded server: a process that lives, or a watcher once that one is gone.

Whoever starts the server keeps it, by a lock that the system frees however the process ends. A
process that is killed cannot stop its server. So a watcher, a small process of its own, waits at
the end of a pipe that closes with the keeper, and stops the server if nobody else keeps it by then.
Should the watcher be killed as well, the next start finds the server running, and keeps it. Pipes
and locks are the same on Linux and macOS, where a signal at a parent's death is not.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from infra.postgres.folders import lock_folder
from infra.postgres.process import running_postmaster

_PATIENCE: Final = 2.0  # seconds, as all below, in which the system frees what a dead keeper held
_STOP_TIMEOUT: Final = 30.0
_POLL: Final = 0.05


class Keeping:
    """One process's part in keeping the server of a data folder.

    Args:
        data_dir: of the server; it exists.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._lock: int | None = None
        self._watcher: tuple[int, int] | None = None  # its pid, and our end of its pipe

    def take(self) -> bool:
        """Keep the server from now on; tell whether nobody else who lives does."""
        if self._lock is not None:
            return True
        # A plain descriptor: it is held until it is dropped, or this process ends.
        descriptor = os.open(self._data_dir / "keeper", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._lock = descriptor
        return True

    def watch(self) -> None:
        """Have the server stopped should this process end without stopping it."""
        if self._watcher is not None:
            return
        theirs, ours = os.pipe()  # ours closes with this process: no child inherits it
        try:
            pid = os.posix_spawn(
                sys.executable,
                [sys.executable, "-m", __name__, str(self._data_dir)],
                os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                file_actions=[(os.POSIX_SPAWN_DUP2, theirs, 0)],
                setpgroup=0,  # Ctrl-C at the terminal is for the keeper
            )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        self._watcher = pid, ours

    def drop(self) -> None:
        """Keep the server no more: it was stopped, or somebody else does."""
        if self._watcher is not None:
            pid, ours = self._watcher
            self._watcher = None
            # By force: it would wait for the folder, which whoever stops the server has locked.
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
            os.close(ours)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def stop_forsaken(data_dir: Path) -> bool:
    """Stop the server of a data folder, in fast mode, unless somebody keeps it.

    Returns:
        Whether it was told to stop.
    """
    keeping, deadline = Keeping(data_dir), time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with lock_folder(data_dir):  # nobody starts or adopts it meanwhile
            pid = running_postmaster(data_dir / "cluster")
            if pid is None:
                return False
            if keeping.take():
                os.kill(pid, signal.SIGINT)
                deadline = time.monotonic() + _STOP_TIMEOUT
                while running_postmaster(data_dir / "cluster") == pid:
                    if time.monotonic() > deadline:
                        break
                    time.sleep(_POLL)
                keeping.drop()
                return True
        time.sleep(_POLL)
    return False


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # whoever ends everything means the keeper
    sys.stdin.buffer.read()  # until the keeper is gone
    with suppress(FileNotFoundError):  # its folder may be gone as well
        stop_forsaken(Path(sys.argv[1]))
