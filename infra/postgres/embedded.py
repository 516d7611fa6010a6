"""An own PostgreSQL for a machine that has none: made, started, checked and stopped here.

It listens on a unix socket that only its account can reach, asks for a generated password, and is
refused as soon as a setting would let it forget what it has acknowledged. Linux and macOS.

Inside the data folder: ``cluster/`` (the data of PostgreSQL), ``password``, ``server.log``,
``lock``, ``keeper`` (see :mod:`infra.postgres.keeping`).
"""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.database import ConnectKwargs
from infra.database_errors import (
    DatabaseUnreachable,
    ServerDidNotStart,
    ServerDidNotStop,
    UnsafeFolder,
)
from infra.postgres.account import Account, choose_account
from infra.postgres.binaries import Binaries, choose_binaries
from infra.postgres.folders import lock_folder, own_folder, socket_folder, write_secret
from infra.postgres.keeping import Keeping
from infra.postgres.process import (
    forget_stale_pid_file,
    processes_of,
    running_postmaster,
    socket_folder_of_running,
)
from infra.postgres.ready import make_ready

USER: Final = "peerhour"
DATABASE: Final = "peerhour"
MAINTENANCE: Final = "postgres"

_PORT: Final = 5432  # only names the socket: nothing listens on the network
_INITDB_TIMEOUT: Final = 60.0  # seconds, as all below
_START_TIMEOUT: Final = 60.0
_STOP_TIMEOUT: Final = 30.0
_ORPHANS_TIMEOUT: Final = 15.0
_GRACE: Final = 5.0  # for a program to say by itself that its time is up
_POLL: Final = 0.02
_LARGEST_LOG: Final = 10 * 2**20  # bytes


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What is known about the embedded server.

    Attributes:
        pid: of the postmaster; None while it is down.
        version: of the installed programs, for example ``18.6``.
        source: ``wheel`` or ``system``.
        socket: the folder it listens in; None while it is down.
    """

    pid: int | None
    version: str
    source: str
    socket: Path | None

    @property
    def running(self) -> bool:
        """Whether a server serves the data folder."""
        return self.pid is not None


class EmbeddedPostgres:
    """The life of one PostgreSQL server on one data folder.

    Several processes may use the same folder at once: one of them starts the server, the others
    find it, and the one that started it stops it. If that one was killed, the server ends with it;
    where it could not, whoever comes next keeps it.

    Args:
        data_dir: made when missing; holds everything, the generated password included.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.expanduser().resolve()
        self.cluster = self.data_dir / "cluster"
        self.log = self.data_dir / "server.log"
        self.started_here = False
        self._password = self.data_dir / "password"
        self._keeping = Keeping(self.data_dir)
        self._address: ConnectKwargs | None = None

    def start(self) -> ConnectKwargs:
        """Start the server, or find it running, and return how to connect to its database.

        Blocks for about a second the first time. Safe to call again and from many processes.

        Raises:
            NoPostgres: there are no programs to run, or root may not run them.
            OtherMajor: the folder belongs to another major version.
            UnsafeFolder: a folder is not ours, or not private.
            UnsafeSettings: the server may forget what it has acknowledged; it was stopped again.
            ServerDidNotStart: it did not come up; the log says why.
        """
        own_folder(self.data_dir)
        with lock_folder(self.data_dir):
            binaries, account = self._tools()
            if running_postmaster(self.cluster) is None:
                account.take(self.data_dir)
                if not self.cluster.exists():
                    self._create(binaries, account)
                self._launch(binaries, account)
                self._keeping.take()
                self.started_here = True
            elif self._keeping.take():
                self.started_here = True  # by somebody who was killed: it is ours to stop now
            try:
                self._address = self._found_address()
                make_ready(self._address_of(MAINTENANCE), DATABASE, timeout=_START_TIMEOUT)
                if self.started_here:
                    self._keeping.watch()
            except BaseException:
                self._address = None
                if self.started_here:
                    self._halt()
                raise
        return self.connect_kwargs()

    def connect_kwargs(self, database: str = DATABASE) -> ConnectKwargs:
        """Return how to connect to a database of the started server.

        Raises:
            DatabaseUnreachable: :meth:`start` was not called, or :meth:`stop` was.
        """
        return self._address_of(database)

    def stop(self, *, anyone: bool = False) -> bool:
        """Stop the server, in fast mode: open transactions are rolled back.

        Args:
            anyone: stop it even when another process started it.

        Returns:
            Whether a server was stopped.

        Raises:
            ServerDidNotStop: it is still up after 30 seconds.
        """
        self._address = None
        if not (self.started_here or anyone) or not self.cluster.exists():
            return False
        with lock_folder(self.data_dir):
            return self._halt()

    def binaries(self) -> Binaries:
        """Return the programs that serve this folder.

        Raises:
            NoPostgres: no programs are installed.
            OtherMajor: the folder belongs to another major version.
        """
        return choose_binaries(self._data_major())

    def status(self) -> ServerStatus:
        """Look, and change nothing; raises as :meth:`binaries` does."""
        binaries = self.binaries()
        pid = running_postmaster(self.cluster)
        socket = None if pid is None else socket_folder_of_running(self.cluster)
        return ServerStatus(pid, binaries.version, binaries.source, socket)

    def _tools(self) -> tuple[Binaries, Account]:
        binaries = self.binaries()
        return binaries, choose_account(binaries.program("postgres"))

    def _data_major(self) -> int | None:
        try:
            return int((self.cluster / "PG_VERSION").read_text("ascii"))
        except FileNotFoundError:
            return None

    def _create(self, binaries: Binaries, account: Account) -> None:
        """Make the cluster beside its place and move it there whole."""
        for leftover in self.data_dir.glob("cluster.new-*"):
            shutil.rmtree(leftover)
        if not self._password.exists():
            write_secret(self._password, secrets.token_urlsafe(32), account.owner)
        fresh = self.data_dir / f"cluster.new-{secrets.token_hex(4)}"
        command = [
            binaries.program("initdb"),
            f"--pgdata={fresh}",
            f"--username={USER}",
            f"--pwfile={self._password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",  # no collation of a C library can differ on the next machine
            "--data-checksums",
        ]
        code = account.run(command, log=self.log, cwd=self.data_dir, timeout=_INITDB_TIMEOUT)
        if code != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise self._did_not_start("initdb")
        fresh.rename(self.cluster)

    def _launch(self, binaries: Binaries, account: Account) -> None:
        self._outlive_orphans()
        forget_stale_pid_file(self.cluster)
        socket = socket_folder(self.data_dir, account.owner)
        for stale in socket.glob(f".s.PGSQL.{_PORT}*"):
            stale.unlink()
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        settings = {
            "data_directory": str(self.cluster),
            "listen_addresses": "",
            "port": str(_PORT),
            "unix_socket_directories": str(socket),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        options = shlex.join(f"--{name}={value}" for name, value in settings.items())
        command = [
            binaries.program("pg_ctl"),
            "start",
            f"--pgdata={self.cluster.name}",  # pg_ctl's shell would expand a $ in a whole path
            f"--options={options}",
            "--wait",
            f"--timeout={_START_TIMEOUT:.0f}",
        ]
        timeout = _START_TIMEOUT + _GRACE
        if account.run(command, log=self.log, cwd=self.data_dir, timeout=timeout) != 0:
            raise self._did_not_start("pg_ctl")

    def _outlive_orphans(self) -> None:
        """Wait for the children of a killed postmaster: they end once they miss it."""
        gone = _wait_until(lambda: not processes_of(self.cluster), _ORPHANS_TIMEOUT)
        if not gone:
            raise ServerDidNotStart(
                f"Processes of a killed server still use {self.cluster}. Wait for them, or end"
                " them, then start again.",
                pids=processes_of(self.cluster),
            )

    def _halt(self) -> bool:
        pid = running_postmaster(self.cluster)
        was_here, self.started_here = self.started_here, False
        try:
            return self._end(pid)
        finally:
            if was_here:
                self._keeping.drop()

    def _end(self, pid: int | None) -> bool:
        socket = socket_folder_of_running(self.cluster)
        if pid is None:
            return False
        os.kill(pid, signal.SIGINT)  # fast mode
        if not _wait_until(lambda: running_postmaster(self.cluster) != pid, _STOP_TIMEOUT):
            raise ServerDidNotStop(
                f"The server has not stopped after {_STOP_TIMEOUT:.0f} seconds. Look into"
                f" {self.log}.",
                pid=pid,
            )
        if socket is not None and not socket.is_relative_to(self.data_dir):
            with suppress(OSError):  # it may hold what is not ours
                socket.rmdir()
        return True

    def _found_address(self) -> ConnectKwargs:
        """Return where the server listens, as told by its own pid file."""
        try:
            password = self._password.read_text("ascii")
        except FileNotFoundError:
            raise UnsafeFolder(
                f"The file {self._password} is gone, and the server knows nobody without it. Put"
                " it back from a backup.",
                folder=str(self.data_dir),
            ) from None
        host = str(socket_folder_of_running(self.cluster))
        return {"host": host, "port": _PORT, "user": USER, "password": password}

    def _address_of(self, database: str) -> ConnectKwargs:
        if self._address is None:
            raise DatabaseUnreachable("The embedded PostgreSQL is not started.")
        return self._address | {"database": database}

    def _did_not_start(self, program: str) -> ServerDidNotStart:
        return ServerDidNotStart(
            f"Your own PostgreSQL does not start. The last lines of {self.log} say why.",
            program=program,
        )


def _wait_until(done: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not done():
        if time.monotonic() > deadline:
            return False
        pause.wait(_POLL)
    return True
