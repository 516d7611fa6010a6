"""The folders and files of the embedded PostgreSQL: private, ours, and short enough."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from infra.database_errors import ServerDidNotStart, UnsafeFolder

_PRIVATE: Final = 0o700
_LONGEST_SOCKET: Final = 103  # bytes: 107 on Linux, 103 on macOS, without the closing zero
_SOCKET_NAME: Final = "/.s.PGSQL.5432"
_LOCK_TIMEOUT: Final = 180.0  # seconds: somebody may be making a cluster on a slow disk
_POLL: Final = 0.02


def own_folder(folder: Path) -> None:
    """Make a private folder, or make the one that exists private.

    Raises:
        UnsafeFolder: it cannot be made or used.
    """
    try:
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        if folder.stat().st_uid not in _possible_owners():
            raise UnsafeFolder(
                f"The folder {folder} is another user's. Start Peerhour as that user, or choose"
                " another folder.",
                folder=str(folder),
            )
        folder.chmod(_PRIVATE)
    except OSError as reason:
        raise UnsafeFolder(
            f"You cannot keep data in {folder}: {reason.strerror}. Choose another folder.",
            folder=str(folder),
        ) from reason


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Let one process at a time change what is in *folder*; a dead one's lock is free at once.

    Raises:
        ServerDidNotStart: another process has held the lock for three minutes.
    """
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + _LOCK_TIMEOUT
        while not _try_lock(descriptor):
            if time.monotonic() > deadline:
                raise ServerDidNotStart(
                    f"Another process has been starting or stopping the server in {folder} for"
                    f" {_LOCK_TIMEOUT:.0f} seconds.",
                    folder=str(folder),
                )
            time.sleep(_POLL)
        yield
    finally:
        os.close(descriptor)


def socket_folder(data_dir: Path, owner: tuple[int, int]) -> Path:
    """Return the private folder for the socket: in the data folder, or somewhere shorter.

    Args:
        data_dir: the data folder.
        owner: (uid, gid) of the server's account.

    Raises:
        UnsafeFolder: the folder exists and belongs to somebody else.
    """
    for base in (data_dir, *_short_bases(owner)):
        name = "run" if base == data_dir else f"peerhour-{_mark(data_dir, owner)}"
        folder = base / name
        if len(os.fsencode(folder)) + len(_SOCKET_NAME) <= _LONGEST_SOCKET:
            _take_private(folder, owner)
            return folder
    raise UnsafeFolder(
        f"You have no folder for a socket: {tempfile.gettempdir()} is too long a path. Set TMPDIR"
        " to a shorter one.",
        folder=tempfile.gettempdir(),
    )


def write_secret(path: Path, text: str, owner: tuple[int, int]) -> None:
    """Write a file that only *owner* can read, whole or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    _give(draft, owner)
    draft.rename(path)


def _short_bases(owner: tuple[int, int]) -> list[Path]:
    """Where else a socket may stand; the runtime folder is ours only, not another account's."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    mine = [Path(runtime)] if runtime and owner[0] == os.geteuid() else []
    return [base for base in (*mine, Path(tempfile.gettempdir()), Path("/tmp")) if base.is_dir()]  # noqa: S108  its sub-folder's owner is checked


def _mark(data_dir: Path, owner: tuple[int, int]) -> str:
    return hashlib.sha256(os.fsencode(data_dir) + b"\0%d" % owner[0]).hexdigest()[:12]


def _take_private(folder: Path, owner: tuple[int, int]) -> None:
    """Make the folder, or check that nobody else made it before us in a place open to all."""
    try:
        folder.mkdir(mode=_PRIVATE)
        _give(folder, owner)
    except FileExistsError:
        pass
    found = folder.lstat()
    ours = {owner[0], os.geteuid()}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
        raise UnsafeFolder(
            f"The folder {folder} is somebody else's. Remove it, then start again.",
            folder=str(folder),
        )
    folder.chmod(_PRIVATE)
    _give(folder, owner)


def _possible_owners() -> set[int]:
    """Ourselves; for root also ``nobody``, under whom it may have run the server before.

    Root does not take an ordinary user's folder: that user could not start it any more.
    """
    if os.geteuid() != 0:
        return {os.geteuid()}
    try:
        return {0, pwd.getpwnam("nobody").pw_uid}
    except KeyError:
        return {0}


def _give(path: Path, owner: tuple[int, int]) -> None:
    if os.geteuid() == 0:
        os.chown(path, *owner, follow_symlinks=False)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
