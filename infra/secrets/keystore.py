"""Keys that make personal values readable, kept outside the event database.

One random 256-bit data key per person, wrapped by a root key that lies in a file of its own. To
forget people: drop their wrapped keys, make a new root key, wrap the survivors again, destroy the
old root. Every older copy of the key database is dead from then on, so nothing has to be found and
deleted in backups or write-ahead logs. This holds for copies without a root key: back up
``keys.sqlite3`` and the root key in different places, and replace the root's copy at each erasure.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SCHEMA = """
CREATE TABLE IF NOT EXISTS root (generation INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS subject_keys (
    subject BLOB PRIMARY KEY, key_id BLOB NOT NULL UNIQUE, wrapped BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS erased_subjects (subject BLOB PRIMARY KEY);
"""
_ROW = """SELECT key_id, wrapped, generation FROM subject_keys, root WHERE subject = ?"""
_ADD = """INSERT INTO subject_keys SELECT :subject, :key_id, :wrapped
           WHERE :subject NOT IN (SELECT subject FROM erased_subjects)
           ON CONFLICT (subject) DO NOTHING"""
_NONCE_BYTES = 12
_KEY_BYTES = 32


class KeyStoreDamaged(Exception):
    """The key store and its root key do not belong together, or one of them is missing."""


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """One person's data key, ready for use.

    Attributes:
        key_id: 8 random bytes that name the key inside envelopes.
        commitment: 16 bytes that bind an envelope to exactly this key: AES-GCM alone would accept
            a ciphertext that opens under two keys.
        cipher: AES-256-GCM under the key.
    """

    key_id: bytes
    commitment: bytes
    cipher: AESGCM


def derive(key: bytes, purpose: bytes, size: int) -> bytes:
    """Derive *size* bytes for one purpose from *key* (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=size, salt=None, info=b"peerhour:" + purpose).derive(key)


class KeyStore:
    """Data keys in a SQLite file beside a root key file, both readable by the owner only.

    Args:
        folder: where ``keys.sqlite3`` and ``root-<generation>.key`` lie; made if absent.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:  # it was there before
            folder.chmod(0o700)
        self._folder = folder
        database = folder / "keys.sqlite3"
        database.touch(mode=0o600)
        database.chmod(0o600)
        self._db = sqlite3.connect(
            database, isolation_level=None, timeout=10, check_same_thread=False
        )
        # Deleted rows are overwritten, and no copy of a page stays behind in a journal.
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.execute("PRAGMA journal_mode = DELETE")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)
        self._cache: dict[UUID, SubjectKey | None] = {}
        self._seen_version = -1
        self._root: tuple[int, bytes] = (0, b"")
        with _transaction(self._db):
            self._settle()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def secret(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose that stay the same for the life of this store."""
        path = self._folder / "secrets.key"
        if not path.exists():
            with _transaction(self._db):
                if not path.exists():  # another process may have been first
                    _write_new(path, secrets.token_bytes(_KEY_BYTES))
        return derive(path.read_bytes(), purpose.encode(), _KEY_BYTES)

    def key_for_writing(self, subject: UUID) -> SubjectKey | None:
        """Return the person's key, made and durable before it is used; ``None`` once forgotten."""
        key = self.key_for_reading(subject)
        if key is not None or self._is_erased(subject):
            return key
        with _transaction(self._db):  # the person may be forgotten, or get a key, just before
            root = self._root_of(self._generation())
            self._db.execute(
                _ADD,
                {
                    "subject": subject.bytes,
                    "key_id": secrets.token_bytes(8),
                    "wrapped": _wrap(root, subject, AESGCM.generate_key(256)),
                },
            )
        self._cache.pop(subject, None)
        return self.key_for_reading(subject)

    def key_for_reading(self, subject: UUID) -> SubjectKey | None:
        """Return the person's key, or ``None`` when there is none (never had one, or forgotten)."""
        (version,) = self._db.execute("PRAGMA data_version").fetchone()
        if version != self._seen_version:  # another process wrote: keys may be gone
            self._cache.clear()
            self._seen_version = version
        try:
            return self._cache[subject]
        except KeyError:
            key = self._cache[subject] = self._read(subject)
            return key

    def erase(self, subjects: Iterable[UUID]) -> None:
        """Forget people: their values never become readable again, not even from a backup."""
        rows = [(subject.bytes,) for subject in subjects]
        with _transaction(self._db):
            generation = self._generation()
            old_root = self._root_of(generation)
            new_root = secrets.token_bytes(_KEY_BYTES)
            _write_new(self._root_path(generation + 1), new_root)
            self._db.executemany("INSERT OR IGNORE INTO erased_subjects VALUES (?)", rows)
            self._db.executemany("DELETE FROM subject_keys WHERE subject = ?", rows)
            survivors = self._db.execute("SELECT subject, wrapped FROM subject_keys").fetchall()
            self._db.executemany(
                "UPDATE subject_keys SET wrapped = ? WHERE subject = ?",
                [
                    (_wrap(new_root, subject, _unwrap(old_root, subject, wrapped)), subject.bytes)
                    for subject, wrapped in ((UUID(bytes=row[0]), row[1]) for row in survivors)
                ],
            )
            self._db.execute("UPDATE root SET generation = ?", (generation + 1,))
        self._root = (generation + 1, new_root)
        self._cache.clear()
        _destroy(self._root_path(generation))

    def _read(self, subject: UUID) -> SubjectKey | None:
        row = self._row(subject)
        while row is not None:
            key_id, wrapped, generation = row
            try:
                key = _unwrap(self._root_of(generation), subject, wrapped)
            except (KeyStoreDamaged, InvalidTag):
                before, row = row, self._row(subject)
                if row == before:
                    raise KeyStoreDamaged("The root key does not open this key store.") from None
            else:  # what was read belongs together: no erasure came between
                return SubjectKey(key_id, derive(key, b"commit", 16), AESGCM(key))
        return None

    def _row(self, subject: UUID) -> tuple[bytes, bytes, int] | None:
        row: tuple[bytes, bytes, int] | None = self._db.execute(_ROW, (subject.bytes,)).fetchone()
        return row

    def _is_erased(self, subject: UUID) -> bool:
        found = self._db.execute(
            "SELECT 1 FROM erased_subjects WHERE subject = ?", (subject.bytes,)
        ).fetchone()
        return found is not None

    def _generation(self) -> int:
        row = self._db.execute("SELECT generation FROM root").fetchone()
        return int(row[0]) if row else 0

    def _root_of(self, generation: int) -> bytes:
        """Return the root key of a generation: another process may have renewed it."""
        if self._root[0] != generation:
            path = self._root_path(generation)
            try:
                self._root = (generation, path.read_bytes())
            except FileNotFoundError:
                raise KeyStoreDamaged(
                    f"{path.name} is missing: personal values cannot be read."
                ) from None
        return self._root[1]

    def _root_path(self, generation: int) -> Path:
        return self._folder / f"root-{generation}.key"

    def _settle(self) -> None:
        """Make the first root key, and remove what a crash left behind."""
        present = set(self._folder.glob("root-*.key"))
        first = self._root_path(1)
        if self._generation() == 0:
            if present - {first}:
                raise KeyStoreDamaged("keys.sqlite3 is missing: its root key is still here.")
            if not present:
                _write_new(first, secrets.token_bytes(_KEY_BYTES))
            self._db.execute("INSERT INTO root VALUES (1)")
        generation = self._generation()
        self._root_of(generation)
        for stray in (present - {self._root_path(generation)}) | set(self._folder.glob("*.part")):
            _destroy(stray)


class _transaction:  # noqa: N801 (reads as a verb in a with statement)
    """One SQLite write transaction that takes the write lock at once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self._db.execute("COMMIT" if kind is None else "ROLLBACK")
        finally:
            if self._db.in_transaction:  # the commit did not go through
                self._db.execute("ROLLBACK")


def _wrap(root: bytes, subject: UUID, key: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(root).encrypt(nonce, key, subject.bytes)


def _unwrap(root: bytes, subject: UUID, wrapped: bytes) -> bytes:
    return AESGCM(root).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], subject.bytes)


def _write_new(path: Path, content: bytes) -> None:
    """Write a secret file durably: whole or not at all."""
    part = path.with_suffix(".part")  # written under the write lock, so by one at a time
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _destroy(path: Path) -> None:
    """Overwrite and remove a key file; on copying file systems the removal is what counts."""
    with contextlib.suppress(FileNotFoundError):  # another process was first
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
