"""Under which account the embedded PostgreSQL runs: it refuses to run as root.

An ordinary user runs it as itself. Root runs it in a user namespace of its own, where root's files
belong to an ordinary user: no account, no chmod and no copy is needed. Where namespaces are not
allowed, as in many containers, it runs as ``nobody``, who is given the data folder.
"""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.database_errors import NoPostgres, ServerDidNotStart

_NAMESPACE: Final = ("--user", "--map-user=1000", "--map-group=1000", "--")
_PROBE_TIMEOUT: Final = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class Account:
    """How the programs of PostgreSQL are started.

    Attributes:
        name: ``self``, ``namespace`` or ``nobody``.
        prefix: what stands before the command.
        user: (uid, gid) to change to; None stays who we are.
    """

    name: str
    prefix: tuple[str, ...] = ()
    user: tuple[int, int] | None = None

    @property
    def owner(self) -> tuple[int, int]:
        """The (uid, gid) that must own the data folder, as seen from outside."""
        return self.user or (os.geteuid(), os.getegid())

    def run(self, command: Sequence[str], *, log: Path, cwd: Path, timeout: float) -> int:
        """Run a program to its end and return its exit code.

        Args:
            command: the program and its arguments.
            log: its output is appended here. Never a pipe: the server inherits it, and whoever
                reads the pipe would wait until the server ends.
            cwd: a folder that the account can enter.
            timeout: seconds.

        Raises:
            ServerDidNotStart: the program did not end in time.
        """
        uid, gid = self.user or (None, None)
        with log.open("ab") as output:
            try:
                return subprocess.run(  # noqa: S603  our own programs, no shell
                    [*self.prefix, *command],
                    check=False,
                    cwd=cwd,
                    env=_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    timeout=timeout,
                    user=uid,
                    group=gid,
                    extra_groups=None if uid is None else [],
                ).returncode
            except subprocess.TimeoutExpired as late:
                program = Path(command[0]).name
                raise ServerDidNotStart(
                    f"{program} has not ended after {timeout:.0f} seconds. Look into {log}.",
                    program=program,
                ) from late
            except OSError as reason:
                raise ServerDidNotStart(
                    f"{command[0]} cannot be run in {cwd}: {reason.strerror}. The account that"
                    " runs it has to be able to enter every folder on the way to both.",
                    account=self.name,
                ) from reason

    def take(self, folder: Path) -> None:
        """Give *folder* and all it holds to the account; a no-op when it owns it already."""
        uid, gid = self.owner
        if os.geteuid() != 0 or folder.stat().st_uid == uid:
            return
        for parent, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(Path(parent) / name, uid, gid, follow_symlinks=False)
        os.chown(folder, uid, gid)  # last: a walk that was cut short starts again


@functools.cache
def choose_account(program: str) -> Account:
    """Return how *program* can be run by whoever we are.

    Raises:
        NoPostgres: we are root, and neither way of running it as somebody else works.
    """
    if os.geteuid() != 0:
        return Account("self")
    for account in _accounts_of_root():
        if _works(account, program):
            return account
    raise NoPostgres(
        "You are root, and PostgreSQL does not run as root: this machine allows neither a user"
        f" namespace nor the user nobody to run {program}. Start Peerhour as an ordinary user, or"
        " set DATABASE_URL to a server."
    )


def _accounts_of_root() -> list[Account]:
    accounts = []
    unshare = shutil.which("unshare")
    if unshare is not None:
        accounts.append(Account("namespace", (unshare, *_NAMESPACE)))
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return accounts
    return [*accounts, Account("nobody", user=(nobody.pw_uid, nobody.pw_gid))]


def _works(account: Account, program: str) -> bool:
    try:
        return (
            account.run(
                [program, "--version"],
                log=Path(os.devnull),
                cwd=Path("/"),
                timeout=_PROBE_TIMEOUT,
            )
            == 0
        )
    except ServerDidNotStart:
        return False


def _environment() -> dict[str, str]:
    """Our environment without what would steer PostgreSQL, and with plain messages in UTC."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return ours | {"LC_ALL": "C", "TZ": "UTC"}
